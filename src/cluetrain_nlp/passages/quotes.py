"""Quotations: paragraphs in which somebody else than the author speaks."""

import re
from typing import Final

from cluetrain_nlp.passages.paragraphs import words

__all__ = ["closes", "introduces", "is_quoted", "opens", "quoted_spans"]

#: Opening marks and the marks that close them: German, Swiss and French, English, typewriter.
_PAIRS: Final = {"„": '“”‟"', "»": "«", "«": "»", "“": "”", "‚": "‘’", '"': '"”“', "”": "”"}
_OPENING: Final = re.compile('[„»«“"]')
_ENDS: Final = '“”«»"‟'
_SHARE: Final = 0.7
_FEWEST: Final = 5
#: No quoted paragraph is longer than this many characters.
_LONGEST: Final = 8000
#: An attribution after the closing mark: (Name, Buch), – Name, [3].
_TAIL: Final = re.compile(r"[\s.,:;–—-]*(?:\([^()]{0,80}\)|\[[^\]\[]{0,40}\]|\*{1,3}|[¹²³])?[\s.!?…,]*$")

#: Verbs of saying in the third person, and nouns that announce somebody's words.
_SAYS: Final = re.compile(
    r"\b(?:schreib(?:t|en)|schrieb(?:en)?|geschrieben|sag(?:t|te|ten)|gesagt|mein(?:t|te|ten)|formulier(?:t|te|ten|en)|zitier(?:t|te|en)"
    r"|erklär(?:t|te|ten)|erläuter(?:t|te)|kommentier(?:t|te|en)|laute(?:t|te|n)|heißt\ses|heisst\ses|hieß\ses|steht|stand|liest\sman|lesen\sist|zu\slesen|nachzulesen"
    r"|bericht(?:et|ete|en)|antwort(?:et|ete)|frag(?:t|te)|find(?:et|en)|fand|ergänz(?:t|te)|betont[e]?|beschreib(?:t|en)|beschrieb|definier(?:t|te)"
    r"|resümier(?:t|te)|fass(?:t|te)\b.{0,60}\bzusammen|bring(?:t|en)\b.{0,40}\bauf\sden\spunkt|stell(?:t|te)\b.{0,60}\bfest|schluss[a-z]*folger(?:t|te)|behaupte(?:t|te)"
    r"|sieht\b.{0,160}\bals|twitter(?:t|te)|bloggt[e]?|postet[e]?|herausgegeben|rausgegeben|verkünde(?:t|te)|mitgeteilt|writes|wrote|says|said|states|puts\sit)\b",
    re.I,
)
_NAMES: Final = re.compile(
    r"\b(?:zitate?s?|zitat|auszug|auszüge|ausschnitt|passage|absatz|abschnitt|textstelle|wortlaut|o-ton|originaltext|im\soriginal|wikipedia|klappentext"
    r"|pressemitteilung|pressetext|stellungnahme|definition\s(?:von|aus|bei|laut|nach)|(?:satz|sätze|worte?|zeilen?|these[n]?|kommentar|beitrag|artikel|vorwort|einleitung)\b.{0,60}\b(?:aus|von|bei)|quote|excerpt)\b"
    r"|^(?:so|laut|nach|dazu|hierzu|aus)\s(?:dem\s|der\s|den\s)?[A-ZÄÖÜ][\wäöüß-]+(?:\s[A-ZÄÖÜ][\wäöüß-]+){0,3}(?:\s(?:in|im|auf|bei)\s.{1,60})?:$",
    re.I,
)
_FIRST_PERSON: Final = re.compile(
    r"\b(?:ich|wir|ihr|euch|du|findet\b.{0,60}\bstatt|meiner\smeinung|meines\serachtens|i|we)\b", re.I
)
#: Words of a quotation that is more than a turn of phrase.
_SENTENCE: Final = 6
_STOPS: Final = ".!?"
_CAPITAL: Final = re.compile(r"[\W_]*(?:[A-ZÄÖÜ0-9])")
#: Titles behind whose full stop a clause goes on.
_TITLES: Final = ("Dr", "Prof", "Mag", "Ing", "Dipl", "St", "h", "c")
_NO_TITLE: Final = "".join(rf"(?<!\b{title}\.)" for title in _TITLES)
#: Who said it, behind the closing mark: a verb of saying, or whatever verb stands behind a comma.
_CLAUSE: Final = re.compile(
    r"(?:,?\s(?:so\s|(?:\w+\s)?(?:sag|mein|erklär|erläuter|berichte|ergänz|beton|schreib|schrieb|frag|antworte|erinner"
    r"|ruf|rief|heißt\ses|hieß\ses)\w*)"
    r"|,\s(?!(?:und|aber|oder|denn|sondern|wenn|dass|daß|weil|da|als|ob|wo|was|wer|der|die|das|den|dem|deren|dessen|mit|in|zu)\b)"
    r"[a-zäöü]\w+\s)"
    rf"(?:[^.!?:„“»«\"]|\b(?:{'|'.join(_TITLES)})\.){{0,140}}"
    rf"(?:[.!?]{_NO_TITLE}(?:\s|$)|$)"
)
_LAST_SENTENCE: Final = re.compile(r"[.!?]\s+(?=[A-ZÄÖÜ„“»«\"])")
_WINDOW: Final = 320


