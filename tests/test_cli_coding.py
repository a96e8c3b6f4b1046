"""The commands `plan`, `sample`, `collect`, `validate` and `agreement`, from scores to figures."""

import csv
import json
import sys

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import cli, schema
from cluetrain_nlp.study.coding import sample_for_coding

ROW = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "language": "de", "rank": 1, "thesis": 3}


@pytest.fixture
def scores():
    generator = np.random.default_rng(0)
    rows = [
        ROW | {"post_id": f"p{n}", "text": f"Text {n}.", "broadcast": generator.random(), "tracks": generator.random()}
        for n in range(30)
    ]
    return schema.conform(pd.DataFrame(rows), schema.SCORES)


@pytest.fixture
def cluetrain(monkeypatch, capsys, tmp_path, scores):
    """Run the command in a folder with scores and posts; give its exit code and what it wrote."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("cluetrain_nlp.study.validation._RESAMPLES", 30)
    monkeypatch.setattr("cluetrain_nlp.study.validation._PERMUTATIONS", 30)
    monkeypatch.setattr("cluetrain_nlp.study.agreement._RESAMPLES", 30)
    scores.attrs = {"model": "toy"}
    scores.to_parquet("scores.parquet")
    posts = scores[["post_id", "text"]].assign(firm=["Nord", "Süd", "Süd"] * 10)
    posts.to_json("posts.jsonl", orient="records", lines=True, force_ascii=False)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["cluetrain", *map(str, arguments)])
        capsys.readouterr()
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        else:
            code = 0
        out, err = capsys.readouterr()
        return code, out, " ".join(err.split())

    return run


def fill(path, voice):
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    for place, row in enumerate(rows):
        row |= {"voice": voice(place), "grade_3": "2" if place % 3 else "0", "stance_3": "reports" if place % 3 else ""}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def test_plan(cluetrain):
    code, out, err = cluetrain("plan", "scores.parquet", "--thesis", "3", "--width", "0.3", "--measure", "tracks")
    assert (code, err) == (0, "")
    for word in ("calibrated", "useless", "worst", "posts", "passages", "hours"):
        assert word in out


def test_from_scores_to_figures(cluetrain, tmp_path, scores):
    code, out, err = cluetrain(
        *(
            "sample",
            "scores.parquet",
            "20",
            "-o",
            "bogen",
            "--theses",
            "3",
            "--posts",
            "posts.jsonl",
            "--strata",
            "firm",
        ),
        *("--coders", "Ina,Jan", "--seed", "5"),
    )
    assert code == 0
    assert "20 passages to code; keep key.csv from the coders" in err
    assert out.split()[-1] == "bogen/key.csv"
    drawn = sample_for_coding(
        scores.assign(firm=["Nord", "Süd", "Süd"] * 10), 20, theses=[3], strata=["firm"], roles=["body"], seed=5
    )
    key = pd.read_csv(tmp_path / "bogen/key.csv")
    assert key["post_id"].tolist() == drawn["post_id"].tolist()
    assert key["stratum"].value_counts().to_dict() == {"Süd": 13, "Nord": 7}

    fill(tmp_path / "bogen/coding_Ina.csv", lambda place: "3,5" if place % 2 else "1")
    fill(tmp_path / "bogen/coding_Jan.csv", lambda place: "" if place == 0 else "1.5")
    (tmp_path / "bogen/coding_Jan.csv").write_text(
        (tmp_path / "bogen/coding_Jan.csv").read_text(encoding="utf-8").replace(";0;", ";;", 1), encoding="utf-8"
    )
    code, out, err = cluetrain("collect", "bogen", "-o", "coded.parquet")
    assert (code, out) == (0, "")
    assert "coder Jan left 1 passage(s) without any code" in err
    assert "wrote 40 rows to coded.parquet" in err
    coded = pd.read_parquet(tmp_path / "coded.parquet")
    assert {name: str(kind) for name, kind in coded.dtypes.items()} == schema.CODED
    assert coded.attrs["design"]["strata"] == ["firm"]
    assert cluetrain("collect", "bogen", "-o", "coded.parquet")[0] == 1
    assert cluetrain("collect", "bogen", "-o", "coded.csv", "--overwrite")[0] == 0

    code, out, err = cluetrain("validate", "scores.parquet", "coded.parquet", "--posts", "posts.jsonl", "--by", "firm")
    assert (code, err) == (0, "")
    for words in (
        "machine–human",
        "human–human",
        "brier",
        "Calibration of broadcast",
        "Error of tracks by firm",
        "Süd",
    ):
        assert words in out
    for file in ("coded.parquet", "coded.csv"):
        code, out, err = cluetrain("agreement", file)
        assert (code, err) == (0, "")
        assert [line.split()[0] for line in out.splitlines() if "ordinal" in line] == ["grade", "grade", "voice"]


def test_from_scores_to_another_tool_and_back(cluetrain, tmp_path):
    assert cluetrain("sample", "scores.parquet", "10", "-o", "aufgaben", "--for", "doccano")[0] == 0
    lines = [json.loads(line) for line in (tmp_path / "aufgaben/tasks.jsonl").read_text(encoding="utf-8").splitlines()]
    labelled = "".join(json.dumps(line | {"label": ["voice=4"]}) + "\n" for line in lines)
    (tmp_path / "ina.jsonl").write_text(labelled, encoding="utf-8")
    code, _, err = cluetrain(
        "collect", "ina.jsonl", "--from", "doccano", "--key", "aufgaben/key.csv", "-o", "coded.jsonl"
    )
    assert (code, err) == (0, "wrote 10 rows to coded.jsonl")
    assert cluetrain("validate", "scores.parquet", "coded.jsonl")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sample", "scores.parquet", "10", "-o", "x", "--theses", "drei"], "theses are 'drei'; expected numbers"),
        (["sample", "scores.parquet", "31", "-o", "x"], "n is 31, but there are 30 units"),
        (["plan", "scores.parquet", "--thesis", "9"], "Thesis 9 is reported for 0 of the 30"),
        (["plan", "posts.jsonl"], "posts.jsonl lacks the column(s)"),
        (["collect", "posts.jsonl", "-o", "x.csv", "--from", "prodigy"], "There is no key"),
        (["collect", ".", "-o", "x.csv"], "There are no sheets in"),
    ],
    ids=str,
)
def test_input_at_fault_has_exit_code_1(cluetrain, tmp_path, arguments, message):
    code, out, err = cluetrain(*arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert not (tmp_path / "x").exists()
    assert not (tmp_path / "x.csv").exists()


def test_codes_without_weights_are_warned_of_in_one_line(cluetrain, tmp_path, scores):
    code = dict.fromkeys(schema.CODED, 0) | {"coder": "A", "weight": np.nan, "stance": "", "text_sha256": ""}
    codes = [code | {"post_id": post_id, "voice": 4.0 * (n % 2)} for n, post_id in enumerate(scores["post_id"])]
    schema.conform(pd.DataFrame(codes), schema.CODED).to_parquet("coded.parquet")
    code, out, err = cluetrain("validate", "scores.parquet", "coded.parquet")
    assert code == 0
    assert "Calibration of broadcast" in out
    assert err.count("warning: Coded passages have no sampling weights") == 1
    assert "validation.py" not in err
