"""The arithmetic of corrected estimates: all predictions, and the errors that a coded sample shows.

A linear model is fitted to the predictions of every unit of the corpus, and a second one to the errors of
the predictions in the coded sample, with the weights of its design. The sum of their coefficients is the
corrected estimate. Shares and means of groups are the special case whose regressors are the groups.
Arrays only: what the numbers stand for is settled in `sampled`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fit", "Sample", "fit", "spread"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A unit that alone settles a coefficient would make the leverage correction divide by zero.
_MOST_LEVERAGE = 0.9


class Sample(NamedTuple):
    """Coded units: `m` of them, which stand in `n` drawn units, in the order of `psu`.

    Attributes
    ----------
    design : numpy.ndarray, shape (m, p)
        Regressors.
    label, prediction : numpy.ndarray, shape (m,)
        What the coders said, and what the model had said.
    weight : numpy.ndarray, shape (m,)
        1 / probability of being drawn.
    psu : numpy.ndarray, shape (m,)
        Which drawn unit it belongs to, 0 to n - 1, ascending, without gaps.
    stratum : numpy.ndarray, shape (n,)
        Stratum of each drawn unit, as integers from 0 without gaps.
    fraction : numpy.ndarray, shape (n,)
        Share of its stratum that was drawn, 0 to 1; 0 drops the finite population correction.
    """

    design: Floats
    label: Floats
    prediction: Floats
    weight: Floats
    psu: Integers
    stratum: Integers
    fraction: Floats


class Fit(NamedTuple):
    """Coefficients of `p` regressors.

    Attributes
    ----------
    estimate, naive, classical : numpy.ndarray, shape (p,)
        Corrected; from predictions alone; from the coded sample alone.
    covariance, classical_covariance : numpy.ndarray, shape (p, p)
        Of `estimate` and of `classical`.
    errors : numpy.ndarray, shape (n, p)
        What each drawn unit adds: `covariance` is ``errors.T @ errors``, and `own`.
    own : numpy.ndarray, shape (p, p)
        Scatter of the corpus itself; 0 where it is all that is asked about.
    reach : numpy.ndarray, shape (n, p)
        How far each drawn unit moves each coefficient; 0 for those outside a group.
    stratum : numpy.ndarray, shape (n,)
        As of the sample.
    lam : float
        Weight of the predictions, 0 (they are useless) to 1.
    """

    estimate: Floats
    naive: Floats
    classical: Floats
    covariance: Floats
    classical_covariance: Floats
    errors: Floats
    own: Floats
    reach: Floats
    stratum: Integers
    lam: float


def fit(
    cross: Floats, moments: Floats, sample: Sample, *, lam: float | None = None, superpopulation: bool = False
) -> Fit:
    """Fit a linear model to labels that are known for a sample only.

    Parameters
    ----------
    cross : numpy.ndarray, shape (p, p)
        ``X.T @ X`` over all units of the corpus.
    moments : numpy.ndarray, shape (p,)
        ``X.T @ prediction`` over all units of the corpus.
    sample : Sample
        Its regressors must have rank p.
    lam : float or None, default None
        Weight of the predictions; None takes the one in [0, 1] with the smallest variance.
    superpopulation : bool, default False
        False: the corpus is what is asked about. True: it is itself a random draw, and its own scatter is added.

    Returns
    -------
    Fit

    Notes
    -----
    With `S` for the weighted cross products of the sample, the estimate is ``lam * cross^-1 moments + S^-1 sum(w x (y -
    lam f))``: for one group the difference estimator in its ratio form (Särndal, Swensson and Wretman, Model Assisted
    Survey Sampling, 1992, ch. 5-7), for regressions that of prediction-powered inference (Angelopoulos and others,
    Science 382, 2023). `lam` follows PPI++ (Angelopoulos, Duchi and Zrnic, 2023), and minimises the design variance of
    fitted values. The covariance is the linearised one of a stratified sample of clusters, each drawn unit divided by
    1 - its leverage as the jackknife does, because small groups are common (MacKinnon, Nielsen and Webb, Journal of
    Econometrics 232, 2023). A stratum with one drawn unit is centred at the mean of all.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.study.survey import Sample, fit
    >>> one, zero = np.ones(4), np.zeros(4, dtype=int)
    >>> sample = Sample(one[:, None], np.array([0.0, 1, 1, 1]), np.array([0.2, 0.6, 0.8, 0.8]), 10 * one, np.arange(4),
    ...     zero, 0.1 * one)
    >>> fit(np.array([[40.0]]), np.array([20.0]), sample, lam=1.0).estimate.round(2)
    array([0.65])
    """
    scale = np.linalg.inv(sample.design.T @ (sample.weight[:, None] * sample.design)).astype(np.float64)
    starts = np.searchsorted(sample.psu, np.arange(len(sample.stratum)))
    shrink = _leverage(sample, scale, starts)
    classical, labels = _scatter(sample.label, sample, scale, starts, shrink)
    predicted, predictions = _scatter(sample.prediction, sample, scale, starts, shrink)
    tuned = lam is None
    if lam is None:
        spread = float(np.sum((predictions @ scale) * predictions))
        shared = float(np.sum((labels @ scale) * predictions))
        lam = float(np.clip(shared / spread, 0, 1)) if spread > 1e-12 else 0.0
    naive = np.linalg.solve(cross, moments).astype(np.float64)
    errors = (labels - lam * predictions) @ scale
    if tuned:
        degrees = len(starts) - len(np.unique(sample.stratum))
        errors *= np.sqrt(degrees / max(degrees - 1, 1))
    own = _own_scatter(sample, scale, starts, classical) if superpopulation else np.zeros_like(scale)
    return Fit(
        estimate=lam * naive + classical - lam * predicted,
        naive=naive,
        classical=classical,
        covariance=errors.T @ errors + own,
        classical_covariance=scale @ labels.T @ labels @ scale + own,
        errors=errors,
        own=own,
        reach=np.add.reduceat(sample.weight[:, None] * sample.design, starts, axis=0) @ scale,
        stratum=sample.stratum,
        lam=lam,
    )


def spread(fitted: Fit, contrasts: Floats) -> tuple[Floats, Floats]:
    """Give standard errors and degrees of freedom of sums of coefficients.

    Parameters
    ----------
    fitted : Fit
    contrasts : numpy.ndarray, shape (k, p)
        Factors of the coefficients in each sum.

    Returns
    -------
    errors, degrees : numpy.ndarray, shape (k,)
        The degrees of freedom are those of Satterthwaite over strata: a group whose uncertainty comes from seven posts
        of one stratum has six, however many posts are coded elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.study.survey import Sample, fit, spread
    >>> one, zero = np.ones(4), np.zeros(4, dtype=int)
    >>> sample = Sample(one[:, None], np.array([0.0, 1, 1, 1]), one, 10 * one, np.arange(4), zero,
    ...     0 * one)
    >>> errors, degrees = spread(fit(np.array([[40.0]]), np.array([40.0]), sample, lam=1.0), np.array([[1.0]]))
    >>> errors.round(3).tolist(), degrees.tolist()
    ([0.25], [3.0])
    """
    strata = int(fitted.stratum.max()) + 1
    parts = np.zeros((strata, len(contrasts)))
    np.add.at(parts, fitted.stratum, (fitted.errors @ contrasts.T) ** 2)
    touched = np.abs(fitted.reach @ contrasts.T)
    counts = np.zeros_like(parts)
    np.add.at(counts, fitted.stratum, touched > 1e-9 * touched.max(axis=0, initial=0))
    own = np.einsum("ki,ij,kj->k", contrasts, fitted.own, contrasts)
    variance = parts.sum(axis=0) + own
    spare = np.maximum(counts.sum(axis=0) - 1, 1)
    with np.errstate(invalid="ignore"):
        weighted = (parts**2 / np.maximum(counts - 1, 1)).sum(axis=0) + own**2 / spare
        degrees = np.where(weighted > 0, variance**2 / weighted, spare)
    return np.sqrt(variance), degrees


def _leverage(sample: Sample, scale: Floats, starts: Integers) -> Floats:
    """Compute 1 / (1 - leverage) of each drawn unit; of a cluster the largest that any of its units can have."""
    rows = sample.weight * np.einsum("ij,jk,ik->i", sample.design, scale, sample.design)
    leverage = np.add.reduceat(rows, starts)
    # The sum is exact where all units of a drawn one have the same regressors, and too much where they differ.
    mixed = np.any(sample.design != sample.design[starts][sample.psu], axis=1)
    for drawn in np.unique(sample.psu[mixed]):
        own = sample.psu == drawn
        block = sample.weight[own][0] * sample.design[own] @ scale @ sample.design[own].T
        leverage[drawn] = np.linalg.norm(block, ord=2)
    corrected: Floats = 1 / (1 - np.minimum(leverage, _MOST_LEVERAGE))
    return corrected


def _scatter(values: Floats, sample: Sample, scale: Floats, starts: Integers, shrink: Floats) -> tuple[Floats, Floats]:
    """Regress values in the sample; give coefficients, and rows whose cross products are their design variance."""
    weighted = sample.weight[:, None] * sample.design
    coefficients = scale @ (weighted.T @ values)
    residuals = values - sample.design @ coefficients
    sums = np.add.reduceat(weighted * residuals[:, None], starts, axis=0) * shrink[:, None]
    n = len(starts)
    counts = np.bincount(sample.stratum)
    totals = np.zeros((len(counts), sums.shape[1]))
    np.add.at(totals, sample.stratum, sums)
    alone = counts == 1
    means = np.where(alone[:, None], sums.mean(axis=0), totals / counts[:, None])
    factor = np.where(alone, 1.0, counts / np.maximum(counts - 1, 1))[sample.stratum]
    # Leverage already makes up for one mean, and more, so that of all is taken out again: for it this is exact.
    factor = factor * (1 - sample.fraction) * ((n - 1) / n) ** 2
    return coefficients, (sums - means[sample.stratum]) * np.sqrt(factor)[:, None]


def _own_scatter(sample: Sample, scale: Floats, starts: Integers, coefficients: Floats) -> Floats:
    """Estimate how far coefficients of the whole corpus would scatter if it were drawn anew."""
    residuals = sample.label - sample.design @ coefficients
    sums = np.add.reduceat(sample.design * residuals[:, None], starts, axis=0)
    n = len(starts)
    meat = sums.T @ (sample.weight[starts][:, None] * sums) * n / (n - 1)
    scatter: Floats = scale @ meat @ scale
    return scatter
