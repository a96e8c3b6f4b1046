"""The voice head against numbers worked out by hand."""

import numpy as np
import pytest

from cluetrain_nlp.classifier.evidence import Evidence
from cluetrain_nlp.classifier.terms import SparseVector
from cluetrain_nlp.classifier.voice import Voice, squash

VOICE = Voice(
    mean=np.array([1.0, 2.0]),
    scale=np.array([1.0, 0.5]),
    style_weights=np.array([0.5, -1.0]),
    vector_weights=np.array([2.0, 0.0, -2.0]),
    word_weights=np.array([0.0, 1.5, -0.5]),
    bias=np.array([0.25]),
)


NO_TERMS = SparseVector(np.array([], dtype=int), np.array([]))


def broadcast(style, vector, words=NO_TERMS):
    return VOICE.broadcast(Evidence(style, vector[None, :], words, NO_TERMS))


def sigmoid(logit):
    return 1 / (1 + np.exp(-logit))


def test_squash_takes_square_roots_and_no_negative_ones():
    assert squash(np.array([0.0, 4.0, 100.0, -1.0])).tolist() == [0, 2, 10, 0]


def test_probability_is_the_logistic_regression_it_says():
    # Square roots 2 and 2.5 are 1 and 1 standard deviations above their means.
    found = broadcast(np.array([4.0, 6.25]), np.array([0.6, 0.0, 0.8]))
    assert found == pytest.approx(sigmoid(0.5 - 1.0 + 1.2 - 1.6 + 0.25))
    assert isinstance(found, float)


def test_words_add_their_weights():
    words = SparseVector(np.array([1, 2]), np.array([0.6, 0.8]))
    found = broadcast(np.array([1.0, 4.0]), np.zeros(3), words)
    assert found == pytest.approx(sigmoid(0.9 - 0.4 + 0.25))


def test_no_oddity_counts_for_more_than_three_standard_deviations():
    vector = np.zeros(3)
    odd, odder = broadcast(np.array([16.0, 4.0]), vector), broadcast(np.array([9e9, 4.0]), vector)
    assert odd == odder == pytest.approx(sigmoid(1.5 + 0.25))


def test_every_array_has_a_declared_shape():
    assert set(Voice.SHAPES) == set(Voice.__slots__)


def test_extreme_weights_give_0_or_1_and_no_warning():
    vector = np.array([1e6, 0.0, 0.0])
    assert broadcast(np.zeros(2), vector) == 1
    assert broadcast(np.zeros(2), -vector) == pytest.approx(0)
