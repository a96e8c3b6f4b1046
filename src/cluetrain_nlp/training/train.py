"""From the annotated corpus to a new model. Deterministic: the same corpus gives the same bits."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from cluetrain_nlp.classifier.artefact import Model
from cluetrain_nlp.classifier.embedding import load_encoder
from cluetrain_nlp.classifier.style import sentences, style
from cluetrain_nlp.classifier.theses import ThesisSet, load_theses
from cluetrain_nlp.classifier.tracking import PAIR_FEATURES, UNSEEN_FEATURES, Targets, Tracking
from cluetrain_nlp.classifier.voice import Voice, sigmoid, squash
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
from cluetrain_nlp.training.corpus import Coded

__all__ = ["BASE_RATE", "Examples", "Fitted", "encode", "fit"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: In ordinary German blogs about one passage in twenty tracks any thesis.
BASE_RATE: Final = 0.05

_FOLDS: Final = 5
_RIDGE: Final = 10.0
_C_ANYTHING: Final = 0.1
_C_OPPOSING: Final = 1.0
_C_PAIRS: Final = 1.0
_C_VOICE: Final = 0.002

#: For fits with so few parameters that there is nothing to shrink.
_C_FREE: Final = 1e6

#: How much the passage's vector counts beside the style measurements, which have unit variance.
_VECTOR_SCALE: Final = 5.0


class Examples(NamedTuple):
    """The corpus as arrays, ``n`` passages.

    Attributes
    ----------
    coded : sequence of Coded
    style : numpy.ndarray, shape (n, f)
    vectors : list of n numpy.ndarray, each (1 + k, d)
        Passage and sentences.
    """

    coded: Sequence[Coded]
    style: Floats
    vectors: list[Floats]

    @property
    def passages(self) -> Floats:
        """Vectors of the passages alone, shape (n, d)."""
        return np.array([group[0] for group in self.vectors])

    @property
    def groups(self) -> list[str]:
        """What a split must not tear apart."""
        return [coded.group for coded in self.coded]

    def take(self, rows: NDArray[np.int64]) -> "Examples":
        """Select passages by row."""
        return Examples([self.coded[row] for row in rows], self.style[rows], [self.vectors[row] for row in rows])


class Fitted(NamedTuple):
    """A model, and what models trained without them gave for the passages of its corpus.

    Attributes
    ----------
    model : Model
        Trained on everything.
    broadcast : numpy.ndarray, shape (n,)
    tracks, opposes : numpy.ndarray, shape (n, t)
        By heads trained on the posts of other folds.
    unseen_places : numpy.ndarray of int, shape (n, t)
        For each thesis that a passage takes up, its place among all theses by the head for theses without training
        passages, when this thesis, and every post with passages on it, was left out of training. 0 elsewhere.
    """

    model: Model
    broadcast: Floats
    tracks: Floats
    opposes: Floats
    unseen_places: NDArray[np.int64]


def encode(coded: Sequence[Coded]) -> Examples:
    """Tokenise, measure and encode coded passages, each as it stands.

    Parameters
    ----------
    coded : sequence of Coded

    Returns
    -------
    named tuple `Examples`
        One row for each passage, in the same order.
    """
    nlp, embedding = load_nlp("builtin"), load_encoder()
    docs = [make_doc(nlp, passage.text) for passage in coded]
    vectors = [embedding.embed((doc.text, *(part.text for part in sentences(doc[:])))) for doc in docs]
    return Examples(coded, np.array([style(doc[:]) for doc in docs]), vectors)


def fit(examples: Examples, *, name: str = "de", version: str = "0.1.0") -> Fitted:
    """Train a model, and score every passage by heads that have not seen its post.

    Parameters
    ----------
    examples : Examples
        From `encode`: passages with grades and voice codes.
    name, version : str
        Of the model.

    Returns
    -------
    Fitted
    """
    with threadpool_limits(limits=1):
        theses = load_theses()
        targets = _targets(theses)
        taken_up = np.array([[thesis.number in coded.taken_up for thesis in theses] for coded in examples.coded])
        count = len(examples.coded)
        broadcast, anything, contrary = np.empty(count), np.empty(count), np.empty(count)
        features = np.empty((count, len(theses), len(PAIR_FEATURES)))
        for train, test in GroupKFold(_FOLDS, shuffle=True, random_state=0).split(features, groups=examples.groups):
            voice = _fit_voice(examples.take(train))
            heads = _fit_heads(examples.take(train), taken_up[train])
            centred = _centred(examples.passages[test], heads.passage_centre)
            anything[test] = centred @ heads.anything[:-1] + heads.anything[-1]
            contrary[test] = sigmoid(centred @ heads.opposing[:-1] + heads.opposing[-1])
            for row in test:
                broadcast[row] = voice.broadcast(examples.style[row], examples.vectors[row][0])
                features[row] = heads.features(examples.vectors[row], targets)
        slope, level = _fit_level(anything, taken_up)
        known_weights = _fit_pairs(features, taken_up)
        heads = _fit_heads(examples, taken_up)
        tracking = replace(
            heads,
            anything=slope * heads.anything + np.append(np.zeros(len(heads.passage_centre)), level),
            known_weights=known_weights,
            unseen_weights=_fit_pairs(features[:, :, _UNSEEN], taken_up),
        )
        some = sigmoid(slope * anything + level)[:, None]
        either = some * sigmoid(features @ known_weights[:-1] + known_weights[-1])
        model = Model(
            name=name,
            version=version,
            theses=theses,
            embedding=load_encoder(),
            voice=_fit_voice(examples),
            tracking=tracking,
            statements=targets.statements,
            glosses=targets.glosses,
            metrics={},
        )
        places = _hold_out_theses(examples, targets, taken_up, features)
    opposes = either * contrary[:, None]
    return Fitted(model, broadcast, either - opposes, opposes, places)


_UNSEEN: Final = slice(len(UNSEEN_FEATURES))


def _targets(theses: ThesisSet) -> Targets:
    embedding = load_encoder()
    return Targets(
        numbers=np.array([thesis.number for thesis in theses]),
        statements=embedding.embed_each([thesis.statement for thesis in theses]),
        glosses=embedding.embed_each([thesis.gloss for thesis in theses]),
        known=np.arange(len(theses)),
    )


def _fit_voice(examples: Examples) -> Voice:
    """Fit the voice head on the passages whose voice was coded.

    Four logistic regressions, one for each step of the scale (voice >= 1 … >= 4), are averaged into one direction,
    because the steps carry more than the one cut. A last one maps that direction to P(voice >= 3); it is fitted on
    passages that the direction has not seen, so that the probabilities are calibrated.
    """
    voices = np.array([np.nan if coded.voice is None else coded.voice for coded in examples.coded])
    rows = np.flatnonzero(np.isfinite(voices))
    codes, groups = voices[rows], np.array(examples.groups)[rows]
    squashed = squash(examples.style[rows])
    mean, scale = squashed.mean(axis=0), squashed.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    standard = np.clip((squashed - mean) / scale, -3.0, 3.0)
    inputs = np.hstack([standard, _VECTOR_SCALE * examples.passages[rows]])
    latent = np.empty(len(rows))
    for train, test in GroupKFold(_FOLDS, shuffle=True, random_state=0).split(inputs, groups=groups):
        latent[test] = inputs[test] @ _direction(inputs[train], codes[train])
    cut = LogisticRegression(C=_C_FREE, max_iter=2000).fit(latent[:, None], codes >= 3)
    weights = cut.coef_[0, 0] * _direction(inputs, codes)
    return Voice(
        mean=mean,
        scale=scale,
        style_weights=weights[: len(mean)],
        vector_weights=_VECTOR_SCALE * weights[len(mean) :],
        bias=cut.intercept_,
    )


def _direction(inputs: Floats, codes: Floats) -> Floats:
    """Find the direction of the voice scale, shape (f + d,): the mean of the steps' logistic regressions."""
    steps = [
        LogisticRegression(C=_C_VOICE, max_iter=2000).fit(inputs, codes >= step)
        for step in (1, 2, 3, 4)
        if 0 < (codes >= step).sum() < len(codes)
    ]
    mean: Floats = np.mean([step.coef_[0] for step in steps], axis=0)
    return mean


