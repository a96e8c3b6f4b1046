"""What a report says, as plain numbers and texts: no HTML, no language, ready for JSON."""

from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from cluetrain_nlp.classifier.theses import ThesisSet, load_theses
from cluetrain_nlp.errors import PostError
from cluetrain_nlp.show.examples import examples
from cluetrain_nlp.show.methods import methods_in
from cluetrain_nlp.show.wording import LANGUAGES, shorten
from cluetrain_nlp.study.coding import check_texts
from cluetrain_nlp.study.counting import COPY, PASSAGE, counted, left_out
from cluetrain_nlp.study.estimates import estimate
from cluetrain_nlp.study.groups import QUADRANTS, lip_service, matrix
from cluetrain_nlp.study.groups import by as grouped
from cluetrain_nlp.study.joining import join_posts
from cluetrain_nlp.study.labels import Measure, coded_theses
from cluetrain_nlp.study.sampled import correctable_theses
from cluetrain_nlp.study.tables import by_thesis

__all__ = ["THRESHOLD", "summarize"]

Summary = dict[str, Any]

#: From here a passage is held to track or to broadcast.
THRESHOLD: Final = 0.5

#: How much a report holds at most, however large the corpus is.
_GROUPS: Final = 24
_HEAT_GROUPS: Final = 10
_HEAT_THESES: Final = 15
_FIELD_GROUPS: Final = 10
_THESES: Final = 120
_CODED_THESES: Final = 5
_PERIODS: Final = 48
_ERRORS: Final = 8
_POINTS: Final = 400
_CELLS: Final = 20

#: Periods, with the months that a corpus may span at most for them.
_STEPS: Final = (("month", "M", 36), ("quarter", "Q", 144), ("year", "Y", np.inf))
#: Posts that a typical period should have, for its interval, and periods that make a line.
_POSTS_PER_PERIOD: Final = 5
_FEWEST_PERIODS: Final = 3

_MEASURES: Final = ("broadcast", "tracks", "lip_service")
_OF_POSTS: Final = ("title", "url", "published")
_ABOUT: Final = (
    "model",
    "cluetrain_nlp",
    "unit",
    "pipeline",
    "encoder",
    "model_sha256",
    "theses_sha256",
    "expected_quality",
)


