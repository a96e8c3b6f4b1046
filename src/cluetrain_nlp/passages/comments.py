"""Comment threads: where they begin, who speaks, and what is only the head of a comment."""

import re
from typing import Final

from cluetrain_nlp.passages.boilerplate import DATE, TIME, is_boilerplate, is_form, section
from cluetrain_nlp.passages.language import FUNCTION_WORDS
from cluetrain_nlp.passages.paragraphs import Block, ends_sentence, words

__all__ = ["head", "is_marker", "is_ping", "opens_thread", "thread"]

_COUNT: Final = (
    r"(?:[1-9]\d{0,3}|ein|eine|einen|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn"
    r"|one|two|three|four|five|six|seven|eight|nine|ten)"
)
_PINGS: Final = r"(?:trackbacks?|pingbacks?)"
_NOUN: Final = (
    r"(?:(?:leser)?kommentare?|comments?|antwort(?:en)?|responses?|repl(?:y|ies)|reaktion(?:en)?|gedanken?|thoughts?"
    rf"|meinung(?:en)?|wortmeldung(?:en)?|{_PINGS}(?:\s?(?:/|&|und|and)\s?{_PINGS})?)"
)
_ABOUT: Final = r"(?:\s(?:zu|zum|auf|to|on|für|for|über|so\sfar|bisher|aus\sder\s\w+)(?:\s.{0,160})?)?"
_MARKER: Final = re.compile(
    rf"(?:(?:bisher|schon|bislang)\s)?{_COUNT}\s{_NOUN}{_ABOUT}|{_NOUN}(?:\s?[(\[]\s?[1-9]\d{{0,3}}\s?[)\]]|:\s?[1-9]\d{{0,3}}){_ABOUT}"
    rf"|(?:(?:leser)?kommentare|comments|trackbacks?(?:\s?/\s?pingbacks?)?|pingbacks?)(?:\s(?:zu|zum|auf|to|on)\s.{{0,160}})?",
    re.I,
)

_SAYS: Final = (
    r"(?:sagte?|schreibt|schrieb|meinte?|antwortete?|kommentierte?|fragte?|hat\s(?:gesagt|geschrieben|kommentiert)"
    r"|says?|said|wrote|writes|replied|comments|commented)"
)
_WHEN: Final = re.compile(
    # Blogger prints the date right behind the name.
    rf"(?:(?:^|[\s,|·•(/–-]){{1,3}}|(?:(?<=[^\W\d])|(?<=[^\W\d]\.))(?=\d))(?:(?:am|on|vom|um|at|den)\s)?(?:{DATE})"
    rf"(?:,?\s?(?:um|at|@|-|–|/|\||·|•)?\s?{TIME})?\)?"
    r"(?:\s?(?:uhr|\(?(?:permalink|antworten|antwort|reply|zitieren|melden|edit|link)\)?|#|\||·|»|[–—-](?=\s[\w(])))*\s?[.:…]*$"
    rf"|(?:^|\s)(?:um\s|at\s)?{TIME}\s?:?$",
    re.I,
)
_SAID: Final = re.compile(rf"[\s,]{{1,2}}{_SAYS}(?:\s?[.:…]{{1,3}}|\s(?:am|on|um|dazu|hierzu)|)\s?[:,]?$", re.I)
_NUMBER: Final = re.compile(r"^(?:(?:\d{1,3}\s)?#\s?\d{1,4}\b\.?|\d{1,4}\s?[.):|])\s*")
#: "Am 17. März 2009 um 19:42 Uhr schrieb Jette Brandt:"
_DATED: Final = re.compile(
    rf"(?:am|on|vom)\s(?:{DATE})(?:,?\s?(?:um|at)?\s?{TIME})?,?\s{_SAYS}\s(?P<name>[^:]{{2,60}}?)\s?:?$", re.I
)
_BY: Final = re.compile(
    r"(?:kommentar\svon|trackback\svon|pingback\svon|comment\s(?:by|from)|geschrieben\svon|verfasst\svon|posted\sby|eintrag\svon|von|by|autor:|name:)\s+",
    re.I,
)
_TRAIL: Final = re.compile(r"[\s,|·•:–-]+$|\s\([a-zäöü0-9][^()]{0,30}\)$")

