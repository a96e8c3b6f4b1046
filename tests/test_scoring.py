"""Scores: the frame, its numbers, and that nothing but text, model and theses moves them."""

import dataclasses
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
import spacy
from spacy.util import is_package
from threadpoolctl import threadpool_limits

import cluetrain_nlp as ct
from cluetrain_nlp import schema
from cluetrain_nlp.classifier.artefact import DEFAULT_MODEL
from cluetrain_nlp.classifier.embedding import Embedding
from cluetrain_nlp.classifier.style import sentences
from cluetrain_nlp.classifier.theses import Thesis, ThesisSet
from cluetrain_nlp.errors import ModelError, PipelineError, PostError, ThesisError
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
from cluetrain_nlp.passages.split import split
from cluetrain_nlp.scoring import passages, score, score_frame, score_frames, score_spans

GERMAN = "Ich habe euch dreimal geschrieben. Warum antwortet da eigentlich nie ein Mensch, immer nur ein Automat?"
ENGLISH = "They ring because the manual is wrong on page twelve, and nobody in the office wants to hear about it."
FRENCH = "Nous avons écrit trois fois à cette entreprise et personne ne nous a jamais répondu, ce qui est bien dommage."


def fresh(model):
    """The same model with an empty cache, so that every run computes everything."""
    return dataclasses.replace(model, embedding=Embedding(model.embedding.encoder))


def frame(*texts):
    return pd.DataFrame({"post_id": [f"p{number}" for number in range(len(texts))], "text": list(texts)})


def assert_same(left, right):
    pd.testing.assert_frame_equal(left, right, check_exact=True)


def joined(parts):
    return pd.concat(list(parts), ignore_index=True)


@pytest.fixture(scope="module")
def scores(more_posts, model):
    return score_frame(more_posts, model=fresh(model), nlp="builtin")


@pytest.fixture(scope="module")
def everything(posts, model):
    return score_frame(posts, model=model, top=None, nlp="builtin")


def error_of(text, **options):
    found = score_frame(frame(text), nlp="builtin", **options)
    assert len(found) == 1
    return found["error"].item()


# The law


def test_scoring_is_row_local(more_posts, model, scores):
    assert len(scores) > 60
    parts = (more_posts[:2], more_posts[2:3], more_posts[3:])
    assert_same(joined(score_frame(part, model=fresh(model), nlp="builtin") for part in parts), scores)


def test_order_does_not_matter(more_posts, model, scores):
    turned = score_frame(more_posts[::-1], model=fresh(model), nlp="builtin")
    expected = joined(scores[scores["post_id"] == post_id] for post_id in more_posts["post_id"][::-1])
    assert_same(turned, expected)


@pytest.mark.parametrize("size", [1, 3])
def test_batch_size_does_not_matter(more_posts, model, scores, size):
    frames = (more_posts[start : start + size] for start in range(0, len(more_posts), size))
    assert_same(joined(score_frames(frames, model=fresh(model), nlp="builtin")), scores)


def test_neighbours_do_not_matter_even_within_a_post(model, nlp):
    doc = split(make_doc(nlp, "\n\n".join([GERMAN * 2, ENGLISH * 2, GERMAN.replace("dreimal", "viermal") * 2])))
    spans = list(doc.spans["passages"])
    assert len(spans) == 3
    together = score_spans(spans, fresh(model), model.targets())
    for row, span in enumerate(spans):
        for whole, alone in zip(together, score_spans([span], fresh(model), model.targets()), strict=True):
            np.testing.assert_array_equal(whole[row], alone[0])


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_do_not_matter(posts, model, scores, threads):
    with threadpool_limits(limits=threads):
        found = score_frame(posts, model=fresh(model), nlp="builtin")
    assert_same(found, scores[scores["post_id"].isin(posts["post_id"])])


def test_the_pipeline_does_not_matter(posts, model, scores, tmp_path):
    spacy.blank("de").to_disk(tmp_path / "blank")
    found = score_frame(posts, model=fresh(model), nlp=str(tmp_path / "blank"))
    assert found.attrs["pipeline"] != scores.attrs["pipeline"]
    assert_same(found, scores[scores["post_id"].isin(posts["post_id"])])


@pytest.mark.skipif(not is_package("de_core_news_sm"), reason="needs de_core_news_sm, which is not installed")
def test_the_usual_pipeline_does_not_matter(posts, model, scores):
    found = score_frame(posts, model=fresh(model), nlp="de_core_news_sm")
    assert found.attrs["pipeline"].startswith("de_core_news_sm ")
    assert_same(found, scores[scores["post_id"].isin(posts["post_id"])])


