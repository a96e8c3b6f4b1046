"""Tables for a study: SCORES rows counted together by post and by thesis.

Both tables rest on the same passages, called *counted* here: passages of the chosen roles that
have no error and both numbers, `tracks` and `broadcast`. So passages in other languages than
German, which have no `broadcast`, are left out of both. SCORES holds a passage once for each
reported thesis; here it counts once.
"""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.study.counting import PASSAGE, counted
from cluetrain_nlp.study.per_post import check_threshold, reaches

__all__ = ["by_post", "by_thesis"]

# The scores themselves are rounded to 6 digits; without it, the order of rows would show in the sums.
_DIGITS: Final = 6

_BY_POST: Final = {
    "post_id": "str",
    "n": "int32",
    "words": "int32",
    "broadcast": "float64",
    "tracks": "float64",
    "tracks_max": "float64",
    "thesis": "int16",
    "expected": "float64",
    "score": "float64",
    "n_left_out": "int32",
}
_BY_THESIS: Final = {
    "thesis": "int16",
    "n_passages": "int32",
    "n": "int32",
    "expected": "float64",
    "share": "float64",
    "tracks": "float64",
    "broadcast": "float64",
    "lip_service": "float64",
    "opposes": "float64",
}


def by_post(scores: pd.DataFrame, *, roles: Sequence[str] = ("body",)) -> pd.DataFrame:
    """Sum up the scores of each post.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`. Further columns are ignored; `attrs` are handed on.
    roles : sequence of str, default ("body",)
        Whose passages count: any of "body", "quote" and "comment". With "body" alone a post is
        measured by what its author wrote.

    Returns
    -------
    pandas.DataFrame
        One row per `post_id` in `scores`, in order of first appearance; a post of which no passage
        is counted has `n` 0, `thesis` 0 and NaN in the float columns.

        * `n` (int32): counted passages: of these roles, without error, with `broadcast`.
        * `words` (int32): their words, separated by white space.
        * `broadcast` (float64, 0 to 1): mean over the `n` passages; higher = more one-way.
        * `tracks` (float64, 0 to 1): mean over the `n` passages of the `tracks` of the passage's
          most tracked reported thesis; higher = closer to some thesis.
        * `tracks_max` (float64, 0 to 1): the highest `tracks` of any passage.
        * `thesis` (int16): the most tracked thesis of the post, that with the highest `expected`;
          of equals, the lower number.
        * `expected` (float64, 0 to `n`): the sum of that thesis's `tracks` over the passages it is
          reported for, which estimates how many of the `n` passages track it. Passages where it is not
          among the `top` reported add nothing, so it is a lower bound, and exact with ``top=None``.
        * `score` (float64, -1 to 1): mean over the `n` passages of the passage's highest score; equals
          `tracks` - `broadcast` up to rounding; higher = closer to a thesis than to one-way language.
        * `n_left_out` (int32): the post's other passages in `scores`: of other roles, without
          `broadcast` (not German), or with an error; a post that failed as a whole counts as one.
          Headings and boilerplate are not in SCORES and so not in here.

    Raises
    ------
    CluetrainError
        If `roles` is not made of the three roles.
    PostError
        If columns are missing, or a thesis is reported twice for one passage (two runs in one frame).

    See Also
    --------
    by_thesis : The same passages, by thesis.

    Notes
    -----
    The maximum, and the mean of a maximum, grow with the number of theses scored: compare only
    results of one thesis set. `tracks_max` also grows with `n`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.tables import by_post
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"post_id": "a", "role": "body", "error": ""}
    >>> rows = [row | {"thesis": 3, "tracks": 0.5}, row | {"thesis": 9, "tracks": 0.25}]
    >>> by_post(pd.DataFrame(rows))[["post_id", "n", "tracks", "thesis", "expected"]].to_dict("records")
    [{'post_id': 'a', 'n': 1, 'tracks': 0.5, 'thesis': 3, 'expected': 0.5}]
    """
    rows, kept = counted(scores, roles)
    passages = kept.groupby(PASSAGE, sort=False).agg(
        broadcast=("broadcast", "first"),
        tracks=("tracks", "max"),
        score=("score", "max"),
        text=("text", "first"),
    )
    passages["words"] = passages.pop("text").str.split().map(len).astype("int32")
    posts = passages.groupby(level="post_id", sort=False).agg(
        n=("tracks", "size"),
        words=("words", "sum"),
        broadcast=("broadcast", "mean"),
        tracks=("tracks", "mean"),
        tracks_max=("tracks", "max"),
        score=("score", "mean"),
    )
    expected = kept.groupby(["post_id", "thesis"])["tracks"].sum().round(_DIGITS).rename("expected")
    ranked = expected.reset_index().sort_values(["expected", "thesis"], ascending=[False, True], kind="stable")
    posts = posts.join(ranked.drop_duplicates("post_id").set_index("post_id"))
    posts = posts.reindex(pd.Index(rows["post_id"].unique(), name="post_id"))
    n_all = rows.drop_duplicates(PASSAGE).groupby("post_id").size().reindex(posts.index)
    whole = ["n", "words", "thesis"]
    posts[whole] = posts[whole].fillna(0)
    posts["n_left_out"] = n_all - posts["n"]
    return _table(posts, _BY_POST, scores)


