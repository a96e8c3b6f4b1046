"""The tracking head: which theses a passage takes up, for or against."""

from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cluetrain_nlp.classifier.evidence import Evidence
from cluetrain_nlp.classifier.voice import sigmoid

__all__ = ["NEIGHBOURS", "PAIR_FEATURES", "UNSEEN_FEATURES", "Targets", "Tracking", "unit"]

Floats = NDArray[np.float64]

#: What is known of any pair of passage and thesis, whoever wrote the thesis.
UNSEEN_FEATURES: Final = ("statement", "statement_sentence", "gloss", "gloss_sentence", "projection", "lexical")

#: The same, and what only a thesis with passages in the training corpus has.
PAIR_FEATURES: Final = (*UNSEEN_FEATURES, "exemplars", "linear", "letters")

#: How many of a thesis's exemplar passages vote.
NEIGHBOURS: Final = 3


class Targets(NamedTuple):
    """A thesis set, encoded: what passages are compared with.

    Attributes
    ----------
    numbers : numpy.ndarray of int, shape (t,)
        Thesis numbers, ascending.
    statements, glosses : numpy.ndarray, shape (t, d)
        Unit vectors; where a thesis has no gloss its statement stands in.
    letters : numpy.ndarray, shape (l, t)
        The letter sequences of statement and gloss together, a unit vector in each column.
    known : numpy.ndarray of int, shape (t,)
        Row of each thesis in the model's own set, -1 where the model was not trained on it.
    """

    numbers: NDArray[np.int64]
    statements: Floats
    glosses: Floats
    letters: Floats
    known: NDArray[np.int64]


