"""Profiles of posts: rows, joins, missing annotation, errors."""

import numpy as np
import pandas as pd
import pytest
import spacy

from cluetrain_nlp import schema
from cluetrain_nlp.errors import PipelineError, PostError
from cluetrain_nlp.scoring import passages, score
from cluetrain_nlp.show.profile import profile
from cluetrain_nlp.study.linguistics import MEASURES

EASY = "Ich war im Laden. Der Mann war nett. Er gab mir Brot. Wir sprachen lang. Dann ging ich heim. Es war schon spät."
HARD = (
    "Die Inanspruchnahme der vorgenannten Dienstleistungen unterliegt den jeweiligen Nutzungsbedingungen, deren "
    "ausdrückliche Anerkennung im Rahmen der Registrierung durch die Teilnehmerinnen vorausgesetzt wird."
)


@pytest.fixture(scope="module")
def two():
    return profile([EASY, HARD], nlp="builtin")


def test_a_hard_text_is_harder_by_every_formula(two):
    easy, hard = two.iloc[0], two.iloc[1]
    for name in ("lix", "wiener_1", "wiener_2", "wiener_3", "wiener_4", "syllables", "nouns_per_verb", "passive"):
        assert easy[name] < hard[name], name
    assert easy["flesch_amstad"] > hard["flesch_amstad"]


def test_the_frame_is_that_of_the_schema_whatever_goes_in(two):
    for frame in (two, profile([]), profile(["", "Hello, this is an English sentence about nothing at all."])):
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == schema.PROFILE
        assert set(frame.attrs) == {"pipeline", "missing"}
    assert two.attrs == {"pipeline": "de_builtin 0.1.0", "missing": []}


def test_it_joins_the_scores_passage_by_passage(more_posts, toy_model):
    scores = score(more_posts, top=1, model=toy_model)
    joined = scores.merge(profile(more_posts), on=["post_id", "passage"], how="left", validate="one_to_one")
    assert joined["lix"].notna().sum() == (joined["language_x"] == "de").sum() > 20


def test_passages_and_scores_are_measured_as_they_were_cut(more_posts, toy_model):
    by_posts = profile(more_posts)
    pd.testing.assert_frame_equal(profile(passages(more_posts)), by_posts)
    whole = score(more_posts.iloc[:2], top=3, unit="post", model=toy_model)
    assert profile(whole)["passage"].tolist() == [0, 0]


def test_it_is_row_local(more_posts):
    parts = [profile(more_posts.iloc[:3]), profile(more_posts.iloc[3:])]
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), profile(more_posts))


def test_a_post_that_cannot_be_read_keeps_its_row():
    posts = pd.DataFrame({"post_id": ["a", "b", "c"], "text": [EASY, None, ""]})
    frame = profile(posts, nlp="builtin")
    assert frame["post_id"].tolist() == ["a", "b", "c"]
    assert (frame["error"] != "").tolist() == [False, True, True]
    assert frame.loc[1:, list(MEASURES)].isna().all(axis=None)
    assert frame["words"].tolist() == [23, 0, 0]


def test_other_languages_are_counted_but_not_measured():
    frame = profile(["This is a rather plain English sentence, and it says nothing at all about anything."])
    assert frame["language"].item() == "en"
    assert frame["words"].item() == 15
    assert frame[list(MEASURES)].isna().all(axis=None)


def test_a_pipeline_without_tags_leaves_their_columns_empty_and_says_so(tmp_path):
    spacy.blank("de").to_disk(tmp_path / "blank")
    frame = profile([EASY], nlp=str(tmp_path / "blank"))
    needing = [name for name, measure in MEASURES.items() if measure.needs]
    assert frame.attrs["missing"] == needing
    assert frame[needing].isna().all(axis=None)
    assert frame["lix"].item() == profile([EASY], nlp="builtin")["lix"].item()
    assert np.isfinite(frame["wiener_1"].item())


def test_what_is_wrong_is_said():
    with pytest.raises(PostError, match="list of texts"):
        profile(EASY)
    with pytest.raises(PostError, match="post_id"):
        profile(pd.DataFrame({"text": [EASY]}))
    with pytest.raises(PipelineError):
        profile([EASY], nlp="no_such_pipeline")
