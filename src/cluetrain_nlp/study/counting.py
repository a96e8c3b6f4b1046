"""Which passages count, and why the others do not: the rows that every table, estimate and report rests on."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, PostError

__all__ = ["COPY", "PASSAGE", "ROLES", "Grouping", "count_once", "counted", "grouping", "left_out", "names_of"]

ROLES: Final = ("body", "quote", "comment")
#: The columns that identify a passage.
PASSAGE: Final = ["post_id", "passage"]

_NUMBERS: Final = ["broadcast", "tracks", "opposes", "score"]
#: How `count_once` begins the `error` of a copy, and `left_out` tells copies from failures.
COPY: Final = "Near-duplicate of passage "
_REASONS: Final = ["no_passage", "other_role", "duplicate", "error", "other_language"]
#: Columns of the tables of this room, which a key must not be called.
_TAKEN: Final = {
    *("measure", "thesis", "value", "low", "high", "quadrant", "n", "share", "counted"),
    *("n_posts", "n_posts_counted", "n_passages", "n_left_out", *_REASONS),
}
_DUPLICATES: Final = {"post_id": "str", "passage": "int32", "group": "int32"}


class Grouping(NamedTuple):
    """The groups that rows fall into.

    Attributes
    ----------
    groups : pandas.DataFrame, shape (g, keys)
        The values of the keys, one row per group, sorted; missing values are a group of their own, the last.
    number : numpy.ndarray, shape (rows,)
        For each row the number of its group, 0 to g - 1.
    """

    groups: pd.DataFrame
    number: NDArray[np.intp]


def counted(
    scores: pd.DataFrame, roles: Sequence[str], *, keys: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell the rows of counted passages from the others.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`; further columns are dropped, but for `keys`.
    roles : sequence of str
        Whose passages count: any of "body", "quote" and "comment".
    keys : sequence of str
        Columns to keep beside those of SCORES.

    Returns
    -------
    rows : pandas.DataFrame
        All rows, their numbers in double precision.
    kept : pandas.DataFrame
        A copy of those of counted passages: of these roles, without error, with `broadcast` and `tracks`. Its index
        is that of the same rows in `rows`.

    Raises
    ------
    CluetrainError
        If `roles` is not made of the three roles.
    PostError
        If columns are missing, or a thesis is reported twice for one passage (two runs in one frame).
    """
    if isinstance(roles, str) or not set(roles) <= set(ROLES):
        raise CluetrainError(f"roles is {roles!r}; expected a list of {', '.join(ROLES)}, such as ['body'].")
    missing = [key for key in keys if key not in scores.columns]
    if missing:
        raise PostError(
            f"The scores have no column {', '.join(map(repr, missing))}; they have {', '.join(map(str, scores))}. "
            "Columns of the posts are taken over by scores['company'] = "
            "scores['post_id'].map(posts.set_index('post_id')['company'])."
        )
    rows = schema.conform(scores, schema.SCORES)
    for key in keys:
        if key not in rows.columns:
            rows[key] = scores[key].array
    rows[_NUMBERS] = rows[_NUMBERS].astype("float64")
    known = (rows["error"].fillna("") == "") & rows["broadcast"].notna() & rows["tracks"].notna()
    kept = rows[known & rows["role"].isin(roles)].copy()
    twice = kept[kept.duplicated([*PASSAGE, "thesis"])]
    if len(twice):
        post_id, passage, thesis = twice.iloc[0][[*PASSAGE, "thesis"]]
        raise PostError(
            f"Thesis {thesis} is reported more than once for passage {passage} of post {post_id}. Give the "
            "scores of one run at a time."
        )
    return rows, kept


def names_of(keys: str | Sequence[str] | None) -> list[str]:
    """Give keys as a list.

    Parameters
    ----------
    keys : str or sequence of str, optional
        One name, several or none.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from cluetrain_nlp.study.counting import names_of
    >>> names_of("company"), names_of(("company", "month")), names_of(None)
    (['company'], ['company', 'month'], [])
    """
    return [keys] if isinstance(keys, str) else list(keys or ())


