"""Measure a report on a large corpus: time, memory, and size of the file.

python benchmarks/report.py [PASSAGES]

The scores are made up: a million passages by default, ten a post, three theses each, 400 companies, twenty years.
"""

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.show.report import to_html
from cluetrain_nlp.show.summary import summarize

_PER_POST = 10
_TOP = 3
_WORDS = (
    "wir uns ihr Kunden reden Markt Dialog Vertrauen Qualität gern doch mal Lösung Zukunft Menschen schreiben".split()
)


def make_scores(passages):
    random = np.random.default_rng(0)
    number = np.repeat(np.arange(passages), _TOP)
    voice = random.beta(0.6, 0.9, passages)
    tracks = np.sort(random.beta(0.3, 4, (passages, _TOP)), axis=1)[:, ::-1].ravel()
    texts = np.array([" ".join(random.choice(_WORDS, 60)) for _ in range(2000)], dtype=object)
    frame = pd.DataFrame(
        {
            "post_id": pd.array([f"post-{post:07}" for post in range(-(-passages // _PER_POST))], dtype="str").take(
                number // _PER_POST
            ),
            "passage": number % _PER_POST,
            "start": 0,
            "end": 400,
            "role": np.where(number % 7, "body", "comment"),
            "speaker": "",
            "language": "de",
            "cites": "",
            "text": pd.array(texts, dtype="str").take(number % len(texts)),
            "broadcast": np.repeat(voice, _TOP),
            "rank": np.tile(np.arange(1, _TOP + 1), passages),
            "thesis": (random.integers(0, 31, passages)[:, None] * 3 + np.arange(1, _TOP + 1)).ravel(),
            "tracks": tracks,
            "opposes": 0.01,
            "score": tracks - np.repeat(voice, _TOP),
            "error": "",
        }
    )
    scores = schema.conform(frame, schema.SCORES)
    post = number // _PER_POST
    scores["company"] = pd.array([f"Unternehmen {company}" for company in range(400)], dtype="str").take(post % 400)
    scores["published"] = pd.Timestamp("2004-01-01", tz="UTC") + pd.to_timedelta(post % 7300, unit="D")
    names = ("cluetrain_nlp", "model", "model_sha256", "theses_sha256", "encoder", "pipeline", "unit")
    scores.attrs = dict.fromkeys(names, "made up")
    return scores


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    passages = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    scores = make_scores(passages)
    print(f"{passages:,} passages, {len(scores):,} rows, {scores.memory_usage(deep=True).sum() / 2**20:,.0f} MiB")
    print(f"peak memory with the scores alone   {peak():8,.0f} MiB")
    started = time.perf_counter()
    summary = summarize(scores, by="company")
    print(f"summarize                           {time.perf_counter() - started:8,.1f} s")
    started = time.perf_counter()
    page = to_html(summary)
    print(f"to_html                             {time.perf_counter() - started:8,.1f} s")
    print(f"peak memory                         {peak():8,.0f} MiB")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_text(page, encoding="utf-8")
        print(f"size of the file                    {path.stat().st_size / 1024:8,.0f} KiB")


if __name__ == "__main__":
    main()
