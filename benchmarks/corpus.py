"""Count the corpus, and measure how varied it is, beside other passages where a file of them is given.

    python benchmarks/corpus.py [coded.jsonl]

"openings": share of passages whose first three words no other passage of another post has. "types": different words
among the first so many thousand words, passages in random order. "nearest": mean cosine of a passage's vector and its
nearest neighbour in another post, among 400 passages drawn at random. "tells": how well a bag of words tells passages
of one kind from the others, posts kept whole, beside the share of the largest kind: little is good.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from cluetrain_nlp.classifier.embedding import load_encoder
from cluetrain_nlp.classifier.theses import load_theses
from cluetrain_nlp.training.corpus import SPLITS, Coded, read_coded, read_corpus, read_situations

SAMPLE = 400
SIZES = (10_000, 25_000, 50_000, 100_000, 200_000)


def count(coded: dict[str, list[Coded]]) -> None:
    """Print passages by split and voice, and theses by what they have."""
    rows = []
    for split, passages in coded.items():
        voices = [passage.voice for passage in passages if passage.voice is not None]
        steps = Counter(int(voice) for voice in voices)
        rows.append(
            {
                "split": split,
                "posts": len({passage.group for passage in passages}),
                "passages": len(passages),
                "words": sum(len(passage.text.split()) for passage in passages),
                **{f"voice {step}": steps[step] for step in range(5)},
                "tracking": sum(bool(passage.tracked) for passage in passages),
                "at voice >= 2": sum(bool(p.tracked) and (p.voice or 0) >= 2 for p in passages),
                "opposing": sum(bool(passage.opposed & passage.taken_up) for passage in passages),
            }
        )
    print(pd.DataFrame(rows).to_string(index=False), end="\n\n")
    every = [passage for passages in coded.values() for passage in passages]
    situations = read_situations()
    theses = pd.DataFrame(
        {
            "thesis": thesis.number,
            "passages": sum(thesis.number in passage.tracked for passage in every),
            "posts": len({passage.group for passage in every if thesis.number in passage.tracked}),
            "opposing": sum(thesis.number in passage.opposed & passage.taken_up for passage in every),
            "reporting": sum(thesis.number in passage.reported & passage.taken_up for passage in every),
            "lip service": sum(thesis.number in p.tracked - p.reported and (p.voice or 0) >= 3 for p in every),
            "situations": sum(thesis.number in situation.grades for situation in situations),
        }
        for thesis in load_theses()
    ).set_index("thesis")
    print("what the 95 theses have: fewest, quarter, median, most")
    print(theses.quantile([0, 0.25, 0.5, 1]).to_string(index=False), end="\n\n")
    for name, wanted in {"passages": 20, "posts": 12, "opposing": 3, "reporting": 3, "lip service": 3}.items():
        short = theses[theses[name] < wanted][name]
        print(f"{name} < {wanted}: {len(short)} theses", dict(short))
    print()


def variety(sets: dict[str, list[Coded]]) -> None:
    """Print how varied the passages of each set are."""
    generator = np.random.default_rng(0)
    embedding = load_encoder()
    rows = []
    for name, passages in sets.items():
        order = generator.permutation(len(passages))
        openings: dict[tuple[str, ...], set[str]] = {}
        for passage in passages:
            openings.setdefault(tuple(passage.text.lower().split()[:3]), set()).add(passage.group)
        words = [word.lower() for row in order for word in passages[row].text.split()]
        drawn = [passages[row] for row in order[:SAMPLE]]
        vectors = embedding.embed_each([passage.text for passage in drawn])
        groups = np.array([passage.group for passage in drawn])
        similarity = np.where(groups[:, None] == groups[None, :], -1.0, vectors @ vectors.T)
        rows.append(
            {
                "set": name,
                "passages": len(passages),
                "openings": np.mean([len(openings[tuple(p.text.lower().split()[:3])]) == 1 for p in passages]),
                **{f"types {size // 1000}k": len(set(words[:size])) for size in SIZES if len(words) >= size},
                "nearest": similarity.max(axis=1).mean(),
                "words": np.mean([len(passage.text.split()) for passage in passages]),
            }
        )
    print(pd.DataFrame(rows).round(3).to_string(index=False), end="\n\n")


def tells(what: str, passages: Sequence[Coded], labels: Sequence[str]) -> None:
    """Print how well a bag of words tells the labels."""
    inputs = TfidfVectorizer(min_df=3, sublinear_tf=True).fit_transform([passage.text for passage in passages])
    groups = [passage.group for passage in passages]
    with threadpool_limits(limits=1):
        guess = cross_val_predict(LogisticRegression(max_iter=300), inputs, labels, groups=groups, cv=GroupKFold(5))
    largest = Counter(labels).most_common(1)[0][1] / len(labels)
    right = np.mean(guess == np.array(labels))
    print(f"a bag of words tells the {what}: {right:.3f} right, the largest has {largest:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("other", nargs="?", type=Path, help="coded passages by other authors, JSONL")
    other = parser.parse_args().other
    coded = {split: read_corpus([split]) for split in SPLITS}
    count(coded)
    sets = {**coded, "situations": read_situations()}
    if other:
        sets["other"] = read_coded(other)
    variety(sets)
    posts = [passage for passages in coded.values() for passage in passages if passage.hand]
    tells("writer (hand)", posts, [passage.hand for passage in posts])
    tells("genre", posts, [passage.genre for passage in posts])
    tells("split", posts, ["test" if passage in coded["test"] else "train" for passage in posts])
    if other:
        both = [*posts, *sets["other"]]
        tells("corpus from the others", both, ["own"] * len(posts) + ["other"] * len(sets["other"]))


if __name__ == "__main__":
    main()
