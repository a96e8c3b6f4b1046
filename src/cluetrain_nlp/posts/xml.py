"""XML as a stream: one element at a time, no entities, no DTD, no network, in constant memory."""

import codecs
import re
from collections.abc import Callable, Iterator
from html.entities import html5
from typing import BinaryIO, Final

from lxml import etree

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.encodings import open_text

__all__ = ["child_text", "elements", "is_foreign", "name"]

_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION: Final = re.compile(r"^\ufeff?\s*<\?xml[^>]{0,300}\?>")
#: What XML 1.0 forbids even in CDATA, and WordPress exports all the same.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Names that HTML has for characters and XML does not know; those of markup stay.
_NAMED: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30});")
_UNFINISHED: Final = re.compile(r"&[A-Za-z0-9]{0,31}$")
_ENTITY: Final = re.compile(r"<!ENTITY", re.I)
_ROOT: Final = re.compile(r"<[^\W\d]")
_PIECE: Final = 1 << 16
#: Characters before the first element.
_PROLOG: Final = 1_000_000


def elements(open_bytes: Callable[[], BinaryIO], where: str, wanted: frozenset[str]) -> Iterator[etree._Element]:
    """Give elements of some names as they are read; each is emptied when the next one is asked for.

    Parameters
    ----------
    open_bytes : callable
        Opens the file anew.
    where : str
        What the file is called in errors.
    wanted : frozenset of str
        Names without their namespaces. An element right inside another wanted one is given with that one only.

    Yields
    ------
    lxml.etree._Element

    Raises
    ------
    PostError
        If the file declares entities, is not well-formed, nests or grows beyond what libxml2 allows, or breaks off;
        elements before the fault have been given.
    """
    with _Clean(open_bytes, where) as stream:
        context = etree.iterparse(
            stream,
            events=("end",),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        )
        given = 0
        try:
            for _, element in context:
                parent = element.getparent()
                if name(element) not in wanted or (parent is not None and name(parent) in wanted):
                    continue
                given += 1
                yield element
                element.clear(keep_tail=False)
                while element.getprevious() is not None and element.getparent() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            raise PostError(
                f"{where} is not well-formed XML or breaks off after {given} element(s) ({error.msg}). Export it again."
            ) from error


def name(element: etree._Element) -> str:
    """Give the name of an element without its namespace; "" for anything else."""
    # Not by QName, which refuses a prefix that was never declared.
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def is_foreign(element: etree._Element) -> bool:
    """Tell whether an element describes a picture or a recording that a feed carries, and not its entry."""
    return isinstance(element.tag, str) and ("yahoo.com/mrss" in element.tag or "itunes" in element.tag)


def child_text(element: etree._Element, *names: str) -> str:
    """Give the text of the first child that has one of the names and some text, the names in order; "" for none."""
    for wanted in names:
        for child in element:
            if name(child) == wanted and not is_foreign(child) and (text := "".join(child.itertext()).strip()):
                return text
    return ""


class _Clean:
    """A file of XML as UTF-8 bytes without the characters that XML forbids and the entities that only HTML knows."""

    def __init__(self, open_bytes: Callable[[], BinaryIO], where: str) -> None:
        with open_bytes() as file:
            declared = _DECLARED.search(file.read(1000))
        self._where = where
        self._text = open_text(open_bytes, where)
        stated = declared[1].decode() if declared else "utf-8"
        if self._text.encoding not in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
            # No Unicode: what the file says of itself is better than a guess, if it can be true.
            try:
                known = codecs.lookup(stated)
            except LookupError:
                known = None
            if (
                known is not None
                and known._is_text_encoding
                and known.name not in ("utf-8", "utf-16", "utf-32", "utf-7")
            ):
                self._text.reconfigure(encoding=known.name, errors="replace")  # type: ignore[attr-defined]
        self._kept = ""
        self._prolog = True

    def __enter__(self) -> "_Clean":
        return self

    def __exit__(self, *error: object) -> None:
        self._text.close()

    def read(self, size: int = -1) -> bytes:
        while True:
            piece = self._text.read(_PIECE)
            text = self._kept + piece
            self._kept = ""
            if not text:
                return b""
            if self._prolog:
                text = self._without_prolog(text)
            if piece and (unfinished := _UNFINISHED.search(text)):
                self._kept, text = text[unfinished.start() :], text[: unfinished.start()]
            text = _NAMED.sub(_numeric, _FORBIDDEN.sub("", text))
            if text:
                return text.encode()

    def _without_prolog(self, text: str) -> str:
        while (start := _ROOT.search(text)) is None and (more := self._text.read(_PIECE)):
            text += more
            if len(text) > _PROLOG:
                raise PostError(
                    f"{self._where} has no element within its first {_PROLOG:,} characters. Export it again."
                )
        self._prolog = False
        if _ENTITY.search(text, 0, start.start() if start else len(text)):
            raise PostError(
                f"{self._where} declares entities of its own, which can blow up or reach for other files; they are not "
                "read. Remove the lines with <!ENTITY."
            )
        return _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1)


def _numeric(match: re.Match[str]) -> str:
    known = html5.get(f"{match[1]};", "")
    return "".join(f"&#{ord(char)};" for char in known) or f"&amp;{match[1]};"
