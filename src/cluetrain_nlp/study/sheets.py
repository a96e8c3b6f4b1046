"""Coding sheets: a blinded sheet for each coder, and the way back from filled sheets to CODED."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from cluetrain_nlp import schema
from cluetrain_nlp.classifier.theses import ThesisSet, load_theses
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.codes import Answer, columns, read_key, to_coded, write_key
from cluetrain_nlp.study.coding import SAMPLE
from cluetrain_nlp.study.instructions import INSTRUCTIONS
from cluetrain_nlp.study.labels import GRADES, STANCES, VOICES
from cluetrain_nlp.study.spreadsheets import LONGEST, put, read_rows, write_csv

__all__ = ["read_coding", "write_sheets"]

_KEY: Final = "key.csv"
_NAME: Final = re.compile(r"\w[\w.-]*")
_SUFFIXES: Final = (".xlsx", ".csv")
#: Column of the hidden sheet `lists` that holds the values of each kind of code.
_LISTS: Final = {"voice": ("A", VOICES), "grade": ("B", GRADES), "stance": ("C", STANCES)}

_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_OPEN: Final = Protection(locked=False)


def write_sheets(
    sample: pd.DataFrame, folder: str | Path, *, coders: Sequence[str] = ("A", "B"), theses: ThesisSet | None = None
) -> list[Path]:
    """Write a blinded coding sheet for each coder, and the key to them.

    Parameters
    ----------
    sample : pandas.DataFrame
        As from `sample_for_coding`.
    folder : str or pathlib.Path
        Where to write; made if missing. Nothing in it is replaced.
    coders : sequence of str, default ("A", "B")
        Names or letters, which become part of file names.
    theses : ThesisSet, optional
        Where the wording of the theses is taken from; the 95 by default.

    Returns
    -------
    list of pathlib.Path
        For each coder `coding_NAME.xlsx` and `coding_NAME.csv`, of which one is to be filled in; `codebook.md`; and
        `key.csv`, which is the researcher's and must not reach the coders.

    Raises
    ------
    CluetrainError
        If there is no sample, names of coders cannot be used, or a file exists already.
    ThesisError
        If a thesis is not in the set.

    Notes
    -----
    A sheet shows each passage under a meaningless id, in an order of its own for each coder: no scores, posts, authors,
    groups or weights. The XLSX holds the codebook as second sheet, and accepts only values that it knows. The CSV has
    semicolons and a byte order mark, as German spreadsheets expect it. Texts that begin like formulas are made
    harmless; those above 16,000 characters go on in columns `text_2` and so on.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.coding import sample_for_coding
    >>> from cluetrain_nlp.study.sheets import write_sheets
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "thesis": 3}
    >>> rows = [row | {"post_id": f"p{number}", "text": f"Text {number}."} for number in range(8)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = write_sheets(sample_for_coding(pd.DataFrame(rows), 2, theses=[3]), folder, coders=["Ina"])
    >>> [path.name for path in paths]
    ['coding_Ina.xlsx', 'coding_Ina.csv', 'codebook.md', 'key.csv']
    """
    sample = schema.conform(sample, SAMPLE)
    if sample.empty:
        raise CluetrainError("The sample has no rows; expected one from sample_for_coding.")
    if isinstance(coders, str) or not coders or len({name.lower() for name in coders}) < len(coders):
        raise CluetrainError(f"coders is {coders!r}; expected a list of different names, such as ['A', 'B'].")
    for name in coders:
        if not _NAME.fullmatch(name):
            raise CluetrainError(
                f"The coder's name {name!r} cannot be part of a file name; expected letters and digits."
            )
    folder = Path(folder)
    numbers = [int(number) for number in sample["theses"].iloc[0].split()]
    wordings = theses or load_theses()
    explained = _explanation(numbers, wordings)
    paths = [folder / f"coding_{name}{suffix}" for name in coders for suffix in _SUFFIXES]
    paths += [folder / "codebook.md", folder / _KEY]
    for path in paths:
        if path.exists():
            raise CluetrainError(f"{path} exists, and may hold codes; nothing was written. Choose a new folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "codebook.md").write_text(_markdown(explained), encoding="utf-8")
    except OSError as error:
        raise CluetrainError(f"{folder} cannot be written to: {error.strerror}.") from error
    for name in coders:
        rows = _rows(sample, name, numbers)
        write_csv(folder / f"coding_{name}.csv", rows, delimiter=";")
        _write_xlsx(folder / f"coding_{name}.xlsx", rows, explained)
    write_key(sample, folder / _KEY)
    return paths


def _rows(sample: pd.DataFrame, coder: str, numbers: Sequence[int]) -> list[list[object]]:
    """Lay out one coder's sheet, the header first, in an order that depends on seed and coder."""
    pieces = [_pieces(text) for text in sample["text"]]
    widest = max(map(len, pieces))
    texts = ["text", *(f"text_{number}" for number in range(2, widest + 1))]
    codes = columns(numbers)
    order = np.random.default_rng([int(sample["seed"].iloc[0]), *coder.encode()]).permutation(len(sample))
    items = sample["item"].tolist()
    rows: list[list[object]] = [["item", "coder", *texts, *codes, "note"]]
    for row in order:
        blank = [""] * (widest - len(pieces[row]) + len(codes) + 1)
        rows.append([items[row], coder, *pieces[row], *blank])
    return rows


def _pieces(text: str) -> list[str]:
    return [text[start : start + LONGEST] for start in range(0, len(text), LONGEST)]


def _explanation(numbers: Sequence[int], theses: ThesisSet) -> list[tuple[str, str]]:
    """Give the codebook, and the wording of the theses that are asked for, in German and English."""
    rows = list(INSTRUCTIONS)
    if numbers:
        rows.append(("Die gefragten Thesen", "The theses asked for"))
        chosen = [theses[number] for number in numbers]
        rows += [
            (
                f"{thesis.number}: {thesis.text_de or thesis.text_en}",
                f"{thesis.number}: {thesis.text_en or thesis.text_de}",
            )
            for thesis in chosen
        ]
    return rows


def _is_heading(german: str) -> bool:
    return not german.endswith((".", "!", "?"))


def _markdown(rows: Sequence[tuple[str, str]]) -> str:
    german, english = (
        "\n\n".join(f"## {row[side]}" if _is_heading(row[0]) else row[side] for row in rows) for side in (0, 1)
    )
    return f"# Kodierbuch\n\n{german}\n\n# Codebook\n\n{english}\n"


def _write_xlsx(path: Path, rows: Sequence[Sequence[object]], explained: Sequence[tuple[str, str]]) -> None:
    book = Workbook()
    sheet: Worksheet = book.active
    sheet.title = "coding"
    header = [str(name) for name in rows[0]]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = put(sheet, number, column, value if value != "" else None)
            cell.alignment = _WRAPPED
            if number > 1 and not header[column - 1].startswith(("item", "coder", "text")):
                cell.protection = _OPEN
            if number == 1:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="DDDDDD")
    for column, name in enumerate(header, start=1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = 80 if name.startswith("text") else 24 if name == "note" else 11
        kind = name.partition("_")[0]
        if kind in _LISTS:
            sheet.add_data_validation(_validation(kind, f"{letter}2:{letter}{len(rows)}"))
    sheet.freeze_panes = "D2"
    # The texts are locked against slips, not against intent: there is no password.
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.formatCells = False
    _add_explanation(book, explained)
    _add_lists(book)
    try:
        book.save(path)
    except OSError as error:
        raise CluetrainError(f"{path} cannot be written: {error.strerror}.") from error


def _validation(kind: str, cells: str) -> DataValidation:
    column, values = _LISTS[kind]
    allowed = " · ".join(f"{value:g}" if isinstance(value, (int, float)) else value for value in values)
    validation = DataValidation(
        type="list",
        formula1=f"lists!${column}$1:${column}${len(values)}",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=kind,
        error=f"Erlaubt / allowed: {allowed}",
    )
    validation.add(cells)
    return validation


def _add_explanation(book: Workbook, explained: Sequence[tuple[str, str]]) -> None:
    sheet = book.create_sheet("codebook")
    for row, texts in enumerate(explained, start=1):
        for column, text in enumerate(texts, start=1):
            cell = put(sheet, row, column, text)
            cell.alignment = _WRAPPED
            cell.font = Font(bold=_is_heading(texts[0]))
    sheet.column_dimensions["A"].width = sheet.column_dimensions["B"].width = 70


def _add_lists(book: Workbook) -> None:
    """Add the allowed values as cells: each spreadsheet shows them with the decimal sign of its own language."""
    sheet = book.create_sheet("lists")
    for column, (_, values) in enumerate(_LISTS.values(), start=1):
        for row, value in enumerate(values, start=1):
            put(sheet, row, column, value)
    sheet.sheet_state = "hidden"


def read_coding(sheets: str | Path | Sequence[str | Path], key: str | Path | None = None) -> pd.DataFrame:
    """Read filled coding sheets.

    Parameters
    ----------
    sheets : str, pathlib.Path or sequence of them
        The sheets that came back, XLSX or CSV, one for each coder; or a folder with them. File names do not matter. An
        empty sheet of a coder who filled in another one is passed over.
    key : str or pathlib.Path, optional
        The key that was written with the sheets; ``key.csv`` in the folder by default.

    Returns
    -------
    pandas.DataFrame
        CODED: one row per passage, coder and thesis asked for, with the sample's design. Empty cells are NaN.
        ``attrs["design"]`` holds unit, n, N, seed, strata and roles; ``attrs["not_coded"]`` how many passages each
        coder left without any code.

    Raises
    ------
    CluetrainError
        If files cannot be read; otherwise with a list of everything that is wrong: changed texts (told by their
        SHA-256), items that are missing, unknown or there twice, values outside the codebook. Each is given with file,
        row and column.

    Notes
    -----
    Files may have gone through a spreadsheet: decimal commas, semicolons or tabs, byte order marks, UTF-16,
    Windows-1252, other line ends and another order of rows are understood.
    """
    paths, key = _found(sheets, key)
    return to_coded(_answers(paths), read_key(key))


def _found(sheets: str | Path | Sequence[str | Path], key: str | Path | None) -> tuple[list[Path], Path]:
    """Find the sheets and the key."""
    paths = [Path(sheets)] if isinstance(sheets, (str, Path)) else [Path(path) for path in sheets]
    folders = [path for path in paths if path.is_dir()]
    if key is None:
        if len(folders) != 1:
            raise CluetrainError("No key is given, and there is no single folder to find it in. Give key='…/key.csv'.")
        key = folders[0] / _KEY
    key = Path(key)
    found = [path for path in paths if not path.is_dir()]
    for folder in folders:
        inside = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)
        # Spreadsheets leave ~$ files beside those that are open.
        found += [path for path in inside if path.name != _KEY and not path.name.startswith(("~$", "."))]
    found = [path for path in found if path.resolve() != key.resolve()]
    if not found:
        raise CluetrainError(f"There are no sheets in {', '.join(map(str, paths))}; expected XLSX or CSV files.")
    return found, key


