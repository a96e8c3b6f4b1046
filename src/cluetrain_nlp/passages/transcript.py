"""Lines that say what stands below them, where a reader knows it: a comment and its speaker, or matter around the post.

Readers of formats with structure write these lines into the text of a post, and the cutter takes them at their word. So
what a post is cut into still depends on its text alone, and a text made by hand can use them as well.
"""

import datetime as dt
import re
from typing import Final

__all__ = ["AROUND", "AROUND_END", "POST", "comment_line", "is_transcript_line", "read_comment_line"]

#: What stands between these two lines is boilerplate.
AROUND: Final = "[Beiwerk]"
AROUND_END: Final = "[Ende Beiwerk]"
#: What follows a comment and is none.
POST: Final = "[Beitrag]"

_KINDS: Final = ("Kommentar", "Trackback")
_LINE: Final = re.compile(
    rf"\[(?P<kind>{'|'.join(_KINDS)})(?: von (?P<name>[^\[\]\n]{{1,80}}?))?(?: am \d{{4}}-\d\d-\d\d \d\d:\d\d)?\]"
)


def comment_line(name: str = "", when: dt.datetime | None = None, *, ping: bool = False) -> str:
    """Write the line that stands above a comment.

    Parameters
    ----------
    name : str
        Who speaks; brackets and line breaks in it are dropped, and it is cut at 80 characters.
    when : datetime.datetime, optional
        The moment; printed in its own time zone.
    ping : bool
        Whether it is a trackback or pingback, whose name is a page's.

    Returns
    -------
    str

    Examples
    --------
    >>> import datetime as dt
    >>> comment_line("Ulla P.", dt.datetime(2011, 5, 3, 21, 14))
    '[Kommentar von Ulla P. am 2011-05-03 21:14]'
    """
    named = " ".join(re.sub(r"[\[\]]", " ", name).split())[:80].strip()
    moment = f" am {when:%Y-%m-%d %H:%M}" if when is not None and when.year >= 1000 else ""
    return f"[{_KINDS[ping]}{f' von {named}' if named else ''}{moment}]"


def read_comment_line(line: str) -> str | None:
    """Give the speaker of a line written by `comment_line`: "" where there is none, or a page; None for other lines.

    Examples
    --------
    >>> read_comment_line("[Kommentar von Ulla P. am 2011-05-03 21:14]"), read_comment_line("Guten Tag!")
    ('Ulla P.', None)
    """
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    return (match["name"] or "") if match["kind"] == _KINDS[0] else ""


def is_transcript_line(line: str) -> bool:
    """Tell whether a line is one of those of this module.

    Examples
    --------
    >>> is_transcript_line("[Beiwerk]"), is_transcript_line("[…]")
    (True, False)
    """
    return line in (AROUND, AROUND_END, POST) or read_comment_line(line) is not None
