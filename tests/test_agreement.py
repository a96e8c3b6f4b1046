"""Agreement of coders, against figures from the literature and cases worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study import agreement as module
from cluetrain_nlp.study.agreement import Code, agreement, alpha, read_codes


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    monkeypatch.setattr(module, "_RESAMPLES", 60)


def code(grades=(), stances=(), voice=None):
    return Code(dict(grades), dict(stances), voice)


def counts(units, values):
    return np.array([[unit.count(value) for value in values] for unit in units], dtype=float)


def test_alpha_of_the_textbook():
    """Krippendorff's own example: four observers, twelve units, five values, with missing codes."""
    observers = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    units = list(zip(*(observer.split() for observer in observers), strict=True))
    assert alpha(counts(units, "12345"), "nominal") == pytest.approx(0.743, abs=5e-4)
    assert alpha(counts(units, "12345"), "ordinal") == pytest.approx(0.815, abs=5e-4)


def test_values_that_nobody_gave_do_not_matter():
    units = ["aa", "bb", "ab", "bb"]
    assert alpha(counts(units, "ab"), "nominal") == alpha(counts(units, "axb"), "nominal")


def test_units_with_one_code_do_not_matter():
    units = ["aa", "bb", "ab"]
    assert alpha(counts([*units, "a", ""], "ab"), "nominal") == alpha(counts(units, "ab"), "nominal")


def test_one_value_alone_has_no_alpha():
    assert np.isnan(alpha(counts(["aa", "aa"], "ab"), "nominal"))


PASSAGES = [
    ("a", [code({1: 3}, {1: "supports"}, 0.0), code({1: 2}, {1: "supports"}, 0.0)]),
    ("a", [code({2: 2}, {2: "opposes"}, 1.0), code({2: 3}, {2: "opposes"}, 2.0)]),
    ("b", [code({}, {}, 4.0), code({}, {}, 4.0)]),
    ("c", [code({2: 1}, {2: "reports"}, 2.0), code({}, {}, 2.0)]),
]


def test_the_questions_of_the_codebook():
    table = agreement(PASSAGES, [1, 2]).set_index("what")
    assert table.index.tolist() == ["tracks any", "tracks", "grade", "stance", "voice"]
    assert table["level"].tolist() == ["nominal", "nominal", "ordinal", "nominal", "ordinal"]
    assert table["n"].tolist() == [4, 8, 8, 2, 4]
    # Opposing passages track nothing, and both coders say so.
    assert table.loc["tracks", "alpha"] == table.loc["tracks any", "alpha"] == 1.0
    assert table.loc["stance", "alpha"] == 1.0
    assert 0 < table.loc["grade", "alpha"] < 1
    assert 0.5 < table.loc["voice", "alpha"] < 1


def test_intervals_hold_the_value_and_are_the_same_every_time():
    mixed = [(str(row), [code(voice=float(row % 5)), code(voice=float((row + row % 3) % 5))]) for row in range(40)]
    table = agreement(mixed, [1]).set_index("what")
    low, value, high = table.loc["voice", ["low", "alpha", "high"]]
    assert low < value < high
    assert agreement(mixed, [1]).set_index("what").loc["voice", "low"] == low


def test_what_was_not_coded_has_no_alpha():
    table = agreement([("a", [code(), code()])], [1]).set_index("what")
    assert np.isnan(table.loc["voice", "alpha"])
    assert table.loc["voice", "n"] == 0


def write(tmp_path, *lines):
    path = tmp_path / "codes.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


TWO = {"post": "a", "codes": [{"theses": {"3": 2}, "stance": {"3": "reports"}, "voice": 1.5}, {"voice": 2}]}


