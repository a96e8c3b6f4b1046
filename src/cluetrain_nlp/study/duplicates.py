"""Near-duplicates: passages that stand in a corpus more than once in nearly the same words.

Passages are compared by their shingles, which are all runs of three words in a row. Every passage
gets a MinHash signature, cut into bands; passages that agree in a whole band are candidates, and the
Jaccard similarity of their shingles decides. So nothing rests on an estimate, and no pass over all
pairs is needed.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp import schema
from cluetrain_nlp.errors import PostError

__all__ = ["find_duplicates"]

Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_INPUT: Final = {"post_id": "str", "passage": "int32", "text": "str", "error": "str"}
_DUPLICATES: Final = {
    "post_id": "str",
    "passage": "int32",
    "group": "int32",
    "size": "int32",
    "of_post_id": "str",
    "of_passage": "int32",
    "similarity": "float64",
    "same_post": "bool",
}
_DIGITS: Final = 6
_WORD: Final = re.compile(r"\w+")
#: Below, greetings and set phrases look like copies.
_FEWEST_WORDS: Final = 10
#: Lower ones make nearly every pair of passages a candidate.
_LOWEST: Final = 0.5
_PERMUTATIONS: Final = 128
#: At most this share of the pairs at the threshold is missed, less above it.
_MISSED: Final = 0.005
#: Passages that are hashed together.
_PART: Final = 5000


class _Sets(NamedTuple):
    """Sets of hashes: set `i` is ``values[starts[i]:starts[i + 1]]``, ascending."""

    values: Hashes
    starts: Integers


class _Buckets(NamedTuple):
    """Passages that agree in a band: bucket `i` is ``members[starts[i]:starts[i + 1]]``, ascending."""

    members: Integers
    starts: Integers


def find_duplicates(scores: pd.DataFrame, *, threshold: float = 0.8) -> pd.DataFrame:
    """Find passages that occur more than once in nearly the same words.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES or PASSAGES, as from `score` and `passages`; only `post_id`, `passage`, `text` and `error` are read.
        Passages of all roles in it are compared, each once.
    threshold : float, default 0.8
        In [0.5, 1]: the similarity from which a passage counts as a near-duplicate. 1 finds the same shingles:
        the same words in the same order, whatever their case and punctuation.

    Returns
    -------
    pandas.DataFrame
        One row for each passage of a group of two or more, by `group`, `post_id` and `passage`; no row for any
        other passage.

        * `post_id` (str), `passage` (int32): the passage.
        * `group` (int32): number of its group, from 0, in the order of their representatives.
        * `size` (int32): passages in the group, at least 2.
        * `of_post_id` (str), `of_passage` (int32): the representative of the group, its passage with the lowest
          `post_id` and `passage`; it has a row too.
        * `similarity` (float64, `threshold` to 1): to the representative; higher = more shingles in common.
        * `same_post` (bool): whether the passage stands in the post of the representative.

        `attrs` are handed on.

    Raises
    ------
    PostError
        If `threshold` is out of range, columns are missing, or a passage has two texts (two runs in one frame).

    Notes
    -----
    The similarity is the Jaccard index of the two sets of shingles: shared ones, divided by all. A word is a run of
    letters and digits, and case is ignored. A changed word changes three shingles: at 0.8 one is allowed from 29
    words on, at 0.7 from 19. Left out are rows with an error and passages of fewer than 10 words.

    In order of `post_id` and `passage`, each passage that is in no group yet takes in all later ones
    that are similar enough to itself. So every member is a near-duplicate of its representative, and where only
    representatives and passages without a group are kept, no two of these are near-duplicates. The order of rows has no
    influence. Copies with the same shingles are always found; of pairs whose similarity is just the `threshold`, up to
    0.5 % may be missed, and less the more similar they are.

    An excerpt that breaks off in the middle of a passage shares few shingles with the whole, and is not found.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp.study.duplicates import find_duplicates
    >>> text = "Der Verein lädt am Samstag zum Flohmarkt ein und bittet um Anmeldung im Büro."
    >>> rows = [(post_id, 0, text, "") for post_id in ("b", "a")]
    >>> found = find_duplicates(pd.DataFrame(rows, columns=["post_id", "passage", "text", "error"]))
    >>> found[["post_id", "group", "of_post_id", "similarity"]].to_dict("records")
    [{'post_id': 'a', 'group': 0, 'of_post_id': 'a', 'similarity': 1.0},
     {'post_id': 'b', 'group': 0, 'of_post_id': 'a', 'similarity': 1.0}]
    """
    if not _LOWEST <= threshold <= 1:
        raise PostError(f"threshold is {threshold}; expected a similarity from {_LOWEST} to 1.")
    passages = _passages(scores)
    texts = passages["text"]
    buckets = _buckets(texts, threshold)
    candidates = np.unique(buckets.members)
    buckets = buckets._replace(members=np.searchsorted(candidates, buckets.members))
    representative, similarity = _groups(_shingles(texts.iloc[candidates].tolist()), buckets, threshold)
    member = representative >= 0
    rows, representatives = candidates[member], candidates[representative[member]]
    _, group, size = np.unique(representatives, return_inverse=True, return_counts=True)
    found = passages.iloc[rows][["post_id", "passage"]].reset_index(drop=True)
    first = passages.iloc[representatives].reset_index(drop=True)
    found["group"], found["size"] = group, size[group]
    found["of_post_id"], found["of_passage"] = first["post_id"], first["passage"]
    found["similarity"] = similarity[member].round(_DIGITS)
    found["same_post"] = found["post_id"] == found["of_post_id"]
    found = schema.conform(found.sort_values("group", kind="stable"), _DUPLICATES)
    found.attrs = dict(scores.attrs)
    return found


def _passages(scores: pd.DataFrame) -> pd.DataFrame:
    """Give every passage without an error once, by post and number."""
    rows = schema.conform(scores, _INPUT)
    rows = rows[rows["error"].fillna("") == ""].sort_values(["post_id", "passage"], kind="stable", ignore_index=True)
    before = rows.shift()
    again = (rows["post_id"] == before["post_id"]) & (rows["passage"] == before["passage"])
    twice = rows[again & (rows["text"].fillna("") != before["text"].fillna(""))]
    if len(twice):
        post_id, passage = twice.iloc[0][["post_id", "passage"]]
        raise PostError(f"Passage {passage} of post {post_id} has two texts. Give the scores of one run at a time.")
    return rows[~again].reset_index(drop=True)


def _words(text: object) -> list[str]:
    """Give the words of a text, none if they are too few."""
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold()) if isinstance(text, str) else []
    return words if len(words) >= _FEWEST_WORDS else []


def _shingles(texts: Sequence[object]) -> _Sets:
    """Hash the shingles of each text; the hashes are the same on every machine."""
    parts = [_hashed(texts[start : start + _PART]) for start in range(0, len(texts), _PART)]
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.starts) for part in parts)])
    values = np.concatenate([np.zeros(0, np.uint64), *(part.values for part in parts)])
    return _Sets(values, np.cumsum(sizes))


def _hashed(texts: Sequence[object]) -> _Sets:
    words = [_words(text) for text in texts]
    hashes = pd.util.hash_array(np.array([word for each in words for word in each], dtype=object))
    text = np.repeat(np.arange(len(texts)), [len(each) for each in words])
    # A shingle that reaches into the next text is none.
    whole = text[:-2] == text[2:]
    values = _mixed(_mixed(_mixed(hashes[:-2]) + hashes[1:-1]) + hashes[2:])[whole]
    text = text[:-2][whole]
    order = np.lexsort((values, text))
    values, text = values[order], text[order]
    fresh = np.ones(len(values), bool)
    fresh[1:] = (values[1:] != values[:-1]) | (text[1:] != text[:-1])
    return _Sets(values[fresh], np.searchsorted(text[fresh], np.arange(len(texts) + 1)))


def _mixed(hashes: Hashes) -> Hashes:
    """Spread the bits (the finalizer of MurmurHash3), so that sums of hashes depend on their order."""
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return hashes ^ (hashes >> np.uint64(33))


def _buckets(texts: pd.Series, threshold: float) -> _Buckets:
    """Put passages that agree in a band into one bucket."""
    width = _width(threshold)
    count = _PERMUTATIONS // width
    bands = np.zeros((count, len(texts)), np.uint64)
    known = np.zeros(len(texts), bool)
    for start in range(0, len(texts), _PART):
        sets = _hashed(texts.iloc[start : start + _PART].tolist())
        rows = start + np.flatnonzero(np.diff(sets.starts))
        known[rows] = True
        signatures = _signatures(sets)[:, : count * width].reshape(-1, count, width)
        keys = np.zeros((len(rows), count), np.uint64)
        for place in range(width):
            keys = _mixed(keys + signatures[:, :, place])
        bands[:, rows] = keys.T
    rows = np.flatnonzero(known)
    members, sizes = [np.zeros(0, np.int64)], [np.zeros(1, np.int64)]
    for band in bands:
        order = rows[np.argsort(band[rows], kind="stable")]
        begins = np.flatnonzero(np.diff(band[order], prepend=~band[order[:1]]))
        shared = np.diff(begins, append=len(order))
        members.append(order[np.repeat(shared > 1, shared)])
        sizes.append(shared[shared > 1])
    return _Buckets(np.concatenate(members), np.cumsum(np.concatenate(sizes)))


def _width(threshold: float) -> int:
    """Give the longest band with which few enough pairs at the threshold are missed."""
    widths = range(1, _PERMUTATIONS + 1)
    return max(width for width in widths if (1 - threshold**width) ** (_PERMUTATIONS // width) <= _MISSED)


def _signatures(sets: _Sets) -> Hashes:
    """Compute the MinHash signature of each set that is not empty."""
    from datasketch import MinHash

    minhash = MinHash(_PERMUTATIONS, seed=1, scheme="affine32", hashfunc=int)
    halves = (sets.values >> np.uint64(32)).tolist()
    signatures = []
    for start, stop in pairwise(sets.starts.tolist()):
        if start < stop:
            minhash.clear()
            minhash.update_batch(halves[start:stop])
            signatures.append(minhash.hashvalues)
    return np.array(signatures, np.uint64).reshape(-1, _PERMUTATIONS)


def _groups(sets: _Sets, buckets: _Buckets, threshold: float) -> tuple[Integers, NDArray[np.float64]]:
    """Give each candidate its representative, -1 for none, and its similarity to it."""
    count = len(sets.starts) - 1
    representative, similarity = np.full(count, -1), np.zeros(count)
    bucket = np.repeat(np.arange(len(buckets.starts) - 1), np.diff(buckets.starts))
    bucket = bucket[np.argsort(buckets.members, kind="stable")]
    own = np.cumsum(np.bincount(buckets.members + 1, minlength=count + 1))
    for candidate in range(count):
        if representative[candidate] >= 0:
            continue
        around = bucket[own[candidate] : own[candidate + 1]]
        near = np.unique(np.concatenate([buckets.members[slice(*buckets.starts[i : i + 2])] for i in around]))
        near = near[(near > candidate) & (representative[near] < 0)]
        if not len(near):
            continue
        alike = _jaccard(sets, candidate, near)
        close = alike >= threshold
        if close.any():
            representative[candidate], similarity[candidate] = candidate, 1.0
            representative[near[close]], similarity[near[close]] = candidate, alike[close]
    return representative, similarity


def _jaccard(sets: _Sets, one: int, others: Integers) -> NDArray[np.float64]:
    """Compute the Jaccard similarity of a set to each of some others."""
    mine = sets.values[sets.starts[one] : sets.starts[one + 1]]
    begins, sizes = sets.starts[others], sets.starts[others + 1] - sets.starts[others]
    first = np.cumsum(sizes) - sizes
    theirs = sets.values[np.repeat(begins - first, sizes) + np.arange(sizes.sum())]
    place = np.searchsorted(mine, theirs).clip(max=len(mine) - 1)
    shared = np.add.reduceat((mine[place] == theirs).astype(np.int64), first)
    similarity: NDArray[np.float64] = shared / (len(mine) + sizes - shared)
    return similarity
