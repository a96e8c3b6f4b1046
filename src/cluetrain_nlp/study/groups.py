"""Tables by company, month, author or whatever a column says: values with intervals, theses x groups, lip service."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.counting import PASSAGE, Grouping, counted, grouping, names_of
from cluetrain_nlp.study.labels import Unit
from cluetrain_nlp.study.per_post import (
    MEASURES,
    check_level,
    check_threshold,
    contributions,
    passages_of,
    reaches,
)
from cluetrain_nlp.study.resampling import interval

__all__ = ["QUADRANTS", "by", "lip_service", "matrix"]

Floats = NDArray[np.float64]

#: The four fields of tracks x broadcast: (tracks is high, broadcast is high).
QUADRANTS: Final = {
    "lip service": (True, True),
    "conversation": (True, False),
    "broadcast": (False, True),
    "other": (False, False),
}
_SCORE: Final = MEASURES.index("score")
_DIGITS: Final = 6


def by(
    scores: pd.DataFrame,
    keys: str | Sequence[str],
    *,
    thesis: int | None = None,
    roles: Sequence[str] = ("body",),
    threshold: float = 0.5,
    unit: Unit = "passage",
    level: float = 0.95,
) -> pd.DataFrame:
    """Sum up the scores of groups of posts, with confidence intervals.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`, and the columns of `keys`, taken over from the posts by
        ``scores["company"] = scores["post_id"].map(posts.set_index("post_id")["company"])``.
    keys : str or sequence of str
        Columns that make the groups. A column of moments has to be made one of periods first:
        ``scores["month"] = scores["published"].dt.strftime("%Y-%m")``.
    thesis : int, optional
        Whose `tracks`; it must be reported for every counted passage. None takes, for each passage, the highest
        `tracks` of the reported theses: whether it tracks some thesis.
    roles : sequence of str, default ("body",)
        Whose passages count: any of "body", "quote" and "comment".
    threshold : float, default 0.5
        In (0, 1]: from which value a passage or post counts in the shares.
    unit : {"passage", "post"}, default "passage"
        What is counted: means over passages, or over posts. A post tracks a thesis if at least one passage does.
    level : float, default 0.95
        In (0, 1): confidence level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Six rows per group, in the order of the groups; posts without a value for a key are a group of their own,
        the last one. Columns: those of `keys`, and

        * `measure` (str): one of the measures below.
        * `thesis` (int16): as given; 0 = some thesis.
        * `n_posts` (int32): posts with a counted passage. `n_passages` (int32): counted passages.
        * `n_left_out` (int32): passages that do not count; `left_out` says why.
        * `value` (float64): the mean; NaN where nothing counts.
        * `low`, `high` (float64): its interval; NaN with fewer than 5 posts.

        Measures, 0 to 1 but for `score`: `broadcast`, mean; higher = more one-way. `tracks`, mean, which is the
        expected share that tracks; higher = closer to the thesis. `score`, `tracks` - `broadcast`, -1 to 1.
        `share_broadcast`, `share_tracks`: share that reaches the `threshold`. `lip_service`, mean of `tracks` x
        `broadcast`: the thesis in the voice that it is against. `attrs` are handed on.

    Raises
    ------
    CluetrainError
        If an option is out of range, or `keys` make no groups of passages.
    PostError
        If columns are missing, or a thesis is reported twice for one passage.
    ThesisError
        If `thesis` is not reported for every counted passage.

    See Also
    --------
    left_out : Why passages do not count.
    compare : Differences between groups.

    Notes
    -----
    With ``unit="post"`` and the predictions p of its passages, a post has `tracks` 1 - prod(1 - p), `broadcast` the
    mean, `share_tracks` whether any p reaches the threshold, `share_broadcast` whether the mean does, and difference
    and product of `tracks` and `broadcast` as `score` and `lip_service`.

    Intervals come from a bootstrap of whole posts within the group, see `cluetrain_nlp.study.resampling.interval`. They
    treat posts as a sample of what the group might have written, and say nothing of the errors of the model: for
    these, code a sample and correct. Neither the order of rows nor other groups have an influence.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.groups import by
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "thesis": 3, "tracks": 0.5}
    >>> rows = [row | {"post_id": str(n), "broadcast": n / 10, "company": "Quendel"} for n in range(9)]
    >>> table = by(pd.DataFrame(rows), "company")
    >>> table.loc[table["measure"] == "broadcast", ["n_posts", "value", "low", "high"]].round(2).to_dict("records")
    [{'n_posts': 9, 'value': 0.4, 'low': 0.18, 'high': 0.6}]
    """
    check_threshold(threshold)
    check_level(level)
    names = names_of(keys)
    rows, kept = counted(scores, roles, keys=names)
    groups = grouping(rows, names)
    passages = passages_of(kept, groups, thesis)
    posts = contributions(passages, threshold=threshold, unit=unit)
    sums = posts.sums.copy()
    # Intervals are for numbers from 0 to 1.
    sums[:, _SCORE] = (sums[:, _SCORE] + posts.sizes) / 2
    every = len(groups.groups)
    value, low, high = _summaries(sums, posts.sizes, posts.group, every, level)
    for numbers in (value, low, high):
        numbers[:, _SCORE] = 2 * numbers[:, _SCORE] - 1
    table = _long(rows, passages, groups, thesis, {"measure": MEASURES})
    for name, numbers in (("value", value), ("low", low), ("high", high)):
        table[name] = numbers.ravel().round(_DIGITS)
    table.attrs = dict(scores.attrs)
    return table


def lip_service(
    scores: pd.DataFrame,
    *,
    keys: str | Sequence[str] | None = None,
    thesis: int | None = None,
    roles: Sequence[str] = ("body",),
    threshold: float = 0.5,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count passages in the four fields of `tracks` against `broadcast`.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`, and the columns of `keys`.
    keys : str or sequence of str, optional
        Columns that make the groups, as in `by`; without any, all passages are one group.
    thesis : int, optional
        Whose `tracks`, as in `by`.
    roles : sequence of str, default ("body",)
        Whose passages count: any of "body", "quote" and "comment".
    threshold : float, default 0.5
        In (0, 1]: from which value `tracks` and `broadcast` are high.
    level : float, default 0.95
        In (0, 1): confidence level of the intervals.

    Returns
    -------
    pandas.DataFrame
        Four rows per group. Columns: those of `keys`, and

        * `quadrant` (str): "lip service", `tracks` and `broadcast` high: the thesis in the voice that it is against;
          "conversation", only `tracks` high; "broadcast", only `broadcast` high; "other", neither.
        * `thesis`, `n_posts`, `n_passages`, `n_left_out`: as in `by`.
        * `n` (int32): passages in the quadrant.
        * `share` (float64, 0 to 1): `n` / `n_passages`; NaN where nothing counts.
        * `low`, `high` (float64): its interval, as in `by`.

        `attrs` are handed on.

    Raises
    ------
    CluetrainError
        If an option is out of range, or `keys` make no groups of passages.
    PostError
        If columns are missing, or a thesis is reported twice for one passage.
    ThesisError
        If `thesis` is not reported for every counted passage.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.groups import lip_service
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"post_id": "a", "role": "body", "error": "", "broadcast": 0.9}
    >>> table = lip_service(pd.DataFrame([row | {"tracks": 0.8}, row | {"passage": 1, "tracks": 0.2}]))
    >>> dict(zip(table["quadrant"], table["share"]))
    {'lip service': 0.5, 'conversation': 0.0, 'broadcast': 0.5, 'other': 0.0}
    """
    check_threshold(threshold)
    check_level(level)
    names = names_of(keys)
    rows, kept = counted(scores, roles, keys=names)
    groups = grouping(rows, names)
    passages = passages_of(kept, groups, thesis)
    tracks, broadcast = reaches(passages["tracks"], threshold), reaches(passages["broadcast"], threshold)
    fields = pd.DataFrame({name: (tracks == t) & (broadcast == b) for name, (t, b) in QUADRANTS.items()})
    posts = fields.astype("float64").groupby([passages["group"], passages["post_id"]])
    sums, sizes = posts.sum(), posts.size()
    group = np.asarray(sizes.index.get_level_values("group"), dtype=np.intp)
    every = len(groups.groups)
    share, low, high = _summaries(sums.to_numpy(), np.asarray(sizes, dtype=np.float64), group, every, level)
    table = _long(rows, passages, groups, thesis, {"quadrant": list(QUADRANTS)})
    table["n"] = _sums(sums.to_numpy(), group, every).ravel().astype(np.int32)
    for name, numbers in (("share", share), ("low", low), ("high", high)):
        table[name] = numbers.ravel().round(_DIGITS)
    table.attrs = dict(scores.attrs)
    return table


def matrix(
    scores: pd.DataFrame,
    key: str,
    *,
    measure: Literal["tracks", "share_tracks", "lip_service", "opposes"] = "tracks",
    roles: Sequence[str] = ("body",),
    threshold: float = 0.5,
) -> pd.DataFrame:
    """Set theses against groups.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`, and the column `key`.
    key : str
        The column that makes the groups, as in `by`.
    measure : {"tracks", "share_tracks", "lip_service", "opposes"}, default "tracks"
        "tracks": mean of `tracks`, the expected share of passages that track the thesis; "share_tracks": share that
        reaches the `threshold`; "lip_service": mean of `tracks` x `broadcast`; "opposes": mean of `opposes`.
    roles : sequence of str, default ("body",)
        Whose passages count: any of "body", "quote" and "comment".
    threshold : float, default 0.5
        In (0, 1]: from which `tracks` a passage counts in "share_tracks".

    Returns
    -------
    pandas.DataFrame
        One row per reported thesis, by number (the index), one column per group, sorted, posts without a value for
        the key last. Values (float64, 0 to 1) are means over all counted passages of the group; NaN where nothing
        counts. Where a thesis is not reported for a passage it adds nothing, so the values are lower bounds, and
        exact with ``top=None``: ``attrs["lower_bound"]`` says which. ``attrs["n_passages"]`` lists the counted
        passages of each column, ``attrs["measure"]`` names the measure.

    Raises
    ------
    CluetrainError
        If an option is out of range, or `key` makes no groups of passages.
    PostError
        If columns are missing, or a thesis is reported twice for one passage.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.groups import matrix
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "thesis": 3, "tracks": 0.5}
    >>> rows = [row | {"post_id": "a", "company": "Amberg"}, row | {"post_id": "b", "company": "Quendel"}]
    >>> matrix(pd.DataFrame(rows), "company").to_dict("index")
    {3: {'Amberg': 0.5, 'Quendel': 0.5}}
    """
    check_threshold(threshold)
    if not isinstance(key, str):
        raise CluetrainError(f"key is {key!r}; expected the name of one column.")
    rows, kept = counted(scores, roles, keys=[key])
    groups = grouping(rows, [key])
    values = {
        "tracks": kept["tracks"],
        "share_tracks": reaches(kept["tracks"], threshold).astype("float64"),
        "lip_service": kept["tracks"] * kept["broadcast"],
        "opposes": kept["opposes"],
    }
    if measure not in values:
        raise CluetrainError(f"measure is {measure!r}; expected one of {', '.join(values)}.")
    found = pd.DataFrame({**kept[[*PASSAGE, "thesis"]], "value": values[measure]})
    found["group"] = groups.number[kept.index]
    found = found.sort_values([*PASSAGE, "thesis"], kind="stable")
    every = len(groups.groups)
    n_counted = np.bincount(found.drop_duplicates(PASSAGE)["group"], minlength=every)
    sums = found.pivot_table(values="value", index="thesis", columns="group", aggfunc="sum", fill_value=0.0)
    sums = sums.reindex(columns=range(every), fill_value=0.0)
    table = sums.div(pd.Series(n_counted, index=sums.columns), axis="columns").round(_DIGITS)
    table.columns = pd.Index(groups.groups[key], name=key)
    table.index = table.index.astype("int16")
    table.attrs = dict(scores.attrs) | {
        "measure": measure,
        "n_passages": n_counted.tolist(),
        "lower_bound": bool(len(found) < len(table) * n_counted.sum()),
    }
    return table


def _summaries(
    sums: Floats, sizes: Floats, group: NDArray[np.intp], groups: int, level: float
) -> tuple[Floats, Floats, Floats]:
    """Give values, lower and upper bounds, shape (groups, m); rows of posts are sorted by group."""
    with np.errstate(invalid="ignore"):
        value = _sums(sums, group, groups) / np.bincount(group, weights=sizes, minlength=groups)[:, None]
    low, high = np.full_like(value, np.nan), np.full_like(value, np.nan)
    ends = np.searchsorted(group, np.arange(groups + 1))
    for number in range(groups):
        part = slice(ends[number], ends[number + 1])
        low[number], high[number] = interval(sums[part], sizes[part], level=level)
    return value, low, high


def _sums(sums: Floats, group: NDArray[np.intp], groups: int) -> Floats:
    return np.column_stack([np.bincount(group, weights=column, minlength=groups) for column in sums.T])


def _long(
    rows: pd.DataFrame,
    passages: pd.DataFrame,
    groups: Grouping,
    thesis: int | None,
    kinds: dict[str, Sequence[str]],
) -> pd.DataFrame:
    """Give the keys and counts of each group, once for each kind of row."""
    every = len(groups.groups)
    ((name, values),) = kinds.items()
    n_posts = np.bincount(passages.drop_duplicates(["group", "post_id"])["group"], minlength=every)
    n_passages = np.bincount(passages["group"], minlength=every)
    n_all = np.bincount(groups.number[~rows.duplicated(PASSAGE).to_numpy()], minlength=every)
    repeated = np.repeat(np.arange(every), len(values))
    table = groups.groups.iloc[repeated].reset_index(drop=True)
    table[name] = pd.Series(list(values) * every, dtype="str")
    table["thesis"] = np.full(len(table), thesis or 0, dtype=np.int16)
    for column, n in (("n_posts", n_posts), ("n_passages", n_passages), ("n_left_out", n_all - n_passages)):
        table[column] = n[repeated].astype(np.int32)
    return table
