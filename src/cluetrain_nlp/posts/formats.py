"""Which format a file is in, and which reader reads it."""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.encodings import encoding_of, open_text
from cluetrain_nlp.posts.feed import feed_rows, json_feed_rows
from cluetrain_nlp.posts.markdown import body_text, split_front_matter
from cluetrain_nlp.posts.rows import LONGEST, Item, Reader, Skipped
from cluetrain_nlp.posts.sources import FORMATS, HTML, MARKDOWN, TEXT, Source
from cluetrain_nlp.posts.tables import csv_header, csv_rows, json_rows, jsonl_rows, parquet_rows, top_level
from cluetrain_nlp.posts.wxr import wxr_rows

__all__ = ["IDENTITIES", "READERS", "format_of"]

#: Columns that identify a post, the first that is there.
IDENTITIES: Final = ("post_id", "guid", "url", "slug", "id", "path")
#: What is looked at to tell a format.
_HEAD: Final = 1 << 16
_XML: Final = re.compile(
    r"(?:\s++|<!--.*?-->|<!doctype[^>\[]*+(?:\[[^\]]*+\]\s*+)?+>|<\?.*?\?>)*+<([\w:.-]+)", re.I | re.DOTALL
)


def _text_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    with open_text(open_bytes, where) as file:
        content = file.read(LONGEST + 1)
    yield {"text": content}


def _markdown_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    for row in _text_rows(open_bytes, where):
        meta, body = split_front_matter(str(row["text"]))  # type: ignore[call-overload]
        if meta.pop("draft", False):
            yield Skipped("draft")
        else:
            yield {**meta, "text": body_text(body)}


def _page_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    from cluetrain_nlp.posts.page import page_rows  # half a second, which other formats need not wait

    return page_rows(open_bytes, where)


# A new format needs a reader here, a line in `format_of`, and its name in `sources.FORMATS`.
READERS: Final[dict[str, Reader]] = {
    "text": _text_rows,
    "markdown": _markdown_rows,
    "html": _page_rows,
    "wxr": wxr_rows,
    "feed": feed_rows,
    "json feed": json_feed_rows,
    "json": json_rows,
    "csv": csv_rows,
    "jsonl": jsonl_rows,
    "parquet": parquet_rows,
}


def format_of(source: Source, text: str) -> tuple[str, str]:
    """Tell the format, a key of `READERS`, by the content first and then by the extension."""
    with source.open() as file:
        head = file.read(_HEAD)
    if head.startswith(b"PAR1"):
        return "parquet", ""
    suffix = source.suffix
    encoding = encoding_of(lambda: source.open(), source.where)[0] if b"\0" in head else "utf-8-sig"
    start = head.decode(encoding, errors="ignore").lstrip("\ufeff")
    squeezed = "".join(start[:2000].split()).lower()
    if suffix in TEXT and not squeezed.startswith(("<?xml", "<!doctypehtml", "<rss", "<html")):
        return ("jsonl" if squeezed.startswith(('{"', "{}")) else "text"), ""
    if suffix in MARKDOWN:
        return "markdown", ""
    root = _XML.match(start)
    if root and squeezed.startswith("<"):
        name = root[1].rpartition(":")[2].lower()
        if name in ("rss", "rdf", "feed"):
            return ("wxr" if "wordpress.org/export" in start else "feed"), ""
        if name in ("html", "head", "body", "div", "p", "article", "meta", "title", "h1") or suffix in HTML:
            return "html", ""
        raise PostError(
            f"{source.where} is XML with the root <{root[1][:40]}>, which is no feed or export. Give {FORMATS}."
        )
    if suffix in HTML:
        return "html", ""
    if start.startswith(("---\n", "---\r\n", "+++\n", "+++\r\n")):
        return "markdown", ""
    if squeezed.startswith("[") and suffix not in (".csv", ".tsv", ".jsonl", ".ndjson"):
        return "json", "item"
    if squeezed.startswith("{"):
        return _json_kind(start, squeezed, source, text)
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl", ""
    first = start.partition("\n")[0]
    if first.startswith("sep="):
        return "csv", ""
    _, columns = csv_header(first)
    if suffix in (".csv", ".tsv") or (len(columns) > 1 and {name.strip() for name in columns} & {*IDENTITIES, "text"}):
        return "csv", ""
    if source.name == "-":
        return "text", ""
    raise PostError(f"Neither content nor extension of {source.where} tells its format. Give {FORMATS}.")


def _json_kind(start: str, squeezed: str, source: Source, text: str) -> tuple[str, str]:
    """Tell JSON Lines, JSON Feed, a post, and an object that holds a list of posts."""
    if "jsonfeed.org/version" in squeezed:
        return "json feed", ""
    lines = [line for line in start.split("\n", 3)[:3] if line.strip()]
    if source.suffix in (".jsonl", ".ndjson") or (len(lines) > 1 and lines[1].lstrip().startswith("{")):
        return "jsonl", ""
    own, lists = top_level(start)
    if text in own or not lists:
        return "jsonl" if len(lines) < 2 or source.suffix != ".json" else "json", ""
    return "json", f"{next((key for key, keys in lists.items() if text in keys), next(iter(lists)))}.item"
