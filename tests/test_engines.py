"""The same posts by every way in: the same values, the same dtypes."""

import os
import subprocess
import sys

import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.adapters.batch import open_sink
from cluetrain_nlp.scoring import score, score_frame, score_frames


def by_score(posts, path):
    return score(posts, nlp="builtin")


def by_frame(posts, path):
    return score_frame(posts, nlp="builtin")


def by_stream_of_single_posts(posts, path):
    frames = (posts.iloc[[row]] for row in range(len(posts)))
    return pd.concat(list(score_frames(frames, nlp="builtin")), ignore_index=True)


def by_stream_with_an_empty_frame(posts, path):
    frames = [posts[:0], posts[:2], posts[:0], posts[2:]]
    return pd.concat(list(score_frames(frames, nlp="builtin")), ignore_index=True)


def by_accessor(posts, path):
    renamed = posts.rename(columns={"post_id": "slug", "text": "body"})
    return renamed.cluetrain.score(text="body", id="slug")


def by_parquet_file(posts, path):
    with open_sink(path / "scores.parquet") as write:
        for frame in score_frames([posts[:3], posts[3:]], nlp="builtin"):
            write(frame)
    return pd.read_parquet(path / "scores.parquet")


def by_command_in_another_process(posts, path):
    posts[["post_id", "text"]].to_json(path / "posts.jsonl", orient="records", lines=True, force_ascii=False)
    command = [sys.executable, "-W", "error", "-m", "cluetrain_nlp", "score", str(path / "posts.jsonl"), "--show", "0"]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONUTF8": "0", "LC_ALL": "C"}
    subprocess.run([*command, "-o", str(path / "s.parquet")], check=True, env=environment, cwd=path)  # noqa: S603
    return pd.read_parquet(path / "s.parquet")


ENGINES = [
    by_frame,
    by_stream_of_single_posts,
    by_stream_with_an_empty_frame,
    by_accessor,
    by_parquet_file,
    by_command_in_another_process,
]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__)
def test_every_engine_gives_the_same(engine, posts, tmp_path):
    expected = by_score(posts, tmp_path)
    found = engine(posts, tmp_path)
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == schema.SCORES
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
