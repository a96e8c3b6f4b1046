"""The methods section of a paper, written from a run: nothing stands in it that the frames do not tell.

Where the frames have lost something, mostly their ``attrs``, the text says so, and a
warning says how to get it back.
"""

import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cluetrain_nlp.classifier.artefact import Model, load_model
from cluetrain_nlp.classifier.theses import load_theses, select
from cluetrain_nlp.errors import CluetrainWarning
from cluetrain_nlp.show.method_wording import sentence
from cluetrain_nlp.show.wording import count, number
from cluetrain_nlp.study.agreement import agreement
from cluetrain_nlp.study.counting import left_out

__all__ = ["methods", "methods_in"]

_ATTRS: Final = ("cluetrain_nlp", "model", "model_sha256", "theses_sha256", "encoder", "pipeline", "unit")

_QUESTIONS: Final = {
    "tracks": ("These aufgegriffen", "tracks the thesis"),
    "grade": ("Grad", "grade"),
    "stance": ("Haltung", "stance"),
    "broadcast": ("Verkündung", "broadcast"),
    "voice": ("Stimme", "voice"),
}
_REASONS: Final = ("no_passage", "other_role", "duplicate", "error", "other_language")


def methods(
    scores: pd.DataFrame,
    *,
    coded: pd.DataFrame | None = None,
    tables: Sequence[pd.DataFrame] = (),
    roles: Sequence[str] = ("body",),
    model: Model | str | Path | None = None,
    language: str = "de",
) -> str:
    """Write the methods section of a paper from a run.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES with their `attrs`, as from `score` or a Parquet file that `cluetrain score` wrote.
    coded : pandas.DataFrame, optional
        CODED, as from `read_coding`: sample and agreement are described.
    tables : sequence of pandas.DataFrame, default ()
        What the paper reports: results of `by`, `compare`, `estimate` and the like. The text says how their intervals
        came about, and without results of `estimate` that nothing was corrected.
    roles : sequence of str, default ("body",)
        Whose passages count, as in the tables.
    model : Model, str, pathlib.Path or None
        The model that scored, or its folder; the bundled one by default. Its measured figures are quoted if its hash
        is the one in the scores.
    language : {"de", "en"}

    Returns
    -------
    str
        Markdown: a heading and up to five paragraphs. Keys of citations are those of `bibtex`.

    Raises
    ------
    CluetrainError
        If the language is another one, or frames do not have their columns.
    ModelError
        If the model cannot be loaded.

    Warns
    -----
    CluetrainWarning
        If the scores do not say which model, theses or pipeline they come from.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> scores = ct.score(["Wir haben zugehört. Danke für eure Fragen, wir antworten morgen auf jede einzelne."])
    >>> text = ct.methods(scores, language="en")
    >>> text.splitlines()[0], "0.1.0" in text
    ('## Method', True)
    """
    return methods_in([language], scores, coded=coded, tables=tables, roles=roles, model=model)[language]


def methods_in(
    languages: Sequence[str],
    scores: pd.DataFrame,
    *,
    coded: pd.DataFrame | None = None,
    tables: Sequence[pd.DataFrame] = (),
    roles: Sequence[str] = ("body",),
    model: Model | str | Path | None = None,
) -> dict[str, str]:
    """Write the methods section in several languages, from facts that are computed once.

    Parameters
    ----------
    languages : sequence of {"de", "en"}
    scores, coded, tables, roles, model
        As of `methods`.

    Returns
    -------
    dict of str to str
        Language to text.

    Raises
    ------
    CluetrainError, ModelError
        As of `methods`.

    Warns
    -----
    CluetrainWarning
        As of `methods`, once.
    """
    lost = [name for name in _ATTRS if name not in scores.attrs]
    if lost:
        warnings.warn(
            f"The scores do not say their {', '.join(lost)}: attrs get lost in CSV files, and in pandas operations "
            "such as concat. Read the Parquet file that was written when they were scored, or copy attrs from it.",
            CluetrainWarning,
            stacklevel=3,
        )
    several = coded is not None and coded["coder"].nunique() > 1
    agreed = agreement(coded) if coded is not None and several else None
    texts = {}
    for language in languages:
        paragraphs = [
            sentence("title", language),
            " ".join([*_software(scores, language), *_theses(scores, language)]),
            " ".join(_counts(scores, roles, language)),
            " ".join(_quality(scores, model, language)),
            "" if coded is None else _coding(coded, agreed, language),
            " ".join([*_intervals(tables, language, coded is None), sentence("limits", language)]),
        ]
        texts[language] = "\n\n".join(filter(None, paragraphs)) + "\n"
    return texts


def _software(scores: pd.DataFrame, language: str) -> list[str]:
    known = {name: _told(scores, name, language) for name in _ATTRS}
    unit = f"unit {known['unit']}"
    cut = [sentence(unit, language)] if unit in ("unit passage", "unit post") else []
    return [sentence("software", language, known), *cut, sentence("labels", language)]


def _theses(scores: pd.DataFrame, language: str) -> list[str]:
    numbers = sorted({int(thesis) for thesis in scores["thesis"]} - {0})
    top = int(scores["rank"].max()) if len(scores) else 0
    listed = ", ".join(map(str, numbers)) or sentence("nothing", language)
    values = {
        "theses_sha256": _told(scores, "theses_sha256", language),
        "listed": listed,
        "numbers": sentence("thesis one" if len(numbers) == 1 else "theses many", language, {"listed": listed}),
        "reported": sentence("reported", language, {"top": top}) if 0 < top < len(numbers) else "",
    }
    ours, sha256 = load_theses(), scores.attrs.get("theses_sha256")
    kind = "other"
    if sha256 == ours.sha256:
        kind = "all"
    elif numbers and set(numbers) <= {thesis.number for thesis in ours}:
        kind = "some" if select(ours, numbers).sha256 == sha256 else "other"
    quality = _plain(scores.attrs.get("expected_quality"))
    unseen = [sentence("unseen", language, {"quality": quality.rstrip(".")}) + "."] if quality else []
    return [sentence(f"theses {kind}", language, values), *unseen]


