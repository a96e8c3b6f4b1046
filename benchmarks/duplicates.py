"""Measure time, memory and recall of the search for near-duplicates on made-up passages.

    python benchmarks/duplicates.py 100000 [1000000 ...]

Words are drawn by Zipf's law from 30,000, passages are 10 to 250 words long, 50 on average. One in ten is a copy of
another one with up to six words changed. "pairs" are the copies whose true similarity to their original reaches the
threshold; "recall" is the share of them of which one is dropped when only representatives and passages without a
group are kept. "false" counts rows whose similarity, computed anew from the words, is below the threshold. "peak" is
the most memory that the searching process has had, with imports and the passages themselves.
"""

import argparse
import resource
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from cluetrain_nlp.study.duplicates import find_duplicates

VOCABULARY = 30_000
CHANGES = 6


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return set(zip(words, words[1:], words[2:], strict=False))


def jaccard(one: str, other: str) -> float:
    first, second = shingles(one), shingles(other)
    return len(first & second) / len(first | second)


def invent(count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Passages in random order, and which are copies of which."""
    generator = np.random.default_rng(count)
    weights = 1 / np.arange(1, VOCABULARY + 1)
    weights /= weights.sum()
    names = np.array([f"wort{number}" for number in range(VOCABULARY)], dtype=object)
    originals = count - count // 10
    lengths = generator.gamma(3, 17, originals).astype(int).clip(10, 250)
    ends = np.cumsum(lengths)
    words = generator.choice(VOCABULARY, ends[-1], p=weights).astype(np.int32)
    texts = [" ".join(names[words[end - length : end]]) for end, length in zip(ends, lengths, strict=True)]
    copied = generator.integers(0, originals, count - originals)
    for source in copied:
        copy = words[ends[source] - lengths[source] : ends[source]].copy()
        for place in generator.integers(0, len(copy), generator.integers(0, CHANGES + 1)):
            copy[place] = generator.integers(VOCABULARY)
        texts.append(" ".join(names[copy]))
    ids = generator.permutation(count)
    frame = pd.DataFrame({"post_id": [f"p{number:08}" for number in ids], "passage": 0, "text": texts, "error": ""})
    pairs = pd.DataFrame({"original": copied, "copy": np.arange(originals, count)})
    return frame, pairs


def peak() -> float:
    """Most memory that this process has had, in MB."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def search(folder: Path, threshold: float) -> None:
    """Search the passages of a folder in this process, and leave there what was found, in what time and memory."""
    frame = pd.read_parquet(folder / "passages.parquet")
    start = time.perf_counter()
    found = find_duplicates(frame, threshold=threshold)
    found.attrs = {"seconds": time.perf_counter() - start, "peak": peak()}
    found.to_parquet(folder / "found.parquet")


def measure(count: int, threshold: float) -> None:
    frame, pairs = invent(count)
    with tempfile.TemporaryDirectory() as folder:
        frame.to_parquet(Path(folder, "passages.parquet"))
        child = get_context("spawn").Process(target=search, args=(Path(folder), threshold))
        child.start()
        child.join()
        found = pd.read_parquet(Path(folder, "found.parquet"))
    texts, ids = frame["text"].tolist(), frame["post_id"].tolist()
    true = [(ids[a], ids[b]) for a, b in pairs.itertuples(index=False) if jaccard(texts[a], texts[b]) >= threshold]
    dropped = set(found["post_id"][found["post_id"] != found["of_post_id"]])
    recall = np.mean([bool({*pair} & dropped) for pair in true])
    by_id = dict(zip(ids, texts, strict=True))
    members = zip(found["post_id"], found["of_post_id"], strict=True)
    false = sum(jaccard(by_id[post], by_id[first]) < threshold for post, first in members)
    seconds, most = found.attrs["seconds"], found.attrs["peak"]
    print(
        f"{count:9,} passages  threshold {threshold}  {seconds:7.1f} s  peak {most:6,.0f} MB  {len(true):7,} pairs  "
        f"recall {recall:.4f}  {len(found):8,} rows  {false} false",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", nargs="+", type=int, help="numbers of passages")
    parser.add_argument("--threshold", type=float, default=0.8)
    arguments = parser.parse_args()
    for count in arguments.counts:
        measure(count, arguments.threshold)


if __name__ == "__main__":
    main()
