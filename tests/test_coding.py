"""Samples drawn with known probabilities."""

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, PostError
from cluetrain_nlp.study.coding import SAMPLE, check_texts, fingerprint, sample_for_coding

ROW = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "language": "de", "rank": 1}


def corpus(posts=40, passages=3, seed=0, theses=(3, 62)):
    """Posts of one to `passages` passages, each with a number for each thesis, and a company."""
    generator = np.random.default_rng(seed)
    rows = []
    for post in range(posts):
        for passage in range(1 + post % passages):
            broadcast, *tracks = generator.beta(1, 3, 1 + len(theses))
            for thesis, value in zip(theses, tracks, strict=True):
                numbers = {"broadcast": broadcast, "tracks": value, "score": value - broadcast, "thesis": thesis}
                named = {"post_id": f"p{post:03}", "passage": passage, "text": f"Text {post}, Absatz {passage}."}
                rows.append(ROW | numbers | named | {"company": "Nord" if post % 4 else "Süd"})
    return pd.DataFrame(rows)


def test_hashes_change_with_words_and_not_with_lines():
    assert fingerprint("Ä b\r\nc") == fingerprint("A\u0308  b_x000D_\n c\x07")
    assert fingerprint("a b c") != fingerprint("a b d")
    assert fingerprint("Nein!") != fingerprint("Nein.")


def test_every_passage_of_a_post_that_is_drawn_is_coded():
    scores = corpus()
    sample = sample_for_coding(scores, 10, theses=[62, 3, 3])
    assert {name: str(kind) for name, kind in sample.dtypes.items()} == SAMPLE
    drawn = sample["post_id"].unique()
    assert len(drawn) == 10
    whole = scores[scores["post_id"].isin(drawn)].drop_duplicates(["post_id", "passage"])
    assert sample[["post_id", "passage", "text"]].to_dict("list") == whole[["post_id", "passage", "text"]].to_dict(
        "list"
    )
    assert sample["weight"].unique() == [4.0]
    assert sample["theses"].unique() == ["3 62"]
    assert sample["text_sha256"].tolist() == [fingerprint(text) for text in sample["text"]]
    assert sample["item"].is_unique
    assert sample.attrs["design"] == {"unit": "post", "n": 10, "N": 40, "seed": 0, "strata": [], "roles": ["body"]}


def test_the_seed_alone_decides():
    scores = corpus()
    one = sample_for_coding(scores, 20, strata=["company", "score"], seed=4)
    shuffled = scores.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(one, sample_for_coding(shuffled, 20, strata=["company", "score"], seed=4))
    assert set(one["post_id"]) != set(sample_for_coding(scores, 20, strata=["company", "score"], seed=5)["post_id"])


@pytest.mark.parametrize("unit", ["post", "passage"])
@pytest.mark.parametrize("strata", [None, "company", "tracks", "broadcast", "score", ["company", "score"]])
def test_weights_add_up_to_every_stratum(unit, strata):
    scores = corpus(posts=60)
    sample = sample_for_coding(scores, 30, unit=unit, theses=[3], strata=strata)
    key = ["post_id"] if unit == "post" else ["post_id", "passage"]
    units = sample.drop_duplicates(key)
    assert len(units) == 30
    sums = units.groupby("stratum").agg({"weight": "sum", "stratum_size": ["first", "nunique"], "item": "size"})
    np.testing.assert_allclose(sums["weight", "sum"], sums["stratum_size", "first"])
    assert (sums["stratum_size", "nunique"] == 1).all()
    assert (sums["item", "size"] >= 2).all()
    assert sums["stratum_size", "first"].sum() == len(scores.drop_duplicates(key))
    assert (units["weight"] >= 1).all()


def test_bands_follow_what_is_predicted():
    scores = corpus(posts=50)
    sample = sample_for_coding(scores, 50, theses=[3], strata="tracks")
    mine = scores[scores["thesis"] == 3]
    anywhere = 1 - (1 - mine["tracks"]).groupby(mine["post_id"]).prod()
    bands = sample.drop_duplicates("post_id").set_index("post_id")["stratum"]
    by_band = anywhere.groupby(bands).agg(["min", "max", "size"])
    assert by_band.index.tolist() == [f"tracks {band}/5" for band in range(1, 6)]
    assert (by_band["size"] == 10).all()
    assert (by_band["min"].to_numpy()[1:] >= by_band["max"].to_numpy()[:-1]).all()


