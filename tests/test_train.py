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
from cluetrain_nlp.training.corpus import Coded, corpus_sha256, read_corpus
from cluetrain_nlp.training.evaluate import tracking_figures, voice_figures
from cluetrain_nlp.training.train import encode, fit


@pytest.fixture(scope="module")
def examples():
    """120 passages: forty that argue against a thesis, as every fold needs some, and eighty others."""
    coded = [passage for passage in read_corpus() if passage.group == passage.id]
    opposing = [passage for passage in coded if passage.opposed & passage.taken_up]
    others = [passage for passage in coded if not passage.opposed]
    chosen = opposing[:40] + others[:: len(others) // 80][: 120 - len(opposing[:40])]
    return encode(chosen)


@pytest.fixture(scope="module")
def fitted(examples):
    return fit(examples, name="small", version="0.0.1")


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


def test_training_twice_gives_the_same_bits(examples, fitted):
    again = fit(encode(examples.coded), name="small", version="0.0.1")
    for (name, one), (_, other) in zip(arrays(fitted.model), arrays(again.model), strict=True):
        assert one.tobytes() == other.tobytes(), name
    for one, other in zip(fitted[1:], again[1:], strict=True):
        assert one.tobytes() == other.tobytes()


def test_a_fitted_model_fits(examples, fitted):
    model = fitted.model
    assert (model.name, model.version, len(model.theses)) == ("small", "0.0.1", 95)
    for name, array in arrays(model):
        assert np.isfinite(array).all(), name
    assert model.tracking.exemplars.shape[0] == sum(bool(coded.taken_up) for coded in examples.coded)
    known, unseen = model.tracking.known_weights, model.tracking.unseen_weights
    assert np.abs(known[:-1]).max() > 0
    assert np.abs(unseen[:-1]).max() > 0


def test_held_out_numbers_are_probabilities(fitted):
    assert ((fitted.broadcast >= 0) & (fitted.broadcast <= 1)).all()
    assert (fitted.tracks >= 0).all()
    assert (fitted.opposes >= 0).all()
    assert (fitted.tracks + fitted.opposes <= 1 + 1e-12).all()


def test_held_out_passages_are_judged_better_than_by_chance(examples, fitted):
    assert voice_figures(examples.coded, fitted.broadcast)["spearman"] > 0.5
    assert tracking_figures(examples.coded, fitted.tracks, fitted.model)["top5"] > 0.2


def test_held_out_theses_have_a_place_where_they_are_taken_up(examples, fitted):
    taken_up = [[thesis.number in coded.taken_up for thesis in fitted.model.theses] for coded in examples.coded]
    assert ((fitted.unseen_places > 0) == np.array(taken_up)).all()
    assert fitted.unseen_places.max() <= 95


def test_a_passage_is_judged_without_the_rest_of_its_post(examples):
    """Passages of one group stay on one side of every split, so the groups move the numbers of the others."""
    shared = [coded._replace(group="one post") if row >= 80 else coded for row, coded in enumerate(examples.coded)]
    fitted = fit(examples._replace(coded=shared))
    assert not np.array_equal(fitted.broadcast, fit(examples).broadcast)


def test_the_card_is_written_from_what_was_measured(tmp_path, monkeypatch, examples):
    monkeypatch.setattr(release, "read_corpus", lambda: list(examples.coded))
    monkeypatch.setattr(release, "encode", lambda coded: examples)
    figures = release.train(tmp_path / "model")
    card = (tmp_path / "model/README.md").read_text(encoding="utf-8")
    assert "120 passages written for this project" in card
    assert corpus_sha256() in card
    assert f"| voice | spearman | {figures['voice']['spearman']:.3f} |" in card
    config = json.loads((tmp_path / "model/config.json").read_text(encoding="utf-8"))
    assert config["metrics"] == figures
    assert load_model(tmp_path / "model").metrics == figures


@pytest.mark.slow
@pytest.mark.skipif("CI" not in os.environ, reason="takes two minutes: set CI=1 to train the whole model")
def test_training_reproduces_the_shipped_model(tmp_path, model, more_posts):
    release.train(tmp_path / "model")
    shipped = files("cluetrain_nlp.models") / DEFAULT_MODEL
    configs = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (shipped / "config.json", tmp_path / "model/config.json")
    ]
    assert configs[0]["sha256"]["corpus"] == configs[1]["sha256"]["corpus"], "the corpus changed: run cluetrain train"
    one, other = (
        score_frame(more_posts, model=judge, top=None, nlp="builtin")
        .sort_values(["post_id", "passage", "thesis"])
        .reset_index(drop=True)
        for judge in (model, load_model(tmp_path / "model"))
    )
    assert one.groupby(["post_id", "passage"]).ngroups >= 10
    for name in ("broadcast", "tracks", "opposes", "score"):
        np.testing.assert_allclose(one[name], other[name], atol=1e-4, rtol=0)


def test_coded_passages_compare_by_value():
    assert Coded("a", "x", {}, frozenset(), None, "a") == Coded("a", "x", {}, frozenset(), None, "a")
