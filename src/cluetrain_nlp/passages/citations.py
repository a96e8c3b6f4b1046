"""Which of the 95 theses a text cites, by number or by quoting them in English."""

import re
from collections.abc import Sequence
from typing import Final

from cluetrain_nlp.passages.fingerprints import quoted_theses
from cluetrain_nlp.passages.language import language

__all__ = ["cites", "listed", "names_manifesto"]

_LAST: Final = 95
#: A list of theses is taken for one only where the numbers are not too far apart in the text: items in between.
_REACH: Final = 3

_MANIFESTO: Final = re.compile(r"cluetrain|\b95\s+thes[ei]", re.I)
_THESES: Final = re.compile(r"\bthes(?:en|es)\b", re.I)
_CONTEXT: Final = re.compile(r"cluetrain|\bthes[ei][ns]?\b|manifest", re.I)

# A number of one or two digits that is no year, decimal, version, share or part of a word.
_N: Final = r"(?<![\w.,])\d{1,2}(?!\w|[.,]\d|\s?%)"
_SEQUENCE: Final = (
    rf"{_N}(?:\s?(?:[,&+/–—-]|und|and|bis|to|sowie|oder|or)\s?(?:(?:und|and)\s)?(?:#|Nr\.\s?)?{_N}){{0,94}}"
)
_LABEL: Final = r"\s?(?:Nr\.?|Nummer|No\.?|number)?\s?#?"

_AFTER_WORD: Final = re.compile(rf"\b(?:Thesis|Theses|Thesen?)\b[:,]?{_LABEL}(?P<n>{_SEQUENCE})", re.I)
_BEFORE_WORD: Final = re.compile(
    r"(?P<n>(?<![\w.,])\d{1,2}(?:\.(?:\s?(?:und|bis|,|–|-)\s?\d{1,2}\.)?|(?:st|nd|rd|th)))\s(?:Cluetrain[\s-])?(?:These|Thesis)\b",
    re.I,
)
_AFTER_NAME: Final = re.compile(
    rf"\bCluetrain(?:[\s-]?Manifest\w*)?[:,]?{_LABEL}(?P<n>{_SEQUENCE})(?=\s*(?:[)\];:!?“”\"»«]|\.?\s*$|,))",
    re.I,
)
_AFTER_NAME_HASH: Final = re.compile(rf"\bCluetrain(?:[\s-]?Manifest\w*)?[:,]?\s?#\s?(?P<n>{_SEQUENCE})", re.I)
_HASH: Final = re.compile(r"(?<![\w&/#])#(?P<n>\d{1,2})(?!\w|[.,]\d)")
_ENGLISH_THESE: Final = re.compile(r"\bThese\s+\d", re.I)
_RANGE: Final = re.compile(r"(\d{1,2})(?:\.)?\s?(?:–|—|-|bis|to)\s?(?:#|Nr\.\s?)?(\d{1,2})|(\d{1,2})", re.I)

# "12. März" and "3. Quartal" begin no item of a list.
_ITEM: Final = re.compile(
    r"(?:[-*•–]\s)?(?:(?:These|Thesis)\s)?(?:(?:Nr\.?\s|#)?(\d{1,2})\s?(?:[.):–—-]|\.\))|#(\d{1,2}))\s+"
    r"(?!(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r"|Jan|Feb|Apr|Jun|Jul|Aug|Sept?|Okt|Nov|Dez|Quartal|Jahr|Jahrhundert|Uhr)\b)(?=\S+\s+\S)",
    re.I,
)


