"""How good a model is: the figures, their spread, and simple methods beside them."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from threadpoolctl import threadpool_limits

from cluetrain_nlp.classifier.artefact import Model
from cluetrain_nlp.classifier.style import feature_names
from cluetrain_nlp.classifier.theses import ThesisSet
from cluetrain_nlp.training.corpus import Coded
from cluetrain_nlp.training.train import BASE_RATE, Examples

__all__ = [
    "Figures",
    "Judged",
    "baselines",
    "breakdown",
    "calibration_error",
    "details",
    "evaluate",
    "judge",
    "opposing_figures",
    "reliability",
    "tracking_figures",
    "unseen_figures",
    "voice_figures",
]

Floats = NDArray[np.float64]
Figure = dict[str, float | list[float]]

#: What was measured: the name of the figure to its value, and to `[low, high]` under the name with ``_ci``.
Figures = dict[str, Figure]

_RESAMPLES: Final = 500


class Judged(NamedTuple):
    """What a model says of ``n`` passages.

    Attributes
    ----------
    broadcast : numpy.ndarray, shape (n,)
    tracks, opposes : numpy.ndarray, shape (n, t)
    """

    broadcast: Floats
    tracks: Floats
    opposes: Floats


def judge(model: Model, examples: Examples) -> Judged:
    """Score coded passages.

    Parameters
    ----------
    model : Model
    examples : Examples
        From `cluetrain_nlp.training.train.encode`.

    Returns
    -------
    named tuple `Judged`
    """
    targets = model.targets()
    rows = [
        (model.voice.broadcast(evidence), *model.tracking.probabilities(evidence, targets))
        for evidence in examples.evidence(model.words, model.letters)
    ]
    return Judged(*(np.array(column) for column in zip(*rows, strict=True)))


def evaluate(coded: Sequence[Coded], judged: Judged, theses: ThesisSet) -> Figures:
    """Measure what a model says of coded passages that it was not trained on.

    Parameters
    ----------
    coded : sequence of Coded
        ``n`` passages.
    judged : Judged
        What the model says of them.
    theses : ThesisSet
        The theses of the columns.

    Returns
    -------
    dict of str to dict
        ``voice`` where voice was coded; ``tracking`` and ``opposing`` where some passages track, or argue against, a
        thesis. See `voice_figures`, `tracking_figures` and `opposing_figures`.
    """
    figures: Figures = {}
    if any(passage.voice is not None for passage in coded):
        figures["voice"] = voice_figures(coded, judged.broadcast)
    if any(passage.tracked for passage in coded):
        figures["tracking"] = tracking_figures(coded, judged.tracks, theses)
    if any(passage.opposed & passage.taken_up for passage in coded):
        figures["opposing"] = opposing_figures(coded, judged.tracks, judged.opposes, theses)
    return figures


def baselines(train: Sequence[Coded], examples: Examples, model: Model) -> Figures:
    """Measure simple methods on the same passages.

    Parameters
    ----------
    train : sequence of Coded
        What those that learn anything learn from.
    examples : Examples
        The passages to measure on.
    model : Model
        Lends its theses and its encoder.

    Returns
    -------
    dict of str to dict
        ``voice: majority`` (the share of broadcast in `train`, the same for all), ``voice: no ich`` (1 where nobody
        says *ich*), ``voice: TF-IDF`` (logistic regression on the words of `train`), ``tracking: majority`` (the most
        frequent theses of `train`, the same for all), ``tracking: TF-IDF`` (cosine of the words of passage, and of
        statement and gloss), ``tracking: cosine`` (of the encoder's vectors of passage and statement).
    """
    coded, theses = examples.coded, model.theses
    words = TfidfVectorizer(min_df=3, sublinear_tf=True).fit([passage.text for passage in train])
    inputs = words.transform([passage.text for passage in coded])
    figures: Figures = {}
    if any(passage.voice is not None for passage in coded):
        voiced = [passage for passage in train if passage.voice is not None]
        broadcast = np.array([passage.voice >= 3 for passage in voiced if passage.voice is not None])
        with threadpool_limits(limits=1):
            learned = LogisticRegression(max_iter=2000).fit(words.transform([p.text for p in voiced]), broadcast)
        guesses = {
            "majority": np.full(len(coded), broadcast.mean()),
            "no ich": (examples.style[:, feature_names().index("ich")] == 0).astype(float),
            "TF-IDF": learned.predict_proba(inputs)[:, 1],
        }
        figures |= {f"voice: {name}": voice_figures(coded, guess) for name, guess in guesses.items()}
    if any(passage.tracked for passage in coded):
        targets = model.targets()
        frequent = np.array([np.mean([thesis.number in passage.tracked for passage in train]) for thesis in theses])
        described = words.transform([f"{thesis.statement} {thesis.gloss}" for thesis in theses])
        guesses = {
            "majority": np.tile(frequent, (len(coded), 1)),
            "TF-IDF": (inputs @ described.T).toarray(),
            "cosine": examples.passages @ targets.statements.T,
        }
        figures |= {f"tracking: {name}": tracking_figures(coded, guess, theses) for name, guess in guesses.items()}
    return figures


def breakdown(coded: Sequence[Coded], judged: Judged, theses: ThesisSet) -> pd.DataFrame:
    """Measure by theme of the thesis, by genre of the post and by its writer.

    Parameters
    ----------
    coded : sequence of Coded
        ``n`` passages.
    judged : Judged
        What the model says of them.
    theses : ThesisSet
        The theses of the columns.

    Returns
    -------
    pandas.DataFrame
        One row for each ``by`` (theme, genre, hand) and ``name``: ``n`` passages, ``n_tracking`` of them (of a theme:
        those that track one of its theses); ``top5`` and ``mrr`` of the best right thesis (of this theme);
        ``spearman`` of voice; means of ``tracks`` (highest) and ``broadcast`` beside the ``share`` that tracks and
        ``share_broadcast``. NaN where there is nothing to measure. Rows of few passages say little.
    """
    right = _right(coded, theses)
    themes = np.array([thesis.theme for thesis in theses])
    places = _places(judged.tracks, right)
    keys = {"genre": [passage.genre for passage in coded], "hand": [passage.hand for passage in coded]}
    groups = [("theme", name, np.arange(len(coded)), right & (themes == name)) for name in dict.fromkeys(themes)]
    for by, values in keys.items():
        groups += [(by, name, np.flatnonzero(np.array(values) == name), right) for name in sorted(set(values)) if name]
    rows = []
    voices = _voices(coded)
    for by, name, take, wanted in groups:
        tracking = take[wanted[take].any(axis=1)]
        best = np.where(wanted[tracking], places[tracking], np.inf).min(axis=1)
        voiced = take[np.isfinite(voices[take])]
        rows.append(
            {
                "by": by,
                "name": name,
                "n": len(take),
                "n_tracking": len(tracking),
                "top5": _mean(best <= 5),
                "mrr": _mean(1 / best),
                "share": _mean(wanted[take].any(axis=1)),
                "tracks": _mean(judged.tracks[take].max(axis=1)) if by != "theme" else np.nan,
                "spearman": _spearman(judged.broadcast[voiced], voices[voiced]) if by != "theme" else np.nan,
                "share_broadcast": _mean(voices[voiced] >= 3) if by != "theme" else np.nan,
                "broadcast": _mean(judged.broadcast[voiced]) if by != "theme" else np.nan,
            }
        )
    return pd.DataFrame(rows)


def details(coded: Sequence[Coded], judged: Judged, theses: ThesisSet) -> dict[str, pd.DataFrame]:
    """Look closer: calibration in bins, and figures by theme, genre and writer.

    Parameters
    ----------
    coded : sequence of Coded
    judged : Judged
    theses : ThesisSet

    Returns
    -------
    dict of str to pandas.DataFrame
        Title to table: `reliability` of broadcast, and of the most tracked thesis at the base rate of real posts,
        where these were coded; `breakdown`.
    """
    tables = {}
    voices = _voices(coded)
    voiced = np.isfinite(voices)
    if voiced.any():
        tables["reliability of broadcast"] = reliability(judged.broadcast[voiced], voices[voiced] >= 3)
    right = _right(coded, theses)
    some = np.asarray(right.any(axis=1))
    if some.any():
        first = judged.tracks.argmax(axis=1)[:, None]
        hit = np.take_along_axis(right, first, axis=1)[:, 0]
        weights = _at_base_rate(some) if not some.all() else None
        tables["reliability of the most tracked thesis"] = reliability(judged.tracks.max(axis=1), hit, weights)
    table = breakdown(coded, judged, theses)
    return tables | {f"by {by}": part.drop(columns="by").dropna(axis=1, how="all") for by, part in table.groupby("by")}


def reliability(probability: Floats, truth: NDArray[np.bool_], weights: Floats | None = None) -> pd.DataFrame:
    """Set what was stated beside what was found, in ten equal bins.

    Parameters
    ----------
    probability : numpy.ndarray, shape (n,)
        In [0, 1].
    truth : numpy.ndarray of bool, shape (n,)
    weights : numpy.ndarray, shape (n,), or None
        None counts all alike.

    Returns
    -------
    pandas.DataFrame
        For each bin that is not empty: ``low`` edge, ``n``, mean ``stated`` probability and ``found`` share. Equal
        columns are perfect calibration.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.training.evaluate import reliability
    >>> reliability(np.array([0.05, 0.95]), np.array([False, True]))["found"].tolist()
    [0.0, 1.0]
    """
    weight = np.ones(len(probability)) if weights is None else weights
    bins = _bins(probability)
    rows = [
        {
            "low": number / 10,
            "n": int(inside.sum()),
            "stated": float(np.average(probability[inside], weights=weight[inside])),
            "found": float(np.average(truth[inside], weights=weight[inside])),
        }
        for number, inside in ((number, bins == number) for number in range(10))
        if inside.any()
    ]
    return pd.DataFrame(rows)


def voice_figures(coded: Sequence[Coded], broadcast: Floats) -> Figure:
    """Compare estimated P(voice >= 3) with the codes.

    Parameters
    ----------
    coded : sequence of Coded
        ``n`` passages; those without a voice code are passed over.
    broadcast : numpy.ndarray, shape (n,)
        Probabilities, or any number that grows with broadcast language.

    Returns
    -------
    dict
        ``n``; ``spearman`` with the codes 0..4; ``auc`` of voice >= 3 against the rest; ``auc_ends`` of 3..4 against
        0..1 (higher is better, all at most 1); ``calibration_error`` (0 is best); each but ``n`` with a 95 % bootstrap
        interval over passages.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.training.corpus import Coded
    >>> from cluetrain_nlp.training.evaluate import voice_figures
    >>> coded = [Coded(str(voice), "", {}, frozenset(), voice, str(voice)) for voice in (0.0, 1.0, 2.0, 3.0, 4.0)]
    >>> voice_figures(coded, np.array([0.0, 0.1, 0.3, 0.8, 0.9]))["spearman"]
    1.0
    """
    voices = _voices(coded)
    rows = np.flatnonzero(np.isfinite(voices))
    codes = voices[rows]
    guess = broadcast[rows]
    ends = (codes <= 1) | (codes >= 3)
    return {"n": len(rows)} | _with_intervals(
        len(rows),
        {
            "spearman": lambda take: _spearman(guess[take], codes[take]),
            "auc": lambda take: _auc(codes[take] >= 3, guess[take]),
            "auc_ends": lambda take: _auc(codes[take][ends[take]] >= 3, guess[take][ends[take]]),
            "calibration_error": lambda take: calibration_error(guess[take], codes[take] >= 3),
        },
    )


def tracking_figures(coded: Sequence[Coded], tracks: Floats, theses: ThesisSet) -> Figure:
    """Compare estimated P(tracks) with the grades.

    Parameters
    ----------
    coded : sequence of Coded
        ``n`` passages.
    tracks : numpy.ndarray, shape (n, t)
        Probabilities, or any number that grows with tracking.
    theses : ThesisSet
        The theses of the columns.

    Returns
    -------
    dict
        ``n`` and ``n_tracking``; over passages that track a thesis: ``top1``, ``top5`` (share whose best-placed right
        thesis is among the first one or five) and ``mrr`` (mean of one over its place); over all passages: ``auc`` of
        the highest number, passages that track any thesis against all others; higher is better. ``calibration_error``
        of the highest number, passages weighted to the base rate of real posts; 0 is best. Each with a 95 % bootstrap
        interval over passages.
    """
    right = _right(coded, theses)
    some = np.asarray(right.any(axis=1))
    place = np.where(right, _places(tracks, right), np.inf).min(axis=1)
    highest = tracks.max(axis=1)
    hit = place == 1

    def weighted_error(take: NDArray[np.int64]) -> float:
        share = some[take].mean()
        if not 0 < share < 1:
            return float("nan")
        return calibration_error(highest[take], hit[take], _at_base_rate(some[take]))

    return {"n": len(coded), "n_tracking": int(some.sum())} | _with_intervals(
        len(coded),
        {
            "top1": lambda take: _mean(place[take][some[take]] <= 1),
            "top5": lambda take: _mean(place[take][some[take]] <= 5),
            "mrr": lambda take: _mean(1 / place[take][some[take]]),
            "auc": lambda take: _auc(some[take], highest[take]),
            "calibration_error": weighted_error,
        },
    )


def opposing_figures(coded: Sequence[Coded], tracks: Floats, opposes: Floats, theses: ThesisSet) -> Figure:
    """Tell how well pairs that argue against a thesis are told from pairs that support or report it.

    Parameters
    ----------
    coded : sequence of Coded
        ``n`` passages.
    tracks, opposes : numpy.ndarray, shape (n, t)
        Probabilities.
    theses : ThesisSet
        The theses of the columns.

    Returns
    -------
    dict
        Over the pairs of passage and thesis with grade >= 2: ``n``, ``n_opposing``; ``auc`` and ``average_precision``
        of the share of `opposes` in both, opposing pairs against the others (higher is better, chance is 0.5 and
        ``n_opposing / n``); ``calibration_error`` of that share. Each with a 95 % bootstrap interval over pairs.
    """
    pairs = [
        (row, column, thesis.number in passage.opposed)
        for row, passage in enumerate(coded)
        for column, thesis in enumerate(theses)
        if thesis.number in passage.taken_up
    ]
    rows, columns, against = (np.array(part) for part in zip(*pairs, strict=True))
    one, other = opposes[rows, columns], tracks[rows, columns]
    share = one / np.maximum(one + other, np.finfo(float).tiny)
    return {"n": len(pairs), "n_opposing": int(against.sum())} | _with_intervals(
        len(pairs),
        {
            "auc": lambda take: _auc(against[take], share[take]),
            "average_precision": lambda take: (
                float(average_precision_score(against[take], share[take])) if against[take].any() else float("nan")
            ),
            "calibration_error": lambda take: calibration_error(share[take], against[take]),
        },
    )


def unseen_figures(
    coded: Sequence[Coded], unseen_places: NDArray[np.int64], tracks: Floats, theses: ThesisSet
) -> Figure:
    """Compare, pair by pair, a thesis left out of training with the same thesis in training.

    Parameters
    ----------
    coded : sequence of Coded
        ``n`` passages.
    unseen_places : numpy.ndarray of int, shape (n, t)
        From `cluetrain_nlp.training.train.leave_theses_out`.
    tracks : numpy.ndarray, shape (n, t)
        By the model that was trained on all theses.
    theses : ThesisSet
        The theses of the columns.

    Returns
    -------
    dict
        ``n_pairs`` of passage and thesis with grade >= 2, whatever the stance; ``top5`` and ``mrr`` of the thesis's
        place when it was left out, ``top5_seen`` and ``mrr_seen`` when it was not (higher is better), each with a 95 %
        bootstrap interval over pairs.
    """
    right = np.array([[thesis.number in passage.taken_up for thesis in theses] for passage in coded])
    rows, columns = np.nonzero(right)
    left_out = unseen_places[rows, columns]
    seen = 1 + (tracks[rows] > tracks[rows, columns][:, None]).sum(axis=1)
    return {"n_pairs": len(rows)} | _with_intervals(
        len(rows),
        {
            "top5": lambda take: _mean(left_out[take] <= 5),
            "mrr": lambda take: _mean(1 / left_out[take]),
            "top5_seen": lambda take: _mean(seen[take] <= 5),
            "mrr_seen": lambda take: _mean(1 / seen[take]),
        },
    )


def calibration_error(probability: Floats, truth: NDArray[np.bool_], weights: Floats | None = None) -> float:
    """Measure the expected calibration error over ten equal bins.

    Parameters
    ----------
    probability : numpy.ndarray, shape (n,)
        In [0, 1].
    truth : numpy.ndarray of bool, shape (n,)
    weights : numpy.ndarray, shape (n,), or None
        None counts all alike.

    Returns
    -------
    float
        Mean distance between the stated and the observed share, 0 is best (Naeini et al., AAAI 2015).

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.training.evaluate import calibration_error
    >>> calibration_error(np.array([0.0, 1.0]), np.array([False, True]))
    0.0
    """
    weight = np.ones(len(probability)) if weights is None else weights
    bins = _bins(probability)
    gaps = [
        abs(np.sum(weight[inside] * (probability[inside] - truth[inside])))
        for inside in (bins == number for number in range(10))
    ]
    return float(np.sum(gaps) / weight.sum())


def _bins(probability: Floats) -> NDArray[np.int64]:
    return np.clip((probability * 10).astype(np.int64), 0, 9)


def _voices(coded: Sequence[Coded]) -> Floats:
    """Give the voice codes, NaN where there is none, shape (n,)."""
    return np.array([np.nan if passage.voice is None else passage.voice for passage in coded])


def _right(coded: Sequence[Coded], theses: ThesisSet) -> NDArray[np.bool_]:
    """Tell which passage tracks which thesis, shape (n, t)."""
    return np.array([[thesis.number in passage.tracked for thesis in theses] for passage in coded])


def _places(tracks: Floats, right: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Find the place, from 1, of each thesis for each passage; ties to the lower number, shape (n, t)."""
    order = np.argsort(-tracks, axis=1, kind="stable")
    places = np.empty(right.shape, dtype=np.int64)
    np.put_along_axis(places, order, np.arange(1, right.shape[1] + 1)[None, :], axis=1)
    return places


def _at_base_rate(some: NDArray[np.bool_]) -> Floats:
    """Weigh passages as if `BASE_RATE` of them tracked a thesis."""
    share = some.mean()
    weights: Floats = np.where(some, BASE_RATE / share, (1 - BASE_RATE) / (1 - share))
    return weights


def _mean(values: NDArray[Any]) -> float:
    """Average; NaN where a small sample holds nothing to average."""
    return float(values.mean()) if len(values) else float("nan")


def _spearman(left: Floats, right: Floats) -> float:
    """Correlate ranks, equal values sharing their mean rank."""
    return float(pd.Series(left).rank().corr(pd.Series(right).rank()))


def _auc(truth: NDArray[np.bool_], guess: Floats) -> float:
    return float(roc_auc_score(truth, guess)) if 0 < truth.sum() < len(truth) else float("nan")


def _with_intervals(count: int, figures: dict[str, Callable[[NDArray[np.int64]], float]]) -> Figure:
    """Evaluate each figure on all rows, and on resampled rows for its 95 % interval."""
    generator = np.random.default_rng(0)
    samples = [generator.integers(0, count, count) for _ in range(_RESAMPLES)]
    results: Figure = {}
    for name, figure in figures.items():
        results[name] = round(figure(np.arange(count)), 4)
        resampled = np.array([figure(take) for take in samples])
        known = resampled[np.isfinite(resampled)]
        spread = np.quantile(known, [0.025, 0.975]) if len(known) else [float("nan")] * 2
        results[f"{name}_ci"] = [round(float(value), 4) for value in spread]
    return results
