"""Frames come back from files as they were written, whatever ids and texts look like."""

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.cli.frames import add_columns, read_frame
from cluetrain_nlp.errors import PostError

TEXTS = ["NA", "007", "null", "", 'ein "Zitat", mit\nUmbruch', "1e5", "2009-01-01"]


@pytest.fixture
def scores():
    row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "language": "de", "error": "", "cites": ""}
    rows = [
        row | {"post_id": text or "leer", "text": text, "speaker": text, "broadcast": np.nan if place % 2 else 0.25}
        for place, text in enumerate(TEXTS)
    ]
    frame = schema.conform(pd.DataFrame(rows), schema.SCORES)
    frame.attrs = {"model": "toy"}
    return frame


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_a_frame_comes_back(scores, tmp_path, ending):
    path = tmp_path / f"scores.{ending}"
    written = scores.assign(company="Quendel")
    if ending == "parquet":
        written.to_parquet(path)
    elif ending == "csv":
        written.to_csv(path, index=False)
    else:
        written.to_json(path, orient="records", lines=True, force_ascii=False, double_precision=6)
    read = read_frame(path, schema.SCORES)
    pd.testing.assert_frame_equal(read[list(schema.SCORES)], scores)
    assert set(read["company"]) == {"Quendel"}
    assert read.attrs == ({"model": "toy"} if ending == "parquet" else {})


def test_what_cannot_be_read_is_said(tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "bad.jsonl").write_text("{")
    (tmp_path / "empty.csv").write_text("")
    for name in ("bad.csv", "bad.jsonl", "empty.csv", "nowhere.parquet", "scores.xlsx"):
        with pytest.raises(PostError, match=name):
            read_frame(tmp_path / name, schema.SCORES)


def test_columns_of_posts_are_added(scores, tmp_path):
    path = tmp_path / "posts.jsonl"
    posts = scores[["post_id", "text"]].assign(text="x", firm=[f"f{place}" for place in range(len(scores))])
    posts.iloc[::-1].to_json(path, orient="records", lines=True)
    joined = add_columns(scores, path)
    assert joined["firm"].tolist() == posts["firm"].tolist()
    assert joined["text"].tolist() == scores["text"].tolist()
    assert joined.attrs == {"model": "toy"}
    assert add_columns(scores, None) is scores
    with pytest.raises(PostError, match=r"posts\.jsonl has none of the posts that were scored"):
        add_columns(scores.assign(post_id="anders"), path)


def test_codes_from_before_hashes_can_be_read(tmp_path):
    code = dict.fromkeys(schema.CODED, 0)
    del code["text_sha256"]
    pd.DataFrame([code]).to_csv(tmp_path / "coded.csv", index=False)
    assert read_frame(tmp_path / "coded.csv", schema.CODED)["text_sha256"].tolist() == [""]
