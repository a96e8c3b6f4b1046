"""Read posts from files: what identifies each, which column is which, one frame for all."""

import logging
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from hashlib import blake2b
from itertools import islice
from pathlib import PurePosixPath
from typing import Final

import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.cells import moment, written
from cluetrain_nlp.posts.formats import IDENTITIES, READERS, format_of
from cluetrain_nlp.posts.marks import settle
from cluetrain_nlp.posts.markup import html_text, is_html
from cluetrain_nlp.posts.repair import repair
from cluetrain_nlp.posts.rows import COLUMNS, LONGEST, Bad, Item, Row, Skipped
from cluetrain_nlp.posts.sources import Source, find_sources, unpack
from cluetrain_nlp.posts.tables import json_rows

__all__ = ["read_frames", "read_posts"]

_LOG: Final = logging.getLogger(__name__)

_OPTIONAL: Final = [name for name in schema.POSTS if name not in ("post_id", "text", "published", "error")]


def read_posts(
    path: str | os.PathLike[str],
    *,
    text: str = "text",
    id: str = "post_id",  # noqa: A002 - the word that the data uses
    repair: bool = True,
) -> pd.DataFrame:
    """Read all posts of a file, folder, archive or glob pattern.

    Understood are WordPress exports (WXR), RSS, Atom and JSON Feed, HTML pages, Markdown as Jekyll, Hugo and Eleventy
    have it, plain text, CSV (comma, semicolon, tab or bar), JSON, JSON Lines, Parquet; .gz and .zip of these; folders
    and glob patterns of all of these; and ``-`` for standard input. The content decides where it can, else the
    extension.

    Parameters
    ----------
    path : str or path-like
        Where the posts are.
    text : str, default "text"
        The column of a table that holds the text.
    id : str, default "post_id"
        The column of a table that identifies the post. With the default, a row without a `post_id` takes the
        first that it has of `guid`, `url`, `slug`, `id` and `path`. The `post_id` of a page, Markdown or text file is
        its path below the folder, or below the fixed part of the pattern, written with /.
    repair : bool, default True
        Whether texts, titles and authors are repaired (`cluetrain_nlp.posts.repair.repair`) and HTML in the cells of
        tables becomes plain text. Offsets of passages count in the text that is returned here.

    Returns
    -------
    pandas.DataFrame
        One row per post: the columns of `schema.POSTS`, then every further column of the source.
        What the source lacks is "", and NaT in `published`. Dates are read as ISO 8601, as in mail
        (RFC 2822), or as day.month.year; without an offset they are taken as UTC, and anything else
        is NaT. Files come in the order of their names, rows in the order of the file.

        A post or file that cannot be read is a row with the reason in `error`, and its `post_id` says where it stands.
        A post whose `post_id` has come before keeps its text, gets a number behind its `post_id` and an `error`.
        ``attrs["skipped"]`` counts what was passed over, by reason: drafts, posts with a password, attachments.

    Raises
    ------
    PostError
        If nothing is found, or no post can be read: the format cannot be told, a column is missing, the file
        is damaged from its start.

    See Also
    --------
    read_frames : The same as a stream, in constant memory.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from cluetrain_nlp.posts.read import read_posts
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "hallo.txt").write_text("Guten Tag!", encoding="utf-8")
    ...     posts = read_posts(folder)
    >>> posts[["post_id", "text"]].to_dict("records")
    [{'post_id': 'hallo.txt', 'text': 'Guten Tag!'}]
    """
    skipped = Counter[str]()
    posts = list(_posts(find_sources(path), text, id, repair, skipped))
    return _frame(posts, skipped)


