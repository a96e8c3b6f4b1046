"""Which passages count, why the others do not, and that copies count once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, PostError
from cluetrain_nlp.scoring import score
from cluetrain_nlp.study.counting import count_once, counted, grouping, left_out
from cluetrain_nlp.study.duplicates import find_duplicates
from cluetrain_nlp.study.tables import by_post

NAN = float("nan")
RELEASE = (
    "Die Stadtwerke Lindenau bauen ihr Fernwärmenetz aus und schließen bis zum Herbst rund vierhundert Haushalte "
    "an, wie die Geschäftsführerin gestern Abend im Rathaus sagte."
)
REASONS = ["counted", "no_passage", "other_role", "duplicate", "error", "other_language"]


def row(post_id, passage=0, role="body", broadcast=0.5, tracks=0.4, text="eins", error="", thesis=3, company="Quendel"):
    return {
        "post_id": post_id,
        "passage": passage,
        "start": 0,
        "end": len(text),
        "role": role,
        "speaker": "",
        "language": "de",
        "cites": "",
        "text": text,
        "broadcast": broadcast,
        "rank": 1,
        "thesis": thesis,
        "tracks": tracks,
        "opposes": 0.1,
        "score": tracks - broadcast,
        "error": error,
        "company": company,
    }


def frame(*rows):
    return pd.DataFrame(list(rows)).astype(schema.SCORES)


SCORES = frame(
    row("a", 0),
    row("a", 0, thesis=9, tracks=0.2),
    row("a", 1, role="comment"),
    row("a", 2, broadcast=NAN),
    row("b", 0, broadcast=NAN, tracks=NAN, error="The passage is too long."),
    row("c", -1, role="", broadcast=NAN, tracks=NAN, error="The text is empty.", company="Amberg"),
    row("d", 0, company=None),
)


def test_left_out_says_why():
    table = left_out(SCORES)
    assert table.to_dict("records") == [
        {
            "n_posts": 4,
            "n_posts_counted": 2,
            "n_passages": 6,
            "counted": 2,
            "no_passage": 1,
            "other_role": 1,
            "duplicate": 0,
            "error": 1,
            "other_language": 1,
        }
    ]
    assert (table.dtypes == "int32").all()
    assert left_out(SCORES, roles=["comment"])["counted"].item() == 1


def test_left_out_by_group_keeps_posts_without_one():
    table = left_out(SCORES, keys="company")
    assert table["company"].tolist()[:2] == ["Amberg", "Quendel"]
    assert table["company"].isna().tolist() == [False, False, True]
    assert table["n_passages"].tolist() == [1, 4, 1]
    assert table["counted"].tolist() == [0, 1, 1]
    assert table[REASONS].sum(axis=1).tolist() == table["n_passages"].tolist()


def test_left_out_agrees_with_by_post():
    table, posts = left_out(SCORES), by_post(SCORES)
    assert table["counted"].item() == posts["n"].sum()
    assert table["n_passages"].item() - table["counted"].item() == posts["n_left_out"].sum()


def test_keys_are_kept_with_their_dtype_and_the_index_says_which_rows():
    scores = SCORES.set_index(pd.Index(range(10, 17)))
    rows, kept = counted(scores, ["body"], keys=["company"])
    assert kept["company"].dtype == rows["company"].dtype == SCORES["company"].dtype
    assert list(kept.index) == [0, 1, 6]
    pd.testing.assert_frame_equal(rows.loc[kept.index], kept)
    assert "company" not in counted(scores, ["body"])[0]


def test_grouping_sorts_and_puts_missing_values_last():
    rows = pd.DataFrame({"post_id": list("abcd"), "passage": 0, "x": ["b", None, "a", "b"], "y": [2, 1, 1, 1]})
    found = grouping(rows, ["x", "y"])
    assert found.groups["x"].tolist()[:3] == ["a", "b", "b"]
    assert found.groups["x"].isna().tolist() == [False, False, False, True]
    assert found.groups["y"].tolist() == [1, 1, 2, 1]
    assert found.number.tolist() == [2, 3, 0, 1]
    months = pd.DataFrame(
        {"post_id": list("abc"), "passage": 0, "month": pd.PeriodIndex(["2024-02", "NaT", "2024-01"], freq="M")}
    )
    assert grouping(months, ["month"]).number.tolist() == [1, 2, 0]


def test_errors_say_what_is_wrong():
    with pytest.raises(PostError, match=r"no column 'branche'; they have post_id.*\.map\(posts"):
        left_out(SCORES, keys=["branche"])
    with pytest.raises(CluetrainError, match="'tags' cannot make groups: unhashable type: 'list'"):
        left_out(SCORES.assign(tags=[["a"]] * len(SCORES)), keys="tags")
    with pytest.raises(CluetrainError, match=r"moments of time.*strftime"):
        left_out(SCORES.assign(published=pd.Timestamp("2024-03-01", tz="UTC")), keys="published")
    with pytest.raises(CluetrainError, match=r"'measure'; expected different columns.*Rename"):
        left_out(SCORES.assign(measure="x"), keys="measure")
    with pytest.raises(CluetrainError, match="expected different columns"):
        left_out(SCORES, keys=["company", "company"])
    with pytest.raises(CluetrainError, match="Passage 0 of post a is in more than one group of 'rank'"):
        left_out(SCORES.assign(rank=range(7)), keys="rank")


def test_nothing_scored():
    empty = schema.empty(schema.SCORES)
    assert left_out(empty).to_dict("records") == [dict.fromkeys(left_out(SCORES).columns, 0)]
    assert len(left_out(empty.assign(company=pd.Series([], dtype="str")), keys="company")) == 0
    assert len(count_once(empty, find_duplicates(empty))) == 0


def printed():
    scores = frame(
        row("a", 0, role="comment", text=RELEASE),
        row("b", 0, text=RELEASE, company="Amberg"),
        row("b", 0, text=RELEASE, company="Amberg", thesis=9, tracks=0.1),
        row("c", 0, text=RELEASE),
        row("c", 0, text=RELEASE, thesis=9, tracks=0.1),
        row("c", 1, text="Auf dem Markt war heute kaum etwas los."),
        row("d", 0, text=RELEASE, broadcast=NAN, company="Amberg"),
    )
    scores.attrs = {"model": "de-0.2.0"}
    return scores


def test_copies_count_once():
    scores = printed()
    once = count_once(scores, find_duplicates(scores))
    assert list(once.columns) == list(scores.columns)
    assert once.dtypes.equals(scores.dtypes)
    assert once.attrs == {"model": "de-0.2.0"}
    # The author's passage goes before the comment of an earlier post, and what has no numbers is left alone.
    assert once[["post_id", "passage"]].to_numpy().tolist() == [
        ["a", 0],
        ["b", 0],
        ["b", 0],
        ["c", 0],
        ["c", 1],
        ["d", 0],
    ]
    copy = "Near-duplicate of passage 0 of post b."
    assert once["error"].tolist() == [copy, "", "", copy, "", ""]
    assert once.loc[3, ["broadcast", "tracks", "opposes", "score"]].isna().all()
    assert once.loc[3, ["rank", "thesis"]].tolist() == [0, 0]
    table = left_out(once, roles=["body", "comment"])
    assert table[["counted", "duplicate", "other_language"]].to_numpy().tolist() == [[2, 2, 1]]
    assert by_post(once)["n"].sum() == 2
    pd.testing.assert_frame_equal(scores, printed())


def test_copies_count_once_in_each_group():
    scores = printed()
    once = count_once(scores, find_duplicates(scores), within="company")
    assert left_out(once, keys="company")["counted"].tolist() == [1, 2]
    assert once.loc[once["post_id"] == "a", "error"].item() == "Near-duplicate of passage 0 of post c."


def test_counting_once_twice_changes_nothing_more():
    scores = printed()
    once = count_once(scores, find_duplicates(scores))
    pd.testing.assert_frame_equal(count_once(once, find_duplicates(once)), once)
    pd.testing.assert_frame_equal(count_once(once, find_duplicates(scores)), once)


@st.composite
def corpora(draw):
    rows = []
    for post_id in draw(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1)):
        company = draw(st.sampled_from(["Quendel", "Amberg", None]))
        if draw(st.booleans()):
            rows.append(row(post_id, -1, role="", broadcast=NAN, tracks=NAN, error="leer", company=company))
            continue
        for number in range(draw(st.integers(1, 4))):
            one = row(
                post_id,
                number,
                draw(st.sampled_from(["body", "quote", "comment"])),
                draw(st.sampled_from([0.25, NAN])),
                error=draw(st.sampled_from(["", "", "kaputt"])),
                text=draw(st.sampled_from([RELEASE, "kurz", ""])),
                company=company,
            )
            rows += [one, one | {"thesis": 9, "tracks": 0.2}][: draw(st.integers(1, 2))]
    return frame(*rows)


@settings(deadline=None, max_examples=12)
@given(corpora(), st.randoms(use_true_random=False))
def test_every_passage_is_counted_or_left_out_for_one_reason(scores, random):
    once = count_once(scores, find_duplicates(scores))
    for table in (left_out(scores, keys="company"), left_out(once, keys="company")):
        assert table[REASONS].sum(axis=1).tolist() == table["n_passages"].tolist()
        assert table["n_passages"].sum() == len(scores[["post_id", "passage"]].drop_duplicates())
        assert table["n_posts"].sum() == scores["post_id"].nunique()
    order = list(range(len(scores)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(left_out(scores.iloc[order], keys="company"), left_out(scores, keys="company"))
    # Of each text that stands more than once, one passage is left, in all roles together.
    kept = counted(once, ["body", "quote", "comment"])[1].drop_duplicates(["post_id", "passage"])
    assert (kept["text"] == RELEASE).sum() <= 1
    assert (kept["text"] == RELEASE).any() == (
        counted(scores, ["body", "quote", "comment"])[1]["text"] == RELEASE
    ).any()
    assert np.isfinite(kept["broadcast"]).all()


def test_what_is_neither_german_nor_english_is_left_out_for_its_language():
    french = "Nous avons répondu à toutes les lettres de nos lecteurs, et personne ne nous a remerciés pour cela."
    scores = score(pd.DataFrame({"post_id": ["a"], "text": [french]}), unit="post", top=1)
    assert scores["error"].item().startswith("The passage is neither German nor English")
    assert left_out(scores)[["other_language", "error"]].to_numpy().tolist() == [[1, 0]]