# The frame


def test_frame_is_the_schema(scores):
    assert {name: str(dtype) for name, dtype in scores.dtypes.items()} == schema.SCORES
    assert scores.index.equals(pd.RangeIndex(len(scores)))


def test_offsets_point_at_the_passage(more_posts, scores):
    texts = more_posts.set_index("post_id")["text"]
    for row in scores.itertuples():
        assert texts[row.post_id][row.start : row.end] == row.text
        assert row.text.strip() == row.text != ""


def test_no_post_vanishes_and_what_is_set_aside_is_counted(more_posts, scores):
    assert scores["post_id"].unique().tolist() == more_posts["post_id"].tolist()
    cut = passages(more_posts, nlp="builtin")
    assert {"heading", "boilerplate", "body", "quote", "comment"} <= set(cut["role"])
    scored = cut[cut["role"].isin(["body", "quote", "comment"])]
    columns = [name for name in schema.PASSAGES if name != "error"]
    assert_same(
        scores.drop_duplicates(["post_id", "passage"])[columns].reset_index(drop=True),
        scored[columns].reset_index(drop=True),
    )


def test_numbers_are_probabilities(everything):
    numbers = everything[everything["error"] == ""]
    assert numbers["tracks"].between(0, 1).all()
    assert numbers["opposes"].between(0, 1).all()
    assert (numbers["tracks"].astype(float) + numbers["opposes"]).max() <= 1 + 1e-6
    german = numbers[numbers["language"] == "de"]
    assert german["broadcast"].between(0, 1).all()
    assert german["broadcast"].nunique() > 3
    assert german["score"].between(-1, 1).all()


def test_score_is_tracks_minus_broadcast(everything):
    german = everything[everything["language"] == "de"].astype({"tracks": float, "broadcast": float})
    difference = (german["tracks"] - german["broadcast"]).round(6)
    np.testing.assert_allclose(german["score"], difference, atol=1e-6, rtol=0)


def test_all_numbers_are_rounded_to_six_digits(everything):
    for name in ("broadcast", "tracks", "opposes", "score"):
        values = everything[name].dropna().astype(float)
        np.testing.assert_allclose(values, values.round(6), atol=6e-8, rtol=0)


def test_ranks_follow_tracks(everything, scores):
    for _, passage in everything.groupby(["post_id", "passage"]):
        assert passage["rank"].tolist() == list(range(1, 96))
        assert passage["tracks"].is_monotonic_decreasing
        assert sorted(passage["thesis"]) == list(range(1, 96))
        assert passage[["broadcast", "text", "start"]].drop_duplicates().shape[0] == 1
    best = everything[everything["rank"] <= 3].reset_index(drop=True)
    assert_same(scores[scores["post_id"].isin(best["post_id"])], best)


def test_ties_go_to_the_lower_number(toy_model):
    flat = dataclasses.replace(toy_model.tracking, known_weights=np.zeros_like(toy_model.tracking.known_weights))
    model = dataclasses.replace(toy_model, tracking=flat)
    found = score_frame(frame(GERMAN), model=model, theses=[62, 7, 30, 1], top=None, nlp="builtin")
    assert found["thesis"].tolist() == [1, 7, 30, 62]
    assert found["tracks"].nunique() == 1


def test_differences_below_six_digits_are_ties(toy_model):
    close = np.zeros_like(toy_model.tracking.known_weights)
    close[0] = 1e-9
    model = dataclasses.replace(toy_model, tracking=dataclasses.replace(toy_model.tracking, known_weights=close))
    assert score_frame(frame(GERMAN), model=model, top=None, nlp="builtin")["thesis"].tolist() == list(range(1, 96))


@pytest.mark.parametrize(("top", "rows"), [(1, 1), (3, 3), (500, 95), (None, 95)])
def test_top_says_how_many(toy_model, top, rows):
    assert len(score_frame(frame(GERMAN), model=toy_model, top=top, nlp="builtin")) == rows


def test_attrs_tell_where_the_numbers_come_from(scores, model):
    assert scores.attrs == {
        "cluetrain_nlp": scores.attrs["cluetrain_nlp"],
        "model": f"{model.name}-{model.version}",
        "model_sha256": model.sha256,
        "theses_sha256": ct.THESES.sha256,
        "encoder": f"{model.embedding.encoder.name} {model.embedding.encoder.version}",
        "pipeline": "de_builtin 0.1.0",
        "unit": "passage",
    }
    assert scores.attrs["cluetrain_nlp"]


