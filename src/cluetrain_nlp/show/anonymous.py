"""Frames without anything that a post says or is called, for bundles that may be published."""

import hashlib
from collections.abc import Mapping
from typing import Final

import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError

__all__ = ["anonymous_codes", "anonymous_scores", "number_posts"]

#: What is known of a run; anything else in `attrs` is the user's own.
_ATTRS: Final = (
    *("cluetrain_nlp", "model", "model_sha256", "theses_sha256", "encoder", "pipeline", "unit", "expected_quality"),
)
_NO_NUMBERS: Final = "No numbers; the reason is left out."


def number_posts(scores: pd.DataFrame) -> dict[str, str]:
    """Give every post a number for a name.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES with texts.

    Returns
    -------
    dict of str to str
        Post id to "1", "2" …, in the order of the SHA-256 of id and passages, whatever the order of the rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp.show.anonymous import number_posts
    >>> frame = pd.DataFrame({"post_id": ["a", "b"], "passage": [0, 0], "text": ["Hallo!", "Guten Tag."]})
    >>> sorted(number_posts(frame).values())
    ['1', '2']
    """
    once = scores.drop_duplicates(["post_id", "passage"]).sort_values(["post_id", "passage"])
    digests = {}
    for post_id, passages in once.groupby("post_id", sort=False):
        whole = "\0".join([str(post_id), *passages["text"].fillna("").astype(str)])
        digests[str(post_id)] = hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()
    return {name: str(place) for place, name in enumerate(sorted(digests, key=digests.__getitem__), start=1)}


def anonymous_scores(scores: pd.DataFrame, numbers: Mapping[str, str], by: str | None) -> pd.DataFrame:
    """Take texts, speakers, offsets, messages and ids out of scores.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES and the column `by`.
    numbers : mapping of str to str
        From `number_posts`.
    by : str or None
        A column that is kept.

    Returns
    -------
    pandas.DataFrame
        SCORES and `by`, in the order of the numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.show.anonymous import anonymous_scores
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"post_id": "a", "text": "Hallo!", "end": 6, "error": ""}
    >>> anonymous_scores(pd.DataFrame([row]), {"a": "1"}, None)[["post_id", "text", "end"]].values.tolist()
    [['1', '', 0]]
    """
    kept = schema.conform(scores, schema.SCORES)
    failed = kept["error"].fillna("") != ""
    kept = kept.assign(post_id=_renamed(kept["post_id"], numbers), start=0, end=0, speaker="", text="")
    kept["error"] = failed.map({True: _NO_NUMBERS, False: ""})
    kept = schema.conform(kept, schema.SCORES)
    if by is not None and by not in kept.columns:
        kept[by] = scores[by].to_numpy()
    place = kept["post_id"].astype("int64")
    kept = kept.assign(place=place).sort_values(["place", "passage", "rank"], kind="stable", ignore_index=True)
    kept = kept.drop(columns="place")
    kept.attrs = {name: scores.attrs[name] for name in _ATTRS if name in scores.attrs}
    return kept


def anonymous_codes(coded: pd.DataFrame, numbers: Mapping[str, str]) -> pd.DataFrame:
    """Give posts, coders and strata of codes numbers for names, and leave out the hashes of texts.

    Parameters
    ----------
    coded : pandas.DataFrame
        CODED.
    numbers : mapping of str to str
        From `number_posts`.

    Returns
    -------
    pandas.DataFrame
        CODED, in the order of the numbers.

    Raises
    ------
    CluetrainError
        If a post was coded that is not in the scores.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.show.anonymous import anonymous_codes
    >>> row = dict.fromkeys(schema.CODED, 0) | {"post_id": "a", "coder": "Ute", "stratum": "Konzern"}
    >>> anonymous_codes(pd.DataFrame([row]), {"a": "1"})[["post_id", "coder", "stratum"]].values.tolist()
    [['1', '1', '1']]
    """
    kept = schema.conform(coded, schema.CODED)
    names = {
        name: {old: str(n) for n, old in enumerate(sorted(kept[name].unique()), 1)} for name in ("coder", "stratum")
    }
    kept = kept.assign(
        post_id=_renamed(kept["post_id"], numbers),
        coder=kept["coder"].map(names["coder"]),
        stratum=kept["stratum"].map(names["stratum"]),
        # Whoever has a text can compute its hash, and find the post by it.
        text_sha256="",
    )
    kept = kept.assign(place=kept["post_id"].astype("int64"))
    kept = kept.sort_values(["place", "passage", "coder", "thesis"], kind="stable", ignore_index=True)
    return schema.conform(kept, schema.CODED)


def _renamed(ids: "pd.Series[str]", numbers: Mapping[str, str]) -> "pd.Series[str]":
    unknown = ids[~ids.isin(list(numbers))]
    if len(unknown):
        raise CluetrainError(
            f"Post {unknown.iloc[0]!r} was coded, but is not in the scores; give the scores it was drawn from."
        )
    return ids.map(numbers)
