"""The tracking head against numbers worked out by hand."""

import dataclasses

import numpy as np
import pytest

from cluetrain_nlp.classifier.evidence import Evidence
from cluetrain_nlp.classifier.terms import SparseVector
from cluetrain_nlp.classifier.tracking import PAIR_FEATURES, UNSEEN_FEATURES, Targets, Tracking

EAST, NORTH, WEST = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([-1.0, 0.0])
HEAD = Tracking(
    passage_centre=np.zeros(2),
    thesis_centre=np.zeros(2),
    anything=np.array([2.0, 0.0, 0.5]),
    anything_letters=np.array([0.5, 1.0]),
    opposing=np.array([0.0, 3.0, -1.0]),
    opposing_words=np.array([2.0]),
    opposing_letters=np.array([1.0, -1.0]),
    projection=np.array([[0.0, 1.0], [1.0, 0.0]]),
    exemplars=np.array([EAST, NORTH, WEST, EAST, EAST]),
    membership=np.array([[1.0, 1, 1, 1, 1], [0, 1, 0, 0, 0], [0, 0, 0, 0, 0]]),
    linear=np.array([[1.0, 0, 0.25], [0, 1, 0], [0, 0, -1]]),
    letters=np.array([[1.0, 0, 3], [2, -1, 0]]),
    known_weights=np.array([1.0, 2, 3, 4, 5, 1, 6, 7, 2, -8]),
    unseen_weights=np.array([5.0, 4, 3, 2, 1, 2, -3]),
)
TARGETS = Targets(
    numbers=np.array([1, 2, 3]),
    statements=np.array([EAST, NORTH, WEST]),
    glosses=np.array([NORTH, NORTH, EAST]),
    letters=np.array([[0.0, 1, 0.6], [1, 0, 0.8]]),
    known=np.array([0, 1, 2]),
)
STYLE = np.zeros(1)
NO_TERMS = SparseVector(np.array([], dtype=int), np.array([]))
WORDS = SparseVector(np.array([0]), np.array([1.0]))
LETTERS = SparseVector(np.array([0, 1]), np.array([0.6, 0.8]))


def passage(vectors, words=NO_TERMS, letters=NO_TERMS):
    return Evidence(STYLE, np.array(vectors), words, letters)


#: The passage points east, its two sentences east and north.
PASSAGE = passage([EAST, EAST, NORTH], WORDS, LETTERS)
SILENT = passage([EAST, EAST, NORTH])


def sigmoid(logit):
    return 1 / (1 + np.exp(-logit))


def test_features_are_what_the_table_says():
    expected = [
        # statement, its best sentence, gloss, its best sentence, projection, lexical | exemplars, linear, letters
        [1, 1, 0, 1, np.sqrt(0.5), 0.8, 1, 1.25, 2.2],
        [0, 1, 0, 1, 1, 0.6, 0, 0, -0.8],
        [-1, 0, 1, 1, 0, 1.0, 0, -1, 1.8],
    ]
    np.testing.assert_allclose(HEAD.features(PASSAGE, TARGETS), expected, atol=1e-12)


def test_a_thesis_that_was_not_trained_on_has_no_heads_of_its_own():
    features = HEAD.features(PASSAGE, TARGETS._replace(known=np.array([-1, 1, -1])))
    assert features[0, -3:].tolist() == features[2, -3:].tolist() == [0, 0, 0]
    np.testing.assert_array_equal(features[:, :-3], HEAD.features(PASSAGE, TARGETS)[:, :-3])


def test_known_and_unseen_theses_have_weights_of_their_own():
    tracks, opposes = HEAD.probabilities(SILENT, TARGETS._replace(known=np.array([0, 1, -1])))
    contrary, some = sigmoid(-1.0), sigmoid(2.5)
    known = some * sigmoid(1 + 2 + 0 + 4 + 5 * np.sqrt(0.5) + 6 + 8.75 - 8)
    unseen = some * sigmoid(-5 + 0 + 3 + 2 - 3)
    assert tracks[[0, 2]] == pytest.approx(np.array([known, unseen]) * (1 - contrary))
    assert opposes[[0, 2]] == pytest.approx(np.array([known, unseen]) * contrary)


def test_terms_count_for_both_questions():
    assert HEAD.anything_logit(PASSAGE) == pytest.approx(2.5 + 0.3 + 0.8)
    assert HEAD.opposing_logit(PASSAGE) == pytest.approx(-1.0 + 2.0 + 0.6 - 0.8)


def test_tracks_and_opposes_share_one_probability():
    tracks, opposes = HEAD.probabilities(PASSAGE, TARGETS)
    features = HEAD.features(PASSAGE, TARGETS)
    assert tracks + opposes == pytest.approx(sigmoid(3.6) * sigmoid(features @ HEAD.known_weights[:-1] - 8))
    north = HEAD.probabilities(passage([NORTH, EAST, EAST]), TARGETS)
    assert (north[1] > north[0]).all()


def test_order_of_theses_does_not_matter():
    turned = Targets(*(array[::-1] for array in TARGETS))._replace(letters=TARGETS.letters[:, ::-1])
    np.testing.assert_array_equal(HEAD.probabilities(PASSAGE, turned)[0][::-1], HEAD.probabilities(PASSAGE, TARGETS)[0])


def test_centres_are_taken_away_first():
    moved = dataclasses.replace(HEAD, passage_centre=np.array([0.0, 1.0]), thesis_centre=np.array([0.0, 0.5]))
    features = moved.features(passage([EAST]), TARGETS)
    centred = np.array([1.0, -1.0]) / np.sqrt(2)
    statement = np.array([1.0, -0.5]) / np.sqrt(1.25)
    assert features[0, 0] == pytest.approx(centred @ statement)


def test_a_passage_at_the_centre_gives_finite_numbers():
    tracks, opposes = HEAD.probabilities(passage(np.zeros((1, 2))), TARGETS)
    assert np.isfinite(tracks).all()
    assert np.isfinite(opposes).all()


def test_a_passage_without_sentences_stands_for_itself():
    features = HEAD.features(passage([EAST]), TARGETS)
    np.testing.assert_array_equal(features[:, 0], features[:, 1])
    np.testing.assert_array_equal(features[:, 2], features[:, 3])


def test_every_array_has_a_declared_shape():
    assert set(Tracking.SHAPES) == set(Tracking.__slots__)
    assert PAIR_FEATURES[: len(UNSEEN_FEATURES)] == UNSEEN_FEATURES


@pytest.mark.parametrize(("sign", "expected"), [(1e6, 1), (-1e6, 0)])
def test_extreme_weights_give_0_or_1_and_no_warning(sign, expected):
    extreme = dataclasses.replace(HEAD, anything=sign * HEAD.anything, known_weights=np.full(10, 1e6))
    extreme = dataclasses.replace(extreme, opposing=-1e6 * HEAD.opposing)
    tracks, opposes = extreme.probabilities(SILENT, TARGETS)
    assert tracks.tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    assert opposes.tolist() == pytest.approx([expected] * 3, abs=1e-12)
