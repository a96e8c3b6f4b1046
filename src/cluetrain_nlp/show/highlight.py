"""An explanation for people: HTML for notebooks, rich text for the terminal."""

import math
from collections.abc import Hashable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from cluetrain_nlp.show.wording import shorten

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["strongest", "sums", "to_html", "to_rich"]

#: From which share of the strongest word on a word is marked, and how strongly.
_STEPS: Final = ((0.66, 3), (0.33, 2), (0.12, 1))

#: How many single parts are listed, and how much of an example's text is shown.
_LISTED: Final = 12
_SHORT: Final = 160

_ORDER: Final = ["bias", "style", "word", "phrase", "letters", "sentence", "example", "whole"]

#: Control characters to the pictures of them: an escape sequence in a text must not command a terminal.
_VISIBLE: Final = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | dict.fromkeys(
    range(0x7F, 0xA0), 0xFFFD
)

# Blue and orange are told apart by everybody; underlines say the same without colour. Both are translucent over the
# colours of the page, so that they do on light and on dark ones.
_STYLE: Final = """<style>
.cluetrain-explain { font-family: system-ui, sans-serif; line-height: 1.7; max-width: 60em; color: inherit; }
.cluetrain-explain blockquote { white-space: pre-wrap; overflow-wrap: anywhere;
  margin: .5em 0; padding-left: 1em; border-left: 3px solid gray; }
.cluetrain-explain span[class] { border-radius: 2px; }
.cluetrain-explain [class^=up] { background: rgba(0, 114, 178, .15); border-bottom: 2px solid #56b4e9; }
.cluetrain-explain [class^=down] { background: rgba(230, 159, 0, .15); border-bottom: 2px dotted #e69f00; }
.cluetrain-explain .up2 { background: rgba(0, 114, 178, .3); }
.cluetrain-explain .down2 { background: rgba(230, 159, 0, .3); }
.cluetrain-explain .up3 { background: rgba(0, 114, 178, .5); font-weight: bold; }
.cluetrain-explain .down3 { background: rgba(230, 159, 0, .5); font-weight: bold; }
.cluetrain-explain table { border-collapse: collapse; margin: .8em 0; }
.cluetrain-explain caption { text-align: left; font-weight: bold; white-space: nowrap; }
.cluetrain-explain th, .cluetrain-explain td { padding: .1em .8em .1em 0; text-align: left; vertical-align: top; }
.cluetrain-explain td:not(:last-child) { white-space: nowrap; }
.cluetrain-explain td:last-child { overflow-wrap: anywhere; min-width: 6em; }
.cluetrain-explain .number { text-align: right; font-variant-numeric: tabular-nums; }
</style>"""


def sums(parts: pd.DataFrame) -> pd.DataFrame:
    """Add up the parts of an explanation by question and kind.

    Parameters
    ----------
    parts : pandas.DataFrame
        `Explanation.parts`.

    Returns
    -------
    pandas.DataFrame
        ``question``, ``kind``, ``own`` and ``contribution``, questions and kinds in the order in which they are asked.
    """
    order = {kind: place for place, kind in enumerate(_ORDER)}
    groups = parts.groupby(["question", "kind"], sort=False, as_index=False)[["own", "contribution"]].sum()
    questions = {question: place for place, question in enumerate(parts["question"].unique())}
    keys = groups["question"].map(questions) * len(order) + groups["kind"].map(order)
    return groups.loc[keys.sort_values(kind="stable").index].reset_index(drop=True)


def strongest(parts: pd.DataFrame, count: int = _LISTED) -> pd.DataFrame:
    """Give the parts that add most, up or down, without biases.

    Parameters
    ----------
    parts : pandas.DataFrame
        `Explanation.parts`.
    count : int
        How many.

    Returns
    -------
    pandas.DataFrame
        Rows of `parts`, those that push hardest first.
    """
    rest = parts[parts["kind"] != "bias"]
    return rest.sort_values("contribution", key=abs, ascending=False, kind="stable").head(count)


def to_html(title: str, statement: str, *, segments: Sequence[tuple[str, float]], parts: pd.DataFrame) -> str:
    """Set an explanation as a piece of HTML: the marked text, what adds up, and the strongest parts.

    Parameters
    ----------
    title, statement : str
        What is explained.
    segments : sequence of (str, float)
        `Explanation.segments`.
    parts : pandas.DataFrame
        `Explanation.parts`.

    Returns
    -------
    str
        One ``div`` with its own styles; no script, and every text escaped.
    """
    adding, single = _cells(parts)
    words = "".join(_word(text, level, number) for text, level, number in _levels(segments))
    return "\n".join(
        [
            '<div class="cluetrain-explain">',
            _STYLE,
            f"<p><strong>{escape(title)}</strong> {escape(statement)}</p>",
            f"<blockquote>{words}</blockquote>",
            '<p>A word on <span class="up1">blue, underlined,</span> drives the probability up, one on '
            '<span class="down1">orange, dotted,</span> down.</p>',
            _table(_sum(parts), adding),
            _table("The strongest parts", single),
            "</div>",
        ]
    )


