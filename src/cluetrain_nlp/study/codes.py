"""Codes as they come back from people: checked against the key, and turned into the frame CODED."""

import datetime
import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.coding import SAMPLE, fingerprint
from cluetrain_nlp.study.labels import GRADES, STANCES, VOICES
from cluetrain_nlp.study.spreadsheets import read_rows, unguard, write_csv

__all__ = ["Answer", "columns", "read_key", "to_coded", "write_key"]

_KEY: Final = [name for name in SAMPLE if name != "text"]
_WHOLE: Final = ("passage", "stratum_size", "seed")
_SHOWN: Final = 20


class Answer(NamedTuple):
    """What one coder gave back for one item.

    Attributes
    ----------
    place : str
        File and row or line, for messages.
    coder, item : str
    texts : sequence of str
        The text as it came back, in the pieces in which it was given.
    codes : mapping of str to object
        Column, as from `columns`, to what stands there.
    """

    place: str
    coder: str
    item: str
    texts: Sequence[str]
    codes: Mapping[str, object]


def columns(theses: Iterable[int]) -> list[str]:
    """Name the columns of codes: `voice`, and `grade_3` and `stance_3` for each thesis.

    Examples
    --------
    >>> from cluetrain_nlp.study.codes import columns
    >>> columns([3])
    ['voice', 'grade_3', 'stance_3']
    """
    return ["voice", *(f"{what}_{thesis}" for thesis in theses for what in ("grade", "stance"))]


def write_key(sample: pd.DataFrame, path: Path) -> None:
    """Write the key of a sample, all but the texts, for `read_key`.

    Raises
    ------
    CluetrainError
        If the file exists or cannot be written.
    """
    rows = sample[_KEY].itertuples(index=False, name=None)
    write_csv(path, [_KEY, *rows])


def read_key(path: str | Path) -> pd.DataFrame:
    """Read a key.

    Parameters
    ----------
    path : str or pathlib.Path
        As written by `write_key`.

    Returns
    -------
    pandas.DataFrame
        The columns of `SAMPLE` without `text`.

    Raises
    ------
    CluetrainError
        If the file cannot be read, or is no key.
    """
    rows = [row for _, row in read_rows(Path(path))]
    frame = pd.DataFrame(rows, columns=_KEY if not rows else None)
    missing = [name for name in _KEY if name not in frame.columns]
    if missing or frame.empty or frame["item"].duplicated().any():
        wrong = f"lacks the columns {', '.join(missing)}" if missing else "has no rows, or an item twice"
        raise CluetrainError(f"{path} {wrong}; expected the key.csv that was written with the sheets, unchanged.")
    try:
        for name in _KEY:
            texts = frame[name].map(lambda value: "" if value is None else unguard(str(value)))
            if name in _WHOLE:
                frame[name] = texts.map(int)
            elif name == "weight":
                frame[name] = texts.map(lambda text: float(text.replace(",", ".")))
            else:
                frame[name] = texts
    except ValueError as error:
        raise CluetrainError(f"{path}: {error}. Expected the key.csv that was written, unchanged.") from error
    return schema.conform(frame, {name: SAMPLE[name] for name in _KEY})


