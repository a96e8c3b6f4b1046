"""Model folders: what is written is read again, and nothing else is."""

import dataclasses
import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load as parse
from safetensors.numpy import save as dump

from cluetrain_nlp.classifier import artefact
from cluetrain_nlp.classifier.artefact import FORMAT, load_model, save
from cluetrain_nlp.classifier.embedding import Embedding, load_encoder
from cluetrain_nlp.classifier.evidence import Evidence
from cluetrain_nlp.classifier.style import feature_names
from cluetrain_nlp.classifier.theses import read_theses
from cluetrain_nlp.errors import ModelError
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc

DATA = Path(__file__).parent / "data"
FROZEN = DATA / "model-format-1"


@pytest.fixture(autouse=True)
def empty_cache():
    yield
    artefact._load.cache_clear()


@pytest.fixture
def with_toy_encoder(toy_encoder, monkeypatch):
    known = {"toy": Embedding(toy_encoder)}
    monkeypatch.setattr(artefact, "load_encoder", lambda name: known.get(name) or load_encoder(name))


@pytest.fixture
def folder(tmp_path, toy_model, with_toy_encoder):
    """The toy model, saved; tests spoil it."""
    save(toy_model, tmp_path / "toy", card="# Toy\n", corpus_sha256="0" * 64)
    return tmp_path / "toy"


def spoil_config(folder, change):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    changed = change(config)
    (folder / "config.json").write_text(json.dumps(config if changed is None else changed), encoding="utf-8")


def write_weights(folder, data):
    """Replace the weights by bytes that config.json vouches for."""
    (folder / "weights.safetensors").write_bytes(data)
    spoil_config(folder, lambda config: config["sha256"].update(weights=hashlib.sha256(data).hexdigest()))


def spoil_arrays(folder, change):
    arrays = {name: array.copy() for name, array in parse((folder / "weights.safetensors").read_bytes()).items()}
    change(arrays)
    write_weights(folder, dump(arrays))


def assert_same_model(left, right):
    for head in ("voice", "tracking"):
        for field in dataclasses.fields(getattr(left, head)):
            np.testing.assert_array_equal(
                getattr(getattr(left, head), field.name), getattr(getattr(right, head), field.name)
            )
    np.testing.assert_array_equal(left.statements, right.statements)
    np.testing.assert_array_equal(left.glosses, right.glosses)
    for kind in ("words", "letters"):
        one, other = getattr(left, kind), getattr(right, kind)
        assert (one.kind, one.vocabulary, one.idf.tolist()) == (other.kind, other.vocabulary, other.idf.tolist())
    assert (left.name, left.version, left.metrics) == (right.name, right.version, right.metrics)
    assert left.theses.sha256 == right.theses.sha256


# Round trip


def test_what_is_saved_is_loaded(folder, toy_model):
    loaded = load_model(folder)
    assert_same_model(loaded, toy_model)
    assert loaded.sha256 == hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    assert toy_model.sha256 == ""


def test_a_folder_holds_four_files_and_the_card_is_one(folder):
    names = ["README.md", "config.json", "terms.json", "weights.safetensors"]
    assert sorted(file.name for file in folder.iterdir()) == names
    assert (folder / "README.md").read_text(encoding="utf-8") == "# Toy\n"


def test_config_says_what_the_model_is(folder, toy_model):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["format"] == FORMAT == 2
    assert (config["name"], config["version"], config["dimensions"]) == ("toy", "0.0.1", 12)
    assert (config["encoder"]["name"], config["encoder"]["version"]) == ("toy", "1")
    assert config["features"] == feature_names()
    assert config["sha256"]["theses"] == toy_model.theses.sha256
    assert config["sha256"]["corpus"] == "0" * 64
    assert set(config["libraries"]) == {"cluetrain_nlp", "numpy", "scikit-learn", "spacy"}


