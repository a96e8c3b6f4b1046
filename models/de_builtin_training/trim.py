"""Turn a trained pipeline into the one that is shipped: smaller, with the lemma table, doing the same.

    python trim.py TRAINED LEMMA_TABLE.json.gz OUT

Three things make it small. The static vectors are multiplied with the weights that read them, once and for
all (747 x 1100 numbers become 747 x 96). Vectors of words beyond the most frequent ones go. Strings that only
the training text needed go. The same input gives the same bytes.
"""

import argparse
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import spacy
import srsly
from spacy.language import Language
from spacy.ml.staticvectors import StaticVectors
from spacy.vectors import Vectors

import cluetrain_nlp.passages.lemmas  # noqa: F401  (registers the component)

HERE = Path(__file__).parent
WORDS = 150_000
META = {
    "name": "builtin",
    "version": "0.1.0",
    "spacy_version": ">=3.8.7,<3.9.0",
    "description": "German pipeline of cluetrain_nlp: STTS tags, morphology, UD trees, lemmas, sentences",
    "author": "The cluetrain_nlp authors",
    "license": "CC BY-SA 4.0",
}


def project_vectors(nlp: Language) -> None:
    """Replace the vectors by what the first layer makes of them, and that layer's weights by the identity."""
    old = nlp.vocab.vectors
    model = nlp.get_pipe("tok2vec").model
    layers = [node for node in model.walk() if node.name == "static_vectors"]
    if len(layers) != 1:
        raise SystemExit(
            f"Found {len(layers)} layers that read static vectors, expected 1: the pipeline has another architecture."
        )
    weights = layers[0].get_param("W")
    data = (old.data.astype(np.float64) @ weights.T.astype(np.float64)).astype(np.float32)
    width = len(weights)
    reader = StaticVectors(nO=width, nM=width, dropout=layers[0].attrs["dropout_rate"])
    reader.set_param("W", np.eye(width, dtype=np.float32))
    model.replace_node(layers[0], reader)
    # Keys are in the order in which vectors.py added them: most frequent first.
    kept = list(old.key2row.items())[:WORDS]
    new = Vectors(strings=nlp.vocab.strings, data=data, name="brown_projected")
    for key, row in kept:
        new.add(key, row=row)
    nlp.vocab.vectors = new


def needed_strings(nlp: Language, folder: Path) -> Iterator[str]:
    """Strings without which the written pipeline would not do the same: labels, morphology, edit trees, tokenizer."""
    yield from spacy.blank(nlp.lang).vocab.strings
    for labels in nlp.pipe_labels.values():
        for label in labels:
            yield label
            for feature in label.split("|"):
                yield feature
                yield from feature.split("=")
    for node in srsly.read_msgpack(folder / "lemmatizer" / "trees")["trees"]:
        yield from (nlp.vocab.strings[node[part]] for part in ("orig", "subst") if node.get(part))
    for pattern in nlp.get_pipe("attribute_ruler").patterns:
        yield from pattern["attrs"].values()


def add_components(nlp: Language, lemma_table: Path) -> None:
    """Add what is not trained: coarse tags by STTS tag, and the lemma table behind the lemmatizer."""
    if "attribute_ruler" not in nlp.pipe_names:
        ruler = nlp.add_pipe("attribute_ruler")
        ruler.add_patterns(srsly.read_json(HERE / "coarse_tags.json"))
    table = nlp.add_pipe("cluetrain_lemma_table", after="lemmatizer")
    table.from_bytes(lemma_table.read_bytes())


def main() -> None:
    """Write the trimmed pipeline."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path)
    parser.add_argument("lemma_table", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    nlp = spacy.load(options.trained)
    project_vectors(nlp)
    add_components(nlp, options.lemma_table)
    nlp.meta.update(META)
    nlp.meta.pop("performance", None)
    # Paths of the machine that trained it have no meaning elsewhere.
    nlp.config["paths"] = dict.fromkeys(nlp.config["paths"])

    card = options.out / "README.md"
    card_text = card.read_bytes() if card.exists() else None
    if options.out.exists():
        if any(options.out.iterdir()) and not (options.out / "meta.json").exists():
            raise SystemExit(f"{options.out} holds something that is no pipeline: nothing was written.")
        shutil.rmtree(options.out)
    nlp.to_disk(options.out)
    strings = sorted(set(needed_strings(nlp, options.out)) - {""})
    (options.out / "vocab" / "strings.json").write_text(json.dumps(strings, ensure_ascii=False), encoding="utf-8")
    if card_text is not None:
        card.write_bytes(card_text)


if __name__ == "__main__":
    main()
