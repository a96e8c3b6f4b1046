"""Tables by group: values, intervals, what is left out, lip service, and theses against groups."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, PostError, ThesisError
from cluetrain_nlp.study.counting import left_out
from cluetrain_nlp.study.groups import QUADRANTS, by, lip_service, matrix
from cluetrain_nlp.study.tables import by_post, by_thesis

NAN = float("nan")
COLUMNS = {
    "company": "str",
    "measure": "str",
    "thesis": "int16",
    "n_posts": "int32",
    "n_passages": "int32",
    "n_left_out": "int32",
    "value": "float64",
    "low": "float64",
    "high": "float64",
}


def passage(post_id, number, broadcast, tracks, company="Quendel", role="body"):
    """Rows of one passage, `tracks` by thesis."""
    return [
        {
            "post_id": post_id,
            "passage": number,
            "start": 0,
            "end": 4,
            "role": role,
            "speaker": "",
            "language": "de",
            "cites": "",
            "text": "eins",
            "broadcast": broadcast,
            "rank": rank,
            "thesis": thesis,
            "tracks": value,
            "opposes": 0.1,
            "score": value - broadcast,
            "error": "",
            "company": company,
        }
        for rank, (thesis, value) in enumerate(tracks.items(), start=1)
    ]


def frame(*passages):
    rows = [row for rows in passages for row in rows]
    return pd.DataFrame(rows).astype(schema.SCORES)


SCORES = frame(
    passage("a", 0, 0.2, {3: 0.6, 9: 0.4}),
    passage("a", 1, 0.8, {9: 0.5, 3: 0.1}),
    passage("a", 2, 0.9, {3: 0.9}, role="comment"),
    passage("b", 0, 0.5, {3: 0.2, 9: 0.1}),
    passage("c", 0, NAN, {3: 0.9}, company="Amberg"),
    passage("d", 0, 0.6, {3: 0.3, 9: 0.7}, company=None),
)


def corpus(posts, seed=0, companies=("Amberg", "Quendel")):
    generator = np.random.default_rng(seed)
    passages = []
    for post in range(posts):
        company = companies[post % len(companies)]
        for number in range(generator.integers(1, 5)):
            broadcast, first, second = generator.uniform(0, 1, 3).round(3)
            passages.append(passage(f"p{post:04d}", number, broadcast, {3: first, 9: second}, company))
    return frame(*passages)


def values(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return table.set_index("measure")["value"].to_dict()


def test_by():
    table = by(SCORES, "company")
    assert table.dtypes.astype(str).to_dict() == COLUMNS
    assert values(table, company="Quendel") == pytest.approx(
        {
            "broadcast": 0.5,
            "tracks": 1.3 / 3,  # of the most tracked thesis
            "score": 1.3 / 3 - 0.5,
            "share_broadcast": 2 / 3,
            "share_tracks": 2 / 3,
            "lip_service": (0.6 * 0.2 + 0.5 * 0.8 + 0.2 * 0.5) / 3,
        },
        abs=1e-6,
    )
    counts = table.drop_duplicates("company")[["n_posts", "n_passages", "n_left_out"]]
    assert counts.to_numpy().tolist() == [[0, 0, 1], [2, 3, 1], [1, 1, 0]]
    assert table["company"].isna().tolist() == [False] * 12 + [True] * 6
    assert table.loc[table["company"] == "Amberg", "value"].isna().all()
    assert (table["thesis"] == 0).all()
    assert table[["low", "high"]].isna().all(axis=None)  # too few posts


def test_by_thesis_and_threshold():
    table = by(SCORES, "company", thesis=3, threshold=0.6)
    assert (table["thesis"] == 3).all()
    found = values(table, company="Quendel")
    assert found["tracks"] == pytest.approx(0.3)
    assert found["share_tracks"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["broadcast"] == pytest.approx(0.5)
    with pytest.raises(ThesisError, match=r"Thesis 7 is reported for 0 of 4 counted passages.*theses=\[7\], top=None"):
        by(SCORES, "company", thesis=7)


def test_by_posts():
    found = values(by(SCORES, "company", unit="post"), company="Quendel")
    tracks = ((1 - 0.4 * 0.5) + 0.2) / 2
    assert found == pytest.approx(
        {
            "broadcast": 0.5,
            "tracks": tracks,
            "score": tracks - 0.5,
            "share_broadcast": 1.0,  # both posts have a mean of 0.5
            "share_tracks": 0.5,
            "lip_service": (0.8 * 0.5 + 0.2 * 0.5) / 2,
        },
        abs=1e-6,
    )
    certain = frame(passage("a", 0, 0.5, {3: 1.0}), passage("a", 1, 0.5, {3: 0.0}))
    assert values(by(certain, "company", unit="post"))["tracks"] == 1.0


def test_by_agrees_with_the_other_tables():
    scores = corpus(30, companies=("Quendel",))
    found = values(by(scores, "company", thesis=9))
    theses = by_thesis(scores).set_index("thesis")
    assert found["tracks"] == pytest.approx(theses.loc[9, "expected"] / theses.loc[9, "n_passages"], abs=1e-5)
    assert found["share_tracks"] == pytest.approx(theses.loc[9, "share"], abs=1e-5)
    posts = by_post(scores)
    any_thesis = values(by(scores, "company"))
    for column in ("broadcast", "tracks", "score"):
        assert any_thesis[column] == pytest.approx(np.average(posts[column], weights=posts["n"]), abs=1e-5)
    assert values(by(scores, "company", unit="post"))["broadcast"] == pytest.approx(posts["broadcast"].mean(), abs=1e-5)


def test_several_keys_and_none():
    scores = SCORES.assign(
        month=pd.PeriodIndex(["2024-01"] * 5 + ["2024-02"] * 2 + ["NaT", "2024-01", "2024-01"], freq="M")
    )
    table = by(scores, ["company", "month"])
    assert table.columns[:2].tolist() == ["company", "month"]
    assert table["month"].dtype == "period[M]"
    assert len(table) == 6 * 4
    everything = by(scores, [])
    assert len(everything) == 6
    assert everything["n_passages"].tolist() == [4] * 6


def test_intervals_hold_the_value_and_do_not_depend_on_rows_or_on_other_groups():
    scores = corpus(40)
    table = by(scores, "company")
    assert ((table["low"] < table["value"]) & (table["value"] < table["high"])).all()
    pd.testing.assert_frame_equal(by(scores.sample(frac=1, random_state=1), "company"), table)
    alone = by(scores[scores["company"] == "Quendel"], "company")
    pd.testing.assert_frame_equal(alone, table[table["company"] == "Quendel"].reset_index(drop=True))
    narrow = by(scores, "company", level=0.5)
    assert (narrow["high"] - narrow["low"] < table["high"] - table["low"]).all()


def test_attrs_are_handed_on_and_the_input_is_left_alone():
    scores = corpus(6)
    scores.attrs = {"model": "de-0.2.0"}
    before = scores.copy()
    for table in (by(scores, "company"), lip_service(scores), matrix(scores, "company"), left_out(scores)):
        assert table.attrs["model"] == "de-0.2.0"
    pd.testing.assert_frame_equal(scores, before)
    assert scores.attrs == {"model": "de-0.2.0"}


def test_nothing_scored():
    empty = SCORES.iloc[:0]
    assert by(empty, "company").dtypes.astype(str).to_dict() == COLUMNS
    assert len(by(empty, "company")) == len(lip_service(empty, keys="company")) == len(matrix(empty, "company")) == 0
    assert lip_service(empty)["n"].tolist() == [0, 0, 0, 0]
    assert lip_service(empty)["share"].isna().all()


def test_errors_say_what_is_wrong():
    for threshold in (0, 1.5, NAN):
        for table in (by, matrix):
            with pytest.raises(CluetrainError, match="threshold is"):
                table(SCORES, "company", threshold=threshold)
    with pytest.raises(CluetrainError, match="level is 95"):
        by(SCORES, "company", level=95)
    with pytest.raises(CluetrainError, match="unit is 'posts'; expected 'passage' or 'post'"):
        by(SCORES, "company", unit="posts")
    with pytest.raises(CluetrainError, match="measure is 'voice'; expected one of tracks"):
        matrix(SCORES, "company", measure="voice")
    with pytest.raises(CluetrainError, match="name of one column"):
        matrix(SCORES, ["company"])
    with pytest.raises(PostError, match="reported more than once"):
        by(pd.concat([SCORES, SCORES]), "company")


def test_lip_service():
    scores = frame(
        passage("a", 0, 0.5, {3: 0.5}),
        passage("a", 1, 0.4, {3: 0.9}),
        passage("b", 0, 0.9, {3: 0.1}),
        passage("c", 0, 0.1, {3: 0.1}, company="Amberg"),
    )
    table = lip_service(scores)
    assert table["quadrant"].tolist() == list(QUADRANTS) == ["lip service", "conversation", "broadcast", "other"]
    assert table["n"].tolist() == [1, 1, 1, 1]
    assert table["share"].tolist() == [0.25] * 4
    grouped = lip_service(scores, keys="company", threshold=0.95)
    assert grouped.columns[0] == "company"
    assert grouped["n"].tolist() == [0, 0, 0, 1, 0, 0, 0, 3]


def test_lip_service_agrees_with_by():
    scores = corpus(50)
    quadrants = lip_service(scores, keys="company").pivot_table(values="share", index="company", columns="quadrant")
    shares = by(scores, "company").pivot_table(values="value", index="company", columns="measure")
    assert np.allclose(quadrants["lip service"] + quadrants["conversation"], shares["share_tracks"], atol=1e-5)
    assert np.allclose(quadrants["lip service"] + quadrants["broadcast"], shares["share_broadcast"], atol=1e-5)
    table = lip_service(scores, keys="company")
    assert ((table["low"] < table["share"]) & (table["share"] < table["high"])).all()


def test_matrix():
    table = matrix(SCORES, "company")
    assert table.index.tolist() == [3, 9]
    assert table.columns.name == "company"
    assert table["Quendel"].tolist() == pytest.approx([0.3, 1 / 3], abs=1e-6)
    assert table["Amberg"].isna().all()
    assert table.iloc[:, 2].tolist() == pytest.approx([0.3, 0.7])
    assert table.attrs == {"measure": "tracks", "n_passages": [0, 3, 1], "lower_bound": False}
    assert matrix(SCORES, "company", measure="share_tracks")["Quendel"].tolist() == pytest.approx([1 / 3] * 2, abs=1e-6)
    opposes = matrix(SCORES, "company", measure="opposes")
    assert opposes["Quendel"].tolist() == pytest.approx([0.1, 0.1])


def test_matrix_says_where_theses_are_missing():
    scores = frame(passage("a", 0, 0.5, {3: 0.8}), passage("b", 0, 0.5, {9: 0.4}))
    table = matrix(scores, "company")
    assert table["Quendel"].tolist() == [0.4, 0.2]
    assert table.attrs["lower_bound"]
    assert matrix(scores, "company", measure="lip_service")["Quendel"].tolist() == [0.2, 0.1]


number = st.integers(0, 10).map(lambda n: n / 10)


@st.composite
def corpora(draw):
    passages = []
    for post_id in draw(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1)):
        company = draw(st.sampled_from(["Quendel", "Amberg", None]))
        for n in range(draw(st.integers(1, 3))):
            tracks = {3: draw(number), 9: draw(number)}
            role = draw(st.sampled_from(["body", "body", "comment"]))
            passages.append(passage(post_id, n, draw(number | st.just(NAN)), tracks, company, role))
    return frame(*passages)


@settings(deadline=None, max_examples=20)
@given(corpora(), st.sampled_from(["passage", "post"]))
def test_what_always_holds(scores, unit):
    table = by(scores, "company", unit=unit)
    reasons = left_out(scores, keys="company")
    first = table.drop_duplicates("company")
    assert (first["n_passages"].to_numpy() == reasons["counted"]).all()
    assert ((first["n_passages"] + first["n_left_out"]).to_numpy() == reasons["n_passages"]).all()
    assert (first["n_posts"].to_numpy() == reasons["n_posts_counted"]).all()
    known = table.dropna(subset="low")
    assert ((known["low"] <= known["value"] + 1e-6) & (known["value"] <= known["high"] + 1e-6)).all()
    bottom = np.where(known["measure"] == "score", -1, 0)
    assert ((bottom <= known["low"]) & (known["high"] <= 1)).all()
    wide = table.pivot(columns="measure", values="value", index=["company"]) if table["company"].notna().all() else None
    if wide is not None and wide["score"].notna().any():
        assert (wide["score"] - (wide["tracks"] - wide["broadcast"])).abs().max() < 3e-6
