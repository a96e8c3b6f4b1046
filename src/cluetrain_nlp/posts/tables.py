"""Tables of posts: CSV, JSON Lines and Parquet, one dict a row, in constant memory."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cluetrain_nlp.errors import PostError

__all__ = ["Row", "csv_header", "csv_rows", "jsonl_rows", "parquet_rows"]

Row = dict[str, object]

_CHUNK: Final = 1000


def csv_header(line: str) -> tuple[str, list[str]]:
    """Find the delimiter and the columns of a CSV header line.

    Of comma, semicolon and tab, the most frequent outside quotation marks is the delimiter; with
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
    delimiter = max(",;\t", key=bare.count)
    # Without line ends, and below the limit of a field, the reader raises nothing.
    header = line.partition("\n")[0].replace("\r", "")[:100_000]
    return delimiter, next(csv.reader([header], delimiter=delimiter), [])


def csv_rows(path: Path, encoding: str) -> Iterator[Row]:
    """Read a CSV file with a header line; every cell is a string, an empty or lacking one is "".

    Parameters
    ----------
    path : pathlib.Path
        The file; the delimiter is found by `csv_header`.
    encoding : str
        As for `open`.

    Yields
    ------
    dict of str to str
        Column -> cell.

    Raises
    ------
    PostError
        If there is no header, or the file is not well-formed.
    """
    with path.open(encoding=encoding, newline="") as file:
        delimiter, columns = csv_header(file.readline())
        file.seek(0)
        try:
            # na_filter=False: "NA" and "null" are words here, not missing values.
            with pd.read_csv(file, sep=delimiter, dtype=str, na_filter=False, chunksize=_CHUNK) as chunks:
                for chunk in chunks:
                    if not isinstance(chunk.index, pd.RangeIndex):
                        raise PostError(
                            f"{path}: rows have more fields than the header, which names {len(columns)} "
                            f"({', '.join(columns)}). Name every column, or quote the texts."
                        )
                    for row in chunk.to_dict("records"):
                        yield {str(name): cell for name, cell in row.items()}
        except pd.errors.EmptyDataError as error:
            raise PostError(f"{path} is empty. A CSV file needs a header such as post_id,text.") from error
        except pd.errors.ParserError as error:
            raise PostError(
                f"{path} is not well-formed CSV with delimiter {delimiter!r} ({str(error).strip()}). "
                'A text with the delimiter, a quotation mark or a line break must stand in "…", a mark as "".'
            ) from error


def jsonl_rows(path: Path, encoding: str) -> Iterator[Row]:
    """Read JSON Lines: one object a line; blank lines are skipped.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    encoding : str
        As for `open`.

    Yields
    ------
    dict of str to object
        Key -> value.

    Raises
    ------
    PostError
        If a line is not a JSON object; the message names the line.
    """
    with path.open(encoding=encoding) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if "\\u" in line:  # half a surrogate pair is valid JSON, but no frame can hold it
                    json.dumps(row, ensure_ascii=False).encode()
            # ValueError covers UnicodeEncodeError and endless integers, RecursionError endless nesting.
            except (ValueError, RecursionError) as error:
                raise PostError(
                    f"{path}, line {number} is not valid JSON ({error}). Write one whole object on each line."
                ) from error
            if not isinstance(row, dict):
                raise PostError(
                    f"{path}, line {number} holds a JSON {type(row).__name__}, not an object. Write "
                    'one object on each line, such as {"post_id": "1", "text": "…"}.'
                )
            yield row


def parquet_rows(path: Path, encoding: str) -> Iterator[Row]:
    """Read a Parquet file; memory is bounded by its largest row group.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    encoding : str
        Not used: Parquet defines its own. Every reader takes the same arguments.

    Yields
    ------
    dict of str to object
        Column -> value; a null is None.

    Raises
    ------
    PostError
        If the file is damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_CHUNK):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise PostError(f"{path} cannot be read as Parquet ({error}). Write the file again.") from error
