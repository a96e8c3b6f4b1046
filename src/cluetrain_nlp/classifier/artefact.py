"""Models on disk: JSON and safetensors, hashes checked, no code run. The only module that reads or writes them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as parse_weights
from safetensors.numpy import save as dump_weights
from spacy.tokens import Span

from cluetrain_nlp.classifier.embedding import Embedding, load_encoder
from cluetrain_nlp.classifier.evidence import Evidence, measure
from cluetrain_nlp.classifier.style import feature_names
from cluetrain_nlp.classifier.terms import TERM_KINDS, Terms
from cluetrain_nlp.classifier.theses import ThesisSet, load_theses
from cluetrain_nlp.classifier.tracking import PAIR_FEATURES, UNSEEN_FEATURES, Targets, Tracking
from cluetrain_nlp.classifier.voice import Voice
from cluetrain_nlp.errors import ModelError

__all__ = ["DEFAULT_MODEL", "FORMAT", "Model", "load_model", "save"]

#: What is written. Raise it when a model written before could no longer be read rightly; then keep the old reading
#: beside the new one (`_from_format_1`), and a model of the old format in tests/data.
FORMAT: Final = 2

DEFAULT_MODEL: Final = "de-0.2.0"

#: The files of a model by its format; which format it has stands in the first one.
_FILES: Final = {
    1: ("config.json", "weights.safetensors", "README.md"),
    2: ("config.json", "weights.safetensors", "terms.json", "README.md"),
}
_KEYS: Final = {
    "format": int,
    "name": str,
    "version": str,
    "dimensions": int,
    "encoder": dict,
    "features": list,
    "sha256": dict,
    "metrics": dict,
    "libraries": dict,
}
_MAX_BYTES: Final = {"config.json": 1 << 20, "weights.safetensors": 256 << 20, "terms.json": 16 << 20}

#: How far the encoder's probe vector may lie from the one that the model was trained with.
_PROBE_TOLERANCE: Final = 1e-3

Head = TypeVar("Head", Voice, Tracking)
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Two trained heads, the theses they were trained on, and what they read: an encoder and two vocabularies.

    Attributes
    ----------
    name, version : str
        For example ``"de"`` and ``"0.1.0"``; a new major version means that scores are not comparable.
    theses : ThesisSet
        The ``t`` theses of training.
    embedding : Embedding
        The encoder of training, ``d`` dimensions.
    words, letters : Terms
        Words with pairs of neighbours, and letter sequences inside words.
    voice : Voice
    tracking : Tracking
    statements, glosses : numpy.ndarray, shape (t, d)
        The encoded theses.
    metrics : mapping
        Measured figures, as they stand in the model card.
    sha256 : str
        Of the weights; empty for a model that was never saved.
    """

    name: str
    version: str
    theses: ThesisSet
    embedding: Embedding
    words: Terms
    letters: Terms
    voice: Voice
    tracking: Tracking
    statements: NDArray[np.float64]
    glosses: NDArray[np.float64]
    metrics: Mapping[str, Any]
    sha256: str = ""

    def targets(self, theses: ThesisSet | None = None) -> Targets:
        """Encode a thesis set; the model's own theses are at hand.

        Parameters
        ----------
        theses : ThesisSet or None
            None for the model's own.

        Returns
        -------
        Targets

        Examples
        --------
        >>> import cluetrain_nlp as ct
        >>> ct.load_model().targets().numbers.shape
        (95,)
        """
        chosen = list(self.theses if theses is None else theses)
        rows = {thesis: row for row, thesis in enumerate(self.theses)}
        known = np.array([rows.get(thesis, -1) for thesis in chosen], dtype=np.int64)
        statements = np.empty((len(chosen), self.statements.shape[1]))
        glosses = np.empty_like(statements)
        for place, (thesis, row) in enumerate(zip(chosen, known, strict=True)):
            if row >= 0:
                statements[place], glosses[place] = self.statements[row], self.glosses[row]
            else:
                statements[place] = self.embedding.embed((thesis.statement,))[0]
                glosses[place] = self.embedding.embed((thesis.gloss or thesis.statement,))[0]
        letters = self.letters.columns([thesis.description for thesis in chosen])
        return Targets(np.array([thesis.number for thesis in chosen]), statements, glosses, letters, known)

    def measure(self, span: Span) -> Evidence:
        """Measure what the heads read of a passage, see `cluetrain_nlp.classifier.evidence.measure`."""
        return measure(span, self.embedding, self.words, self.letters)

    @property
    def unseen_quality(self) -> str:
        """What to expect for theses that the model was not trained on, in one sentence."""
        figures = self.metrics.get("unseen")
        if not isinstance(figures, dict) or not all(
            isinstance(figures.get(key), float) for key in ("top5", "top5_seen")
        ):
            return "Theses that the model was not trained on: quality not measured."
        return (
            "Theses that the model was not trained on: left out of training in turn, the 95 theses came "
            f"among the first five for {figures['top5']:.0%} of the passages that track them "
            f"(in training: {figures['top5_seen']:.0%})."
        )


