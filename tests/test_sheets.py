"""Coding sheets: what coders see, and what comes back through spreadsheets."""

import csv
import datetime
import io
import tempfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, ThesisError
from cluetrain_nlp.study.agreement import agreement
from cluetrain_nlp.study.coding import fingerprint, sample_for_coding
from cluetrain_nlp.study.sheets import read_coding, write_sheets
from cluetrain_nlp.study.spreadsheets import put, read_rows, unguard, write_csv

ROW = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "thesis": 3}
#: Everything that spreadsheets are known to spoil.
TEXTS = [
    '=HYPERLINK("https://beispiel.test";"Klick")',
    "+49 30 1234 ist unsere Nummer.",
    "-- Ende der Durchsage",
    "@alle: Wer kommt mit?",
    "'s ist halt so; 'ne Frage hätt ich.",
    "'=1+1 stand da, samt Apostroph.",
    "Zeile eins\r\nZeile zwei\n\nZeile drei",
    "Gl\u0006ocke \x0bund _x000D_ und _x0041_ und \u2028 Trenner",
    '„Zitat“; mit "Strichen", Komma – und Tab\there 🙂',
    "lang " * 8000,
    "Größe: 5 €, Straße, naïve Crème brûlée",
    "1,5",
]


@pytest.fixture
def sample():
    scores = pd.DataFrame([ROW | {"post_id": f"firma/{n}", "text": text} for n, text in enumerate(TEXTS)])
    return sample_for_coding(scores, len(TEXTS), theses=[3, 62])


@pytest.fixture
def folder(sample, tmp_path):
    write_sheets(sample, tmp_path / "bogen")
    return tmp_path / "bogen"


def fill_xlsx(path, codes, columns=("voice", "grade_3", "stance_3", "grade_62", "stance_62"), to=None):
    """Fill a sheet in as a person would: `codes` of each row in the order of the sheet."""
    book = openpyxl.load_workbook(path)
    sheet = book["coding"]
    header = [cell.value for cell in sheet[1]]
    for row, values in zip(range(2, sheet.max_row + 1), codes, strict=False):
        for column, value in zip(columns, values, strict=False):
            sheet.cell(row, header.index(column) + 1).value = value
    book.save(to or path)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def fill_csv(path, codes, *, to=None, encoding="utf-8-sig", delimiter=";", end="\r\n"):
    rows = rows_of(path)
    for row, values in zip(rows, codes, strict=False):
        row |= values
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    (to or path).write_bytes(out.getvalue().encode(encoding))


FULL = [(0, 0, None, 0, None), (2.5, 3, "supports", 0, None), ("2,5", "2", "Opposes ", 1, "reports")] * 4


def test_what_coders_see_tells_them_nothing(folder, sample):
    assert sorted(path.name for path in folder.iterdir()) == [
        "codebook.md",
        "coding_A.csv",
        "coding_A.xlsx",
        "coding_B.csv",
        "coding_B.xlsx",
        "key.csv",
    ]
    header = [
        "item",
        "coder",
        "text",
        "text_2",
        "text_3",
        "voice",
        "grade_3",
        "stance_3",
        "grade_62",
        "stance_62",
        "note",
    ]
    for name in "AB":
        rows = rows_of(folder / f"coding_{name}.csv")
        assert list(rows[0]) == header
        assert not any(post in str(row) for row in rows for post in sample["post_id"])
        assert {row["item"] for row in rows} == set(sample["item"])
        sheet = openpyxl.load_workbook(folder / f"coding_{name}.xlsx")["coding"]
        assert [cell.value for cell in sheet[1]] == header
        assert [cell.value for cell in sheet["A"]][1:] == [row["item"] for row in rows]
    orders = [[row["item"] for row in rows_of(folder / f"coding_{name}.csv")] for name in "AB"]
    assert orders[0] != orders[1] != sample["item"].tolist()
    assert all(item.isalpha() and not set(item) & set("aeiou") for item in orders[0])


