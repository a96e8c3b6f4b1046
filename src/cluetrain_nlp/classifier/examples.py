"""The coded passages that the bundled model learned from, to be shown as examples, and their vectors."""

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from cluetrain_nlp.classifier.embedding import Embedding
from cluetrain_nlp.classifier.tracking import unit
from cluetrain_nlp.errors import ModelError

__all__ = ["VECTORS", "Example", "example_vectors", "examples_sha256", "load_examples"]

#: The file of vectors in this room, which `cluetrain_nlp.training.examples` writes.
VECTORS: Final = "examples.safetensors"

#: Nothing of the corpus's test split is ever shown as an example.
_LEARNED: Final = ("train", "dev")

#: How far the encoder's probe vector may lie from the one of the encoder that made the vectors.
_PROBE_TOLERANCE: Final = 1e-3


class Example(NamedTuple):
    """One passage of the training corpus and its codes.

    Attributes
    ----------
    id : str
    text : str
    codes : dict of int to str
        Thesis number to grade (1 to 3) and stance, such as "3 supports".
    voice : float or None
        0 (conversation) to 4 (broadcast); None where it was not coded.
    """

    id: str
    text: str
    codes: dict[int, str]
    voice: float | None

    def code(self, thesis: int | None) -> str:
        """Say in a few words what was coded, of a thesis or of the voice (None)."""
        if thesis is None:
            return f"voice {self.voice:g}" if self.voice is not None else "voice not coded"
        if thesis in self.codes:
            return f"thesis {thesis}: {self.codes[thesis]}"
        others = ", ".join(str(number) for number, code in sorted(self.codes.items()) if code[0] in "23")
        return f"takes up {others}, not {thesis}" if others else "takes up no thesis"


@lru_cache(maxsize=1)
def load_examples() -> tuple[Example, ...]:
    """Read the passages that the bundled model learned from.

    Returns
    -------
    tuple of Example
        In the order of the corpus's files: pilot passages, passages of posts.

    Examples
    --------
    >>> from cluetrain_nlp.classifier.examples import load_examples
    >>> load_examples()[0].id
    'p001-1'
    """
    folder = Path(str(resources.files("cluetrain_nlp.models") / "corpus"))
    posts = {post["id"]: post for post in _lines(folder / "posts.jsonl")}
    return (
        *(_coded(entry, entry["text"]) for entry in _lines(folder / "pilot.jsonl")),
        *(
            _coded(entry, posts[entry["post"]]["text"][entry["start"] : entry["end"]])
            for entry in _lines(folder / "codes.jsonl")
            if posts[entry["post"]]["split"] in _LEARNED
        ),
    )


def examples_sha256() -> str:
    """Hash the ids and texts of the examples, by which vectors know what they are of.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for example in load_examples():
        digest.update(f"{example.id}\n{example.text}\n".encode())
    return digest.hexdigest()


@lru_cache(maxsize=2)
def example_vectors(embedding: Embedding) -> NDArray[np.float64]:
    """Give the vectors of all examples; those of the bundled model's encoder are at hand.

    Parameters
    ----------
    embedding : Embedding
        Another encoder than the bundled model's encodes all examples when they are first asked for.

    Returns
    -------
    numpy.ndarray, shape (n, d)
        Unit vectors, rounded to eight bits where they were at hand.

    Raises
    ------
    ModelError
        If the file of vectors is damaged, or was made from other examples or with another version of the encoder.

    Examples
    --------
    >>> from cluetrain_nlp.classifier.embedding import load_encoder
    >>> from cluetrain_nlp.classifier.examples import example_vectors, load_examples
    >>> example_vectors(load_encoder()).shape == (len(load_examples()), 512)
    True
    """
    path = Path(str(resources.files("cluetrain_nlp.classifier") / VECTORS))
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata()
            if metadata["encoder"] != embedding.encoder.name:
                return embedding.embed_each([example.text for example in load_examples()])
            vectors, probe = file.get_tensor("vectors"), file.get_tensor("probe")
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelError(f"{path} cannot be read: {error!r}. Install the library again.") from error
    if metadata["examples"] != examples_sha256() or np.abs(embedding.probe() - probe).max() > _PROBE_TOLERANCE:
        raise ModelError(
            f"{path} was made from other examples than those in models/corpus, or with another version of the encoder "
            "than the installed one. Make it anew: python -m cluetrain_nlp.training.examples"
        )
    return unit(vectors.astype(np.float64))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _coded(entry: dict[str, Any], text: str) -> Example:
    stance = entry.get("stance", "")
    stances = stance if isinstance(stance, dict) else dict.fromkeys(entry["theses"], stance)
    codes = {int(number): f"{grade} {stances.get(number, '')}".strip() for number, grade in entry["theses"].items()}
    return Example(entry["id"], text.strip(), codes, entry.get("voice"))
