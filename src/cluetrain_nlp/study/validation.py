"""The machine against people, beside people against each other; its calibration; and whether its error drifts."""

import warnings
from itertools import permutations
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, CluetrainWarning
from cluetrain_nlp.study.coding import check_texts
from cluetrain_nlp.study.counting import PASSAGE, ROLES
from cluetrain_nlp.study.labels import Measure, coded_theses, labels, predictions
from cluetrain_nlp.study.per_post import check_threshold, reaches
from cluetrain_nlp.study.resampling import FEWEST_POSTS, interval

__all__ = ["drift", "reliability", "validate"]

Numbers = NDArray[np.float64]

_LEVEL: Final = 0.95
_RESAMPLES: Final = 1000
_PERMUTATIONS: Final = 5000
# SCORES are rounded to 6 digits, and a threshold of 0.7 is to be reached by 0.7 in float32.
_DIGITS: Final = 6
_FIGURES: Final = ("alpha", "auc", "precision", "recall", "f1", "brier")

_VALIDATION: Final = {
    "label": "str",
    "thesis": "int16",
    "figure": "str",
    "who": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int32",
}
_RELIABILITY: Final = {
    "bin": "int16",
    "predicted": "float64",
    "observed": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int32",
}
_DRIFT: Final = {
    "n_posts": "int32",
    "n_passages": "int32",
    "predicted": "float64",
    "observed": "float64",
    "error": "float64",
    "low": "float64",
    "high": "float64",
    "p_equal": "float64",
}


def validate(scores: pd.DataFrame, coded: pd.DataFrame, *, threshold: float = 0.5, seed: int = 0) -> pd.DataFrame:
    """Compare the machine with people, and people with each other, by the same figures.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES that hold the coded passages.
    coded : pandas.DataFrame
        CODED, as from `read_coding`.
    threshold : float, default 0.5
        In (0, 1]: from which probability on the machine is taken to say yes.
    seed : int, default 0
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row for each label, figure and pair:

        * `label`, `thesis`: "broadcast" (thesis 0), or "tracks" with the number of a coded thesis.
        * `figure`: "alpha" (Krippendorff's, nominal: 1 full agreement, 0 chance), "auc" (0.5 chance, 1 perfect order),
          "precision", "recall", "f1" (0 to 1, higher = better), "brier" (0 to 1, lower = better).
        * `who`: "machine–human", or "human–human" where two people coded the same passages: what can be reached.
        * `value`, `low`, `high`: the figure and its 95 % bootstrap interval over posts; NaN where it is not defined.
          No interval with fewer than 5 posts, and none of "alpha", "auc" and "f1" where resampling shows no spread.
        * `n`: passages compared.

    Raises
    ------
    CluetrainError
        If `threshold` is out of range, coded passages are missing from the scores or have other texts there, or a coded
        thesis is not reported for all of them: then score with these theses and ``top=None``.

    See Also
    --------
    cluetrain_nlp.study.agreement.agreement : People only, with grades and voice as they were coded.

    Warns
    -----
    CluetrainWarning
        If weights are missing: then all passages count the same, and figures speak of the sample only.

    Notes
    -----
    Each passage counts with its sampling weight, so the figures describe the corpus that the sample was drawn from. The
    machine is compared with each coder in turn, who share the weight of a passage; of two people, each is once the one
    whose labels are taken as true, and the other one's grade or voice takes the place of a probability in "auc".
    Between people and with equal weights, alpha is Krippendorff's, however many coded a passage.

    "precision", "recall" and "brier" are means, with the intervals of `cluetrain_nlp.study.resampling.interval`; the
    others have the percentiles of 1000 resamples.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.validation import validate
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": ""}
    >>> scores = pd.DataFrame([row | {"post_id": f"p{i}", "broadcast": i / 10} for i in range(10)])
    >>> code = dict.fromkeys(schema.CODED, 0) | {"coder": "A", "weight": 1.0, "text_sha256": ""}
    >>> coded = pd.DataFrame([code | {"post_id": f"p{i}", "voice": 4 * (i > 6)} for i in range(10)])
    >>> validate(scores, coded)[["figure", "who", "value"]].head(2).round(2).to_dict("records")
    [{'figure': 'alpha', 'who': 'machine–human', 'value': 0.6}, {'figure': 'auc', 'who': 'machine–human', 'value': 1.0}]
    """
    check_threshold(threshold)
    check_texts(scores, coded)
    rows = []
    for measure, thesis in _asked(coded):
        pairs = _pairs(scores, coded, measure, thesis)
        pairs["coders"] = pairs.groupby(PASSAGE)["coder"].transform("size")
        machine = pairs.assign(
            said=reaches(pairs["p"], threshold),
            order=pairs["p"],
            weight=_adding_up(pairs["weight"] / pairs["coders"], (1 / pairs["coders"]).sum()),
        )
        compared = {"machine–human": _compare(machine, seed), "human–human": _compare(_between(pairs), seed)}
        for figure in _FIGURES:
            rows += [
                {"label": measure, "thesis": thesis or 0, "figure": figure, "who": who} | found[figure]
                for who, found in compared.items()
                if found
            ]
    table = schema.conform(pd.DataFrame(rows, columns=list(_VALIDATION)), _VALIDATION)
    table.attrs = dict(scores.attrs) | {"design": coded.attrs.get("design")}
    return table


