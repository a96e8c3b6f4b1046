"""What the two heads read of a passage."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Span

from cluetrain_nlp.classifier.embedding import Embedding
from cluetrain_nlp.classifier.style import sentences, style
from cluetrain_nlp.classifier.terms import SparseVector, Terms

__all__ = ["Evidence", "embed_span", "measure"]

Floats = NDArray[np.float64]


class Evidence(NamedTuple):
    """One passage in numbers.

    Attributes
    ----------
    style : numpy.ndarray, shape (f,)
        Style measurements, see `cluetrain_nlp.classifier.style`.
    vectors : numpy.ndarray, shape (1 + k, d)
        Unit vectors of the passage and of its ``k`` sentences.
    words, letters : named tuple `SparseVector`
        Its terms, see `cluetrain_nlp.classifier.terms`.
    """

    style: Floats
    vectors: Floats
    words: SparseVector
    letters: SparseVector


def measure(span: Span, embedding: Embedding, words: Terms, letters: Terms) -> Evidence:
    """Measure, encode and cut into terms one passage, as it stands.

    Parameters
    ----------
    span : spacy.tokens.Span
        A passage whose document has its sentence starts set.
    embedding : Embedding
    words, letters : Terms

    Returns
    -------
    named tuple `Evidence`

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.classifier.evidence import measure
    >>> from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
    >>> model = ct.load_model()
    >>> doc = make_doc(load_nlp("builtin"), "Wir reden. Ihr nicht.")
    >>> measure(doc[:], model.embedding, model.words, model.letters).vectors.shape
    (3, 512)
    """
    return Evidence(style(span), embed_span(span, embedding), words.vector(span.text), letters.vector(span.text))


def embed_span(span: Span, embedding: Embedding) -> Floats:
    """Encode a passage and its sentences as one group.

    Parameters
    ----------
    span : spacy.tokens.Span
    embedding : Embedding

    Returns
    -------
    numpy.ndarray, shape (1 + k, d)
        Unit vectors of the passage and of its ``k`` sentences.
    """
    return embedding.embed((span.text, *(sentence.text for sentence in sentences(span))))
