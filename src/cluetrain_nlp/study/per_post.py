"""What each post adds to a measure: sums over its passages, or the numbers of the post as a whole."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp.errors import CluetrainError, ThesisError
from cluetrain_nlp.study.counting import PASSAGE, Grouping
from cluetrain_nlp.study.labels import Unit, at_least_one

__all__ = ["MEASURES", "Contributions", "check_level", "check_threshold", "contributions", "passages_of", "reaches"]

Floats = NDArray[np.float64]

#: What tables measure, in the order of their rows.
MEASURES: Final = ("broadcast", "tracks", "score", "share_broadcast", "share_tracks", "lip_service")

# Scores are float32, rounded to 6 digits: compared as such, 0.7 reaches a threshold of 0.7.
_DIGITS: Final = 6


class Contributions(NamedTuple):
    """Numbers of posts, by group and `post_id`.

    Attributes
    ----------
    group : numpy.ndarray, shape (k,)
        Number of the group that the post is in; a post whose passages are in two groups has two rows.
    passages : numpy.ndarray, shape (k,)
        Counted passages of the post in its group.
    sizes : numpy.ndarray, shape (k,)
        What the sums are divided by: `passages`, or 1 where the unit is the post.
    sums : numpy.ndarray, shape (k, 6)
        For each of `MEASURES` the sum over the passages, or the number of the post. A mean is a sum of `sums`,
        divided by a sum of `sizes`.
    """

    group: NDArray[np.intp]
    passages: NDArray[np.int64]
    sizes: Floats
    sums: Floats


def check_threshold(threshold: float) -> None:
    """Refuse a threshold that is not in (0, 1].

    Raises
    ------
    CluetrainError
        If it is not.
    """
    if not 0 < threshold <= 1:
        raise CluetrainError(f"threshold is {threshold}; expected a probability above 0 and up to 1.")


def check_level(level: float) -> None:
    """Refuse a confidence level that is not in (0, 1).

    Raises
    ------
    CluetrainError
        If it is not.
    """
    if not 0 < level < 1:
        raise CluetrainError(f"level is {level}; expected a probability between 0 and 1, such as 0.95.")


def reaches(numbers: pd.Series, threshold: float) -> pd.Series:
    """Tell which numbers reach a threshold, compared at the precision of scores.

    Parameters
    ----------
    numbers : pandas.Series of float
    threshold : float

    Returns
    -------
    pandas.Series of bool

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from cluetrain_nlp.study.per_post import reaches
    >>> reaches(pd.Series([0.7, 0.6], dtype="float32").astype("float64"), 0.7).tolist()
    [True, False]
    """
    return numbers.round(_DIGITS) >= round(threshold, _DIGITS)


def passages_of(kept: pd.DataFrame, groups: Grouping, thesis: int | None) -> pd.DataFrame:
    """Give each counted passage once, with its `tracks`.

    Parameters
    ----------
    kept : pandas.DataFrame
        Rows of counted passages, as from `counted`.
    groups : Grouping
        Of all rows, of which `kept` has the index.
    thesis : int, optional
        Whose `tracks`; None takes the highest of the reported theses.

    Returns
    -------
    pandas.DataFrame
        `group`, `post_id`, `passage`, `broadcast` and `tracks`, in the order of the first three.

    Raises
    ------
    ThesisError
        If the thesis is not reported for every counted passage.
    """
    number = pd.Series(groups.number[kept.index], index=kept.index, name="group")
    rows = kept[[*PASSAGE, "broadcast", "thesis", "tracks"]].assign(group=number)
    once = rows.drop_duplicates(PASSAGE)
    if thesis is None:
        tracks = rows.sort_values("tracks", ascending=False, kind="stable")
        once = tracks.drop_duplicates(PASSAGE)
    else:
        found = rows[rows["thesis"] == thesis]
        if len(found) < len(once):
            raise ThesisError(
                f"Thesis {thesis} is reported for {len(found)} of {len(once)} counted passages, and its rates need all "
                f"of them. Score with theses=[{thesis}], top=None."
            )
        once = found
    ordered = once.sort_values(["group", *PASSAGE], kind="stable")
    return ordered[["group", *PASSAGE, "broadcast", "tracks"]].reset_index(drop=True)


def contributions(passages: pd.DataFrame, *, threshold: float, unit: Unit) -> Contributions:
    """Sum up the passages of each post.

    Parameters
    ----------
    passages : pandas.DataFrame
        As from `passages_of`.
    threshold : float
        In (0, 1]: from which a number counts in the shares.
    unit : {"passage", "post"}
        "passage": sums over the passages. "post": `broadcast` is the mean over the passages, `tracks` the probability
        that at least one passage tracks, 1 - prod(1 - p), `share_broadcast` whether the mean reaches the
        threshold, `share_tracks` whether any passage does, `score` and `lip_service` difference and product of
        `tracks` and `broadcast` of the post.

    Returns
    -------
    Contributions

    Raises
    ------
    CluetrainError
        If `unit` is neither.
    """
    if unit not in ("passage", "post"):
        raise CluetrainError(f"unit is {unit!r}; expected 'passage' or 'post'.")
    broadcast, tracks = passages["broadcast"], passages["tracks"]
    if unit == "passage":
        sums = _posts(passages, _measures(broadcast, tracks, tracks, threshold)).sum()
    else:
        table = _posts(passages, {"broadcast": broadcast, "tracks": tracks}).agg({"broadcast": "mean", "tracks": "max"})
        anyone = at_least_one(tracks, [passages["group"], passages["post_id"]])
        sums = pd.DataFrame(_measures(table["broadcast"], anyone, table["tracks"], threshold), index=table.index)
    size = _posts(passages, {"broadcast": broadcast}).size()
    return Contributions(
        np.asarray(size.index.get_level_values("group"), dtype=np.intp),
        np.asarray(size, dtype=np.int64),
        np.asarray(size, dtype=np.float64) if unit == "passage" else np.ones(len(size)),
        np.asarray(sums[list(MEASURES)], dtype=np.float64),
    )


def _posts(
    passages: pd.DataFrame, columns: dict[str, pd.Series]
) -> "pd.api.typing.DataFrameGroupBy[tuple[object, ...], Literal[True]]":
    return pd.DataFrame({**passages[["group", "post_id"]], **columns}).groupby(["group", "post_id"])


def _measures(broadcast: pd.Series, tracks: pd.Series, highest: pd.Series, threshold: float) -> dict[str, pd.Series]:
    numbers: Sequence[pd.Series] = (
        broadcast,
        tracks,
        tracks - broadcast,
        reaches(broadcast, threshold).astype("float64"),
        reaches(highest, threshold).astype("float64"),
        tracks * broadcast,
    )
    return dict(zip(MEASURES, numbers, strict=True))