def grouping(rows: pd.DataFrame, keys: Sequence[str]) -> Grouping:
    """Find the groups that rows fall into.

    Parameters
    ----------
    rows : pandas.DataFrame
        With `post_id`, `passage` and the keys.
    keys : sequence of str
        Names of columns; without any, all rows are one group.

    Returns
    -------
    Grouping

    Raises
    ------
    CluetrainError
        If a key has the name of a column of our tables, holds lists, or moments of time, each of which would be a
        group, or differs between the rows of one passage.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp.study.counting import grouping
    >>> rows = pd.DataFrame({"post_id": ["a", "b", "c"], "passage": 0, "company": ["Quendel", None, "Amberg"]})
    >>> grouping(rows, ["company"]).number.tolist()
    [1, 2, 0]
    """
    if not len(keys):
        return Grouping(pd.DataFrame(index=range(1)), np.zeros(len(rows), dtype=np.intp))
    taken = [key for key in keys if key in _TAKEN]
    if taken or len(set(keys)) < len(keys):
        raise CluetrainError(
            f"The keys are {', '.join(map(repr, keys))}; expected different columns, none of them called like a "
            f"column of the table ({', '.join(sorted(_TAKEN))}). Rename them."
        )
    for key in keys:
        if pd.api.types.is_datetime64_any_dtype(rows[key].dtype):
            raise CluetrainError(
                f"{key!r} holds moments of time, and each would be a group. Make months of them first: "
                f"scores['month'] = scores[{key!r}].dt.strftime('%Y-%m')."
            )
    groups = rows.groupby(list(keys), sort=True, dropna=False, observed=True)
    try:
        number = np.asarray(groups.ngroup(), dtype=np.intp)
    except TypeError as error:
        raise CluetrainError(
            f"{', '.join(map(repr, keys))} cannot make groups: {error}. Expected columns of text or numbers, one value "
            "in each cell."
        ) from error
    passages = pd.DataFrame({**rows[PASSAGE], "number": number}).drop_duplicates()
    several = passages[passages.duplicated(PASSAGE)]
    if len(several):
        post_id, passage = several.iloc[0][PASSAGE]
        raise CluetrainError(
            f"Passage {passage} of post {post_id} is in more than one group of {', '.join(map(repr, keys))}. "
            "Give keys with one value per passage."
        )
    _, first = np.unique(number, return_index=True)
    return Grouping(rows.iloc[first][list(keys)].reset_index(drop=True), number)


def left_out(
    scores: pd.DataFrame, *, keys: str | Sequence[str] | None = None, roles: Sequence[str] = ("body",)
) -> pd.DataFrame:
    """Count the passages that tables leave out, by the reason.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`, or from `count_once` where duplicates count once.
    keys : str or sequence of str, optional
        Columns to group by, as in `by`.
    roles : sequence of str, default ("body",)
        Whose passages count: any of "body", "quote" and "comment".

    Returns
    -------
    pandas.DataFrame
        One row per group, or one row; a group without a value for a key comes last. Whole numbers (int32):

        * `n_posts`: posts; `n_posts_counted`: those with a counted passage.
        * `n_passages`: passages in `scores`, where a post that gave none counts as one. It is the sum of:
        * `counted`: those that tables and estimates rest on;
        * `no_passage`: posts that gave no passage: unreadable, empty, or headings and boilerplate alone;
        * `other_role`: of another role than `roles`;
        * `duplicate`: copies of a passage that is counted, as marked by `count_once`;
        * `error`: with another error;
        * `other_language`: not German, and so without `broadcast`; neither German nor English, without any number.

        Of several reasons the first in this order counts. Headings and boilerplate are not in SCORES, and so
        not in here. `attrs` are handed on.

    Raises
    ------
    CluetrainError
        If `roles` or `keys` make no sense.
    PostError
        If columns are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.counting import left_out
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"post_id": "a", "role": "body", "error": ""}
    >>> table = left_out(pd.DataFrame([row, row | {"passage": 1, "role": "comment"}]))
    >>> table[["n_passages", "counted", "other_role"]].to_dict("records")
    [{'n_passages': 2, 'counted': 1, 'other_role': 1}]
    """
    names = names_of(keys)
    rows, kept = counted(scores, roles, keys=names)
    groups, number = grouping(rows, names)
    error = rows["error"].fillna("")
    reason = np.select(
        [
            rows.index.isin(kept.index),
            rows["passage"] < 0,
            ~rows["role"].isin(roles),
            error.str.startswith(COPY),
            (error != "") & (rows["language"] != "other"),
        ],
        ["counted", *_REASONS[:-1]],
        _REASONS[-1],
    )
    passages = pd.DataFrame({**rows[PASSAGE], "number": number, "reason": reason}).drop_duplicates([*PASSAGE])
    table = groups.copy()
    posts = passages.groupby("number")["post_id"].nunique()
    table["n_posts"] = posts.reindex(table.index, fill_value=0)
    with_counted = passages[passages["reason"] == "counted"].groupby("number")["post_id"].nunique()
    table["n_posts_counted"] = with_counted.reindex(table.index, fill_value=0)
    table["n_passages"] = passages.groupby("number").size().reindex(table.index, fill_value=0)
    for name in ["counted", *_REASONS]:
        found = passages[passages["reason"] == name].groupby("number").size()
        table[name] = found.reindex(table.index, fill_value=0)
    whole = [name for name in table.columns if name not in names]
    table[whole] = table[whole].astype("int32")
    table.attrs = dict(scores.attrs)
    return table


