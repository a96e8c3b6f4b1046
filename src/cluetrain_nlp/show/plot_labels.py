"""What figures say, in English and German: words, numbers, and names for the rows of a table."""

from collections.abc import Callable
from typing import Final, Literal

import pandas as pd

from cluetrain_nlp.classifier.theses import ThesisSet
from cluetrain_nlp.errors import CluetrainError

__all__ = [
    "Language",
    "counts_of",
    "formatter",
    "is_difference",
    "keys_of",
    "labels_of",
    "measure_of",
    "name_of",
    "number_of",
    "per_cent",
    "share_of",
    "thesis_of",
    "words_of",
]

Language = Literal["en", "de"]

_LONGEST: Final = 46
#: Columns that come first behind the keys of a table.
_OURS: Final = ("measure", "quadrant", "thesis", "value", "estimate", "share")

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "broadcast": "broadcast",
        "tracks": "tracks {thesis}",
        "score": "score (tracks − broadcast)",
        "share_broadcast": "share in broadcast voice",
        "share_tracks": "share that tracks {thesis}",
        "lip_service": "lip service (tracks × broadcast)",
        "mean of tracks": "expected share of passages",
        "mean of share_tracks": "share of passages",
        "mean of lip_service": "lip service (tracks × broadcast)",
        "mean of opposes": "expected share against the thesis",
        "in per cent": "in per cent",
        "lower bound": "lower bound",
        "field": "broadcast",
        "lip service": "lip service",
        "conversation": "conversation",
        "other": "other",
        "thesis": "thesis",
        "a thesis": "a thesis",
        "none": "(no value)",
        "difference": "difference",
        "posts": "posts",
        "passages": "passages",
        "coded": "coded",
        "corrected": "corrected by coding",
        "naive": "predictions alone",
        "share": "share of passages",
        "conversing": "in conversational voice",
        "announcing": "in broadcast voice",
        "expected": "expected passages",
        "of": "of",
        "predicted": "predicted probability",
        "observed": "coded share",
        "perfect": "perfect calibration",
        "per bin": "cases per bin",
    },
    "de": {
        "broadcast": "Verkündung (broadcast)",
        "tracks": "greift {thesis} auf",
        "score": "Score (tracks − broadcast)",
        "share_broadcast": "Anteil in Verkündungston",
        "share_tracks": "Anteil, der {thesis} aufgreift",
        "lip_service": "Lippenbekenntnis (tracks × broadcast)",
        "mean of tracks": "erwarteter Anteil der Passagen",
        "mean of share_tracks": "Anteil der Passagen",
        "mean of lip_service": "Lippenbekenntnis (tracks × broadcast)",
        "mean of opposes": "erwarteter Anteil gegen die These",
        "in per cent": "in Prozent",
        "lower bound": "Untergrenze",
        "field": "Verkündung",
        "lip service": "Lippenbekenntnis",
        "conversation": "Gespräch",
        "other": "Übriges",
        "thesis": "These",
        "a thesis": "eine These",
        "none": "(ohne Angabe)",
        "difference": "Differenz",
        "posts": "Posts",
        "passages": "Passagen",
        "coded": "kodiert",
        "corrected": "durch Kodierung korrigiert",
        "naive": "nur Vorhersagen",
        "share": "Anteil der Passagen",
        "conversing": "im Gesprächston",
        "announcing": "in Verkündungston",
        "expected": "erwartete Passagen",
        "of": "von",
        "predicted": "vorhergesagte Wahrscheinlichkeit",
        "observed": "kodierter Anteil",
        "perfect": "vollkommene Kalibration",
        "per bin": "Fälle je Klasse",
    },
}


def words_of(language: Language) -> dict[str, str]:
    """Give the words of a language, or say which there are."""
    if language not in _WORDS:
        raise CluetrainError(f"language is {language!r}; expected 'en' or 'de'.")
    return _WORDS[language]