def test_no_cell_is_a_formula(folder):
    for row in rows_of(folder / "coding_A.csv"):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    sheet: Worksheet = openpyxl.load_workbook(folder / "coding_A.xlsx")["coding"]
    texts = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in texts} == {"s"}
    risky = [cell for cell in texts if cell.value.startswith(("=", "+", "-", "@"))]
    assert len(risky) == 4
    assert all(cell.quotePrefix for cell in risky)
    assert max(len(cell.value.encode("utf-16-le")) // 2 for cell in texts) <= 32_767


def test_the_workbook_explains_and_accepts_only_the_codebook(folder):
    book = openpyxl.load_workbook(folder / "coding_A.xlsx")
    assert book.sheetnames == ["coding", "codebook", "lists"]
    words = " ".join(str(cell.value) for row in book["codebook"].iter_rows() for cell in row)
    assert "Lippenbekenntnis" in words
    assert "argues the contrary" in words
    assert "3: " in words
    assert "62: " in words
    lists = {
        column: [cell.value for cell in book["lists"][column] if cell.value is not None] for column in ("A", "B", "C")
    }
    assert lists["A"] == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]
    assert lists["B"] == [0, 1, 2, 3]
    assert lists["C"] == ["supports", "opposes", "reports"]
    rules = {str(rule.sqref): rule.formula1 for rule in book["coding"].data_validations.dataValidation}
    last = len(TEXTS) + 1
    assert rules[f"F2:F{last}"] == "lists!$A$1:$A$9"
    assert rules[f"G2:G{last}"] == "lists!$B$1:$B$4"
    assert rules[f"J2:J{last}"] == "lists!$C$1:$C$3"
    sheet = book["coding"]
    assert sheet.protection.sheet
    assert sheet["C2"].protection.locked
    assert not sheet["F2"].protection.locked
    assert "Lippenbekenntnis" in (folder / "codebook.md").read_text(encoding="utf-8")


def test_filled_workbooks_become_codes(folder, sample):
    fill_xlsx(folder / "coding_A.xlsx", FULL)
    fill_xlsx(folder / "coding_B.xlsx", [(4, 0, None, 0, None)] * 11)
    coded = read_coding(folder)
    assert {name: str(kind) for name, kind in coded.dtypes.items()} == schema.CODED
    assert len(coded) == len(TEXTS) * 2 * 2
    assert coded.attrs["design"] == sample.attrs["design"]
    assert coded.attrs["not_coded"] == {"A": 0, "B": 1}
    order = [row["item"] for row in rows_of(folder / "coding_A.csv")]
    posts = sample.set_index("item")["post_id"]
    mine = coded[coded["coder"] == "A"].set_index(["post_id", "thesis"])
    third = mine.loc[posts[order[2]]]
    assert third.loc[3, ["grade", "stance", "voice"]].tolist() == [2.0, "opposes", 2.5]
    assert third.loc[62, ["grade", "stance", "voice"]].tolist() == [1.0, "reports", 2.5]
    assert mine["weight"].eq(1).all()
    left = coded[(coded["coder"] == "B") & coded["voice"].isna()]
    assert len(left) == 2
    assert left["grade"].isna().all()


@pytest.mark.parametrize(
    ("encoding", "delimiter", "end"),
    [("utf-8-sig", ";", "\r\n"), ("utf-8", ",", "\n"), ("utf-16", "\t", "\r\n"), ("utf-8", ";", "\r\n")],
)
def test_csv_in_many_dialects(folder, tmp_path, encoding, delimiter, end):
    codes = [{"voice": "2,5", "grade_3": "0", "grade_62": " 2 ", "stance_62": "reports"}] * len(TEXTS)
    path = tmp_path / "von Ina.CSV"
    fill_csv(folder / "coding_A.csv", codes, to=path, encoding=encoding, delimiter=delimiter, end=end)
    coded = read_coding([path], folder / "key.csv")
    assert coded["voice"].unique().tolist() == [2.5]
    assert coded.loc[coded["thesis"] == 62, "grade"].unique().tolist() == [2]


def test_windows_1252_where_nothing_is_lost(tmp_path):
    scores = pd.DataFrame([ROW | {"post_id": str(n), "text": f"„Größe {n}“ – für 5 €"} for n in range(3)])
    write_sheets(sample_for_coding(scores, 3), tmp_path / "a", coders=["Jörg"])
    path = tmp_path / "a/coding_Jörg.csv"
    fill_csv(path, [{"voice": "3"}] * 3, encoding="cp1252")
    (tmp_path / "a/coding_Jörg.xlsx").unlink()
    coded = read_coding(tmp_path / "a")
    assert coded["coder"].unique().tolist() == ["Jörg"]
    assert coded[["thesis", "grade"]].drop_duplicates().to_numpy().tolist() == [[0, pytest.approx(np.nan, nan_ok=True)]]
    content = path.read_bytes().decode("cp1252").replace("–", "?").encode("cp1252")
    path.write_bytes(content)
    with pytest.raises(CluetrainError, match="was changed; if signs became question marks, save as XLSX"):
        read_coding(tmp_path / "a")