def test_units_are_drawn_with_the_probabilities_that_are_stored():
    """Of 60 samples, each post is in as many as its weight says, and weighted totals are unbiased."""
    scores = corpus(posts=24)
    times = pd.Series(0, index=sorted(scores["post_id"].unique()))
    for seed in range(60):
        drawn = sample_for_coding(scores, 8, strata="company", seed=seed).drop_duplicates("post_id")
        times[drawn["post_id"]] += 1
        weight = drawn.set_index("post_id")["weight"]
    expected = scores.drop_duplicates("post_id").set_index("post_id")["company"].map({"Süd": 2 / 6, "Nord": 6 / 18})
    assert weight.between(2.9, 3.1).all()
    deviation = (times / 60 - expected) / np.sqrt(expected * (1 - expected) / 60)
    assert deviation.abs().max() < 4


def test_small_strata_get_two_or_all_they_have():
    scores = corpus(posts=40)
    scores["company"] = scores["post_id"].map(
        lambda name: {"p000": "eins", "p001": "zwei", "p002": "zwei"}.get(name, "groß")
    )
    sample = sample_for_coding(scores, 12, strata="company").drop_duplicates("post_id")
    assert sample["stratum"].value_counts().to_dict() == {"groß": 9, "zwei": 2, "eins": 1}
    assert sample.loc[sample["stratum"] == "eins", "weight"].tolist() == [1.0]


def test_what_does_not_count_is_not_drawn():
    scores = corpus(posts=12)
    scores.loc[scores["post_id"] == "p000", "role"] = "comment"
    scores.loc[scores["post_id"] == "p001", "error"] = "leer"
    assert set(sample_for_coding(scores, 10)["post_id"]) == {f"p{number:03}" for number in range(2, 12)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n": 41}, "n is 41, but there are 40 units"),
        ({"n": 3, "strata": "company"}, "Expected 4 to 40"),
        ({"strata": "branch"}, "strata names the column 'branch'; .* The scores have company"),
        ({"strata": "post_id"}, "strata names the column 'post_id'"),
        ({"unit": "word"}, "unit is 'word'; expected one of post, passage"),
        ({"theses": [0]}, "theses are"),
        ({"roles": "body"}, "roles is 'body'"),
    ],
    ids=str,
)
def test_options_at_fault_are_told(changes, message):
    with pytest.raises(CluetrainError, match=message):
        sample_for_coding(corpus(), **{"n": 10} | changes)


def test_a_stratum_that_differs_within_a_post_is_told():
    scores = corpus().assign(place=lambda frame: frame["passage"].astype(str))
    with pytest.raises(CluetrainError, match="place has several values within one post"):
        sample_for_coding(scores, 10, strata="place")
    assert len(sample_for_coding(scores, 10, unit="passage", strata="place")) == 10


def test_texts_are_needed():
    with pytest.raises(PostError, match="have no text"):
        sample_for_coding(corpus().assign(text=""), 10)


def test_nothing_to_draw_from_is_told():
    with pytest.raises(CluetrainError, match="No passage counts"):
        sample_for_coding(corpus().assign(role="comment"), 5)


def test_codes_must_be_of_the_texts_that_were_scored():
    scores = corpus(posts=4)
    sample = sample_for_coding(scores, 4)
    codes = sample.assign(coder="A", thesis=0, grade=np.nan, stance="", voice=2.0)
    check_texts(scores, codes)
    check_texts(scores.assign(text=scores["text"] + "\r\n"), codes)
    check_texts(scores.assign(text=""), codes)
    other = scores.assign(text=scores["text"].replace("Text 2, Absatz 1.", "Text 2, Absatz eins."))
    with pytest.raises(PostError, match=r"1 coded passage.* passage 1 of post p002"):
        check_texts(other, codes)
    check_texts(other, codes.drop(columns="text_sha256"))
    check_texts(other, codes.assign(text_sha256=None))
