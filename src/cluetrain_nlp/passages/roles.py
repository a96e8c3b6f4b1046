"""What each paragraph of a post is: the author's text, a quotation, a comment, a heading, or boilerplate.

The rules look at the text alone. They go through a post from top to bottom, and know three areas: the post, the
thread of comments after a line that announces it, and the tail after the heading of a comment form.
"""

import re
from typing import Final

from cluetrain_nlp.passages.boilerplate import is_boilerplate, is_form, section
from cluetrain_nlp.passages.comments import head, is_marker, opens_thread, thread
from cluetrain_nlp.passages.language import language
from cluetrain_nlp.passages.paragraphs import Block, ends_sentence, paragraphs, plain, words
from cluetrain_nlp.passages.post import POST_BEGUN, is_prose, post_roles
from cluetrain_nlp.passages.quotes import quoted_spans
from cluetrain_nlp.passages.transcript import AROUND, AROUND_END, POST, is_transcript_line, read_comment_line

__all__ = ["blocks"]

#: Lengths in words, but for `_FENCED`, which counts paragraphs.
_LONG_PROSE: Final = 25
_POST_DONE: Final = 60
_FEWEST_FOR_LANGUAGE: Final = 8
_FENCED: Final = 60
_LEAD: Final = 3

_KEY: Final = re.compile(r"[\w-]{1,40}\s?[:=]")


def blocks(text: str) -> list[Block]:
    r"""Cut a post into paragraphs and tell what each one is.

    Parameters
    ----------
    text : str
        The text of one post.

    Returns
    -------
    list of Block
        In text order; together they cover every character that is not whitespace. Each has a role ("body",
        "quote", "comment", "heading", "boilerplate"), a language, the speaker of a comment where known, the
        number of the contribution to the thread (0 outside it), and the number of a listed thesis (0 for none).

    Examples
    --------
    >>> post = "Der Titel\n\nWir haben gestern den Ofen repariert und uns gefreut, dass er läuft.\n\nKategorien: Ofen"
    >>> [block.role for block in blocks(post)]
    ['heading', 'body', 'boilerplate']
    """
    units = paragraphs(text, apart=_stands_apart)
    units = _with_languages(units)
    raw = [text[unit.start : unit.end] for unit in units]
    areas = _areas(units, raw)
    inside = [position for position, area in enumerate(areas) if area == "post"]
    for position, block in zip(inside, post_roles([units[i] for i in inside], [raw[i] for i in inside]), strict=True):
        units[position] = block
    turn, start = 1, 0
    while start < len(units):
        stop = start
        while stop < len(units) and areas[stop] == areas[start]:
            stop += 1
        if areas[start] == "thread":
            units[start:stop] = thread(units[start:stop], raw[start:stop], turn)
            turn = 1 + max(unit.turn for unit in units[start:stop])
        elif areas[start] == "comment":
            units[start:stop] = _told(units[start:stop], raw[start:stop], turn)
            turn = 1 + max(unit.turn for unit in units[start:stop])
        elif areas[start] == "boilerplate":
            units[start:stop] = [unit._replace(role="boilerplate") for unit in units[start:stop]]
        start = stop
    return [part for unit in units for part in _parts(unit, text)]


def _parts(unit: Block, text: str) -> list[Block]:
    """Part a paragraph of the author's where somebody else speaks in it for a sentence or more."""
    if unit.role != "body":
        return [unit]
    parts: list[Block] = []
    position = unit.start
    for start, end in quoted_spans(text[unit.start : unit.end]):
        start, end = start + unit.start, end + unit.start
        if words(text[position:start]) < _LEAD:  # "Er sagt:" alone is no passage
            start = position
        parts += _part(unit, text, position, start, "body")
        parts += _part(unit, text, start, end, "quote")
        position = end
    if not parts:
        return [unit]
    if words(text[position : unit.end]) < _LEAD:
        last = parts.pop()
        return [*parts, *_part(unit, text, last.start, unit.end, last.role)]
    return [*parts, *_part(unit, text, position, unit.end, "body")]


def _part(unit: Block, text: str, start: int, end: int, role: str) -> list[Block]:
    stretch = text[start:end]
    bare = stretch.strip()
    if not bare:
        return []
    first = start + len(stretch) - len(stretch.lstrip())
    named = language(bare, default=unit.language) if words(bare) >= _FEWEST_FOR_LANGUAGE else unit.language
    gap = unit.gap and first == unit.start
    return [
        unit._replace(start=first, end=first + len(bare), text=plain(bare) or bare, gap=gap, role=role, language=named)
    ]


def _stands_apart(line: str) -> bool:
    found = head(line) if len(line) <= 140 else None
    return (
        is_transcript_line(line)
        or is_marker(line)
        or is_form(line)
        or (found is not None and found[1])
        or is_boilerplate(line)
    )