def is_quoted(text: str) -> bool:
    """Tell whether a paragraph stands in quotation marks, an attribution after it allowed.

    Parameters
    ----------
    text : str
        A paragraph.

    Returns
    -------
    bool
        True if it opens with a mark and at least 70 % of its words, and at least five, stand between marks.

    Examples
    --------
    >>> is_quoted("„Wir haben uns geirrt und sagen es auch.“ (Jette Brandt)")
    True
    >>> is_quoted("„Geirrt“ ist ein Wort, das man in Berichten selten liest.")
    False
    """
    if not text or text[0] not in _PAIRS or len(text) > _LONGEST:
        return False
    quoted: list[str] = []
    position, end = 0, len(text)
    while 0 <= position < end:
        closing = _find_close(text, position + 1, _PAIRS[text[position]])
        if closing < 0:
            return False
        quoted.append(text[position + 1 : closing])
        position = _find_open(text, closing + 1)
    inside = words(" ".join(quoted))
    return inside >= _FEWEST and inside >= _SHARE * words(text)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Find the quotations of a sentence or more inside a paragraph of somebody else's.

    Parameters
    ----------
    text : str
        A paragraph as it stands in the post.

    Returns
    -------
    list of (int, int)
        Offsets, ascending, not overlapping. A span opens with a mark, holds six words or more, begins like a sentence
        and ends like one, or is followed by who said it; that clause ("sagte die Wirtin.") is part of the span.

    Examples
    --------
    >>> text = 'Dann stand sie auf. „Das war die letzte Suppe hier im Haus“, sagte die Wirtin. Und so kam es.'
    >>> [text[start:end] for start, end in quoted_spans(text)]
    ['„Das war die letzte Suppe hier im Haus“, sagte die Wirtin.']
    >>> quoted_spans("Das Wort „geirrt“ liest man in Berichten selten.")
    []
    """
    found: list[tuple[int, int]] = []
    position = _find_open(text, 0)
    while position >= 0:
        closing = _find_close(text, position + 1, _PAIRS[text[position]])
        if closing < 0 or closing - position > _LONGEST:
            break
        inside = text[position + 1 : closing].strip()
        end = closing + 1
        clause = _CLAUSE.match(text, end)
        begins = position == 0 or text[position - 1] in " \n(:–—-"
        ended = inside[-1:] in ".!?…" or (
            text[max(0, position - 8) : position].rstrip().endswith(":") and text[end : end + 1] in ".!"
        )
        if begins and words(inside) >= _SENTENCE and _CAPITAL.match(inside) and (ended or clause):
            end = (
                len(text[: clause.end()].rstrip())
                if clause
                else end + (text[end : end + 1] in _STOPS if end < len(text) else 0)
            )
            if found and not text[found[-1][1] : position].strip(" \n,"):
                found[-1] = (found[-1][0], end)
            else:
                found.append((position, end))
        position = _find_open(text, end)
    return found


def opens(text: str) -> bool:
    """Tell whether a paragraph opens a quotation that it does not close."""
    return bool(text) and text[0] in _PAIRS and _find_close(text, 1, _PAIRS[text[0]]) < 0


def closes(text: str, mark: str) -> bool:
    """Tell whether a paragraph ends with the mark that closes the quotation opened by `mark`."""
    bare = _TAIL.sub("", text) if text[-1:] not in _ENDS else text
    closing = _PAIRS.get(mark, "")
    return bool(bare) and bare[-1] in closing


def introduces(text: str) -> bool:
    """Tell whether a paragraph ends in a colon that announces somebody else's words.

    Parameters
    ----------
    text : str
        A paragraph.

    Returns
    -------
    bool
        True if its last sentence ends in a colon and holds a verb of saying in the third person, or names a
        source or a kind of quotation.

    Examples
    --------
    >>> introduces("So schreibt Jette Brandt in ihrem Werkstattbuch:")
    True
    >>> introduces("Und jetzt müssen wir alle tapfer sein:")
    False
    """
    if not text.endswith(":"):
        return False
    last = _LAST_SENTENCE.split(text[-_WINDOW:])[-1]
    if _NAMES.search(last):
        return True
    return _SAYS.search(last) is not None and _FIRST_PERSON.search(last) is None


def _find_close(text: str, start: int, marks: str) -> int:
    end = start + _LONGEST
    found = [position for position in (text.find(mark, start, end) for mark in marks) if position >= 0]
    return min(found, default=-1)


def _find_open(text: str, start: int) -> int:
    found = _OPENING.search(text, start)
    return found.start() if found else -1
