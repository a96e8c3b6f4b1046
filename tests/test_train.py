"""Training: the same corpus gives the same model, and the shipped model is what training gives."""

import dataclasses
import json
import os
from importlib.resources import files

import numpy as np
import pytest

from cluetrain_nlp.classifier.artefact import DEFAULT_MODEL, load_model
from cluetrain_nlp.scoring import score_frame
from cluetrain_nlp.training import release
from cluetrain_nlp.training.corpus import Coded, corpus_sha256, read_corpus, read_situations
from cluetrain_nlp.training.evaluate import judge, tracking_figures, voice_figures
from cluetrain_nlp.training.train import cross_validate, encode, fit, leave_theses_out


@pytest.fixture(scope="module")
def examples():
    """120 passages: forty that argue against a thesis, as every fold needs some, and eighty others."""
    coded = [passage for passage in read_corpus() if passage.group == passage.id]
    opposing = [passage for passage in coded if passage.opposed & passage.taken_up]
    others = [passage for passage in coded if not passage.opposed]
    chosen = opposing[:40] + others[:: len(others) // 80][: 120 - len(opposing[:40])]
    return encode(chosen)


@pytest.fixture(scope="module")
def situations():
    return encode(read_situations()[::90])


@pytest.fixture(scope="module")
def fitted(examples, situations):
    return fit(examples, situations, name="small", version="0.0.1")


@pytest.fixture(scope="module")
def held_out(examples, situations):
    return cross_validate(examples, situations)


def arrays(model):
    for head in (model.voice, model.tracking):
        for field in dataclasses.fields(head):
            yield f"{type(head).__name__}.{field.name}", getattr(head, field.name)
    yield "statements", model.statements
    yield "glosses", model.glosses


def test_encoding_gives_one_row_for_each_passage(examples):
    assert len(examples.coded) == len(examples.style) == len(examples.vectors) == 120
    assert examples.passages.shape == (120, 512)
    assert all(len(vectors) >= 2 for vectors in examples.vectors)
    part = examples.take(np.array([3, 1]))
    assert [coded.id for coded in part.coded] == [examples.coded[3].id, examples.coded[1].id]
    np.testing.assert_array_equal(part.style, examples.style[[3, 1]])


def test_training_twice_gives_the_same_bits(examples, situations, fitted):
    again = fit(encode(examples.coded), situations, name="small", version="0.0.1")
    assert (again.words.vocabulary, again.letters.vocabulary) == (fitted.words.vocabulary, fitted.letters.vocabulary)
    for (name, one), (_, other) in zip(arrays(fitted), arrays(again), strict=True):
        assert one.tobytes() == other.tobytes(), name


def test_a_fitted_model_fits(examples, fitted):
    assert (fitted.name, fitted.version, len(fitted.theses)) == ("small", "0.0.1", 95)
    for name, array in arrays(fitted):
        assert np.isfinite(array).all(), name
    for name in ("projection", "linear", "letters", "anything_letters", "opposing_words", "opposing_letters"):
        assert np.abs(getattr(fitted.tracking, name)).max() > 0, name
    known, unseen = fitted.tracking.known_weights, fitted.tracking.unseen_weights
    assert np.abs(known[:-1]).max() > 0
    assert np.abs(unseen[:-1]).max() > 0
    broadcast = judge(fitted, examples).broadcast
    assert voice_figures(examples.coded, broadcast)["spearman"] > 0.8


def test_situations_teach_theses_and_nothing_else(examples, fitted):
    without = fit(examples, encode([]), name="small", version="0.0.1")
    assert not np.array_equal(without.tracking.linear, fitted.tracking.linear)
    np.testing.assert_array_equal(without.voice.word_weights, fitted.voice.word_weights)


def test_held_out_numbers_are_probabilities(held_out):
    assert ((held_out.broadcast >= 0) & (held_out.broadcast <= 1)).all()
    assert (held_out.tracks >= 0).all()
    assert (held_out.opposes >= 0).all()
    assert (held_out.tracks + held_out.opposes <= 1 + 1e-12).all()
    assert set(held_out.fold) == {0, 1, 2, 3, 4}


def test_held_out_passages_are_judged_better_than_by_chance(examples, fitted, held_out):
    assert voice_figures(examples.coded, held_out.broadcast)["spearman"] > 0.5
    assert tracking_figures(examples.coded, held_out.tracks, fitted.theses)["top5"] > 0.2


def test_theses_left_out_have_a_place_where_they_are_taken_up(examples, situations, fitted):
    tests = examples.take(np.arange(0, 120, 4))
    places = leave_theses_out(examples, situations, tests)
    taken_up = [[thesis.number in coded.taken_up for thesis in fitted.theses] for coded in tests.coded]
    assert ((places > 0) == np.array(taken_up)).all()
    assert places.max() <= 95


def test_a_passage_is_judged_without_the_rest_of_its_post(examples, situations, held_out):
    """Passages of one group stay on one side of every split."""
    shared = [coded._replace(group="one post") if 80 <= row < 90 else coded for row, coded in enumerate(examples.coded)]
    assert len(set(cross_validate(examples._replace(coded=shared), situations).fold[80:90])) == 1
    assert len(set(held_out.fold[80:90])) > 1


def test_the_card_is_written_from_what_was_measured(tmp_path, monkeypatch, examples, situations):
    encoded = {len(examples.coded): examples, len(situations.coded): situations, 0: encode([])}
    monkeypatch.setattr(release, "read_corpus", lambda splits=(): list(examples.coded))
    monkeypatch.setattr(release, "read_situations", lambda: list(situations.coded))
    monkeypatch.setattr(release, "encode", lambda coded: encoded[len(coded)])
    figures = release.train(tmp_path / "model")
    card = (tmp_path / "model/README.md").read_text(encoding="utf-8")
    assert f"120 passages and {len(situations.coded)} one-sentence situations written for this project" in card
    assert corpus_sha256() in card
    assert f"| voice | spearman | {figures['voice']['spearman']:.3f} |" in card
    config = json.loads((tmp_path / "model/config.json").read_text(encoding="utf-8"))
    assert config["metrics"] == figures
    assert load_model(tmp_path / "model").metrics == figures


@pytest.mark.slow
@pytest.mark.skipif("CI" not in os.environ, reason="takes some minutes: set CI=1 to train the whole model")
def test_training_reproduces_the_shipped_model(model, more_posts):
    config = json.loads((files("cluetrain_nlp.models") / DEFAULT_MODEL / "config.json").read_text(encoding="utf-8"))
    assert config["sha256"]["corpus"] == corpus_sha256(), "the corpus changed: run cluetrain train"
    again = fit(encode(read_corpus()), encode(read_situations()))
    one, other = (
        score_frame(more_posts, model=judge, top=None, nlp="builtin")
        .sort_values(["post_id", "passage", "thesis"])
        .reset_index(drop=True)
        for judge in (model, again)
    )
    assert one.groupby(["post_id", "passage"]).ngroups >= 10
    for name in ("broadcast", "tracks", "opposes", "score"):
        np.testing.assert_allclose(one[name], other[name], atol=1e-4, rtol=0)


def test_coded_passages_compare_by_value():
    assert Coded("a", "x", {}, frozenset(), None, "a") == Coded("a", "x", {}, frozenset(), None, "a")
