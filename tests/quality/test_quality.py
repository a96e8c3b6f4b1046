"""The shipped model is as good as it was, and was trained on the corpus that lies beside it."""

import json
import runpy
from pathlib import Path

import pytest

from cluetrain_nlp.classifier.artefact import DEFAULT_MODEL, load_model
from cluetrain_nlp.training.corpus import corpus_sha256

update = runpy.run_path(str(Path(__file__).with_name("update.py")))
PINNED = json.loads(Path(__file__).with_name("floors.json").read_text(encoding="utf-8"))
HOW = "Train (`cluetrain train`), then pin: `python tests/quality/update.py`."


def test_no_figure_has_fallen():
    assert update["worse"](PINNED, update["shipped"]()) == []


def test_every_figure_is_pinned_for_the_shipped_model():
    assert PINNED["model"] == DEFAULT_MODEL, HOW
    assert set(PINNED["figures"]) == set(update["shipped"]()["figures"]), HOW


def test_the_model_was_trained_on_the_corpus_beside_it():
    assert update["trained_on"]() == corpus_sha256(), HOW
    assert PINNED["corpus_sha256"] == corpus_sha256(), HOW


def test_what_is_measured_is_what_the_card_says():
    metrics = load_model().metrics
    for name, value in update["shipped"]()["figures"].items():
        head, _, figure = name.rpartition(" ")
        assert abs(metrics[f"test {head}"][figure] - value) < 1e-3, name


def pins(**figures):
    named = {name.replace("_", " ", 1): value for name, value in figures.items()}
    return {"model": "m", "corpus_sha256": "c", "figures": named}


@pytest.mark.parametrize(
    ("value", "error", "count"),
    [(0.8, 0.05, 0), (0.7996, 0.0504, 0), (0.9, 0.01, 0), (0.799, 0.05, 1), (0.8, 0.051, 1), (float("nan"), 0.05, 1)],
)
def test_worse_sees_a_fall_beyond_the_epsilon(value, error, count):
    pinned = pins(voice_auc=0.8, voice_calibration_error=0.05)
    assert len(update["worse"](pinned, pins(voice_auc=value, voice_calibration_error=error))) == count


def test_a_figure_that_is_no_longer_measured_has_fallen():
    assert update["worse"](pins(voice_auc=0.8), pins()) == ["voice auc was 0.8, is None"]


def test_small_steps_down_do_not_add_up():
    old, new = pins(voice_auc=0.8, voice_calibration_error=0.05), pins(voice_auc=0.7996, voice_calibration_error=0.0504)
    assert update["worse"](old, new) == []
    assert update["ratchet"](old, new)["figures"] == old["figures"]


@pytest.mark.parametrize("arguments", [[], ["--allow-regression"]])
def test_floors_are_lowered_only_when_one_says_so(tmp_path, monkeypatch, arguments):
    main = update["main"]
    file = tmp_path / "floors.json"
    file.write_text(json.dumps({**PINNED, "figures": {"voice auc": 1.1}}))
    monkeypatch.setitem(main.__globals__, "FILE", file)
    monkeypatch.setattr("sys.argv", ["update.py", *arguments])
    if arguments:
        main()
        assert json.loads(file.read_text())["figures"] == update["shipped"]()["figures"]
    else:
        with pytest.raises(SystemExit, match=r"voice auc was 1\.1.*\nIf that is meant, add --allow-regression"):
            main()
        assert json.loads(file.read_text())["figures"] == {"voice auc": 1.1}
