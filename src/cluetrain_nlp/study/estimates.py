"""Shares and means that stand: predictions for the whole corpus, corrected by a coded sample.

Predictions counted as if they were observations give biased shares with intervals that are far too narrow.
Here the coded sample tells how far the predictions are off, and how uncertain that is; whatever the model is
worth, the corrected estimate is that of the coders.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.agreement import alpha
from cluetrain_nlp.study.comparison import adjust
from cluetrain_nlp.study.labels import Measure, Unit
from cluetrain_nlp.study.means import (
    Population,
    check_options,
    contrasts,
    group_means,
    interval,
    notes,
    significance,
    t_quantile,
)
from cluetrain_nlp.study.sampled import gather
from cluetrain_nlp.study.survey import spread

__all__ = ["difference", "estimate"]

Floats = NDArray[np.float64]

_ESTIMATES: Final = {
    "measure": "str",
    "thesis": "int16",
    "unit": "str",
    "estimate": "float64",
    "low": "float64",
    "high": "float64",
    "se": "float64",
    "naive": "float64",
    "correction": "float64",
    "classical": "float64",
    "classical_se": "float64",
    "lam": "float64",
    "n": "int32",
    "n_coded": "int32",
    "alpha": "float64",
    "note": "str",
}
_DIFFERENCES: Final = {
    "measure": "str",
    "thesis": "int16",
    "unit": "str",
    "estimate": "float64",
    "low": "float64",
    "high": "float64",
    "se": "float64",
    "p": "float64",
    "p_holm": "float64",
    "naive": "float64",
    "note": "str",
}


def estimate(
    scores: pd.DataFrame,
    coded: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    measure: Measure = "tracks",
    thesis: int | None = None,
    unit: Unit = "post",
    population: Population = "corpus",
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate what share of a corpus tracks a thesis, or broadcasts, from all scores and a coded sample.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES of the whole corpus that the sample was drawn from. Columns of one's own, such as company or month, are
        put beside them before.
    coded : pandas.DataFrame
        CODED, as from `read_coding`: a probability sample with its weights. Its ``attrs["design"]`` says which roles
        count; without it, "body".
    by : str or sequence of str, optional
        Columns of `scores` that make groups, each with one value per unit.
    measure : {"tracks", "broadcast"}
        The label: grade >= 2 and not opposing, or voice >= 3. Of several coders the mean counts.
    thesis : int, optional
        None takes any of the theses that were coded.
    unit : {"post", "passage"}
        Share of posts or of passages. A post tracks a thesis if a passage of it does, and has the share of its passages
        that broadcast. With "passage", passages of a drawn post are clustered.
    population : {"corpus", "superpopulation"}
        "corpus": these posts are all there is to speak of, and coding all of them would leave no doubt.
        "superpopulation": they are themselves taken for a random draw from something larger.
    level : float, default 0.95
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per group, in their order; one row without `by`.

        * the columns of `by`; `measure` (str); `thesis` (int16, 0 for any, and for broadcast); `unit` (str)
        * `estimate` (float64, 0 to 1): corrected; higher = more of it
        * `low`, `high` (float64, 0 to 1): its interval; `se` (float64): its standard error
        * `naive` (float64, 0 to 1): mean of the predictions, which nothing corrects
        * `correction` (float64, -1 to 1): `estimate` - `naive`; positive = the model sees too little
        * `classical`, `classical_se` (float64): from the coded sample alone
        * `lam` (float64, 0 to 1): weight of the predictions; 0 = useless, 1 = counted in full
        * `n`, `n_coded` (int32): units in the corpus and coded ones
        * `alpha` (float64): Krippendorff's alpha of the label of passages, NaN with one coder
        * `note` (str): what to mind, or why there are no numbers

        `attrs` are those of the scores, with ``estimates``: population, level, and the design of the sample.

    Raises
    ------
    CluetrainError
        If options make no sense, or codes and scores do not belong together; see `gather`.

    Warns
    -----
    CluetrainWarning
        If the coded units are no probability sample, are coded incompletely, or a stratum has only one.

    See Also
    --------
    difference : Between groups.
    regress : On several predictors at once.

    Notes
    -----
    ``lam * mean(f) + weighted mean of (y - lam * f)`` over the coded units of the group, with `f` for the predictions
    and `y` for the labels: the difference estimator (Särndal, Swensson and Wretman 1992, ch. 6), as in DSL (Egami and
    others, NeurIPS 2023) and prediction-powered inference (Angelopoulos and others, Science 2023). `lam` is one number
    for all groups, that with the smallest variance (PPI++ 2023). The standard error has the finite population
    correction where the corpus is all there is. Intervals are Wilson's, with the sample size that the standard error is
    worth and t for the normal quantile; symmetric ones miss too often in small groups (Franco, Little, Louis and Slud,
    Journal of Survey Statistics and Methodology 7, 2019). The estimate is cut to 0 and 1. A group with fewer than 10
    drawn units coded has
    no numbers.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.estimates import estimate
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": ""}
    >>> scores = pd.DataFrame([row | {"post_id": f"{n:03}", "broadcast": n / 200} for n in range(200)])
    >>> code = {"passage": 0, "coder": "A", "thesis": 0, "grade": np.nan, "stance": "", "unit": "post", "stratum": "",
    ...     "stratum_size": 200, "weight": 5.0}
    >>> coded = pd.DataFrame([code | {"post_id": f"{n:03}", "voice": 4.0 * (n > 130)} for n in range(2, 200, 5)])
    >>> estimate(scores, coded, measure="broadcast")[["estimate", "low", "high", "naive"]].round(2)
       estimate   low  high  naive
    0      0.35  0.27  0.44    0.5
    """
    keys = _keys(by, _ESTIMATES)
    check_options(population, level)
    corpus = gather(scores, coded, measure=measure, thesis=thesis, unit=unit, columns=keys)
    groups = group_means(corpus, keys, superpopulation=population == "superpopulation")
    table = groups.names.assign(measure=measure, thesis=corpus.thesis, unit=unit)
    count = len(table)
    prediction = corpus.population["p"].to_numpy(float)
    table["n"] = np.bincount(groups.of_unit, minlength=count)
    table["naive"] = np.bincount(groups.of_unit, prediction, minlength=count) / table["n"]
    table["n_coded"] = np.bincount(groups.of_unit[corpus.rows], minlength=count)
    for name in ("estimate", "se", "classical", "classical_se", "lam"):
        table[name] = np.nan
    table["low"] = table["high"] = np.nan
    if groups.fit is not None:
        known = table.index[groups.known]
        error, degrees = spread(groups.fit, np.eye(len(known)))
        table.loc[known, "estimate"] = groups.fit.estimate.clip(0, 1)
        table.loc[known, "se"] = error
        table.loc[known, "classical"] = groups.fit.classical
        table.loc[known, "classical_se"] = np.sqrt(np.diag(groups.fit.classical_covariance))
        table.loc[known, "lam"] = groups.fit.lam
        low, high = interval(groups.fit.estimate, error, t_quantile(level, degrees), groups.drawn[groups.known])
        table.loc[known, "low"], table.loc[known, "high"] = low, high
    table["correction"] = table["estimate"] - table["naive"]
    code_groups = groups.of_unit[corpus.codes["row"].to_numpy()]
    counts = corpus.codes[["no", "yes"]].to_numpy(float)
    table["alpha"] = [alpha(counts[code_groups == group], "nominal") for group in range(count)]
    table["note"] = notes(corpus, groups)
    return _table(table, keys, _ESTIMATES, scores, coded, population, level)