def _fit_heads(examples: Examples, taken_up: Bools) -> Tracking:
    """Fit the tracking head, but for the level of `anything` and the weights of the pair features, which stay 0."""
    passages = examples.passages
    passage_centre = passages.mean(axis=0)
    centred = _centred(passages, passage_centre)
    theses = _targets(load_theses())
    some = np.asarray(taken_up.any(axis=1))
    opposing = np.array([bool(coded.opposed & coded.taken_up) for coded in examples.coded], dtype=np.bool_)
    ridge = Ridge(alpha=_RIDGE).fit(centred, taken_up)
    return Tracking(
        passage_centre=passage_centre,
        thesis_centre=np.vstack([theses.statements, theses.glosses]).mean(axis=0),
        anything=_linear(centred, some, _C_ANYTHING),
        opposing=_linear(centred[some], opposing[some], _C_OPPOSING),
        exemplars=centred[some],
        membership=taken_up[some].T.astype(float),
        linear=np.column_stack([ridge.coef_, ridge.intercept_]),
        known_weights=np.zeros(len(PAIR_FEATURES) + 1),
        unseen_weights=np.zeros(len(UNSEEN_FEATURES) + 1),
    )


def _linear(inputs: Floats, labels: Bools, c: float) -> Floats:
    """Fit a logistic regression; its weights with the bias last, shape (d + 1,)."""
    fitted = LogisticRegression(C=c, max_iter=2000).fit(inputs, labels)
    return np.append(fitted.coef_[0], fitted.intercept_)