def test_saving_is_deterministic_and_replaces(folder, toy_model):
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    (folder / "weights.safetensors").write_bytes(b"old")
    save(toy_model, folder, card="# Toy\n", corpus_sha256="0" * 64)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_loaded_model_cannot_be_changed(folder):
    loaded = load_model(folder)
    with pytest.raises(ValueError, match="read-only"):
        loaded.statements[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.name = "other"


def test_a_model_is_loaded_once(folder):
    assert load_model(folder) is load_model(str(folder)) is load_model(folder / ".." / folder.name)


def test_a_symbolic_link_and_further_files_do_no_harm(folder, tmp_path, toy_model):
    (folder / "notes.txt").write_text("nothing")
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert_same_model(load_model(tmp_path / "link"), toy_model)


def test_the_frozen_model_of_format_1_loads_for_ever(with_toy_encoder, monkeypatch):
    """Its theses and features are its own, so that only a change of the format can break it."""
    theses = read_theses(DATA / "model-format-1-theses.jsonl")
    config = json.loads((FROZEN / "config.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(artefact, "load_theses", lambda: theses)
    monkeypatch.setattr(artefact, "feature_names", lambda: config["features"])
    loaded = load_model(FROZEN)
    assert config["format"] == 1
    assert sum(file.stat().st_size for file in FROZEN.iterdir()) < 300_000
    targets = loaded.targets()
    style = np.arange(len(config["features"]), dtype=float)
    vectors = loaded.embedding.embed(("Der Ofen raucht.", "Er raucht."))
    terms = (loaded.words.vector("Der Ofen raucht."), loaded.letters.vector("Der Ofen raucht."))
    tracks, opposes = loaded.tracking.probabilities(Evidence(style, vectors, *terms), targets)
    broadcast = loaded.voice.broadcast(Evidence(style, loaded.statements[:1], *terms))
    frozen = json.loads((DATA / "model-format-1-values.json").read_text(encoding="utf-8"))
    np.testing.assert_allclose([*tracks, *opposes, broadcast], frozen, atol=1e-6)


def test_the_shipped_model_is_complete(model):
    assert (model.name, len(model.theses), model.statements.shape[1]) == ("de", 95, 512)
    folder = Path(artefact.__file__).parents[3] / "models" / artefact.DEFAULT_MODEL
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert f"{config['name']}-{config['version']}" == artefact.DEFAULT_MODEL
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert config["sha256"]["corpus"] in card
    for words in ("CC BY 4.0", "Known failures", "Measured"):
        assert words in card
    assert sum(file.stat().st_size for file in folder.iterdir()) < 10_000_000


# Hostile folders


@pytest.mark.parametrize("name", ["config.json", "weights.safetensors", "terms.json", "README.md"])
def test_missing_files_are_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"is no model: it lacks {name}. A model is a folder with config.json"):
        load_model(folder)


def test_no_folder_and_an_empty_one(tmp_path):
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ModelError, match=r"lacks config.json, weights.safetensors, README.md"):
            load_model(path)


def test_a_folder_in_the_place_of_a_file(folder):
    (folder / "config.json").unlink()
    (folder / "config.json").mkdir()
    with pytest.raises(ModelError, match=r"lacks config\.json"):
        load_model(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff\xfe\xfa", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"a":' * 100_000, "is not JSON"),
        (b"9" * 5000, "is not JSON"),
        (b"[]", "holds a list; expected an object"),
        (b"null", "holds a NoneType"),
        (b"{}", "lacks, or has in a wrong type: format, name, version, dimensions, encoder, features, sha256"),
        (b" " * ((1 << 20) + 1), "has 1,048,577 bytes; a model's has at most 1,048,576"),
    ],
    ids=["empty", "cut", "bytes", "lists", "objects", "digits", "list", "null", "nothing", "huge"],
)
def test_configs_that_are_none(folder, content, message):
    (folder / "config.json").write_bytes(content)
    with pytest.raises(ModelError, match=message):
        load_model(folder)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("format", 3, "has format 3; this version of the library reads the formats 1 to 2"),
        ("format", 1, "weights.safetensors is not as format 1 has it"),
        ("format", 0, "has format 0"),
        ("format", "1", "wrong type: format"),
        ("format", True, "wrong type: format"),
        ("format", 1.0, "wrong type: format"),
        ("name", None, "wrong type: name"),
        ("version", 1, "wrong type: version"),
        ("dimensions", "12", "wrong type: dimensions"),
        ("dimensions", 13, "theses.statements has the shape .*; expected 13 for d"),
        ("dimensions", -1, "expected -1 for d"),
        ("dimensions", 10**30, "expected 10{30} for d"),
        ("encoder", "toy", "wrong type: encoder"),
        ("encoder", {}, "No encoder is called 'None'"),
        ("encoder", {"name": "bert"}, "No encoder is called 'bert'"),
        ("encoder", {"name": "../../etc/passwd"}, "No encoder is called"),
        ("encoder", {"name": "toy"}, "no usable encoder probe"),
        ("encoder", {"name": "toy", "probe": []}, "no usable encoder probe"),
        ("encoder", {"name": "toy", "probe": ["x"]}, "no usable encoder probe"),
        ("encoder", {"name": "toy", "probe": [[1], [2, 3]]}, "no usable encoder probe"),
        ("encoder", {"name": "toy", "probe": [0.1] * 99}, "no usable encoder probe"),
        ("encoder", {"name": "toy", "version": "9", "probe": [0.9]}, "with toy 9; the installed version 1 gives"),
        ("encoder", {"name": "toy", "version": "9", "probe": [float("nan")]}, "trained with toy 9"),
        ("features", {}, "wrong type: features"),
        ("features", [], "style features differ"),
        ("features", [*feature_names()[::-1]], "style features differ: the model has .*, this library"),
        ("sha256", {}, "config.json expects None"),
        ("sha256", [], "wrong type: sha256"),
        ("metrics", None, "wrong type: metrics"),
        ("libraries", None, "wrong type: libraries"),
    ],
)  # fmt: skip
def test_configs_with_wrong_values(folder, key, value, message):
    spoil_config(folder, lambda config: config.update({key: value}))
    with pytest.raises(ModelError, match=message):
        load_model(folder)


