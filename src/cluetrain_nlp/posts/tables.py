"""Tables of posts: CSV, JSON, JSON Lines and Parquet, one row at a time, in constant memory."""

import csv
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO, Final, TextIO

import ijson
import pyarrow as pa
import pyarrow.parquet as pq

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.encodings import open_text
from cluetrain_nlp.posts.rows import LONGEST, Bad, Item

__all__ = ["csv_header", "csv_rows", "json_rows", "jsonl_rows", "parquet_rows"]

#: Posts that are taken from a Parquet file at a time.
_BATCH: Final = 256
#: Levels of lists and objects in a JSON file.
_DEEPEST: Final = 100
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
        ``sep=;`` as Excel writes it; quotation marks inside a text are doubled, or escaped as ``\"`` where the first
        64,000 characters hold that and no doubled ones.
    where : str
        What the file is called in errors.

    Yields
    ------
    dict of str to str, or Bad
        Column -> cell. A row with more cells than the header has columns is `Bad`.

    Raises
    ------
    PostError
        If there is no header, or the file is not well-formed; rows before the fault have been given.
    """
    with open_text(open_bytes, where, newline="") as file:
        first = file.readline(LONGEST)
        stated = re.fullmatch(r"\ufeff?sep=(.)\r?\n", first)
        if stated:
            first = file.readline(LONGEST)
        delimiter, columns = csv_header(first)
        delimiter = stated[1] if stated else delimiter
        if not any(columns):
            raise PostError(f"{where} is empty. A CSV file needs a header such as post_id,text.")
        sample = file.read(64_000)
        escaped = '\\"' in sample and '""' not in sample.replace(f'{delimiter}""{delimiter}', "")
        lines = chain([first], _lines(sample, file), [_END])
        reader = csv.reader(lines, delimiter=delimiter, doublequote=not escaped, escapechar="\\" if escaped else None)
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
        last = 0
        try:
            columns = [name.strip() for name in next(reader)]
            for cells in reader:
                if cells and cells[-1].endswith(_END):
                    if cells != [_END]:
                        raise csv.Error("a quotation mark is not closed; what follows it is not read")
                elif len(cells) > len(columns) and any(cells[len(columns) :]):
                    yield Bad(
                        f"line {reader.line_num}",
                        f"It has {len(cells)} cells, the header names {len(columns)} ({', '.join(columns)}). "
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


def _lines(sample: str, file: TextIO) -> Iterator[str]:
    """Give the lines of a sample that was read ahead, and of the rest of the file; no line is longer than `LONGEST`."""
    parts = sample.splitlines(keepends=True) if not set(sample) & set("\v\f\x1c\x1d\x1e\x85\u2028\u2029") else None
    if parts is None:
        parts = re.findall(r"[^\n\r]*(?:\r\n|\n|\r|$)", sample)[:-1] or [sample]
    *whole, last = parts or [""]
    yield from whole
    if last.endswith("\r") or not last.endswith("\n"):
        last += file.readline(LONGEST)
    if last:
        yield last
    while line := file.readline(LONGEST):
        yield line


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