_PING: Final = re.compile(
    r"\W{0,2}(?:\[\s?(?:…|\.\.\.)\s?\]|(?:…|\.\.\.)\s?\S.{0,600}(?:…|\.\.\.)[\s\])]*$|(?:pingback|trackback)\s?:)", re.I
)
_ITEM: Final = re.compile(r"(?:#\s?\d{1,4}|\d{1,4}[.)])\s")
_PARTICLES: Final = frozenset("von van vom de der den du la le zu zum zur aus und & bin ter ten al el of".split())
_CLOSERS: Final = re.compile(
    r"(?:(?:viele|liebe|beste|herzliche|schöne|freundliche|sonnige|mit\s\w+(?:\s\w+)?)\s)?(?:grü(?:ße|sse|ßle|ezi)|gru(?:ß|ss))\b.{0,30}"
    r"|(?:lg|mfg|vg|hg|bg|best|cheers|regards|kind\sregards|ciao|tschüss|servus|danke\w*|merci|thanks|salute|bis\s\w+|euer|eure|ihr|dein|deine)\b.{0,40}",
    re.I,
)
#: Words that begin no name although a line of one or two of them may look like one.
_NO_NAMES: Final = frozenset(
    """danke super genau richtig stimmt schade klasse toll prima hallo moin servus hi hey ok okay amen wow respekt
    bravo gut schön sehr nein ja doch eben naja tja hm hmm first erster thanks great nice agreed yes update nachtrag
    fazit ps p.s edit anmerkung hinweis frage antwort montag dienstag mittwoch donnerstag freitag samstag
    sonntag""".split()
)
_REACH: Final = 6


def is_marker(text: str) -> bool:
    """Tell whether a line announces comments: "4 Comments", "Kommentare (3)", "Eine Antwort zu …"."""
    return len(text) <= 200 and _MARKER.fullmatch(text.strip(" #*»›:.|")) is not None


def is_ping(text: str) -> bool:
    """Tell whether a paragraph is the excerpt that a trackback or pingback leaves: "[…] … […]"."""
    return _PING.match(text) is not None


def head(text: str) -> tuple[str, bool] | None:
    """Read the head of a comment.

    Parameters
    ----------
    text : str
        A line.

    Returns
    -------
    tuple of (str, bool) or None
        The name ("" where the line holds only a date), and whether date, verb or number make it certain; None
        where the line is no head.

    Examples
    --------
    >>> head("Ulla P. sagt:")
    ('Ulla P.', True)
    >>> head("2. Torben schrieb am 12. März 2012 um 14:03 Uhr")
    ('Torben', True)
    >>> head("14. März 2012 um 06:02")
    ('', True)
    >>> head("Jette Brandt"), head("Das sehe ich anders.")
    (('Jette Brandt', False), None)
    """
    if len(text) > 140 or words(text) > 16:
        return None
    name = re.sub(r"^#+\s", "", text).strip(" *_")
    dated = _DATED.match(_NUMBER.sub("", name, count=1))
    if dated and _is_name(dated["name"], loose=True):
        return dated["name"], True
    certain = False
    when = _WHEN.search(name)
    if when:
        name, certain = name[: when.start()], True
        name = re.sub(r"\s(?:am|on|vom|um|at)$", "", name)
        if not name.strip(" ,|·•–-(#0123456789."):
            return "", True
    said = _SAID.search(name)
    if said:
        name, certain = name[: said.start()], True
    name = _NUMBER.sub("", name, count=1).lstrip(" -–·|") if _NUMBER.match(name) else name
    by = _BY.match(name)
    if by:
        name = name[by.end() :]
        certain = certain or not by.group().lower().startswith(("von", "by"))
    name = _TRAIL.sub("", _TRAIL.sub("", name)).strip(" |·•,–-:")
    if _is_name(name, loose=certain):
        return name, certain
    return None


def opens_thread(units: list[Block], position: int) -> bool:
    """Tell whether what follows `position` looks like comments: heads, numbers, excerpts of other blogs."""
    after = units[position + 1 : position + 1 + _REACH]
    sure = re.search(r"komment|comment|ping|track|respon|repl", units[position].text, re.I) is not None
    for near, unit in enumerate(after):
        found = head(unit.text)
        if is_ping(unit.text) or (found and found[1]) or (sure and near < 3 and _ITEM.match(unit.text)):
            return True
        if is_marker(unit.text) or is_form(unit.text):
            return False
        follows = after[near + 1] if near + 1 < len(after) else None
        if found and near < 2 and follows is not None and _is_text(follows.text):
            return True
    return False


