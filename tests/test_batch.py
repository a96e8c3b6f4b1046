"""Writing a stream: one file, whole or not at all."""

import json

import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.adapters.batch import FORMATS, open_sink
from cluetrain_nlp.errors import PostError
from cluetrain_nlp.scoring import score_frame


@pytest.fixture(scope="module")
def scores(toy_model):
    texts = [
        "Ich hab’s „probiert“; es tropft, sagte er.\nSchade!",
        None,
        "The pump is leaking and nobody wants to hear it.",
    ]
    posts = pd.DataFrame({"post_id": ["ä", "b", "c"], "text": pd.Series(texts, dtype=object)})
    return score_frame(posts, model=toy_model, nlp="builtin")


def test_parquet_keeps_values_dtypes_and_attrs(tmp_path, scores):
    path = tmp_path / "new/folder/scores.parquet"
    with open_sink(path) as write:
        write(scores[:2])
        write(scores[2:2])
        write(scores[2:])
    found = pd.read_parquet(path)
    pd.testing.assert_frame_equal(found, scores, check_exact=True)
    assert found.attrs == scores.attrs
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_csv_has_one_header_and_every_value(tmp_path, scores):
    path = tmp_path / "scores.csv"
    with open_sink(path) as write:
        write(scores[:2])
        write(scores[2:])
    found = pd.read_csv(
        path, keep_default_na=False, na_values={"broadcast": "", "tracks": "", "opposes": "", "score": ""}
    )
    pd.testing.assert_frame_equal(schema.conform(found, schema.SCORES), scores)
    assert path.read_text(encoding="utf-8").count("post_id") == 1


def test_csv_and_jsonl_of_an_empty_first_frame(tmp_path, scores):
    for suffix in (".csv", ".jsonl"):
        path = tmp_path / f"scores{suffix}"
        with open_sink(path) as write:
            write(scores[:0])
            write(scores)
        rows = path.read_text(encoding="utf-8").count("passage")
        assert rows >= 1
    assert (tmp_path / "scores.csv").read_text(encoding="utf-8").startswith("post_id,passage,")


def test_jsonl_is_one_object_a_line_with_null_for_what_is_missing(tmp_path, scores):
    path = tmp_path / "scores.jsonl"
    with open_sink(path) as write:
        write(scores[:4])
        write(scores[4:4])
        write(scores[4:])
    lines = path.read_bytes().decode("utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    assert lines[-1] == ""
    assert len(rows) == len(scores)
    assert [list(row) for row in rows] == [list(schema.SCORES)] * len(scores)
    assert rows[0]["post_id"] == "ä"
    assert rows[0]["text"] == scores["text"][0]
    assert rows[3]["tracks"] is None
    assert "„probiert“" in lines[0]


@pytest.mark.parametrize("suffix", FORMATS)
def test_after_an_error_the_target_is_as_it_was(tmp_path, scores, suffix):
    path = tmp_path / f"scores{suffix}"
    path.write_text("old")

    def interrupted():
        with open_sink(path) as write:
            write(scores)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["scores.xlsx", "scores", "scores.parquet.gz", ".csv"])
def test_other_names_are_refused_before_anything_is_written(tmp_path, name):
    with (
        pytest.raises(PostError, match=r"scores can be written to \.parquet, \.csv, \.jsonl"),
        open_sink(tmp_path / name),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(tmp_path, scores):
    (tmp_path / "file").write_text("x")
    with pytest.raises(PostError, match="cannot be written"), open_sink(tmp_path / "file/scores.csv") as write:
        write(scores)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(PostError, match=r"folder\.csv cannot be written"), open_sink(tmp_path / "folder.csv") as write:
        write(scores)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "folder.csv"]