def _answers(paths: Sequence[Path]) -> list[Answer]:
    """Read the answers of each coder from the one file that he or she filled in."""
    by_coder: dict[str, dict[Path, list[Answer]]] = {}
    for path in paths:
        for number, row in read_rows(path):
            texts = [name for name in row if re.fullmatch(r"text(_\d+)?", name)]
            answer = Answer(
                place=f"{path.name}, row {number}",
                coder=_text(row.get("coder")),
                item=_text(row.get("item")),
                texts=["" if row[name] is None else str(row[name]) for name in texts],
                codes={name: value for name, value in row.items() if name.partition("_")[0] in _LISTS},
            )
            if not answer.coder:
                raise CluetrainError(f"{answer.place}: no coder. Expected the column 'coder' as it was written.")
            by_coder.setdefault(answer.coder, {}).setdefault(path, []).append(answer)
    answers = []
    for coder, files in by_coder.items():
        filled = [path for path, given in files.items() if any(_text(v) for a in given for v in a.codes.values())]
        if len(filled) > 1:
            names = ", ".join(path.name for path in filled)
            raise CluetrainError(
                f"Coder {coder} has codes in several files: {names}. Expected one; leave out the others."
            )
        answers += files[filled[0] if filled else next(iter(files))]
    return answers


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
