"""The 95 theses in our own words, and thesis sets of the user's own.

Numbers follow the Cluetrain Manifesto (Levine, Locke, Searls and Weinberger, 1999); the wording is ours, German and
English, because theirs is protected. Whoever has the right to can load the authors' wording with `read_theses`.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml

from cluetrain_nlp.errors import ThesisError

__all__ = ["THEMES", "Thesis", "ThesisSet", "load_theses", "read_theses", "select"]

#: A dozen themes over the manifesto's sections; `Thesis.theme` is one of the keys.
THEMES: Final[dict[str, str]] = {
    "conversation": "Trade is talk among people",
    "human-voice": "What it sounds like when people speak",
    "networked-people": "What people can do, know and enjoy since the net links them",
    "empty-speech": "Pitches, brochures and jargon that reach nobody",
    "values-and-humour": "Humour, humility, standing for something, more than money",
    "walls-and-access": "PR, secrecy and fear; getting at the people and facts behind the facade",
    "loyalty-and-power": "Trust, loyalty, leaving, and who needs whom",
    "community": "Belonging to those one sells to",
    "intranet": "Talk inside the company",
    "command-and-control": "Org charts, orders and distrust",
    "inside-and-outside": "Employees and customers want to meet",
    "attention": "Immune to advertising, offering ideas, waiting for an answer",
}

_LARGEST: Final = 32_767
_MAX_BYTES: Final = 10 << 20


@dataclass(frozen=True, slots=True)
class Thesis:
    """One proposition of a set.

    Attributes
    ----------
    number : int
        1 to 32767, unique in its set.
    theme : str
        What it belongs to; for the 95 theses a key of `THEMES`.
    text_de, text_en : str
        The proposition in German and English; at least one of them is not empty.
    gloss : str
        What a passage looks like that tracks it, in German everyday words; may be empty, but helps much.
    """

    number: int
    theme: str = ""
    text_de: str = ""
    text_en: str = ""
    gloss: str = ""

    @property
    def statement(self) -> str:
        """The text that is compared with passages: the German one where there is one, else the English."""
        return self.text_de or self.text_en

    @property
    def description(self) -> str:
        """Statement and gloss, whose letter sequences are compared with those of passages."""
        return f"{self.statement} {self.gloss}"


class ThesisSet:
    """Theses, reached by number and iterated in the order of their numbers.

    Parameters
    ----------
    theses : iterable of Thesis
        Unique numbers, any order.

    Raises
    ------
    ThesisError
        If there is none, or a number occurs twice.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> len(ct.THESES), ct.THESES[1].theme, [thesis.number for thesis in ct.THESES][:3]
    (95, 'conversation', [1, 2, 3])
    """

    def __init__(self, theses: Iterable[Thesis]) -> None:
        ordered = sorted(theses, key=lambda thesis: thesis.number)
        self._theses = {thesis.number: thesis for thesis in ordered}
        if not ordered:
            raise ThesisError("The set holds no thesis; expected at least one.")
        if len(self._theses) < len(ordered):
            numbers = [thesis.number for thesis in ordered]
            twice = sorted({number for number in numbers if numbers.count(number) > 1})
            raise ThesisError(f"Thesis number(s) {_list(twice)} occur more than once; each thesis needs its own.")

    def __getitem__(self, number: int) -> Thesis:
        try:
            return self._theses[number]
        except KeyError:
            raise ThesisError(f"There is no thesis {number!r}; this set has {self._range()}.") from None

    def __iter__(self) -> Iterator[Thesis]:
        return iter(self._theses.values())

    def __len__(self) -> int:
        return len(self._theses)

    def __contains__(self, number: object) -> bool:
        return number in self._theses

    def __repr__(self) -> str:
        return f"<ThesisSet: {len(self)} theses, {self._range()}>"

    @cached_property
    def sha256(self) -> str:
        """Hash over every field of every thesis: equal exactly where the sets are equal."""
        canonical = json.dumps([asdict(thesis) for thesis in self], ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _range(self) -> str:
        numbers = list(self._theses)
        return f"numbers {numbers[0]} to {numbers[-1]}"


def select(theses: ThesisSet, numbers: Iterable[int]) -> ThesisSet:
    """Take some theses out of a set.

    Parameters
    ----------
    theses : ThesisSet
    numbers : iterable of int
        Numbers that the set has; repeated ones count once.

    Returns
    -------
    ThesisSet

    Raises
    ------
    ThesisError
        If a number is not in the set, or none is given.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.classifier.theses import select
    >>> len(select(ct.THESES, [1, 62]))
    2
    """
    if isinstance(numbers, (str, bytes)) or not isinstance(numbers, Iterable):
        raise ThesisError(f"Found {numbers!r} where thesis numbers were expected; give a list such as [1, 62].")
    wanted = list(dict.fromkeys(numbers))
    unknown = [number for number in wanted if number not in theses]
    if unknown:
        raise ThesisError(f"There is no thesis {_list(unknown)} in {theses!r}; choose from its numbers.")
    return ThesisSet(theses[number] for number in wanted)


@cache
def load_theses() -> ThesisSet:
    """Load the 95 theses; what `cluetrain_nlp.THESES` is.

    Returns
    -------
    ThesisSet

    Examples
    --------
    >>> from cluetrain_nlp.classifier.theses import load_theses
    >>> load_theses()[62].theme
    'walls-and-access'
    """
    text = (resources.files("cluetrain_nlp.classifier") / "theses.jsonl").read_text(encoding="utf-8")
    return ThesisSet(Thesis(**json.loads(line)) for line in text.splitlines())


def __getattr__(name: str) -> ThesisSet:
    if name == "THESES":
        return load_theses()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def read_theses(path: str | Path) -> ThesisSet:
    r"""Read a thesis set of one's own.

    Parameters
    ----------
    path : str or pathlib.Path
        A YAML file (a list of mappings), a CSV file (with a header line, comma or semicolon) or a JSONL file (one
        object a line), in UTF-8. Fields: ``number`` (1 to 32767, unique), ``text_de`` and ``text_en`` (one of them at
        least), and, if you like, ``theme`` and ``gloss`` (German: what a passage looks like that tracks it).

    Returns
    -------
    ThesisSet
        Scored without training (zero-shot), with the quality that `attrs["expected_quality"]` of the scores tells.

    Raises
    ------
    ThesisError
        If the file cannot be read, or an entry is wrong; the message names the entry.

    Examples
    --------
    >>> import tempfile
    >>> import cluetrain_nlp as ct
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.yaml")
    ...     _ = path.write_text("- number: 1\n  text_de: Die Bahn kommt zu spät.\n", encoding="utf-8")
    ...     ct.read_theses(path)[1].text_de
    'Die Bahn kommt zu spät.'
    """
    path = Path(path)
    parse = _PARSERS.get(path.suffix.lower())
    if parse is None:
        raise ThesisError(f"{path} is no thesis file by its name; expected one of {', '.join(_PARSERS)}.")
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ThesisError(f"{path} has {path.stat().st_size:,} bytes; a thesis file has at most {_MAX_BYTES:,}.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ThesisError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ThesisError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
    return ThesisSet(_thesis(f"{path}, {place}", entry) for place, entry in parse(path, text))


def _parse_jsonl(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ThesisError(f"{path}, line {number} is not JSON: {error}.") from error


def _parse_csv(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield f"line {reader.line_num}", {key: value for key, value in row.items() if value != ""}
    except csv.Error as error:
        raise ThesisError(f"{path}, line {reader.line_num} is no CSV: {error}.") from error


def _parse_yaml(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    try:
        # Anchors let a few lines unfold to gigabytes; a thesis set needs none.
        if any(isinstance(token, (yaml.AnchorToken, yaml.AliasToken)) for token in yaml.scan(text)):
            raise ThesisError(f"{path} uses YAML anchors or aliases; write the entries out.")
        entries = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, ThesisError):
            raise
        raise ThesisError(f"{path} is not YAML: {error}.") from error
    if not isinstance(entries, list):
        raise ThesisError(f"{path} holds a {type(entries).__name__}; expected a list of theses ('- number: 1').")
    yield from ((f"entry {number}", entry) for number, entry in enumerate(entries, start=1))


_PARSERS: Final = {".yaml": _parse_yaml, ".yml": _parse_yaml, ".csv": _parse_csv, ".jsonl": _parse_jsonl}
_FIELDS: Final = [field.name for field in fields(Thesis)]


def _thesis(place: str, entry: object) -> Thesis:
    """Check one entry of a user's file."""
    if not isinstance(entry, dict):
        raise ThesisError(f"{place}: found a {type(entry).__name__}; expected fields such as number and text_de.")
    unknown = [key for key in entry if key not in _FIELDS]
    if unknown:
        raise ThesisError(f"{place}: unknown field(s) {_list(unknown)}; a thesis has {_list(_FIELDS)}.")
    number = entry.get("number")
    if isinstance(number, str) and number.strip().isdecimal():
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= _LARGEST:
        raise ThesisError(f"{place}: number is {number!r}; expected a whole number from 1 to {_LARGEST}.")
    texts = {key: entry.get(key) or "" for key in _FIELDS if key != "number"}
    wrong = [key for key, value in texts.items() if not isinstance(value, str)]
    if wrong:
        raise ThesisError(f"{place}: {_list(wrong)} must be text.")
    thesis = Thesis(number=number, **{key: value.strip() for key, value in texts.items()})
    if not thesis.statement:
        raise ThesisError(f"{place}: thesis {number} has neither text_de nor text_en; give at least one.")
    return thesis


def _list(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))
