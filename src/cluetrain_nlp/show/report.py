"""The report as one HTML file that needs nothing else: no script, no network, no font of its own.

Texts of posts are not to be trusted. Everything goes through the template's autoescape and through `legible`; the
policy in the head allows one style sheet, by its hash, and nothing more.
"""

import base64
import hashlib
import os
import re
import unicodedata
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.show import pictures
from cluetrain_nlp.show.examples import MOST
from cluetrain_nlp.show.summary import Summary, summarize
from cluetrain_nlp.show.wording import LANGUAGES, count, day, number, percent, texts

__all__ = ["legible", "to_html", "write_report"]

#: Theses with a bar; the table has more.
_TOP: Final = 12

#: Characters that turn the direction of what follows, beyond the text they stand in.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN: Final = frozenset({"Cc", "Cs", "Cn"})
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def write_report(
    scores: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    posts: pd.DataFrame | None = None,
    by: str | None = None,
    coded: pd.DataFrame | None = None,
    language: str = "de",
    title: str | None = None,
    texts: bool = True,
    overwrite: bool = False,
) -> Path:
    """Write a report on scores: one HTML file, to look at, print and pass on.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`, or from `count_once` where near-duplicates count once.
    path : str or path
        Where to write, as a rule ending in .html. Missing folders are made.
    posts : pandas.DataFrame, optional
        POSTS with columns of your own: gives dates, titles and addresses, and the column `by`.
    by : str, optional
        Column of scores or posts that makes groups, such as company.
    coded : pandas.DataFrame, optional
        CODED, as from `read_coding`: a coded sample, by which shares are corrected.
    language : {"de", "en"}, default "de"
        Of the report; passages stay as they are.
    title : str, optional
        Heading of the report.
    texts : bool, default True
        False leaves out everything of the posts but numbers: passages, titles, addresses, error messages.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Returns
    -------
    pathlib.Path
        Where the report is. The file is at most 5 MB however large the corpus is, because groups, theses, periods and
        passages are limited in number and length; the report says what it leaves out.

    Raises
    ------
    PostError
        If the file exists or cannot be written, columns are missing, or posts repeat an id.
    CluetrainError
        If `by` or `language` make no sense, or the coded sample does not fit the scores.

    See Also
    --------
    cluetrain_nlp.show.summary.summarize : The numbers alone, for other roles and theses of one's own.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.show.report import write_report
    >>> scores = ct.score(["Ruft doch mal an. Bei uns geht ein Mensch ans Telefon, versprochen!"])
    >>> with TemporaryDirectory() as folder:
    ...     html = write_report(scores, Path(folder) / "report.html").read_text(encoding="utf-8")
    >>> html[:15], "<script" in html
    ('<!DOCTYPE html>', False)
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise PostError(f"{path} exists; allow to replace it with overwrite=True, or choose another name.")
    html = to_html(summarize(scores, posts=posts, by=by, coded=coded, texts=texts), language=language, title=title)
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(html, encoding="utf-8", newline="\n")
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise PostError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def to_html(summary: Summary, *, language: str = "de", title: str | None = None) -> str:
    """Write a summary as a page of HTML.

    Parameters
    ----------
    summary : dict
        From `cluetrain_nlp.show.summary.summarize`.
    language : {"de", "en"}, default "de"
        Of the report; passages stay as they are.
    title : str, optional
        Heading of the report.

    Returns
    -------
    str
        The whole page.

    Raises
    ------
    CluetrainError
        If the language is another one.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.show.report import to_html
    >>> from cluetrain_nlp.show.summary import summarize
    >>> page = to_html(summarize(ct.score([""])), language="en", title="<b>Empty</b>")
    >>> "Nothing was scored here" in page, "<b>" in page
    (True, False)
    """
    words = texts(language)
    # The sheet as the page has it, to the last byte; otherwise its hash would not match.
    style = _environment().get_template("report.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    lists = summary["lists"]
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            t=words,
            language=language,
            title=title or words["title"],
            style_hash=f"sha256-{digest}",
            corpus=summary["corpus"],
            overall=summary["overall"],
            theses=_statements(summary["theses"]["texts"], language),
            theses_shown=summary["theses"]["rows"],
            theses_left_out=summary["theses"]["left_out"],
            top=_TOP,
            groups=summary["groups"],
            heat=summary["heat"],
            time=_named_time(summary["time"], words, language) if summary["time"] else None,
            fields=summary["fields"],
            lists=lists["lists"] if lists else None,
            marks=lists["marks"] if lists else None,
            most_examples=MOST,
            estimates=summary["estimates"],
            uncorrected=summary["uncorrected"],
            groups_uncorrected=len(
                {row["group"] for row in summary["estimates"] if row["value"] is None and not row["whole"]}
            ),
            methods=_paragraphs(summary["methods"][language]),
            about=summary["about"],
            roles=", ".join(words[f"role_{role}"] for role in summary["roles"]),
            threshold=summary["threshold"],
            sections=_sections(summary),
            number=partial(_number, language),
            percent=partial(_percent, language),
            percent_1=partial(_percent, language, digits=1),
            whole=lambda amount: number(amount, language, 0),
            count=lambda amount, noun: count(amount, noun, language),
            day=lambda date: day(date, language),
            bar=pictures.bar,
            stack=pictures.stack,
            step=pictures.step,
            over_time=partial(pictures.over_time, language=language),
            quadrant=partial(pictures.quadrant, language=language),
        )
    )


def legible(text: str) -> str:
    r"""Take away what would not stay within its own text, or would not be seen.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Of the same length but for line ends. Control characters, half characters, characters that do not exist, and
        marks that turn the direction of writing are replaced by U+FFFD.

    Examples
    --------
    >>> from cluetrain_nlp.show.report import legible
    >>> legible("a\x00b\u202ec") == "a\ufffdb\ufffdc"
    True
    """
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_REPLACEMENT if _strange(letter) else letter for letter in lines)


def _strange(letter: str) -> bool:
    return letter in _TURNING or (unicodedata.category(letter) in _UNSEEN and letter not in "\n\t")


def _legible_if_text(value: Any) -> Any:
    """Make every text that the template prints legible; what is markup already has come through here."""
    return legible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("cluetrain_nlp.show", "templates"),
        autoescape=True,
        finalize=_legible_if_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _statements(of: dict[str, dict[str, str]], language: str) -> dict[str, dict[str, str]]:
    """Give each thesis in the report's language where it has that, else in the other one."""
    found = {}
    for thesis, statement in of.items():
        chosen = language if statement[language] else next(other for other in LANGUAGES if other != language)
        found[thesis] = {"lang": chosen, "text": statement[chosen]}
    return found


