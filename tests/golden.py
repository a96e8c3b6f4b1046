"""The golden scores: twelve short texts of our own, and what the shipped model gives them.

python tests/golden.py            # compare
python tests/golden.py --update   # write what the model gives now, after a new model version
"""

import json
import sys
from pathlib import Path

from cluetrain_nlp.scoring import score

FILE = Path(__file__).parent / "data" / "golden.jsonl"
TOLERANCE = 1e-4
#: The theses of each text beside its most tracked one; fixed, so that other ranks do not hide moved numbers.
ALWAYS = (1, 62)


def read():
    """Give the texts with the scores that were written last."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def measure(rows):
    """Score the texts of `rows` anew, in the same form."""
    texts = [row["text"] for row in rows]
    scores = score(texts, top=None, unit="post", nlp="builtin")
    model = scores.attrs["model"]
    return [
        {
            "text": text,
            "model": model,
            "broadcast": number(passage["broadcast"].iloc[0]),
            "thesis": int(passage["thesis"].iloc[0]),
            "tracks": {
                str(thesis): number(tracks)
                for thesis, tracks in zip(passage["thesis"], passage["tracks"], strict=True)
                if thesis in (passage["thesis"].iloc[0], *ALWAYS)
            },
        }
        for text, (_, passage) in zip(texts, scores.groupby("post_id", sort=False), strict=True)
    ]


def number(value):
    """Six digits, or None where there is no number."""
    return None if value != value else round(float(value), 6)


def moved(old, new):
    """Tell which numbers of the new rows lie further than `TOLERANCE` from the old ones."""
    found = []
    for before, after in zip(old, new, strict=True):
        pairs = {"broadcast": (before["broadcast"], after["broadcast"])}
        for thesis in before["tracks"]:
            pairs[f"tracks {thesis}"] = (before["tracks"][thesis], after["tracks"].get(thesis))
        for name, (one, other) in pairs.items():
            if (one is None) != (other is None) or (one is not None and abs(one - other) > TOLERANCE):
                found.append(f"{before['text'][:40]}…: {name} was {one}, is {other}")
    return found


def main():
    old = read()
    new = measure(old)
    changes = moved(old, new)
    if "--update" in sys.argv[1:]:
        FILE.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in new), encoding="utf-8")
        sys.stdout.write(f"{len(changes)} number(s) moved. Say so under Scores in CHANGELOG.md.\n")
    elif changes:
        sys.exit("\n".join(changes))


if __name__ == "__main__":
    main()
