"""Texts to features for scikit-learn: style measurements, and nearness to theses.

An estimator stores the path of a model, not the model: it is small when copied or pickled, and a worker loads the
model when it first needs it.
"""

# ruff: noqa: N803 - X is scikit-learn's name

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from cluetrain_nlp.adapters.texts import Texts, read_spans, read_texts
from cluetrain_nlp.classifier.artefact import Model, load_model
from cluetrain_nlp.classifier.evidence import embed_span
from cluetrain_nlp.classifier.style import feature_names, style
from cluetrain_nlp.classifier.theses import ThesisSet, select
from cluetrain_nlp.errors import CluetrainError, ModelError, PostError
from cluetrain_nlp.scoring import Theses

__all__ = [
    "ModelEstimator",
    "ModelPath",
    "StyleFeatures",
    "TextEstimator",
    "ThesisSimilarity",
    "choose",
    "load",
    "stack",
    "thesis_names",
]

Floats = NDArray[np.float64]
ModelPath = str | Path | None


class TextEstimator(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What the estimators have in common: one column of texts, and what scikit-learn asks about it."""

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _check_texts(self, texts: Texts) -> list[str]:
        found = read_texts(texts)
        if not found:
            raise PostError(f"{type(self).__name__} was fitted to 0 texts; expected at least one.")
        return found


class ModelEstimator(TextEstimator):
    """An estimator that reads a model; it knows by the hash whether it still is the one of `fit`."""

    model: ModelPath

    def _remember(self, model: Model) -> None:
        """End of `fit`, after everything that can fail."""
        self.model_ = f"{model.name}-{model.version}"
        self.model_sha256_ = model.sha256
        self.n_features_in_ = 1

    def _fitted_model(self) -> Model:
        check_is_fitted(self, "n_features_in_")
        model = load(self.model)
        if model.sha256 != self.model_sha256_:
            raise ModelError(
                f"This {type(self).__name__} was fitted with the model {self.model_} ({self.model_sha256_[:12]}…), "
                f"and finds {model.name}-{model.version} ({model.sha256[:12]}…). Fit it again, or set model= to the "
                "folder of the former."
            )
        return model


class StyleFeatures(TextEstimator):
    """How texts are said: the style measurements that the voice head reads.

    Attributes
    ----------
    n_features_in_ : int
        1, the column of texts.

    Notes
    -----
    The word lists are German; texts in other languages get numbers that mean little. Nothing is learned.

    Examples
    --------
    >>> from cluetrain_nlp.adapters.sklearn_estimators import StyleFeatures
    >>> features = StyleFeatures().set_output(transform="pandas").fit_transform(["Ich weiß es doch auch nicht."])
    >>> features.shape, features["ich"].round(1).item()
    ((1, 26), 16.7)
    """

    def fit(self, X: Texts, y: object = None) -> Self:
        """Check the texts.

        Parameters
        ----------
        X : sequence of str, pandas.Series, numpy.ndarray, or pandas.DataFrame of one column
        y : ignored

        Returns
        -------
        StyleFeatures

        Raises
        ------
        PostError
            If `X` is no column of texts, is empty, or a text is missing or no string.
        """
        self._check_texts(X)
        self.n_features_in_ = 1
        return self

    def transform(self, X: Texts) -> Floats:
        """Measure texts.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        numpy.ndarray of float64, shape (n, 26)
            In the order of `cluetrain_nlp.classifier.style.FEATURES`, mostly per 100 words, all >= 0; higher is more
            of what the name says. NaN in every column for a text without words.

        Raises
        ------
        PostError
            As in `fit`.
        """
        check_is_fitted(self, "n_features_in_")
        return stack((style(span) if span else None for span in read_spans(X)), len(feature_names()))

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Give the names of the measurements, such as ``"ich"``; `input_features` is ignored."""
        check_is_fitted(self, "n_features_in_")
        return np.array(feature_names(), dtype=object)


class ThesisSimilarity(ModelEstimator):
    """How near texts lie to theses: the cosine of their sentence vectors.

    The simple measure beside `ThesisScorer`, for theses of one's own as well, and in every language of the encoder.
    It is no probability, and the same value means something else for another thesis.

    Parameters
    ----------
    theses : ThesisSet, iterable of int, or None
        A set from `cluetrain_nlp.read_theses`, numbers of the 95 theses, or None for all 95.
    against : {"statement", "gloss"}
        The thesis itself, or the description of a passage that tracks it, where the thesis has one.
    model : str, pathlib.Path or None
        The folder of a model, whose encoder is used; None for the bundled one.

    Attributes
    ----------
    theses_ : ThesisSet
    model_, model_sha256_ : str
        Name and hash of the model.
    n_features_in_ : int
        1, the column of texts.

    Examples
    --------
    >>> from cluetrain_nlp.adapters.sklearn_estimators import ThesisSimilarity
    >>> ThesisSimilarity(theses=[1, 62]).fit_transform(["Märkte sind Gespräche.", "Es regnet."]).argmax(axis=0)
    array([0, 0])
    """

    def __init__(
        self,
        theses: Theses = None,
        *,
        against: Literal["statement", "gloss"] = "statement",
        model: ModelPath = None,
    ) -> None:
        self.theses = theses
        self.against = against
        self.model = model

    def fit(self, X: Texts, y: object = None) -> Self:
        """Check the texts and look up the theses.

        Parameters
        ----------
        X : sequence of str, pandas.Series, numpy.ndarray, or pandas.DataFrame of one column
        y : ignored

        Returns
        -------
        ThesisSimilarity

        Raises
        ------
        PostError
            If `X` is no column of texts, is empty, or a text is missing or no string.
        ThesisError
            If `theses` names none, or one that does not exist.
        ModelError
            If the model cannot be loaded.
        CluetrainError
            If `against` is something else.
        """
        if self.against not in ("statement", "gloss"):
            raise CluetrainError(f"against is {self.against!r}; expected 'statement' or 'gloss'.")
        self._check_texts(X)
        model = load(self.model)
        self.theses_ = choose(self.theses, model)
        self._remember(model)
        return self

    def transform(self, X: Texts) -> Floats:
        """Compare texts with the theses.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        numpy.ndarray of float64, shape (n, t)
            Cosines in [-1, 1], higher is nearer; a column for each thesis, in the order of their numbers. NaN for a
            text without words.

        Raises
        ------
        PostError
            As in `fit`.
        ModelError
            If the model is not the one of `fit` any more.
        """
        model = self._fitted_model()
        targets = model.targets(self.theses_)
        theses = targets.statements if self.against == "statement" else targets.glosses
        rows = (theses @ embed_span(span, model.embedding)[0] if span else None for span in read_spans(X))
        return stack(rows, len(theses)).round(6)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Give names such as ``"thesis_3"``; `input_features` is ignored."""
        check_is_fitted(self, "n_features_in_")
        return thesis_names(self.theses_)


def load(path: ModelPath) -> Model:
    """Load what the parameter `model` names; a `Model` itself is refused, because it would be copied and pickled."""
    if isinstance(path, Model):
        raise ModelError(
            "model is a loaded Model; an estimator is copied and pickled and takes the folder of a model instead, or "
            "None for the bundled one."
        )
    return load_model(path)


def choose(theses: Theses, model: Model) -> ThesisSet:
    """Turn the parameter `theses` into a set."""
    if isinstance(theses, ThesisSet):
        return theses
    return model.theses if theses is None else select(model.theses, theses)


def thesis_names(theses: ThesisSet) -> NDArray[np.object_]:
    """Name the columns of theses, such as ``"thesis_3"``."""
    return np.array([f"thesis_{thesis.number}" for thesis in theses], dtype=object)


def stack(rows: Iterable[Floats | None], width: int) -> Floats:
    """Stack rows; one that is None becomes NaN."""
    nothing = np.full(width, np.nan)
    return np.array([nothing if row is None else row for row in rows], dtype=np.float64).reshape(-1, width)