def summarize(
    scores: pd.DataFrame,
    *,
    posts: pd.DataFrame | None = None,
    by: str | None = None,
    coded: pd.DataFrame | None = None,
    roles: Sequence[str] = ("body",),
    theses: ThesisSet | None = None,
    texts: bool = True,
) -> Summary:
    """Sum up scores for a report.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`, or from `count_once` where near-duplicates count once. Columns of the posts may stand
        beside them.
    posts : pandas.DataFrame, optional
        POSTS with columns of your own. Gives `published`, `title` and `url`, and the column `by`, where the scores
        lack them.
    by : str, optional
        Column of scores or posts that makes groups, such as company.
    coded : pandas.DataFrame, optional
        CODED, as from `read_coding`: a coded sample, by which shares are corrected.
    roles : sequence of str, default ("body",)
        Whose passages count: any of "body", "quote" and "comment".
    theses : ThesisSet, optional
        The set that was scored, where it is one of your own.
    texts : bool, default True
        False leaves out everything of the posts but numbers: passages, titles, addresses, error messages.

    Returns
    -------
    dict
        Numbers, texts, lists and dicts alone, None for a missing number; ready for `json.dumps`. Its size does not grow
        with the corpus: the most frequent or extreme groups, theses, periods and passages are in it, and what is left
        out is counted.

        * `corpus`: posts, passages, those counted, `reasons` why others were not, first and last day.
        * `overall`: for `broadcast`, `tracks` and `lip_service` the mean with its 95 % interval, or None.
        * `theses`: `rows` of `by_thesis`, the most frequent first; `texts` in German and English.
        * `groups`: the same measures by group; `heat`: theses x groups; None without `by`.
        * `time`: mean `broadcast` by month, quarter or year; None without dates.
        * `fields`: `tracks` against `broadcast`, as shares of the four fields and as a grid of 20 x 20.
        * `lists`: passages to read, see `cluetrain_nlp.show.examples.examples`; None without texts.
        * `estimates`: corrected shares, empty without `coded`; `uncorrected`: coded theses for which there is none,
          because they are not reported for every passage, or are more than five.
        * `methods`: the methods section in German and English; `about`: where the scores come from.

    Raises
    ------
    PostError
        If columns are missing, posts repeat an id, `published` holds no moments of time, or other texts were coded
        than those in the scores.
    CluetrainError
        If `roles` or `by` make no sense, or the coded sample does not fit the scores.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.show.summary import summarize
    >>> scores = ct.score(["Ruft doch mal an. Bei uns geht ein Mensch ans Telefon, versprochen!", ""])
    >>> summary = summarize(scores, texts=False)
    >>> summary["corpus"]["reasons"][0], summary["corpus"]["reasons"][-1], summary["lists"]
    (['counted', 1], ['no_passage', 1], None)
    """
    scores = _joined(scores, posts, by)
    if coded is not None:
        check_texts(scores, coded)
    # Texts are most of a corpus, and no table needs them: without them, copies cost little.
    bare = scores.assign(text="")
    bare.attrs = scores.attrs
    keys = [name for name in ("published", by) if name is not None and name in bare.columns]
    _, kept = counted(bare, roles, keys=keys)
    passages = kept.sort_values("tracks", ascending=False, kind="stable").drop_duplicates(PASSAGE).sort_index()
    some = len(passages) > 0
    groups, heat, named = _groups(bare, by, roles) if some and by else (None, None, [])
    rows = _thesis_rows(bare, roles)
    known = _known(bare, theses)
    questions, uncorrected = _questions(bare, coded)
    tables = [
        estimate(bare, coded, by=keys, measure=measure, thesis=thesis, unit=coded["unit"].iloc[0])
        for measure, thesis in questions
        for keys in dict.fromkeys([None, by])
        if coded is not None
    ]
    overall = [grouped(bare, [], roles=roles, threshold=THRESHOLD)] if some else []
    return {
        "corpus": _corpus(bare, passages, roles, texts=texts),
        "overall": _measures(overall[0]) if some else None,
        "theses": {
            "rows": rows[:_THESES],
            "left_out": max(len(rows) - _THESES, 0),
            "texts": _texts(known, [row["thesis"] for row in rows[:_THESES]]),
        },
        "groups": groups,
        "heat": heat,
        "time": _time(bare, passages, roles) if some else None,
        "fields": _fields(bare, passages, by, roles, named) if some else None,
        "lists": examples(scores, passages, by=by, theses=theses, threshold=THRESHOLD) if texts else None,
        "estimates": [row for table in tables for row in _estimated(table, by, named)],
        "uncorrected": uncorrected,
        "methods": methods_in(LANGUAGES, bare, coded=coded, tables=[*overall, *tables], roles=roles),
        "about": {name: str(scores.attrs[name]) for name in _ABOUT if scores.attrs.get(name)},
        "roles": list(roles),
        "threshold": THRESHOLD,
    }


def _joined(scores: pd.DataFrame, posts: pd.DataFrame | None, by: str | None) -> pd.DataFrame:
    """Put beside the scores what the report needs of the posts."""
    if posts is not None:
        scores = join_posts(scores, posts, [*_OF_POSTS, *([] if by is None else [by])])
    if by is not None and by not in scores.columns:
        where = "neither scores nor posts have" if posts is not None else "the scores do not have"
        have = ", ".join(map(str, posts.columns)) if posts is not None else "give the posts that do"
        raise PostError(f"by is {by!r}, a column that {where} ({have}).")
    if "published" in scores.columns and not pd.api.types.is_datetime64_any_dtype(scores["published"].dtype):
        raise PostError(
            f"published is {scores['published'].dtype}; expected moments of time: "
            "posts['published'] = pd.to_datetime(posts['published'], utc=True)."
        )
    return scores.reset_index(drop=True)


def _corpus(scores: pd.DataFrame, passages: pd.DataFrame, roles: Sequence[str], *, texts: bool) -> Summary:
    table = left_out(scores, roles=roles).iloc[0] if len(scores) else None
    reasons = ("counted", "other_role", "other_language", "duplicate", "error", "no_passage")
    first = scores.drop_duplicates(PASSAGE)["error"].fillna("")
    # Copies are counted by their own reason, and each has a message of its own.
    messages = first[(first != "") & ~first.str.startswith(COPY)].value_counts()
    days = _published(passages).dropna().dt.strftime("%Y-%m-%d") if len(passages) else pd.Series([], dtype="str")
    return {
        "posts": 0 if table is None else int(table["n_posts"]),
        "posts_counted": 0 if table is None else int(table["n_posts_counted"]),
        "passages": 0 if table is None else int(table["n_passages"]),
        "counted": len(passages),
        "reasons": [] if table is None else [[name, int(table[name])] for name in reasons],
        "copies": 0 if table is None else int(table["duplicate"]),
        "errors": [{"message": shorten(str(why)), "n": int(n)} for why, n in messages[:_ERRORS].items() if texts],
        "errors_left_out": max(len(messages) - _ERRORS, 0) if texts else 0,
        "first": days.min() if len(days) else None,
        "last": days.max() if len(days) else None,
    }