def _counts(scores: pd.DataFrame, roles: Sequence[str], language: str) -> list[str]:
    told = left_out(scores, roles=roles).iloc[0]
    values = {
        "posts": count(int(told["n_posts"]), "post", language),
        "passages": count(int(told["n_passages"] - told["no_passage"]), "passage", language),
        "counted": count(int(told["counted"]), "passage", language),
        "posts_counted": count(int(told["n_posts_counted"]), "post", language),
        "roles": ", ".join(roles),
    }
    written = [sentence("counts", language, values)]
    reasons = [
        sentence(name, language, {f"{noun}s": count(int(told[name]), noun, language) for noun in ("post", "passage")})
        for name in _REASONS
        if told[name]
    ]
    if reasons:
        written.append(sentence("left out", language, {"reasons": "; ".join(reasons)}))
    if scores.attrs.get("unit") == "passage":
        written.append(sentence("aside", language))
    return written


def _quality(scores: pd.DataFrame, model: Model | str | Path | None, language: str) -> list[str]:
    judge = model if isinstance(model, Model) else load_model(model)
    if not judge.sha256 or judge.sha256 != scores.attrs.get("model_sha256"):
        return [sentence("quality unknown", language)]
    for source, prefix in (("source test", "test "), ("source cross", "")):
        voice, tracking = judge.metrics.get(f"{prefix}voice"), judge.metrics.get(f"{prefix}tracking")
        if isinstance(voice, Mapping) and isinstance(tracking, Mapping) and "auc" in voice and "auc" in tracking:
            values = {
                "source": sentence(source, language, {"n": number(voice["n"], language, 0)}),
                "voice": _with_interval(voice, language),
                "tracking": _with_interval(tracking, language),
                "voice_error": number(voice.get("calibration_error"), language),
                "tracking_error": number(tracking.get("calibration_error"), language),
            }
            return [sentence("quality", language, values)]
    return [sentence("quality unknown", language)]


def _with_interval(figures: Mapping[str, Any], language: str) -> str:
    low, high = figures.get("auc_ci", (None, None))
    return f"{number(figures['auc'], language)} [{number(low, language)}; {number(high, language)}]"


def _coding(coded: pd.DataFrame, agreed: pd.DataFrame | None, language: str) -> str:
    coders = coded["coder"].nunique()
    passages = coded.drop_duplicates(["post_id", "passage"])
    values = {
        "passages": count(len(passages), "passage", language),
        "posts": count(passages["post_id"].nunique(), "post", language),
        "who": sentence("one coder" if coders == 1 else "coders", language, {"n": coders}),
        "design": "",
    }
    design = coded.attrs.get("design")
    drawn = bool(coded["weight"].notna().all())
    if drawn and isinstance(design, Mapping):
        strata = ", ".join(map(_plain, design.get("strata") or []))
        unit = design.get("unit")
        told = {
            "kind": sentence("stratified" if strata else "simple", language, {"strata": strata}),
            "units": sentence("units passage" if unit == "passage" else "units post", language),
            **{name: _plain(design.get(name)) for name in ("n", "N", "seed")},
        }
        values["design"] = sentence("design", language, told)
    written = sentence("sample", language, values)
    if not drawn:
        written += sentence("no probability", language)
    if agreed is None:
        return written + sentence("no agreement", language)
    alphas = [
        f"{_QUESTIONS[row['what']][0 if language == 'de' else 1]} {number(row['alpha'], language)} "
        f"[{number(row['low'], language)}; {number(row['high'], language)}]"
        for row in agreed.to_dict("records")
        if row["what"] in _QUESTIONS and row["thesis"] == 0 and pd.notna(row["alpha"])
    ]
    return written + (sentence("agreement", language, {"alphas": "; ".join(alphas)}) if alphas else "")


def _intervals(tables: Sequence[pd.DataFrame], language: str, raw: bool) -> list[str]:
    """Say how the numbers of the tables came about, each way once."""
    written = []
    for table in tables:
        about = table.attrs.get("estimates")
        if isinstance(about, Mapping):
            level = number(100 * float(about["level"]), language, 0)
            over = sentence(str(about["population"]), language)
            written.append(sentence("estimates", language, {"level": level, "population": over}))
        elif {"measure", "value", "low", "high"} <= set(table.columns):
            written.append(sentence("groups", language))
    if not any("estimates" in table.attrs for table in tables):
        written.append(sentence("raw", language))
        if tables or raw:
            written.append(sentence("not corrected", language))
    return list(dict.fromkeys(written))


def _told(scores: pd.DataFrame, name: str, language: str) -> str:
    """Give what the scores say of themselves; of a hash the beginning, which tells it from all others."""
    told = _plain(scores.attrs.get(name)) or sentence("unknown", language)
    return f"{told[:12]}…" if re.fullmatch("[0-9a-f]{64}", told) else told


def _plain(value: object) -> str:
    """Bring what a file says of itself to one line of bounded length."""
    return "" if value is None else " ".join(str(value).split())[:200]
