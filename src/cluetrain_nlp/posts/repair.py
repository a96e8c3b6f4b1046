"""Damage that texts take on their way: wrong encodings, entities, invisible characters, hyphens at line ends."""

import html
import re
import unicodedata
from typing import Final

import ftfy

__all__ = ["repair"]

# Quotation marks stay as they are, because they tell where quotations are; entities are done here, since ftfy leaves
# them alone where a text holds a "<".
_CONFIG: Final = ftfy.TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_character_width=False, fix_latin_ligatures=True, explain=False
)
#: What every mojibake of German has somewhere: UTF-8 read as Windows-1252 or Latin-1, as Mac Roman, as code page 437 or
#: 850. ftfy looks more closely, which takes ten times as long.
_SUSPECT: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[√├┬╬Γ∆�]|‚Ä|[Ôõ]ö|ï¬")
#: Markup that is meant as text keeps its entities: "&lt;p&gt;" must not become a tag.
_ENTITY: Final = re.compile(
    r"&(?!(?:lt|gt|LT|GT|#60|#62|#0*38|#x3[cCeE]|amp;(?:lt|gt|#))\b)(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
#: Soft hyphens, zero-width spaces and joiners, byte order marks, directions. A joiner inside an emoji stays.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|(?<![\u2190-\U0001faff\ufe0f])\u200d|\u200d(?![\u2190-\U0001faff])"
)
_SPACE: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
#: Either of them; one class is quicker to look for.
_UNSEEN: Final = re.compile("[\u00a0\u00ad\u1680\u2000-\u200f\u202a-\u202f\u205f-\u2064\u2066-\u2069\u3000\ufeff]")
#: Quotation marks as typed where the keyboard has none.
_TYPED: Final = re.compile(r"(?<![\w,]),,(?=\w)([^\n]{1,2000}?)(?:''|``)(?!\w)")
_BREAK: Final = re.compile("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
#: "Vor- / und Nachteile" is no word that a line end has parted.
_HYPHEN: Final = re.compile(
    r"-(?<=[^\W\d_]{2}-)[ \t]*\n[ \t]*(?!(?:und|oder|bzw|sowie|als|noch|bis|statt|wie|aber|nicht|and|or)\b)(?=[^\W\d_])"
)


_ASCII_DAMAGE: Final = re.compile("[&\\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|-[ \\t]*\\n|,,")


def repair(text: str) -> str:
    r"""Repair a text; one that is in order comes back as it is.

    In this order: mojibake (ftfy), line ends become ``\n``, HTML entities (those of ``<`` and ``>`` stay), quotation
    marks typed as ``,,`` and ``''`` become real ones, control characters, soft hyphens and invisible characters
    go, no-break and other wide spaces become spaces, Unicode NFC, and words that a line end has parted are
    joined: a hyphen before a small letter goes, one before a capital stays ("E-Mail-" / "Adresse").

    Parameters
    ----------
    text : str
        Any text without lone surrogates.

    Returns
    -------
    str
        The text to store: offsets of passages count in it. Repairing it again changes nothing.

    Examples
    --------
    >>> repair("fÃ¼r Gr&uuml;nder, die\u00a0Unter-\nneh\u00admen wollen")
    'für Gründer, die Unternehmen wollen'
    """
    for _ in range(4):  # what was damaged twice needs two turns; the loop ends where nothing changes any more
        before = text
        text = _once(text)
        if text == before:
            break
    return text


def _once(text: str) -> str:
    if text.isascii():
        if not _ASCII_DAMAGE.search(text):
            return text
    elif _SUSPECT.search(text) and ftfy.badness.is_bad(text):
        text = ftfy.fix_text(text, _CONFIG)
    text = _BREAK.sub("\n", text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    if ",," in text:
        text = _TYPED.sub("„\\1“", text)
    text = _CONTROL.sub("", text)
    if _UNSEEN.search(text):
        text = _SPACE.sub(" ", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", text)
    return _HYPHEN.sub(_joint, text)


def _joint(match: re.Match[str]) -> str:
    following = match.string[match.end() : match.end() + 1]
    return "" if following.islower() else "-"
