"""Passages to read in a report: the extreme and the doubtful ones, with what moved their numbers."""

import re
from typing import Any, Final, cast

import pandas as pd

from cluetrain_nlp.classifier.artefact import load_model
from cluetrain_nlp.classifier.theses import ThesisSet
from cluetrain_nlp.show.explain import Explanation, explain
from cluetrain_nlp.show.wording import shorten

__all__ = ["MOST", "examples"]

#: Passages in a list.
MOST: Final = 5

_LETTERS: Final = 700
_REASONS: Final = 5
_WEB: Final = re.compile(r"https?://[^\s/@\"'<>\\]+(?:/[^\s\"'<>\\]*)?", re.IGNORECASE)
#: From here `tracks` x `broadcast` is called lip service, and up to here from the threshold `tracks` is borderline.
_BOTH: Final = 0.1
_DOUBT: Final = 0.2
#: Kinds of parts that are no reason: they say nothing of this passage's words.
_NO_REASON: Final = frozenset({"bias", "whole"})
#: Share of the strongest contribution in a text from which a stretch is marked faintly, clearly and strongly.
_LEVELS: Final = (0.3, 0.55, 0.8)
#: An explanation belongs to the score if it arrives at the same probability up to this.
_SAME: Final = 0.02


def examples(
    scores: pd.DataFrame,
    passages: pd.DataFrame,
    *,
    by: str | None = None,
    theses: ThesisSet | None = None,
    threshold: float = 0.5,
) -> dict[str, Any]:
    """Choose passages for the four lists of a report, and explain them where the model is at hand.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, and `title`, `url`, `published` and the column `by` where known.
    passages : pandas.DataFrame
        Rows of the counted passages, each with its most tracked thesis; the index is that of `scores`.
    by : str, optional
        Column whose value is named with a passage.
    theses : ThesisSet, optional
        The set that was scored, where it is one of the user's own.
    threshold : float, default 0.5
        Where `tracks` is on the brink.

    Returns
    -------
    dict
        `marks`: "yes", "other_model" (the scores come from another model than the bundled one) or "unknown" (they do
        not name it). `lists`: "strongest" (highest score), "lip_service" (highest `tracks` x `broadcast`), "broadcast"
        (lowest score) and "borderline" (`tracks` closest to `threshold`), each with `name`, `target` and up to five
        `passages` of different posts, none in two lists. A passage has its numbers, its text in `pieces` with a `level`
        of -3 (strongly against) to 3 (strongly for) and up to five `reasons`.

    Raises
    ------
    ModelError
        If the bundled model is damaged.
    """
    marks = _marks(scores)
    used: set[int] = set()
    lists = []
    both = passages["tracks"] * passages["broadcast"]
    doubt = (passages["tracks"] - threshold).abs()
    for name, target, order, fits in (
        ("strongest", "tracks", -passages["score"], passages["score"] > 0),
        ("lip_service", "tracks", -both, both >= _BOTH),
        ("broadcast", "broadcast", passages["score"], passages["broadcast"] >= threshold),
        ("borderline", "tracks", doubt, doubt <= _DOUBT),
    ):
        chosen = _choose(scores, order[fits], used)
        used.update(chosen)
        entries = []
        for place in chosen:
            row = cast("pd.Series[Any]", scores.loc[place])
            explanation = _explained(row, target, theses) if marks == "yes" else None
            entries.append(_example(row, by) | _marked(str(row["text"]), explanation))
        lists.append({"name": name, "target": target, "passages": entries})
    return {"marks": marks, "lists": lists}


def _choose(scores: pd.DataFrame, order: "pd.Series[float]", used: set[int]) -> list[int]:
    """Take the first passages of an order, each from another post and with another text, none that was used."""
    chosen: list[int] = []
    seen: set[str] = set()
    for place in order.sort_values(kind="stable").index:
        post_id, text = str(scores.at[place, "post_id"]), " ".join(str(scores.at[place, "text"]).split())
        if place in used or not text or {f"post {post_id}", f"text {text}"} & seen:
            continue
        seen |= {f"post {post_id}", f"text {text}"}
        chosen.append(place)
        if len(chosen) == MOST:
            break
    return chosen


