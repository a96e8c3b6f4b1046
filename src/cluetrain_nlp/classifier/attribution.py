"""The heads' logits as sums: what each bias, measurement, term and direction adds."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cluetrain_nlp.classifier.artefact import Model
from cluetrain_nlp.classifier.evidence import Evidence
from cluetrain_nlp.classifier.terms import SparseVector
from cluetrain_nlp.classifier.tracking import NEIGHBOURS, PAIR_FEATURES, UNSEEN_FEATURES, Targets, Tracking, unit
from cluetrain_nlp.classifier.voice import squash

__all__ = ["QUESTIONS", "Question", "log_odds", "path_shares", "thesis_questions", "voice_question"]

Floats = NDArray[np.float64]

#: The questions behind `tracks`, in order; `broadcast` has only one, "voice".
QUESTIONS: Final = ("any thesis", "this thesis", "for or against")

#: Nodes and weights of the integral along the path, on [-1, 1], and into how many pieces the path is cut.
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(16)
_PIECES: Final = 64


class Question(NamedTuple):
    """The logit of one question about one passage, in its summands.

    Attributes
    ----------
    name : str
        "voice" or one of `QUESTIONS`.
    bias : float
    style : numpy.ndarray, shape (f,)
        What each style measurement adds; empty where the question does not read style.
    words, letters : named tuple `SparseVector`
        What each term adds, by its column in the model's vocabulary.
    direction : numpy.ndarray, shape (d,)
        ``direction @ vectors[0]`` is what the passage's vector adds.
    vectors : numpy.ndarray, shape (1 + k, d)
        The passage and its sentences, as this question sees them; rows of length one.
    centre : numpy.ndarray, shape (d,)
        What was subtracted from the encoder's vectors before they were scaled to length one.
    best : numpy.ndarray, shape (k,)
        What each sentence adds by being the one nearest to the thesis's wording.
    """

    name: str
    bias: float
    style: Floats
    words: SparseVector
    letters: SparseVector
    direction: Floats
    vectors: Floats
    centre: Floats
    best: Floats

    @property
    def logit(self) -> float:
        """The sum of everything; higher is more probable."""
        terms = self.words.values.sum() + self.letters.values.sum() + self.best.sum()
        return float(self.bias + self.style.sum() + terms + self.direction @ self.vectors[0])


def voice_question(model: Model, evidence: Evidence) -> Question:
    """Take apart the logit of `broadcast`.

    Parameters
    ----------
    model : Model
    evidence : named tuple `Evidence`

    Returns
    -------
    named tuple `Question`
        Its logit is the one that `Voice.broadcast` puts through the sigmoid. Positive summands sound like broadcast.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.classifier.attribution import voice_question
    >>> from cluetrain_nlp.classifier.voice import sigmoid
    >>> from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
    >>> model = ct.load_model()
    >>> evidence = model.measure(make_doc(load_nlp("builtin"), "Ich hab euch schon zweimal gefragt.")[:])
    >>> bool(abs(sigmoid(voice_question(model, evidence).logit) - model.voice.broadcast(evidence)) < 1e-12)
    True
    """
    head = model.voice
    standard = np.clip((squash(evidence.style) - head.mean) / head.scale, -3.0, 3.0)
    return Question(
        name="voice",
        bias=float(head.bias[0]),
        style=standard * head.style_weights,
        words=_weighed(evidence.words, head.word_weights),
        letters=_nothing(),
        direction=head.vector_weights,
        vectors=evidence.vectors,
        centre=np.zeros(evidence.vectors.shape[1]),
        best=np.zeros(len(evidence.vectors) - 1),
    )


def thesis_questions(model: Model, evidence: Evidence, targets: Targets, column: int) -> tuple[Question, ...]:
    """Take apart the three logits behind `tracks`.

    Parameters
    ----------
    model : Model
    evidence : named tuple `Evidence`
    targets : Targets
    column : int
        Which of the targets.

    Returns
    -------
    tuple of three named tuples `Question`
        In the order of `QUESTIONS`: with their logits ``a``, ``b`` and ``c``, tracks is
        ``sigmoid(a) * sigmoid(b) * sigmoid(-c)``. Positive summands of the third question speak for *against*.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.classifier.attribution import thesis_questions
    >>> from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
    >>> model = ct.load_model()
    >>> evidence = model.measure(make_doc(load_nlp("builtin"), "Ich hab euch schon zweimal gefragt.")[:])
    >>> [question.name for question in thesis_questions(model, evidence, model.targets(), 61)]
    ['any thesis', 'this thesis', 'for or against']
    """
    head = model.tracking
    vectors = unit(evidence.vectors - head.passage_centre)
    nowhere = np.zeros(len(vectors) - 1)
    anything = Question(
        name=QUESTIONS[0],
        bias=float(head.anything[-1]),
        style=np.empty(0),
        words=_nothing(),
        letters=_weighed(evidence.letters, head.anything_letters),
        direction=head.anything[:-1],
        vectors=vectors,
        centre=head.passage_centre,
        best=nowhere,
    )
    opposing = Question(
        name=QUESTIONS[2],
        bias=float(head.opposing[-1]),
        style=np.empty(0),
        words=_weighed(evidence.words, head.opposing_words),
        letters=_weighed(evidence.letters, head.opposing_letters),
        direction=head.opposing[:-1],
        vectors=vectors,
        centre=head.passage_centre,
        best=nowhere,
    )
    return anything, _this_thesis(head, evidence, vectors, targets, column), opposing


def log_odds(logits: Floats) -> float:
    """Give the logit of sigmoid(a) · sigmoid(b) · sigmoid(-c) for three logits ``a, b, c``.

    Parameters
    ----------
    logits : numpy.ndarray, shape (3,)
        Of the `QUESTIONS`.

    Returns
    -------
    float
        The logit of `tracks`; higher is more probable.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.classifier.attribution import log_odds
    >>> round(log_odds(np.array([50.0, 1.5, -50.0])), 6)
    1.5
    """
    logarithm = _log_probabilities(logits).sum()
    return float(logarithm - np.log(-np.expm1(logarithm)))


def path_shares(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Share out the logit of a product of three probabilities among the three questions.

    The logit of `tracks` is no sum of the three questions' logits. It is shared out as the integrated gradient along
    the straight line from the biases to the passage: every summand of a question's logit, whatever the order in which
    one thinks of them, counts in proportion, and all of them add up (Sundararajan et al. 2017, after Aumann and
    Shapley 1974).

    Parameters
    ----------
    start, end : numpy.ndarray, shape (3,)
        The questions' logits where only the biases count, and for the passage.

    Returns
    -------
    base : numpy.ndarray, shape (3,)
        `log_odds` of the start, shared out in proportion to the questions' log probabilities.
    slopes : numpy.ndarray, shape (3,)
        What one unit of a question's logit adds: ``base.sum() + slopes @ (end - start)`` is `log_odds` of the end.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.classifier.attribution import log_odds, path_shares
    >>> start, end = np.array([-7.0, -8.0, -4.0]), np.array([3.0, 2.0, -1.0])
    >>> base, slopes = path_shares(start, end)
    >>> bool(abs(base.sum() + slopes @ (end - start) - log_odds(end)) < 1e-9)
    True
    """
    edges = np.linspace(0.0, 1.0, _PIECES + 1)
    places = (edges[:-1, None] + (_NODES + 1.0) / (2 * _PIECES)).ravel()
    weights = np.tile(_NODE_WEIGHTS, _PIECES) / (2 * _PIECES)
    logarithms = _log_probabilities(start + places[:, None] * (end - start))
    gradients = -np.expm1(logarithms) * np.array([1.0, 1.0, -1.0]) / -np.expm1(logarithms.sum(axis=1, keepdims=True))
    first = _log_probabilities(start)
    return log_odds(start) * first / first.sum(), weights @ gradients