def load_model(path: str | Path | None = None) -> Model:
    """Load a model and check that it is whole and made for this code.

    Parameters
    ----------
    path : str, pathlib.Path or None
        The folder of a model; None for the bundled one.

    Returns
    -------
    Model
        The same object for the same folder while it is cached.

    Raises
    ------
    ModelError
        If a file is missing or damaged, or format, features, theses or encoder differ from what this code has;
        the message says which.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> ct.load_model().name
    'de'
    """
    bundled = resources.files("cluetrain_nlp.models") / DEFAULT_MODEL
    folder = Path(str(bundled)) if path is None else Path(path)
    return _load(folder.resolve())


@lru_cache(maxsize=4)
def _load(folder: Path) -> Model:
    config = _read_config(folder)
    data = _read(folder, "weights.safetensors", str(config["sha256"].get("weights")))
    theses = load_theses()
    _expect(folder, "sha256 of the theses", config["sha256"].get("theses"), theses.sha256)
    _expect(folder, "style features", config["features"], feature_names())
    try:
        arrays = parse_weights(data)
    # KeyError: a number type that numpy has not.
    except (SafetensorError, KeyError) as error:
        raise ModelError(f"{folder}: weights.safetensors cannot be read: {error}.") from error
    words, letters = _read_terms(folder, config)
    if config["format"] == 1:
        try:
            arrays = _from_format_1(arrays)
        except (KeyError, ValueError, TypeError) as error:
            raise ModelError(f"{folder}: weights.safetensors is not as format 1 has it: {error!r}.") from error
    axes = {
        "d": config["dimensions"],
        "f": len(config["features"]),
        "t": len(theses),
        "w": len(words.vocabulary),
        "l": len(letters.vocabulary),
    }
    statements = _array(folder, arrays, "theses.statements", ("t", "d"), axes)
    glosses = _array(folder, arrays, "theses.glosses", ("t", "d"), axes)
    voice = _head(folder, arrays, Voice, "voice", axes)
    tracking = _head(folder, arrays, Tracking, "tracking", axes)
    if arrays:
        raise ModelError(f"{folder}: weights.safetensors holds unknown arrays: {', '.join(sorted(arrays))}.")
    embedding = load_encoder(str(config["encoder"].get("name")))
    _check_encoder(folder, embedding, config["encoder"])
    return Model(
        name=config["name"],
        version=config["version"],
        theses=theses,
        embedding=embedding,
        words=words,
        letters=letters,
        voice=voice,
        tracking=tracking,
        statements=statements,
        glosses=glosses,
        metrics=config["metrics"],
        sha256=config["sha256"]["weights"],
    )


