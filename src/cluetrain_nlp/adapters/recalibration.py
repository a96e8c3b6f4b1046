"""Codes of one's own, checked, and how far they move a scorer: not further than they carry."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cluetrain_nlp.classifier.theses import ThesisSet
from cluetrain_nlp.classifier.voice import sigmoid
from cluetrain_nlp.errors import PostError, ThesisError

__all__ = ["logits", "read_codes", "read_thesis_codes", "read_weights", "recalibrate"]

Floats = NDArray[np.float64]

#: Probabilities have six digits.
_SMALLEST: Final = 1e-6
_ROUNDS: Final = 100
_CLOSE: Final = 1e-10


def logits(probabilities: Floats) -> Floats:
    """Turn probabilities of six digits into finite logits.

    Parameters
    ----------
    probabilities : numpy.ndarray, any shape
        In [0, 1]; NaN stays NaN.

    Returns
    -------
    numpy.ndarray, same shape
        ``log(p / (1 - p))``, in about [-13.8, 13.8].

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.adapters.recalibration import logits
    >>> logits(np.array([0.5, 0.0])).round(1).tolist()
    [0.0, -13.8]
    """
    inside = np.clip(probabilities, _SMALLEST, 1.0 - _SMALLEST)
    odds: Floats = np.log(inside / (1.0 - inside))
    return odds


def recalibrate(logit: Floats, features: Floats, codes: Floats, weights: Floats, strength: float) -> Floats:
    r"""Learn how far codes move a scorer: logistic regression with the scorer's logit as offset and an L2 penalty.

    Minimised is :math:`\frac{1}{2}\lVert w\rVert^2 + C \sum_i v_i \ell(y_i, \sigma(o_i + x_i w))`, with the log loss
    :math:`\ell` and weights :math:`v` scaled to a mean of 1: the objective of scikit-learn's `LogisticRegression`, plus
    the offset :math:`o`. All of ``w`` is penalised, so with few codes, or with codes of one kind only, the scorer
    stays near what it was.

    Parameters
    ----------
    logit : numpy.ndarray, shape (n,)
        What the scorer says, finite.
    features : numpy.ndarray, shape (n, k)
        By what it may be moved.
    codes : numpy.ndarray, shape (n,)
        0 to 1.
    weights : numpy.ndarray, shape (n,)
        Of the rows, not negative.
    strength : float
        ``C``: the larger, the more the codes count against the scorer.

    Returns
    -------
    numpy.ndarray, shape (k,)
        ``w``; the new logit is ``logit + features @ w``.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.adapters.recalibration import recalibrate
    >>> constant, unsure = np.ones((4, 1)), np.zeros(4)
    >>> bool(recalibrate(unsure, constant, np.ones(4), np.ones(4), 1.0)[0] > 0)
    True
    """
    mass = strength * weights / weights.mean()
    moved = np.zeros(features.shape[1])
    loss = _objective(logit, features, codes, mass, moved)
    for _ in range(_ROUNDS):
        probability = sigmoid(logit + features @ moved)
        slope = features.T @ (mass * (probability - codes)) + moved
        curvature = (features.T * (mass * probability * (1.0 - probability))) @ features + np.eye(len(moved))
        step = np.linalg.solve(curvature, slope)
        # Newton's step may be too long where the scorer was sure and wrong.
        while (lower := _objective(logit, features, codes, mass, moved - step)) > loss and np.abs(step).max() > _CLOSE:
            step = step / 2.0
        if np.abs(step).max() <= _CLOSE:
            break
        moved, loss = moved - step, lower
    return moved


def _objective(logit: Floats, features: Floats, codes: Floats, mass: Floats, moved: Floats) -> float:
    new = logit + features @ moved
    return float(mass @ (np.logaddexp(0.0, new) - codes * new) + moved @ moved / 2.0)


def read_thesis_codes(y: ArrayLike | None, theses: ThesisSet, n: int) -> Floats:
    """Check codes of theses, shape (n, t), and bring them into the order of the theses; NaN where nobody coded.

    Raises
    ------
    PostError
        If they are missing, no numbers from 0 to 1, of another shape, or all NaN.
    ThesisError
        If the columns of a frame are not these theses.
    """
    wanted = [thesis.number for thesis in theses]
    if isinstance(y, pd.DataFrame):
        found = {str(name).removeprefix("thesis_"): place for place, name in enumerate(y.columns)}
        if sorted(found) != sorted(map(str, wanted)) or len(found) != y.shape[1]:
            raise ThesisError(
                f"The columns of y are {', '.join(map(str, y.columns))}; expected one for each thesis: "
                f"{', '.join(map(str, wanted))}. Say which theses were coded: ThesisScorer(theses=[...])."
            )
        y = y.iloc[:, [found[str(number)] for number in wanted]].to_numpy(dtype=np.float64)
    elif y is not None and np.ndim(y) == 1 and len(wanted) == 1:
        y = np.reshape(np.asarray(y), (-1, 1))
    codes = read_codes(
        y,
        (n, len(wanted)),
        "y must be 1 where the text tracks the thesis (grade >= 2 and not opposing), 0 where not, NaN where not coded",
    )
    if np.isnan(codes).all():
        raise PostError("y is NaN throughout; expected codes for one pair of text and thesis at least.")
    return codes


def read_codes(y: ArrayLike | None, shape: tuple[int, ...], meaning: str) -> Floats:
    """Check codes of a shape: numbers from 0 to 1, or NaN; `meaning` tells in messages what they stand for.

    Raises
    ------
    PostError
        If they are missing, no such numbers, or of another shape.
    """
    if y is None:
        raise PostError(f"y is missing; {meaning}. Without codes leave learn=None.")
    try:
        codes = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise PostError(f"y cannot be read as numbers ({error}); {meaning}.") from error
    if codes.shape != shape:
        raise PostError(f"y has the shape {codes.shape}; expected {shape}: {meaning}.")
    outside = codes[(codes < 0) | (codes > 1)]
    if len(outside):
        raise PostError(f"y holds {outside[0]:g}; {meaning}. Turn grades and voice codes into these first.")
    return codes


def read_weights(weights: ArrayLike | None, n: int) -> Floats:
    """Check the weights of rows; None weighs all alike.

    Raises
    ------
    PostError
        If there are not `n`, or they are not finite, below 0, or all 0.
    """
    found = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    if found.shape != (n,) or not np.isfinite(found).all() or (found < 0).any() or not found.any():
        raise PostError(
            f"sample_weight has the shape {found.shape} or holds values that are no weights; expected ({n},) numbers "
            "of 0 or more, not all 0. A sample without weights is no probability sample: leave sample_weight out."
        )
    return found
