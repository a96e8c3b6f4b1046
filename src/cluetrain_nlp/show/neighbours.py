"""The coded passages of the training corpus that lie nearest to a passage."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cluetrain_nlp.classifier.embedding import Embedding
from cluetrain_nlp.classifier.examples import Example, example_vectors, load_examples
from cluetrain_nlp.classifier.tracking import unit

__all__ = ["Neighbours", "neighbours"]

Floats = NDArray[np.float64]


class Neighbours(NamedTuple):
    """The nearest examples.

    Attributes
    ----------
    examples : tuple of ``m`` Example
    vectors : numpy.ndarray, shape (m, d)
        Centred, of length one.
    similarity : numpy.ndarray, shape (m,)
        Cosines with the passage, in [-1, 1], descending.
    """

    examples: tuple[Example, ...]
    vectors: Floats
    similarity: Floats


def neighbours(
    passage: Floats, embedding: Embedding, *, thesis: int | None, centre: Floats, count: int = 8
) -> Neighbours:
    """Find the examples that lie nearest to a passage.

    Parameters
    ----------
    passage : numpy.ndarray, shape (d,)
        Centred, of length one.
    embedding : Embedding
    thesis : int or None
        Half of the examples are the nearest ones that were coded with grade 1 or more for this thesis, the others the
        nearest of all. None for the nearest ones whose voice was coded.
    centre : numpy.ndarray, shape (d,)
        What is subtracted from the vectors of examples.
    count : int
        How many at most.

    Returns
    -------
    named tuple `Neighbours`
    """
    every, vectors = load_examples(), example_vectors(embedding)
    length = np.sqrt(np.maximum(1.0 - 2.0 * (vectors @ centre) + centre @ centre, 1e-12))
    nearest = np.argsort(-(vectors @ passage - centre @ passage) / length, kind="stable").tolist()
    if thesis is None:
        chosen = [row for row in nearest if every[row].voice is not None][:count]
    else:
        coded = [row for row in nearest if thesis in every[row].codes][: count // 2]
        chosen = [*coded, *(row for row in nearest[:count] if row not in coded)][:count]
    found = unit(vectors[chosen] - centre)
    similarity = found @ passage
    order = np.argsort(-similarity, kind="stable")
    return Neighbours(tuple(every[chosen[row]] for row in order), found[order], similarity[order])