def cites(text: str) -> tuple[int, ...]:
    """Find the theses that `text` cites.

    Counted are "These 62", "62. These", "Thesen 11, 17 und 23", "Thesen 1–6", "Cluetrain #62", "(Cluetrain, 1–6)",
    "thesis 62"; "#62" alone where the text speaks of theses, of a manifesto or of Cluetrain; and the numbers of a
    list of theses where the text names the manifesto; and theses quoted in English, see
    `cluetrain_nlp.passages.fingerprints.quoted_theses`.

    Parameters
    ----------
    text : str
        A passage, or a whole post.

    Returns
    -------
    tuple of int
        The numbers, 1 to 95, ascending, each once.

    Examples
    --------
    >>> cites("Ich halte These 62 für die beste, und die Thesen 1–3 für die bekanntesten.")
    (1, 2, 3, 62)
    >>> cites("Das Manifest hat 95 Thesen, Platz #7 in den Verkaufslisten.")
    (7,)
    """
    found = set(quoted_theses(text).numbers)
    for pattern in (_BEFORE_WORD, _AFTER_NAME, _AFTER_NAME_HASH):
        for match in pattern.finditer(text):
            found |= _numbers(match["n"])
    english = _ENGLISH_THESE.search(text) is not None and language(text) == "en"
    for match in _AFTER_WORD.finditer(text):
        # In English "these 62 people" is no citation.
        if not (english and _ENGLISH_THESE.match(match.group())):
            found |= _numbers(match["n"])
    if _CONTEXT.search(text):
        for match in _HASH.finditer(text):
            found.add(int(match["n"]))
    if names_manifesto(text):
        found |= set(listed([line.strip() for line in text.splitlines() if line.strip()]))
    return tuple(sorted(number for number in found if 1 <= number <= _LAST))


def names_manifesto(text: str) -> bool:
    """Tell whether `text` names the Cluetrain Manifesto, or speaks of "95 Thesen"."""
    return _MANIFESTO.search(text) is not None


def listed(paragraphs: Sequence[str]) -> list[int]:
    """Find the items of a list of theses among the paragraphs of a post that names the manifesto.

    A list is a sequence of two or more paragraphs that begin with ascending numbers, at most two other paragraphs
    between one and the next. Numbers that merely count on (1, 2, 3) are taken for theses only where one of the two
    paragraphs before the list speaks of theses, or the last one announces them; otherwise they are the author's own.

    Parameters
    ----------
    paragraphs : sequence of str
        The paragraphs, or lines, in order.

    Returns
    -------
    list of int
        For each paragraph its thesis number, 0 for those that are no item.

    Examples
    --------
    >>> listed(["Aus dem Manifest:", "7. Ein Satz.", "Noch etwas.", "12. Ein anderer Satz."])
    [0, 7, 0, 12]
    """
    items: list[tuple[int, int]] = []
    for position, text in enumerate(paragraphs):
        match = _ITEM.match(text)
        number = int(match[1] or match[2]) if match else 0
        if 1 <= number <= _LAST:
            items.append((position, number))
    numbers = [0] * len(paragraphs)
    run: list[tuple[int, int]] = []
    for item in [*items, (len(paragraphs) + _REACH, 0)]:
        if run and not (item[0] - run[-1][0] <= _REACH and item[1] > run[-1][1]):
            if len(run) > 1 and _are_theses(run, paragraphs):
                for position, number in run:
                    numbers[position] = number
            run = []
        run.append(item)
    return numbers


def _are_theses(run: list[tuple[int, int]], paragraphs: Sequence[str]) -> bool:
    counted = [number for _, number in run]
    if counted != list(range(counted[0], counted[0] + len(run))):
        return True
    before = paragraphs[max(0, run[0][0] - 2) : run[0][0]]
    announced = bool(before) and before[-1].rstrip().endswith(":") and _CONTEXT.search(before[-1]) is not None
    return announced or any(_THESES.search(text) for text in before)


def _numbers(sequence: str) -> set[int]:
    found: set[int] = set()
    for match in _RANGE.finditer(sequence):
        if match[3]:
            found.add(int(match[3]))
        else:
            low, high = int(match[1]), int(match[2])
            found |= set(range(low, high + 1)) if low <= high else {low, high}
    return found
