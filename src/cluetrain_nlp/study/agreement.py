"""How far coders agree: Krippendorff's alpha with bootstrap intervals."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.labels import GRADES, STANCES, TAKES_UP, VOICES, labels, tracked
from cluetrain_nlp.study.resampling import FEWEST_POSTS

__all__ = ["Code", "agreement", "alpha", "read_codes"]

Counts = NDArray[np.float64]
Level = Literal["nominal", "ordinal"]

_RESAMPLES: Final = 500
_NO_YES: Final = (False, True)


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
    if not set(grades.values()) <= set(GRADES):
        raise ValueError(f"grades {grades} are not all 0 to 3")
    if not set(stances.values()) <= set(STANCES):
        raise ValueError(f"stances {stances} are not all one of {', '.join(STANCES)}")
    if voice is not None and voice not in VOICES:
        raise ValueError(f"voice {voice!r} is no whole or half step from 0 to 4")
    return Code(grades, stances, None if voice is None else float(voice))


def agreement(
    codes: pd.DataFrame | Sequence[tuple[str, Sequence[Code]]], theses: Sequence[int] | None = None
) -> pd.DataFrame:
    """Measure how far coders agree on what the codebook defines.

    Parameters
    ----------
    codes : pandas.DataFrame or sequence of (str, sequence of Code)
        CODED, as from `read_coding`; or post and codes of each passage, as from `read_codes`.
    theses : sequence of int, optional
        Numbers of the theses that were coded. CODED holds them itself; of `Code`, each passage is a pair with each of
        them.

    Returns
    -------
    pandas.DataFrame
        One row for each question: ``what``; ``thesis``, 0 for all of them together, or where it is of none;
        ``level`` of measurement; ``alpha``, Krippendorff's alpha, 1 for full agreement and 0 for chance; ``low`` and
        ``high``, its 95 % bootstrap interval over posts, NaN with fewer than 5 posts and where resampling shows no
        spread, as under full agreement; ``n``, units with two codes or more.

        The questions: *tracks any* (passages; grade >= 2, not opposing, for some thesis), *tracks* (pairs of passage
        and thesis), *grade* (pairs), *stance* (pairs that two coders graded >= 2), *voice* (passages). CODED adds
        *broadcast* (passages; voice >= 3), and *tracks* and *grade* for each thesis.

    Raises
    ------
    CluetrainError
        If `theses` are missing beside `Code`, or the frame holds no codes of two coders.

    Examples
    --------
    >>> from cluetrain_nlp.study.agreement import Code, agreement
    >>> two = [("a", [Code({3: 2}, {3: "supports"}, 0.0)] * 2), ("b", [Code({}, {}, 4.0)] * 2)]
    >>> agreement(two, [3, 4]).set_index("what")["alpha"].round(2)["voice"]
    np.float64(1.0)
    """
    if isinstance(codes, pd.DataFrame):
        questions = _of_coded(codes)
    elif theses is None:
        raise CluetrainError("theses is None; expected the numbers of the theses that were coded.")
    else:
        questions = _of_codes(codes, theses)
    rows = [
        {"what": what, "thesis": thesis, "level": level, **_with_interval(groups, units, level)}
        for what, thesis, level, groups, units in questions
    ]
    return pd.DataFrame(rows)


class _Question(NamedTuple):
    """Units of one question: the post of each passage, and the counts of its units."""

    what: str
    thesis: int
    level: Level
    groups: Sequence[str]
    units: Sequence[list[Counts]]


def _of_codes(passages: Sequence[tuple[str, Sequence[Code]]], theses: Sequence[int]) -> list[_Question]:
    groups = [group for group, _ in passages]
    coded = [codes for _, codes in passages]
    tracks = [[[_tracks(code, thesis) for code in codes] for thesis in theses] for codes in coded]
    grades = [[[code.grades.get(thesis, 0) for code in codes] for thesis in theses] for codes in coded]
    some = [[_count(map(any, zip(*pairs, strict=True)), _NO_YES)] for pairs in tracks]
    return [
        _Question("tracks any", 0, "nominal", groups, some),
        _Question("tracks", 0, "nominal", groups, [[_count(pair, _NO_YES) for pair in pairs] for pairs in tracks]),
        _Question("grade", 0, "ordinal", groups, [[_count(pair, GRADES) for pair in pairs] for pairs in grades]),
        _Question("stance", 0, "nominal", groups, [list(_stances(codes, theses)) for codes in coded]),
        _Question("voice", 0, "ordinal", groups, [[_count((c.voice for c in codes), VOICES)] for codes in coded]),
    ]


def _of_coded(frame: pd.DataFrame) -> list[_Question]:
    coded = schema.conform(frame, schema.CODED)
    if coded["coder"].nunique() < 2:
        found = ", ".join(coded["coder"].unique()) or "nobody"
        raise CluetrainError(f"The codes are by {found}; agreement needs two coders who coded the same passages.")
    voice = labels(coded, measure="broadcast")
    questions = [
        _question("broadcast", 0, "nominal", voice, "y", (0, 1)),
        _question("voice", 0, "ordinal", voice, "code", VOICES),
    ]
    numbers = sorted(coded.loc[coded["thesis"] > 0, "thesis"].unique().tolist())
    if not numbers:
        return questions
    graded = coded[(coded["thesis"] > 0) & coded["grade"].notna()]
    pairs = graded.assign(y=tracked(graded["grade"], graded["stance"]).astype(int))
    taken = graded[(graded["grade"] >= TAKES_UP) & (graded["stance"] != "")]
    some = labels(coded, measure="tracks")
    together = [
        _question("tracks any", 0, "nominal", some, "y", (0, 1)),
        _question("tracks", 0, "nominal", pairs, "y", (0, 1)),
        _question("grade", 0, "ordinal", pairs, "grade", GRADES),
        _question("stance", 0, "nominal", taken, "stance", STANCES),
    ]
    each = []
    for number in numbers:
        mine = pairs[pairs["thesis"] == number]
        each.append(_question("tracks", number, "nominal", mine, "y", (0, 1)))
        each.append(_question("grade", number, "ordinal", mine, "grade", GRADES))
    return [*together, *each, *questions]


def _question(
    what: str, thesis: int, level: Level, codes: pd.DataFrame, column: str, domain: Sequence[object]
) -> _Question:
    """Count the values of one column for each passage, or pair of passage and thesis."""
    unit = [name for name in ("post_id", "passage", "thesis") if name in codes.columns]
    found = [(str(key[0]), [_count(values, domain)]) for key, values in codes.groupby(unit, sort=True)[column]]
    return _Question(what, thesis, level, [group for group, _ in found], [counts for _, counts in found])


def _tracks(code: Code, thesis: int) -> bool:
    return bool(tracked(code.grades.get(thesis, 0), code.stances.get(thesis)))


def _stances(codes: Sequence[Code], theses: Sequence[int]) -> Iterator[Counts]:
    for thesis in theses:
        stances = [code.stances.get(thesis, "supports") for code in codes if code.grades.get(thesis, 0) >= TAKES_UP]
        if len(stances) > 1:
            yield _count(stances, STANCES)


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
    told = len(posts) >= FEWEST_POSTS and len(known) > 0 and np.ptp(known) > 1e-9
    low, high = np.quantile(known, [0.025, 0.975]) if told else (np.nan, np.nan)
    every = np.concatenate(posts)
    return {
        "alpha": alpha(every, level),
        "low": float(low),
        "high": float(high),
        "n": int((every.sum(axis=1) > 1).sum()),
    }
