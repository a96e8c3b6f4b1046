"""Figures against cases worked out by hand."""

import numpy as np
import pytest

from cluetrain_nlp.training import evaluate as module
from cluetrain_nlp.training.corpus import Coded, read_corpus
from cluetrain_nlp.training.evaluate import (
    calibration_error,
    evaluate,
    tracking_figures,
    unseen_figures,
    voice_figures,
)
from cluetrain_nlp.training.train import BASE_RATE, encode


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


def test_tracking_figures_by_hand(toy_model):
    coded = [passage({1: 3}), passage({2: 2, 3: 1}), passage({4: 3}, opposed={4}), passage()]
    tracks = np.zeros((4, 95))
    tracks[0, [0, 1]] = 0.9, 0.1
    tracks[1, [5, 1]] = 0.8, 0.7
    tracks[2, 3] = 0.05
    figures = tracking_figures(coded, tracks, toy_model)
    assert (figures["n"], figures["n_tracking"]) == (4, 2)
    assert figures["top1"] == 0.5
    assert figures["top5"] == 1.0
    assert figures["mrr"] == 0.75
    assert figures["auc"] == 1.0
    # The highest number is right (0.9), wrong (0.8) among tracking passages; 0.05 and 0 among the others.
    expected = BASE_RATE / 2 * (0.1 + 0.8) + (1 - BASE_RATE) / 2 * 0.05
    assert figures["calibration_error"] == pytest.approx(expected, abs=1e-4)


def test_ties_are_ranked_by_thesis_number_not_in_favour_of_the_right_one(toy_model):
    figures = tracking_figures([passage({95: 3}), passage()], np.zeros((2, 95)), toy_model)
    assert figures["top5"] == 0.0
    assert figures["mrr"] == pytest.approx(1 / 95, abs=1e-4)


def test_unseen_figures_by_hand(toy_model):
    coded = [passage({1: 3, 2: 2}), passage({3: 1}), passage({4: 2}, opposed={4})]
    places = np.zeros((3, 95), dtype=int)
    places[0, :2] = 1, 10
    places[2, 3] = 4
    tracks = np.zeros((3, 95))
    tracks[0, :3] = 0.5, 0.4, 0.6
    tracks[2, 3] = 0.9
    figures = unseen_figures(coded, places, tracks, toy_model)
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


def test_evaluate_measures_a_model_beside_simple_methods(model):
    coded = read_corpus()[::60]
    figures = evaluate(model, encode(coded))
    assert list(figures) == ["voice", "voice: no ich", "tracking", "tracking: unseen theses", "tracking: cosine"]
    # The model has seen these passages, so it must beat what has not.
    assert figures["voice"]["auc"] >= figures["voice: no ich"]["auc"]
    assert figures["tracking"]["mrr"] > figures["tracking: cosine"]["mrr"]


def test_evaluate_leaves_out_what_was_not_coded(model):
    voices = [coded._replace(grades={}, opposed=frozenset()) for coded in read_corpus()[::60]]
    assert list(evaluate(model, encode(voices))) == ["voice", "voice: no ich"]
    theses = [coded._replace(voice=None) for coded in read_corpus()[::60]]
    assert "voice" not in evaluate(model, encode(theses))


def test_a_sample_without_any_tracking_passage_has_no_figures_but_no_warnings_either(toy_model):
    figures = tracking_figures([passage(), passage()], np.zeros((2, 95)), toy_model)
    assert figures["n_tracking"] == 0
    assert np.isnan([figures["top1"], figures["auc"], *figures["mrr_ci"]]).all()