def thread(units: list[Block], raw: list[str], first_turn: int) -> list[Block]:
    """Give the paragraphs of a comment thread their roles, speakers and turns.

    Parameters
    ----------
    units : list of Block
        The paragraphs after the line that announces the comments.
    raw : list of str
        The same paragraphs as they stand in the post.
    first_turn : int
        The number of the first comment; each further comment counts on.

    Returns
    -------
    list of Block
        Comments with their speakers; heads and forms as boilerplate; lines quoted with ``>`` as quotations. The
        excerpt that a trackback leaves is a comment without a speaker, because its head names a page.
    """
    heads = _heads(units, raw)
    certain = any(found and found[1] for found in heads)
    below = _stand_below(units, raw, heads)
    done = list(units)
    turn, speaker, open_since = first_turn, "", 0
    for position, unit in enumerate(units):
        found = heads[position]
        if found and (found[1] or not certain):
            done[position] = unit._replace(role="boilerplate")
            if found[0] and below:
                for back in range(open_since, position):
                    if done[back].role != "boilerplate" and not is_ping(units[back].text):
                        done[back] = done[back]._replace(speaker=found[0])
                turn, speaker, open_since = turn + 1, "", position + 1
            elif found[0] or not _just_named(done, heads, position):
                turn, speaker, open_since = turn + 1, found[0], position + 1
            continue
        if is_boilerplate(raw[position]) or is_marker(unit.text):
            done[position] = unit._replace(role="boilerplate")
            continue
        if unit.text.startswith(">") or raw[position].startswith(">"):
            done[position] = unit._replace(role="quote", turn=turn)
            continue
        if is_ping(unit.text):
            turn += 1
            done[position] = unit._replace(role="comment", turn=turn)
            turn, speaker, open_since = turn + 1, "", position + 1
            continue
        following = units[position + 1] if position + 1 < len(units) else None
        if (
            following is not None
            and is_ping(following.text)
            and words(unit.text) <= 25
            and not ends_sentence(unit.text)
        ):
            done[position] = unit._replace(role="boilerplate")
            continue
        if _ITEM.match(unit.text) and not speaker:
            turn, open_since = turn + 1, position
        done[position] = unit._replace(role="comment", speaker=speaker, turn=turn)
    return done


def _heads(units: list[Block], raw: list[str]) -> list[tuple[str, bool] | None]:
    """Find the heads; a name is certain where a date stands on the next line, and needs a text after it otherwise."""
    found: list[tuple[str, bool] | None] = []
    for unit, text in zip(units, raw, strict=True):
        line = head(unit.text)
        found.append(None if line and not line[1] and is_boilerplate(text) else line)
    for position, line in enumerate(found):
        follows = found[position + 1] if position + 1 < len(found) else None
        text = units[position].text
        if line is None and follows == ("", True):
            # Above a date almost any short line is a name: "ritzelfee", "Torben aus Husum".
            bare = _TRAIL.sub("", _NUMBER.sub("", text, count=1)).strip()
            titled = _NUMBER.match(text) is not None and words(text) <= 20 and not ends_sentence(text)
            if (titled or _is_name(bare, loose=True)) and not is_boilerplate(raw[position]):
                found[position] = (bare, True)
        elif line and not line[1]:
            if follows == ("", True):
                found[position] = (line[0], True)
                continue
            closed = position > 0 and (
                _CLOSERS.fullmatch(units[position - 1].text) or units[position - 1].text.endswith(",")
            )
            after = units[position + 1] if position + 1 < len(units) else None
            if closed or after is None or not (_is_text(after.text) or is_ping(after.text)):
                found[position] = None
    return found


def _stand_below(units: list[Block], raw: list[str], heads: list[tuple[str, bool] | None]) -> bool:
    """Tell whether heads stand below the comments: the thread begins with a text and ends with a head."""
    kept = [
        bool(found)
        for unit, text, found in zip(units, raw, heads, strict=True)
        if found or not (is_boilerplate(text) or is_marker(unit.text) or is_ping(unit.text))
    ]
    return bool(kept) and not kept[0] and kept[-1]


def _just_named(done: list[Block], heads: list[tuple[str, bool] | None], position: int) -> bool:
    """Tell whether the date at `position` belongs to a name or a date that stands right before it."""
    back = position - 1
    while back >= 0 and done[back].role == "boilerplate" and position - back <= 3:
        if heads[back]:
            return True
        back -= 1
    return False


def _is_name(text: str, loose: bool) -> bool:
    parts = text.split()
    if not 1 <= len(parts) <= 6 or len(text) > 48 or not any(map(str.isalpha, text)):
        return False
    if any(mark in text for mark in '!?;:"„“”»«<>[]{}…=') or _CLOSERS.fullmatch(text) or section(text):
        return False
    if text[-1] in "," or (text[-1] == "." and len(parts[-1].strip(".")) > 2):
        return False
    if parts[0].strip(".,-").lower() in _NO_NAMES and not loose:
        return False
    if loose:
        return text[0] != "-"
    if len(parts) > 4 or "," in text or any(char in text for char in "()/%&+*"):
        return False
    inner = [part.strip(".@").lower() for part in parts]
    common = FUNCTION_WORDS["de"] | FUNCTION_WORDS["en"]
    if all(word in common for word in inner):
        return False
    if len(parts) == 1:
        return True
    return all(part[0].isupper() or part[0] == "@" or part.lower() in _PARTICLES for part in parts) and not (
        parts[0].lower() in common and parts[0].lower() not in _PARTICLES | {"der", "die", "das"}
    )


def _is_text(text: str) -> bool:
    return (ends_sentence(text) and words(text) >= 2) or words(text) >= 6
