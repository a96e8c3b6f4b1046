"""HTML to the plain text that posts are stored in: a blank line between paragraphs, and marks for what a paragraph is.

Headings begin with ``#``, quoted paragraphs with ``>``, items of lists with ``-`` or their number; program code stands
between fences. These are the marks of Markdown, which the cutter knows.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from lxml import etree, html

from cluetrain_nlp.errors import PostError

__all__ = ["Piece", "html_text", "is_html", "parse_html", "pieces", "plain_text"]

_TAG: Final = re.compile(
    r"<(?:/(?:p|div|h[1-6]|li|ul|ol|blockquote|table|td|em|strong|a|b|i|u|span|pre|code|small)|br\s*/?|p|div|h[1-6]|li|blockquote|img\s[^<>]*)(?:\s[^<>]*)?>",
    re.I,
)
_BLOCKS: Final = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol option p pre section summary table tbody td tfoot th thead "
    "tr ul label legend button select".split()
)
#: Tags and program code, in which line breaks mean nothing or themselves.
_MARKED: Final = re.compile(r"(<pre\b(?:[^<]|<(?!/?pre\b))*+</pre>|<[^<>]*>)", re.I)
#: What is never text.
_DROPPED: Final = frozenset(
    "script style template iframe object embed svg math canvas audio video head noscript noframes map".split()
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
#: Also the sign of `cluetrain_nlp.posts.marks`, which no page may bring.
_CONTROL: Final = re.compile("[\ue000\x00-\x08\x0b\x0c\x0e-\x1f]")

#: More attributes than any element has. The parser takes the square of their number, so they are counted before it
#: runs where so many characters stand without a ">", or so many "=" in all.
_ATTRIBUTES: Final = 1000
_SUSPICIOUS: Final = (4000, 5000)

#: Classes of quotations that are no blockquote; Word has its own.
_QUOTE: Final = re.compile(r"(?:^|\s)(?:mso(?:intense)?quote|quote|zitat|blockquote|pullquote)(?:\s|$)", re.I)
#: A paragraph in bold of at most so many words is a heading.
_LONGEST_BOLD: Final = 12
_WHITE: Final = re.compile(r"[ \t\r\n\f]+")


class Piece(NamedTuple):
    """A paragraph: its text without a mark, its mark ("## ", "> ", "- ", "12. ", "Bild: " or ""), and its element."""

    text: str
    mark: str
    element: html.HtmlElement

    @property
    def written(self) -> str:
        """The paragraph as it stands in the text of a post."""
        if self.mark == "```":
            return f"```\n{self.text}\n```"
        lines = self.text.split("\n")
        return "\n".join(
            (self.mark if position == 0 or self.mark == "> " else "") + line for position, line in enumerate(lines)
        )


def is_html(text: str) -> bool:
    """Tell whether a text is HTML: it holds tags of paragraphs, lists, links or the like.

    Examples
    --------
    >>> is_html("<p>Guten Tag!</p>"), is_html("3 < 5 und 7 > 2")
    (True, False)
    """
    return "<" in text and _TAG.search(text) is not None


def parse_html(source: str) -> html.HtmlElement:
    """Parse a page or a part of one; damage is mended as browsers do, nothing is loaded.

    Raises
    ------
    PostError
        If it nests too deeply, where the parser would drop the rest without a word, or if an element has more than a
        thousand attributes.

    Examples
    --------
    >>> parse_html("<p>Guten Tag!").tag
    'html'
    """
    data = _CONTROL.sub("", source).encode()
    if max(map(len, source.split(">"))) > _SUSPICIOUS[0] or source.count("=") > _SUSPICIOUS[1]:
        etree.HTML(data, etree.HTMLParser(encoding="utf-8", no_network=True, target=_Attributes()))
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = html.document_fromstring(data, parser=parser, ensure_head_body=True)
        if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            raise PostError("The HTML nests deeper than 256 levels or holds a text of over 10 MB. Mend or split it.")
        return tree
    except etree.ParserError:  # nothing but white space and comments
        return html.document_fromstring("<body></body>", ensure_head_body=True)


class _Attributes:
    """Counts the attributes of each element while no tree is built."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(attributes) > _ATTRIBUTES:
            raise PostError(f"An element <{tag[:40]}> of the HTML has {len(attributes):,} attributes. Mend it.")

    def close(self) -> None:
        pass


def html_text(source: str, *, lines: bool = False) -> str:
    r"""Turn HTML into the text of a post.

    Parameters
    ----------
    source : str
        HTML, a whole page or a part of one.
    lines : bool
        Whether line breaks in the source are breaks in the text, and blank lines ends of paragraphs: the way in which
        WordPress stored posts before 2018.

    Returns
    -------
    str

    Examples
    --------
    >>> html_text("<h2>Neues</h2><p>Es <b>geht</b>.<blockquote><p>Ach ja?</p></blockquote>")
    '## Neues\n\nEs geht.\n\n> Ach ja?'
    """
    if lines:
        parts = _MARKED.split(re.sub(r"\r\n?", "\n", source))
        parts[::2] = (re.sub(r"\n{2,}", "<p>", re.sub(r"(?<!\n)\n(?!\n)", "<br>", part)) for part in parts[::2])
        source = "".join(parts)
    return plain_text(pieces(parse_html(source).find("body")))


