"""Speed and memory of tables by group, and how often their intervals hold the truth.

python benchmarks/groups.py 100000      # posts, in three groups
python benchmarks/groups.py --coverage  # simulated posts, 2000 runs a line
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.study.comparison import compare
from cluetrain_nlp.study.groups import by, lip_service, matrix
from cluetrain_nlp.study.resampling import interval

RUNS = 2000


def corpus(posts: int) -> pd.DataFrame:
    """Make SCORES of posts with three passages each on average, three theses a passage."""
    generator = np.random.default_rng(0)
    sizes = 1 + generator.poisson(2, posts)
    post = np.repeat(np.arange(posts), sizes)
    passage = np.arange(len(post)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows = np.repeat(np.arange(len(post)), 3)
    frame = pd.DataFrame({name: np.zeros(len(rows)) for name in schema.SCORES})
    frame["post_id"] = np.char.mod("p%07d", np.arange(posts))[post[rows]]
    frame["passage"], frame["role"], frame["language"] = passage[rows], "body", "de"
    frame[["speaker", "cites", "error"]], frame["text"] = "", "Ein Satz."
    frame["broadcast"] = generator.random(len(post))[rows]
    frame["rank"] = np.tile([1, 2, 3], len(post))
    frame["thesis"] = frame["rank"] + 7 * (rows % 7)
    frame["tracks"] = generator.beta(0.5, 2, len(rows))
    frame = schema.conform(frame, schema.SCORES)
    frame["company"] = np.array(["Amberg", "Quendel", "Zeder"])[post[rows] % 3]
    return frame


def timed(name: str, call: Callable[[], object]) -> None:
    start = time.perf_counter()
    call()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{name:28} {time.perf_counter() - start:6.1f} s   peak {peak:.1f} GB")


def speed(posts: int) -> None:
    scores = corpus(posts)
    print(f"{posts} posts, {len(scores)} rows")
    timed("by", lambda: by(scores, "company"))
    timed("by, unit='post'", lambda: by(scores, "company", unit="post"))
    timed("lip_service", lambda: lip_service(scores, keys="company"))
    timed("matrix", lambda: matrix(scores, "company"))
    timed("compare, three pairs", lambda: compare(scores, "company"))


def coverage() -> None:
    """Print how often a nominal 95 % interval holds the true share, for posts of 1 to some 9 passages."""
    print("posts  share   covered   mean width")
    for share in (0.4, 0.1):
        for posts in (5, 8, 15, 30, 100):
            generator = np.random.default_rng(1)
            held, width = np.zeros(RUNS), np.zeros(RUNS)
            for run in range(RUNS):
                sizes = 1.0 + generator.poisson(3, posts)
                chance = generator.beta(2 * share, 2 - 2 * share, posts)
                sums = generator.binomial(sizes.astype(int), chance).astype(float)
                low, high = interval(sums[:, None], sizes, level=0.95)
                held[run], width[run] = low[0] <= share <= high[0], high[0] - low[0]
            print(f"{posts:5}  {share:5}   {held.mean():.3f}     {np.nanmean(width):.3f}", flush=True)


if __name__ == "__main__":
    if "--coverage" in sys.argv:
        coverage()
    else:
        speed(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