def read_frames(
    path: str | os.PathLike[str],
    size: int = 1000,
    *,
    text: str = "text",
    id: str = "post_id",  # noqa: A002 - the word that the data uses
    repair: bool = True,
) -> Iterator[pd.DataFrame]:
    """Read posts as a stream of frames, in memory that does not grow with their number.

    Parameters
    ----------
    path : str or path-like
        As for `read_posts`.
    size : int, default 1000
        Posts per frame, at least 1; the last frame may be shorter.
    text, id, repair
        As for `read_posts`.

    Returns
    -------
    iterator of pandas.DataFrame
        As from `read_posts`, `size` posts at a time; none at all from a table without rows. Further
        columns, and their dtypes, are those found in the rows of each frame. ``attrs["skipped"]`` counts from the
        beginning up to this frame.

    Raises
    ------
    PostError
        As for `read_posts`: a wrong path at the call, the rest while reading.

    Notes
    -----
    Which ids have come before is kept in a temporary file, 8 bytes for each.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from cluetrain_nlp.posts.read import read_frames
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("a.txt", "b.txt", "c.txt"):
    ...         _ = pathlib.Path(folder, name).write_text("Guten Tag!", encoding="utf-8")
    ...     [list(frame["post_id"]) for frame in read_frames(folder, size=2)]
    [['a.txt', 'b.txt'], ['c.txt']]
    """
    if size < 1:
        raise PostError(f"size is {size}; a frame needs at least 1 post.")
    skipped = Counter[str]()
    posts = _posts(find_sources(path), text, id, repair, skipped)
    return (_frame(part, skipped) for part in iter(lambda: list(islice(posts, size)), []))


_ONE_POST_A_FILE: Final = ("text", "markdown", "html")
_WITH_STRUCTURE: Final = ("html", "wxr", "feed", "json feed")
_BLOCKS: Final = re.compile(r"<(?:p|br|div)[\s/>]", re.I)
_TABLES: Final = ("csv", "json", "jsonl", "parquet")


def _unpacked(source: Source) -> Iterator[Source | Bad]:
    try:
        yield from unpack(source)
    except PostError as error:
        yield Bad("", str(error))
    except OSError as error:
        yield Bad("", f"{source.where} cannot be read ({error.strerror or error}).")


def _items(source: Source, text: str) -> Iterator[tuple[Source, str, Item]]:
    """Give what the files in a source hold; one that fails is `Bad`, and the others follow."""
    for member in _unpacked(source):
        if isinstance(member, Bad):
            yield source, "", member
            continue
        kind = ""
        try:
            kind, prefix = format_of(member, text)
            reader = READERS[kind]
            rows = json_rows(member.open, member.where, prefix) if kind == "json" else reader(member.open, member.where)
            for item in rows:
                draft = kind == "markdown" and "_drafts" in PurePosixPath(member.name).parts
                yield member, kind, Skipped("draft") if draft else item
        except PostError as error:
            yield member, kind, Bad("", str(error))
        except OSError as error:
            yield member, kind, Bad("", f"{member.where} cannot be read ({error.strerror or error}).")


def _posts(sources: list[Source], text: str, identity: str, mend: bool, skipped: Counter[str]) -> Iterator[Row]:
    """Give every row the columns of `schema.POSTS` and keep the others beside them."""
    good = failed = 0
    first = ""
    with closing(_Seen()) as seen:
        for source in sources:
            for number, (member, kind, item) in enumerate(_items(source, text), start=1):
                if isinstance(item, Skipped):
                    skipped[item.reason] += 1
                    continue
                row: Row
                try:
                    if isinstance(item, Bad):
                        raise PostError(item.why)
                    row = _row(item, member, kind, number, text, identity, mend)
                    good += 1
                except PostError as error:
                    # What is wrong with the only file from its start is wrong with the call.
                    whole = member.where == source.where and not (isinstance(item, Bad) and item.place)
                    if good + failed == 0 and len(sources) == 1 and whole:
                        raise
                    failed += 1
                    place = item.place if isinstance(item, Bad) else f"post {number}"
                    row = _failed(f"{member.name}, {place}" if place else member.name, str(error))
                    first = first or f"{row['post_id']}: {row['error']}"
                yield seen.told(row)
    if failed and not good and len(sources) == 1:
        raise PostError(f"No post of {sources[0].where} could be read. The first: {first}")
    if failed:
        _LOG.warning("%d post(s) or file(s) could not be read; the column error says why", failed)
    if skipped:
        _LOG.warning("passed over: %s", ", ".join(f"{count} {reason}" for reason, count in sorted(skipped.items())))


