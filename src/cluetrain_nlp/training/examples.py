"""Encode the coded passages of the corpus, so that explanations find the nearest ones without encoding any.

    python -m cluetrain_nlp.training.examples

To be run when passages of `models/corpus` change or the encoder does.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
from safetensors.numpy import save_file

from cluetrain_nlp.classifier.embedding import load_encoder
from cluetrain_nlp.classifier.examples import VECTORS, examples_sha256, load_examples

__all__ = ["write"]

_ROOM: Final = Path(__file__).parents[1] / "classifier"


def write(folder: Path = _ROOM) -> None:
    """Write the vectors of all examples, eight bits a number, some minutes' work.

    Parameters
    ----------
    folder : pathlib.Path
        Where `examples.safetensors` is written; its place in the library by default.
    """
    embedding = load_encoder()
    vectors = embedding.embed_each([example.text for example in load_examples()])
    save_file(
        {
            "vectors": np.round(vectors * (127 / np.abs(vectors).max())).astype(np.int8),
            "probe": embedding.probe().astype(np.float32),
        },
        folder / VECTORS,
        {"encoder": embedding.encoder.name, "examples": examples_sha256()},
    )


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    write()
