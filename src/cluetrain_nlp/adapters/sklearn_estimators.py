"""The scorer as scikit-learn estimators: one column of texts in, probabilities out.

Each text is one passage as it stands, like ``unit="post"`` of `cluetrain_nlp.score`. Both scorers come as shipped,
and can be moved towards codes of one's own.
"""

# ruff: noqa: N803 - X and C are scikit-learn's names

from numbers import Real
from typing import Any, Final, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted
from spacy.tokens import Span

from cluetrain_nlp.adapters.recalibration import logits, read_codes, read_thesis_codes, read_weights, recalibrate
from cluetrain_nlp.adapters.sklearn_features import (
    ModelEstimator,
    ModelPath,
    StyleFeatures,
    ThesisSimilarity,
    choose,
    load,
    stack,
    thesis_names,
)
from cluetrain_nlp.adapters.texts import Texts, read_spans, read_texts
from cluetrain_nlp.classifier.artefact import Model
from cluetrain_nlp.classifier.evidence import embed_span
from cluetrain_nlp.classifier.style import style
from cluetrain_nlp.classifier.theses import ThesisSet, select
from cluetrain_nlp.classifier.voice import sigmoid, squash
from cluetrain_nlp.errors import CluetrainError, PostError
from cluetrain_nlp.scoring import Theses, score_spans

__all__ = ["StyleFeatures", "ThesisScorer", "ThesisSimilarity", "VoiceScorer"]

Floats = NDArray[np.float64]
Learn = Literal["calibrate", "head"] | None

_LEARN: Final[tuple[Learn, ...]] = (None, "calibrate", "head")
_DIGITS: Final = 6