def plain_text(found: Iterator[Piece] | list[Piece]) -> str:
    """Write pieces one below the other; the items of a list without blank lines between them."""
    written = ""
    before = ""
    for piece in found:
        joined = before.strip()[:1] in set("-0123456789") and piece.mark.strip()[:1] in set("-0123456789")
        written += ("\n" if joined and before and piece.mark else "\n\n") if written else ""
        written += piece.written
        before = piece.mark
    return written


def pieces(root: html.HtmlElement) -> Iterator[Piece]:
    """Give the paragraphs under an element, in reading order.

    Parameters
    ----------
    root : lxml.html.HtmlElement

    Yields
    ------
    Piece
        With text that is not empty.
    """
    text: list[str] = []
    mark = [""]
    owner = [root]
    numbers: list[int] = []  # of the next item, for each numbered list that is open

    def flush() -> Iterator[Piece]:
        found = _tidy("".join(text))
        text.clear()
        if mark[0] == "Bild: " and found.startswith(("Bild", "Foto", "Abb", "Grafik")):
            mark[0] = ""
        if found:
            yield Piece(found, mark[0] or _bold(found, owner[0]), owner[0])
            if mark[0] != "> ":
                mark[0] = "> " if quoted else ""

    quoted = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _DROPPED or _hidden(element):
                _skip(element)
                continue
            if tag == "pre":
                yield from flush()
                code = "".join(element.itertext()).strip("\n")
                if code.strip():
                    yield Piece(code.replace("```", "'''"), "```", element)
                _skip(element)
                continue
            if tag in _BLOCKS:
                yield from flush()
                quoted += _is_quote(element, tag)
                if tag == "ol":
                    numbers.append(_number(element, "start", 1))
                mark[0] = _mark(element, tag, numbers) or ("> " if quoted else mark[0] if tag == "p" else "")
                owner[0] = element
            elif tag == "br":
                text.append("\n")
            elif tag == "q":
                text.append("„")
            text.append(_WHITE.sub(" ", element.text or ""))
        else:
            if element.get(_SKIP) is not None:
                del element.attrib[_SKIP]
            elif tag in _BLOCKS:
                yield from flush()
                quoted -= _is_quote(element, tag)
                if tag == "ol":
                    numbers.pop()
                parent = element.getparent()
                owner[0] = parent if parent is not None else root
                mark[0] = "> " if quoted else ""
            elif tag == "q":
                text.append("“")
            if element is not root:
                following = element.getnext()
                # Links without a space between them are buttons side by side.
                beside = not element.tail and tag in ("a", "button") and following is not None and following.tag == tag
                text.append(" " if beside else _WHITE.sub(" ", element.tail or ""))
    yield from flush()


_SKIP: Final = "data-skipped"


def _skip(element: html.HtmlElement) -> None:
    """Empty an element that is passed over; its tail is text of what is around it."""
    tail = element.tail
    element.clear()
    element.tail = tail
    element.set(_SKIP, "")


def _hidden(element: html.HtmlElement) -> bool:
    style = element.get("style", "")
    return element.get("hidden") is not None or (
        "display" in style and re.search(r"display\s*:\s*none", style) is not None
    )


def _is_quote(element: html.HtmlElement, tag: str) -> bool:
    return tag == "blockquote" or (tag in ("p", "div") and _QUOTE.search(element.get("class", "")) is not None)


def _mark(element: html.HtmlElement, tag: str, numbers: list[int]) -> str:
    if tag in _HEADINGS:
        return "#" * _HEADINGS[tag] + " "
    if tag == "figcaption":
        return "Bild: "
    if tag == "li":
        parent = element.getparent()
        if numbers and parent is not None and parent.tag == "ol":
            number = _number(element, "value", numbers[-1])
            numbers[-1] = number + 1
            return f"{number}. "
        return "- "
    return ""


def _bold(text: str, element: html.HtmlElement) -> str:
    """Give the mark of a heading to a short paragraph that is all in bold and no sentence."""
    if element.tag != "p" or len(text.split()) > _LONGEST_BOLD or text[-1] in ".!?:,;…" or "\n" in text:
        return ""
    bold = " ".join("".join(node.itertext()) for node in element.iter("b", "strong"))
    return "#### " if "".join(bold.split()) == "".join(text.split()) else ""


def _number(element: html.HtmlElement, attribute: str, otherwise: int) -> int:
    stated = element.get(attribute, "")
    return int(stated) if stated.isdecimal() and len(stated) < 6 else otherwise


def _tidy(text: str) -> str:
    if "\n" not in text:
        return " ".join(filter(None, text.split(" ")))
    lines = (" ".join(filter(None, line.split(" "))) for line in text.split("\n"))
    return "\n".join(filter(None, lines))