def save(model: Model, folder: Path, *, card: str, corpus_sha256: str) -> None:
    """Write a model: configuration, weights, and its card beside them.

    Parameters
    ----------
    model : Model
    folder : pathlib.Path
        Made if missing; files of an older model in it are replaced.
    card : str
        The model card, Markdown.
    corpus_sha256 : str
        Hash of what the model was trained on.

    Examples
    --------
    >>> import tempfile
    >>> import cluetrain_nlp as ct
    >>> from pathlib import Path
    >>> from cluetrain_nlp.classifier.artefact import save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(ct.load_model(), Path(folder), card="# A copy", corpus_sha256="")
    ...     copy = ct.load_model(folder)
    >>> copy.sha256 == ct.load_model().sha256
    True
    """
    arrays: Arrays = {"theses.statements": model.statements, "theses.glosses": model.glosses}
    for prefix, head in (("voice", model.voice), ("tracking", model.tracking)):
        arrays |= {f"{prefix}.{field.name}": getattr(head, field.name) for field in fields(head)}
    data = dump_weights({name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()})
    terms = json.dumps(
        {
            terms.kind: dict(zip(terms.vocabulary, terms.idf.tolist(), strict=True))
            for terms in (model.words, model.letters)
        },
        ensure_ascii=False,
    ).encode()
    encoder = model.embedding.encoder
    config = {
        "format": FORMAT,
        "name": model.name,
        "version": model.version,
        "dimensions": int(model.statements.shape[1]),
        "encoder": {
            "name": encoder.name,
            "version": encoder.version,
            "probe": [round(float(value), 5) for value in model.embedding.probe()[:16]],
        },
        "features": feature_names(),
        "sha256": {
            "weights": hashlib.sha256(data).hexdigest(),
            "terms": hashlib.sha256(terms).hexdigest(),
            "theses": model.theses.sha256,
            "corpus": corpus_sha256,
        },
        "metrics": model.metrics,
        "libraries": {name: metadata.version(name) for name in ("cluetrain_nlp", "numpy", "scikit-learn", "spacy")},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.safetensors").write_bytes(data)
    (folder / "terms.json").write_bytes(terms)
    (folder / "config.json").write_text(
        json.dumps(config, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
    # What was loaded from this folder before is another model now.
    _load.cache_clear()


def _require(folder: Path, files: Sequence[str]) -> None:
    missing = [file for file in files if not (folder / file).is_file()]
    if missing:
        raise ModelError(
            f"{folder} is no model: it lacks {', '.join(missing)}. A model is a folder with {', '.join(files)}."
        )


def _read(folder: Path, name: str, digest: str | None = None) -> bytes:
    """Read one file of a model, not more than it may hold, and compare its hash where one is given."""
    path = folder / name
    size = path.stat().st_size
    if size > _MAX_BYTES[name]:
        raise ModelError(f"{path} has {size:,} bytes; a model's has at most {_MAX_BYTES[name]:,}.")
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if digest is not None and found != digest:
        raise ModelError(
            f"{folder}: {name} has the hash {found[:12]}…, config.json expects {digest[:12]}…. The files belong "
            "to different models or are damaged: install or train the model again."
        )
    return data


def _read_config(folder: Path) -> dict[str, Any]:
    """Read and check config.json as far as it stands for itself."""
    _require(folder, _FILES[1])
    data = _read(folder, "config.json")
    try:
        config = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{folder}: config.json is not JSON: {error}.") from error
    if not isinstance(config, dict):
        raise ModelError(f"{folder}: config.json holds a {type(config).__name__}; expected an object.")
    wrong = [key for key, kind in _KEYS.items() if type(config.get(key)) is not kind]
    if wrong:
        raise ModelError(f"{folder}: config.json lacks, or has in a wrong type: {', '.join(wrong)}.")
    if config["format"] not in _FILES:
        raise ModelError(
            f"{folder} has format {config['format']}; this version of the library reads the formats 1 to {FORMAT}. "
            "Install the version that the model card names, or train the model again."
        )
    _require(folder, _FILES[config["format"]])
    return config


def _read_terms(folder: Path, config: dict[str, Any]) -> tuple[Terms, Terms]:
    """Read the vocabularies, words and letter sequences; a model of format 1 has none."""
    if config["format"] == 1:
        return Terms("words", (), np.empty(0)), Terms("letters", (), np.empty(0))
    data = _read(folder, "terms.json", str(config["sha256"].get("terms")))
    try:
        terms = json.loads(data)
        words, letters = (
            Terms(kind, tuple(terms[kind]), np.array(list(terms[kind].values()), dtype=np.float64))
            for kind in TERM_KINDS
        )
    except (ValueError, OverflowError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{folder}: terms.json cannot be read: {error!r}.") from error
    for vocabulary in (words, letters):
        if vocabulary.idf.ndim != 1 or not np.isfinite(vocabulary.idf).all():
            raise ModelError(f"{folder}: terms.json holds weights that are not finite numbers.")
        vocabulary.idf.setflags(write=False)
    return words, letters


def _from_format_1(arrays: Arrays) -> Arrays:
    """Give a model of format 1, which read no terms and had no projection, what is new as zeros."""
    theses, dimensions = arrays["theses.statements"].shape
    nothing: dict[str, tuple[int, ...]] = {
        "voice.word_weights": (0,),
        "tracking.anything_letters": (0,),
        "tracking.opposing_words": (0,),
        "tracking.opposing_letters": (0,),
        "tracking.projection": (dimensions, dimensions),
        "tracking.letters": (0, theses),
    }
    old = ("statement", "statement_sentence", "gloss", "gloss_sentence", "exemplars", "linear", "bias")
    for name, features in (("known", PAIR_FEATURES), ("unseen", UNSEEN_FEATURES)):
        weights = dict(
            zip(old if name == "known" else (*old[:4], "bias"), arrays[f"tracking.{name}_weights"], strict=True)
        )
        arrays[f"tracking.{name}_weights"] = np.array(
            [weights.get(feature, 0.0) for feature in (*features, "bias")], dtype=np.float32
        )
    return arrays | {name: np.zeros(shape, dtype=np.float32) for name, shape in nothing.items()}


def _expect(folder: Path, what: str, found: object, expected: object) -> None:
    if found != expected:
        raise ModelError(
            f"{folder}: {what} differ: the model has {_short(found)}, this library {_short(expected)}. "
            "Install the version that the model was made with, or train it again."
        )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _array(
    folder: Path, arrays: Arrays, name: str, shape: tuple[str | int, ...], axes: dict[str, int]
) -> NDArray[np.float64]:
    """Take one array out of `arrays`, checked; an axis that is met for the first time sets its length."""
    if name not in arrays:
        raise ModelError(f"{folder}: weights.safetensors lacks the array {name}.")
    array = arrays.pop(name)
    if array.dtype != np.float32 or array.ndim != len(shape):
        raise ModelError(f"{folder}: the array {name} is {array.dtype} {array.shape}; expected float32 {shape}.")
    for axis, length in zip(shape, array.shape, strict=True):
        expected = axis if isinstance(axis, int) else _length(axis, length, axes)
        if length != expected:
            raise ModelError(f"{folder}: the array {name} has the shape {array.shape}; expected {expected} for {axis}.")
    if not np.isfinite(array).all():
        raise ModelError(f"{folder}: the array {name} holds values that are not finite.")
    values: NDArray[np.float64] = array.astype(np.float64)
    values.setflags(write=False)
    return values


def _length(axis: str, length: int, axes: dict[str, int]) -> int:
    """Evaluate an axis such as ``"d"`` or ``"d+1"``."""
    name, _, more = axis.partition("+")
    return axes.setdefault(name, length) + int(more or 0)


def _head(folder: Path, arrays: Arrays, kind: type[Head], prefix: str, axes: dict[str, int]) -> Head:
    return kind(
        **{name: _array(folder, arrays, f"{prefix}.{name}", shape, axes) for name, shape in kind.SHAPES.items()}
    )


def _check_encoder(folder: Path, embedding: Embedding, expected: dict[str, Any]) -> None:
    """Compare what the encoder makes of a fixed sentence with what it made of it in training."""
    probe = embedding.probe()
    stored = expected.get("probe")
    try:
        distance = float(np.abs(probe[: len(stored)] - np.array(stored, dtype=float)).max())  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise ModelError(f"{folder}: config.json has no usable encoder probe: {error}.") from error
    if not distance <= _PROBE_TOLERANCE:
        raise ModelError(
            f"{folder} was trained with {expected.get('name')} {expected.get('version')}; the installed version "
            f"{embedding.encoder.version} gives other vectors (off by {distance:.4f}). Install "
            f"{expected.get('name')}=={expected.get('version')}, or train the model again."
        )
