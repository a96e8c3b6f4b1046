"""Feeds: RSS 2.0, RSS 1.0, Atom and JSON Feed, one entry a post."""

import html
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from lxml import etree

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.markup import html_text, is_html
from cluetrain_nlp.posts.rows import Bad, Item, Row, Skipped
from cluetrain_nlp.posts.tables import json_rows
from cluetrain_nlp.posts.wxr import without_shortcodes
from cluetrain_nlp.posts.xml import child_text, elements, is_foreign, name

__all__ = ["feed_rows", "json_feed_rows"]

_WANTED: Final = frozenset({"item", "entry", "title"})


def feed_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    """Read RSS or Atom.

    Parameters
    ----------
    open_bytes, where
        As for `cluetrain_nlp.posts.tables.csv_rows`.

    Yields
    ------
    dict of str to object, Bad or Skipped
        `guid`, `url`, `title`, `author`, `published`, `source` (the title of the feed) and `text`, which is the content
        if the feed has it, else the summary. Of a Blogger export the posts are read; its comments, settings and
        templates are passed over, because comments stand apart from their posts there.

    Raises
    ------
    PostError
        As from `cluetrain_nlp.posts.xml.elements`.
    """
    source = ""
    for element in elements(open_bytes, where, _WANTED):
        kind = name(element)
        parent = element.getparent()
        if kind == "title":
            if parent is not None and name(parent) in ("channel", "feed") and not source:
                source = "".join(element.itertext()).strip()
                continue
            continue
        try:
            row = _rss(element) if kind == "item" else _atom(element)
        except PostError as error:
            row = Bad(f"item {child_text(element, 'guid', 'id', 'link')}", str(error))
        yield {**row, "source": source} if isinstance(row, dict) else row


def _rss(item: etree._Element) -> Item:
    content = child_text(item, "encoded", "description")
    link = child_text(item, "link")
    return {
        "guid": child_text(item, "guid") or item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", ""),
        "url": link,
        "title": html.unescape(child_text(item, "title")),
        "author": child_text(item, "creator", "author"),
        "published": child_text(item, "pubDate", "date", "published"),
        "text": _content(content),
    }


def _atom(entry: etree._Element) -> Item:
    kinds = {child.get("term", "") for child in entry if name(child) == "category"}
    kind = next((term.rpartition("#")[2] for term in kinds if "/blogger/2008/kind#" in term), "post")
    if kind != "post":
        return Skipped(f"{kind} of a Blogger export")
    draft = any(name(node) == "draft" and (node.text or "").strip() == "yes" for node in entry.iter())
    if draft:
        return Skipped("draft")
    links = [child for child in entry if name(child) == "link"]
    url = next((link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"), "")
    people = [child_text(child, "name") for child in entry if name(child) == "author"]
    contents = (
        _atom_content(child)
        for wanted in ("content", "summary")
        for child in entry
        if name(child) == wanted and not is_foreign(child)
    )
    return {
        "guid": child_text(entry, "id"),
        "url": url,
        "title": html.unescape(child_text(entry, "title")),
        "author": ", ".join(filter(None, people)),
        "published": child_text(entry, "published", "issued", "updated"),
        "text": next(filter(None, contents), ""),
    }


def _atom_content(content: etree._Element) -> str:
    kind = content.get("type", "text")
    if kind == "xhtml" or len(content):
        for node in content.iter():
            if isinstance(node.tag, str):
                node.tag = name(node)
        return html_text(etree.tostring(content, encoding="unicode", method="html"))
    text = content.text or ""
    return text if kind in ("text", "text/plain") and not is_html(text) else html_text(text)


def _content(text: str) -> str:
    text = without_shortcodes(text)
    return html_text(text) if is_html(text) else html.unescape(text)


def json_feed_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    """Read a JSON Feed (version 1 or 1.1); columns as from `feed_rows`, without `source`."""
    for item in json_rows(open_bytes, where, "items.item"):
        if isinstance(item, Bad | Skipped):
            yield item
            continue
        try:
            yield _json_item(item)
        except PostError as error:
            yield Bad(f"item {item.get('id')}", str(error))


def _json_item(item: Row) -> Row:
    people = item.get("authors") or [item.get("author")]
    names = [one.get("name") for one in people if isinstance(one, dict)] if isinstance(people, list) else []
    markup = item.get("content_html")
    return {
        "guid": item.get("id"),
        "url": item.get("url") or item.get("external_url"),
        "title": item.get("title"),
        "author": ", ".join(one for one in names if isinstance(one, str)),
        "published": item.get("date_published"),
        "text": html_text(markup)
        if isinstance(markup, str) and markup
        else item.get("content_text") or item.get("summary"),
    }
