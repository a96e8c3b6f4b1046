"""Predictions and labels of passages and posts."""

import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.labels import labels, of_posts, predictions

ROW = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": ""}


def scores(*rows):
    names = ("post_id", "passage", "thesis", "tracks", "broadcast")
    return pd.DataFrame([ROW | dict(zip(names, row, strict=True)) for row in rows])


def coded(*rows):
    names = ("post_id", "passage", "coder", "thesis", "grade", "stance", "voice")
    design = {"unit": "post", "stratum": "all", "stratum_size": 9, "weight": 3.0}
    return pd.DataFrame([design | dict(zip(names, row, strict=True)) for row in rows])


THREE = scores(
    ("b", 0, 3, 0.25, 0.5),
    ("a", 1, 3, 0.5, 0.75),
    ("a", 1, 9, 0.75, 0.75),
    ("a", 0, 3, 0.5, 0.25),
    ("a", 0, 9, 0.125, 0.25),
)


def test_predictions_are_of_passages_in_order():
    assert predictions(THREE, measure="tracks", thesis=3).to_numpy().tolist() == [
        ["a", 0, 0.5],
        ["a", 1, 0.5],
        ["b", 0, 0.25],
    ]
    assert predictions(THREE, measure="tracks")["p"].tolist() == [0.5, 0.75, 0.25]
    assert predictions(THREE, measure="broadcast")["p"].tolist() == [0.25, 0.75, 0.5]
    with pytest.raises(CluetrainError, match=r"Thesis 9 is reported for 2 of the 3 counted passages.*theses=\[9\]"):
        predictions(THREE, measure="tracks", thesis=9)


def test_posts_track_if_a_passage_does_and_broadcast_on_average():
    posts = of_posts(predictions(THREE, measure="tracks", thesis=3), "tracks")
    assert posts.to_numpy().tolist() == [["a", 0.75, 2], ["b", 0.25, 1]]
    assert of_posts(predictions(THREE, measure="broadcast"), "broadcast")["p"].tolist() == [0.5, 0.5]


def test_labels_follow_the_codebook():
    codes = coded(
        ("a", 0, "A", 3, 3, "supports", 2.5),
        ("a", 0, "A", 9, 1, "supports", 2.5),
        ("a", 1, "A", 3, 2, "opposes", 3.0),
        ("a", 1, "A", 9, 2, "reports", 3.0),
        ("a", 1, "B", 3, float("nan"), "", float("nan")),
        ("a", 1, "B", 9, 0, "", float("nan")),
    )
    third = labels(codes, measure="tracks", thesis=3)
    assert third[["passage", "coder", "y", "code"]].to_numpy().tolist() == [[0, "A", 1, 3], [1, "A", 0, 0]]
    some = labels(codes, measure="tracks")
    assert some[["passage", "coder", "y", "code"]].to_numpy().tolist() == [
        [0, "A", 1, 3],
        [1, "A", 1, 2],
    ]
    voice = labels(codes, measure="broadcast")
    assert voice[["passage", "coder", "y", "code"]].to_numpy().tolist() == [[0, "A", 0, 2.5], [1, "A", 1, 3]]
    assert voice["weight"].tolist() == [3, 3]


def test_what_was_not_asked_for_is_told():
    codes = coded(("a", 0, "A", 3, 3, "supports", 2.5))
    with pytest.raises(CluetrainError, match="thesis 9 for no passage; they were asked for 3"):
        labels(codes, measure="tracks", thesis=9)
    with pytest.raises(CluetrainError, match="asked for voice only"):
        labels(codes.assign(thesis=0), measure="tracks")
    with pytest.raises(CluetrainError, match="measure is 'score'"):
        labels(codes, measure="score")


def test_codes_need_no_hash():
    codes = coded(("a", 0, "A", 0, float("nan"), "", 4.0))
    assert labels(codes, measure="broadcast")["y"].tolist() == [1]