def _asked(coded: pd.DataFrame) -> list[tuple[Measure, int | None]]:
    """Say which labels were coded."""
    codes = schema.conform(coded, schema.CODED)
    found: list[tuple[Measure, int | None]] = [("broadcast", None)] if codes["voice"].notna().any() else []
    found += [("tracks", number) for number in coded_theses(codes)]
    if not found:
        raise CluetrainError("Nothing is coded: every voice and grade is missing. Fill in the sheets first.")
    return found


def _pairs(scores: pd.DataFrame, coded: pd.DataFrame, measure: Measure, thesis: int | None) -> pd.DataFrame:
    """Put a passage's prediction beside each coder's label, with the weight that it has in the sample."""
    given = labels(coded, measure=measure, thesis=thesis)
    about = scores.merge(given[PASSAGE].drop_duplicates(), on=PASSAGE)
    judged = predictions(about, measure=measure, thesis=thesis, roles=ROLES)
    pairs = given.merge(judged, on=PASSAGE, how="left")
    lost = pairs[pairs["p"].isna()]
    if len(lost):
        post, passage = lost.iloc[0][PASSAGE]
        raise CluetrainError(
            f"{len(lost.drop_duplicates(PASSAGE))} coded passage(s) have no number in the scores, the first being "
            f"passage {passage} of post {post}. Give the scores that the sample was drawn from."
        )
    if pairs["weight"].isna().any():
        warnings.warn(
            "Coded passages have no sampling weights: all count the same, and figures speak of these passages only. "
            "Draw a sample with sample_for_coding to speak of the corpus.",
            CluetrainWarning,
            stacklevel=3,
        )
        pairs["weight"] = 1.0
    return pairs


def _of_measure(scores: pd.DataFrame, coded: pd.DataFrame, measure: Measure, thesis: int | None) -> pd.DataFrame:
    """Give label, the mean over coders, and prediction of each passage, or pair of passage and coded thesis."""
    check_texts(scores, coded)
    numbers = [number for asked, number in _asked(coded) if asked == measure]
    if not numbers:
        raise CluetrainError(f"{measure} was not coded. Give the other measure, or codes that hold it.")
    frames = [_pairs(scores, coded, measure, number) for number in (numbers if thesis is None else [thesis])]
    pairs = pd.concat([frame.assign(of=place) for place, frame in enumerate(frames)])
    return pairs.groupby([*PASSAGE, "of"], as_index=False).agg({"y": "mean", "p": "first", "weight": "first"})


