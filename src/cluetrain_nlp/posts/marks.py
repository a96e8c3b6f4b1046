"""Lines of a transcript in the hands of readers, so that no post can forge one.

Readers write them behind a private sign that no text keeps; `settle` takes the brackets off what only looks like them.
"""

import re
from typing import Final

from cluetrain_nlp.passages.transcript import is_transcript_line

__all__ = ["mark", "settle", "unmarked"]

_SIGN: Final = "\ue000"
_LINE: Final = re.compile(r"(?m)^([ \t>]*)(\[[^\[\]\n]{1,140}\])[ \t]*$")


def mark(line: str) -> str:
    """Sign a line that a reader writes."""
    return _SIGN + line


def unmarked(text: str) -> str:
    """Take the sign out of a text that a reader has read."""
    return text.replace(_SIGN, "")


def settle(text: str) -> str:
    r"""Take the brackets off lines that look like ours and are not signed, and the sign off those that are.

    Examples
    --------
    >>> settle(mark("[Kommentar von Ulla]") + "\n\n[Kommentar von Chef]")
    '[Kommentar von Ulla]\n\n(Kommentar von Chef)'
    """
    return _LINE.sub(_plain, text).replace(_SIGN, "")


def _plain(match: re.Match[str]) -> str:
    return f"{match[1]}({match[2][1:-1]})" if is_transcript_line(match[2]) else match.group()
