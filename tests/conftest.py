"""Shared fixtures: the builtin pipeline, a toy model built in memory, the bundled model, and posts of our own."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp.classifier.artefact import Model, load_model
from cluetrain_nlp.classifier.embedding import Embedding
from cluetrain_nlp.classifier.style import feature_names
from cluetrain_nlp.classifier.terms import Terms
from cluetrain_nlp.classifier.theses import load_theses
from cluetrain_nlp.classifier.tracking import PAIR_FEATURES, UNSEEN_FEATURES, Tracking
from cluetrain_nlp.classifier.voice import Voice
from cluetrain_nlp.passages.pipeline import load_nlp
from cluetrain_nlp.posts.read import read_posts

ROOT = Path(__file__).parents[1]
DIMENSIONS = 12


class ToyEncoder:
    """Adds up one fixed vector for each word: texts with the same words lie close together."""

    name = "toy"
    version = "1"

    def encode(self, texts):
        sums = np.array([self._sum(text) for text in texts])
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)

    def _sum(self, text):
        words = ["", *re.findall(r"\w+", text.lower())]
        digests = (hashlib.blake2b(word.encode(), digest_size=DIMENSIONS).digest() for word in words)
        return np.sum([np.frombuffer(digest, np.uint8) / 127.5 - 1 for digest in digests], axis=0)


def make_toy_model(embedding):
    """Build a model for the 95 theses from arbitrary, fixed numbers that float32 can hold."""
    generator = np.random.default_rng(0)

    def numbers(*shape):
        return generator.normal(size=shape).astype(np.float32).astype(float)

    def vectors(texts):
        return embedding.embed_each(texts).astype(np.float32).astype(float)

    theses, exemplars = load_theses(), 20
    features = len(feature_names())
    words, letters = ("ich", "wir", "nicht", "und die"), (" da", "sch", "en ")
    return Model(
        name="toy",
        version="0.0.1",
        theses=theses,
        embedding=embedding,
        words=Terms("words", words, np.array([1.5, 2.0, 1.25, 3.5])),
        letters=Terms("letters", letters, np.array([1.0, 2.5, 1.75])),
        voice=Voice(
            mean=np.abs(numbers(features)),
            scale=np.ones(features),
            style_weights=numbers(features) / 4,
            vector_weights=numbers(DIMENSIONS),
            word_weights=numbers(len(words)),
            bias=numbers(1),
        ),
        tracking=Tracking(
            passage_centre=numbers(DIMENSIONS) / 16,
            thesis_centre=numbers(DIMENSIONS) / 16,
            anything=numbers(DIMENSIONS + 1),
            anything_letters=numbers(len(letters)),
            opposing=numbers(DIMENSIONS + 1),
            opposing_words=numbers(len(words)),
            opposing_letters=numbers(len(letters)),
            projection=numbers(DIMENSIONS, DIMENSIONS),
            exemplars=vectors([f"Beispiel {number}" for number in range(exemplars)]),
            membership=(numbers(len(theses), exemplars) > 1).astype(float),
            linear=numbers(len(theses), DIMENSIONS + 1) / 4,
            letters=numbers(len(letters), len(theses)) / 4,
            known_weights=numbers(len(PAIR_FEATURES) + 1),
            unseen_weights=numbers(len(UNSEEN_FEATURES) + 1),
        ),
        statements=vectors([thesis.statement for thesis in theses]),
        glosses=vectors([thesis.gloss for thesis in theses]),
        metrics={"unseen": {"top5": 0.25, "top5_seen": 0.5}},
    )


@pytest.fixture(scope="session")
def nlp():
    return load_nlp("builtin")


@pytest.fixture(scope="session")
def toy_encoder():
    return ToyEncoder()


@pytest.fixture(scope="session")
def toy_model(toy_encoder):
    return make_toy_model(Embedding(toy_encoder))


@pytest.fixture(scope="session")
def model():
    """The model that we ship."""
    return load_model()


@pytest.fixture(scope="session")
def posts():
    """Five posts, written for these tests."""
    return read_posts(ROOT / "tests/data/posts/posts.jsonl")


@pytest.fixture(scope="session")
def more_posts(posts):
    """The five, and three of the examples: comments, HTML remains, other roles."""
    examples = read_posts(ROOT / "examples/posts")
    return pd.concat([posts, examples[::6]], ignore_index=True)[["post_id", "text"]]
