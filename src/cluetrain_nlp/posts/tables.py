"""Tables of posts: CSV, JSON, JSON Lines and Parquet, one row at a time, in constant memory."""

import csv
import io
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from typing import BinaryIO, Final, TextIO, TypedDict

import ijson
import pyarrow as pa
import pyarrow.parquet as pq

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.encodings import encoding_of, open_text
from cluetrain_nlp.posts.rows import COLUMNS, LONGEST, Bad, Item

__all__ = ["csv_header", "csv_rows", "json_rows", "jsonl_rows", "parquet_rows", "top_level"]

#: Posts that are taken from a Parquet file at a time.
_BATCH: Final = 256
#: Levels of lists and objects in a JSON file.
_DEEPEST: Final = 100
#: Characters that are looked at to tell how a CSV file is written.
_SAMPLE: Final = 64_000
_DELIMITERS: Final = ",;\t|"
#: A last line of our own: where it is no row, a quotation mark is open.
_END: Final = "\ue001"


def csv_header(line: str) -> tuple[str, list[str]]:
    """Find the delimiter and the columns of a CSV header line.

    Of comma, semicolon, tab and bar, the most frequent outside quotation marks is the delimiter; with
    none of them it is the comma. No later line is looked at: texts cannot mislead the choice.

    Parameters
    ----------
    line : str
        The first line of a CSV file.

    Returns
    -------
    delimiter : str
    columns : list of str

    Examples
    --------
    >>> from cluetrain_nlp.posts.tables import csv_header
    >>> csv_header('post_id;"text, ganz"')
    (';', ['post_id', 'text, ganz'])
    """
    bare = re.sub(r'"[^"]*"', "", line)
    delimiter = max(_DELIMITERS, key=bare.count)
    # Without line ends, and below the limit of a field, the reader raises nothing.
    header = line.partition("\n")[0].replace("\r", "")[:100_000]
    return delimiter, next(csv.reader([header], delimiter=delimiter), [])


def csv_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    r"""Read a CSV file with a header line; every cell is a string, an empty or lacking one is "".

    Parameters
    ----------
    open_bytes : callable
        Opens the file. Its encoding is found by `encoding_of`, its delimiter by `csv_header`, after a first line
        ``sep=;`` as Excel writes it; quotation marks inside a text are doubled, or escaped as ``\"`` where more
        of the first rows then have as many cells as the header.
    where : str
        What the file is called in errors.

    Yields
    ------
    dict of str to str, or Bad
        Column -> cell. A row with more cells than the header has columns is `Bad`, and so is a line of more than five
        million characters. Of columns that share a name the first keeps it.

    Raises
    ------
    PostError
        If there is no header or one of more than ten thousand columns, or the file is not well-formed; rows before the
        fault have been given.
    """
    encoding, errors = encoding_of(open_bytes, where)
    with io.TextIOWrapper(open_bytes(), encoding=encoding, errors=errors, newline="") as file:
        first = file.readline(LONGEST)
        stated = re.fullmatch(r"\ufeff?sep=(.)\r?\n?", first)
        header = file.readline(LONGEST) if stated else first
        sample = header + file.read(_SAMPLE)
    delimiter, columns = csv_header(header)
    delimiter = stated[1] if stated else delimiter
    if not any(columns):
        raise PostError(f"{where} is empty. A CSV file needs a header such as post_id,text.")
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
    overlong: list[int] = []
    last = 0
    with io.TextIOWrapper(open_bytes(), encoding=encoding, errors=errors, newline="") as file:
        if stated:
            file.readline(LONGEST)
        lines = chain(_lines(file, overlong), [_END])
        reader = csv.reader(lines, delimiter=delimiter, **_escaping(sample, delimiter))
        try:
            columns = _distinct(next(reader))
            if len(columns) > COLUMNS:
                raise PostError(
                    f"{where} has {len(columns):,} columns, more than {COLUMNS:,}. Is its first line a header?"
                )
            for cells in reader:
                for line in overlong:
                    yield Bad(f"line {line}", f"The line is longer than {LONGEST:,} characters.")
                overlong.clear()
                if cells and cells[-1].endswith(_END):
                    if cells != [_END]:
                        raise csv.Error("a quotation mark is not closed; what follows it is not read")
                elif len(cells) > len(columns) and any(cells[len(columns) :]):
                    yield Bad(
                        f"line {reader.line_num}",
                        f"It has {len(cells)} cells, the header names {len(columns)} ({', '.join(columns[:20])}). "
                        f"Quote texts that hold {delimiter!r}.",
                    )
                elif cells:
                    yield dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=False))
                last = reader.line_num
        except csv.Error as error:
            raise PostError(
                f"{where}, line {last + 1}: not well-formed CSV with delimiter {delimiter!r} ({error}). "
                'A text with the delimiter, a quotation mark or a line break must stand in "…", a mark as "".'
            ) from error


