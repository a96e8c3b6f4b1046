"""Measure a German pipeline on gold DocBins, given the gold tokens.

    python benchmarks/pipeline.py builtin test_gsd.spacy test_emp_web.spacy

TAG, POS, MORPH, LEMMA: share of tokens that are right, of those that have a gold value; LEMMA also without
the lemma table. UAS, LAS: share of tokens with the right head, and with the right head and label (no
punctuation). SENT F: sentence boundaries after . ! ? … as in benchmarks/sentences.py, by our rules and, for a
pipeline that has one, by its own senter. All lie in 0..1, higher is better; "-" where the DocBin has no gold
values. Labels are compared as they are: a pipeline with TIGER's labels gets no LAS worth reading on UD trees.

Speed is told as ratios, because machines differ: how many times longer the whole pipeline takes than
`make_doc`, which is all that scoring needs.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import spacy
from sentences import compare
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc, DocBin, Token
from spacy.training import Example

from cluetrain_nlp.passages.pipeline import load_nlp, make_doc, pipeline_id
from cluetrain_nlp.passages.sentences import cluetrain_sentences

TABLE = "cluetrain_lemma_table"


def bare(doc: Doc) -> Doc:
    return Doc(doc.vocab, words=[token.text for token in doc], spaces=[bool(token.whitespace_) for token in doc])


def annotate(nlp: Language, gold: list[Doc], without: str = "") -> list[Example]:
    """Run all components but `without` on the gold tokens."""
    examples = []
    for doc in gold:
        guess = bare(doc)
        for name, component in nlp.pipeline:
            guess = component(guess) if name != without else guess
        examples.append(Example(guess, doc))
    return examples


def share_right(examples: list[Example], name: str) -> float | None:
    coded = [example for example in examples if example.reference.has_annotation(name)]
    attribute = name.lower()
    share: float | None = Scorer.score_token_attr(coded, attribute)[f"{attribute}_acc"]
    return share


def label_or_head(token: Token, attribute: str) -> object:
    """Labels as strings, so that the scorer can tell punctuation."""
    return token.dep_.lower() if attribute == "dep" else getattr(token, attribute)


def measure(nlp: Language, gold: list[Doc], senter: Language | None) -> dict[str, float | None]:
    """Figures of one DocBin, in the order in which they are printed."""
    examples = annotate(nlp, gold)
    found = {name: share_right(examples, name) for name in ("TAG", "POS", "MORPH", "LEMMA")}
    if TABLE in nlp.pipe_names:
        found["LEMMA, no table"] = share_right(annotate(nlp, gold, TABLE), "LEMMA")
    trees = [example for example in examples if example.reference.has_annotation("DEP")]
    scored = Scorer.score_deps(
        trees,
        "dep",
        head_attr="head",
        getter=label_or_head,
        labels=nlp.get_pipe("parser").labels if "parser" in nlp.pipe_names else (),
        ignore_labels=("p", "punct"),
    )
    found |= {"UAS": scored["dep_uas"], "LAS": scored["dep_las"]}
    found["SENT F, rules"] = boundary_f(gold, cluetrain_sentences)
    if senter is not None:
        found["SENT F, senter"] = boundary_f(gold, senter.get_pipe("senter"))
    return found


def boundary_f(gold: list[Doc], component: Callable[[Doc], Doc]) -> float:
    right, guessed, expected = compare(gold, component)[1]
    return 2 * right / max(1, guessed + expected)


def slowness(nlp: Language, texts: list[str]) -> tuple[float, float]:
    """How many times longer than `make_doc` the whole pipeline takes; and tokens per second of the whole."""
    start = time.perf_counter()
    tokens = sum(len(make_doc(nlp, text)) for text in texts)
    cut = time.perf_counter() - start
    start = time.perf_counter()
    for _ in nlp.pipe(texts):
        pass
    whole = time.perf_counter() - start
    return whole / cut, tokens / whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pipeline", help='"auto", "builtin", an installed package, or a folder')
    parser.add_argument("docbins", type=Path, nargs="+")
    parser.add_argument("--senter", type=Path, help="folder of a pipeline with a senter, to measure beside our rules")
    options = parser.parse_args()
    nlp = load_nlp(options.pipeline)
    senter = spacy.load(options.senter) if options.senter else None
    print(pipeline_id(nlp), nlp.pipe_names)
    for path in options.docbins:
        gold = list(DocBin().from_disk(path).get_docs(nlp.vocab))
        print(f"\n{path.stem}: {sum(map(len, gold))} tokens")
        for name, value in measure(nlp, gold, senter).items():
            print(f"  {name:16} {'-' if value is None else f'{value:.3f}'}")
        ratio, speed = slowness(nlp, [doc.text for doc in gold])
        print(f"  whole pipeline : make_doc = {ratio:.1f} : 1 ({speed:,.0f} tokens/s here)")


if __name__ == "__main__":
    main()