def _centred(passages: Floats, centre: Floats) -> Floats:
    centred = passages - centre
    unit: Floats = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    return unit


def _fit_level(anything: Floats, taken_up: Bools) -> tuple[float, float]:
    """Fit slope and intercept that turn the logit `anything` into P(any thesis) at the base rate of real posts."""
    some = taken_up.any(axis=1)
    weight = np.where(some, BASE_RATE / some.mean(), (1 - BASE_RATE) / (1 - some.mean()))
    fitted = LogisticRegression(C=_C_FREE, max_iter=2000).fit(anything[:, None], some, sample_weight=weight)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _fit_pairs(features: Floats, taken_up: Bools) -> Floats:
    """Fit P(this thesis, if any) on the passages that take up some thesis: weights of the pair features, bias last."""
    some = taken_up.any(axis=1)
    flat = features[some].reshape(-1, features.shape[2])
    spread = flat.std(axis=0)
    fitted = LogisticRegression(C=_C_PAIRS, max_iter=2000).fit(flat / spread, taken_up[some].ravel())
    return np.append(fitted.coef_[0] / spread, fitted.intercept_)


def _hold_out_theses(examples: Examples, targets: Targets, taken_up: Bools, features: Floats) -> NDArray[np.int64]:
    """Place theses by models that have never met them, a fifth of the theses at a time; see `Fitted`."""
    places = np.zeros(taken_up.shape, dtype=np.int64)
    groups = np.array(examples.groups)
    for fold in range(_FOLDS):
        held_out = np.arange(taken_up.shape[1]) % _FOLDS == fold
        test = taken_up[:, held_out].any(axis=1)
        train = ~np.isin(groups, groups[test])
        heads = _fit_heads(examples.take(np.flatnonzero(train)), taken_up[train])
        weights = _fit_pairs(features[train][:, ~held_out, _UNSEEN], taken_up[train][:, ~held_out])
        for row in np.flatnonzero(test):
            logit = heads.features(examples.vectors[row], targets)[:, _UNSEEN] @ weights[:-1]
            for column in np.flatnonzero(taken_up[row] & held_out):
                places[row, column] = 1 + (logit > logit[column]).sum()
    return places