def _lines(file: TextIO, overlong: list[int]) -> Iterator[str]:
    """Give the lines of a file, empty ones for those that are too long, whose numbers are noted."""
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        if len(line) == LONGEST and not line.endswith(("\n", "\r")):
            while line and not line.endswith(("\n", "\r")):
                line = file.readline(LONGEST)
            overlong.append(number)
            line = "\n"
        yield line


class _Escaping(TypedDict):
    doublequote: bool
    escapechar: str | None


def _escaping(sample: str, delimiter: str) -> _Escaping:
    """Tell how quotation marks inside a text are written: so that more rows have as many cells as the header."""
    ways: list[_Escaping] = [{"doublequote": True, "escapechar": None}, {"doublequote": False, "escapechar": "\\"}]
    if '\\"' not in sample:
        return ways[0]
    return max(ways, key=lambda way: _fitting(sample, delimiter, way))


def _fitting(sample: str, delimiter: str, way: _Escaping) -> int:
    sizes = []
    with suppress(csv.Error):
        sizes += [len(cells) for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, **way)]
    return sum(size == sizes[0] for size in sizes[1:])


def _distinct(names: list[str]) -> list[str]:
    """Give later ones of columns that share a name a number."""
    times = Counter[str]()
    found: dict[str, None] = {}
    for name in (name.strip() for name in names):
        times[name] += 1
        unique = name if times[name] == 1 else f"{name} [{times[name]}]"
        while unique in found:
            times[name] += 1
            unique = f"{name} [{times[name]}]"
        found[unique] = None
    return list(found)


def jsonl_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    """Read JSON Lines: one object a line; blank lines are passed over.

    Parameters
    ----------
    open_bytes, where
        As for `csv_rows`.

    Yields
    ------
    dict of str to object, or Bad
        Key -> value; a line that is no JSON object, or longer than five million characters, is `Bad`.
    """
    with open_text(open_bytes, where) as file:
        number = 0
        while line := file.readline(LONGEST):
            number += 1
            if len(line) == LONGEST and not line.endswith("\n"):
                while line and not line.endswith("\n"):
                    line = file.readline(LONGEST)
                yield Bad(f"line {number}", f"The line is longer than {LONGEST:,} characters.")
            elif line.strip():
                yield _object(line, number)


def _object(line: str, number: int) -> Item:
    try:
        row = json.loads(line)
        if "\\u" in line:  # half a surrogate pair is valid JSON, but no frame can hold it
            json.dumps(row, ensure_ascii=False).encode()
    # ValueError covers UnicodeEncodeError and endless integers, RecursionError endless nesting.
    except (ValueError, RecursionError) as error:
        return Bad(f"line {number}", f"It is not valid JSON ({error}). Write one whole object on each line.")
    if not isinstance(row, dict):
        return Bad(
            f"line {number}",
            f'It holds a JSON {type(row).__name__}, not an object such as {{"post_id": "1", "text": "…"}}.',
        )
    return row


