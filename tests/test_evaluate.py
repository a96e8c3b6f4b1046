"""Figures against cases worked out by hand."""

import numpy as np
import pytest

from cluetrain_nlp.classifier.theses import load_theses
from cluetrain_nlp.training import evaluate as module
from cluetrain_nlp.training.corpus import Coded, read_corpus
from cluetrain_nlp.training.evaluate import (
    Judged,
    baselines,
    breakdown,
    calibration_error,
    details,
    evaluate,
    judge,
    opposing_figures,
    reliability,
    tracking_figures,
    unseen_figures,
    voice_figures,
)
from cluetrain_nlp.training.train import BASE_RATE, encode

THESES = load_theses()


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    monkeypatch.setattr(module, "_RESAMPLES", 40)


def passage(grades=(), voice=None, opposed=()):
    return Coded("", "", dict(grades), frozenset(opposed), voice, "")


VOICES = [passage(voice=float(voice)) for voice in (0, 1, 2, 3, 4, 0, 1, 2, 3, 4)]


def test_voice_figures_of_a_perfect_and_of_a_reversed_guess():
    guess = np.array([0.0, 0.1, 0.2, 0.8, 0.9] * 2)
    perfect, reversed_ = voice_figures(VOICES, guess), voice_figures(VOICES, 1 - guess)
    assert (perfect["spearman"], perfect["auc"], perfect["auc_ends"]) == (1.0, 1.0, 1.0)
    assert (reversed_["spearman"], reversed_["auc"], reversed_["auc_ends"]) == (-1.0, 0.0, 0.0)
    assert perfect["n"] == 10
    assert perfect["calibration_error"] == pytest.approx((0 + 0.1 + 0.2 + 0.2 + 0.1) / 5)