def difference(
    scores: pd.DataFrame,
    coded: pd.DataFrame,
    *,
    by: str | Sequence[str],
    measure: Measure = "tracks",
    thesis: int | None = None,
    unit: Unit = "post",
    population: Population = "corpus",
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate differences between groups, each pair once.

    Parameters
    ----------
    scores, coded, by, measure, thesis, unit, population, level
        As of `estimate`.

    Returns
    -------
    pandas.DataFrame
        One row per pair of groups, in the order of the groups.

        * the columns of `by`: the first group; the same with ``_other``: the second one
        * `measure` (str), `thesis` (int16), `unit` (str)
        * `estimate` (float64, -1 to 1): share of the first - share of the second; positive = the first has more of it
        * `low`, `high`, `se` (float64): its interval, cut to -1 and 1, and its standard error
        * `p` (float64, 0 to 1): of the hypothesis that there is none; `p_holm`: adjusted for all pairs (Holm 1979)
        * `naive` (float64): difference of the mean predictions
        * `note` (str): why there are no numbers

    Raises
    ------
    CluetrainError
        As of `estimate`, and if there are fewer than two groups.

    Notes
    -----
    The covariance of the two estimates is accounted for; degrees of freedom are Satterthwaite's, over strata. With
    "corpus" the question is whether these posts differ, with "superpopulation" whether what they were drawn from does.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.estimates import difference
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": ""}
    >>> scores = pd.DataFrame(
    ...     [row | {"post_id": f"{n:03}", "broadcast": n / 200, "firm": "AB"[n % 2]} for n in range(200)])
    >>> code = {"passage": 0, "coder": "A", "thesis": 0, "grade": np.nan, "stance": "", "unit": "post", "stratum": "",
    ...     "stratum_size": 200, "weight": 5.0}
    >>> coded = pd.DataFrame([code | {"post_id": f"{n:03}", "voice": 4.0 * (n % 2)} for n in range(2, 200, 5)])
    >>> difference(scores, coded, by="firm", measure="broadcast")[["firm", "firm_other", "estimate"]]
      firm firm_other  estimate
    0    A          B      -1.0
    """
    keys = _keys(by, _DIFFERENCES)
    check_options(population, level)
    corpus = gather(scores, coded, measure=measure, thesis=thesis, unit=unit, columns=keys)
    groups = group_means(corpus, keys, superpopulation=population == "superpopulation")
    count = len(groups.names)
    if count < 2:
        raise CluetrainError(f"{', '.join(keys) or 'by'} makes {count} group; expected two or more to compare.")
    first, second = np.array(list(combinations(range(count), 2))).T
    left, right = (groups.names.iloc[side].reset_index(drop=True) for side in (first, second))
    table = left.join(right.rename(columns={name: f"{name}_other" for name in keys}))
    table = table.assign(measure=measure, thesis=corpus.thesis, unit=unit)
    prediction = corpus.population["p"].to_numpy(float)
    naive = np.bincount(groups.of_unit, prediction) / np.bincount(groups.of_unit)
    table["naive"] = naive[first] - naive[second]
    value, error, degrees = contrasts(groups, first, second)
    table["estimate"], table["se"] = value.clip(-1, 1), error
    half = t_quantile(level, degrees) * table["se"]
    table["low"], table["high"] = (table["estimate"] - half).clip(-1, 1), (table["estimate"] + half).clip(-1, 1)
    table["p"] = significance(table["estimate"].to_numpy(), table["se"].to_numpy(), degrees)
    table["p_holm"] = adjust(table["p"])
    remarks = notes(corpus, groups)
    names = [", ".join(map(str, row)) for row in groups.names.itertuples(index=False)]
    named = [f"{name}: {note}" if note else "" for name, note in zip(names, remarks, strict=True)]
    table["note"] = [
        "; ".join(note for note in (named[one], named[other]) if note) for one, other in zip(first, second, strict=True)
    ]
    columns = [*keys, *(f"{name}_other" for name in keys)]
    return _table(table, columns, _DIFFERENCES, scores, coded, population, level)


def _keys(by: str | Sequence[str] | None, results: schema.Schema) -> list[str]:
    keys = [] if by is None else [by] if isinstance(by, str) else list(by)
    if len(set(keys)) < len(keys):
        raise CluetrainError(f"by is {keys}; expected different columns.")
    taken = [name for name in keys if name in results and name not in schema.SCORES]
    if taken:
        raise CluetrainError(f"by names {', '.join(taken)}, which is a column of the result; rename it in the scores.")
    return keys


def _table(
    table: pd.DataFrame,
    keys: list[str],
    columns: schema.Schema,
    scores: pd.DataFrame,
    coded: pd.DataFrame,
    population: str,
    level: float,
) -> pd.DataFrame:
    numbers = schema.conform(table, columns)
    result = pd.concat([table[keys].reset_index(drop=True), numbers], axis=1) if keys else numbers
    design: dict[str, Any] = dict(coded.attrs.get("design", {}))
    result.attrs = dict(scores.attrs) | {"estimates": {"population": population, "level": level, "design": design}}
    return result