def _measures(table: pd.DataFrame) -> Summary:
    rows = table.set_index("measure")
    return {measure: _value(rows.loc[measure]) for measure in _MEASURES}


def _thesis_rows(scores: pd.DataFrame, roles: Sequence[str]) -> list[Summary]:
    table = by_thesis(scores, roles=roles, threshold=THRESHOLD)
    table["expected_share"] = table["expected"] / table["n_passages"]
    table = table.sort_values("expected", ascending=False, kind="stable")
    names = ("thesis", "n", "expected_share", "share", "lip_service", "opposes")
    return [{name: _plain(row[name]) for name in names} for row in table.to_dict("records")]


def _known(scores: pd.DataFrame, theses: ThesisSet | None) -> ThesisSet | None:
    """Give the set that was scored; None where it is one of the user's own that nobody handed over."""
    if theses is not None:
        return theses
    return None if scores.attrs.get("expected_quality") else load_theses()


def _texts(known: ThesisSet | None, numbers: Sequence[int]) -> dict[str, dict[str, str]]:
    if known is None:
        return {}
    of = {number: known[number] for number in numbers if number in known}
    return {str(number): {"de": shorten(one.text_de), "en": shorten(one.text_en)} for number, one in of.items()}


def _groups(scores: pd.DataFrame, key: str, roles: Sequence[str]) -> tuple[Summary, Summary, list[Any]]:
    """Sum up the groups with the most counted passages; also name them, the largest first."""
    sizes = left_out(scores, keys=key, roles=roles)
    sizes = sizes[sizes["counted"] > 0].sort_values("counted", ascending=False, kind="stable")
    named = sizes[key].tolist()[:_GROUPS]
    table = grouped(scores[_among(scores[key], named)], key, roles=roles, threshold=THRESHOLD)
    rows = []
    for name in named:
        of = table[_among(table[key], [name])]
        counts = {count: int(of.iloc[0][count]) for count in ("n_posts", "n_passages", "n_left_out")}
        rows.append({"group": _label(name), **counts, **_measures(of)})
    few = named[:_HEAT_GROUPS]
    values = matrix(scores[_among(scores[key], few)], key, roles=roles)
    values = values.iloc[:, [int(np.flatnonzero(_among(values.columns.to_series(), [name]))[0]) for name in few]]
    values = values.loc[values.max(axis=1).sort_values(ascending=False, kind="stable").index[:_HEAT_THESES]]
    heat = {
        "groups": [_label(name, 28) for name in few],
        "rows": [
            {"thesis": int(thesis), "numbers": [_plain(value) for value in row]}
            for thesis, row in zip(values.index, values.to_numpy(), strict=True)
        ],
        "most": _plain(np.nanmax(values.to_numpy())),
    }
    groups = {
        "key": shorten(str(key)),
        "total": len(sizes),
        "rows": rows,
        "left_out": len(sizes) - len(named),
        "passages_left_out": int(sizes["counted"].iloc[len(named) :].sum()),
    }
    return groups, heat, named


def _time(scores: pd.DataFrame, passages: pd.DataFrame, roles: Sequence[str]) -> Summary | None:
    dates = _published(passages).dropna()
    if not len(dates):
        return None
    step, letter = _step(dates[~passages.loc[dates.index, "post_id"].duplicated()])
    every = pd.period_range(dates.min(), dates.max(), freq=letter)
    shown = every[-_PERIODS:]
    moments = _published(scores)
    period = moments.dt.to_period(letter)
    labels = [str(name).replace("Q", " Q") for name in shown]
    inside = scores[period.isin(shown)].assign(period=period.astype("str").str.replace("Q", " Q"))
    table = grouped(inside, "period", roles=roles, threshold=THRESHOLD)
    table = table[table["measure"] == "broadcast"].set_index("period")
    none = {"value": None, "low": None, "high": None, "n_posts": 0, "n_passages": 0}
    posts = passages.assign(moment=_published(passages)).drop_duplicates("post_id")
    return {
        "step": step,
        "points": [
            {"label": label, **(_point(table.loc[label]) if label in table.index else none)} for label in labels
        ],
        "undated": int(posts["moment"].isna().sum()),
        "earlier": int((posts["moment"] < shown[0].start_time).sum()),
    }


