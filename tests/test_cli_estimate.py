"""The commands `estimate` and `regress`."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cluetrain_nlp import schema
from cluetrain_nlp.cli import app
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.estimates import difference, estimate

COUNT = 90


@pytest.fixture
def files(tmp_path):
    """Scores of 90 posts, codes of 45 of them, and the posts with their companies."""
    random = np.random.default_rng(0)
    ids = [f"p{number:02}" for number in range(COUNT)]
    row = dict.fromkeys(schema.SCORES, 0) | dict.fromkeys(("speaker", "cites", "language", "error"), "")
    scores = pd.DataFrame([row] * COUNT).assign(post_id=ids, role="body", text="Text.", broadcast=random.random(COUNT))
    schema.conform(scores, schema.SCORES).to_parquet(tmp_path / "scores.parquet")
    voice = pd.Series(np.where(random.random(COUNT) < scores["broadcast"], 3.5, 1.0), index=ids)
    drawn = sorted(random.choice(ids, COUNT // 2, replace=False))
    code = {"passage": 0, "coder": "A", "thesis": 0, "grade": np.nan, "stance": "", "unit": "post", "stratum": ""}
    coded = pd.DataFrame([code] * len(drawn)).assign(post_id=drawn, voice=voice[drawn].to_numpy())
    coded = coded.assign(stratum_size=COUNT, weight=2.0)
    schema.conform(coded, schema.CODED).to_csv(tmp_path / "coded.csv", index=False)
    posts = pd.DataFrame({"post_id": ids, "text": "Text.", "company": ["Alpha", "Beta"] * (COUNT // 2)})
    posts.to_json(tmp_path / "posts.jsonl", orient="records", lines=True)
    return tmp_path, schema.conform(scores, schema.SCORES).merge(posts[["post_id", "company"]], on="post_id"), coded


def run(folder, *arguments):
    paths = [str(folder / name) for name in ("scores.parquet", "coded.csv")]
    return CliRunner().invoke(app, [arguments[0], *paths, *arguments[1:]])


def test_estimates_are_written_and_printed(files):
    folder, scores, coded = files
    output = str(folder / "out.parquet")
    options = ["--measure", "broadcast", "--by", "company", "--posts", str(folder / "posts.jsonl"), "-o", output]
    result = run(folder, "estimate", *options)
    assert result.exit_code == 0, result.output
    assert "Alpha" in result.stdout
    assert "wrote 2 rows" in result.stderr
    expected = estimate(scores, coded, by="company", measure="broadcast")
    pd.testing.assert_frame_equal(pd.read_parquet(output), expected, check_like=True)
    again = run(folder, "estimate", *options)
    assert isinstance(again.exception, CluetrainError)
    assert run(folder, "estimate", *options, "--differences", "--overwrite").exit_code == 0
    pd.testing.assert_frame_equal(pd.read_parquet(output), difference(scores, coded, by="company", measure="broadcast"))


def test_regressions_are_printed(files):
    folder, _, _ = files
    posts = str(folder / "posts.jsonl")
    result = run(folder, "regress", "--measure", "broadcast", "--on", "company", "--posts", posts)
    assert result.exit_code == 0, result.output
    assert "company[Beta]" in result.stdout


def test_warnings_are_lines(files):
    folder, _, coded = files
    schema.conform(coded.assign(weight=np.nan), schema.CODED).to_csv(folder / "coded.csv", index=False)
    result = run(folder, "estimate", "--measure", "broadcast")
    assert result.exit_code == 0, result.output
    assert "warning: The coded units have no weights" in result.stderr
    assert "not a probability" in result.stdout
