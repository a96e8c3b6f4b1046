"""Rows in and out of CSV and XLSX files, as spreadsheet programs write and read them.

A cell that begins like a formula would be run by a spreadsheet. In CSV it gets an apostrophe in front, which is taken
away again when the file is read; in XLSX it is marked as text. Of what XML cannot hold, control characters are left
out.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from cluetrain_nlp.errors import CluetrainError

__all__ = ["LONGEST", "clean", "put", "read_rows", "unguard", "write_csv"]

#: Characters to a cell, so that no more than the 32,767 UTF-16 units of XLSX are needed.
LONGEST: Final = 16_000
_FORMULA: Final = re.compile(r"['’]*[=+\-@\t\r\n＝＋－＠]")
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: What XLSX would take for one of its own escapes of a character.
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED: Final = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)")
_DELIMITERS: Final = ";,\t"


def clean(text: str) -> str:
    r"""Leave out what a spreadsheet cannot hold, and write line ends as ``\n``.

    Examples
    --------
    >>> from cluetrain_nlp.study.spreadsheets import clean
    >>> clean("a\r\nb\x07")
    'a\nb'
    """
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _guard(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Take away the apostrophe that `write_csv` puts before what looks like a formula.

    Examples
    --------
    >>> from cluetrain_nlp.study.spreadsheets import unguard
    >>> unguard("'=1+1"), unguard("'s ist so")
    ('=1+1', "'s ist so")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def write_csv(path: Path, rows: Iterable[Sequence[object]], *, delimiter: str = ",") -> None:
    """Write rows, the header first, as CSV in UTF-8 with a byte order mark; refuses to replace a file.

    Raises
    ------
    CluetrainError
        If the file exists or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerows([_guard(clean(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows)
    except OSError as error:
        raise CluetrainError(f"{path} cannot be written: {error.strerror}. Choose a new folder.") from error


def put(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
    """Write a value to a cell; text is text, whatever it begins with.

    Parameters
    ----------
    sheet : openpyxl worksheet
    row, column : int
        From 1.
    value : object
        Text, a number or None.

    Returns
    -------
    openpyxl cell

    Examples
    --------
    >>> from openpyxl import Workbook
    >>> from cluetrain_nlp.study.spreadsheets import put
    >>> put(Workbook().active, 1, 1, "=1+1").data_type
    's'
    """
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = _ESCAPE.sub("_x005F_", clean(value))
        cell.data_type = "s"
        cell.quotePrefix = bool(_FORMULA.match(value))
    else:
        cell.value = value
    return cell


def read_rows(path: Path) -> list[tuple[int, dict[str, object]]]:
    """Read the rows of a CSV or XLSX file.

    Parameters
    ----------
    path : pathlib.Path
        XLSX: the first sheet with a column `item`. CSV: comma, semicolon or tab; UTF-8 or UTF-16, else Windows-1252.

    Returns
    -------
    list of (int, dict)
        Number of the row in the file, counted from 1 with the header, and column to value. Cells of CSV are str.
        Empty rows are passed over; cells that are missing at the end of a row are None.

    Raises
    ------
    CluetrainError
        If the file cannot be read, or has no column `item`.
    """
    try:
        rows = _xlsx(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv(path)
    except (OSError, UnicodeDecodeError, csv.Error, zipfile.BadZipFile, InvalidFileException, KeyError) as error:
        raise CluetrainError(f"{path} cannot be read: {error}. Expected a sheet in XLSX or CSV.") from error
    header = [str(name).strip() if name is not None else "" for name in rows[0]] if rows else []
    if "item" not in header:
        raise CluetrainError(
            f"{path} has no column 'item' in its first row; found {', '.join(filter(None, header)) or 'nothing'}. Give "
            "the sheets and the key that write_sheets wrote."
        )
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: value for name, value in zip_longest(header, row[: len(header)]) if name}
        if any(value is not None and str(value).strip() for value in cells.values()):
            found.append((number, cells))
    return found


def _xlsx(path: Path) -> list[list[object]]:
    book: Workbook = load_workbook(path, read_only=True, data_only=True)
    try:
        sheets = [[list(map(_value, row)) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    finally:
        book.close()
    coding = [rows for rows in sheets if rows and "item" in rows[0]]
    return (coding or sheets)[0]


def _value(value: object) -> object:
    return _ESCAPED.sub("_", value) if isinstance(value, str) else value


def _csv(path: Path) -> list[list[object]]:
    text = _decode(path.read_bytes())
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")