def _failed(post_id: str, why: str) -> Row:
    return {"post_id": post_id, "text": "", "published": None, **dict.fromkeys(_OPTIONAL, ""), "error": why}


class _Seen:
    """The ids that have come before, as hashes in a temporary file: memory does not grow with them."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", check_same_thread=False)
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("CREATE TABLE seen (id INTEGER PRIMARY KEY, times INTEGER) WITHOUT ROWID")

    def close(self) -> None:
        """Remove the file."""
        self._base.close()

    def told(self, row: Row) -> Row:
        """Give the row; one whose id has come before gets a new id and says so."""
        name = str(row["post_id"])
        key = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        times = self._base.execute(
            "INSERT INTO seen VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET times = times + 1 RETURNING times", (key,)
        ).fetchone()[0]
        if times == 1:
            return row
        why = row.get("error") or (
            f"The post_id {name!r} has come before. Remove the copy, or name by id= a column that tells posts apart."
        )
        return self.told({**row, "post_id": f"{name} [{times}]", "error": why})


def _row(item: Row, source: Source, kind: str, number: int, text: str, identity: str, mend: bool) -> Row:
    where = f"{source.where}, post {number}"
    table = kind in _TABLES
    column = text if table else "text"
    if column not in item:
        found = ", ".join(map(str, item))
        raise PostError(f"{where} has no column {column!r}; found {found}. Name the text's column by text=.")
    if kind in _ONE_POST_A_FILE:
        post_id = source.name
    else:
        candidates = IDENTITIES if identity == "post_id" or not table else (identity,)
        identities = (written(item.get(name), f"{where}: {name}") for name in candidates)
        post_id = next(filter(None, identities), "")
        if not post_id:
            raise PostError(
                f"{where} has nothing in {', '.join(candidates)}; found {', '.join(map(str, item))}. Name the column "
                "that identifies each post by id=. Row numbers do not: they change when posts are added."
            )
    content = written(item[column], f"{where}: {column}")
    if len(content) > LONGEST:
        raise PostError(f"{where} is longer than {LONGEST:,} characters. That is no post; split it.")
    optional = {name: written(item.get(name), f"{where}: {name}") for name in _OPTIONAL}
    if mend:
        content = repair(content)
        if (table or kind == "text") and is_html(content):
            content = repair(html_text(content, lines=_BLOCKS.search(content) is None))
        optional = {name: repair(value) for name, value in optional.items()}
    if kind in _WITH_STRUCTURE:
        content = settle(content)
    further = {name: value for name, value in item.items() if name not in {*schema.POSTS, text}}
    published = moment(item.get("published"))
    if published is None and kind == "markdown":
        published = moment(PurePosixPath(source.name).name[:10])
    return {"post_id": post_id, "text": content, "published": published, **optional, "error": "", **further}


def _frame(posts: list[Row], skipped: Counter[str]) -> pd.DataFrame:
    if posts:
        # The columns of `schema.POSTS` come first in every row, so they are never among those that are left out.
        names = list(dict.fromkeys(name for post in posts for name in post))
        if len(names) > COLUMNS:
            _LOG.warning("of %d columns the first %d are kept", len(names), COLUMNS)
        frame = pd.DataFrame(posts, columns=names[:COLUMNS])
        further = frame.drop(columns=list(schema.POSTS))
        known = frame.assign(published=pd.to_datetime(frame["published"], utc=True))
        frame = pd.concat([schema.conform(known, schema.POSTS), further], axis=1)
    else:
        frame = schema.empty(schema.POSTS)
    if skipped:
        frame.attrs["skipped"] = dict(skipped)
    return frame