def to_coded(answers: Sequence[Answer], key: pd.DataFrame, *, complete: bool = True) -> pd.DataFrame:
    """Check answers against the key, and turn them into CODED.

    Parameters
    ----------
    answers : sequence of Answer
    key : pandas.DataFrame
        As from `read_key` or `sample_for_coding`.
    complete : bool, default True
        Whether each coder has to give back every item, with every column of codes; else what is missing is taken as
        not coded.

    Returns
    -------
    pandas.DataFrame
        CODED: one row per item, coder and thesis; NaN where a cell was empty. ``attrs["design"]`` holds unit, n, N,
        seed, strata and roles; ``attrs["not_coded"]`` how many items each coder left without any code.

    Raises
    ------
    CluetrainError
        With a list of all that is wrong: changed texts; items that are unknown, missing or there twice; columns that
        are missing or were not asked for; values that the codebook does not have; grades without stance and stances
        without grade.
    """
    if not answers:
        raise CluetrainError("There is no answer by any coder; expected one file or more with an answer to each item.")
    of_item = {str(row["item"]): row for row in key.to_dict("records")}
    theses = [int(number) for number in str(key["theses"].iloc[0]).split()]
    asked = columns(theses)
    problems: list[str] = []
    rows = []
    seen: Counter[tuple[str, str]] = Counter((answer.coder, answer.item) for answer in answers)
    not_coded = dict.fromkeys(sorted({answer.coder for answer in answers}), 0)
    for answer in answers:
        known = of_item.get(answer.item)
        if known is None:
            problems.append(f"{answer.place}: item {answer.item!r} is not in the key")
            continue
        if seen[answer.coder, answer.item] > 1:
            problems.append(f"{answer.place}: item {answer.item} is there more than once for coder {answer.coder}")
        as_given, as_written = "".join(answer.texts), "".join(map(unguard, answer.texts))
        if known["text_sha256"] not in (fingerprint(as_given), fingerprint(as_written)):
            lost = "; if signs became question marks, save as XLSX or as CSV in UTF-8" if "?" in as_given else ""
            problems.append(f"{answer.place}: the text of item {answer.item} was changed{lost}")
        strange = [name for name, value in answer.codes.items() if name not in asked and value not in (None, "")]
        problems += [f"{answer.place}: {name!r} was not asked for; expected {', '.join(asked)}" for name in strange]
        voice, grades, stances = _codes(answer, theses, problems)
        not_coded[answer.coder] += math.isnan(voice) and all(map(math.isnan, grades))
        for thesis, grade, stance in zip(theses or [0], grades or [math.nan], stances or [""], strict=True):
            rows.append(_row(known, answer.coder, thesis, grade, stance, voice))
    if complete:
        first = {answer.coder: answer for answer in reversed(answers)}
        for coder, answer in first.items():
            absent = [name for name in asked if name not in answer.codes]
            if absent:
                problems.append(f"{answer.place}, coder {coder}: there is no column {', '.join(absent)}")
    for coder in not_coded:
        for item, known in of_item.items():
            if seen[coder, item]:
                continue
            if complete:
                problems.append(f"coder {coder}: item {item} is missing")
            not_coded[coder] += 1
            rows += [_row(known, coder, thesis, math.nan, "", math.nan) for thesis in theses or [0]]
    if problems:
        more = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        listed = "\n".join(problems[:_SHOWN])
        raise CluetrainError(
            f"{len(problems)} problem(s) in the codes; mend the files and read them again.\n{listed}{more}"
        )
    coded = schema.conform(pd.DataFrame(rows), schema.CODED)
    coded = coded.sort_values(["post_id", "passage", "coder", "thesis"], ignore_index=True)
    coded.attrs = {"design": _design(key), "not_coded": not_coded}
    return coded


def _row(
    known: Mapping[Hashable, object], coder: str, thesis: int, grade: float, stance: str, voice: float
) -> dict[str, object]:
    given = {"coder": coder, "thesis": thesis, "grade": grade, "stance": stance, "voice": voice}
    return given | {name: known[name] for name in schema.CODED if name not in given}


def _design(key: pd.DataFrame) -> dict[str, object]:
    first = key.iloc[0]
    unit = str(first["unit"])
    return {
        "unit": unit,
        "n": len(key.drop_duplicates(["post_id"] if unit == "post" else ["post_id", "passage"])),
        "N": int(key.drop_duplicates("stratum")["stratum_size"].sum()),
        "seed": int(first["seed"]),
        "strata": [name for name in str(first["strata"]).split("|") if name],
        "roles": str(first["roles"]).split("|"),
    }


def _codes(answer: Answer, theses: Sequence[int], problems: list[str]) -> tuple[float, list[float], list[str]]:
    """Read the codes of one answer; what is wrong is added to `problems`."""

    def number(column: str, allowed: Sequence[float], words: str) -> float:
        value = answer.codes.get(column)
        try:
            found = _number(value)
        except ValueError:
            found = math.inf
        if math.isnan(found) or found in allowed:
            return found
        hint = (
            " (a date: the spreadsheet took the number for one; type 2,5)" if isinstance(value, datetime.date) else ""
        )
        problems.append(f"{answer.place}, column {column}: {str(value)!r}{hint}; expected {words}, or nothing")
        return math.nan

    voice = number("voice", VOICES, "0 to 4 in half steps")
    grades, stances = [], []
    for thesis in theses:
        grade = number(f"grade_{thesis}", GRADES, "0, 1, 2 or 3")
        stance = str(answer.codes.get(f"stance_{thesis}") or "").strip().lower()
        place = f"{answer.place}, column stance_{thesis}"
        if stance and stance not in STANCES:
            problems.append(f"{place}: {stance!r}; expected {', '.join(STANCES)}, or nothing")
        elif grade >= 1 and not stance:
            problems.append(f"{place}: nothing, but the grade is {grade:g}; expected {', '.join(STANCES)}")
        elif stance and not grade >= 1:
            problems.append(f"{place}: {stance!r} without a grade of 1 or more; expected a grade, or no stance")
        grades.append(grade)
        stances.append(stance)
    return voice, grades, stances


def _number(value: object) -> float:
    """Read a number with a decimal point or comma; nothing is NaN."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"{value!r} is no number")
    text = str(value).strip().replace(",", ".")
    return float(text) if text else math.nan
