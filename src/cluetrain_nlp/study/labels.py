"""From scores and codes to what is compared: a predicted probability and a coded label for each passage and post.

Labels are those of the codebook: a passage *tracks* a thesis if it is graded >= 2 and does not oppose it, and
*broadcasts* if its voice is coded >= 3. A post tracks a thesis if one of its passages does; its broadcast is the mean
over its passages.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.counting import PASSAGE, counted

__all__ = [
    "GRADES",
    "MEASURES",
    "STANCES",
    "TAKES_UP",
    "UNITS",
    "VOICES",
    "Measure",
    "Unit",
    "at_least_one",
    "check",
    "coded_roles",
    "coded_theses",
    "labels",
    "of_posts",
    "predictions",
    "tracked",
]

Measure = Literal["tracks", "broadcast"]
Unit = Literal["post", "passage"]

MEASURES: Final = ("tracks", "broadcast")
UNITS: Final = ("post", "passage")
#: Half steps of voice are values of their own, in their order.
VOICES: Final = tuple(step / 2 for step in range(9))
GRADES: Final = (0, 1, 2, 3)
STANCES: Final = ("supports", "opposes", "reports")
#: The grade from which a passage takes a thesis up, whatever its stance.
TAKES_UP: Final = 2
_BROADCASTS: Final = 3


def check(name: str, value: object, allowed: Sequence[str]) -> None:
    """Refuse a value that is not one of `allowed`.

    Raises
    ------
    CluetrainError
        If it is not; the message gives `name`, the value and what was expected.
    """
    if value not in allowed:
        raise CluetrainError(f"{name} is {value!r}; expected one of {', '.join(allowed)}.")


def tracked(grade: Any, stance: Any) -> Any:
    """Tell what tracks: grade >= 2, whatever the stance but "opposes".

    Parameters
    ----------
    grade : float or pandas.Series
    stance : str or pandas.Series

    Returns
    -------
    bool, or pandas.Series of bool
        False where there is no grade.

    Examples
    --------
    >>> from cluetrain_nlp.study.labels import tracked
    >>> tracked(2, "reports"), tracked(3, "opposes"), tracked(1, "supports")
    (True, False, False)
    """
    return (grade >= TAKES_UP) & (stance != "opposes")


def coded_theses(coded: pd.DataFrame) -> list[int]:
    """Give the theses that some passage has a grade for, ascending; `coded` is CODED."""
    return sorted(int(thesis) for thesis in coded.loc[coded["grade"].notna(), "thesis"].unique() if thesis > 0)


def coded_roles(coded: pd.DataFrame) -> Sequence[str]:
    """Give the roles whose passages the sample was drawn from; "body" where the codes have lost their design."""
    design = coded.attrs.get("design")
    roles: Sequence[str] = (isinstance(design, Mapping) and design.get("roles")) or ("body",)
    return roles


def predictions(
    scores: pd.DataFrame, *, measure: Measure, thesis: int | None = None, roles: Sequence[str] = ("body",)
) -> pd.DataFrame:
    """Give each counted passage the predicted probability of a label.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES.
    measure : {"tracks", "broadcast"}
    thesis : int, optional
        For `tracks`; without it, the highest `tracks` of the reported theses counts.
    roles : sequence of str, default ("body",)
        Whose passages count.

    Returns
    -------
    pandas.DataFrame
        `post_id`, `passage` and `p` (0 to 1), one row for each counted passage, ordered by them.

    Raises
    ------
    CluetrainError
        If `measure` or `roles` is out of range, or `thesis` is not reported for every counted passage.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.labels import predictions
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"post_id": "a", "role": "body", "error": ""}
    >>> rows = [row | {"thesis": 3, "tracks": 0.5}, row | {"thesis": 9, "tracks": 0.25}]
    >>> predictions(pd.DataFrame(rows), measure="tracks", thesis=9)["p"].tolist()
    [0.25]
    """
    check("measure", measure, MEASURES)
    _, kept = counted(scores, roles)
    passages = kept[PASSAGE].drop_duplicates()
    if measure == "broadcast":
        found = kept.drop_duplicates(PASSAGE)[[*PASSAGE, "broadcast"]].rename(columns={"broadcast": "p"})
    elif thesis is None:
        found = kept.groupby(PASSAGE)["tracks"].max().rename("p").reset_index()
    else:
        found = kept.loc[kept["thesis"] == thesis, [*PASSAGE, "tracks"]].rename(columns={"tracks": "p"})
        if len(found) < len(passages):
            raise CluetrainError(
                f"Thesis {thesis} is reported for {len(found)} of the {len(passages)} counted passages; expected all. "
                f"Score with theses=[{thesis}], top=None."
            )
    return found.sort_values(PASSAGE, ignore_index=True)


def at_least_one(p: pd.Series, by: "pd.Series | list[pd.Series]") -> "pd.Series[float]":
    """Give 1 − Π(1 − p) of each group: the probability of one or more, if they are independent.

    Parameters
    ----------
    p : pandas.Series of float
        0 to 1.
    by : pandas.Series or list of pandas.Series
        What makes the groups.

    Returns
    -------
    pandas.Series of float
        0 to 1, one number for each group.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp.study.labels import at_least_one
    >>> at_least_one(pd.Series([0.5, 0.5, 1.0]), pd.Series(["a", "a", "b"])).to_dict()
    {'a': 0.75, 'b': 1.0}
    """
    together: pd.Series[float] = 1 - (1 - p).groupby(by).prod()
    return together


def of_posts(passages: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Put predictions for passages together by post.

    Parameters
    ----------
    passages : pandas.DataFrame
        As from `predictions`.
    measure : {"tracks", "broadcast"}

    Returns
    -------
    pandas.DataFrame
        `post_id`, `p` (0 to 1) and `passages` (their number). `p` is 1 − Π(1 − p) for `tracks`, the probability that
        one passage or more tracks if they are independent, and the mean for `broadcast`.
    """
    grouped = passages.groupby("post_id")
    tracks = measure == "tracks"
    together = at_least_one(passages["p"], passages["post_id"]) if tracks else grouped["p"].mean()
    return pd.DataFrame({"p": together, "passages": grouped.size()}).rename_axis("post_id").reset_index()