def count_once(
    scores: pd.DataFrame, duplicates: pd.DataFrame, *, within: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Take the numbers of copies away, so that near-duplicates count once in everything that follows.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`, with columns of your own.
    duplicates : pandas.DataFrame
        What `find_duplicates` found in them.
    within : str or sequence of str, optional
        Columns: copies count once in each of their groups, so that a text which two companies print counts for both.

    Returns
    -------
    pandas.DataFrame
        The rows of `scores`, in their order, with all columns and `attrs`. Of each group of near-duplicates the
        passage with numbers that comes first by role (body, quote, comment), `post_id` and `passage` is left as it is.
        Each other one becomes one row without numbers whose `error` names the first one; `left_out` counts it
        under `duplicate`. Passages without numbers stay as they are.

    Raises
    ------
    CluetrainError
        If `within` makes no sense.
    PostError
        If columns are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.counting import count_once
    >>> from cluetrain_nlp.study.duplicates import find_duplicates
    >>> text = "Der Verein lädt am Samstag zum Flohmarkt ein und bittet um Anmeldung im Büro."
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "text": text, "error": ""}
    >>> scores = pd.DataFrame([row | {"post_id": "a"}, row | {"post_id": "b"}])
    >>> count_once(scores, find_duplicates(scores))["error"].tolist()
    ['', 'Near-duplicate of passage 0 of post a.']
    """
    names = names_of(within)
    rows, kept = counted(scores, ROLES, keys=names)
    rows["number"] = grouping(rows, names).number
    known = schema.conform(duplicates, _DUPLICATES)
    first_rows = rows.loc[kept.index].drop_duplicates(PASSAGE)[[*PASSAGE, "role", "number"]]
    members = first_rows.merge(known, on=PASSAGE, how="inner")
    members["order"] = members["role"].map(ROLES.index)
    members = members.sort_values(["group", "number", "order", *PASSAGE], kind="stable")
    first = members.groupby(["group", "number"])[PASSAGE].transform("first")
    members["error"] = COPY + first["passage"].astype("str") + " of post " + first["post_id"] + "."
    copies = members[(first != members[PASSAGE]).any(axis=1)]
    errors = rows[PASSAGE].merge(copies[[*PASSAGE, "error"]], on=PASSAGE, how="left")["error"]
    copy = errors.notna() & rows.index.isin(kept.index)
    marked = scores.reset_index(drop=True)
    marked[_NUMBERS] = marked[_NUMBERS].mask(copy)
    marked[["rank", "thesis"]] = marked[["rank", "thesis"]].mask(copy, 0)
    marked["error"] = marked["error"].mask(copy, errors)
    marked = marked[~(copy & rows.duplicated(PASSAGE))].reset_index(drop=True)
    marked.attrs = dict(scores.attrs)
    return marked