def _marks(scores: pd.DataFrame) -> str:
    """Tell whether the model at hand is the one that gave the scores."""
    sha256 = scores.attrs.get("model_sha256")
    if not sha256:
        return "unknown"
    return "yes" if load_model().sha256 == sha256 else "other_model"


def _explained(row: "pd.Series[Any]", target: str, theses: ThesisSet | None) -> Explanation | None:
    """Explain a number of a passage; None where the passage alone, without its post, has another one."""
    text = str(row["text"])
    thesis = int(row["thesis"]) if target == "tracks" else None
    explanation = explain(text, thesis=thesis, theses=theses, language=str(row["language"]))
    return explanation if abs(explanation.probability - row[target]) <= _SAME else None


def _example(row: "pd.Series[Any]", by: str | None) -> dict[str, Any]:
    title, published = row.get("title"), row.get("published")
    group = row[by] if by else None
    return {
        "post_id": shorten(str(row["post_id"]), 120),
        "title": shorten(str(title), 160) if isinstance(title, str) else "",
        "url": _address(row.get("url")),
        "published": None if published is None or pd.isna(published) else published.strftime("%Y-%m-%d"),
        "group_known": by is not None,
        "group": None if group is None or pd.isna(group) or str(group) == "" else shorten(str(group), 60),
        "role": str(row["role"]),
        "language": str(row["language"]),
        "thesis": int(row["thesis"]),
        **{name: round(float(row[name]), 6) for name in ("tracks", "broadcast", "score")},
    }


def _address(url: object) -> str:
    """Let only addresses of the web through: nothing that runs, nothing with a password."""
    return url if isinstance(url, str) and len(url) <= _LETTERS and _WEB.fullmatch(url) else ""


def _marked(text: str, explanation: Explanation | None) -> dict[str, Any]:
    """Cut a text to its first part, in pieces by how much they moved the number."""
    segments = [(text, 0.0)] if explanation is None else list(explanation.segments)
    most = max(abs(contribution) for _, contribution in segments)
    pieces: list[dict[str, Any]] = []
    left = _LETTERS
    for words, contribution in segments:
        level = _level(contribution, most)
        if pieces and pieces[-1]["level"] == level:
            pieces[-1]["text"] += words[:left]
        elif left:
            pieces.append({"text": words[:left], "level": level})
        left -= len(words[:left])
    return {"pieces": pieces, "cut": len(text) > _LETTERS, "reasons": _reasons(explanation)}


def _level(contribution: float, most: float) -> int:
    steps = sum(abs(contribution) >= share * most for share in _LEVELS) if most > 0 else 0
    return steps if contribution > 0 else -steps


def _reasons(explanation: Explanation | None) -> list[dict[str, Any]]:
    """Name what moved the number most; what stands at the same place counts together, whatever question it answers."""
    if explanation is None:
        return []
    parts = explanation.parts[~explanation.parts["kind"].isin(_NO_REASON)]
    # A word's letter sequences are the word, to a reader, and so is the same word elsewhere.
    parts = parts.assign(kind=parts["kind"].replace("letters", "word"))
    parts["name"] = [_called(part, explanation.text) for part in parts.to_dict("records")]
    parts["what"] = parts["name"].str.lower()
    summed = parts.groupby(["kind", "what"], sort=False, as_index=False).agg(
        name=("name", "first"), contribution=("contribution", "sum")
    )
    summed = summed[summed["contribution"] != 0].sort_values(
        "contribution", key=lambda numbers: numbers.abs(), ascending=False, kind="stable"
    )
    # One word is a short reason, one example a long one.
    summed = summed[(summed["kind"] != "example") | (summed.groupby("kind").cumcount() == 0)]
    return [
        {
            "kind": row["kind"],
            "name": shorten(row["name"], 110),
            "contribution": round(float(row["contribution"]), 4),
        }
        for row in summed.head(_REASONS).to_dict("records")
    ]


def _called(part: dict[Any, Any], text: str) -> str:
    """Give the words of a part; a measurement of style has a name instead."""
    if part["start"] >= 0:
        return " ".join(text[part["start"] : part["end"]].split()).strip(".,;:!?")
    return str(part["name"] if part["kind"] == "style" else part["text"])