def by_thesis(scores: pd.DataFrame, *, roles: Sequence[str] = ("body",), threshold: float = 0.5) -> pd.DataFrame:
    """Sum up the scores of each thesis.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`. Further columns are ignored.
    roles : sequence of str, default ("body",)
        Whose passages count: any of "body", "quote" and "comment".
    threshold : float, default 0.5
        In (0, 1]: the `tracks` from which a passage is held to track a thesis in `share`.

    Returns
    -------
    pandas.DataFrame
        One row per thesis that is reported for a counted passage, by number.

        * `thesis` (int16): its number.
        * `n_passages` (int32): all counted passages, the same in every row.
        * `n` (int32): counted passages for which this thesis is reported, at most `n_passages`.
        * `expected` (float64, 0 to `n`): sum of `tracks`, which estimates how many of the
          `n_passages` track the thesis.
        * `share` (float64, 0 to 1): passages with `tracks` >= `threshold`, of `n_passages`.
        * `tracks` (float64, 0 to 1): mean over the `n`; higher = closer to the thesis.
        * `broadcast` (float64, 0 to 1): mean over the `n`; higher = more one-way.
        * `lip_service` (float64, 0 to 1): mean of `tracks` x `broadcast` over the `n`; higher = the
          thesis is claimed more often in the voice that it is against.
        * `opposes` (float64, 0 to 1): mean over the `n`; higher = more often argued against.

    Raises
    ------
    CluetrainError
        If `roles` or `threshold` is out of range.
    PostError
        If columns are missing, or a thesis is reported twice for one passage (two runs in one frame).

    See Also
    --------
    by_post : The same passages, by post.

    Notes
    -----
    SCORES holds only the `top` theses of each passage, so the means over `n` are conditional: they
    describe the passages that track the thesis more than most others, and the mean of `tracks` as a rule
    lies above the mean over all passages. Do not read them as rates. `expected` and `share` have all passages
    behind them, and are lower bounds, because a thesis that is not reported adds nothing; `share`
    is exact where each passage's lowest reported `tracks` is below `threshold`. Score with ``top=None``
    to make everything exact.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.tables import by_thesis
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"post_id": "a", "role": "body", "error": "", "thesis": 3}
    >>> rows = [row | {"passage": 0, "tracks": 0.75}, row | {"passage": 1, "tracks": 0.25}]
    >>> by_thesis(pd.DataFrame(rows))[["thesis", "n", "expected", "share"]].to_dict("records")
    [{'thesis': 3, 'n': 2, 'expected': 1.0, 'share': 0.5}]
    """
    check_threshold(threshold)
    _, kept = counted(scores, roles)
    n_passages = len(kept.drop_duplicates(PASSAGE))
    kept["reached"] = reaches(kept["tracks"], threshold)
    kept["lip_service"] = kept["tracks"] * kept["broadcast"]
    theses = kept.groupby("thesis").agg(
        n=("tracks", "size"),
        expected=("tracks", "sum"),
        share=("reached", "sum"),
        tracks=("tracks", "mean"),
        broadcast=("broadcast", "mean"),
        lip_service=("lip_service", "mean"),
        opposes=("opposes", "mean"),
    )
    theses["n_passages"] = n_passages
    theses["share"] /= max(n_passages, 1)
    return _table(theses, _BY_THESIS, scores)


def _table(table: pd.DataFrame, columns: schema.Schema, scores: pd.DataFrame) -> pd.DataFrame:
    """Fix columns and dtypes, and keep the note of the model that the scores carry."""
    conformed = schema.conform(table.round(_DIGITS).reset_index(), columns)
    conformed.attrs = dict(scores.attrs)
    return conformed