def test_a_sheet_saved_again_by_a_spreadsheet(folder, tmp_path):
    """The CSV opened and saved as XLSX, with the apostrophes that guard it, and lines ended in Excel's way."""
    book = openpyxl.Workbook()
    rows = rows_of(folder / "coding_A.csv")
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([value.replace("\n", "_x000D_\n") or None for value in (row | {"voice": "1"}).values()])
    book.save(tmp_path / "neu.xlsx")
    assert read_coding(tmp_path / "neu.xlsx", folder / "key.csv")["voice"].unique().tolist() == [1.0]


def test_a_key_saved_again_by_a_spreadsheet(folder, sample):
    fill_xlsx(folder / "coding_A.xlsx", FULL)
    before = read_coding(folder)
    with (folder / "key.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    with (folder / "key.csv").open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows([[cell.replace("1.0", "1,0") for cell in row] for row in rows])
    pd.testing.assert_frame_equal(read_coding(folder), before)


def problems(folder, **options):
    with pytest.raises(CluetrainError) as caught:
        read_coding(folder, **options)
    return str(caught.value)


def test_all_that_is_wrong_is_listed_at_once(folder, sample):
    rows = rows_of(folder / "coding_A.csv")
    changes = [
        {"voice": "5"},
        {"grade_3": "2"},
        {"stance_3": "opposes"},
        {"grade_3": "2", "stance_3": "dafür"},
        {"voice": "zwei"},
        {"text": "Ganz anders.", "text_2": "", "text_3": ""},
        {"item": "zzzzzz"},
        {"item": rows[8]["item"]},
    ]
    fill_csv(folder / "coding_A.csv", changes)
    message = problems(folder)
    assert message.startswith("12 problem(s) in the codes")
    for part in (
        "coding_A.csv, row 2, column voice: '5'; expected 0 to 4 in half steps, or nothing",
        "row 3, column stance_3: nothing, but the grade is 2; expected supports, opposes, reports",
        "row 4, column stance_3: 'opposes' without a grade",
        "row 5, column stance_3: 'dafür'; expected supports, opposes, reports, or nothing",
        "row 6, column voice: 'zwei'",
        f"row 7: the text of item {rows[5]['item']} was changed",
        "row 8: item 'zzzzzz' is not in the key",
        f"row 9: item {rows[8]['item']} is there more than once for coder A",
        f"row 10: item {rows[8]['item']} is there more than once for coder A",
        f"coder A: item {rows[6]['item']} is missing",
        f"coder A: item {rows[7]['item']} is missing",
    ):
        assert part in message


def test_one_changed_letter_is_found(folder):
    book = openpyxl.load_workbook(folder / "coding_A.xlsx")
    sheet = book["coding"]
    cell = next(cell for cell in sheet["C"] if "Straße" in str(cell.value))
    cell.value = cell.value.replace("Straße", "Strasse")
    book.save(folder / "coding_A.xlsx")
    (folder / "coding_A.csv").unlink()
    assert f"row {cell.row}: the text of item" in problems(folder)


def test_dates_are_told(folder):
    fill_xlsx(folder / "coding_A.xlsx", [(datetime.datetime(2026, 5, 2),)])
    assert "row 2, column voice: '2026-05-02 00:00:00' (a date: the spreadsheet took" in problems(folder)


def test_a_long_list_is_cut(folder):
    fill_xlsx(folder / "coding_A.xlsx", [(9, 9, "x", 9, "x")] * len(TEXTS))
    assert problems(folder).endswith("\n… and 40 more")


def test_two_filled_sheets_of_one_coder_are_refused(folder):
    fill_xlsx(folder / "coding_A.xlsx", FULL)
    fill_csv(folder / "coding_A.csv", [{"voice": "1"}])
    assert "Coder A has codes in several files: coding_A.csv, coding_A.xlsx" in problems(folder)


def test_files_at_fault_are_told(folder, tmp_path):
    assert "cannot be read" in problems([tmp_path / "nichts.csv"], key=folder / "key.csv")
    (tmp_path / "kaputt.xlsx").write_bytes(b"kein Archiv")
    assert "kaputt.xlsx cannot be read" in problems([tmp_path / "kaputt.xlsx"], key=folder / "key.csv")
    (tmp_path / "fremd.csv").write_text("a;b\n1;2\n")
    assert "has no column 'item'" in problems([tmp_path / "fremd.csv"], key=folder / "key.csv")
    assert "No key is given" in problems([folder / "coding_A.csv"])
    assert "lacks the columns post_id" in problems(folder / "coding_A.csv", key=folder / "coding_B.csv")
    (tmp_path / "leer").mkdir()
    assert "There are no sheets" in problems(tmp_path / "leer")
    (tmp_path / "ohne.csv").write_text("item;text;voice\nbcdfgh;Text;1\n")
    assert "ohne.csv, row 2: no coder" in problems([tmp_path / "ohne.csv"], key=folder / "key.csv")


def test_sheets_are_never_replaced(folder, sample):
    with pytest.raises(CluetrainError, match=r"coding_A\.xlsx exists, and may hold codes; nothing was written"):
        write_sheets(sample, folder)
    with pytest.raises(CluetrainError, match=r"codebook\.md exists"):
        write_sheets(sample, folder, coders=["C"])


@pytest.mark.parametrize("coders", [[], "AB", ["A", "a"], ["../A"], [""], ["a/b"]])
def test_names_of_coders(sample, tmp_path, coders):
    with pytest.raises(CluetrainError, match="coder"):
        write_sheets(sample, tmp_path, coders=coders)
    assert not list(tmp_path.iterdir())


def test_samples_at_fault_are_told(sample, tmp_path):
    with pytest.raises(CluetrainError, match="The sample has no rows"):
        write_sheets(sample.iloc[:0], tmp_path)
    with pytest.raises(ThesisError):
        write_sheets(sample.assign(theses="3 777"), tmp_path)
    (tmp_path / "datei").write_text("")
    with pytest.raises(CluetrainError, match="cannot be written"):
        write_sheets(sample, tmp_path / "datei")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(st.characters(codec=None), max_size=40), min_size=1, max_size=5))
