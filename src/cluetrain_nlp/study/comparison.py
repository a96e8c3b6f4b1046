"""Do groups differ: every pair of them, with intervals, effect sizes and p values that know how many were asked for."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.counting import counted, grouping
from cluetrain_nlp.study.labels import Unit
from cluetrain_nlp.study.per_post import MEASURES, check_level, check_threshold, contributions, passages_of
from cluetrain_nlp.study.resampling import PERMUTATIONS, interval, permutation_p

__all__ = ["adjust", "compare"]

Floats = NDArray[np.float64]

_DIGITS: Final = 6
_NUMBERS: Final = {
    "measure": "str",
    "thesis": "int16",
    "n_posts_a": "int32",
    "n_posts_b": "int32",
    "value_a": "float64",
    "value_b": "float64",
    "difference": "float64",
    "low": "float64",
    "high": "float64",
    "ratio": "float64",
    "ratio_low": "float64",
    "ratio_high": "float64",
    "cliffs_delta": "float64",
    "p": "float64",
    "p_adjusted": "float64",
}


def compare(
    scores: pd.DataFrame,
    key: str,
    *,
    measure: str = "broadcast",
    thesis: int | Sequence[int] | None = None,
    roles: Sequence[str] = ("body",),
    threshold: float = 0.5,
    unit: Unit = "passage",
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare each pair of groups of posts.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`, and the column `key`, as in `by`.
    key : str
        The column that makes the groups, with one value per post. Posts without a value are in no group;
        ``attrs["n_posts_without_group"]`` counts them.
    measure : str, default "broadcast"
        One of the measures of `by`.
    thesis : int or sequence of int, optional
        Whose `tracks`, as in `by`; several are compared one after the other.
    roles, threshold, unit
        As in `by`.
    level : float, default 0.95
        In (0, 1): confidence level of each interval; intervals are not adjusted for their number.

    Returns
    -------
    pandas.DataFrame
        One row per thesis and pair of groups, both in order.

        * `group_a`, `group_b`: values of `key`.
        * `measure` (str), `thesis` (int16), 0 = some thesis.
        * `n_posts_a`, `n_posts_b` (int32): posts with a counted passage.
        * `value_a`, `value_b` (float64): the values that `by` gives.
        * `difference` (float64, -1 to 1; -2 to 2 for `score`): `value_a` - `value_b`; `low`, `high`: its interval.
        * `ratio` (float64, from 0): `value_a` / `value_b`; `ratio_low`, `ratio_high`: its interval, infinite where
          `value_b` may be 0. NaN for `score`, which has no natural zero, and where `value_b` is 0.
        * `cliffs_delta` (float64, -1 to 1): how much more often a post of `a` lies above one of `b` than below,
          by the means of posts; 0 = neither, 1 = always above.
        * `p` (float64): two-sided, from a permutation of whole posts; at least 1 / 2000.
        * `p_adjusted` (float64): after Holm, for all rows of the table; see `adjust` for other families.

        Intervals and p values are NaN where a group has fewer than 5 posts. `attrs` are handed on.

    Raises
    ------
    CluetrainError
        If an option is out of range, there are fewer than two groups, or a post is in two of them.
    PostError
        If columns are missing, or a thesis is reported twice for one passage.
    ThesisError
        If a thesis is not reported for every counted passage.

    Notes
    -----
    The intervals of `by` for both groups give those of difference (Newcombe, Statistics in Medicine 17, 1998, method
    10; Zou and Donner, Statistics in Medicine 27, 2008) and ratio (Donner and Zou, Statistical Methods in Medical
    Research 21, 2012). The test is `cluetrain_nlp.study.resampling.permutation_p`, the effect size that of Cliff
    (Psychological Bulletin 114, 1993). Everything holds for posts like these and says nothing of the model's
    errors, which may differ between groups.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.comparison import compare
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": ""}
    >>> rows = [row | {"post_id": f"a{n}", "broadcast": n / 20, "company": "Amberg"} for n in range(10)]
    >>> rows += [row | {"post_id": f"q{n}", "broadcast": n / 10, "company": "Quendel"} for n in range(10)]
    >>> columns = ["group_a", "group_b", "difference", "cliffs_delta", "p"]
    >>> compare(pd.DataFrame(rows), "company")[columns].round(2).to_dict("records")
    [{'group_a': 'Amberg', 'group_b': 'Quendel', 'difference': -0.22, 'cliffs_delta': -0.45, 'p': 0.05}]
    """
    check_threshold(threshold)
    check_level(level)
    if not isinstance(key, str):
        raise CluetrainError(f"key is {key!r}; expected the name of one column.")
    if measure not in MEASURES:
        raise CluetrainError(f"measure is {measure!r}; expected one of {', '.join(MEASURES)}.")
    rows, kept = counted(scores, roles, keys=[key])
    without = rows[key].isna()
    n_without = rows.loc[without, "post_id"].nunique()
    kept = kept[~without[kept.index]]
    groups = grouping(rows, [key])
    theses = [thesis] if thesis is None or isinstance(thesis, (int, np.integer)) else list(thesis)
    if not theses:
        raise CluetrainError("thesis is an empty list; expected at least one number.")
    column = MEASURES.index(measure)
    posts = []
    for number in theses:
        passages = passages_of(kept, groups, number)
        posts.append(contributions(passages, threshold=threshold, unit=unit))
    one_group_a_post = passages.drop_duplicates(["group", "post_id"])["post_id"]
    if one_group_a_post.duplicated().any():
        post_id = one_group_a_post[one_group_a_post.duplicated()].iloc[0]
        raise CluetrainError(
            f"Post {post_id} is in more than one group of {key!r}; give a key with one value per post."
        )
    group, sizes = posts[0].group, posts[0].sizes
    sums = np.column_stack([part.sums[:, column] for part in posts])
    present = np.unique(group)
    if len(present) < 2:
        raise CluetrainError(f"{key!r} makes {len(present)} group(s) with counted passages; expected two or more.")
    values = {n: _value(sums[group == n], sizes[group == n], measure, level) for n in present}
    parts = []
    for a, b in combinations(present, 2):
        both = np.isin(group, [a, b])
        first = group[both] == a
        table = _pair(values[a], values[b], ratio=measure != "score")
        table["cliffs_delta"] = _cliffs_delta(sums[both] / sizes[both, None], first)
        table["p"] = permutation_p(sums[both], sizes[both], first)
        table.insert(0, "group_a", groups.groups[key].iloc[[a] * len(theses)].array)
        table.insert(1, "group_b", groups.groups[key].iloc[[b] * len(theses)].array)
        table["n_posts_a"], table["n_posts_b"] = first.sum(), (~first).sum()
        table["order"] = range(len(theses))
        parts.append(table)
    result = pd.concat(parts, ignore_index=True).sort_values("order", kind="stable")
    result["thesis"] = np.repeat([number or 0 for number in theses], len(parts))
    result["measure"], result["p_adjusted"] = measure, adjust(result["p"])
    dtypes = {name: str(result[name].dtype) for name in ("group_a", "group_b")}
    result = schema.conform(result.round(_DIGITS), {**dtypes, **_NUMBERS})
    result.attrs = dict(scores.attrs) | {
        "permutations": PERMUTATIONS,
        "adjusted_for": int(result["p"].notna().sum()),
        "n_posts_without_group": n_without,
    }
    return result