@pytest.mark.parametrize(
    "encoder",
    [
        {"name": ["toy"]},
        {"name": {"toy": 1}},
        {"name": "toy", "probe": [10**400]},
    ],
    ids=["list", "object", "number"],
)
def test_encoders_that_nothing_can_be_made_of(folder, encoder):
    spoil_config(folder, lambda config: config.update(encoder=encoder))
    with pytest.raises(ModelError, match=r"No encoder is called|no usable encoder probe"):
        load_model(folder)


@pytest.mark.parametrize("key", ["format", "encoder", "sha256", "metrics"])
def test_configs_that_lack_something(folder, key):
    spoil_config(folder, lambda config: {name: value for name, value in config.items() if name != key})
    with pytest.raises(ModelError, match=f"lacks, or has in a wrong type: {key}"):
        load_model(folder)


def test_another_thesis_set(folder):
    spoil_config(folder, lambda config: config["sha256"].update(theses="f" * 64))
    with pytest.raises(ModelError, match=r"sha256 of the theses differ: the model has ffff.*Install the version"):
        load_model(folder)


def test_one_flipped_byte(folder):
    path = folder / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-7] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"has the hash .*…, config.json expects .*…\. The files belong to different"):
        load_model(folder)


def test_cut_weights(folder):
    path = folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelError, match="has the hash"):
        load_model(folder)


def handmade(header, data=b""):
    written = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(written)) + written + data