def _between(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pair each coder's labels with those of each other: the first are taken as true, the second as what was said."""
    by_coder = dict(list(pairs.groupby("coder")))
    both = [
        by_coder[one].merge(by_coder[other][[*PASSAGE, "y", "code"]], on=PASSAGE, suffixes=("", "_other"))
        for one, other in permutations(by_coder, 2)
    ]
    if not both:
        return pairs.iloc[:0].assign(said=False, order=0.0)
    found = pd.concat(both, ignore_index=True)
    # Each pair of codes is here twice, once in either order; m codes of a passage make m (m - 1) pairs and count m / 2.
    weights = _adding_up(found["weight"] / (found["coders"] - 1), (1 / (found["coders"] - 1)).sum() / 2)
    return found.assign(said=found["y_other"] == 1, order=found["code_other"], p=found["y_other"], weight=weights)


def _adding_up(weights: "pd.Series[float]", total: float) -> "pd.Series[float]":
    return weights * (total / weights.sum())


def _compare(pairs: pd.DataFrame, seed: int) -> dict[str, dict[str, float]]:
    """Compute all figures with intervals; nothing, where nobody can be compared."""
    if pairs.empty:
        return {}
    weights = _resampled(pairs["post_id"], pairs["weight"].to_numpy(float), seed)
    true, said = pairs["y"].to_numpy(float), pairs["said"].to_numpy(float)
    alphas, f1 = _alpha_and_f1(weights, true, said)
    few = pairs["post_id"].nunique() < FEWEST_POSTS
    found = {
        "alpha": _percentiles(alphas, few=few),
        "auc": _percentiles(_auc(weights, true, pairs["order"].to_numpy(float)), few=few),
        "precision": _mean(pairs[said == 1], true[said == 1]),
        "recall": _mean(pairs[true == 1], said[true == 1]),
        "f1": _percentiles(f1, few=few),
        "brier": _mean(pairs, (true - pairs["p"].to_numpy(float)) ** 2),
    }
    n = len(pairs.drop_duplicates(PASSAGE))
    return {name: dict(zip(("value", "low", "high"), found[name], strict=True)) | {"n": n} for name in _FIGURES}


def _mean(pairs: pd.DataFrame, numbers: Numbers) -> tuple[float, float, float]:
    """Give the weighted mean of numbers from 0 to 1, and its interval over posts."""
    if pairs.empty:
        return float("nan"), float("nan"), float("nan")
    post = pd.factorize(pairs["post_id"], sort=True)[0]
    weights = pairs["weight"].to_numpy(float)
    sums = np.bincount(post, weights=weights * numbers).astype(np.float64)
    sizes = np.bincount(post, weights=weights).astype(np.float64)
    low, high = interval(sums[:, None], sizes, level=_LEVEL)
    return float(sums.sum() / sizes.sum()), float(low[0]), float(high[0])


def _resampled(posts: "pd.Series[str]", weights: Numbers, seed: int) -> Numbers:
    """Give the weights of all rows, and below them those of each bootstrap sample of posts: (1 + resamples, n)."""
    codes, names = pd.factorize(posts)
    generator = np.random.default_rng(seed)
    times = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), _RESAMPLES)
    return np.vstack([weights, times[:, codes] * weights])


def _alpha_and_f1(weights: Numbers, true: Numbers, said: Numbers) -> tuple[Numbers, Numbers]:
    """Compute both for each row of weights; these add up to the number of pairs."""
    hits, yes = weights @ (true * said), weights @ said + weights @ true
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - (2 * total - 1) * (yes - 2 * hits) / (yes * (2 * total - yes)), 2 * hits / yes


def _auc(weights: Numbers, true: Numbers, order: Numbers) -> Numbers:
    """Compute the probability that a yes stands above a no, ties counting one half."""
    rising = np.argsort(order, kind="stable")
    steps = np.flatnonzero(np.diff(order[rising], prepend=-np.inf))
    yes = np.add.reduceat(weights[:, rising] * true[rising], steps, axis=1)
    no = np.add.reduceat(weights[:, rising] * (1 - true[rising]), steps, axis=1)
    below = np.cumsum(no, axis=1) - no / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Numbers = (yes * below).sum(axis=1) / (yes.sum(axis=1) * no.sum(axis=1))
    return found


def _percentiles(values: Numbers, *, few: bool) -> tuple[float, float, float]:
    """Give the value, which stands first, and the interval of those resampled that are defined; none without spread."""
    if not np.isfinite(values[0]):
        return float("nan"), float("nan"), float("nan")
    known = values[1:][np.isfinite(values[1:])]
    if few or not len(known) or np.ptp(known) < 1e-9:
        return float(values[0]), float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(values[0]), float(low), float(high)