class ThesisScorer(ModelEstimator):
    """P(tracks): how probable it is that a careful reader finds that a text takes up a thesis, not opposing it.

    As it comes, it is the shipped scorer and `fit` learns nothing, so that it can stand before a classifier in a
    pipeline whose `y` is something else. With `learn`, `fit` moves it towards codes of your own.

    Parameters
    ----------
    theses : ThesisSet, iterable of int, or None
        A set from `cluetrain_nlp.read_theses`, numbers of the 95 theses, or None for all 95.
    model : str, pathlib.Path or None
        The folder of a model, or None for the bundled one.
    learn : {None, "calibrate", "head"}
        What `fit` learns from `y`. None: nothing, `y` is ignored. ``"calibrate"``: how far the logits of each thesis
        have to be shifted and stretched, two numbers a thesis, which keep the order of the texts unless the codes
        contradict it. ``"head"``: the same, and a linear head on style and sentence vector, which can learn what you
        mean by a thesis.
    C : float
        The larger, the more the codes count against the shipped scorer; towards 0 nothing is moved.

    Attributes
    ----------
    theses_ : ThesisSet
    coef_ : numpy.ndarray of float64, shape (t, 0), (t, 2) or (t, 2 + f + d)
        What was learned: nothing, or by how much a constant, the shipped logit, and with ``"head"`` the ``f`` style
        measurements and the ``d`` dimensions of the sentence vector, move the logit of each thesis.
    model_, model_sha256_ : str
        Name and hash of the model.
    n_features_in_ : int
        1, the column of texts.

    See Also
    --------
    cluetrain_nlp.score : the same numbers, ``score(texts, unit="post", top=None)``, in one frame with the rest.

    Examples
    --------
    >>> from cluetrain_nlp.adapters.sklearn_estimators import ThesisScorer
    >>> scorer = ThesisScorer(theses=[1, 62]).fit(["Redet doch mal mit uns."])
    >>> scorer.get_feature_names_out().tolist(), scorer.transform(["Redet doch mal mit uns."]).shape
    (['thesis_1', 'thesis_62'], (1, 2))
    """

    def __init__(self, theses: Theses = None, *, model: ModelPath = None, learn: Learn = None, C: float = 0.1) -> None:
        self.theses = theses
        self.model = model
        self.learn = learn
        self.C = C

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = self.learn is not None
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: Texts, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None) -> Self:
        """Look up the theses; with `learn`, move the scorer towards codes.

        Parameters
        ----------
        X : sequence of str, pandas.Series, numpy.ndarray, or pandas.DataFrame of one column
        y : array-like, shape (n, t), or (n,) for one thesis
            Read only with `learn`: 1 where the text tracks the thesis (grade >= 2, not opposing), else 0; in between
            where coders disagree, NaN where nobody coded. Columns in the order of thesis numbers, or a frame whose
            columns are numbers or names such as ``"thesis_3"``.
        sample_weight : array-like, shape (n,), or None
            Read only with `learn`: for instance `weight` of a coded sample.

        Returns
        -------
        ThesisScorer

        Raises
        ------
        PostError
            If `X` is no column of texts or is empty, a text is missing or no string; with `learn`, if `y` is missing
            or not as described, or a coded text has no numbers (without words, neither German nor English).
        ThesisError
            If `theses` names none, or one that does not exist, or the columns of `y` are others.
        ModelError
            If the model cannot be loaded.
        CluetrainError
            If `learn` or `C` makes no sense.
        """
        _check_learn(self.learn, self.C)
        texts = self._check_texts(X)
        model = load(self.model)
        theses = choose(self.theses, model)
        coef = np.zeros((len(theses), 0))
        if self.learn is not None:
            codes = read_thesis_codes(y, theses, len(texts))
            coef = self._learn(codes, read_weights(sample_weight, len(texts)), _Reading(texts, model, theses))
        self.theses_, self.coef_ = theses, coef
        self._remember(model)
        return self

    def _learn(self, codes: Floats, weights: Floats, reading: "_Reading") -> Floats:
        shipped, features = _read(reading, head=self.learn == "head")
        _require_numbers(np.where(np.isnan(codes), 0.0, shipped), "fit")
        moved = []
        for column, odds in zip(codes.T, logits(shipped).T, strict=True):
            use = ~np.isnan(column) & (weights > 0)
            given = np.column_stack([np.ones(use.sum()), odds[use], features[use]])
            nothing = np.zeros(given.shape[1])
            moved.append(recalibrate(odds[use], given, column[use], weights[use], self.C) if use.any() else nothing)
        return np.array(moved)

    def transform(self, X: Texts) -> Floats:
        """Estimate P(tracks).

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        numpy.ndarray of float64, shape (n, t)
            In [0, 1], higher is closer; a column for each thesis, in the order of their numbers. NaN for a text
            without words, or neither German nor English.

        Raises
        ------
        PostError
            As in `fit`.
        ModelError
            If the model is not the one of `fit` any more.
        """
        model = self._fitted_model()
        return _move(_Reading(read_texts(X), model, self.theses_), self.coef_)

    def predict_proba(self, X: Texts) -> Floats:
        """Give the same as `transform`: P(tracks) for each text and thesis, shape (n, t)."""
        return np.asarray(_plain(self.transform(X)), dtype=np.float64)

    def predict(self, X: Texts) -> NDArray[np.int64]:
        """Tell which theses are tracked with a probability of 0.5 or more.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        numpy.ndarray of 0 and 1, shape (n, t)

        Raises
        ------
        PostError
            As in `fit`, and where a text has no numbers: `transform` shows which by NaN.
        """
        probabilities = self.predict_proba(X)
        _require_numbers(probabilities, "predict")
        return (probabilities >= 0.5).astype(np.int64)

    def score(self, X: Texts, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Compare with codes: minus the mean log loss over all coded pairs of text and thesis.

        Parameters
        ----------
        X, y, sample_weight : as in `fit`

        Returns
        -------
        float
            At most 0; higher is better. Honest only for texts that `fit` did not see.

        Raises
        ------
        PostError, ThesisError
            As in `fit`.
        """
        probabilities = self.predict_proba(X)
        codes = read_thesis_codes(y, self.theses_, len(probabilities))
        use = ~np.isnan(codes)
        _require_numbers(np.where(use, probabilities, 0.0), "score")
        odds = logits(np.where(use, probabilities, 0.5))
        loss = np.logaddexp(0.0, odds) - np.where(use, codes, 0.0) * odds
        weights = use * read_weights(sample_weight, len(probabilities))[:, None]
        if not weights.any():
            raise PostError("sample_weight is 0 for every coded text; expected more for one at least.")
        return -float((weights * loss).sum() / weights.sum())

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Give names such as ``"thesis_3"``; `input_features` is ignored."""
        check_is_fitted(self, "n_features_in_")
        return thesis_names(self.theses_)


class VoiceScorer(ClassifierMixin, ModelEstimator):  # type: ignore[misc]
    """P(broadcast): how probable it is that a careful reader codes the voice of a text as one-way, 3 or more.

    As it comes, it is the shipped scorer and `fit` learns nothing. With `learn`, `fit` moves it towards codes of your
    own. It is a classifier with the classes 0 and 1 (broadcast), and a transformer that gives one column.

    Parameters
    ----------
    model : str, pathlib.Path or None
        The folder of a model, or None for the bundled one.
    learn : {None, "calibrate", "head"}
        What `fit` learns from `y`, as in `ThesisScorer`.
    C : float
        The larger, the more the codes count against the shipped scorer; towards 0 nothing is moved.

    Attributes
    ----------
    classes_ : numpy.ndarray
        ``[0, 1]``.
    coef_ : numpy.ndarray of float64, shape (1, 0), (1, 2) or (1, 2 + f + d)
        What was learned, as in `ThesisScorer`.
    model_, model_sha256_ : str
        Name and hash of the model.
    n_features_in_ : int
        1, the column of texts.

    Examples
    --------
    >>> from cluetrain_nlp.adapters.sklearn_estimators import VoiceScorer
    >>> texts = [
    ...     "Als führender Anbieter innovativer Lösungen bietet die Kronwerk Gruppe ihren Kunden höchste Qualität.",
    ...     "Ich weiß es doch auch nicht, was meint ihr?",
    ... ]
    >>> VoiceScorer().fit(texts).predict(texts).tolist()
    [1, 0]
    """

    def __init__(self, *, model: ModelPath = None, learn: Learn = None, C: float = 0.1) -> None:
        self.model = model
        self.learn = learn
        self.C = C

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = self.learn is not None
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: Texts, y: ArrayLike | None = None, sample_weight: ArrayLike | None = None) -> Self:
        """Check the texts; with `learn`, move the scorer towards codes.

        Parameters
        ----------
        X : sequence of str, pandas.Series, numpy.ndarray, or pandas.DataFrame of one column
        y : array-like, shape (n,)
            Read only with `learn`: 1 where the text was coded as broadcast (voice >= 3), else 0.
        sample_weight : array-like, shape (n,), or None
            Read only with `learn`: for instance `weight` of a coded sample.

        Returns
        -------
        VoiceScorer

        Raises
        ------
        PostError
            If `X` is no column of texts or is empty, a text is missing or no string; with `learn`, if `y` is missing
            or holds something else than 0 and 1, or a text has no number (without words, not German).
        ModelError
            If the model cannot be loaded.
        CluetrainError
            If `learn` or `C` makes no sense.
        """
        _check_learn(self.learn, self.C)
        texts = self._check_texts(X)
        model = load(self.model)
        coef = np.zeros((1, 0))
        if self.learn is not None:
            coef = self._learn(y, read_weights(sample_weight, len(texts)), _Reading(texts, model, None))
        self.classes_, self.coef_ = np.array([0, 1]), coef
        self._remember(model)
        return self

    def _learn(self, y: ArrayLike | None, weights: Floats, reading: "_Reading") -> Floats:
        codes = read_codes(y, (len(reading.texts),), "y must be 1 for broadcast (voice >= 3) and 0 otherwise")
        if not np.isin(codes, (0.0, 1.0)).all():
            raise PostError("y holds something else than 0 and 1. Leave out what is not coded; several coders: decide.")
        shipped, features = _read(reading, head=self.learn == "head")
        _require_numbers(shipped, "fit")
        odds = logits(shipped[:, 0])
        given = np.column_stack([np.ones(len(odds)), odds, features])
        return recalibrate(odds, given, codes, weights, self.C)[None, :]

    def transform(self, X: Texts) -> Floats:
        """Estimate P(broadcast).

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        numpy.ndarray of float64, shape (n, 1)
            In [0, 1], higher is more one-way. NaN for a text without words, or not German.

        Raises
        ------
        PostError
            As in `fit`.
        ModelError
            If the model is not the one of `fit` any more.
        """
        model = self._fitted_model()
        return _move(_Reading(read_texts(X), model, None), self.coef_)

    def predict_proba(self, X: Texts) -> Floats:
        """Estimate both probabilities.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        numpy.ndarray of float64, shape (n, 2)
            P(not broadcast) and P(broadcast), as `classes_`; NaN as in `transform`.
        """
        broadcast = np.asarray(_plain(self.transform(X)), dtype=np.float64)
        return np.hstack([1.0 - broadcast, broadcast])

    def predict(self, X: Texts) -> NDArray[np.int64]:
        """Tell which texts are broadcast with a probability of 0.5 or more.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        numpy.ndarray of 0 and 1, shape (n,)

        Raises
        ------
        PostError
            As in `fit`, and where a text has no number: `transform` shows which by NaN.
        """
        probabilities = self.predict_proba(X)
        _require_numbers(probabilities, "predict")
        return (probabilities[:, 1] >= 0.5).astype(np.int64)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Give ``["broadcast"]``; `input_features` is ignored."""
        check_is_fitted(self, "n_features_in_")
        return np.array(["broadcast"], dtype=object)


class _Reading(NamedTuple):
    """Texts, and what of them is asked: the theses, or the voice if they are None."""

    texts: list[str]
    model: Model
    theses: ThesisSet | None


def _plain(output: Any) -> Any:
    """Take the array out of what `set_output` may have made a frame."""
    return output.to_numpy() if hasattr(output, "to_numpy") else output


def _read(reading: _Reading, *, head: bool) -> tuple[Floats, Floats]:
    """Give the shipped probabilities, and what a head reads, if there is one."""
    texts, model, theses = reading
    targets = model.targets(theses if theses is not None else select(model.theses, [next(iter(model.theses)).number]))
    width = len(targets.numbers) if theses is not None else 1
    shipped: list[Floats | None] = []
    features: list[Floats | None] = []
    size = len(model.voice.mean) + model.statements.shape[1] if head else 0
    for span in read_spans(texts):
        if span is None:
            shipped.append(None)
            features.append(None)
            continue
        broadcast, tracks, _ = score_spans([span], model, targets)
        shipped.append(tracks[0] if theses is not None else broadcast)
        features.append(_head_features(span, model) if size else np.empty(0))
    return stack(shipped, width), stack(features, size) if size else np.empty((len(texts), 0))


def _move(reading: _Reading, coef: Floats) -> Floats:
    """Give the shipped probabilities, moved by what was learned."""
    shipped, features = _read(reading, head=coef.shape[1] > 2)
    if not coef.shape[1]:
        return shipped
    odds = logits(shipped)
    moved = sigmoid(odds + coef[:, 0] + odds * coef[:, 1] + features @ coef[:, 2:].T)
    # A product differs in its last bits with the number of rows.
    return moved.round(_DIGITS)


def _head_features(span: Span, model: Model) -> Floats:
    """Give style, standardised as the model has it, and the sentence vector, each about of length one."""
    standard = np.clip((squash(style(span)) - model.voice.mean) / model.voice.scale, -3.0, 3.0)
    return np.concatenate([standard / np.sqrt(len(standard)), embed_span(span, model.embedding)[0]])


def _check_learn(learn: Learn, strength: float) -> None:
    if learn not in _LEARN:
        raise CluetrainError(f"learn is {learn!r}; expected None, 'calibrate' or 'head'.")
    if not isinstance(strength, Real) or not 0 < strength < np.inf:
        raise CluetrainError(f"C is {strength!r}; expected a finite number above 0.")


def _require_numbers(values: Floats, doing: str) -> None:
    missing = np.flatnonzero(np.isnan(values).reshape(len(values), -1).any(axis=1))
    if len(missing):
        raise PostError(
            f"{doing} needs a probability for every text; {len(missing)} have none, the first is text {missing[0]} "
            "(counted from 0): no words, or a language that the model does not know (voice: German, theses: German "
            "and English). Leave out the rows for which transform gives NaN."
        )
