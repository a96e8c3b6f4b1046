"""HTML pages: trafilatura tells the main text, comments get their speakers, the rest is kept as matter around them."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import trafilatura
from lxml import html
from trafilatura.settings import Document

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.passages.boilerplate import is_boilerplate, is_form, is_meta_line
from cluetrain_nlp.passages.comments import is_marker
from cluetrain_nlp.passages.paragraphs import ends_sentence
from cluetrain_nlp.passages.transcript import AROUND, AROUND_END, POST, comment_line
from cluetrain_nlp.posts.cells import moment
from cluetrain_nlp.posts.encodings import encoding_of
from cluetrain_nlp.posts.markdown import split_front_matter
from cluetrain_nlp.posts.marks import mark, unmarked
from cluetrain_nlp.posts.markup import Piece, parse_html, pieces, plain_text
from cluetrain_nlp.posts.rows import Item, Skipped
from cluetrain_nlp.posts.threads import Comment, take_comments

__all__ = ["page_rows"]

#: Bytes and elements of one page.
_LARGEST: Final = 10_000_000
_MOST: Final = 100_000
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._-]{2,40})", re.I)


#: With more elements, trafilatura asks no second opinion: that takes the square of the number of paragraphs.
_MANY: Final = 10_000
_WORD: Final = re.compile(r"\w+")
#: The share of trafilatura's words that has to be found among our paragraphs.
_FOUND: Final = 0.9

logging.getLogger("trafilatura").setLevel(logging.ERROR)
logging.getLogger("htmldate").setLevel(logging.ERROR)


def page_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    """Read an HTML page as one post.

    Parameters
    ----------
    open_bytes, where
        As for `cluetrain_nlp.posts.tables.csv_rows`. The encoding is a byte order mark's, UTF-8 where the file is valid
        UTF-8, else what the page states, else a guess.

    Yields
    ------
    dict of str to object
        `url` (the canonical one), `title`, `author`, `published`, `source` (the site) and `text`: all paragraphs of the
        page in their order. What trafilatura finds to be the main text stands as it is, and comments stand below lines
        as `comment_line` writes them where their markup tells who speaks; all else stands between the lines `AROUND`
        and `AROUND_END`. Where trafilatura finds no main text, the whole page is taken for it.

    Raises
    ------
    PostError
        If the page is larger than ten million bytes or 100,000 elements, nests deeper than 256 levels, or is no text.
    """
    with open_bytes() as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise PostError(f"{where} is larger than {_LARGEST:,} bytes. A page of that size is no post; split it.")
    source = _decoded(data, open_bytes, where)
    matter, source = split_front_matter(source.replace("\r\n", "\n"))
    if matter.pop("draft", False):
        yield Skipped("draft")
        return
    tree = parse_html(source)
    if sum(1 for _ in tree.iter()) > _MOST:
        raise PostError(f"{where} has more than {_MOST:,} elements. A page of that size is no post; split it.")
    yield {**_post(source, tree), **matter}


def _decoded(data: bytes, open_bytes: Callable[[], BinaryIO], where: str) -> str:
    stated = _CHARSET.search(data[:4000])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if stated and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = stated[1].decode().lower()
        # Browsers read Latin-1 as Windows-1252.
        name = "cp1252" if name in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "utf-8") else name
        if name in ("cp1252", "windows-1252", "iso-8859-15", "windows-1250", "macintosh", "iso-8859-2"):
            return data.decode(name, errors="replace")
    name, errors = encoding_of(open_bytes, where)
    return data.decode(name, errors)


def _post(source: str, tree: html.HtmlElement) -> dict[str, object]:
    body = tree.find("body")
    comments = take_comments(body)
    found = trafilatura.bare_extraction(
        parse_html(source) if not comments else html.fromstring(html.tostring(tree)),
        include_comments=not comments,
        include_tables=True,
        fast=sum(1 for _ in body.iter()) > _MANY,
        favor_recall=True,
        with_metadata=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    meta = trafilatura.extract_metadata(
        parse_html(source), date_config={"extensive_search": False, "original_date": True, "max_date": "2100-01-01"}
    )
    title = (meta.title if meta else "") or ""
    all_pieces = list(pieces(body))
    main, thread = (found.text, found.comments) if isinstance(found, Document) else ("", "")
    stated = f"{title} | {' '.join(tree.xpath('string(//title)').split())}"
    text = _written(all_pieces, main or "", thread or "", stated, comments)
    return {
        "url": meta.url if meta else "",
        "title": title,
        "author": meta.author if meta else "",
        "published": meta.date if meta else None,
        "source": (meta.sitename or meta.hostname) if meta else "",
        "text": text,
    }


def _written(found: list[Piece], main: str, thread: str, title: str, comments: dict[str, Comment]) -> str:
    """Write the page: main text, comments, and the rest between our lines."""
    kept = _kept(found, main, title)
    if thread and not comments:
        _keep_thread(found, kept, thread)
    parts: list[str] = []
    state, told = POST, False
    for piece, keep in zip(found, kept, strict=True):
        comment = comments.get(piece.text)
        wanted = "" if comment is not None else POST if keep else AROUND
        if state == AROUND and wanted != AROUND:
            parts.append(mark(AROUND_END))
        if wanted == POST and told:
            parts.append(mark(POST))
            told = False
        if comment is not None:
            speaker = comment_line(unmarked(comment.speaker), moment(comment.published))
            parts += [
                *_around(comment.above),
                mark(speaker),
                unmarked(plain_text(comment.body)),
                *_around(comment.below),
            ]
        else:
            if wanted == AROUND != state:
                parts.append(mark(AROUND))
            parts.append(unmarked(piece.written))
        told = told or comment is not None
        state = wanted
    if state == AROUND:
        parts.append(mark(AROUND_END))
    return "\n\n".join(parts)


def _around(found: list[Piece]) -> list[str]:
    return [mark(AROUND), *(unmarked(piece.written) for piece in found), mark(AROUND_END)] if found else []


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _kept(found: list[Piece], main: str, title: str) -> list[bool]:
    """Tell for each paragraph whether it is part of the main text."""
    if not main.strip():
        return [True] * len(found)
    lines = Counter(" ".join(_words(line)) for line in main.splitlines())
    grams = Counter[tuple[str, ...]]()
    words = _words(main)
    grams.update(zip(words, words[1:], words[2:], strict=False))
    wanted = " ".join(_words(title))
    kept = []
    for piece in found:
        own = _words(piece.text)
        line = " ".join(own)
        if lines[line] or all(lines[" ".join(_words(part))] for part in piece.text.split("\n")):
            kept.append(True)
        elif len(own) >= 6:
            runs = list(zip(own, own[1:], own[2:], strict=False))
            kept.append(sum(grams[run] > 0 for run in runs) >= _FOUND * len(runs))
        else:
            kept.append(False)
    _settle_title(found, kept, wanted)
    _settle_edges(found, kept)
    return kept


def _settle_title(found: list[Piece], kept: list[bool], wanted: str) -> None:
    """Keep the heading that is the title, and no heading above it, which is the site's."""
    first = next((i for i, keep in enumerate(kept) if keep and not found[i].mark.startswith("#")), len(found))
    named = [" ".join(_words(piece.text)) if piece.mark.startswith("#") else "" for piece in found[:first]]
    likely = [i for i, name in enumerate(named) if len(name) > 3 and f" {name} " in f" {wanted} "]
    if likely:
        title = max(likely, key=lambda i: len(named[i]))
        kept[title] = True
        kept[:title] = [False] * title