def _log_probabilities(logits: Floats) -> Floats:
    """Logarithms of sigmoid(a), sigmoid(b) and sigmoid(-c), shape (..., 3)."""
    signed = logits * np.array([1.0, 1.0, -1.0])
    result: Floats = -np.logaddexp(0.0, -signed)
    return result


def _this_thesis(head: Tracking, evidence: Evidence, vectors: Floats, targets: Targets, column: int) -> Question:
    """Take apart the pair of a passage and one thesis; every feature is linear in the vectors or in the letters."""
    known = int(targets.known[column])
    features, weights = (PAIR_FEATURES, head.known_weights) if known >= 0 else (UNSEEN_FEATURES, head.unseen_weights)
    weight = dict(zip(features, weights[:-1].tolist(), strict=True))
    statement = unit(targets.statements[column] - head.thesis_centre)
    gloss = unit(targets.glosses[column] - head.thesis_centre)
    moved = float(np.linalg.norm(vectors[0] @ head.projection))
    direction = weight["statement"] * statement + weight["gloss"] * gloss
    if moved > 0:
        direction = direction + weight["projection"] / moved * (head.projection @ unit(statement + gloss))
    bias, letters = float(weights[-1]), weight["lexical"] * targets.letters[:, column]
    if known >= 0:
        direction = (
            direction
            + weight["linear"] * head.linear[known, :-1]
            + weight["exemplars"] * _nearest(head, vectors[0], known)
        )
        bias += weight["linear"] * float(head.linear[known, -1])
        letters = letters + weight["letters"] * head.letters[:, known]
    best = np.zeros(len(vectors) - 1)
    for name, wording in (("statement_sentence", statement), ("gloss_sentence", gloss)):
        cosines = vectors[1:] @ wording
        best[np.argmax(cosines)] += weight[name] * cosines.max()
    return Question(
        name=QUESTIONS[1],
        bias=bias,
        style=np.empty(0),
        words=_nothing(),
        letters=_weighed(evidence.letters, letters),
        direction=direction,
        vectors=vectors,
        centre=head.passage_centre,
        best=best,
    )


def _nearest(head: Tracking, passage: Floats, known: int) -> Floats:
    """Average the exemplars that vote, the nearest ones of the thesis; zero for a thesis without any."""
    own = head.exemplars[head.membership[known] > 0]
    if not len(own):
        return np.zeros_like(passage)
    voting: Floats = own[np.argsort(-(own @ passage), kind="stable")[:NEIGHBOURS]].mean(axis=0)
    return voting


def _weighed(terms: SparseVector, weights: Floats) -> SparseVector:
    return SparseVector(terms.columns, terms.values * weights[terms.columns])


def _nothing() -> SparseVector:
    return SparseVector(np.empty(0, dtype=np.int64), np.empty(0))
