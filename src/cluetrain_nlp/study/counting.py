"""Which passages count: the rows that every table, estimate and report rests on."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, PostError

__all__ = ["PASSAGE", "ROLES", "counted"]

ROLES: Final = ("body", "quote", "comment")
#: The columns that identify a passage.
PASSAGE: Final = ["post_id", "passage"]


def counted(scores: pd.DataFrame, roles: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell the rows of counted passages from the others.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`; further columns are dropped.
    roles : sequence of str
        Whose passages count: any of "body", "quote" and "comment".

    Returns
    -------
    rows : pandas.DataFrame
        All rows, their numbers in double precision.
    kept : pandas.DataFrame
        A copy of those of counted passages: of these roles, without error, with `broadcast` and `tracks`.

    Raises
    ------
    CluetrainError
        If `roles` is not made of the three roles.
    PostError
        If columns are missing, or a thesis is reported twice for one passage (two runs in one frame).
    """
    if isinstance(roles, str) or not set(roles) <= set(ROLES):
        raise CluetrainError(f"roles is {roles!r}; expected a list of {', '.join(ROLES)}, such as ['body'].")
    rows = schema.conform(scores, schema.SCORES)
    numbers = ["broadcast", "tracks", "opposes", "score"]
    rows[numbers] = rows[numbers].astype("float64")
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
