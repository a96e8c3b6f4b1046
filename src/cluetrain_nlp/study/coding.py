"""Which passages people should code: a probability sample of them.

Numbers that rest on the scores alone inherit the model's errors. A random sample that people code, drawn with known
probabilities, shows how large these are and corrects for them.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, PostError
from cluetrain_nlp.study.counting import PASSAGE, counted
from cluetrain_nlp.study.labels import UNITS, Unit, check, of_posts

__all__ = ["SAMPLE", "check_texts", "fingerprint", "sample_for_coding"]

#: One row per passage to be coded; what `sample_for_coding` returns. All but `text` is the researcher's key.
SAMPLE: Final[schema.Schema] = {
    "item": "str",
    "post_id": "str",
    "passage": "int32",
    "text": "str",
    "text_sha256": "str",
    "theses": "str",
    "unit": "str",
    "stratum": "str",
    "stratum_size": "int32",
    "weight": "float64",
    "strata": "str",
    "roles": "str",
    "seed": "int64",
}

#: Numbers in SCORES that strata can be cut from, as bands of equally many units.
_NUMBERS: Final = ("tracks", "broadcast", "score")
_BANDS: Final = 5
_PER_STRATUM: Final = 2
# No vowels, no digits: an id is no word, and no spreadsheet takes it for a number or a date.
_LETTERS: Final = list("bcdfghjklmnpqrstvwxz")
_ID_LENGTH: Final = 6
# White space, line ends as spreadsheets escape them, and what XML and files cannot hold.
_NOT_TEXT: Final = re.compile(r"_x000D_|[\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]+")


def fingerprint(text: str) -> str:
    r"""Compute the hash by which a coded text is recognised.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        SHA-256, as 64 hexadecimal digits, of the text in normal form C without white space and control characters: a
        spreadsheet may break lines anew, but not change a word.

    Examples
    --------
    >>> from cluetrain_nlp.study.coding import fingerprint
    >>> fingerprint("Guten Tag,\r\nhallo!") == fingerprint("Guten Tag, hallo!")
    True
    >>> fingerprint("Guten Tag!") == fingerprint("Guten Tag.")
    False
    """
    kept = _NOT_TEXT.sub("", unicodedata.normalize("NFC", text))
    return hashlib.sha256(kept.encode("utf-8")).hexdigest()


def check_texts(scores: pd.DataFrame, coded: pd.DataFrame) -> None:
    """Refuse codes of other texts than those that were scored, as where posts were cut anew after the sample was drawn.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES.
    coded : pandas.DataFrame
        CODED. Codes without a hash, such as those of your own making, are not checked, nor are passages without a text
        in `scores`.

    Raises
    ------
    PostError
        If a coded passage has another text in `scores` than the one that was coded.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.coding import check_texts, fingerprint
    >>> scores = pd.DataFrame([dict.fromkeys(schema.SCORES, 0) | {"post_id": "a", "text": "Guten Tag!"}])
    >>> code = dict.fromkeys(schema.CODED, 0) | {"post_id": "a", "text_sha256": fingerprint("Gute Nacht!")}
    >>> check_texts(scores, pd.DataFrame([code]))
    Traceback (most recent call last):
    cluetrain_nlp.errors.PostError: 1 coded passage(s) have another text in the scores, ...
    """
    hashes = schema.conform(coded, schema.CODED)[[*PASSAGE, "text_sha256"]].drop_duplicates()
    hashes = hashes[hashes["text_sha256"].fillna("") != ""]
    texts = schema.conform(scores, {name: schema.SCORES[name] for name in (*PASSAGE, "text")})
    both = hashes.merge(texts[texts["text"].fillna("") != ""].drop_duplicates(PASSAGE), on=PASSAGE)
    other = both[both["text"].map(fingerprint) != both["text_sha256"]].drop_duplicates(PASSAGE)
    if len(other):
        post_id, passage = other.iloc[0][PASSAGE]
        raise PostError(
            f"{len(other)} coded passage(s) have another text in the scores, such as passage {passage} of post "
            f"{post_id}: posts were changed or cut anew after the sample was drawn. Give the scores that it was drawn "
            "from, or draw and code a new sample."
        )


def sample_for_coding(
    scores: pd.DataFrame,
    n: int,
    *,
    unit: Unit = "post",
    theses: Sequence[int] = (),
    strata: str | Sequence[str] | None = None,
    roles: Sequence[str] = ("body",),
    seed: int = 0,
) -> pd.DataFrame:
    """Draw posts or passages for people to code, each with a known probability.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES of the whole corpus that something is to be said about, and the columns that `strata` names.
    n : int
        How many units to draw.
    unit : {"post", "passage"}, default "post"
        What is drawn. Of a post that is drawn, all counted passages are coded.
    theses : sequence of int, default ()
        Which theses the coders are asked for; the voice is always asked for.
    strata : str or sequence of str, optional
        Columns from which strata are made; several are crossed. "tracks", "broadcast" and "score" are cut
        into five bands of equally many units by what is predicted: with posts, `tracks` of any passage and mean
        `broadcast`, where `tracks` is the highest of `theses` (of all reported, if there are none). Of other
        columns, such as company, each value is a stratum. Strata make estimates more precise, and never biased.
    roles : sequence of str, default ("body",)
        Whose passages count.
    seed : int, default 0
        The same seed draws the same sample, whatever the order of the rows.

    Returns
    -------
    pandas.DataFrame
        One row per passage to be coded, columns as in `SAMPLE`, among them `item` (a meaningless id),
        `text_sha256`, `stratum` (its name), `stratum_size` (units of the stratum in the corpus) and `weight` (units of
        the corpus that this one stands for: 1 / probability that it was drawn, >= 1). ``attrs["design"]`` sums up.

    Raises
    ------
    CluetrainError
        If `n` is more than there is, or too small for two units in every stratum; if a stratum column is missing,
        or not the same for all passages of a post; or if an option is out of range.
    PostError
        If the scores are no SCORES, or hold no texts.

    Notes
    -----
    Simple random sampling without replacement within strata; sizes are proportional to those of the strata
    (largest remainders), but at least two units, or one where there is but one (Cochran, Sampling Techniques, 1977,
    ch. 5). So weights hardly vary.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.coding import sample_for_coding
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": ""}
    >>> rows = [row | {"post_id": f"p{number}", "text": f"Text {number}.", "thesis": 3} for number in range(8)]
    >>> sample = sample_for_coding(pd.DataFrame(rows), 2, theses=[3])
    >>> sample[["stratum", "stratum_size", "weight"]].to_dict("records")[0]
    {'stratum': 'all', 'stratum_size': 8, 'weight': 4.0}
    """
    check("unit", unit, UNITS)
    by = [strata] if isinstance(strata, str) else list(strata or [])
    asked = sorted({int(thesis) for thesis in theses})
    if asked and asked[0] < 1:
        raise CluetrainError(f"theses are {asked}; expected numbers of theses, from 1.")
    _, kept = counted(scores, roles)
    passages = kept.drop_duplicates(PASSAGE)[[*PASSAGE, "text"]].sort_values(PASSAGE, ignore_index=True)
    if passages["text"].fillna("").str.strip().eq("").any():
        raise PostError("Some counted passages have no text; coders need it. Give scores that hold the texts.")
    key = ["post_id"] if unit == "post" else PASSAGE
    units = passages[key].drop_duplicates(ignore_index=True)
    names = [_stratum(scores, kept, units, column, asked) for column in by]
    units["stratum"] = [" | ".join(parts) for parts in zip(*names, strict=True)] if names else "all"
    sizes = units["stratum"].value_counts().sort_index()
    drawn = _allocate(sizes, n)
    generator = np.random.default_rng(seed)
    rows = [
        row
        for name, members in units.groupby("stratum").groups.items()
        for row in generator.choice(np.asarray(members), drawn[str(name)], replace=False)
    ]
    sample = units.loc[sorted(rows)]
    sample["stratum_size"] = sample["stratum"].map(sizes)
    sample["weight"] = sample["stratum_size"] / sample["stratum"].map(drawn)
    sample = passages.merge(sample, on=key)
    sample["item"] = _ids(len(sample), generator)
    sample["text_sha256"] = sample["text"].map(fingerprint)
    sample["theses"] = " ".join(map(str, asked))
    sample["strata"], sample["roles"] = "|".join(by), "|".join(roles)
    sample = schema.conform(sample.assign(unit=unit, seed=seed), SAMPLE)
    design = {"unit": unit, "n": n, "N": len(units), "seed": seed, "strata": by, "roles": list(roles)}
    sample.attrs = dict(scores.attrs) | {"design": design}
    return sample


def _stratum(
    scores: pd.DataFrame, kept: pd.DataFrame, units: pd.DataFrame, column: str, theses: Sequence[int]
) -> list[str]:
    """Name the stratum of each unit that follows from one column."""
    key = [name for name in units.columns if name in PASSAGE]
    if column in _NUMBERS:
        predicted = units.merge(_values(kept, key, column, theses), on=key, how="left")[column]
        bands = min(_BANDS, max(1, len(units) // _PER_STRATUM))
        rank = predicted.rank(method="first")
        return [f"{column} {int(np.ceil(place * bands / len(units)))}/{bands}" for place in rank]
    if column not in scores.columns or column in schema.SCORES:
        extra = [str(name) for name in scores.columns if name not in schema.SCORES]
        raise CluetrainError(
            f"strata names the column {column!r}; expected {', '.join(_NUMBERS)}, or a column of yours. The scores "
            f"have {', '.join(extra) or 'none of yours'}. Merge it by post_id first."
        )
    values = scores.drop_duplicates([*key, column])[[*key, column]]
    values = values.merge(units[key], on=key)
    twice = values[values.duplicated(key)]
    if len(twice):
        raise CluetrainError(
            f"{column} has several values within one {'post' if key == ['post_id'] else 'passage'} (post "
            f"{twice.iloc[0]['post_id']}); expected one. Take another column, or draw passages."
        )
    return units.merge(values, on=key, how="left")[column].astype("str").fillna("unknown").tolist()


def _values(kept: pd.DataFrame, key: list[str], column: str, theses: Sequence[int]) -> pd.DataFrame:
    """Predict a number for each unit; a thesis that is not reported counts as 0, which suffices to form strata."""
    asked = kept["tracks"].where(kept["thesis"].isin(theses), 0) if theses else kept["tracks"]
    passages = kept.assign(tracks=asked).groupby(PASSAGE, as_index=False).agg({"tracks": "max", "broadcast": "first"})
    if key == PASSAGE:
        found = passages
    else:
        found = of_posts(passages.assign(p=passages["tracks"]), "tracks").rename(columns={"p": "tracks"})
        found["broadcast"] = found["post_id"].map(passages.groupby("post_id")["broadcast"].mean())
    return found.assign(score=found["tracks"] - found["broadcast"])[[*key, column]]


def _allocate(sizes: "pd.Series[int]", n: int) -> dict[str, int]:
    """Share out `n` units in proportion to the strata, at least two to each where there are two."""
    total, least = int(sizes.sum()), int(sizes.clip(upper=_PER_STRATUM).sum())
    if not total:
        raise CluetrainError(
            "No passage counts, so there is nothing to draw from. Look at roles, and at left_out(scores)."
        )
    if not least <= n <= total:
        raise CluetrainError(
            f"n is {n}, but there are {total} units to draw from in {len(sizes)} strata, and each stratum needs "
            f"{_PER_STRATUM} of them (or all it has). Expected {least} to {total}: change n or the strata."
        )
    low = sizes.clip(upper=_PER_STRATUM).to_numpy()
    whole = low.copy()
    share = sizes.to_numpy() * n / total
    while whole.sum() < n:
        short = np.where(whole < sizes.to_numpy(), share - whole, -np.inf)
        whole[int(np.argmax(short))] += 1
    return dict(zip(sizes.index, map(int, whole), strict=True))


def _ids(count: int, generator: np.random.Generator) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        letters = generator.choice(_LETTERS, (count, _ID_LENGTH))
        found |= dict.fromkeys("".join(row) for row in letters)
    return list(found)[:count]