def _settle_edges(found: list[Piece], kept: list[bool]) -> None:
    """Keep sentences in the midst of the main text, and a line right before or after it: a greeting, a signature."""
    inside = [i for i, keep in enumerate(kept) if keep]
    if not inside:
        return
    main = list(kept)
    for position in range(inside[0] + 1, inside[-1]):
        piece = found[position]
        joined = main[position - 1] or main[position + 1]
        if joined and not kept[position] and not is_boilerplate(piece.text) and not is_meta_line(piece.text):
            kept[position] = ends_sentence(piece.text) or piece.mark == "> " or main[position + 1]
    for edge, beside in ((inside[0], inside[0] - 1), (inside[-1], inside[-1] + 1)):
        if 0 <= beside < len(found) and found[beside].element.getparent() is found[edge].element.getparent():
            line = found[beside].text
            aside = is_boilerplate(line) or is_meta_line(line) or is_form(line) or is_marker(line)
            kept[beside] = kept[beside] or (not aside and not found[beside].mark.startswith("#"))


def _keep_thread(found: list[Piece], kept: list[bool], thread: str) -> None:
    """Keep the stretch in which comments without telling markup stand, from the line that announces them on."""
    lines = {" ".join(_words(line)) for line in thread.splitlines() if len(_words(line)) >= 4}
    inside = [
        position
        for position, piece in enumerate(found)
        if any(" ".join(_words(part)) in lines for part in piece.text.split("\n"))
    ]
    if not inside:
        return
    first = inside[0]
    for back in range(first, max(-1, first - 6), -1):
        if is_marker(found[back].text):
            first = back
            break
    for position in range(first, inside[-1] + 1):
        kept[position] = True