def _named_time(time: dict[str, Any], words: dict[str, str], language: str) -> dict[str, Any]:
    """Give the picture of time a title, and a description that says where the line is low and high."""
    known = [point for point in time["points"] if point["value"] is not None]
    lowest = min(known, key=lambda point: point["value"])
    highest = max(known, key=lambda point: point["value"])
    step = words[f"time_{time['step']}"]
    return time | {
        "title": words["time_title"].format(step=step, first=known[0]["label"], last=known[-1]["label"]),
        "about": words["time_desc"].format(
            lowest=number(lowest["value"], language),
            lowest_at=lowest["label"],
            highest=number(highest["value"], language),
            highest_at=highest["label"],
        ),
    }


def _paragraphs(markdown: str) -> list[list[tuple[str, bool]]]:
    """Cut the methods section, Markdown of our own, into paragraphs of stretches, emphasised or not."""
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", markdown)]
    texts = [block.replace("`", "") for block in blocks if block and not block.startswith("#")]
    return [[(words, place % 2 == 1) for place, words in enumerate(re.split(r"\*([^*]+)\*", text))] for text in texts]


def _sections(summary: Summary) -> list[str]:
    """Name the sections that this report has, in their order."""
    some, grouped = bool(summary["corpus"]["counted"]), summary["groups"] is not None
    present = {
        "glance": True,
        "estimates": bool(summary["estimates"] or summary["uncorrected"]),
        "theses": bool(summary["theses"]["rows"]),
        "groups": grouped,
        "heat": grouped,
        "time": some,
        "quadrant": some,
        "examples": some,
        "methods": True,
    }
    return [name for name, there in present.items() if there]


def _number(language: str, value: float | None, digits: int = 2) -> str:
    return number(value, language, digits)


def _percent(language: str, value: float | None, digits: int = 0) -> str:
    return percent(value, language, digits)