# Units and theses


def test_a_post_can_be_one_passage(model):
    text = f"\n  Die Überschrift\n\n{GERMAN}\n\n3 Kommentare\n\nUlla P. sagt:\n3. Mai 2011 um 10:12\nJa, ja. \n"
    found = score_frame(frame(text), unit="post", top=1, model=model, nlp="builtin")
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["passage"], row["role"], row["language"], row["speaker"]) == (0, "body", "de", "")
    assert row["text"] == text.strip() == text[row["start"] : row["end"]]
    assert found.attrs["unit"] == "post"
    assert len(score_frame(frame(text), top=1, model=model, nlp="builtin")) > 1


def test_unit_post_and_one_short_passage_agree(model):
    options = {"model": model, "nlp": "builtin"}
    assert_same(score_frame(frame(GERMAN), unit="post", **options), score_frame(frame(GERMAN), **options))


def test_a_citation_is_kept(model):
    for unit in ("passage", "post"):
        text = f"{GERMAN} Das ist These 62 aus dem Cluetrain-Manifest."
        assert set(score_frame(frame(text), unit=unit, model=model, nlp="builtin")["cites"]) == {"62"}


def test_some_theses_get_what_they_get_among_all(posts, model, everything):
    some = score_frame(posts, theses=[62, 1, 14, 1], top=None, model=model, nlp="builtin")
    assert set(some["thesis"]) == {1, 14, 62}
    key = ["post_id", "passage", "thesis"]
    both = some.merge(everything, on=key, suffixes=("", "_all"))
    assert len(both) == len(some)
    for name in ("tracks", "opposes", "broadcast", "score"):
        np.testing.assert_array_equal(both[name], both[f"{name}_all"])
    for _, passage in some.groupby(key[:2]):
        assert passage["rank"].tolist() == [1, 2, 3]
    assert some.attrs["theses_sha256"] != everything.attrs["theses_sha256"]


def test_theses_of_ones_own_are_judged_and_their_quality_is_told(posts, model, everything):
    own = Thesis(number=7, text_de="Wer eine Pumpe kauft, will wissen, wer sie gebaut hat.", gloss="Jemand fragt nach.")
    copy = ct.THESES[62]
    found = score_frame(posts, theses=ThesisSet([own, copy]), top=None, model=model, nlp="builtin")
    assert set(found["thesis"]) == {7, 62}
    assert "theses" in found.attrs["expected_quality"].lower()
    assert f"{model.metrics['unseen']['top5']:.0%}" in found.attrs["expected_quality"]
    key = ["post_id", "passage", "thesis"]
    both = found[found["thesis"] == 62].merge(everything, on=key, suffixes=("", "_all"))
    assert len(both) == found.groupby(key[:2]).ngroups
    np.testing.assert_array_equal(both["tracks"], both["tracks_all"])
    foreign = found[found["thesis"] == 7].merge(everything, on=key, suffixes=("", "_all"))
    shown = foreign[(foreign["tracks"] > 0) | (foreign["tracks_all"] > 0)]  # six digits leave some at 0
    assert len(shown) > len(foreign) / 2
    assert (shown["tracks"] != shown["tracks_all"]).all()


def test_quality_is_not_promised_where_it_was_not_measured(toy_model):
    unmeasured = dataclasses.replace(toy_model, metrics={})
    own = ThesisSet([Thesis(number=1, text_en="Pumps leak.")])
    found = score_frame(frame(GERMAN), theses=own, model=unmeasured, nlp="builtin")
    assert "not measured" in found.attrs["expected_quality"]
    assert "expected_quality" not in score_frame(frame(GERMAN), model=unmeasured, nlp="builtin").attrs


# Languages


