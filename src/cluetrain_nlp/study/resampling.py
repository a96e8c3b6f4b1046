"""Intervals and tests for means over passages, where whole posts are the units that were drawn.

Passages of a post resemble each other, so that they are no independent observations. Everything here rests on one
row per post: the sum of a number over its passages, and how many passages there are. The mean over all passages is
a ratio of two sums over posts.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

__all__ = ["FEWEST_POSTS", "PERMUTATIONS", "interval", "permutation_p"]

Floats = NDArray[np.float64]

#: With fewer posts, intervals cover so much less than they promise that there is none.
FEWEST_POSTS: Final = 5
PERMUTATIONS: Final = 1999
_DRAWS: Final = 2000
#: Numbers that are held at once while drawing.
_BLOCK: Final = 1 << 21


def interval(sums: Floats, sizes: Floats, *, level: float) -> tuple[Floats, Floats]:
    """Give a confidence interval for each mean over the passages of drawn posts.

    Parameters
    ----------
    sums : numpy.ndarray, shape (k, m)
        For each of `k` posts the sum of `m` numbers, each from 0 to 1, over its passages.
    sizes : numpy.ndarray, shape (k,)
        How many passages each post has; or the sum of their weights, where the sums are weighted, too.
    level : float
        In (0, 1): how often the interval should hold the true mean.

    Returns
    -------
    low, high : numpy.ndarray, shape (m,)
        NaN with fewer than 5 posts, and where all posts have the same mean, unless that is 0 or 1.

    Notes
    -----
    2000 times as many posts are drawn with replacement as there are, and the quantiles of the resulting means are
    corrected for bias and skewness (BCa; Efron, Journal of the American Statistical Association 82, 1987) and for
    the narrowness of the bootstrap with few units, by taking quantiles of the t distribution for those of the normal
    one and widening by sqrt(k / (k - 1)) (Hesterberg, The American Statistician 69, 2015, section 5.3). Where all
    numbers are 0, or all 1, resampling shows no spread; the bound is then that of Clopper and Pearson for `k` posts of
    which none, or each, has the property. The draws depend on `k` alone, so that equal input gives equal intervals.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.study.resampling import interval
    >>> low, high = interval(np.zeros((10, 1)), np.full(10, 3.0), level=0.95)
    >>> low.round(2), high.round(2)
    (array([0.]), array([0.31]))
    """
    posts, measures = sums.shape
    low, high = np.full(measures, np.nan), np.full(measures, np.nan)
    if posts < FEWEST_POSTS:
        return low, high
    drawn = _draw(sums, sizes)
    tail = (1 - level) / 2
    value = sums.sum(axis=0) / sizes.sum()
    without = (sums.sum(axis=0) - sums) / (sizes.sum() - sizes)[:, None]
    influence = without.mean(axis=0) - without
    spread = (influence**2).sum(axis=0)
    z = np.sqrt(posts / (posts - 1)) * stdtrit(posts - 1, 1 - tail)
    for column in range(measures):
        if spread[column] < 1e-18:
            bound = 1 - tail ** (1 / posts)
            if abs(value[column]) < 1e-9:
                low[column], high[column] = 0.0, bound
            elif abs(value[column] - 1) < 1e-9:
                low[column], high[column] = 1 - bound, 1.0
            continue
        draws = drawn[:, column]
        below = (np.mean(draws < value[column]) + np.mean(draws <= value[column])) / 2
        bias = ndtri(np.clip(below, 1 / _DRAWS, 1 - 1 / _DRAWS))
        skew = (influence[:, column] ** 3).sum() / (6 * spread[column] ** 1.5)
        low[column], high[column] = np.quantile(draws, [_level(-z, bias, skew), _level(z, bias, skew)])
    return low, high


def _level(z: float, bias: float, skew: float) -> float:
    """Give the corrected quantile; past the pole of the correction it is the outermost one."""
    shrink = 1 - skew * (bias + z)
    return float(ndtr(bias + (bias + z) / shrink)) if shrink > 0 else float(z > 0)


def _draw(sums: Floats, sizes: Floats) -> Floats:
    """Draw posts with replacement, and give the means of each draw, shape (_DRAWS, m)."""
    posts = len(sizes)
    every = np.column_stack([sums, sizes])
    generator = np.random.default_rng(0)
    part = max(1, _BLOCK // posts)
    totals = np.empty((_DRAWS, every.shape[1]))
    for start in range(0, _DRAWS, part):
        n = min(part, _DRAWS - start)
        rows = generator.integers(0, posts, (n, posts), dtype=np.int32)
        rows += np.arange(n, dtype=np.int32)[:, None] * posts
        times = np.bincount(rows.ravel(), minlength=n * posts).reshape(n, posts)
        totals[start : start + n] = times.astype(np.float64) @ every
    return totals[:, :-1] / totals[:, -1:]


def permutation_p(sums: Floats, sizes: Floats, first: NDArray[np.bool_]) -> Floats:
    """Test whether two groups of posts have the same mean over their passages.

    Parameters
    ----------
    sums : numpy.ndarray, shape (k, m)
        For each of `k` posts of both groups the sum of `m` numbers over its passages.
    sizes : numpy.ndarray, shape (k,)
        How many passages each post has.
    first : numpy.ndarray of bool, shape (k,)
        Whether the post belongs to the first group.

    Returns
    -------
    numpy.ndarray, shape (m,)
        Two-sided p values, at least 1 / 2000; NaN where a group has fewer than 5 posts.

    Notes
    -----
    Posts change groups 1999 times, whole, and the sizes of the groups stay. What is compared is the difference of the
    two means, divided by its standard error, so that the test also holds in large samples where the groups differ in
    spread (Janssen, Statistics & Probability Letters 36, 1997). p = (b + 1) / 2000 with `b` the permutations that give
    at least as large a difference as the data (Phipson and Smyth, Statistical Applications in Genetics and Molecular
    Biology 9, 2010).

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.study.resampling import permutation_p
    >>> sums = np.arange(12.0)[:, None]
    >>> permutation_p(sums, np.full(12, 20.0), np.arange(12) < 6) < 0.01
    array([ True])
    """
    posts, measures = sums.shape
    inside = int(first.sum())
    if min(inside, posts - inside) < FEWEST_POSTS:
        return np.full(measures, np.nan)
    moments = np.column_stack([sizes, sizes**2, sums, sums**2, sums * sizes[:, None]])
    observed = _studentized(first[None, :].astype(np.float64), moments, inside)
    generator = np.random.default_rng(0)
    part = max(1, _BLOCK // posts)
    as_large = np.zeros(measures)
    for start in range(0, PERMUTATIONS, part):
        n = min(part, PERMUTATIONS - start)
        mixed = generator.permuted(np.tile(np.arange(posts) < inside, (n, 1)), axis=1)
        found = _studentized(mixed.astype(np.float64), moments, inside)
        as_large += (found >= observed * (1 - 1e-9)).sum(axis=0)
    return (as_large + 1) / (PERMUTATIONS + 1)


def _studentized(member: Floats, moments: Floats, inside: int) -> Floats:
    """Give |difference| / standard error for each row of members, shape (rows, m)."""
    posts = member.shape[1]
    here = member @ moments
    (mean, variance), (other, its_variance) = (
        _mean_and_variance(here, inside),
        _mean_and_variance(moments.sum(axis=0) - here, posts - inside),
    )
    difference = np.abs(mean - other)
    error = np.sqrt(variance + its_variance)
    # Without spread any difference is beyond doubt, and none is none; sums are exact to some 1e-12.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference < 1e-12, 0.0, difference / np.where(error < 1e-12, 0.0, error))


def _mean_and_variance(totals: Floats, posts: int) -> tuple[Floats, Floats]:
    """Give the means over passages and their linearised variances between posts."""
    sizes, squares = totals[:, :1], totals[:, 1:2]
    sums, sums_squared, products = np.split(totals[:, 2:], 3, axis=1)
    mean = sums / sizes
    residual = np.maximum(sums_squared - 2 * mean * products + mean**2 * squares, 0)
    return mean, residual * posts / (posts - 1) / sizes**2