def json_rows(open_bytes: Callable[[], BinaryIO], where: str, prefix: str = "item") -> Iterator[Item]:
    """Read a JSON file that holds a list of objects.

    Parameters
    ----------
    open_bytes, where
        As for `csv_rows`.
    prefix : str
        The path to the objects: "item" for a list, "items.item" for a list under the key `items`.

    Yields
    ------
    dict of str to object, or Bad
        Key -> value.

    Raises
    ------
    PostError
        If the file is not valid JSON; objects before the fault have been given.
    """
    number = 0
    # Through text and back, so that a file in another encoding than UTF-8 is read all the same.
    with open_text(open_bytes, where) as text:
        try:
            events = _shallow(ijson.basic_parse(_Encoded(text), use_float=True), where)
            for row in ijson.items(ijson.parse(events), prefix):
                number += 1
                yield row if isinstance(row, dict) else Bad(f"item {number}", "It is no JSON object.")
        # The parser lets lone surrogates, endless numbers and endless nesting through in its own words.
        except (ijson.JSONError, ValueError, RecursionError, OverflowError) as error:
            raise PostError(
                f"{where}, after {number} item(s): not valid JSON ({error}). Write the file again."
            ) from error


def top_level(start: str) -> tuple[set[str], dict[str, set[str]]]:
    """Look at the beginning of a JSON object.

    Parameters
    ----------
    start : str
        May break off anywhere.

    Returns
    -------
    keys : set of str
        Those of the object.
    lists : dict of str to set of str
        Keys under which lists of objects stand, in order, and the keys of their first objects.

    Examples
    --------
    >>> keys, lists = top_level('{"blog": "x", "posts": [{"id": "1", "te')
    >>> sorted(keys), lists
    (['blog', 'posts'], {'posts': {'id'}})
    """
    keys: set[str] = set()
    lists: dict[str, set[str]] = {}
    done: set[str] = set()
    with suppress(ijson.JSONError, PostError, ValueError):
        events = _shallow(ijson.basic_parse(io.BytesIO(start.encode(errors="replace"))), "")
        for prefix, event, value in ijson.parse(events):
            key = prefix.removesuffix(".item")
            if prefix == "" and event == "map_key":
                keys.add(value)
            elif prefix != key and key in keys and key not in done:
                if event == "start_map":
                    lists.setdefault(key, set())
                elif event == "map_key" and key in lists:
                    lists[key].add(value)
                elif event == "end_map":
                    done.add(key)
    return keys, lists


def _shallow(events: Iterator[tuple[str, object]], where: str) -> Iterator[tuple[str, object]]:
    """Hand on events, up to a depth: the parser's memory grows with its square."""
    depth = 0
    for event in events:
        if event[0] in ("start_map", "start_array"):
            depth += 1
            if depth > _DEEPEST:
                raise PostError(f"{where} nests deeper than {_DEEPEST} levels. Write the file again.")
        elif event[0] in ("end_map", "end_array"):
            depth -= 1
        yield event


class _Encoded:
    """A file of text, read as UTF-8 bytes."""

    def __init__(self, text: TextIO) -> None:
        self._text = text

    def read(self, size: int = -1) -> bytes:
        return self._text.read(size).encode()


def parquet_rows(open_bytes: Callable[[], BinaryIO], where: str) -> Iterator[Item]:
    """Read a Parquet file; memory is bounded by its largest row group.

    Parameters
    ----------
    open_bytes, where
        As for `csv_rows`.

    Yields
    ------
    dict of str to object
        Column -> value; a null is None.

    Raises
    ------
    PostError
        If the file is damaged.
    """
    with open_bytes() as file:
        try:
            if not file.seekable():  # in an archive
                copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the file
                shutil.copyfileobj(file, copy)
                copy.seek(0)
            else:
                copy = file  # type: ignore[assignment]
            with copy, pq.ParquetFile(copy) as table:
                for batch in table.iter_batches(batch_size=_BATCH):
                    yield from batch.to_pylist()
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise PostError(f"{where} cannot be read as Parquet ({error}). Write the file again.") from error
