"""The comments of an HTML page: taken out of it by their markup, with who speaks and when."""

import re
from itertools import islice
from typing import Final, NamedTuple

from lxml import html

from cluetrain_nlp.passages.comments import head, is_ping
from cluetrain_nlp.posts.markup import Piece, pieces

__all__ = ["Comment", "take_comments"]

_COMMENT: Final = re.compile(
    r"(?:^|\s)(?:comment|kommentar|comment[-_]?(?:item|entry|block|box|body|container|post|single|wrapper)|single-comment"
    r"|serendipity_comment(?:\s\S+)?|kommentar[-_]?(?:item|box|eintrag)|h-cite|p-comment)(?:\s|$)",
    re.I,
)
_COMMENT_ID: Final = re.compile(r"(?:li-|div-)?(?:comment|kommentar|c)[-_]?\d+", re.I)
_AUTHOR: Final = re.compile(
    r"(?:^|[\s_-])(?:fn|comment[-_]?author|author|commenter|username|user|p-author|name|autor|verfasser)(?:$|[\s_-])",
    re.I,
)
_DATE: Final = re.compile(
    r"(?:^|[\s_-])(?:date|datum|time|timestamp|published|meta|metadata|commentmetadata|dt-published|datetime|submitted|info|datestamp|source)(?:$|[\s_-])",
    re.I,
)
_CONTENT: Final = re.compile(
    r"(?:^|[\s_-])(?:comment[-_]?content|comment[-_]?text|commentbody|e-content|content|text|body|inhalt)(?:$|[\s_-])",
    re.I,
)
_REPLY: Final = re.compile(
    r"(?:^|[\s_-])(?:reply|antworten|comment[-_]?actions|actions|edit|footer|links|permalink|avatar)(?:$|[\s_-])", re.I
)
_NAME: Final = re.compile(r"(?:^|\s)(?:fn|name|p-name|url)(?:\s|$)")
_PING: Final = re.compile(r"pingback|trackback", re.I)
#: Elements of one comment; what has more holds many of them.
_COMMENT_MOST: Final = 5000
#: Begins the paragraph that is left where a comment stood; parsing drops the sign from pages.
_PLACE: Final = "\ue000"


class Comment(NamedTuple):
    """A comment: its speaker, "" where unknown; its date as stated; what stands above and below what was said."""

    speaker: str
    published: str
    above: list[Piece]
    body: list[Piece]
    below: list[Piece]


def take_comments(body: html.HtmlElement) -> dict[str, Comment]:
    """Take comments out of the tree; a paragraph with a key of the result is left where each one stood."""
    candidates = [
        element
        for element in body.iter()
        if isinstance(element.tag, str)
        and element.tag in ("li", "div", "article", "section", "dd", "dt", "tr", "blockquote")
        and (
            _COMMENT.search(element.get("class", ""))
            or (_COMMENT_ID.fullmatch(element.get("id", "")) and _in_thread(element))
            or "schema.org/Comment" in element.get("itemtype", "")
            or element.get("itemprop") == "comment"
        )
        # Newspapers call an opinion a "Kommentar": a title makes it an article.
        and next(element.iter("h1"), None) is None
    ]
    taken: dict[str, Comment] = {}
    for number, element in reversed(list(enumerate(candidates))):  # replies before what they reply to
        comment = _comment(element)
        if comment is None:
            continue
        key = f"{_PLACE}{number}"
        taken[key] = comment
        place = html.Element("p")
        place.text = key
        nested = [child for child in element.iter("p") if (child.text or "") in taken]
        element.addprevious(place)
        for child in nested:
            place = _after(place, child)
        element.drop_tree()
    return taken


def _in_thread(element: html.HtmlElement) -> bool:
    """Tell whether the id of an element is a comment's: TYPO3 gives "c12" to every piece of a page."""
    if not re.fullmatch(r"c[-_]?\d+", element.get("id", ""), re.I):
        return True
    above = (f"{node.get('id', '')} {node.get('class', '')}" for node in element.iterancestors())
    return any(re.search(r"comment|kommentar", named, re.I) for named in above)


def _after(place: html.HtmlElement, child: html.HtmlElement) -> html.HtmlElement:
    moved = html.Element("p")
    moved.text = child.text
    place.addnext(moved)
    return moved


def _comment(element: html.HtmlElement) -> Comment | None:
    if sum(1 for _ in islice(element.iter(), _COMMENT_MOST + 1)) > _COMMENT_MOST:
        return None
    own = html.fromstring(html.tostring(element, with_tail=False))
    for placed in own.xpath(f".//p[starts-with(text(), '{_PLACE}')]"):
        placed.drop_tree()
    author = _first(own, _AUTHOR, ("cite",))
    time = next((node for node in own.iter("time")), None)
    date = time if time is not None else _first(own, _DATE, ())
    if author is None and date is None:
        return None
    content = _first(own, _CONTENT, ())
    if content is not None and (author in content.iter() if author is not None else False):
        content = None
    published = time.get("datetime", "") if time is not None else ""
    everything = list(pieces(own))
    if content is not None:
        texts = {piece.text for piece in pieces(content)}
        spoken = [piece.text in texts for piece in everything]
    else:
        named = " ".join("".join(author.itertext()).split()) if author is not None else ""
        spoken = [piece.text != named and not _is_head(piece, own) for piece in everything]
    if not any(spoken):
        return None
    first = spoken.index(True)
    body = [piece for piece, is_spoken in zip(everything, spoken, strict=True) if is_spoken]
    around = [piece for piece, is_spoken in zip(everything, spoken, strict=True) if not is_spoken]
    if author is not None:
        speaker = _speaker(author)
    else:
        speaker = next((found[0] for piece in around if (found := head(piece.text))), "")
    if _PING.search(element.get("class", "")) or is_ping(body[0].text):
        speaker = ""
    return Comment(speaker, published, around[:first], body, around[first:])


def _first(own: html.HtmlElement, pattern: re.Pattern[str], tags: tuple[str, ...]) -> html.HtmlElement | None:
    for node in own.iter():
        if node is own or not isinstance(node.tag, str):
            continue
        named = f"{node.get('class', '')} {node.get('itemprop', '')}"
        if node.tag == "cite" and any(above.tag in ("p", "blockquote") for above in node.iterancestors()):
            continue
        if (pattern.search(named) or node.tag in tags) and "".join(node.itertext()).strip():
            return node
    return None


def _speaker(author: html.HtmlElement) -> str:
    inner = _first(author, _NAME, ("cite",))
    text = " ".join("".join((inner if inner is not None else author).itertext()).split())
    read = head(text)
    return (read[0] if read else text)[:80]


def _is_head(piece: Piece, own: html.HtmlElement) -> bool:
    node: html.HtmlElement | None = piece.element
    while node is not None and node is not own:
        named = f"{node.get('class', '')} {node.get('itemprop', '')}"
        if any(pattern.search(named) for pattern in (_AUTHOR, _DATE, _REPLY)) or node.tag in (
            "header",
            "footer",
            "time",
            "cite",
        ):
            return True
        node = node.getparent()
    found = [head(line) for line in piece.text.split("\n")]
    return all(line is not None and line[1] for line in found)
