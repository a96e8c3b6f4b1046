"""Bytes to text: which encoding a file is in, told from its bytes."""

import codecs
import io
import logging
from collections.abc import Callable
from typing import BinaryIO, Final, TextIO

from cluetrain_nlp.errors import PostError

__all__ = ["encoding_of", "open_text"]

_LOG: Final = logging.getLogger(__name__)

_SAMPLE: Final = 1 << 16
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What German files are written in where it is not Unicode: Windows, old Macs, DOS.
_CANDIDATES: Final = ("cp1252", "mac_roman", "cp850")
#: What is not ASCII in German text.
_GERMAN: Final = frozenset("äöüÄÖÜß„“”»«‚‘’–—…€§°éèêáàâóôçñ\u00a0\u00ad")
_MIXED: Final = "cluetrain_mixed"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(_MIXED, _as_windows)


def encoding_of(open_bytes: Callable[[], BinaryIO], where: str) -> tuple[str, str]:
    """Tell the encoding of a file of text; the whole of it is looked at, a piece at a time.

    A byte order mark decides; else a file that is valid UTF-8 is UTF-8. One that mostly is, with some bytes of
    Windows-1252 in it, is read so. Anything else is Windows-1252, Mac Roman or code page 850, whichever gives likelier
    text, and a warning is logged, because that is a guess.

    Parameters
    ----------
    open_bytes : callable
        Opens the file anew.
    where : str
        What the file is called in errors and warnings.

    Returns
    -------
    encoding, errors : str
        As for `open`.

    Raises
    ------
    PostError
        If the file is no text.

    Examples
    --------
    >>> import io
    >>> encoding_of(lambda: io.BytesIO("Grüße aus Köln".encode("cp1252")), "gruss.txt")[0]
    'cp1252'
    """
    with open_bytes() as file:
        head = file.read(_SAMPLE)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name, "strict" if name == "utf-8-sig" else "replace"
        if b"\0" in head:
            return _wide(head, where), "replace"
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        chunk = head
        try:
            while chunk:
                decoder.decode(chunk)
                if b"\0" in chunk:
                    raise PostError(f"{where} holds NUL bytes: it is binary or damaged, not text.")
                last, chunk = chunk, file.read(_SAMPLE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            sample = (chunk or last)[max(0, error.start - _SAMPLE // 2) : error.start + _SAMPLE // 2]
        else:
            return "utf-8", "strict"
    if _mostly_unicode(sample):
        _LOG.warning("%s is UTF-8 with stray bytes of another encoding; these are read as Windows-1252", where)
        return "utf-8", _MIXED
    name = max(_CANDIDATES, key=lambda candidate: _german(sample.decode(candidate, errors="replace")))
    _LOG.warning("%s is not UTF-8; it is read as %s, which is a guess", where, name)
    return name, "replace"


def open_text(open_bytes: Callable[[], BinaryIO], where: str, newline: str | None = None) -> TextIO:
    """Open a file of text in the encoding that it is in; parameters as for `encoding_of` and `open`."""
    encoding, errors = encoding_of(open_bytes, where)
    return io.TextIOWrapper(open_bytes(), encoding=encoding, errors=errors, newline=newline)


def _wide(head: bytes, where: str) -> str:
    """Tell UTF-16 without its mark, in which every other byte of Western text is NUL, from what is no text."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = 0.4 * len(head) / 2
    if min(even, odd) < 0.02 * len(head) and max(even, odd) >= most and len(head) >= 4:
        return "utf-16-be" if even > odd else "utf-16-le"
    raise PostError(f"{where} is binary (byte {head.index(0)} is NUL), not text.")


def _german(text: str) -> int:
    return sum(char in _GERMAN for char in text)


def _mostly_unicode(sample: bytes) -> bool:
    bad = sample.decode("utf-8", errors="replace").count("\ufffd")
    good = sum(char > "\x7f" for char in sample.decode("utf-8", errors="ignore"))
    return good > 4 * bad
