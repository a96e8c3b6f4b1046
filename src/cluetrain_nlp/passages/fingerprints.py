"""Verbatim and near-verbatim quotations of the 95 theses in English, found without their wording.

The wording is protected and no part of this library. What is kept of each thesis are hashes of its runs of three
words, in the order of the hashes (`fingerprints.json`, made by `cluetrain_nlp.training.manifesto`).
"""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final, NamedTuple

__all__ = ["Quoted", "quoted_theses", "shingles"]

#: Words of a shingle.
_RUN: Final = 3
_WORD: Final = re.compile(r"[^\W_]+")
#: A thesis is quoted where a text holds this share of its shingles, or this many of them in a row.
_SHARE: Final = 0.6
_IN_A_ROW: Final = 5
#: Of a thesis with so few shingles all must be there.
_FEW: Final = 3


class Quoted(NamedTuple):
    """The theses that a text quotes, ascending, and the share of the text's words that are theirs (0 to 1)."""

    numbers: tuple[int, ...]
    share: float


def shingles(text: str) -> list[str]:
    """Hash every run of three words of a text, in order; case and apostrophes do not count.

    Examples
    --------
    >>> shingles("Guten Tag, Leute!") == shingles("guten tag leute")
    True
    """
    words = _WORD.findall(text.lower().replace("’", "").replace("'", ""))
    return [_hashed(" ".join(words[start : start + _RUN])) for start in range(len(words) - _RUN + 1)]


@lru_cache(maxsize=1 << 14)
def _hashed(run: str) -> str:
    return blake2b(run.encode(), digest_size=5).hexdigest()


@lru_cache(maxsize=1)
def _fingerprints() -> tuple[dict[int, frozenset[str]], dict[str, tuple[int, ...]]]:
    source = json.loads((files("cluetrain_nlp.passages") / "fingerprints.json").read_text(encoding="utf-8"))
    theses = {int(number): frozenset(hashes) for number, hashes in source.items()}
    owners: dict[str, tuple[int, ...]] = {}
    for number, hashes in theses.items():
        for one in hashes:
            owners[one] = (*owners.get(one, ()), number)
    return theses, owners


def quoted_theses(text: str) -> Quoted:
    """Find the theses that a text quotes in English, word by word or nearly so.

    A thesis counts where the text holds 60 % of its runs of three words, or five of them in a row.

    Parameters
    ----------
    text : str
        A passage or a paragraph.

    Returns
    -------
    Quoted

    Examples
    --------
    >>> quoted_theses("Heute haben wir den Ofen repariert.")
    Quoted(numbers=(), share=0.0)
    """
    theses, owners = _fingerprints()
    found = shingles(text)
    places: dict[int, list[int]] = {}
    for place, one in enumerate(found):
        for number in owners.get(one, ()):
            places.setdefault(number, []).append(place)
    numbers = [number for number, held in sorted(places.items()) if _is_quoted(held, found, theses[number])]
    covered = {word for number in numbers for place in places[number] for word in range(place, place + _RUN)}
    return Quoted(tuple(numbers), len(covered) / (len(found) + _RUN - 1) if found else 0.0)


def _is_quoted(places: list[int], found: list[str], thesis: frozenset[str]) -> bool:
    held = len({found[place] for place in places})
    if held >= (_SHARE * len(thesis) if len(thesis) > _FEW else len(thesis)):
        return True
    return _longest_row(places) >= _IN_A_ROW


def _longest_row(places: Iterable[int]) -> int:
    longest = row = 0
    before = -2
    for place in places:
        row = row + 1 if place == before + 1 else 1
        longest, before = max(longest, row), place
    return longest
