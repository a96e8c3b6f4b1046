"""WordPress exports (WXR, all versions): posts and pages, each with its comments below it."""

import bisect
import html
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from lxml import etree

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.passages.transcript import comment_line
from cluetrain_nlp.posts.cells import moment
from cluetrain_nlp.posts.marks import mark, unmarked
from cluetrain_nlp.posts.markup import html_text
from cluetrain_nlp.posts.rows import Bad, Item, Skipped
from cluetrain_nlp.posts.xml import child_text, elements, name

__all__ = ["without_shortcodes", "wxr_rows"]

_WANTED: Final = frozenset({"item", "author", "title"})
_READ: Final = ("post", "page")
_PINGS: Final = ("pingback", "trackback")

_BLOCK: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
#: Shortcodes whose content is no text either.
_WITH_CONTENT: Final = re.compile(
    r"\[(gallery|embed|audio|video|playlist|youtube|vimeo|slideshare|googlemaps?|contact-form(?:-7)?|polldaddy|poll|soundcloud"
    r"|spotify|tweet|instagram|gist|caption|wp_caption)\b[^\]\n]{0,2000}\]",
    re.I,
)
_CAPTION: Final = re.compile(r"\[(caption|wp_caption)\b[^\]]{0,2000}\]", re.I)
_CODE: Final = re.compile(
    r"\[(code|sourcecode|source|cc|php|html|javascript|js|css|bash|python|java|sql|xml)\b[^\]\n]{0,300}\]", re.I
)
#: The most characters that one of these encloses.
_ENCLOSED: Final = 200_000
#: Any other shortcode: one with attributes, or one that is closed further on; what it encloses stays.
_OTHER: Final = re.compile(r"\[[a-z][a-z0-9_-]{1,40}\s[^\]\[\n]{0,500}?=[^\]\[\n]{0,1000}\]", re.I)
_CLOSING: Final = re.compile(r"\[/([a-z][a-z0-9_-]{0,40})\]", re.I)
_ALONE: Final = re.compile(
    r"\[(?:gallery|more|nextpage|contact-form|contact-form-7|recent_posts|sitemap|archives|toc|ad|adsense|flattr|shariff|sharing)\s?/?\]",
    re.I,
)


def wxr_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    """Read a WordPress export.

    Parameters
    ----------
    open_bytes, where
        As for `cluetrain_nlp.posts.tables.csv_rows`.

    Yields
    ------
    dict of str to object, or Skipped
        `guid`, `url`, `title`, `author` (the display name), `published`, `source` (the title of the blog), `text`: the
        post, then its approved comments, each below a line as `comment_line` writes it. Drafts, private, scheduled and
        deleted posts, those with a password, attachments and everything else that is neither post nor page are passed
        over. Shortcodes, the comments of the block editor and galleries are no text; captions and program code are kept
        apart from it.

    Raises
    ------
    PostError
        As from `cluetrain_nlp.posts.xml.elements`.
    """
    source, people = "", dict[str, str]()
    for element in elements(open_bytes, where, _WANTED):
        kind = name(element)
        parent = element.getparent()
        at_top = parent is not None and name(parent) == "channel"
        if kind == "author" and at_top:
            people[child_text(element, "author_login")] = child_text(element, "author_display_name")
        elif kind == "title" and at_top:
            source = source or "".join(element.itertext()).strip()
        elif kind == "item":
            try:
                yield _item(element, source, people)
            except PostError as error:
                yield Bad(f"item {child_text(element, 'guid', 'link')}", str(error))


def _item(item: etree._Element, source: str, people: dict[str, str]) -> Item:
    kind = child_text(item, "post_type") or "post"
    status = child_text(item, "status") or "publish"
    if kind not in _READ:
        return Skipped(kind)
    if status != "publish":
        return Skipped({"future": "scheduled", "trash": "deleted"}.get(status, status))
    if child_text(item, "post_password"):
        return Skipped("password")
    date = child_text(item, "post_date_gmt")
    login = child_text(item, "creator")
    content = next((c.text or "" for c in item if name(c) == "encoded" and "excerpt" not in c.tag), "")
    parts = [unmarked(_text(content)), *_comments(item)]
    return {
        "guid": child_text(item, "guid"),
        "url": child_text(item, "link"),
        "title": html.unescape(child_text(item, "title")),
        "author": people.get(login) or login,
        "published": date if date and not date.startswith("0000") else child_text(item, "pubDate", "post_date"),
        "source": source,
        "text": "\n\n".join(filter(None, parts)),
    }


