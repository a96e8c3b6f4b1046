"""The pandas accessor: columns renamed, everything else handed on."""

import subprocess
import sys
import types

import pandas as pd
import pytest

import cluetrain_nlp.adapters.pandas_accessor  # noqa: F401 - registers the accessor
from cluetrain_nlp.errors import PostError

FRAME = pd.DataFrame(
    {
        "slug": [10, 20],
        "body": ["Hallo.", None],
        "text": ["Teaser", "Teaser"],
        "company": ["Quendel", "Quendel"],
    },
    index=[5, 3],
)


@pytest.fixture
def calls(monkeypatch):
    """Stand in for scoring, and keep what it was asked."""
    seen = []
    scoring = types.ModuleType("cluetrain_nlp.scoring")
    scoring.score = lambda posts, *, theses, top: seen.append(("score", posts, {"theses": theses, "top": top}))
    scoring.passages = lambda posts: seen.append(("passages", posts, {}))
    monkeypatch.setitem(sys.modules, scoring.__name__, scoring)
    return seen


def test_score_hands_on_renamed_columns_and_options(calls):
    FRAME.cluetrain.score(text="body", id="slug", top=None, theses=[1, 62])
    [(name, posts, options)] = calls
    assert name == "score"
    assert list(posts.columns) == ["post_id", "text"]
    assert posts["post_id"].tolist() == [10, 20]
    assert posts["text"].iloc[0] == "Hallo."
    assert options == {"top": None, "theses": [1, 62]}


def test_defaults_are_those_of_score(calls):
    FRAME.rename(columns={"slug": "post_id"}).cluetrain.score()
    FRAME.cluetrain.passages(id="slug")
    assert calls[0][2] == {"top": 3, "theses": None}
    assert calls[0][1]["text"].tolist() == ["Teaser", "Teaser"]
    assert calls[1][0] == "passages"
    assert calls[1][2] == {}


def test_the_frame_is_left_alone(calls):
    before = FRAME.copy()
    FRAME.cluetrain.score(text="body", id="slug")
    pd.testing.assert_frame_equal(FRAME, before)


def test_missing_columns_are_told(calls):
    with pytest.raises(PostError, match=r"no column 'post_id'; it has slug, body, text, company.*id="):
        FRAME.cluetrain.score()
    with pytest.raises(PostError, match=r"no column 'inhalt'.*text="):
        FRAME.cluetrain.passages(text="inhalt", id="slug")
    with pytest.raises(PostError, match=r"and the index slug.*reset_index"):
        FRAME.set_index("slug").cluetrain.score(id="slug")
    with pytest.raises(PostError, match="more than one column 'text'"):
        FRAME.rename(columns={"body": "text"}).cluetrain.score(id="slug")
    assert calls == []


def test_registering_loads_nothing_but_pandas():
    code = (
        "import sys, cluetrain_nlp.adapters.pandas_accessor\n"
        "heavy = {'spacy', 'sklearn', 'cluetrain_nlp.scoring'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)  # noqa: S603 - our own code


def test_the_scores_are_those_of_score():
    from cluetrain_nlp.scoring import score

    posts = pd.DataFrame({"slug": [10, 20], "body": ["Wir hören zu und antworten euch ja gern.", ""]})
    expected = score(posts.set_axis(["post_id", "text"], axis=1), top=1)
    pd.testing.assert_frame_equal(posts.cluetrain.score(text="body", id="slug", top=1), expected)
    assert expected["post_id"].tolist() == ["10", "20"]