def test_any_text_goes_there_and_back(texts):
    """Whatever stands in a cell of CSV or XLSX: what is read again has the same hash."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "zellen.csv")
        write_csv(path, [["item", "text"], *(["bcdfgh", text] for text in texts)], delimiter=";")
        from_csv = [unguard(str(row["text"])) for _, row in read_rows(path)]
        book = openpyxl.Workbook()
        for row, cells in enumerate([["item", "text"], *(["bcdfgh", text or None] for text in texts)], start=1):
            for column, value in enumerate(cells, start=1):
                put(book.active, row, column, value)
        book.save(path.with_suffix(".xlsx"))
        from_xlsx = [str(row["text"] or "") for _, row in read_rows(path.with_suffix(".xlsx"))]
    hashes = [fingerprint(text) for text in texts]
    assert [fingerprint(text) for text in from_csv] == hashes
    assert [fingerprint(text) for text in from_xlsx] == hashes


def test_a_second_coder_may_have_a_part(sample, tmp_path):
    part = sample[sample["post_id"].isin(sample["post_id"].unique()[:4])]
    write_sheets(sample, tmp_path / "alle", coders=["Ina"])
    write_sheets(part, tmp_path / "teil", coders=["Kim"])
    fill_xlsx(tmp_path / "alle/coding_Ina.xlsx", FULL)
    fill_xlsx(tmp_path / "teil/coding_Kim.xlsx", FULL)
    both = pd.concat([read_coding(tmp_path / "alle"), read_coding(tmp_path / "teil")], ignore_index=True)
    assert both.groupby("coder")["passage"].size().to_dict() == {"Ina": 24, "Kim": 8}
    assert agreement(both).set_index(["what", "thesis"]).loc[("voice", 0), "n"] == 4


def test_a_lost_column_is_told(folder):
    for path in folder.glob("*.xlsx"):
        path.unlink()
    path = folder / "coding_A.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(";voice;", ";Stimme;"), encoding="utf-8")
    assert "coder A: there is no column voice" in problems(folder)


def test_cells_missing_at_the_end_of_a_row_are_empty(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("item;voice;note\nbcd;2\nbcf\n", encoding="utf-8")
    rows = read_rows(path)
    assert [row for _, row in rows] == [
        {"item": "bcd", "voice": "2", "note": None},
        {"item": "bcf", "voice": None, "note": None},
    ]
