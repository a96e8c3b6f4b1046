"""Make the static vectors that training reads: Brown clusters of frequent German words, as columns of zeros and ones.

    python vectors.py OUT_FOLDER

Words and clusters come from the package spacy-lookups-data 1.0.5 (MIT). A cluster is a path in a binary tree,
lowest bit first, so each word gets a one for its cluster and one for each of some longer and shorter
beginnings of the path.
"""

import argparse
import gzip
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import spacy
from spacy.vectors import Vectors

WORDS = 250_000
PATH_LENGTHS = (4, 6, 8, 10, 12)


def word_clusters() -> dict[str, int]:
    """Cluster of each of the most frequent words that have one, most frequent first."""
    packed = (files("spacy_lookups_data") / "data" / "de_lexeme_cluster.json.gz").read_bytes()
    clustered = [(word, cluster) for word, cluster in json.loads(gzip.decompress(packed)).items() if cluster]
    return dict(clustered[:WORDS])


def cluster_rows(clusters: list[int]) -> np.ndarray:
    """Rows of zeros and ones, shape (clusters, columns); columns that would be the same are kept once."""
    groups: dict[frozenset[int], None] = {}
    for bits in (*PATH_LENGTHS, max(clusters).bit_length()):
        shared: dict[int, set[int]] = {}
        for cluster in clusters:
            shared.setdefault(cluster & ((1 << bits) - 1), set()).add(cluster)
        groups.update(dict.fromkeys(frozenset(group) for group in shared.values()))
    return np.array([[cluster in group for group in groups] for cluster in clusters], dtype=np.float32)


def main() -> None:
    """Write an empty German pipeline that has the vectors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    words = word_clusters()
    clusters = sorted(set(words.values()))
    row_of = {cluster: row for row, cluster in enumerate(clusters)}
    nlp = spacy.blank("de")
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, data=cluster_rows(clusters), name="brown")
    for word, cluster in words.items():
        nlp.vocab.vectors.add(nlp.vocab.strings.add(word), row=row_of[cluster])
    nlp.to_disk(options.out)


if __name__ == "__main__":
    main()
