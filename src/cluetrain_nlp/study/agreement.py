"""How far coders agree: Krippendorff's alpha with bootstrap intervals."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp.errors import CluetrainError

__all__ = ["Code", "agreement", "alpha", "read_codes"]

Counts = NDArray[np.float64]
Level = Literal["nominal", "ordinal"]

_RESAMPLES: Final = 500
#: Half steps of voice are values of their own, in their order.
_VOICES: Final = tuple(step / 2 for step in range(9))
_GRADES: Final = (0, 1, 2, 3)
_STANCES: Final = ("supports", "opposes", "reports")


class Code(NamedTuple):
    """What one coder says of one passage.

    Attributes
    ----------
    grades : mapping of int to int
        Thesis number to grade 1..3; a thesis that is not named has grade 0.
    stances : mapping of int to str
        ``"supports"``, ``"opposes"`` or ``"reports"`` for the theses with a grade.
    voice : float or None
        0 (conversational) to 4 (broadcast).
    """

    grades: Mapping[int, int]
    stances: Mapping[int, str]
    voice: float | None


def read_codes(path: str | Path) -> list[tuple[str, list[Code]]]:
    """Read passages that several coders coded.

    Parameters
    ----------
    path : str or pathlib.Path
        JSONL, one passage a line. Its ``codes`` is a list with one object for each coder: ``theses`` (number to
        grade), ``stance`` (number to stance) and ``voice``. ``post``, where it is given, names the post that the
        passage was cut from. Lines without ``codes``, or with one coder only, are passed over.

    Returns
    -------
    list of (str, list of Code)
        Post (or the line's number) and codes of each passage, in the order of the file.

    Raises
    ------
    CluetrainError
        If the file cannot be read, a line is wrong, or no passage has two codes.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from cluetrain_nlp.study.agreement import read_codes
    >>> line = '{"codes": [{"theses": {"3": 2}, "stance": {"3": "supports"}, "voice": 0}, {"voice": 1}]}'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "coded.jsonl")
    ...     _ = path.write_text(line)
    ...     [code.voice for code in read_codes(path)[0][1]]
    [0.0, 1.0]
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CluetrainError(f"{path} cannot be read: {error}. Expected a JSONL file in UTF-8.") from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            codes = [_code(code) for code in entry.get("codes", [])]
            group = str(entry.get("post", number))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CluetrainError(
                f"{path}, line {number}: {error!r}. Expected an object whose codes are a list of objects with "
                "theses, stance and voice."
            ) from error
        if len(codes) > 1:
            found.append((group, codes))
    if not found:
        raise CluetrainError(f"{path}: no passage has two codes; expected lines with a list of them under 'codes'.")
    return found


def _code(entry: dict[str, Any]) -> Code:
    grades = {int(number): int(grade) for number, grade in entry.get("theses", {}).items()}
    stances = {int(number): str(stance) for number, stance in entry.get("stance", {}).items()}
    voice = entry.get("voice")
    if not set(grades.values()) <= set(_GRADES):
        raise ValueError(f"grades {grades} are not all 0 to 3")
    if not set(stances.values()) <= set(_STANCES):
        raise ValueError(f"stances {stances} are not all one of {', '.join(_STANCES)}")
    if voice is not None and voice not in _VOICES:
        raise ValueError(f"voice {voice!r} is no whole or half step from 0 to 4")
    return Code(grades, stances, None if voice is None else float(voice))


