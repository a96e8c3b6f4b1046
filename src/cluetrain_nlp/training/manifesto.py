"""Make the fingerprints and the vectors of the 95 theses from their authors' wording, which is no part of the library.

    python -m cluetrain_nlp.training.manifesto ORIGINALS.jsonl

The file holds one object a line, with `number` and `text_en`, for the numbers 1 to 95.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from safetensors.numpy import save_file

from cluetrain_nlp.classifier.embedding import load_encoder
from cluetrain_nlp.errors import ThesisError
from cluetrain_nlp.passages.fingerprints import shingles

__all__ = ["write"]

_ROOM: Final = Path(__file__).parents[1]


def write(originals: Mapping[int, str], folder: Path = _ROOM) -> None:
    """Write what finds quotations of the theses.

    Parameters
    ----------
    originals : mapping of int to str
        The wording of theses 1 to 95.
    folder : pathlib.Path
        Where `passages/fingerprints.json` and `classifier/manifesto.safetensors` are written; the library's own folder
        by default.

    Raises
    ------
    ThesisError
        If the numbers are others than 1 to 95.
    """
    if sorted(originals) != list(range(1, 96)):
        raise ThesisError(f"Found {len(originals)} theses; expected the numbers 1 to 95, each once.")
    hashes = {str(number): sorted(set(shingles(originals[number]))) for number in sorted(originals)}
    lines = ",\n".join(f' "{number}": {json.dumps(found)}' for number, found in hashes.items())
    (folder / "passages/fingerprints.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    embedding = load_encoder()
    vectors = embedding.embed_each([originals[number] for number in sorted(originals)])
    save_file(
        {"theses": vectors.astype(np.float16), "probe": embedding.probe().astype(np.float32)},
        folder / "classifier/manifesto.safetensors",
        {"encoder": f"{embedding.encoder.name} {embedding.encoder.version}"},
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("originals", type=Path, help="JSONL with number and text_en")
    rows = map(json.loads, parser.parse_args().originals.read_text(encoding="utf-8").splitlines())
    write({row["number"]: row["text_en"] for row in rows})
