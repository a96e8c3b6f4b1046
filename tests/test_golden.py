"""Scores do not move unless a new model says so."""

import runpy
from pathlib import Path

import pytest

golden = runpy.run_path(str(Path(__file__).with_name("golden.py")))
ROWS = golden["read"]()


@pytest.fixture(scope="module")
def now():
    return golden["measure"](ROWS)


def test_golden_scores_stand(now):
    changes = golden["moved"](ROWS, now)
    assert not changes, (
        f"{len(changes)} score(s) moved by more than {golden['TOLERANCE']}. If that is meant: give the model a new "
        "version, say so under Scores in CHANGELOG.md, and run `python tests/golden.py --update`.\n"
        + "\n".join(changes)
    )


def test_the_most_tracked_thesis_stands(now):
    assert [row["thesis"] for row in now] == [row["thesis"] for row in ROWS]


def test_golden_scores_are_those_of_the_shipped_model(now):
    assert {row["model"] for row in ROWS} == {row["model"] for row in now}


def test_golden_texts_cover_the_range():
    assert len(ROWS) == 12
    voices = [row["broadcast"] for row in ROWS if row["broadcast"] is not None]
    assert len(voices) == 11
    assert min(voices) < 0.2
    assert max(voices) > 0.8


def test_a_moved_score_is_seen():
    first, *rest = ROWS
    tracks = {thesis: value + 2e-4 for thesis, value in first["tracks"].items()}
    assert len(golden["moved"](ROWS, [{**first, "tracks": tracks}, *rest])) == len(first["tracks"])
    assert len(golden["moved"](ROWS, [{**first, "broadcast": None}, *rest])) == 1
    assert golden["moved"](ROWS, [{**first, "broadcast": first["broadcast"] + 9e-5}, *rest]) == []