def adjust(p: Sequence[float] | pd.Series, method: Literal["holm", "bh"] = "holm") -> Floats:
    """Adjust p values for how many there are.

    Parameters
    ----------
    p : sequence of float
        The p values of one family, 0 to 1; NaN is no test.
    method : {"holm", "bh"}, default "holm"
        "holm" bounds the chance of any false finding (Holm, Scandinavian Journal of Statistics 6, 1979), "bh" the
        expected share of false ones among the findings (Benjamini and Hochberg, Journal of the Royal Statistical
        Society B 57, 1995).

    Returns
    -------
    numpy.ndarray of float64
        In the same order; at least as large as `p`, NaN where it is NaN.

    Raises
    ------
    CluetrainError
        If `method` is neither, or a number is no p value.

    Examples
    --------
    >>> from cluetrain_nlp.study.comparison import adjust
    >>> adjust([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    >>> adjust([0.01, 0.04, 0.03], method="bh").tolist()
    [0.03, 0.04, 0.04]
    """
    values = np.asarray(p, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(values))
    if ((values[known] < 0) | (values[known] > 1)).any():
        raise CluetrainError("The p values are not all from 0 to 1; give the column 'p'.")
    ordered = known[np.argsort(values[known], kind="stable")]
    ranks = np.arange(len(known))
    if method == "holm":
        adjusted = np.maximum.accumulate(values[ordered] * (len(known) - ranks))
    elif method == "bh":
        adjusted = np.minimum.accumulate((values[ordered] * len(known) / (ranks + 1))[::-1])[::-1]
    else:
        raise CluetrainError(f"method is {method!r}; expected 'holm' or 'bh'.")
    result = np.full(len(values), np.nan)
    result[ordered] = np.minimum(adjusted, 1)
    return result


