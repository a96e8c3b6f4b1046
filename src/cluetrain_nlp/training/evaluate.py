"""How good a model is: the figures, their spread, and simple methods beside them."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from cluetrain_nlp.classifier.artefact import Model
from cluetrain_nlp.classifier.style import feature_names
from cluetrain_nlp.training.corpus import Coded
from cluetrain_nlp.training.train import BASE_RATE, Examples

__all__ = ["Figures", "calibration_error", "evaluate", "tracking_figures", "unseen_figures", "voice_figures"]

Floats = NDArray[np.float64]
Figure = dict[str, float | list[float]]

#: What was measured: the name of the figure to its value, and to `[low, high]` under the name with ``_ci``.
Figures = dict[str, Figure]

_RESAMPLES: Final = 500


def evaluate(model: Model, examples: Examples) -> Figures:
    """Measure a model on coded passages that it was not trained on, beside simple methods.

    Parameters
    ----------
    model : Model
    examples : Examples
        From `cluetrain_nlp.training.train.encode`.

    Returns
    -------
    dict of str to dict
        ``voice`` and ``voice: no ich`` where voice was coded; ``tracking``, ``tracking: unseen theses`` and
        ``tracking: cosine`` where some passages track a thesis. See `voice_figures` and `tracking_figures`.
    """
    figures: Figures = {}
    coded = examples.coded
    if any(passage.voice is not None for passage in coded):
        style_vectors = zip(examples.style, examples.vectors, strict=True)
        broadcast = np.array([model.voice.broadcast(style, vectors[0]) for style, vectors in style_vectors])
        no_ich = (examples.style[:, feature_names().index("ich")] == 0).astype(float)
        figures["voice"] = voice_figures(coded, broadcast)
        figures["voice: no ich"] = voice_figures(coded, no_ich)
    if any(passage.tracked for passage in coded):
        targets = model.targets()
        strange = targets._replace(known=np.full(len(targets.known), -1))
        tracks = np.array([model.tracking.probabilities(vectors, targets)[0] for vectors in examples.vectors])
        unseen = np.array([model.tracking.probabilities(vectors, strange)[0] for vectors in examples.vectors])
        figures["tracking"] = tracking_figures(coded, tracks, model)
        figures["tracking: unseen theses"] = tracking_figures(coded, unseen, model)
        figures["tracking: cosine"] = tracking_figures(coded, examples.passages @ targets.statements.T, model)
    return figures


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
    voices = np.array([np.nan if passage.voice is None else passage.voice for passage in coded])
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


def tracking_figures(coded: Sequence[Coded], tracks: Floats, model: Model) -> Figure:
    """Compare estimated P(tracks) with the grades.

    Parameters
    ----------
    coded : sequence of Coded
        ``n`` passages.
    tracks : numpy.ndarray, shape (n, t)
        Probabilities, or any number that grows with tracking.
    model : Model
        Knows the thesis numbers of the columns.

    Returns
    -------
    dict
        ``n`` and ``n_tracking``; over passages that track a thesis: ``top1``, ``top5`` (share whose best-placed right
        thesis is among the first one or five) and ``mrr`` (mean of one over its place); over all passages: ``auc`` of
        the highest number, passages that track any thesis against all others; higher is better. ``calibration_error``
        of the highest number, passages weighted to the base rate of real posts; 0 is best. Each with a 95 % bootstrap
        interval over passages.
    """
    right = np.array([[thesis.number in passage.tracked for thesis in model.theses] for passage in coded])
    some = np.asarray(right.any(axis=1))
    order = np.argsort(-tracks, axis=1, kind="stable")
    place = np.where(np.take_along_axis(right, order, axis=1).any(axis=1), _first(right, order), 0)
    highest = tracks.max(axis=1)
    hit = np.take_along_axis(right, order[:, :1], axis=1)[:, 0]

    def weighted_error(take: NDArray[np.int64]) -> float:
        share = some[take].mean()
        if not 0 < share < 1:
            return float("nan")
        weights = np.where(some[take], BASE_RATE / share, (1 - BASE_RATE) / (1 - share))
        return calibration_error(highest[take], hit[take], weights)

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


def unseen_figures(coded: Sequence[Coded], unseen_places: NDArray[np.int64], tracks: Floats, model: Model) -> Figure:
    """Compare, pair by pair, a thesis held out of training with the same thesis in training.

    Parameters
    ----------
    coded : sequence of Coded
    unseen_places, tracks : numpy.ndarray, shape (n, t)
        As in `cluetrain_nlp.training.train.Fitted`.
    model : Model

    Returns
    -------
    dict
        ``n_pairs`` of passage and right thesis; ``top5`` and ``mrr`` of the thesis's place when it was held out,
        ``top5_seen`` and ``mrr_seen`` when it was not. Higher is better.
    """
    right = np.array([[thesis.number in passage.taken_up for thesis in model.theses] for passage in coded])
    rows, columns = np.nonzero(right)
    held_out = unseen_places[rows, columns]
    seen = 1 + (tracks[rows] > tracks[rows, columns][:, None]).sum(axis=1)
    figures: Figure = {"n_pairs": len(rows)}
    for suffix, place in (("", held_out), ("_seen", seen)):
        figures[f"top5{suffix}"] = round(float((place <= 5).mean()), 4)
        figures[f"mrr{suffix}"] = round(float((1 / place).mean()), 4)
    return figures


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
    bins = np.clip((probability * 10).astype(int), 0, 9)
    gaps = [
        abs(np.sum(weight[inside] * (probability[inside] - truth[inside])))
        for inside in (bins == number for number in range(10))
    ]
    return float(np.sum(gaps) / weight.sum())


def _first(right: NDArray[np.bool_], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Find the place, from 1, of the best-placed right thesis of each passage."""
    places: NDArray[np.intp] = np.take_along_axis(right, order, axis=1).argmax(axis=1) + 1
    return places


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