def one_array(dtype, shape, length):
    return handmade({"voice.bias": {"dtype": dtype, "shape": shape, "data_offsets": [0, length]}}, bytes(length))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 8,
        struct.pack("<Q", 2**63) + b"{}",
        handmade(b"{" * 1000),
        handmade({"voice.bias": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4000]}}, bytes(4)),
        handmade({"voice.bias": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 4]}}, bytes(4)),
        handmade({"voice.bias": {"dtype": "pickle", "shape": [1], "data_offsets": [0, 4]}}, bytes(4)),
        one_array("BF16", [2], 4),
        one_array("F8_E5M2", [4], 4),
        one_array("F16", [2], 4),
        one_array("BOOL", [4], 4),
    ],
    ids=["empty", "zeros", "long", "nested", "short", "vast", "dtype", "bf16", "f8", "f16", "bool"],
)
def test_weights_that_are_none(folder, data):
    write_weights(folder, data)
    with pytest.raises(ModelError, match=r"weights.safetensors (cannot be read|lacks the array)|is bool|is float16"):
        load_model(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("voice.bias"), "lacks the array voice.bias"),
        (lambda a: a.pop("theses.glosses"), "lacks the array theses.glosses"),
        (lambda a: a.update(extra=np.zeros(1, np.float32)), "holds unknown arrays: extra"),
        (lambda a: a.update({"../../x": np.zeros(1, np.float32)}), "holds unknown arrays: ../../x"),
        (lambda a: a.update({"voice.bias": np.zeros(2, np.float32)}), r"voice.bias has the shape \(2,\); expected 1"),
        (lambda a: a.update({"voice.bias": np.zeros(1)}), r"voice.bias is float64 \(1,\); expected float32"),
        (lambda a: a.update({"voice.bias": np.zeros(1, np.int32)}), "voice.bias is int32"),
        (lambda a: a.update({"voice.bias": np.zeros((1, 1), np.float32)}), r"voice.bias is float32 \(1, 1\)"),
        (lambda a: a.update({"voice.mean": np.zeros(3, np.float32)}), r"voice.mean has the shape \(3,\)"),
        (lambda a: a.update({"theses.statements": a["theses.statements"][:94].copy()}), "expected 95 for t"),
        (lambda a: a.update({"tracking.exemplars": a["tracking.exemplars"][:3].copy()}), r"membership has the shape"),
        (lambda a: a.update({"tracking.linear": a["tracking.linear"][:, :12].copy()}), r"expected 13 for d\+1"),
        (lambda a: a["tracking.linear"].__setitem__((0, 0), np.nan), "linear holds values that are not finite"),
        (lambda a: a["voice.scale"].__setitem__(0, np.inf), "voice.scale holds values that are not finite"),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit(folder, change, message):
    spoil_arrays(folder, change)
    with pytest.raises(ModelError, match=message):
        load_model(folder)


def test_a_model_without_exemplars_is_one(folder):
    def change(arrays):
        arrays["tracking.exemplars"] = np.zeros((0, 12), np.float32)
        arrays["tracking.membership"] = np.zeros((95, 0), np.float32)

    spoil_arrays(folder, change)
    loaded = load_model(folder)
    doc = make_doc(load_nlp("builtin"), "Hallo.")
    tracks, _ = loaded.tracking.probabilities(loaded.measure(doc[:]), loaded.targets())
    assert np.isfinite(tracks).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "terms.json cannot be read"),
        (b"[]", "terms.json cannot be read"),
        (b"[" * 100_000, "terms.json cannot be read"),
        (b'{"words": {}}', "terms.json cannot be read: KeyError"),
        (b'{"words": {"ja": "x"}, "letters": {}}', "terms.json cannot be read"),
        (b'{"words": {"ja": NaN}, "letters": {}}', "terms.json holds weights that are not finite"),
        (b'{"words": {"ja": 1' + b"0" * 400 + b'}, "letters": {}}', "terms.json cannot be read"),
        (b'{"words": {"ja": [1, 2]}, "letters": {}}', "terms.json holds weights that are not finite numbers"),
        (b'{"words": {"ja": 1.0}, "letters": {}}', r"voice.word_weights has the shape \(4,\); expected 1 for w"),
    ],
)
def test_vocabularies_that_are_none(folder, content, message):
    (folder / "terms.json").write_bytes(content)
    spoil_config(folder, lambda config: config["sha256"].update(terms=hashlib.sha256(content).hexdigest()))
    with pytest.raises(ModelError, match=message):
        load_model(folder)


def test_a_changed_vocabulary_is_seen(folder):
    with (folder / "terms.json").open("a") as file:
        file.write(" ")
    with pytest.raises(ModelError, match=r"terms\.json has the hash"):
        load_model(folder)


def test_an_error_names_the_folder(folder):
    (folder / "config.json").write_bytes(b"")
    with pytest.raises(ModelError, match=str(folder)):
        load_model(folder)