def _value(sums: Floats, sizes: Floats, measure: str, level: float) -> tuple[Floats, Floats, Floats]:
    """Give values and bounds of a group, shape (theses,) each."""
    if measure == "score":
        value, low, high = _value((sums + sizes[:, None]) / 2, sizes, "", level)
        return 2 * value - 1, 2 * low - 1, 2 * high - 1
    return sums.sum(axis=0) / sizes.sum(), *interval(sums, sizes, level=level)


def _pair(a: tuple[Floats, Floats, Floats], b: tuple[Floats, Floats, Floats], *, ratio: bool) -> pd.DataFrame:
    """Give difference and ratio of two values with bounds, and the bounds of both."""
    (value_a, low_a, high_a), (value_b, low_b, high_b) = a, b
    difference = value_a - value_b
    table = pd.DataFrame({"value_a": value_a, "value_b": value_b, "difference": difference})
    table["low"] = difference - np.hypot(value_a - low_a, high_b - value_b)
    table["high"] = difference + np.hypot(high_a - value_a, value_b - low_b)
    table[["ratio", "ratio_low", "ratio_high"]] = np.nan
    usable = (value_b > 0) & ratio
    with np.errstate(divide="ignore", invalid="ignore"):
        product = value_a * value_b
        below, above = low_a * (2 * value_a - low_a), high_a * (2 * value_a - high_a)
        bottom, top = high_b * (2 * value_b - high_b), low_b * (2 * value_b - low_b)
        # The first bound is that of the paper, with the root in the denominator: `bottom` may be 0.
        lower = np.where(below == 0, 0.0, below / (product + _root(product, below * bottom)))
        upper = (product + _root(product, above * top)) / top
        table["ratio"] = np.where(usable, value_a / value_b, np.nan)
        table["ratio_low"] = np.where(usable, lower, np.nan)
        table["ratio_high"] = np.where(usable, upper, np.nan)
    return table


def _root(product: Floats, inner: Floats) -> Floats:
    return np.sqrt(np.maximum(product**2 - inner, 0))


def _cliffs_delta(values: Floats, first: NDArray[np.bool_]) -> Floats:
    """Give Cliff's delta of each column."""
    deltas = []
    # Means that differ only by the rounding of their sums are equal.
    for column in values.round(9).T:
        mine, other = column[first], np.sort(column[~first])
        above = np.searchsorted(other, mine, side="left").sum()
        below = (len(other) - np.searchsorted(other, mine, side="right")).sum()
        deltas.append((above - below) / (len(mine) * len(other)))
    return np.array(deltas)