def reliability(
    scores: pd.DataFrame,
    coded: pd.DataFrame,
    *,
    measure: Measure = "broadcast",
    thesis: int | None = None,
    bins: int = 10,
) -> pd.DataFrame:
    """Set what was predicted beside what people found: the numbers of a reliability diagram.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES that hold the coded passages.
    coded : pandas.DataFrame
        CODED.
    measure : {"broadcast", "tracks"}, default "broadcast"
    thesis : int, optional
        For `tracks`; without it, every pair of a passage and a coded thesis counts.
    bins : int, default 10
        Into how many bins of equal width the probabilities from 0 to 1 are put.

    Returns
    -------
    pandas.DataFrame
        One row for each bin that is not empty: `bin` (from 0), `predicted`, the weighted mean probability; `observed`,
        the weighted share that people said yes to; `low` and `high`, its 95 % interval over posts, as
        `cluetrain_nlp.study.resampling.interval` gives it: NaN with fewer than 5 posts, and not of width 0 where people
        said yes to all or to none; `n` passages (or pairs). ``attrs["ece"]`` is the expected calibration error, the
        mean distance of the two over all passages (0 = calibrated; Naeini, Cooper and Hauskrecht, AAAI 2015).

    Raises
    ------
    CluetrainError
        If an option is out of range, or codes and scores do not fit, as in `validate`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.validation import reliability
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": ""}
    >>> scores = pd.DataFrame([row | {"post_id": f"p{i}", "broadcast": 0.25} for i in range(8)])
    >>> code = dict.fromkeys(schema.CODED, 0) | {"coder": "A", "weight": 1.0, "text_sha256": ""}
    >>> coded = pd.DataFrame([code | {"post_id": f"p{i}", "voice": 4 * (i < 4)} for i in range(8)])
    >>> reliability(scores, coded, bins=2)[["bin", "predicted", "observed", "n"]].to_dict("records")
    [{'bin': 0, 'predicted': 0.25, 'observed': 0.5, 'n': 8}]
    """
    if bins < 1:
        raise CluetrainError(f"bins is {bins}; expected 1 or more.")
    pairs = _of_measure(scores, coded, measure, thesis)
    place = np.minimum((pairs["p"].round(_DIGITS) * bins).round(_DIGITS).astype(int), bins - 1)
    rows, distance = [], 0.0
    for number, mine in pairs.groupby(place, sort=True):
        observed, low, high = _mean(mine, mine["y"].to_numpy(float))
        predicted = float(np.average(mine["p"], weights=mine["weight"]))
        distance += mine["weight"].sum() / pairs["weight"].sum() * abs(predicted - observed)
        values = (number, predicted, observed, low, high, len(mine))
        rows.append(dict(zip(_RELIABILITY, values, strict=True)))
    table = schema.conform(pd.DataFrame(rows), _RELIABILITY)
    table.attrs = dict(scores.attrs) | {"measure": measure, "thesis": thesis, "ece": distance}
    return table