def test_auc_ends_leaves_the_middle_out():
    guess = np.array([0.0, 0.1, 1.0, 0.8, 0.9] * 2)
    figures = voice_figures(VOICES, guess)
    assert figures["auc"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["auc_ends"] == 1.0


def test_passages_without_a_voice_code_are_passed_over():
    guess = np.array([0.0, 0.1, 0.2, 0.8, 0.9] * 2)
    more = [*VOICES, passage({1: 3})]
    assert voice_figures(more, np.append(guess, 0.5)) == voice_figures(VOICES, guess)


def test_intervals_hold_the_value_and_are_the_same_every_time():
    guess = np.array([0.3, 0.1, 0.2, 0.8, 0.4, 0.2, 0.6, 0.2, 0.7, 0.9])
    figures = voice_figures(VOICES, guess)
    for name in ("spearman", "auc", "auc_ends"):
        low, high = figures[f"{name}_ci"]
        assert low <= figures[name] <= high
        assert low < high
    assert voice_figures(VOICES, guess) == figures


def test_tracking_figures_by_hand():
    coded = [passage({1: 3}), passage({2: 2, 3: 1}), passage({4: 3}, opposed={4}), passage()]
    tracks = np.zeros((4, 95))
    tracks[0, [0, 1]] = 0.9, 0.1
    tracks[1, [5, 1]] = 0.8, 0.7
    tracks[2, 3] = 0.05
    figures = tracking_figures(coded, tracks, THESES)
    assert (figures["n"], figures["n_tracking"]) == (4, 2)
    assert figures["top1"] == 0.5
    assert figures["top5"] == 1.0
    assert figures["mrr"] == 0.75
    assert figures["auc"] == 1.0
    # The highest number is right (0.9), wrong (0.8) among tracking passages; 0.05 and 0 among the others.
    expected = BASE_RATE / 2 * (0.1 + 0.8) + (1 - BASE_RATE) / 2 * 0.05
    assert figures["calibration_error"] == pytest.approx(expected, abs=1e-4)


def test_ties_are_ranked_by_thesis_number_not_in_favour_of_the_right_one():
    figures = tracking_figures([passage({95: 3}), passage()], np.zeros((2, 95)), THESES)
    assert figures["top5"] == 0.0
    assert figures["mrr"] == pytest.approx(1 / 95, abs=1e-4)


def test_unseen_figures_by_hand():
    coded = [passage({1: 3, 2: 2}), passage({3: 1}), passage({4: 2}, opposed={4})]
    places = np.zeros((3, 95), dtype=int)
    places[0, :2] = 1, 10
    places[2, 3] = 4
    tracks = np.zeros((3, 95))
    tracks[0, :3] = 0.5, 0.4, 0.6
    tracks[2, 3] = 0.9
    figures = unseen_figures(coded, places, tracks, THESES)
    assert figures["n_pairs"] == 3
    assert figures["top5"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["mrr"] == pytest.approx((1 + 0.1 + 0.25) / 3, abs=1e-4)
    assert figures["top5_seen"] == 1.0
    assert figures["mrr_seen"] == pytest.approx((1 / 2 + 1 / 3 + 1) / 3, abs=1e-4)


def test_calibration_error_by_hand():
    probability, truth = np.array([0.1, 0.15, 0.95]), np.array([False, True, True])
    # 0.1 and 0.15 share a bin: 0.25 stated, 1 observed.
    assert calibration_error(probability, truth) == pytest.approx((0.75 + 0.05) / 3)
    assert calibration_error(probability, truth, np.array([1.0, 0, 0])) == pytest.approx(0.1)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0


def test_reliability_by_hand():
    table = reliability(np.array([0.12, 0.18, 0.95]), np.array([False, True, True]))
    assert table["low"].tolist() == [0.1, 0.9]
    assert table["n"].tolist() == [2, 1]
    assert table["stated"].tolist() == pytest.approx([0.15, 0.95])
    assert table["found"].tolist() == [0.5, 1.0]
    weighted = reliability(np.array([0.12, 0.18]), np.array([False, True]), np.array([3.0, 1.0]))
    assert weighted["found"].tolist() == [0.25]


def test_opposing_figures_by_hand():
    coded = [passage({1: 3, 2: 2, 3: 1}, opposed={1, 3}), passage({4: 2}), passage()]
    tracks, opposes = np.zeros((3, 95)), np.zeros((3, 95))
    tracks[0, :2], opposes[0, :2] = (0.1, 0.4), (0.3, 0.1)
    tracks[1, 3], opposes[1, 3] = 0.9, 0.1
    figures = opposing_figures(coded, tracks, opposes, THESES)
    assert (figures["n"], figures["n_opposing"]) == (3, 1)
    assert figures["auc"] == figures["average_precision"] == 1.0
    assert figures["calibration_error"] == pytest.approx((0.25 + 0.2 + 0.1) / 3, abs=1e-4)


def test_breakdown_by_hand():
    one = THESES[1].theme
    coded = [
        passage({1: 3}, 0.0)._replace(genre="letter", hand="a"),
        passage({}, 4.0)._replace(genre="letter", hand="b"),
        passage({2: 3}, 1.0)._replace(genre="news", hand="b"),
    ]
    tracks = np.zeros((3, 95))
    tracks[0, 0], tracks[2, 5] = 0.9, 0.5
    judged = Judged(np.array([0.1, 0.9, 0.2]), tracks, np.zeros((3, 95)))
    table = breakdown(coded, judged, THESES).set_index(["by", "name"])
    assert table.loc[("theme", one), "n_tracking"] == sum(THESES[number].theme == one for number in (1, 2))
    assert table.loc[("genre", "letter"), ["n", "n_tracking", "top5", "share"]].tolist() == [2, 1, 1.0, 0.5]
    assert table.loc[("genre", "letter"), "spearman"] == pytest.approx(1.0)
    assert table.loc[("hand", "b"), "top5"] == 1.0  # thesis 2 is the first of the ties
    assert table.loc[("hand", "b"), "tracks"] == 0.25
    assert np.isnan(table.loc[("theme", one), "broadcast"])


@pytest.fixture(scope="module")
def sample():
    return encode(read_corpus()[::60])


def test_evaluate_measures_every_head(model, sample):
    figures = evaluate(sample.coded, judge(model, sample), model.theses)
    assert list(figures) == ["voice", "tracking", "opposing"]


def test_the_model_beats_simple_methods(model, sample):
    # It has seen these passages, so it must beat what has not.
    figures = evaluate(sample.coded, judge(model, sample), model.theses)
    simple = baselines(read_corpus(["dev"]), sample, model)
    assert [name.partition(": ")[2] for name in simple] == [
        "majority",
        "no ich",
        "TF-IDF",
        "majority",
        "TF-IDF",
        "cosine",
    ]
    for name, figure in simple.items():
        for key in {"auc", "mrr"} & set(figure):
            assert figures[name.partition(":")[0]][key] > figure[key], (name, key)
    assert simple["voice: majority"]["auc"] == simple["tracking: majority"]["auc"] == 0.5


def test_what_was_not_coded_is_left_out(model, sample):
    voices = sample._replace(coded=[coded._replace(grades={}, opposed=frozenset()) for coded in sample.coded])
    judged = judge(model, sample)
    assert list(evaluate(voices.coded, judged, model.theses)) == ["voice"]
    assert not [name for name in baselines(read_corpus(["dev"]), voices, model) if name.startswith("tracking")]
    theses = sample._replace(coded=[coded._replace(voice=None) for coded in sample.coded])
    assert "voice" not in evaluate(theses.coded, judged, model.theses)
    assert set(details(voices.coded, judged, model.theses)) >= {"reliability of broadcast", "by genre"}
    assert "reliability of broadcast" not in details(theses.coded, judged, model.theses)


def test_a_sample_without_any_tracking_passage_has_no_figures_but_no_warnings_either():
    figures = tracking_figures([passage(), passage()], np.zeros((2, 95)), THESES)
    assert figures["n_tracking"] == 0
    assert np.isnan([figures["top1"], figures["auc"], *figures["mrr_ci"]]).all()
