"""The annotated corpus: passages with what careful readers coded, and its hash."""

import hashlib
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

from cluetrain_nlp.errors import CluetrainError

__all__ = ["Coded", "corpus_sha256", "read_coded", "read_corpus"]

#: What may stand for a stance; "neutral" is an older word for "reports", "" stands where there is no thesis.
_STANCES: Final = frozenset({"supports", "reports", "opposes", "neutral", ""})


class Coded(NamedTuple):
    """One passage and its codes.

    Attributes
    ----------
    id : str
    text : str
    grades : dict of int to int
        Thesis number to grade 1..3; a thesis that is not named has grade 0.
    opposed : frozenset of int
        The theses among them that the passage argues against.
    voice : float or None
        0 (conversational) to 4 (broadcast), half steps where two coders differ; None where it was not coded.
    group : str
        What must not be torn apart by a split: the post, or the passage itself.
    """

    id: str
    text: str
    grades: dict[int, int]
    opposed: frozenset[int]
    voice: float | None
    group: str

    @property
    def taken_up(self) -> frozenset[int]:
        """The theses with grade 2 or more, whatever the stance."""
        return frozenset(number for number, grade in self.grades.items() if grade >= 2)

    @property
    def tracked(self) -> frozenset[int]:
        """The theses with grade 2 or more that the passage does not oppose."""
        return self.taken_up - self.opposed


def read_coded(path: Path) -> list[Coded]:
    """Read coded passages from a JSONL file.

    Parameters
    ----------
    path : pathlib.Path
        One object a line: ``text``, and ``theses`` (number to grade) with ``stance`` (one for all, or number to
        stance), or ``voice`` (0..4), or both; optionally ``id`` and ``group``.

    Returns
    -------
    list of Coded

    Raises
    ------
    CluetrainError
        If a line is not like that; the message names it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from cluetrain_nlp.training.corpus import read_coded
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "coded.jsonl")
    ...     _ = path.write_text('{"text": "Na dann.", "theses": {"3": 2}, "stance": "supports", "voice": 0}')
    ...     sorted(read_coded(path)[0].tracked)
    [3]
    """
    return list(_coded(path, {}))


def _coded(path: Path, posts: dict[str, str]) -> Iterator[Coded]:
    """Read coded passages; where a line has no text, cut it out of its post."""
    try:
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CluetrainError(f"{path} cannot be read: {error}. Expected a JSONL file in UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            if "text" not in entry:
                text = posts[entry["post"]][entry["start"] : entry["end"]]
                entry |= {"text": text, "group": entry["post"]}
            yield _entry(entry, f"{path.stem}-{number}")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CluetrainError(
                f"{path}, line {number}: {error!r}. Expected an object with text, theses, stance and voice."
            ) from error


def _entry(entry: dict[str, Any], default_id: str) -> Coded:
    grades = {int(number): int(grade) for number, grade in entry.get("theses", {}).items()}
    stance = entry.get("stance", "")
    stances = stance if isinstance(stance, dict) else dict.fromkeys(map(str, grades), stance)
    name = str(entry.get("id", default_id))
    voice = entry.get("voice")
    if not all(0 <= grade <= 3 for grade in grades.values()) or (voice is not None and not 0 <= voice <= 4):
        raise ValueError(f"grades {grades} or voice {voice} out of range")
    if not _STANCES.issuperset(stances.values()):
        raise ValueError(f"stance {stance!r}")
    if not entry["text"].strip():
        raise ValueError("no text")
    return Coded(
        id=name,
        text=entry["text"].strip(),
        grades=grades,
        opposed=frozenset(int(number) for number, value in stances.items() if value == "opposes"),
        voice=None if voice is None else float(voice),
        group=str(entry.get("group", name)),
    )


def read_corpus() -> list[Coded]:
    """Read the corpus that the shipped model is trained on.

    Passages that were written one by one stand in ``pilot.jsonl``, with their codes. The others are cut from the whole
    posts of ``posts.jsonl``; their codes and offsets stand in ``codes.jsonl``.

    Returns
    -------
    list of Coded
        In the order of files and lines; the passages of a post share its id as their `group`.

    Raises
    ------
    CluetrainError
        If a line is damaged, or names a post or a place in it that is not there.

    Examples
    --------
    >>> from cluetrain_nlp.training.corpus import read_corpus
    >>> len(read_corpus()) >= 712
    True
    """
    folder = _folder()
    return [*read_coded(folder / "pilot.jsonl"), *_coded(folder / "codes.jsonl", _posts(folder / "posts.jsonl"))]


def corpus_sha256() -> str:
    """Hash the files of the corpus, names and contents.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> from cluetrain_nlp.training.corpus import corpus_sha256
    >>> len(corpus_sha256())
    64
    """
    digest = hashlib.sha256()
    for path in sorted(_folder().glob("*.jsonl")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _folder() -> Path:
    return Path(str(resources.files("cluetrain_nlp.models") / "corpus"))


def _posts(path: Path) -> dict[str, str]:
    try:
        return {
            post["id"]: post["text"]
            for post in map(json.loads, path.read_text(encoding="utf-8").rstrip("\n").split("\n"))
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CluetrainError(f"{path}: {error!r}. Expected JSONL, each post with id and text.") from error
