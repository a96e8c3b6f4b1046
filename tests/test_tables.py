"""Tables by post and by thesis: what is counted, once, over which denominator."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, PostError
from cluetrain_nlp.scoring import score
from cluetrain_nlp.study.tables import by_post, by_thesis

NAN = float("nan")
POST_DTYPES = {
    "post_id": "str",
    "n": "int32",
    "words": "int32",
    "broadcast": "float64",
    "tracks": "float64",
    "tracks_max": "float64",
    "thesis": "int16",
    "expected": "float64",
    "score": "float64",
    "n_left_out": "int32",
}
THESIS_DTYPES = {
    "thesis": "int16",
    "n_passages": "int32",
    "n": "int32",
    "expected": "float64",
    "share": "float64",
    "tracks": "float64",
    "broadcast": "float64",
    "lip_service": "float64",
    "opposes": "float64",
}


def passage(post_id, number, broadcast, tracks, role="body", text="eins zwei drei", error=""):
    """Rows of one passage, `tracks` by thesis."""
    language = "en" if np.isnan(broadcast) else "de"
    ranked = sorted(tracks.items(), key=lambda item: (-item[1], item[0]))
    return [
        {
            "post_id": post_id,
            "passage": number,
            "start": 0,
            "end": len(text),
            "role": role,
            "speaker": "",
            "language": language,
            "cites": "",
            "text": text,
            "broadcast": broadcast,
            "rank": rank,
            "thesis": thesis,
            "tracks": value,
            "opposes": 0.1,
            "score": value - broadcast,
            "error": error,
        }
        for rank, (thesis, value) in enumerate(ranked, start=1)
    ]


def failed(post_id):
    return passage(post_id, -1, NAN, {0: NAN}, role="", text="", error="The text is empty.")


def frame(*passages):
    rows = [row for rows in passages for row in rows]
    return schema.conform(pd.DataFrame(rows), schema.SCORES) if rows else schema.empty(schema.SCORES)


SCORES = frame(
    passage("zeta", 0, 0.2, {3: 0.6, 62: 0.4}, text="ein zwei"),
    passage("zeta", 2, 0.8, {62: 0.5, 3: 0.1}, text="ein  zwei\ndrei"),
    passage("zeta", 3, 0.9, {7: 0.9}, role="comment"),
    passage("zeta", 4, NAN, {8: 0.95}),
    failed("leer"),
    passage("alpha", 0, 0.5, {9: 0.3, 4: 0.3}),
)


def test_by_post():
    table = by_post(SCORES)
    assert table.dtypes.astype(str).to_dict() == POST_DTYPES
    assert list(table["post_id"]) == ["zeta", "leer", "alpha"]
    zeta, leer, alpha = table.to_dict("records")
    assert zeta == {
        "post_id": "zeta",
        "n": 2,
        "words": 5,
        "broadcast": 0.5,  # once a passage, not once a row
        "tracks": 0.55,
        "tracks_max": 0.6,
        "thesis": 62,  # 0.4 + 0.5 against 0.6 + 0.1
        "expected": 0.9,
        "score": 0.05,
        "n_left_out": 2,
    }
    assert (leer["n"], leer["words"], leer["thesis"], leer["n_left_out"]) == (0, 0, 0, 1)
    assert table.loc[1, ["broadcast", "tracks", "tracks_max", "expected", "score"]].isna().all()
    assert (alpha["thesis"], alpha["expected"]) == (4, 0.3)  # a tie goes to the lower number


def test_by_post_of_other_roles():
    table = by_post(SCORES, roles=["body", "comment"]).set_index("post_id")
    assert table.loc["zeta", ["n", "thesis", "n_left_out"]].tolist() == [3, 7, 1]
    table = by_post(SCORES, roles=["quote"]).set_index("post_id")
    assert table["n"].tolist() == [0, 0, 0]
    assert table["n_left_out"].tolist() == [4, 1, 1]


def test_by_thesis():
    table = by_thesis(SCORES)
    assert table.dtypes.astype(str).to_dict() == THESIS_DTYPES
    assert list(table["thesis"]) == [3, 4, 9, 62]
    assert (table["n_passages"] == 3).all()
    assert table.iloc[0].to_dict() == pytest.approx(
        {
            "thesis": 3,
            "n_passages": 3,
            "n": 2,
            "expected": 0.7,
            "share": 1 / 3,
            "tracks": 0.35,
            "broadcast": 0.5,
            "lip_service": (0.6 * 0.2 + 0.1 * 0.8) / 2,
            "opposes": 0.1,
        },
        abs=1e-6,
    )
    assert by_thesis(SCORES, threshold=0.4)["share"].tolist() == pytest.approx([1 / 3, 0, 0, 2 / 3], abs=1e-6)


@pytest.mark.parametrize("level", [0.1, 0.3, 0.7, 0.9, 1.0])
def test_a_threshold_is_reached_by_its_own_value(level):
    assert by_thesis(frame(passage("a", 0, 0.5, {1: level})), threshold=level)["share"].tolist() == [1.0]


def test_nothing_scored():
    for scores in (schema.empty(schema.SCORES), frame(failed("a"), failed("b"))):
        table = by_thesis(scores)
        assert len(table) == 0
        assert table.dtypes.astype(str).to_dict() == THESIS_DTYPES
        posts = by_post(scores)
        assert posts.dtypes.astype(str).to_dict() == POST_DTYPES
        assert list(posts["post_id"]) == list(scores["post_id"])


def test_attrs_and_further_columns():
    scores = SCORES.assign(company="Quendel")
    scores.attrs = {"model": "de-0.2.0"}
    for table in (by_post(scores), by_thesis(scores)):
        assert table.attrs == {"model": "de-0.2.0"}
        assert "company" not in table.columns
    assert scores.columns[-1] == "company"  # the input is left alone


def test_errors_say_what_is_wrong():
    for roles in ("body", ["bodies"], ["heading"]):
        with pytest.raises(CluetrainError, match=r"roles is .* expected a list of body, quote, comment"):
            by_post(SCORES, roles=roles)
    for threshold in (0, 1.5, NAN):
        with pytest.raises(CluetrainError, match="threshold is"):
            by_thesis(SCORES, threshold=threshold)
    with pytest.raises(PostError, match="lacks the column"):
        by_post(SCORES.drop(columns="broadcast"))
    with pytest.raises(PostError, match="Thesis 3 is reported more than once for passage 0 of post zeta"):
        by_post(pd.concat([SCORES, SCORES]))


probability = st.integers(0, 1000).map(lambda n: n / 1000)


@st.composite
def corpora(draw):
    passages = []
    for post_id in draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)):
        if draw(st.booleans()):
            passages.append(failed(post_id))
            continue
        for number in range(draw(st.integers(1, 4))):
            broadcast = draw(probability | st.just(NAN))
            tracks = draw(st.dictionaries(st.integers(1, 5), probability, min_size=1, max_size=3))
            role = draw(st.sampled_from(["body", "quote", "comment"]))
            passages.append(passage(post_id, number, broadcast, tracks, role))
    return frame(*passages)


@settings(deadline=None, max_examples=25)
@given(corpora(), st.randoms(use_true_random=False))
def test_what_always_holds(scores, random):
    posts, theses = by_post(scores), by_thesis(scores)
    # No post vanishes, and every passage is either counted or left out.
    assert list(posts["post_id"]) == list(scores["post_id"].unique())
    assert (posts["n"] + posts["n_left_out"]).sum() == len(scores[["post_id", "passage"]].drop_duplicates())
    # Both tables rest on the same passages.
    if len(theses):
        assert (theses["n_passages"] == posts["n"].sum()).all()
        assert (theses["n"] <= theses["n_passages"]).all()
        assert (theses["share"] <= theses["n"] / theses["n_passages"] + 1e-6).all()
    counted = posts[posts["n"] > 0]
    assert (counted["score"] - (counted["tracks"] - counted["broadcast"])).abs().max() < 3e-6 or counted.empty
    assert (counted["expected"] <= counted["n"]).all()
    # The order of rows does not matter, but for the order of posts.
    order = list(range(len(scores)))
    random.shuffle(order)
    mixed = scores.iloc[order]
    pd.testing.assert_frame_equal(by_thesis(mixed), theses)
    again = by_post(mixed).set_index("post_id").loc[posts["post_id"]].reset_index()
    pd.testing.assert_frame_equal(again, posts)
    # A table of parts is the part of the table.
    parts = [by_post(part) for _, part in scores.groupby("post_id", sort=False)]
    if parts:
        pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), posts)


def test_scores_read_back_from_csv_count_as_before(tmp_path):
    scores = score(["Warum antwortet ihr eigentlich nie auf meine Mails?"])
    scores.to_csv(tmp_path / "scores.csv", index=False)
    again = pd.read_csv(tmp_path / "scores.csv", dtype={"post_id": str})
    assert by_post(again)["n"].tolist() == by_post(scores)["n"].tolist() == [1]
    assert len(by_thesis(again)) == len(by_thesis(scores)) == 3
