"""The roles within the post itself: title, headings, the author's text, quotations, and what is none of these."""

import re
from typing import Final

from cluetrain_nlp.passages.boilerplate import is_boilerplate, is_meta_line, section
from cluetrain_nlp.passages.citations import listed, names_manifesto
from cluetrain_nlp.passages.fingerprints import quoted_theses
from cluetrain_nlp.passages.language import language
from cluetrain_nlp.passages.paragraphs import Block, ends_sentence, words
from cluetrain_nlp.passages.quotes import closes, introduces, is_quoted, opens

__all__ = ["POST_BEGUN", "is_prose", "post_roles"]

#: Lengths in words, but for `_REACH`, which counts paragraphs.
_PROSE: Final = 12
_LONG_PROSE: Final = 25
POST_BEGUN: Final = 20
_TITLE: Final = 16
_FEWEST_FOREIGN: Final = 8
_LONGEST_INTRODUCED: Final = 200
_REACH: Final = 12
_SPOKEN: Final = 5
#: A paragraph with this share of words from a thesis quotes it.
_QUOTED: Final = 0.6

_BULLET: Final = re.compile(r"[-*•·–—+▪►✓]\s|\d{1,3}[.)]\s")
_GREETING: Final = re.compile(
    r"(?:hallo|liebe[rs]?|moin|servus|grüezi|grüß|sehr\sgeehrte|guten\s|hi|hey|p\.?\s?s\.?|nachtrag|update|edit)\b",
    re.I,
)
_SIGNATURE: Final = re.compile(
    r"(?:(?:eue?re?|ihre?|deine?)(?:\s\S+){1,3}$|(?:herzlichst?|viele|liebe|beste|schöne|mit\s\w+\sgrüßen|gruß|grüße|lg|bis\s)\b)",
    re.I,
)
_ATTRIBUTION: Final = re.compile(r"(?:[-–—~]\s?|\()[A-ZÄÖÜ„\"].{2,100}$")
_ABOUT: Final = re.compile(
    r"(?:Über|About)\s(?:(?:die|den|das|the)\s)?(?P<name>[^\s:][^:]{1,60}?)"
    r"(?::\s(?P<text>.{20,1500})|:?)$"
)
_IS: Final = r"\b(?:ist|sind|zählt|gehör(?:t|en)|biete(?:t|n)|steht|entwickelt|wurde|is|was|provides)\b"
#: Who leaves out the last full stop has still said something.
_PERSON: Final = re.compile(r"\b(?:ich|wir|ihr|euch|du|dir|dich|mir|mich|uns|jemand)\b", re.I)
_ODD_END: Final = re.compile(r"[,;:–—-]$")


def is_prose(unit: Block) -> bool:
    """Tell whether a paragraph is running text: 25 words, or a sentence of 12."""
    count = words(unit.text)
    return count >= _LONG_PROSE or (count >= _PROSE and ends_sentence(unit.text))


def post_roles(units: list[Block], raw: list[str]) -> list[Block]:
    """Tell the roles in the area of the post itself."""
    roles = _set_aside(units, raw)
    _find_headings(units, roles)
    theses = _find_quotes(units, raw, roles)
    _set_ends_aside(units, roles)
    return [
        unit._replace(role=role or "body", thesis=number)
        for unit, role, number in zip(units, roles, theses, strict=True)
    ]


def _set_aside(units: list[Block], raw: list[str]) -> list[str]:
    """Find boilerplate: lines that are it themselves, and sections that a heading begins."""
    roles = [""] * len(units)
    seen, current, taken = 0, "", 0
    for position, unit in enumerate(units):
        prose = is_prose(unit)
        name = section(unit.text)
        if is_boilerplate(raw[position]) or is_meta_line(unit.text):
            roles[position] = "boilerplate"
            current = name or current
        elif name and (name != "about" or seen >= POST_BEGUN):
            roles[position] = "boilerplate"
            current, taken = (name, 0) if seen >= POST_BEGUN else ("", 0)
        elif seen >= POST_BEGUN and _names_company(units, position):
            roles[position] = "boilerplate"
            current, taken = "about", 0
        elif (current == "about" and (taken == 0 or not unit.gap)) or (
            current in ("related", "contact")
            and not prose
            and taken < _REACH
            and not unit.text.endswith((".", "!", ":"))
        ):
            roles[position] = "boilerplate"
            taken += 1
        else:
            current = ""
            seen += words(unit.text) if prose else 0
    return roles


def _names_company(units: list[Block], position: int) -> bool:
    """Tell whether a heading "Über die X" stands over "Die X ist …", or in one paragraph with text about X."""
    match = _ABOUT.match(units[position].text.strip("# "))
    if not match:
        return False
    if match["text"]:
        return match["name"] in match["text"]
    following = units[position + 1].text if position + 1 < len(units) else ""
    return re.match(rf"(?:(?:Die|Der|Das|The)\s)?{re.escape(match['name'])}\b.{{0,80}}{_IS}", following) is not None


def _find_headings(units: list[Block], roles: list[str]) -> None:
    """Mark headings; of three or more lines above the post the last is its title, the others belong to the blog."""
    prose = [i for i, unit in enumerate(units) if not roles[i] and is_prose(unit)]
    if not prose:
        return
    top = [i for i in range(prose[0]) if not roles[i] and _may_be_title(units[i], units[i + 1])]
    for position in top:
        roles[position] = "heading"
    if len(top) >= 3:
        for position in top[:-1]:
            roles[position] = "boilerplate"
    for position in range(prose[0] + 1, prose[-1]):
        if not roles[position] and _is_heading(units, roles, position):
            roles[position] = "heading"


