"""The annotated corpus: passages with what careful readers coded, situations, splits, and its hash."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

from cluetrain_nlp.errors import CluetrainError

__all__ = ["SPLITS", "Coded", "corpus_sha256", "read_coded", "read_corpus", "read_situations"]

#: What may stand for a stance; "neutral" is an older word for "reports", "" stands where there is no thesis.
_STANCES: Final = frozenset({"supports", "reports", "opposes", "neutral", ""})


_CODES: Final = "text, theses, stance and voice"

#: Parts of the corpus, by writer and post: nothing is ever trained on the last one.
SPLITS: Final = ("train", "dev", "test")


class Coded(NamedTuple):
    """One passage and its codes.

    Attributes
    ----------
    id : str
    text : str
    grades : dict of int to int
        Thesis number to grade 1..3; a thesis that is not named has grade 0.
    opposed, reported : frozenset of int
        The theses among them that the passage argues against, and that it merely reports.
    voice : float or None
        0 (conversational) to 4 (broadcast), half steps where two coders differ; None where it was not coded.
    group : str
        What must not be torn apart by a split: the post, or the passage itself.
    genre, hand : str
        What kind of post it is from, and which of the corpus's writers wrote it; empty where that is not known.
    """

    id: str
    text: str
    grades: dict[int, int]
    opposed: frozenset[int]
    voice: float | None
    group: str
    genre: str = ""
    hand: str = ""
    reported: frozenset[int] = frozenset()

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
        stance), or ``voice`` (0..4), or both; optionally ``id``, ``group`` and ``genre``.

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
    return [_entry(path, number, entry) for number, entry in _objects(path)]


def _objects(path: Path, fields: str = _CODES) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read a JSONL file: number and object of each line; `fields` is for messages."""
    try:
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CluetrainError(f"{path} cannot be read: {error}. Expected a JSONL file in UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            if not isinstance(entry, dict):
                raise TypeError(f"a {type(entry).__name__}")
        except (ValueError, TypeError) as error:
            raise CluetrainError(f"{path}, line {number}: {error!r}. Expected an object with {fields}.") from error
        yield number, entry


def _entry(path: Path, number: int, entry: dict[str, Any]) -> Coded:
    try:
        return _parse(entry, f"{path.stem}-{number}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CluetrainError(f"{path}, line {number}: {error!r}. Expected an object with {_CODES}.") from error


def _parse(entry: dict[str, Any], default_id: str) -> Coded:
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
        genre=str(entry.get("genre", "")),
        hand=str(entry.get("hand", "")),
        reported=frozenset(int(number) for number, value in stances.items() if value in ("reports", "neutral")),
    )


def read_corpus(splits: Sequence[str] = ("train", "dev")) -> list[Coded]:
    """Read the coded passages of the corpus; the shipped model is trained on those of the first two splits.

    Passages that were written one by one stand in ``pilot.jsonl``, with their codes; all of them are for training. The
    others are cut from the whole posts of ``posts.jsonl``; their codes and offsets stand in ``codes.jsonl``.

    Parameters
    ----------
    splits : sequence of str
        Any of `SPLITS`.

    Returns
    -------
    list of Coded
        In the order of files and lines; the passages of a post share its id as their `group`.

    Raises
    ------
    CluetrainError
        If a split does not exist, or a line is damaged, or names a post or a place in it that is not there.

    Examples
    --------
    >>> from cluetrain_nlp.training.corpus import read_corpus
    >>> training, test = read_corpus(), read_corpus(["test"])
    >>> {passage.hand for passage in training} & {passage.hand for passage in test}
    set()
    """
    unknown = [split for split in splits if split not in SPLITS]
    if unknown:
        raise CluetrainError(f"There is no split {unknown[0]!r} of the corpus; it has {', '.join(SPLITS)}.")
    folder = _folder()
    path = folder / "posts.jsonl"
    posts = {str(post.get("id")): post for _, post in _objects(path, "id, text, split, genre and hand")}
    coded = read_coded(folder / "pilot.jsonl") if "train" in splits else []
    path = folder / "codes.jsonl"
    for number, code in _objects(path):
        try:
            post, start, end = posts[code["post"]], code["start"], code["end"]
            if post["split"] not in SPLITS or not 0 <= start < end <= len(post["text"]):
                raise ValueError(f"split {post['split']!r}, place {start}:{end}")
            about = {
                "text": post["text"][start:end],
                "group": code["post"],
                "genre": post["genre"],
                "hand": post["hand"],
            }
        except (KeyError, TypeError, ValueError) as error:
            raise CluetrainError(f"{path}, line {number}: {error!r}. Expected a post and a place in it.") from error
        if post["split"] in splits:
            coded.append(_entry(path, number, code | about))
    return coded


def read_situations() -> list[Coded]:
    """Read the one-sentence situations: cases of one thesis each, and near misses, which take up none.

    Returns
    -------
    list of Coded
        Grade 2 for the thesis of a case, no grade for a near miss; no voice; the thesis as `group`.

    Raises
    ------
    CluetrainError
        If a line is damaged.

    Examples
    --------
    >>> from cluetrain_nlp.training.corpus import read_situations
    >>> all(len(situation.grades) <= 1 for situation in read_situations())
    True
    """
    path = _folder() / "situations.jsonl"
    situations = []
    for number, entry in _objects(path, "thesis, kind and text"):
        thesis, kind = entry.get("thesis"), entry.get("kind")
        if kind not in ("case", "near_miss"):
            raise CluetrainError(f"{path}, line {number}: kind is {kind!r}. Expected 'case' or 'near_miss'.")
        codes = {"theses": {thesis: 2} if kind == "case" else {}, "group": f"thesis-{thesis}"}
        situations.append(_entry(path, number, entry | codes))
    return situations


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
