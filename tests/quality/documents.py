"""Measure reading and cutting on documents of our own that were labelled by hand: every format, every role, much dirt.

python tests/quality/documents.py            # figures
python tests/quality/documents.py --pin      # pin them; add --allow-regression where a fall is meant

A document and its labels (`NAME.gold.json`) are compared word by word: the words of both are aligned in order, so a
word that the reader lost is missed, and one that it made up is wrong. Documents with an odd number could be looked at
while the rules were written ("seen"); those with an even number were measured only ("held out").
"""

import json
import re
import sys
from collections import Counter
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import trafilatura

from cluetrain_nlp.passages.transcript import is_transcript_line
from cluetrain_nlp.posts.read import read_posts
from cluetrain_nlp.posts.repair import repair
from cluetrain_nlp.scoring import passages

FOLDER = Path(__file__).parents[1] / "data/documents"
FILE = Path(__file__).with_name("documents.json")
MAIN = ("body", "quote", "heading")
ROLES = ("body", "quote", "comment", "heading", "boilerplate")
EPSILON = 0.0005


def documents():
    """Give each document with its labels."""
    for gold in sorted(FOLDER.glob("*.gold.json")):
        name = gold.name.removesuffix(".gold.json")
        (path,) = (file for file in FOLDER.glob(f"{name}.*") if file != gold)
        yield path, json.loads(gold.read_text(encoding="utf-8"))


def held_out(path):
    return int(re.search(r"\d+", path.name)[0]) % 2 == 0


def words(text):
    return re.findall(r"\w+", text.lower())


def labelled(parts):
    """Give every word with the role, speaker, language and part that it has."""
    for number, part in enumerate(parts):
        for word in words(part["text"]):
            yield word, part["role"], part.get("speaker") or "", part.get("language") or "", number


def cut(path):
    """Read and cut one document; lines of a transcript, which no document holds, are left out."""
    posts = read_posts(path)
    found = passages(posts.head(1), nlp="builtin").to_dict("records")
    for part in found:
        part["text"] = "\n".join(line for line in part["text"].split("\n") if not is_transcript_line(line.strip()))
    return [part for part in found if part["text"].strip()]


def compare(gold, found):
    """Count what is right for each role, at the boundaries, for speakers, languages and citations."""
    counts = Counter()
    ours, theirs = list(labelled(found)), list(labelled(gold["segments"]))
    matcher = SequenceMatcher(None, [w[0] for w in theirs], [w[0] for w in ours], autojunk=False)
    pairs = [(theirs[a + k], ours[b + k]) for a, b, n in matcher.get_matching_blocks() for k in range(n)]
    for label, items in (("gold", theirs), ("found", ours)):
        for item in items:
            counts[item[1], label] += 1
    for right, got in pairs:
        counts[right[1], "right"] += right[1] == got[1]
        if right[1] == got[1] == "comment":
            counts["speaker", "gold"] += 1
            counts["speaker", "right"] += right[2] == got[2]
        if right[1] in ("body", "quote", "comment") and right[3]:
            counts["language", "gold"] += 1
            counts["language", "right"] += right[3] == got[3]
    edges = [{k for k in range(len(pairs) - 1) if pairs[k][side][1:3] != pairs[k + 1][side][1:3]} for side in (0, 1)]
    counts["boundary", "gold"] += len(edges[0])
    counts["boundary", "found"] += len(edges[1])
    counts["boundary", "right"] += len(edges[0] & edges[1])
    cited = [
        {(n, number) for n, part in enumerate(gold["segments"]) for number in part.get("cites", ())},
        {(n, int(number)) for n, part in enumerate(found) for number in part["cites"].split()},
    ]
    wanted, got = Counter(number for _, number in cited[0]), Counter(number for _, number in cited[1])
    counts["cites", "gold"] += wanted.total()
    counts["cites", "found"] += got.total()
    counts["cites", "right"] += (wanted & got).total()
    return counts


def figures(counts):
    """F1 for roles, boundaries and citations; shares of words for speakers and languages."""
    found = {}
    for name in (*ROLES, "boundary", "cites"):
        right, total = counts[name, "right"], counts[name, "gold"] + counts[name, "found"]
        found[name] = round(2 * right / total, 4) if total else float("nan")
    for name in ("speaker", "language"):
        found[name] = round(counts[name, "right"] / max(1, counts[name, "gold"]), 4)
    return found


@cache
def measure():
    """Figures of all documents, of those held out, and support."""
    totals = {"all": Counter(), "held out": Counter(), "seen": Counter()}
    for path, gold in documents():
        counts = compare(gold, cut(path))
        for name in ("all", "held out" if held_out(path) else "seen"):
            totals[name].update(counts)
    result = {name: figures(counts) for name, counts in totals.items()}
    result["support"] = {
        name: totals["all"][name, "gold"] for name in (*ROLES, "boundary", "cites", "speaker", "language")
    }
    return result


@cache
def pages():
    """F1 of the words of the main text of HTML pages, by trafilatura alone and by us; and what of its words we lose."""
    counts = Counter()
    for path, gold in documents():
        if path.suffix == ".html":
            found = cut(path)
            theirs = bag(
                repair(trafilatura.extract(path.read_bytes(), favor_recall=True, include_comments=False) or "")
            )
            wanted = bag(*(part["text"] for part in gold["segments"] if part["role"] in MAIN))
            ours = bag(*(part["text"] for part in found if part["role"] in MAIN))
            counts["lost"] += (theirs - bag(*(part["text"] for part in found))).total()
            counts["trafilatura", "right"] += (theirs & wanted).total()
            counts["trafilatura", "all"] += theirs.total() + wanted.total()
            counts["ours", "right"] += (ours & wanted).total()
            counts["ours", "all"] += ours.total() + wanted.total()
    f1 = {name: round(2 * counts[name, "right"] / counts[name, "all"], 4) for name in ("trafilatura", "ours")}
    return {**f1, "lost": counts["lost"]}


def bag(*texts):
    """Count the words of texts."""
    return Counter(word for text in texts for word in words(text))


def worse(pinned, measured):
    """Tell which figures fell by more than `EPSILON`."""
    return [
        f"{part} {name} was {floor}, is {measured[part][name]}"
        for part in ("all", "held out")
        for name, floor in pinned[part].items()
        if not measured[part][name] >= floor - EPSILON
    ]


def main():
    measured = measure()
    width = max(map(len, measured["support"]))
    sys.stdout.write(f"{'':{width}}  all    held out  seen   support\n")
    for name, support in measured["support"].items():
        row = "  ".join(f"{measured[part][name]:.3f}".ljust(len(part)) for part in ("all", "held out", "seen"))
        sys.stdout.write(f"{name:{width}}  {row}  {support}\n")
    sys.stdout.write("main text of pages: trafilatura {trafilatura:.3f}, ours {ours:.3f}\n".format(**pages()))
    if "--pin" in sys.argv[1:]:
        fallen = worse(json.loads(FILE.read_text()), measured) if FILE.exists() else []
        if fallen and "--allow-regression" not in sys.argv[1:]:
            sys.exit("Worse than pinned:\n" + "\n".join(fallen) + "\nIf that is meant, add --allow-regression.")
        FILE.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