def labels(coded: pd.DataFrame, *, measure: Measure, thesis: int | None = None) -> pd.DataFrame:
    """Turn codes into labels.

    Parameters
    ----------
    coded : pandas.DataFrame
        CODED, as from `read_coding`.
    measure : {"tracks", "broadcast"}
    thesis : int, optional
        For `tracks`; without it, whether any of the theses asked for is tracked, where all of them were coded.

    Returns
    -------
    pandas.DataFrame
        `post_id`, `passage`, `coder`, `y` (0 or 1), `code` (the grade 0 to 3, or the voice 0 to 4) and `weight`, one
        row for each passage and coder; what was not coded has none.

    Raises
    ------
    CluetrainError
        If `thesis` was not coded.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp.study.labels import labels
    >>> row = {"post_id": "a", "passage": 0, "coder": "A", "thesis": 3, "grade": 2, "stance": "supports", "voice": 2.5,
    ...        "unit": "post", "stratum": "all", "stratum_size": 9, "weight": 3.0}
    >>> labels(pd.DataFrame([row]), measure="tracks", thesis=3)["y"].tolist()
    [1.0]
    >>> labels(pd.DataFrame([row]), measure="broadcast")["y"].tolist()
    [0.0]
    """
    check("measure", measure, MEASURES)
    codes = schema.conform(coded, schema.CODED)
    by = [*PASSAGE, "coder"]
    if measure == "broadcast":
        codes = codes[codes["voice"].notna()].drop_duplicates(by)
        codes = codes.assign(code=codes["voice"], y=(codes["voice"] >= _BROADCASTS).astype("float64"))
    else:
        asked = codes.loc[codes["thesis"] > 0, "thesis"].unique()
        if len(asked) == 0 or (thesis is not None and thesis not in asked):
            raise CluetrainError(
                f"The codes hold {'thesis ' + str(thesis) if thesis else 'theses'} for no passage; they were asked for "
                f"{', '.join(map(str, sorted(asked))) or 'voice only'}."
            )
        codes = codes[codes["thesis"].isin(asked if thesis is None else [thesis])]
        # Of several theses, one that is not coded might be the one that is tracked.
        codes = codes[codes["grade"].notna().groupby([codes[name] for name in by]).transform("all")]
        tracks = tracked(codes["grade"], codes["stance"]).astype("float64")
        codes = codes.assign(code=codes["grade"].where(codes["stance"] != "opposes", 0), y=tracks)
        codes = codes.groupby(by, as_index=False).agg({"y": "max", "code": "max", "weight": "first"})
    codes["code"] = codes["code"].astype(np.float64)
    return codes[[*by, "y", "code", "weight"]].sort_values(by, ignore_index=True)
