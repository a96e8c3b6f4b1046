"""Measure the rule-based sentence boundaries on gold DocBins, beside spaCy's rule-based `sentencizer`.

    python benchmarks/sentences.py test_gsd.spacy test_emp_web.spacy

Both components get the gold tokens and nothing else. A Doc holds several sentences; where one follows the
other is the gold boundary. The first token of a Doc starts a sentence anyway and is not counted.

"all" counts every boundary: a token is right where gold and component both start a sentence.

"after . ! ? …" counts, in gold and component alike, only boundaries at candidate tokens. A token is a
candidate when the nearest token to the left that is not a quotation mark, a closing bracket, white space or
an emoticon ends in . ! ? or …. So the words behind abbreviations and ordinals are candidates (a component can
wrongly split there), headings and chat lines without a mark are none.

F is 2PR / (P + R); precision, recall and F lie in 0..1, higher is better.
"""

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from cluetrain_nlp.passages.sentences import cluetrain_sentences

SKIPPED = frozenset("\"'„“”‚‘’«»‹›)]}") | {"''"}
EMOTICON = re.compile(r"[:;=][-o]?[()DPp|/*]+|[xX]D+|\^\^|[\u2600-\u27bf\U0001f300-\U0001faff]+")
Counts = tuple[int, int, int]


def candidates(doc: Doc) -> list[bool]:
    """Tell for each token whether a sentence-final mark precedes it (see above); never the first token."""
    found = [False] * len(doc)
    after_mark = False
    for token in doc:
        found[token.i] = after_mark and token.i > 0
        text = token.text
        if not (text in SKIPPED or text.isspace() or EMOTICON.fullmatch(text)):
            after_mark = text[-1:] in (".", "!", "?", "…")
    return found


def compare(gold: list[Doc], component: Callable[[Doc], Doc]) -> tuple[Counts, Counts]:
    """Count right, found and gold boundaries: over all tokens, then over the candidates."""
    totals = [[0, 0, 0], [0, 0, 0]]
    for doc in gold:
        guess = component(Doc(doc.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc]))
        marked = candidates(doc)
        for i in range(1, len(doc)):
            is_gold, is_found = bool(doc[i].is_sent_start), bool(guess[i].is_sent_start)
            for counts in totals[: 1 + marked[i]]:
                counts[0] += is_gold and is_found
                counts[1] += is_found
                counts[2] += is_gold
    (a, b, c), (d, e, f) = totals
    return (a, b, c), (d, e, f)


def prf(counts: Counts) -> tuple[float, float, float]:
    """Return precision, recall and F of right, found and gold counts."""
    right, found, gold = counts
    precision, recall = right / max(found, 1), right / max(gold, 1)
    return precision, recall, 2 * right / max(found + gold, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("docbins", nargs="+", type=Path, help="gold Docs with sentence starts")
    arguments = parser.parse_args()
    nlp = spacy.blank("de")
    components = {"cluetrain_sentences": cluetrain_sentences, "sentencizer": nlp.add_pipe("sentencizer")}
    print(f"{'':21}{'':20} {'after . ! ? …':^23} {'all':^23}")
    print(f"{'data':21}{'component':20} " + f"{'P':>7} {'R':>7} {'F':>7} " * 2)
    for path in arguments.docbins:
        gold = list(DocBin().from_disk(path).get_docs(nlp.vocab))
        for name, component in components.items():
            every, marked = compare(gold, component)
            row = " ".join(f"{value:7.3f}" for value in (*prf(marked), *prf(every)))
            print(f"{path.stem:21}{name:20} {row}")
    print(f"{speed(nlp):,.0f} tokens/s on generated text, component alone")


def speed(nlp: Language) -> float:
    """Return the tokens per second of the component on plain sentences of ours."""
    text = "Am 3. Mai kam z. B. Frau Dr. Ahrens vorbei. „Schön hier!“, sagte sie, und blieb bis 12.30 Uhr.\n\n" * 400
    docs = [nlp.make_doc(text) for _ in range(5)]
    begin = time.perf_counter()
    for doc in docs:
        cluetrain_sentences(doc)
    return sum(map(len, docs)) / (time.perf_counter() - begin)


if __name__ == "__main__":
    main()