def agreement(passages: Sequence[tuple[str, Sequence[Code]]], theses: Sequence[int]) -> pd.DataFrame:
    """Measure how far coders agree on what the codebook defines.

    Parameters
    ----------
    passages : sequence of (str, sequence of Code)
        Post and codes of each passage, as from `read_codes`.
    theses : sequence of int
        Numbers of the theses that were coded; each passage is a pair with each of them.

    Returns
    -------
    pandas.DataFrame
        One row for each question: ``what``; ``level`` of measurement; ``alpha``, Krippendorff's alpha, 1 for full
        agreement and 0 for chance; ``low`` and ``high``, its 95 % bootstrap interval over posts; ``n``, units with two
        codes or more. The questions: *tracks any* (passages; grade >= 2, not opposing, for some thesis), *tracks*
        (pairs of passage and thesis), *grade* (pairs), *stance* (pairs that two coders graded >= 2), *voice*
        (passages).

    Examples
    --------
    >>> from cluetrain_nlp.study.agreement import Code, agreement
    >>> two = [("a", [Code({3: 2}, {3: "supports"}, 0.0)] * 2), ("b", [Code({}, {}, 4.0)] * 2)]
    >>> agreement(two, [3, 4]).set_index("what")["alpha"].round(2)["voice"]
    np.float64(1.0)
    """
    questions: list[tuple[str, Level, list[list[Counts]]]] = [
        (
            "tracks any",
            "nominal",
            [[_count((any(_tracks(c, t) for t in theses) for c in codes), (False, True))] for _, codes in passages],
        ),
        (
            "tracks",
            "nominal",
            [[_count((_tracks(c, t) for c in codes), (False, True)) for t in theses] for _, codes in passages],
        ),
        (
            "grade",
            "ordinal",
            [[_count((c.grades.get(t, 0) for c in codes), _GRADES) for t in theses] for _, codes in passages],
        ),
        ("stance", "nominal", [list(_stances(codes, theses)) for _, codes in passages]),
        ("voice", "ordinal", [[_count((c.voice for c in codes), _VOICES)] for _, codes in passages]),
    ]
    groups = [group for group, _ in passages]
    rows = [{"what": what, "level": level, **_with_interval(groups, units, level)} for what, level, units in questions]
    return pd.DataFrame(rows)


def _tracks(code: Code, thesis: int) -> bool:
    return code.grades.get(thesis, 0) >= 2 and code.stances.get(thesis) != "opposes"


def _stances(codes: Sequence[Code], theses: Sequence[int]) -> Iterator[Counts]:
    for thesis in theses:
        stances = [code.stances.get(thesis, "supports") for code in codes if code.grades.get(thesis, 0) >= 2]
        if len(stances) > 1:
            yield _count(stances, _STANCES)


def _count(values: Any, domain: Sequence[object]) -> Counts:
    """Count how many coders gave each value of the domain; None is no code."""
    counts = np.zeros(len(domain))
    for value in values:
        if value is not None:
            counts[domain.index(value)] += 1
    return counts


def alpha(counts: Counts, level: Level) -> float:
    """Compute Krippendorff's alpha.

    Parameters
    ----------
    counts : numpy.ndarray, shape (n, v)
        How many coders gave unit ``n`` the value ``v``; for an ordinal level the values stand in their order.
    level : {"nominal", "ordinal"}

    Returns
    -------
    float
        1 for full agreement, 0 for chance, negative for less; NaN where fewer than two values occur
        (Krippendorff, Content Analysis, 2019, ch. 12; computed by the library `krippendorff`).

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.study.agreement import alpha
    >>> alpha(np.array([[2.0, 0.0], [0.0, 2.0]]), "nominal")
    1.0
    """
    import krippendorff

    paired = counts[counts.sum(axis=1) > 1]
    used = paired[:, paired.any(axis=0)]
    if used.shape[1] < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=used, level_of_measurement=level))


def _with_interval(groups: Sequence[str], units: Sequence[list[Counts]], level: Level) -> dict[str, float]:
    """Compute alpha on all units, and on resampled posts for its 95 % interval."""
    by_group: dict[str, list[Counts]] = {}
    for group, passage in zip(groups, units, strict=True):
        by_group.setdefault(group, []).extend(passage)
    posts = [np.array(counts) for counts in by_group.values() if counts]
    if not posts:
        return {"alpha": np.nan, "low": np.nan, "high": np.nan, "n": 0}
    generator = np.random.default_rng(0)
    draws = (generator.integers(0, len(posts), len(posts)) for _ in range(_RESAMPLES))
    resampled = np.array([alpha(np.concatenate([posts[row] for row in draw]), level) for draw in draws])
    known = resampled[np.isfinite(resampled)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    every = np.concatenate(posts)
    return {
        "alpha": alpha(every, level),
        "low": float(low),
        "high": float(high),
        "n": int((every.sum(axis=1) > 1).sum()),
    }
