"""How many posts or passages people should code."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.labels import UNITS, Measure, Unit, check, of_posts, predictions

__all__ = ["plan_coding"]

_LEVEL: Final = 0.95
#: Below it, an interval built on the normal curve is not to be trusted, whatever its width.
_FEWEST: Final = 30
_MINUTES_PER_PASSAGE: Final = 1.0
_PLAN: Final = {
    "of": "str",
    "assumption": "str",
    "n": "int32",
    "width": "float64",
    "passages": "int32",
    "hours": "float64",
}


def plan_coding(
    scores: pd.DataFrame,
    *,
    ci_width: float = 0.1,
    unit: Unit = "post",
    measure: Measure = "tracks",
    thesis: int | None = None,
    roles: Sequence[str] = ("body",),
) -> pd.DataFrame:
    """Say how much has to be coded for an interval of a given width.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES of the whole corpus.
    ci_width : float, default 0.1
        Width of the 95 % interval of the corrected share, from end to end: 0.1 is ± 5 percentage points.
    unit : {"post", "passage"}, default "post"
        What will be drawn.
    measure : {"tracks", "broadcast"}, default "tracks"
        Which share is to be estimated.
    thesis : int, optional
        For `tracks`; without it, whether a passage tracks any of the reported theses.
    roles : sequence of str, default ("body",)
        Whose passages count.

    Returns
    -------
    pandas.DataFrame
        * `of` (str): "posts" or "passages": what the share is of. Where posts are drawn, both can be
          estimated.
        * `assumption` (str): how far the scores are off, which nobody knows beforehand. "calibrated": they are
          probabilities, as measured on our own test corpus. "useless": they have the share right, and tell nothing of
          single passages. "worst": nothing is known, and the share is one half.
        * `n` (int32): units to draw, at least 30 where there are as many.
        * `width` (float64): of the interval to be expected with them.
        * `passages` (int32): to be coded, on average.
        * `hours` (float64): for one coder, at a minute a passage.

    Raises
    ------
    CluetrainError
        If an option is out of range, nothing is counted, or `thesis` is not reported for every counted passage.

    See Also
    --------
    cluetrain_nlp.study.coding.sample_for_coding : Draws the sample.

    Notes
    -----
    The corrected share is the difference estimator, the mean of all predictions plus the mean residual of the coded
    units. With residual variance S² between N units, its variance is (1 − n/N) S²/n (Särndal, Swensson and Wretman,
    Model Assisted Survey Sampling, 1992, sec. 6.3), so n = n₀ / (1 + n₀/N) with n₀ = (2 t S / width)² (Cochran,
    Sampling Techniques, 1977, sec. 4.4), where t is Student's quantile with n − 1 degrees of freedom.

    S² is the mean of p(1 − p) if predictions p are calibrated, m(1 − m) with their mean m if they are useless, and
    1/4 at worst. For a share of passages in posts that are drawn whole, units are the posts' residual totals, divided
    by the mean number of passages (Cochran 1977, sec. 9.3); passages of one post are taken as independent if
    calibrated, as all alike otherwise. Strata can only make intervals narrower.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.planning import plan_coding
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "thesis": 3, "tracks": 0.2}
    >>> rows = [row | {"post_id": f"p{number}"} for number in range(1000)]
    >>> plan_coding(pd.DataFrame(rows), unit="passage", thesis=3)[["assumption", "n"]].to_dict("records")
    [{'assumption': 'calibrated', 'n': 200}, {'assumption': 'useless', 'n': 200}, {'assumption': 'worst', 'n': 280}]
    """
    check("unit", unit, UNITS)
    if not 0 < ci_width < 1:
        raise CluetrainError(f"ci_width is {ci_width}; expected a width above 0 and below 1, such as 0.1 for ± 0.05.")
    passages = predictions(scores, measure=measure, thesis=thesis, roles=roles)
    if passages.empty:
        raise CluetrainError(f"No passage counts; expected German passages of the role {', '.join(roles)}.")
    posts = of_posts(passages, measure)
    size = posts["passages"].to_numpy(float)
    variances: dict[str, dict[str, float]] = {}
    if unit == "post":
        calibrated = _within(passages, posts) / size**2 if measure == "broadcast" else _binary(posts["p"])
        variances["posts"] = _assumed(float(calibrated.mean()), float(posts["p"].mean()), 1.0)
        alike = float((size**2).mean() / size.mean() ** 2)
        totals = float(_within(passages, posts).mean() / size.mean() ** 2)
        variances["passages"] = _assumed(totals, float(passages["p"].mean()), alike)
        population, each = len(posts), float(size.mean())
    else:
        variances["passages"] = _assumed(float(_binary(passages["p"]).mean()), float(passages["p"].mean()), 1.0)
        population, each = len(passages), 1.0
    rows = []
    for of, assumptions in variances.items():
        for assumption, variance in assumptions.items():
            n = _needed(variance, population, ci_width)
            rows.append(
                {
                    "of": of,
                    "assumption": assumption,
                    "n": n,
                    "width": _width(variance, n, population),
                    "passages": round(n * each),
                    "hours": n * each * _MINUTES_PER_PASSAGE / 60,
                }
            )
    return schema.conform(pd.DataFrame(rows).round({"width": 4, "hours": 1}), _PLAN)


def _binary(p: "pd.Series[float]") -> NDArray[np.float64]:
    values = p.to_numpy(float)
    return values * (1 - values)


def _within(passages: pd.DataFrame, posts: pd.DataFrame) -> NDArray[np.float64]:
    """Sum p(1 − p) over the passages of each post, in the order of `posts`."""
    sums = pd.Series(_binary(passages["p"])).groupby(passages["post_id"]).sum()
    return np.asarray(posts["post_id"].map(sums), dtype=np.float64)


def _assumed(calibrated: float, mean: float, factor: float) -> dict[str, float]:
    return {"calibrated": calibrated, "useless": factor * mean * (1 - mean), "worst": factor / 4}


def _width(variance: float, n: int, population: int) -> float:
    quantile = float(t.ppf((1 + _LEVEL) / 2, max(n - 1, 1)))
    return float(2 * quantile * np.sqrt(variance / n * (1 - n / population)))


def _needed(variance: float, population: int, width: float) -> int:
    """Find the smallest number of units whose interval is narrow enough; the width falls with every unit."""
    low, high = min(_FEWEST, population), population
    while low < high:
        middle = (low + high) // 2
        if _width(variance, middle, population) <= width:
            high = middle
        else:
            low = middle + 1
    return low