def _step(dates: "pd.Series[pd.Timestamp]") -> tuple[str, str]:
    """Choose the shortest period that fits the span and has enough posts, else the shortest that fits."""
    months = dates.dt.to_period("M")
    span = (months.max() - months.min()).n + 1
    fitting = [(step, letter) for step, letter, longest in _STEPS if span <= longest]
    for step, letter in fitting:
        posts = dates.dt.to_period(letter).value_counts()
        if posts.median() >= _POSTS_PER_PERIOD and len(posts) >= _FEWEST_PERIODS:
            return step, letter
    return fitting[0]


def _fields(
    scores: pd.DataFrame, passages: pd.DataFrame, key: str | None, roles: Sequence[str], named: Sequence[Any]
) -> Summary:
    tracks, broadcast = passages["tracks"].to_numpy(), passages["broadcast"].to_numpy()
    edges = np.linspace(0, 1, _CELLS + 1)
    cells = np.histogram2d(broadcast, tracks, bins=[edges, edges])[0].astype(int)
    groups = []
    if key:
        few = list(named[:_FIELD_GROUPS])
        table = lip_service(scores[_among(scores[key], few)], keys=key, roles=roles, threshold=THRESHOLD)
        groups = [{"group": _label(name), "shares": _shares(table[_among(table[key], [name])])} for name in few]
    pairs = zip(tracks.round(3).tolist(), broadcast.round(3).tolist(), strict=True)
    return {
        "shares": _shares(lip_service(scores, roles=roles, threshold=THRESHOLD)),
        "groups": groups,
        "points": [list(pair) for pair in pairs] if len(passages) <= _POINTS else None,
        "cells": cells.tolist(),
        "most": int(cells.max()),
        "threshold": THRESHOLD,
    }


def _shares(table: pd.DataFrame) -> dict[str, float | None]:
    shares = table.set_index("quadrant")["share"]
    return {name.replace(" ", "_"): _plain(shares[name]) for name in QUADRANTS}


def _questions(scores: pd.DataFrame, coded: pd.DataFrame | None) -> tuple[list[tuple[Measure, int | None]], list[int]]:
    """Tell which shares a coded sample can correct, and for which theses it cannot: those not reported everywhere."""
    if coded is None:
        return [], []
    asked, known = coded_theses(coded), correctable_theses(scores, coded)
    # Of several theses, one that is not reported for a passage adds nothing to that it tracks any of them.
    questions: list[tuple[Measure, int | None]] = [("tracks", None)] if len(asked) > 1 else []
    questions += [("tracks", thesis) for thesis in known[:_CODED_THESES]]
    questions += [("broadcast", None)] if coded["voice"].notna().any() else []
    return questions, [thesis for thesis in asked if thesis not in known[:_CODED_THESES]]


def _estimated(table: pd.DataFrame, key: str | None, named: Sequence[Any]) -> list[Summary]:
    if key is None or key not in table.columns:
        found: list[tuple[Any, dict[Any, Any]]] = [(None, row) for row in table.to_dict("records")]
    else:
        found = [(name, row) for name in named for row in table[_among(table[key], [name])].to_dict("records")]
    return [
        {
            "whole": key not in table.columns,
            "group": _label(name),
            "measure": str(row["measure"]),
            "thesis": int(row["thesis"]),
            "unit": str(row["unit"]),
            "value": _plain(row["estimate"]),
            **{number: _plain(row[number]) for number in ("low", "high", "naive", "alpha")},
            "n_coded": int(row["n_coded"]),
            "note": shorten(str(row["note"])),
        }
        for name, row in found
    ]


def _published(frame: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """Give when the rows were published, without time zone; NaT where nobody says."""
    if "published" not in frame.columns:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    moments = frame["published"]
    if isinstance(moments.dtype, pd.DatetimeTZDtype):
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    return cast("pd.Series[pd.Timestamp]", moments)


def _among(column: pd.Series, names: Sequence[Any]) -> pd.Series:
    """Tell the rows of some groups, one of which may be that without a name."""
    missing = any(pd.isna(name) for name in names)
    return column.isin([name for name in names if not pd.isna(name)]) | (column.isna() & missing)


def _label(name: Any, most: int = 60) -> str | None:
    return None if pd.isna(name) or str(name) == "" else shorten(str(name), most)


def _value(row: Any) -> Summary:
    return {name: _plain(row[name]) for name in ("value", "low", "high")}


def _point(row: Any) -> Summary:
    return _value(row) | {name: int(row[name]) for name in ("n_posts", "n_passages")}


def _plain(value: Any) -> Any:
    """Turn a number of numpy's into one of Python's, and a missing one into None."""
    if pd.isna(value):
        return None
    number = value.item() if hasattr(value, "item") else value
    return round(number, 6) if isinstance(number, float) else number