def _told(units: list[Block], raw: list[str], turn: int) -> list[Block]:
    """Give comments below lines of a transcript their speakers; only lines quoted with ``>`` are none of theirs."""
    done: list[Block] = []
    speaker, turn = "", turn - 1
    for unit, text in zip(units, raw, strict=True):
        told = read_comment_line(text)
        if told is not None:
            speaker, turn = told, turn + 1
            done.append(unit._replace(role="boilerplate"))
        elif unit.text in (AROUND, AROUND_END):
            done.append(unit._replace(role="boilerplate"))
        elif text.startswith(">"):
            done.append(unit._replace(role="quote", turn=turn))
        else:
            done.append(unit._replace(role="comment", speaker=speaker, turn=turn))
    return done


def _with_languages(units: list[Block]) -> list[Block]:
    """Give each paragraph its language; the short ones have that of the post."""
    own = [language(unit.text, default="") if words(unit.text) >= _FEWEST_FOR_LANGUAGE else "" for unit in units]
    weight = {"de": 0, "en": 0, "other": 0}
    for unit, name in zip(units, own, strict=True):
        if name:
            weight[name] += words(unit.text)
    if any(weight.values()):
        main = max(weight, key=lambda name: weight[name])
    else:
        main = language(" ".join(unit.text for unit in units))
    return [unit._replace(language=name or main) for unit, name in zip(units, own, strict=True)]


def _areas(units: list[Block], raw: list[str]) -> list[str]:
    """Name the area of each paragraph: "post", "thread", "comment" (told by a transcript) or "boilerplate"."""
    areas = ["post"] * len(units)
    front = _front_matter(units)
    code = _code(units)
    area, seen = "post", 0
    markers = [i for i, unit in enumerate(units) if is_marker(unit.text) and opens_thread(units, i)]
    last_marker = markers[-1] if markers else -1
    around = told = False
    for position, unit in enumerate(units):
        text = unit.text
        if is_transcript_line(raw[position]):
            around = text == AROUND
            told = told if text in (AROUND, AROUND_END) else text != POST
            areas[position] = "comment" if told and not around and text != AROUND_END else "boilerplate"
            continue
        if around or told:
            areas[position] = "boilerplate" if around else "comment"
            continue
        if position < front or position in code:
            areas[position] = "boilerplate"
            continue
        if is_marker(text):
            # "3 Kommentare" in the line below the title announces nothing: comments come after a post.
            counted = re.search(r"\d|\szu\s|\sto\s", text) is not None
            announces = position in markers or (counted and seen >= _POST_DONE and last_marker < position)
            if area == "thread" or (seen >= POST_BEGUN and announces):
                area = "thread" if announces or area == "thread" else area
            areas[position] = "boilerplate"
            continue
        if is_form(text):
            areas[position] = "boilerplate"
            if area == "thread" or seen >= POST_BEGUN:
                area = "tail"
            continue
        if area == "thread" and section(text) in ("related", "about"):
            area = "tail"
        elif area == "post" and seen >= POST_BEGUN and _begins_unannounced(units, position):
            area = "thread"
        elif (
            area == "tail" and words(text) >= _LONG_PROSE and ends_sentence(text) and not is_boilerplate(raw[position])
        ):
            area = "post"
        if area == "post":
            seen += words(text) if is_prose(unit) and not is_boilerplate(raw[position]) else 0
        areas[position] = "boilerplate" if area == "tail" else area
    return areas


def _front_matter(units: list[Block]) -> int:
    """Count the paragraphs between the two fences at the top of a Markdown file."""
    if len(units) < 2 or units[0].text not in ("---", "+++") or units[1].gap or not _KEY.match(units[1].text):
        return 0
    fences = [i for i, unit in enumerate(units[1:_FENCED], start=1) if unit.text in ("---", "...", "+++")]
    return fences[0] + 1 if fences else 0


def _code(units: list[Block]) -> set[int]:
    """Find the paragraphs between fences of program code."""
    # "```pip install```" on one line is no fence.
    fences = [i for i, unit in enumerate(units) if unit.text.startswith(("```", "~~~")) and "```" not in unit.text[3:]]
    inside: set[int] = set()
    for first, last in zip(fences[::2], fences[1::2], strict=False):
        if last - first <= _FENCED:
            inside |= set(range(first, last + 1))
    return inside


def _begins_unannounced(units: list[Block], position: int) -> bool:
    """Tell whether comments begin here without a line that announces them: a name with verb, then a date, then text."""
    here = head(units[position].text)
    if not here or not here[0] or not here[1] or position + 2 >= len(units):
        return False
    date = head(units[position + 1].text)
    return date == ("", True) and units[position].text.endswith(":")
