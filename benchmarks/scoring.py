"""Measure the speed of scoring on one core, and where the time goes.

    python benchmarks/scoring.py examples/posts

Every figure is the best of three runs with an empty cache, so repeated passages cost what new ones cost. "cut":
tokens, sentences, passages, roles, languages. "encode": passages and their sentences to vectors. "style": the style
measurements. "terms": words and letter sequences. "judge": the two heads. "whole": `score` on a frame, everything
included.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
from spacy.tokens import Span
from threadpoolctl import threadpool_limits

from cluetrain_nlp.classifier.artefact import load_model
from cluetrain_nlp.classifier.embedding import Embedding
from cluetrain_nlp.classifier.style import sentences, style
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc, pipeline_id
from cluetrain_nlp.passages.split import split
from cluetrain_nlp.posts.read import read_posts
from cluetrain_nlp.scoring import SCORED_ROLES, score_frame


def best(run: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measure(posts: pd.DataFrame) -> None:
    model, nlp = load_model(), load_nlp("builtin")
    targets = model.targets()

    def cut() -> list[Span]:
        docs = [split(make_doc(nlp, text)) for text in posts["text"]]
        return [span for doc in docs for span in doc.spans["passages"] if span._.role in SCORED_ROLES]

    spans = cut()
    groups = [(span.text, *(part.text for part in sentences(span))) for span in spans]
    evidence = [model.measure(span) for span in spans]

    def encode() -> None:
        embedding = Embedding(model.embedding.encoder)
        for group in groups:
            embedding.embed(group)

    def judge() -> None:
        for measured in evidence:
            model.tracking.probabilities(measured, targets)
            model.voice.broadcast(measured)

    def whole() -> None:
        fresh = replace(model, embedding=Embedding(model.embedding.encoder))
        score_frame(posts[["post_id", "text"]], model=fresh, nlp="builtin")

    def terms() -> None:
        for span in spans:
            model.words.vector(span.text)
            model.letters.vector(span.text)

    words = sum(len(span.text.split()) for span in spans)
    print(f"{len(posts)} posts, {len(spans)} scored passages, {words} words; {pipeline_id(nlp)}, one thread")
    parts = {
        "cut": cut,
        "encode": encode,
        "style": lambda: [style(span) for span in spans],
        "terms": terms,
        "judge": judge,
    }
    for name, run in {**parts, "whole": whole}.items():
        seconds = best(run)
        print(f"  {name:7} {1000 * seconds / len(spans):7.2f} ms a passage  {len(spans) / seconds:9,.0f} passages/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("posts", type=Path, help="what `cluetrain score` reads")
    with threadpool_limits(limits=1):
        measure(read_posts(parser.parse_args().posts))


if __name__ == "__main__":
    main()
