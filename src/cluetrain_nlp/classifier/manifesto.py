"""Quotations of the 95 theses in any language, found by sentence vectors of their originals, which carry no wording."""

from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load
from spacy.tokens import Span

from cluetrain_nlp.classifier.embedding import load_encoder
from cluetrain_nlp.classifier.evidence import embed_span
from cluetrain_nlp.errors import ModelError

__all__ = ["translated_theses"]

#: Cosine with the original, and how much nearer it has to be than any other.
_NEAR: Final = 0.55
_MARGIN: Final = 0.08


@lru_cache(maxsize=1)
def _originals() -> NDArray[np.float64]:
    stored = load((files("cluetrain_nlp.classifier") / "manifesto.safetensors").read_bytes())
    if np.abs(load_encoder().probe() - stored["probe"]).max() > 1e-3:
        raise ModelError(
            f"The encoder {load_encoder().encoder.name} {load_encoder().encoder.version} gives other vectors than the "
            "one that the theses were encoded with. Install the version that docs/dependencies.md names."
        )
    return stored["theses"].astype(np.float64)


def translated_theses(span: Span) -> tuple[int, ...]:
    """Find the theses that a passage quotes in translation.

    For passages that may hold quotations of the manifesto: the words of the author's own that come near to a thesis
    are found as well.

    Parameters
    ----------
    span : spacy.tokens.Span
        A passage whose document has its sentence starts set.

    Returns
    -------
    tuple of int
        The numbers, ascending: of each sentence the nearest thesis, if its cosine with the original is .55 or more
        and .08 above that of the next.

    Raises
    ------
    ModelError
        If the encoder is another one than the theses were encoded with.

    Examples
    --------
    >>> from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
    >>> doc = make_doc(load_nlp("builtin"), "Heute haben wir den Ofen repariert. Er läuft.")
    >>> translated_theses(doc[:])
    ()
    """
    vectors = embed_span(span, load_encoder())[1:]
    cosine = vectors @ _originals().T
    nearest = cosine.argmax(axis=1) + 1
    second, best = np.sort(cosine, axis=1)[:, -2:].T
    close = (best >= _NEAR) & (best - second >= _MARGIN)
    return tuple(sorted({int(number) for number in nearest[close]}))