@pytest.mark.parametrize("unit", ["passage", "post"])
def test_english_tracks_but_has_no_voice(model, unit):
    found = score_frame(frame(ENGLISH), unit=unit, model=model, nlp="builtin")
    assert set(found["language"]) == {"en"}
    assert found["tracks"].notna().all()
    assert found["opposes"].notna().all()
    assert found[["broadcast", "score"]].isna().all(axis=None)
    assert (found["error"] == "").all()
    assert found["rank"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("unit", ["passage", "post"])
def test_other_languages_get_a_row_with_the_reason(model, unit):
    found = score_frame(frame(FRENCH, GERMAN), unit=unit, model=model, nlp="builtin")
    assert len(found) == 1 + 3
    row = found.iloc[0]
    assert row["language"] == "other"
    assert "neither German nor English" in row["error"]
    assert row["text"] == FRENCH
    assert (row["rank"], row["thesis"]) == (0, 0)
    assert row[["broadcast", "tracks", "opposes", "score"]].isna().all()


# Posts at fault


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "is NoneType, not a string"),
        (float("nan"), "is float, not a string"),
        (3.5, "is float, not a string"),
        (b"Hallo", "is bytes, not a string"),
        (["Hallo"], "is list, not a string"),
        ("", "The text is empty"),
        (" \n\t\u00a0", "The text is empty"),
        ("Ein halbes \ud83d Zeichen.", r"lone surrogate\) at offset 11"),
        ("Kategorien: Pumpen, Dichtungen", "headings, boilerplate"),
    ],
)
def test_a_post_at_fault_costs_one_row(toy_model, text, reason):
    posts = pd.DataFrame({"post_id": ["a", "b", "c"], "text": pd.Series([GERMAN, text, GERMAN], dtype=object)})
    found = score_frame(posts, model=toy_model, nlp="builtin")
    assert found["post_id"].tolist() == ["a"] * 3 + ["b"] + ["c"] * 3
    (row,) = found[found["post_id"] == "b"].to_dict("records")
    assert pd.Series([row["error"]]).str.contains(reason).all(), row["error"]
    assert (row["passage"], row["start"], row["end"], row["text"], row["thesis"], row["rank"]) == (-1, 0, 0, "", 0, 0)
    assert all(np.isnan(row[name]) for name in ("broadcast", "tracks", "opposes", "score"))
    assert found[found["post_id"] != "b"]["error"].eq("").all()
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == schema.SCORES


def test_a_post_that_is_too_long_costs_one_row(toy_model, monkeypatch):
    monkeypatch.setattr(load_nlp("builtin"), "max_length", 200)
    found = score_frame(frame(GERMAN * 2, GERMAN), model=toy_model, top=1, nlp="builtin")
    assert found["post_id"].tolist() == ["p0", "p1"]
    assert "at most 200" in found["error"][0]
    assert found["error"][1] == ""


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, ""])
def test_a_post_without_an_identity_costs_one_row(toy_model, missing):
    posts = pd.DataFrame({"post_id": pd.Series(["a", missing], dtype=object), "text": [GERMAN, GERMAN]})
    for found in (score_frame(posts, model=toy_model, top=1, nlp="builtin"), ct.score(posts, model=toy_model, top=1)):
        assert found["post_id"].tolist() == ["a", ""]
        assert "post_id is missing" in found["error"][1]


def test_passages_reports_posts_at_fault_too():
    found = passages(["", GERMAN], nlp="builtin")
    assert found["error"].tolist() == ["The text is empty.", ""]
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == schema.PASSAGES


# What posts may be


def test_lists_series_and_frames_are_scored_alike(toy_model):
    options = {"model": toy_model, "nlp": "builtin"}
    expected = ct.score(pd.DataFrame({"post_id": ["0", "1"], "text": [GERMAN, ENGLISH]}), **options)
    assert_same(ct.score([GERMAN, ENGLISH], **options), expected)
    assert_same(ct.score((GERMAN, ENGLISH), **options), expected)
    assert_same(ct.score(pd.Series([GERMAN, ENGLISH]), **options), expected)
    named = ct.score(pd.Series([GERMAN, ENGLISH], index=["x", "y"]), **options)
    assert named["post_id"].unique().tolist() == ["x", "y"]
    assert_same(named.assign(post_id=expected["post_id"]), expected)


def test_ids_become_strings(toy_model):
    posts = pd.DataFrame({"post_id": [7, 8], "text": [GERMAN, GERMAN]})
    assert ct.score(posts, model=toy_model, top=1, nlp="builtin")["post_id"].tolist() == ["7", "8"]


def test_further_columns_pass_by(toy_model):
    posts = frame(GERMAN).assign(score=9, company="Quendel", published=pd.Timestamp("2013-05-14", tz="UTC"))
    before = posts.copy()
    assert_same(score_frame(posts, model=toy_model), score_frame(frame(GERMAN), model=toy_model))
    pd.testing.assert_frame_equal(posts, before)


