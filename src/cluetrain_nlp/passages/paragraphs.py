"""A text's paragraphs: what lies between blank lines, or on one line where lines are not wrapped.

The text itself is never changed: a paragraph is a pair of offsets and a tidied copy for pattern matching.
"""

import html
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final, NamedTuple

__all__ = ["Block", "ends_sentence", "paragraphs", "plain", "words"]


class Block(NamedTuple):
    """A stretch of a post, ``text[start:end]``, and what it is.

    `text` is the stretch without markup, with all runs of whitespace made one space; `gap` says that a blank line
    (or nothing) comes before it. `turn` numbers the contributions of a thread, and `thesis` is the number of a
    listed thesis, 0 where there is none.
    """

    start: int
    end: int
    text: str
    gap: bool = True
    role: str = "body"
    speaker: str = ""
    language: str = "de"
    turn: int = 0
    thesis: int = 0


#: Everything that ends a line; spaCy's tokenizer takes each of these for whitespace.
_LINE: Final = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_NEWLINE: Final = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_MARKED: Final = re.compile(r"(?:[-*•·–—+]|\d{1,3}[.):]|#{1,6}|>|\[)\s?")
_NUMBERED: Final = re.compile(r"\d{1,3}[.)]\s")
_FINAL: Final = re.compile(r"[.!?…:;][^\w,–—-]*$")
#: Marks of HTML, Markdown and shortcodes, which say nothing about what a paragraph is.
_MARKUP: Final = [
    (re.compile(r"<[a-zA-Z/!?][^<>]{0,2000}>|\{\{.{0,300}?\}\}|\{:?\s?[.#%][^{}]{0,100}\}"), " "),
    (re.compile(r"!?\[([^\]\[]{1,300})\]\([^()\s]{0,500}\)"), r"\1"),
    (re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=[\w.!?)])[*_](?!\w)"), ""),
]

#: Text wrapped by a program or by hand is rarely wider than this many columns; a web page's line is.
_WIDEST: Final = 100
_NARROWEST: Final = 40
#: The longest line of a wrapped paragraph may fall short of the width it was wrapped at.
_SLACK: Final = 2


def words(text: str) -> int:
    """Count the whitespace-separated words of `text` that hold a letter or a digit."""
    return sum(any(map(str.isalnum, word)) for word in text.split())


def ends_sentence(text: str) -> bool:
    """Tell whether `text` ends in sentence-final punctuation, closing quotes and brackets ignored."""
    return _FINAL.search(text[-12:]) is not None


def paragraphs(text: str, apart: Callable[[str], bool] = lambda line: False) -> list[Block]:
    r"""Find the paragraphs of `text`.

    Blank lines end a paragraph. So does a single line break, unless the line was wrapped: the next line goes on
    in lower case, or the first word of the next line would not have fitted in the width of the text around it.
    Lines that begin with a bullet, a number or ``#`` start a paragraph; consecutive ``>`` lines are one.

    Parameters
    ----------
    text : str
        A post.
    apart : callable
        Tells of a line whether it stands for itself, so that no sentence goes on from it or to it.

    Returns
    -------
    list of Block
        In text order, not overlapping; together they cover every character that is not whitespace.

    Examples
    --------
    >>> [p.text for p in paragraphs("Ein Titel\n\nEine Zeile,\ndie weitergeht.\nNoch eine.")]
    ['Ein Titel', 'Eine Zeile, die weitergeht.', 'Noch eine.']
    """
    found: list[Block] = []
    group: list[Block] = []
    for line in _lines(text):
        if line.gap and group:
            found += _paragraphs_of(group, text, apart)
            group = []
        group.append(line)
    return found + _paragraphs_of(group, text, apart)


def _lines(text: str) -> list[Block]:
    lines: list[Block] = []
    previous = 0
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip()
        if not stripped:
            continue
        indent = len(line) - len(line.lstrip())
        start = match.start() + indent
        breaks = sum(1 for _ in _NEWLINE.finditer(text, previous, match.start()))
        lines.append(Block(start, start + len(stripped), stripped, not lines or breaks > 1))
        previous = match.end()
    return lines


def _paragraphs_of(lines: list[Block], text: str, apart: Callable[[str], bool]) -> list[Block]:
    if len(lines) < 2:
        return [_tidy(line, line, text) for line in lines]
    width = max(len(line.text) for line in lines)
    breaks = list(pairwise(lines))
    full = [len(a.text) + 1 + len(b.text.split(None, 1)[0]) > width - _SLACK for a, b in breaks]
    wrapped = _NARROWEST <= width <= _WIDEST and len(lines) > 2 and sum(full) >= 0.6 * len(full)
    full = [
        f or (len(a.text) >= 0.8 * width and not ends_sentence(a.text)) for f, (a, _) in zip(full, breaks, strict=True)
    ]
    found: list[Block] = []
    first = lines[0]
    for (line, after), is_full in zip(breaks, full, strict=True):
        goes_on = _continues(line.text, after.text, wrapped and is_full)
        # Quoted lines stay together, and a wrapped line may look like anything.
        if goes_on and not (wrapped and is_full) and not line.text.startswith(">"):
            goes_on = not (apart(line.text) or apart(after.text))
        if not goes_on:
            found.append(_tidy(first, line, text))
            first = after
    return [*found, _tidy(first, lines[-1], text)]


def _continues(line: str, after: str, wrapped: bool) -> bool:
    if line.startswith(">") or after.startswith(">"):
        return line.startswith(">") and after.startswith(">")
    unfinished = not ends_sentence(line)
    if _MARKED.match(after):
        # "am / 3. Mai" and "neu — / so neu": a wrapped sentence may go on with something that looks like a bullet.
        return unfinished and wrapped and (_NUMBERED.match(after) is not None or after[0] in "—–")
    goes_on = (after[0].islower() and (" " in after or ends_sentence(after))) or after[0] in "—,;)"
    return wrapped or (unfinished and goes_on)


def _tidy(first: Block, last: Block, text: str) -> Block:
    stretch = text[first.start : last.end]
    if stretch.startswith(">"):
        stretch = re.sub(r"(?m)^[ \t]*>+", "", stretch)
    return Block(first.start, last.end, plain(stretch) or stretch, first.gap)


def plain(stretch: str) -> str:
    """Take markup out of `stretch`, decode its entities, and make each run of whitespace one space."""
    for pattern, replacement in _MARKUP:
        stretch = pattern.sub(replacement, stretch)
    return " ".join(html.unescape(stretch).split())