def keys_of(rows: pd.DataFrame) -> list[str]:
    """Give the columns that make the groups: those before the first column of our own."""
    columns = [str(name) for name in rows]
    return columns[: min((columns.index(name) for name in _OURS if name in columns), default=len(columns))]


def labels_of(rows: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Name each row of a table of `by`, `lip_service`, `compare`, `estimate` or `difference`."""
    keys = keys_of(rows)
    halves = (["group_a"], ["group_b"])
    if any(f"{key}_other" in keys for key in keys):
        halves = ([key for key in keys if f"{key}_other" in keys], [key for key in keys if key.endswith("_other")])
    if is_difference(rows):
        pairs = zip(*([" · ".join(map(str, row)) for row in _names(rows[half], words)] for half in halves), strict=True)
        parts = [[f"{a} − {b}" for a, b in pairs]]
    else:
        parts = [[name_of(value, words) for value in rows[key]] for key in keys]
    if "quadrant" in rows:
        parts.append([words["field" if value == "broadcast" else value] for value in rows["quadrant"]])
    if "thesis" in rows and (rows["thesis"].nunique() > 1 or not parts):
        parts.append([f"{words['thesis']} {number}" for number in rows["thesis"]])
    return [" · ".join(label) for label in zip(*parts, strict=True)]


def is_difference(rows: pd.DataFrame) -> bool:
    """Tell whether the rows of a table are pairs of groups, as in `compare` and `difference`."""
    return "difference" in rows or any(f"{key}_other" in rows for key in keys_of(rows))


def _names(columns: pd.DataFrame, words: dict[str, str]) -> list[list[str]]:
    return [[name_of(value, words) for value in row] for row in columns.itertuples(index=False)]


def counts_of(rows: pd.DataFrame, words: dict[str, str], language: Language) -> list[str]:
    """Say for each row on how much it rests."""
    for columns, unit in ((["n_coded"], "coded"), (["n_posts"], "posts"), (["n_posts_a", "n_posts_b"], "posts")):
        if set(columns) <= set(rows):
            numbers = rows[columns].to_numpy().tolist()
            return [f"{' / '.join(number_of(n, language) for n in row)} {words[unit]}" for row in numbers]
    return [""] * len(rows)


def name_of(value: object, words: dict[str, str]) -> str:
    """Name a group; a dollar sign is one, and does not begin a formula."""
    return words["none"] if pd.isna(value) else str(value).replace("$", r"\$")  # type: ignore[call-overload]


def thesis_of(number: int, theses: ThesisSet | None, words: dict[str, str], language: Language) -> str:
    """Name a thesis: its number, and the beginning of its wording where there is one."""
    if theses is None or number not in theses:
        return f"{words['thesis']} {number}"
    thesis = theses[number]
    text = (thesis.text_en if language == "en" else thesis.text_de) or thesis.statement
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:–") + " …"
    return f"{number}  {text}".replace("$", r"\$")


def _number(value: float, language: Language) -> str:
    text = f"{value:g}".replace("-", "−")
    return text.replace(".", ",") if language == "de" else text


def number_of(number: int, language: Language) -> str:
    """Write a count, its thousands told apart."""
    text = f"{number:,}"
    return text.replace(",", ".") if language == "de" else text


def per_cent(value: float, language: Language) -> str:
    """Write per cent with two figures."""
    text = f"{value:.{0 if value >= 9.95 or value == 0 else 1 if value >= 0.995 else 2}f}"
    return text.replace(".", ",") if language == "de" else text


def share_of(share: float, language: Language) -> str:
    """Write a share as per cent, with the sign."""
    return f"{per_cent(100 * share, language)} %"


def formatter(language: Language) -> Callable[[float, object], str]:
    """Give what writes the numbers of an axis."""
    return lambda value, _: _number(round(value, 6), language)


def measure_of(name: str, thesis: int, words: dict[str, str]) -> str:
    """Name a measure of an axis; thesis 0 is some thesis."""
    return words.get(name, name).format(thesis=f"{words['thesis']} {thesis}" if thesis else words["a thesis"])
