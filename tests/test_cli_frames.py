"""Frames come back from files as they were written, whatever ids and texts look like."""

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.cli.frames import read_frame
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