def drift(
    scores: pd.DataFrame,
    coded: pd.DataFrame,
    key: str,
    *,
    measure: Measure = "broadcast",
    thesis: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Show whether the machine errs more, or in another direction, in some groups or times than in others.

    Where it does, comparisons of uncorrected scores between these groups mislead.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES that hold the coded passages, and the column `key`.
    coded : pandas.DataFrame
        CODED.
    key : str
        Column with one value for each post, such as company or year. Posts without a value are left out.
    measure : {"broadcast", "tracks"}, default "broadcast"
    thesis : int, optional
        For `tracks`; without it, every pair of a passage and a coded thesis counts.
    seed : int, default 0
        Of the permutations.

    Returns
    -------
    pandas.DataFrame
        One row for each value of `key` with coded posts: `n_posts` and `n_passages` (or pairs) coded; `predicted` and
        `observed`, weighted means; `error`, observed minus predicted, −1 to 1 (above 0 = the machine says too little);
        `low` and `high`, its 95 % interval over the group's posts, NaN with fewer than 5; `p_equal`, the same in every
        row: how probable differences as large as these are if the error is the same everywhere.

    Raises
    ------
    CluetrainError
        If `key` is missing or has several values for one post, or codes and scores do not fit, as in `validate`.

    Notes
    -----
    Intervals are those of `cluetrain_nlp.study.resampling.interval`. Where people said yes to nothing in a group, or to
    everything, predictions alone would make the interval; it is then wide enough for the interval of `observed`, too.

    `p_equal` is that of a permutation test: posts, with their weights, are dealt out to the groups anew 5,000 times,
    and the spread of the groups' mean errors is compared with that found; (1 + at least as large) / 5,001. Spread is
    the sum of squared distances from their mean, each divided by the squared standard error of the group, so that the
    test also holds where errors vary more in some groups than in others (Janssen, Statistics & Probability Letters 36,
    1997). Groups with fewer than 5 posts are left out of it; NaN with less than two groups.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.validation import drift
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "broadcast": 0.5}
    >>> scores = pd.DataFrame([row | {"post_id": f"p{i}", "year": 2022 + i % 2} for i in range(20)])
    >>> code = dict.fromkeys(schema.CODED, 0) | {"coder": "A", "weight": 1.0, "text_sha256": ""}
    >>> coded = pd.DataFrame([code | {"post_id": f"p{i}", "voice": 4 * (i % 2)} for i in range(20)])
    >>> drift(scores, coded, "year")[["year", "error"]].to_dict("records")
    [{'year': 2022, 'error': -0.5}, {'year': 2023, 'error': 0.5}]
    """
    if key not in scores.columns or key in schema.SCORES:
        raise CluetrainError(
            f"key is {key!r}; expected a column that was merged to the scores by post_id, such as company."
        )
    of_post = scores[["post_id", key]].drop_duplicates()
    twice = of_post[of_post["post_id"].duplicated()]
    if len(twice):
        raise CluetrainError(f"{key} has several values for post {twice.iloc[0]['post_id']}; expected one.")
    pairs = _of_measure(scores, coded, measure, thesis).merge(of_post, on="post_id")
    pairs = pairs[pairs[key].notna()]
    if pairs.empty:
        raise CluetrainError(f"No coded post has a value of {key}.")
    rows, values = [], []
    for value, group in pairs.groupby(key, sort=True):
        p, y = group["p"].to_numpy(float), group["y"].to_numpy(float)
        predicted, observed = _mean(group, p)[0], _mean(group, y)
        # Intervals are for numbers from 0 to 1.
        _, low, high = (2 * bound - 1 for bound in _mean(group, (y - p + 1) / 2))
        if np.ptp(y) == 0:
            low, high = np.fmin(low, observed[1] - predicted), np.fmax(high, observed[2] - predicted)
        n_posts = group["post_id"].nunique()
        row = (n_posts, len(group), predicted, observed[0], observed[0] - predicted, low, high)
        rows.append(dict(zip(_DRIFT, row, strict=False)))
        values.append(value)
    table = schema.conform(pd.DataFrame(rows).assign(p_equal=_p_equal(pairs, key, seed)), _DRIFT)
    table.insert(0, key, values)
    table.attrs = dict(scores.attrs) | {"measure": measure, "thesis": thesis}
    return table


def _p_equal(pairs: pd.DataFrame, key: str, seed: int) -> float:
    """Test by permuting posts between groups whether the mean error is the same in all of them."""
    weighed = pairs.assign(error=(pairs["y"] - pairs["p"]) * pairs["weight"])
    posts = weighed.groupby("post_id").agg({"error": "sum", "weight": "sum", key: "first"})
    posts = posts[posts.groupby(key)["error"].transform("size") >= FEWEST_POSTS]
    group, names = pd.factorize(posts[key])
    if len(names) < 2:
        return float("nan")
    generator = np.random.default_rng(seed)
    groups = np.vstack([group, generator.permuted(np.tile(group, (_PERMUTATIONS, 1)), axis=1)])
    error, weight = posts["error"].to_numpy(float), posts["weight"].to_numpy(float)
    moments = np.column_stack([weight, error, error**2, error * weight, weight**2])
    means, precisions = [], []
    for number in range(len(names)):
        total, summed, squares, products, weights = ((groups == number) @ moments).T
        mean, n = summed / total, (group == number).sum()
        residual = squares - 2 * mean * products + mean**2 * weights
        means.append(mean)
        # Without spread any difference is beyond doubt, and none is none; sums are exact to some 1e-12.
        precisions.append(1 / np.maximum(residual * n / (n - 1) / total**2, 1e-12))
    middle = np.average(means, axis=0, weights=precisions)
    spread = (np.array(precisions) * (np.array(means) - middle) ** 2).sum(axis=0).round(9)
    # Sums in another order differ in the last digits.
    reached = spread[1:] >= spread[0] * (1 - 1e-9)
    return float((1 + reached.sum()) / (1 + _PERMUTATIONS))