def test_codes_are_read(tmp_path):
    ((post, (one, other)),) = read_codes(write(tmp_path, TWO, {"post": "b"}, {"codes": [{"voice": 1}]}))
    assert post == "a"
    assert one == Code({3: 2}, {3: "reports"}, 1.5)
    assert other == Code({}, {}, 2.0)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        {"codes": 7},
        {"codes": [1, 2]},
        {"codes": [{"voice": 5}, {}]},
        {"codes": [{"voice": 1.2}, {}]},
        {"codes": [{"theses": {"3": 4}}, {}]},
        {"codes": [{"theses": {"drei": 2}}, {}]},
        {"codes": [{"theses": {"3": 2}, "stance": {"3": "likes"}}, {}]},
    ],
    ids=str,
)
def test_lines_at_fault_are_named(tmp_path, line):
    with pytest.raises(CluetrainError, match=r"codes\.jsonl, line 2: .* Expected an object whose codes are a list"):
        read_codes(write(tmp_path, TWO, line))


def test_files_at_fault_are_told(tmp_path):
    with pytest.raises(CluetrainError, match="cannot be read"):
        read_codes(tmp_path / "nowhere.jsonl")
    with pytest.raises(CluetrainError, match="no passage has two codes"):
        read_codes(write(tmp_path, {"codes": [{"voice": 1}]}))


def coded(*rows):
    names = ("post_id", "passage", "coder", "thesis", "grade", "stance", "voice")
    design = {"unit": "post", "stratum": "all", "stratum_size": 9, "weight": 3.0}
    return pd.DataFrame([design | dict(zip(names, row, strict=True)) for row in rows])


def as_frame(passages, theses):
    rows = [
        (group, place, coder, thesis, given.grades.get(thesis, 0), given.stances.get(thesis, ""), given.voice)
        for place, (group, codes) in enumerate(passages)
        for coder, given in zip("AB", codes, strict=True)
        for thesis in theses
    ]
    return coded(*rows)


def test_frames_give_the_same_as_lists():
    lists = agreement(PASSAGES, [1, 2]).set_index("what")
    frame = agreement(as_frame(PASSAGES, [1, 2]))
    together = frame[frame["thesis"] == 0].set_index("what")
    for what in lists.index:
        assert together.loc[what, ["level", "n"]].tolist() == lists.loc[what, ["level", "n"]].tolist()
        assert together.loc[what, "alpha"] == pytest.approx(lists.loc[what, "alpha"], nan_ok=True)


def test_frames_are_taken_apart_by_thesis():
    frame = agreement(as_frame(PASSAGES, [1, 2]))
    assert frame[["what", "thesis"]].to_numpy().tolist() == [
        ["tracks any", 0],
        ["tracks", 0],
        ["grade", 0],
        ["stance", 0],
        ["tracks", 1],
        ["grade", 1],
        ["tracks", 2],
        ["grade", 2],
        ["broadcast", 0],
        ["voice", 0],
    ]
    of = frame.set_index(["what", "thesis"])
    assert of.loc[("tracks", 1), "alpha"] == 1
    # No passage supports thesis 2, so there is but one value to agree on.
    assert np.isnan(of.loc[("tracks", 2), "alpha"])
    assert of.loc[("broadcast", 0), "alpha"] == 1


def test_missing_codes_are_no_units():
    frame = as_frame(PASSAGES, [1])
    frame.loc[(frame["coder"] == "B") & (frame["passage"] > 1), ["grade", "voice"]] = np.nan
    of = agreement(frame).set_index(["what", "thesis"])
    assert of.loc[("tracks", 1), "n"] == 2
    assert of.loc[("voice", 0), "n"] == 2


def test_frames_at_fault_are_told():
    frame = as_frame(PASSAGES, [1])
    with pytest.raises(CluetrainError, match="codes are by A; agreement needs two coders"):
        agreement(frame[frame["coder"] == "A"])
    with pytest.raises(CluetrainError, match="theses is None"):
        agreement(PASSAGES)
    assert agreement(frame.assign(thesis=0, grade=np.nan, stance=""))["what"].tolist() == ["broadcast", "voice"]


def test_no_interval_from_few_posts_or_without_spread():
    few = agreement(PASSAGES[:4], [1, 2])
    assert few[["low", "high"]].isna().all(axis=None)
    same = [(str(post), [Code({}, {}, float(post % 3))] * 2) for post in range(9)]
    voice = agreement(same, [1]).set_index("what").loc["voice"]
    assert voice["alpha"] == 1
    assert np.isnan([voice["low"], voice["high"]]).all()