def unit(vectors: Floats) -> Floats:
    """Scale rows to length one; a zero row stays zero.

    Parameters
    ----------
    vectors : numpy.ndarray, shape (..., d)

    Returns
    -------
    numpy.ndarray, same shape

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.classifier.tracking import unit
    >>> unit(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Floats = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    return scaled


@dataclass(frozen=True, slots=True, eq=False)
class Tracking:
    """Two questions, one after the other: does a passage take up any thesis at all, and if so, is it this one.

    For a passage with vector ``p``, sentence vectors ``s`` and letter sequences ``l``, and a thesis with statement
    ``a`` and gloss ``g`` (vectors centred and scaled to length one), the pair's features are

    ======================  =======================================================================
    statement               ``p . a``
    statement_sentence      ``max s . a``
    gloss                   ``p . g``
    gloss_sentence          ``max s . g``
    projection              cosine of ``p P`` and ``a + g``: passages moved to where theses lie
    lexical                 ``l .`` letter sequences of statement and gloss
    exemplars               mean of the three highest ``p . e`` over the thesis's exemplar passages
    linear                  output of the thesis's own ridge regression on ``p``
    letters                 output of the thesis's own ridge regression on ``l``
    ======================  =======================================================================

    P(any thesis) = sigmoid(p . anything + l . anything_letters + bias), P(this thesis, if any) = sigmoid(features .
    weights + bias), with one set of weights for theses of the training corpus and another, without the last three
    features, for any other thesis. Their product, P(grade >= 2), is then shared out between `tracks` and `opposes` by a
    linear head on ``p``, on the words and on ``l`` that tells a passage arguing the contrary.

    Attributes
    ----------
    passage_centre, thesis_centre : numpy.ndarray, shape (d,)
        What all passages, and all statements and glosses, have in common; subtracted first.
    anything, opposing : numpy.ndarray, shape (d + 1,)
        Linear heads on the centred passage vector, bias last. `anything` is calibrated to the base rate of real posts.
    anything_letters, opposing_letters : numpy.ndarray, shape (l,)
        The same heads on letter sequences.
    opposing_words : numpy.ndarray, shape (w,)
    projection : numpy.ndarray, shape (d, d)
        ``P``: learned so that passages come to lie near the theses that they take up.
    exemplars : numpy.ndarray, shape (m, d)
        Centred unit vectors of passages that take up a thesis; none in models of format 2, where they added nothing.
    membership : numpy.ndarray of 0 and 1, shape (t, m)
        Which exemplar tracks which thesis.
    linear : numpy.ndarray, shape (t, d + 1)
        One ridge regression a thesis, bias last.
    letters : numpy.ndarray, shape (l, t)
        One ridge regression a thesis, without bias.
    known_weights : numpy.ndarray, shape (10,)
        Weights of `PAIR_FEATURES`, bias last.
    unseen_weights : numpy.ndarray, shape (7,)
        Weights of `UNSEEN_FEATURES`, bias last.
    """

    passage_centre: Floats
    thesis_centre: Floats
    anything: Floats
    anything_letters: Floats
    opposing: Floats
    opposing_words: Floats
    opposing_letters: Floats
    projection: Floats
    exemplars: Floats
    membership: Floats
    linear: Floats
    letters: Floats
    known_weights: Floats
    unseen_weights: Floats

    #: Array name to its axes, for checking an artefact: t theses, d dimensions, m exemplars, w words, l letter terms.
    SHAPES: ClassVar[dict[str, tuple[str | int, ...]]] = {
        "passage_centre": ("d",),
        "thesis_centre": ("d",),
        "anything": ("d+1",),
        "anything_letters": ("l",),
        "opposing": ("d+1",),
        "opposing_words": ("w",),
        "opposing_letters": ("l",),
        "projection": ("d", "d"),
        "exemplars": ("m", "d"),
        "membership": ("t", "m"),
        "linear": ("t", "d+1"),
        "letters": ("l", "t"),
        "known_weights": (len(PAIR_FEATURES) + 1,),
        "unseen_weights": (len(UNSEEN_FEATURES) + 1,),
    }

    def probabilities(self, evidence: Evidence, targets: Targets) -> tuple[Floats, Floats]:
        """Estimate for one passage which theses it tracks and which it argues against.

        Parameters
        ----------
        evidence : named tuple `Evidence`
        targets : Targets
            ``t`` theses.

        Returns
        -------
        tracks, opposes : numpy.ndarray, shape (t,)
            Probabilities in [0, 1] with a sum of at most 1.
        """
        features = self.features(evidence, targets)
        logit = np.where(
            targets.known >= 0,
            features @ self.known_weights[:-1] + self.known_weights[-1],
            features[:, : len(UNSEEN_FEATURES)] @ self.unseen_weights[:-1] + self.unseen_weights[-1],
        )
        either = sigmoid(self.anything_logit(evidence)) * sigmoid(logit)
        contrary = sigmoid(self.opposing_logit(evidence))
        return either * (1.0 - contrary), either * contrary

    def anything_logit(self, evidence: Evidence) -> Floats:
        """Logit of P(the passage takes up some thesis), a single number."""
        passage = unit(evidence.vectors[0] - self.passage_centre)
        vector: Floats = passage @ self.anything[:-1] + self.anything[-1]
        return vector + evidence.letters.dot(self.anything_letters)

    def opposing_logit(self, evidence: Evidence) -> Floats:
        """Logit of P(what the passage takes up is argued against), a single number."""
        passage = unit(evidence.vectors[0] - self.passage_centre)
        vector: Floats = passage @ self.opposing[:-1] + self.opposing[-1]
        return vector + evidence.words.dot(self.opposing_words) + evidence.letters.dot(self.opposing_letters)

    def features(self, evidence: Evidence, targets: Targets) -> Floats:
        """Describe the pairs of one passage with all theses.

        Parameters
        ----------
        evidence : named tuple `Evidence`
        targets : Targets

        Returns
        -------
        numpy.ndarray, shape (t, 9)
            In the order of `PAIR_FEATURES`; the last three are 0 for theses that the model was not trained on.
        """
        centred = unit(evidence.vectors - self.passage_centre)
        passage, parts = centred[0], centred[1:] if len(centred) > 1 else centred
        statements = unit(targets.statements - self.thesis_centre)
        glosses = unit(targets.glosses - self.thesis_centre)
        known = targets.known >= 0
        exemplars = np.where(known, self._exemplars(passage)[targets.known], 0.0)
        linear = np.where(known, (self.linear[:, :-1] @ passage + self.linear[:, -1])[targets.known], 0.0)
        letters = np.where(known, evidence.letters.dot(self.letters)[targets.known], 0.0)
        return np.column_stack(
            [
                statements @ passage,
                (statements @ parts.T).max(axis=1),
                glosses @ passage,
                (glosses @ parts.T).max(axis=1),
                unit(statements + glosses) @ unit(passage @ self.projection),
                evidence.letters.dot(targets.letters),
                exemplars,
                linear,
                letters,
            ]
        )

    def _exemplars(self, passage: Floats) -> Floats:
        """Average the nearest exemplars of each thesis of training; 0 for a thesis without any, shape (t,)."""
        similarity = np.where(self.membership > 0, self.exemplars @ passage, -np.inf)
        nearest = -np.sort(-similarity, axis=1)[:, :NEIGHBOURS]
        found = np.isfinite(nearest)
        mean: Floats = np.where(found, nearest, 0.0).sum(axis=1) / np.maximum(found.sum(axis=1), 1)
        return mean