@pytest.mark.parametrize("posts", [[], pd.Series([], dtype=str), frame(), schema.empty(schema.POSTS)])
def test_no_posts_give_no_rows(toy_model, posts):
    found = ct.score(posts, model=toy_model, nlp="builtin")
    assert_same(found, schema.empty(schema.SCORES))
    assert found.attrs["model"] == "toy-0.0.1"
    assert_same(passages(posts), schema.empty(schema.PASSAGES))
    assert list(score_frames([], model=toy_model)) == []


@pytest.mark.parametrize(
    ("posts", "message"),
    [
        ("Ein Text.", r"one str where posts were expected.*\[text\]"),
        (b"Ein Text.", "one bytes where posts"),
        (7, "one int where posts"),
        (pd.DataFrame({"body": ["x"], "id": [1]}), "need one column post_id and one column text; they have body, id"),
        (pd.DataFrame([["a", "x", "y"]], columns=["post_id", "text", "text"]), "they have post_id, text, text"),
        (pd.DataFrame({"post_id": ["a", "b", "a"], "text": "x"}), r"1 post\(s\) repeat .* for example 'a'"),
    ],
)
def test_what_is_no_posts_is_refused(toy_model, posts, message):
    with pytest.raises(PostError, match=message):
        ct.score(posts, model=toy_model)


def test_partitions_may_repeat_an_identity(toy_model):
    posts = pd.DataFrame({"post_id": ["a", "a"], "text": [GERMAN, GERMAN]})
    assert len(score_frame(posts, model=toy_model, top=1)) == 2


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"top": 0}, ThesisError, "top is 0"),
        ({"top": 1.5}, ThesisError, "top is 1.5"),
        ({"theses": [1, 96]}, ThesisError, "no thesis 96"),
        ({"theses": []}, ThesisError, "no thesis; expected at least one"),
        ({"theses": "62"}, ThesisError, "thesis numbers were expected"),
        ({"theses": 62}, ThesisError, "thesis numbers were expected"),
        ({"unit": "sentence"}, PostError, "unit is 'sentence'"),
        ({"model": "nirgends"}, ModelError, "is no model: it lacks config.json"),
        ({"nlp": "nirgends"}, PipelineError, "No German pipeline 'nirgends'"),
    ],
)
def test_wrong_options_are_errors_and_not_rows(options, error, message):
    with pytest.raises(error, match=message):
        score_frame(frame(GERMAN), **options)


def test_a_model_can_be_given_by_its_folder(model, posts):
    folder = str(files("cluetrain_nlp.models") / DEFAULT_MODEL)
    assert_same(ct.score(posts[:1], model=folder), ct.score(posts[:1]))


def test_sentences_of_a_passage_stay_inside_it():
    doc = make_doc(load_nlp("builtin"), "Eins. Zwei. Drei.")
    assert [part.text for part in sentences(doc[2:4])] == ["Zwei."]


def test_an_iterator_of_theses_lasts_for_all_frames(toy_model):
    frames = [pd.DataFrame({"post_id": [name], "text": ["Ein Satz, der bleibt."]}) for name in "ab"]
    scored = list(score_frames(frames, theses=iter([1, 62]), top=None, model=toy_model))
    assert [frame["thesis"].sort_values().tolist() for frame in scored] == [[1, 62], [1, 62]]


@pytest.mark.parametrize("unit", ["passage", "post"])
def test_a_text_without_letters_has_no_numbers(toy_model, unit):
    scores = score(["!!! …", "\u200b\ufeff"], unit=unit, model=toy_model)
    assert (scores["error"] != "").all()
    assert scores["tracks"].isna().all()


def test_ids_that_are_written_alike_are_repeated(toy_model):
    with pytest.raises(PostError, match="repeat"):
        score(pd.DataFrame({"post_id": [1, "1"], "text": ["Eins.", "Zwei."]}), model=toy_model)


def test_a_post_that_could_not_be_read_keeps_its_reason(toy_model):
    frame = pd.DataFrame(
        {
            "post_id": ["a", "b [2]", "c"],
            "text": ["", "Wir reden ja gar nicht mehr miteinander.", "Wir reden ja gar nicht mehr miteinander."],
            "error": ["blog.csv breaks off.", "The post_id 'b' has come before.", ""],
        }
    )
    scores = score(frame, model=toy_model, top=1)
    assert scores["error"].tolist() == [*frame["error"][:2], ""]
    assert passages(frame)["error"].tolist() == [*frame["error"][:2], ""]
    renamed = frame.rename(columns={"text": "inhalt"})
    assert renamed.cluetrain.passages(text="inhalt")["error"].tolist() == [*frame["error"][:2], ""]