def to_rich(
    title: str, statement: str, *, segments: Sequence[tuple[str, float]], parts: pd.DataFrame
) -> "RenderableType":
    """Set an explanation for the terminal: the marked text, what adds up, and the strongest parts.

    Parameters
    ----------
    title, statement, segments, parts
        As in `to_html`.

    Returns
    -------
    rich.console.RenderableType
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    text = Text()
    for word, level, number in _levels(segments):
        style = "bright_blue underline" if number > 0 else "yellow italic"
        text.append(word.translate(_VISIBLE), style=f"{style}{' bold' if level == 3 else ''}" if level else "")
    tables: list[Text | Table] = []
    for caption, rows in zip((_sum(parts), "The strongest parts"), _cells(parts), strict=True):
        table = Table(box=None, pad_edge=False)
        for name, cell in zip(rows[0], rows[1], strict=True):
            table.add_column(name, justify="right" if _is_number(cell) else "left")
        for row in rows[1:]:
            table.add_row(*(Text(cell.translate(_VISIBLE)) for cell in row))
        tables += [Text(), Text(caption, style="italic"), table]
    legend = Text("blue, underlined: drives it up; yellow, italic: drives it down", style="dim")
    head = [Text(title, style="bold"), *([Text(statement.translate(_VISIBLE))] if statement else []), Text()]
    return Group(*head, text, legend, *tables)


def _sum(parts: pd.DataFrame) -> str:
    return f"What adds up to the logit {parts['contribution'].sum():+.2f}"


def _levels(segments: Sequence[tuple[str, float]]) -> list[tuple[str, int, float]]:
    """Give each segment with how strongly it is to be marked, 0 to 3, and what it adds."""
    most = max((abs(number) for _, number in segments), default=0.0)
    return [
        (text, next((level for share, level in _STEPS if most and abs(number) >= share * most), 0), number)
        for text, number in segments
    ]


def _word(text: str, level: int, number: float) -> str:
    if not level:
        return escape(text)
    return f'<span class="{"up" if number > 0 else "down"}{level}" title="{number:+.2f}">{escape(text)}</span>'


def _cells(parts: pd.DataFrame) -> tuple[list[list[str]], list[list[str]]]:
    """Write the sums, a question a column, and the strongest parts as cells of two tables, the head first."""
    added = sums(parts).pivot(index="kind", columns="question", values="contribution")
    added = added.loc[[kind for kind in _ORDER if kind in added.index], parts["question"].unique()]
    adding = [
        ["adds", *(added.columns if len(added.columns) > 1 else []), "by"],
        *(
            [_signed(row.sum()), *(map(_signed, row) if len(row) > 1 else []), str(kind)]
            for kind, row in added.iterrows()
        ),
    ]
    single = [
        ["adds", "question", "kind", "what"],
        *(
            [_signed(row["contribution"]), row["question"], row["kind"], _label(row)]
            for row in strongest(parts).to_dict("records")
        ),
    ]
    return adding, single


def _signed(number: float) -> str:
    return "" if math.isnan(number) else f"{number:+.2f}"


def _is_number(cell: str) -> bool:
    return not cell or cell[0] in "+-"


def _label(row: Mapping[Hashable, Any]) -> str:
    """Name a part, with what was measured, or the beginning of what there is to read of it."""
    if row["kind"] == "style":
        return f"{row['name']} = {row['value']:.1f}"
    text = " ".join(row["text"].split())
    short = shorten(text, _SHORT)
    return f"{row['name']}: {short}" if short else str(row["name"])


def _table(caption: str, rows: Sequence[Sequence[str]]) -> str:
    head = "".join(
        f'<th scope="col"{_kind(cell)}>{escape(name)}</th>' for name, cell in zip(rows[0], rows[1], strict=True)
    )
    body = "\n".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows[1:])
    return f"<table><caption>{escape(caption)}</caption>\n<tr>{head}</tr>\n{body}\n</table>"


def _cell(text: str) -> str:
    return f"<td{_kind(text)}>{escape(text)}</td>"


def _kind(cell: str) -> str:
    return ' class="number"' if _is_number(cell) else ""