def _may_be_title(unit: Block, after: Block) -> bool:
    if (
        _GREETING.match(unit.text)
        or _BULLET.match(unit.text)
        or _ODD_END.search(unit.text)
        or unit.text.startswith(">")
    ):
        return False
    if unit.text.startswith("# "):
        return True
    asks = unit.text.endswith(("?", "!"))
    return words(unit.text) <= _TITLE and not unit.text.endswith((".", "…")) and (after.gap or not asks)


def _is_heading(units: list[Block], roles: list[str], position: int) -> bool:
    unit, after = units[position], units[position + 1]
    if unit.text.startswith("#") and re.match(r"#{1,6}\s", unit.text):
        return True
    count = words(unit.text)
    if (
        not 1 <= count <= 14
        or ends_sentence(unit.text)
        or _ODD_END.search(unit.text)
        or roles[position + 1] == "boilerplate"
        or after.text.upper().startswith(("PS", "P.S", "P. S"))
    ):
        return False
    if (
        _GREETING.match(unit.text)
        or _SIGNATURE.match(unit.text)
        or unit.text[0].islower()
        or unit.text[0] in '-*•·–—>„“»«"(@'
    ):
        return False
    before = units[position - 1]
    if not (unit.gap or roles[position - 1] or ends_sentence(before.text)):
        return False
    if _BULLET.match(unit.text) and (not after.gap or count > 9):
        return False
    return after.gap or (words(after.text) >= _PROSE and ends_sentence(after.text))


def _find_quotes(units: list[Block], raw: list[str], roles: list[str]) -> list[int]:
    """Mark quotations, and return the number of the thesis where a paragraph is an item of a list of theses."""
    german = _counted(units, roles, "de") > _counted(units, roles, "en") + _counted(units, roles, "other")
    theses = [0] * len(units)
    if any(names_manifesto(unit.text) for unit in units):
        theses = listed(["" if role == "boilerplate" else unit.text for unit, role in zip(units, roles, strict=True)])
    position = 0
    while position < len(units):
        unit, last = units[position], position
        if theses[position]:
            roles[position] = "quote"
        elif not roles[position] and opens(unit.text) and not raw[position].startswith(">"):
            last = _closing(units, roles, position)
            whole = language(" ".join(u.text for u in units[position : last + 1]), default=unit.language)
            for inside in range(position, last + 1):
                roles[inside] = "quote"
                units[inside] = units[inside]._replace(language=whole)
        if not roles[position]:
            foreign = german and unit.language != "de" and words(unit.text) >= _FEWEST_FOREIGN
            if (
                foreign
                or raw[position].startswith(">")
                or is_quoted(unit.text)
                or _continues(units, roles, position)
                or quoted_theses(unit.text).share >= _QUOTED
            ):
                roles[position] = "quote"
        position = max(position, last) + 1
    return theses


def _counted(units: list[Block], roles: list[str], name: str) -> int:
    return sum(words(u.text) for u, role in zip(units, roles, strict=True) if not role and u.language == name)


def _continues(units: list[Block], roles: list[str], position: int) -> bool:
    """Tell whether a paragraph is a quotation by what stands before it: an announcement, or what it attributes."""
    if position == 0:
        return False
    unit, before = units[position], units[position - 1]
    if roles[position - 1] == "quote":
        return words(unit.text) <= _PROSE and _ATTRIBUTION.match(unit.text) is not None
    return not roles[position - 1] and introduces(before.text) and _is_introduced(unit)


def _closing(units: list[Block], roles: list[str], position: int) -> int:
    """Find the paragraph that closes the quotation opened at `position`; one before it where none does."""
    mark = units[position].text[0]
    for last in range(position + 1, min(position + 1 + _REACH, len(units))):
        if roles[last] == "boilerplate":
            break
        if closes(units[last].text, mark):
            return last
    return position - 1


def _is_introduced(unit: Block) -> bool:
    count = words(unit.text)
    return 5 <= count <= _LONGEST_INTRODUCED and not _BULLET.match(unit.text) and not unit.text.endswith(":")


def _set_ends_aside(units: list[Block], roles: list[str]) -> None:
    """Set aside fragments before the first and after the last sentence, which are none of the text."""
    sentences = [
        i
        for i, unit in enumerate(units)
        if roles[i] == "quote"
        or (not roles[i] and (is_prose(unit) or (ends_sentence(unit.text) and words(unit.text) >= 3)))
    ]
    if not sentences:
        return
    first = next((i for i in sentences if roles[i] or is_prose(units[i])), sentences[0])
    chrome = [i for i in range(first) if roles[i] == "boilerplate"]
    for position in range(chrome[-1] if chrome else 0):
        text = units[position].text
        if not roles[position] and not text.endswith(".") and not _GREETING.match(text):
            roles[position] = "boilerplate"
    after = sentences[-1] + 1
    signed = [i for i in range(after, min(after + 4, len(units))) if _SIGNATURE.match(units[i].text)]
    for position in range(max([after, *(i + 1 for i in signed)]), len(units)):
        unit = units[position]
        spoken = words(unit.text) >= _SPOKEN and _PERSON.search(unit.text)
        kept = spoken or _GREETING.match(unit.text) or _BULLET.match(unit.text)
        near = position - after <= 1 and words(unit.text) <= 3
        joined = not unit.gap and not roles[position - 1]
        if not roles[position] and not (kept or near or joined):
            roles[position] = "boilerplate"