def _comments(item: etree._Element) -> Iterator[str]:
    for comment in item:
        if name(comment) != "comment" or child_text(comment, "comment_approved") not in ("1", "approve", "approved"):
            continue
        text = unmarked(html_text(child_text(comment, "comment_content"), lines=True))
        if text:
            ping = child_text(comment, "comment_type") in _PINGS
            when = moment(child_text(comment, "comment_date_gmt", "comment_date"))
            author = unmarked(html.unescape(child_text(comment, "comment_author")))
            yield f"{mark(comment_line(author, when, ping=ping))}\n\n{text}"


def _text(content: str) -> str:
    classic = "<!-- wp:" not in content
    return html_text(without_shortcodes(_BLOCK.sub("\n\n" if classic else " ", content)), lines=classic)


def without_shortcodes(content: str) -> str:
    """Take WordPress's shortcodes out of the source of a post.

    Parameters
    ----------
    content : str
        HTML with shortcodes.

    Returns
    -------
    str
        Program code is in ``<pre>``, the caption of a picture a paragraph that begins with "Bild:"; brackets that are
        no shortcode, such as "[…]", stay.

    Examples
    --------
    >>> without_shortcodes('Hallo [gallery ids="1,2"] Welt [sic] [b1 x="2"]fett[/b1]')
    'Hallo  Welt [sic] fett'
    """
    if "[" not in content:
        return content
    content = _replaced(content, _CODE, lambda _, inside: f"<pre>{inside}</pre>")
    content = _replaced(
        content,
        _CAPTION,
        lambda whole, inside: f"<figure><figcaption>{_caption(inside, whole)}</figcaption></figure>",
    )
    content = _replaced(content, _WITH_CONTENT, lambda _, __: "")
    content = _ALONE.sub("", _WITH_CONTENT.sub("", content))
    closed = {match[1].lower() for match in _CLOSING.finditer(content)}
    content = _CLOSING.sub("", _OTHER.sub("", content))
    for word in sorted(closed)[:100]:
        content = re.sub(rf"\[{re.escape(word)}\s?/?\]", "", content, flags=re.I)
    return content


def _replaced(content: str, opening: re.Pattern[str], write: Callable[[str, str], str]) -> str:
    """Replace shortcodes that are closed, innermost first where one encloses its like; in one pass, however many."""
    ends: dict[str, list[tuple[int, int]]] = {}
    for closing in _CLOSING.finditer(content):
        ends.setdefault(closing[1].lower(), []).append(closing.span())
    starts = [start for start in opening.finditer(content) if start[1].lower() in ends]
    following: dict[str, int] = {}
    found: list[tuple[re.Match[str], tuple[int, int]]] = []
    for start in reversed(starts):
        word = start[1].lower()
        place = bisect.bisect_left(ends[word], (start.end(), 0))
        end = ends[word][place] if place < len(ends[word]) else None
        if end and end[0] - start.end() <= _ENCLOSED and end[0] < following.get(word, len(content)):
            found.append((start, end))
        following[word] = start.start()
    parts, at = [], 0
    for start, (inside_end, outside_end) in reversed(found):
        if start.start() >= at:
            parts += [content[at : start.start()], write(start[0], content[start.end() : inside_end])]
            at = outside_end
    return "".join([*parts, content[at:]])


def _caption(inside: str, whole: str) -> str:
    stated = re.match(r"\[[^\]]*?caption=\"([^\"]{1,1000})\"", whole)
    return re.sub(r"<[^<>]{0,2000}>", " ", inside).strip() or (stated[1] if stated else "")
