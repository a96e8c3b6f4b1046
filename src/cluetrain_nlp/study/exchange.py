"""Coding in other tools: samples out to Label Studio, doccano and Prodigy, and their exports back to CODED.

Each tool shows the text of a passage and takes codes from fixed lists. An item is told by its id, which travels with
it, and its text by its SHA-256.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.classifier.theses import ThesisSet, load_theses
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.codes import Answer, columns, read_key, to_coded, write_key
from cluetrain_nlp.study.coding import SAMPLE
from cluetrain_nlp.study.labels import GRADES, STANCES, VOICES, check
from cluetrain_nlp.study.spreadsheets import clean

__all__ = ["TOOLS", "Tool", "read_export", "write_tasks"]

Tool = Literal["label-studio", "doccano", "prodigy"]

TOOLS: Final = ("label-studio", "doccano", "prodigy")
_VALUES: Final[dict[str, list[str]]] = {
    "voice": [f"{value:g}" for value in VOICES],
    "grade": [str(value) for value in GRADES],
    "stance": list(STANCES),
}
#: Okabe and Ito's colours, told apart by colour-blind coders too.
_COLOURS: Final = {"voice": "#0072B2", "grade": "#009E73", "stance": "#D55E00"}


def write_tasks(sample: pd.DataFrame, folder: str | Path, *, tool: Tool, theses: ThesisSet | None = None) -> list[Path]:
    """Write a sample as tasks for another tool, and the key to them.

    Parameters
    ----------
    sample : pandas.DataFrame
        As from `sample_for_coding`.
    folder : str or pathlib.Path
        Where to write; made if missing. Nothing in it is replaced.
    tool : {"label-studio", "doccano", "prodigy"}
    theses : ThesisSet, optional
        Where the wording of the theses is taken from; the 95 by default.

    Returns
    -------
    list of pathlib.Path
        * Label Studio: `tasks.json` to import, and `config.xml`, the labeling interface.
        * doccano: `tasks.jsonl` for a project of text classification, and `labels.json`, its labels.
        * Prodigy: `tasks.jsonl` for the interface ``choice`` with ``choice_style`` "multiple".
        * `key.csv`, the researcher's.

    Raises
    ------
    CluetrainError
        If `tool` is another one, there is no sample, or a file exists already.
    ThesisError
        If a thesis is not in the set.

    Notes
    -----
    Tasks stand in random order under meaningless ids; they hold nothing but the text. In doccano and Prodigy, codes are
    labels such as ``voice=2.5`` and ``grade_3=2``.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.coding import sample_for_coding
    >>> from cluetrain_nlp.study.exchange import write_tasks
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "thesis": 3}
    >>> rows = [row | {"post_id": f"p{number}", "text": f"Text {number}."} for number in range(8)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = write_tasks(sample_for_coding(pd.DataFrame(rows), 2), folder, tool="doccano")
    >>> [path.name for path in paths]
    ['tasks.jsonl', 'labels.json', 'key.csv']
    """
    check("tool", tool, TOOLS)
    sample = schema.conform(sample, SAMPLE)
    if sample.empty:
        raise CluetrainError("The sample has no rows; expected one from sample_for_coding.")
    numbers = [int(number) for number in sample["theses"].iloc[0].split()]
    order = np.random.default_rng(int(sample["seed"].iloc[0])).permutation(len(sample))
    shuffled = sample.iloc[order]
    items = [{"item": item, "text": clean(text)} for item, text in zip(shuffled["item"], shuffled["text"], strict=True)]
    asked = {column: _VALUES[column.partition("_")[0]] for column in columns(numbers)}
    wordings = theses or load_theses()
    headings = {number: f"{number}: {wordings[number].statement}" for number in numbers}
    if tool == "label-studio":
        tasks = [{"data": item} for item in items]
        files = {"tasks.json": json.dumps(tasks, ensure_ascii=False, indent=1), "config.xml": _config(asked, headings)}
    elif tool == "doccano":
        labels = [
            {
                "text": f"{column}={value}",
                "background_color": _COLOURS[column.partition("_")[0]],
                "text_color": "#ffffff",
            }
            for column, values in asked.items()
            for value in values
        ]
        files = {"tasks.jsonl": _lines(items), "labels.json": json.dumps(labels, indent=1)}
    else:
        options = [{"id": f"{name}={value}", "text": f"{name} = {value}"} for name in asked for value in asked[name]]
        files = {"tasks.jsonl": _lines([item | {"options": options} for item in items])}
    return [*_write(Path(folder), files), _write_key(sample, Path(folder) / "key.csv")]


def _lines(entries: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)


def _config(asked: dict[str, list[str]], headings: dict[int, str]) -> str:
    """Write the labeling interface of Label Studio: the text, and one list of choices for each code."""
    lines = ["<View>", '  <Text name="text" value="$text"/>']
    for column, values in asked.items():
        kind, _, number = column.partition("_")
        heading = f"{kind} ({headings[int(number)]})" if number else kind
        lines.append(f"  <Header value={quoteattr(heading)}/>")
        lines.append(f'  <Choices name="{column}" toName="text" choice="single-radio" showInline="true">')
        lines += [f'    <Choice value="{value}"/>' for value in values]
        lines.append("  </Choices>")
    return "\n".join([*lines, "</View>", ""])


def _write(folder: Path, files: dict[str, str]) -> list[Path]:
    paths = [folder / name for name in files]
    for path in [*paths, folder / "key.csv"]:
        if path.exists():
            raise CluetrainError(
                f"{path} exists, and may belong to other tasks; nothing was written. Choose a new folder."
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in zip(paths, files.values(), strict=True):
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise CluetrainError(f"{folder} cannot be written to: {error.strerror}.") from error
    return paths


def _write_key(sample: pd.DataFrame, path: Path) -> Path:
    write_key(sample, path)
    return path


def read_export(exports: str | Path | Sequence[str | Path], key: str | Path, *, tool: Tool) -> pd.DataFrame:
    """Read what was coded in another tool.

    Parameters
    ----------
    exports : str, pathlib.Path or sequence of them
        * Label Studio: the export as JSON (not JSON_MIN). A coder is who completed the annotation, by e-mail or number;
          annotations that were cancelled or skipped are passed over.
        * doccano: one JSONL for each coder, whose file name says who it was (`ina.jsonl`), as in the ZIP that a project
          without shared annotations exports.
        * Prodigy: what ``prodigy db-out`` wrote. A coder is the session: start them by name, with ``?session=ina``.
          Answers that were rejected or ignored count as not coded.
    key : str or pathlib.Path
        The `key.csv` that was written with the tasks.
    tool : {"label-studio", "doccano", "prodigy"}

    Returns
    -------
    pandas.DataFrame
        CODED, as from `read_coding`. Items that a coder's export does not hold are not coded, NaN.

    Raises
    ------
    CluetrainError
        If files cannot be read, or with a list of what is wrong, as in `read_coding`; two values of one code
        are wrong as well.
    """
    check("tool", tool, TOOLS)
    reader: Callable[[Path], Iterator[Answer]] = {
        "label-studio": _label_studio,
        "doccano": _doccano,
        "prodigy": _prodigy,
    }[tool]
    paths = [exports] if isinstance(exports, (str, Path)) else list(exports)
    answers = []
    for path in map(Path, paths):
        try:
            answers += list(reader(path))
        except OSError as error:
            raise CluetrainError(f"{path} cannot be read: {error.strerror}.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, CluetrainError):
                raise
            raise CluetrainError(
                f"{path} is no export of {tool}: {error!r}. See its guide for what to export."
            ) from error
    return to_coded(answers, read_key(key), complete=False)


def _label_studio(path: Path) -> Iterator[Answer]:
    for task in json.loads(path.read_text(encoding="utf-8-sig")):
        data = task["data"]
        for annotation in task["annotations"]:
            if annotation.get("was_cancelled"):
                continue
            who = annotation["completed_by"]
            coder = str(who.get("email") or who["id"]) if isinstance(who, dict) else str(who)
            place = f"{path.name}, item {data['item']}, {coder}"
            # Notes that people may have added have no choices.
            given = [
                f"{result['from_name']}={choice}"
                for result in annotation["result"]
                for choice in result["value"].get("choices", [])
            ]
            yield Answer(place, coder, data["item"], [data["text"]], _codes(place, given))


def _doccano(path: Path) -> Iterator[Answer]:
    for place, entry in _entries(path):
        yield Answer(place, path.stem, entry["item"], [entry["text"]], _codes(place, entry["label"]))


def _prodigy(path: Path) -> Iterator[Answer]:
    for place, entry in _entries(path):
        coder = str(entry.get("_annotator_id") or entry.get("_session_id") or path.stem)
        given = entry.get("accept", []) if entry["answer"] == "accept" else []
        yield Answer(place, coder, entry["item"], [entry["text"]], _codes(place, given))


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield f"{path.name}, line {number}", json.loads(line)


def _codes(place: str, given: Sequence[str]) -> dict[str, object]:
    """Turn labels such as ``voice=2.5`` into codes; labels of other kinds, such as "unclear", are people's own."""
    codes: dict[str, object] = {}
    for label in given:
        name, sign, value = str(label).partition("=")
        if not sign:
            continue
        if name in codes:
            raise CluetrainError(
                f"{place}: {name} is both {codes[name]} and {value}; expected one value. Mend it there."
            )
        codes[name] = value
    return codes
