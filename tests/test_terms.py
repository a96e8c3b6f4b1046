"""Terms: what a text is cut into, and how it is weighed."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from cluetrain_nlp.classifier.terms import TERM_KINDS, SparseVector, Terms, letter_terms, word_terms

TEXTS = [
    "Ich hab euch dreimal geschrieben, ja?",
    "Kundendienst, Kundinnen\nund Kunden: drei Wörter.",
    "ja ja ja",
    "Straße – 62 % …",
]


def test_words_keep_case_and_punctuation_and_come_in_pairs():
    assert list(word_terms("Ja, ja!")) == ["Ja", ",", "ja", "!", "Ja ,", ", ja", "ja !"]
    assert list(word_terms(" \n")) == []


def test_letters_stay_inside_a_stretch_without_white_space():
    assert Counter(letter_terms("Ja\tja")) == Counter([" ja", "ja ", " ja "] * 2)
    assert not [term for term in letter_terms("ab cd") if "b c" in term]


@pytest.mark.parametrize("kind", TERM_KINDS)
def test_weights_are_those_of_the_library_that_learned_them(kind):
    learned = TfidfVectorizer(analyzer=TERM_KINDS[kind], sublinear_tf=True).fit(TEXTS)
    terms = Terms(kind, tuple(learned.get_feature_names_out()), learned.idf_)
    expected = learned.transform(TEXTS).toarray()
    np.testing.assert_allclose(terms.columns(TEXTS).T, expected, atol=1e-12)
    vector = terms.vector(TEXTS[0])
    assert (np.diff(vector.columns) > 0).all()
    np.testing.assert_allclose(vector.values, expected[0, vector.columns])


def test_a_repeated_term_counts_less_each_time():
    terms = Terms("words", ("ja", "nein"), np.array([1.0, 1.0]))
    vector = terms.vector("ja ja nein")
    expected = np.array([1 + math.log(2), 1.0])
    np.testing.assert_allclose(vector.values, expected / np.linalg.norm(expected))


def test_unknown_texts_are_empty_vectors():
    terms = Terms("letters", (), np.array([]))
    vector = terms.vector("Was auch immer.")
    assert vector.columns.size == vector.values.size == 0
    assert vector.dot(np.zeros(0)) == 0
    assert vector.dot(np.zeros((0, 3))).tolist() == [0, 0, 0]


def test_dot_is_a_product():
    vector = SparseVector(np.array([0, 2]), np.array([0.6, 0.8]))
    assert vector.dot(np.array([1.0, 9, 2])) == pytest.approx(2.2)
    np.testing.assert_allclose(vector.dot(np.array([[1.0, 0], [9, 9], [2, 1]])), [2.2, 0.8])


@given(st.text())
def test_a_vector_has_length_one_or_nothing(text):
    terms = Terms("letters", ("der", " un", "en "), np.array([1.0, 2.0, 3.0]))
    values = terms.vector(text).values
    assert not values.size or values @ values == pytest.approx(1.0)
