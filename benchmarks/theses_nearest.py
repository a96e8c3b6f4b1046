"""Measure whether each of our thesis statements is nearest to the authors' thesis of its number.

    python benchmarks/theses_nearest.py ../shared/theses/cluetrain_en.jsonl

The file holds the authors' English wording, one object a line with `number` and `text_en`; it is no part of this
project. For our German statements, our English ones and our glosses: how many are nearest, among all 95, to the
thesis of their number by cosine of the sentence encoder (higher is better), and which are not. Then every run of
five words that our wording shares with theirs, of which there may be none.
"""

import argparse
import json
import re
from pathlib import Path

from cluetrain_nlp.classifier.embedding import load_encoder
from cluetrain_nlp.classifier.theses import load_theses

RUN = 5


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of five words, case and apostrophes ignored."""
    words = re.findall(r"[^\W_]+", text.lower().replace("’", "").replace("'", ""))
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("originals", type=Path, help="JSONL with number and text_en")
    rows = map(json.loads, parser.parse_args().originals.read_text(encoding="utf-8").splitlines())
    originals = {row["number"]: row["text_en"] for row in rows}
    numbers, embedding, theses = list(originals), load_encoder(), list(load_theses())
    theirs = embedding.embed_each(list(originals.values()))
    for field in ("text_de", "text_en", "gloss"):
        cosine = embedding.embed_each([getattr(thesis, field) for thesis in theses]) @ theirs.T
        right = 0
        for thesis, row in zip(theses, cosine, strict=True):
            nearest, own = int(row.argmax()), numbers.index(thesis.number)
            right += nearest == own
            if nearest != own and field != "gloss":
                print(f"  {thesis.number} is nearer to {numbers[nearest]}: {row[nearest]:.2f} against {row[own]:.2f}")
        print(f"{field}: {right} of {len(theses)} nearest to their own")
    known = set().union(*map(runs, originals.values()))
    shared = [
        (thesis.number, field, " ".join(run))
        for thesis in theses
        for field in ("text_de", "text_en", "gloss")
        for run in sorted(runs(getattr(thesis, field)) & known)
    ]
    print(f"runs of {RUN} words in common: {len(shared)}")
    for number, field, run in shared:
        print(f"  {number} {field}: {run}")


if __name__ == "__main__":
    main()
