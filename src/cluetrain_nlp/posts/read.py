"""Read posts from files: what the format is, which column is which, one frame for all."""

import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.cells import moment, written
from cluetrain_nlp.posts.markdown import split_front_matter
from cluetrain_nlp.posts.sources import FORMATS, MARKDOWN, TEXT, Source, find_sources
from cluetrain_nlp.posts.tables import Row, csv_header, csv_rows, jsonl_rows, parquet_rows

__all__ = ["read_frames", "read_posts"]

_OPTIONAL: Final = [name for name in schema.POSTS if name not in ("post_id", "text", "published")]
_IDENTITIES: Final = ("post_id", "url", "guid", "slug", "id", "path")


def read_posts(
    path: str | os.PathLike[str],
    *,
    text: str = "text",
    id: str = "post_id",  # noqa: A002 - the word that the data uses
) -> pd.DataFrame:
    """Read all posts of a file, folder or glob pattern.

    Understood are a folder of .txt and .md files (with its sub-folders; hidden files and other kinds
    are skipped), a single .txt or .md file, CSV (comma, semicolon or tab), JSON Lines, Parquet, and
    a glob pattern of such files. The content decides where it can, else the extension.

    Parameters
    ----------
    path : str or path-like
        Where the posts are.
    text : str, default "text"
        The column that holds the text.
    id : str, default "post_id"
        The column that identifies the post. With the default, a row without a `post_id` takes the
        first that it has of `url`, `guid`, `slug`, `id` and `path`. The `post_id` of a text file is
        its path below the folder, or below the fixed part of the pattern, written with /.

    Returns
    -------
    pandas.DataFrame
        One row per post: the columns of `schema.POSTS`, then every further column of the source.
        What the source lacks is "", and NaT in `published`. Dates are read as ISO 8601, as in mail
        (RFC 2822), or as day.month.year; without an offset they are taken as UTC, and anything else
        is NaT. Files come in the order of their names, rows in the order of the file.

    Raises
    ------
    PostError
        If nothing is found, the format cannot be told, a column is missing, a file is not UTF-8 (or
        UTF-16 with a byte order mark), or two posts share a `post_id`.

    See Also
    --------
    read_frames : The same as a stream, in constant memory.

    Notes
    -----
    Text files get LF line ends; texts in tables stay as they are. A column of the source called
    `text` or `post_id` that another one was chosen over is not kept.

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
    return _frame(list(_posts(find_sources(path), text, id)))


def read_frames(
    path: str | os.PathLike[str],
    size: int = 1000,
    *,
    text: str = "text",
    id: str = "post_id",  # noqa: A002 - the word that the data uses
) -> Iterator[pd.DataFrame]:
    """Read posts as a stream of frames, in memory that does not grow with their number.

    Parameters
    ----------
    path : str or path-like
        As for `read_posts`.
    size : int, default 1000
        Posts per frame, at least 1; the last frame may be shorter.
    text, id : str
        As for `read_posts`.

    Returns
    -------
    iterator of pandas.DataFrame
        As from `read_posts`, `size` posts at a time; none at all from a table without rows. Further
        columns, and their dtypes, are those found in the rows of each frame.

    Raises
    ------
    PostError
        As for `read_posts`: a wrong path at the call, the rest while reading. A repeated `post_id` is
        found within a frame only: across frames it would take memory that grows with the posts.

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
    posts = _posts(find_sources(path), text, id)
    return (_frame(part) for part in iter(lambda: list(islice(posts, size)), []))


def _text_rows(path: Path, encoding: str) -> Iterator[Row]:
    content = path.read_text(encoding=encoding)
    if "\0" in content:
        raise PostError(f"{path} holds a NUL character: it is binary or damaged. Give {FORMATS}.")
    yield {"text": content}


def _markdown_rows(path: Path, encoding: str) -> Iterator[Row]:
    for row in _text_rows(path, encoding):
        meta, body = split_front_matter(str(row["text"]))
        yield {**meta, "text": body}


# A new format needs a reader here, a line in `_format`, and its name in `sources.FORMATS`.
_READERS: Final[dict[str, Callable[[Path, str], Iterator[Row]]]] = {
    "text": _text_rows,
    "markdown": _markdown_rows,
    "csv": csv_rows,
    "jsonl": jsonl_rows,
    "parquet": parquet_rows,
}
_ONE_POST_A_FILE: Final = ("text", "markdown")


def _format(path: Path, head: bytes, encoding: str) -> str:
    """Tell the format, a key of `_READERS`, by the content first and then by the extension."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if b"\0" in head and encoding != "utf-16":
        raise PostError(f"{path} is binary (byte {head.index(0)} is NUL), not text. Give {FORMATS}.")
    start = head.decode(encoding, errors="ignore")
    squeezed = "".join(start[:1000].split()).lower()
    suffix = path.suffix.lower()
    if squeezed.startswith(('{"', "{}")):
        return "jsonl"
    if suffix in TEXT:
        return "text"
    if suffix in MARKDOWN:
        return "markdown"
    if squeezed.startswith(("<?xml", "<!doctype", "<html", "<rss", "<feed")):
        raise PostError(f"{path} is XML or HTML, which is not read yet. Give {FORMATS}.")
    if squeezed.startswith("[{"):
        raise PostError(f"{path} is a JSON array. Write JSON Lines: one object a line, no brackets around.")
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    _, columns = csv_header(start.partition("\n")[0])
    if suffix in (".csv", ".tsv") or (len(columns) > 1 and set(columns) & {*_IDENTITIES, "text"}):
        return "csv"
    raise PostError(f"Neither content nor extension of {path} tells its format. Give {FORMATS}.")


def _rows(source: Source) -> Iterator[Row]:
    path, name = source
    with path.open("rb") as file:
        head = file.read(65536)
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    kind = _format(path, head, encoding)
    try:
        for row in _READERS[kind](path, encoding):
            yield {**row, "post_id": name} if kind in _ONE_POST_A_FILE else row
    except UnicodeDecodeError as error:
        raise _undecodable(path, encoding) from error


def _undecodable(path: Path, encoding: str) -> PostError:
    """Find the first bad byte; `UnicodeDecodeError` counts from the start of a buffer."""
    if encoding == "utf-16":
        return PostError(f"{path} starts as UTF-16 but breaks off or is damaged. Write it again as UTF-8.")
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                bad = f"byte {offset + error.start} (line {number}, value 0x{line[error.start]:02x})"
                return PostError(
                    f"{path}: {bad} is not UTF-8. Expected UTF-8, or UTF-16 with a byte order mark. If the "
                    f"file is from Windows, convert it: iconv -f WINDOWS-1252 -t UTF-8 {path.name}"
                )
            offset += len(line)
    return PostError(f"{path} is not valid UTF-8. Write it again.")


def _posts(sources: list[Source], text: str, identity: str) -> Iterator[Row]:
    """Give every row the columns of `schema.POSTS` and keep the others beside them."""
    candidates = _IDENTITIES if identity == "post_id" else (identity,)
    for source in sources:
        for number, row in enumerate(_rows(source), start=1):
            where, columns = f"{source.path}, post {number}", ", ".join(row)
            if text not in row:
                raise PostError(f"{where} has no column {text!r}; found {columns}. Name the text's column by text=.")
            identities = (written(row.get(name), f"{where}: {name}") for name in candidates)
            post_id = next(filter(None, identities), "")
            if not post_id:
                raise PostError(
                    f"{where} has nothing in {', '.join(candidates)}; found {columns}. Name the column "
                    "that identifies each post by id=. Row numbers do not: they change when posts are added."
                )
            optional = {name: written(row.get(name), f"{where}: {name}") for name in _OPTIONAL}
            further = {name: value for name, value in row.items() if name not in {*schema.POSTS, text}}
            yield {
                "post_id": post_id,
                "text": written(row[text], f"{where}: {text}"),
                "published": moment(row.get("published")),
                **optional,
                **further,
            }


def _frame(posts: list[Row]) -> pd.DataFrame:
    if not posts:
        return schema.empty(schema.POSTS)
    frame = pd.DataFrame(posts)
    repeated = frame["post_id"][frame["post_id"].duplicated()].unique()
    if len(repeated):
        raise PostError(
            f"{len(repeated)} post_id(s) occur more than once: {', '.join(repeated[:5])}"
            f"{', …' if len(repeated) > 5 else ''}. Each post needs its own: remove the copies, "
            "or name another column by id=."
        )
    further = frame.drop(columns=list(schema.POSTS))
    known = frame.assign(published=pd.to_datetime(frame["published"], utc=True))
    return pd.concat([schema.conform(known, schema.POSTS), further], axis=1)
