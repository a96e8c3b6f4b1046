"""The command line: options, files, messages, exit codes."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

import cluetrain_nlp as ct
from cluetrain_nlp import cli, schema
from cluetrain_nlp.cli.app import plain
from cluetrain_nlp.training.corpus import read_corpus

POSTS = {
    "frage.txt": "Ich habe euch dreimal geschrieben. Warum antwortet da nie ein Mensch, immer nur ein Automat?",
    "presse.md": "Die Mühlgrund Pumpen GmbH erweitert als führender Anbieter ihr Portfolio um innovative Lösungen.",
    "leer.txt": "",
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "posts").mkdir()
    for name, text in POSTS.items():
        (tmp_path / "posts" / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def cluetrain(monkeypatch, capsys, folder):
    """Run the command in the folder; give its exit code and what it wrote to stdout and stderr."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "200")

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


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# score


def test_parquet_holds_what_score_gives(cluetrain, folder):
    code, out, err = cluetrain("score", "posts", "-o", "out/scores.parquet", "--show", "0")
    assert (code, out) == (0, "")
    found = pd.read_parquet(folder / "out/scores.parquet")
    expected = ct.score(ct.read_posts(folder / "posts"))
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert found.attrs == expected.attrs
    assert f"wrote {len(found)} rows" in err
    assert "1 row(s) without numbers; the column error says why" in err
    assert names(folder / "out") == ["scores.parquet"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_text_formats_hold_the_same_values(cluetrain, folder, suffix):
    code, _, _ = cluetrain("score", "posts", "-o", f"scores.{suffix}", "--show", 0, "--top", 1)
    assert code == 0
    read = pd.read_csv if suffix == "csv" else lambda path: pd.read_json(path, lines=True)
    found = read(folder / f"scores.{suffix}")
    expected = ct.score(ct.read_posts(folder / "posts"), top=1)
    assert list(found.columns) == list(schema.SCORES)
    assert found["thesis"].tolist() == expected["thesis"].tolist()
    assert found["tracks"].tolist() == pytest.approx(expected["tracks"].tolist(), abs=1e-6, nan_ok=True)


def test_chosen_theses_all_of_them_and_whole_posts(cluetrain, folder):
    assert cluetrain("score", "posts", "-o", "a.parquet", "--theses", "62, 1", "--top", 0)[0] == 0
    found = pd.read_parquet(folder / "a.parquet")
    assert set(found["thesis"]) == {0, 1, 62}
    assert len(found) == 2 * 2 + 1
    assert cluetrain("score", "posts", "-o", "b.parquet", "--top", 0, "--unit", "post")[0] == 0
    found = pd.read_parquet(folder / "b.parquet")
    assert len(found) == 2 * 95 + 1
    assert found.attrs["unit"] == "post"


def test_theses_of_ones_own(cluetrain, folder):
    (folder / "own.yaml").write_text("- number: 7\n  text_de: Wer schreibt, will eine Antwort.\n", encoding="utf-8")
    assert cluetrain("score", "posts", "-o", "own.parquet", "--theses", "own.yaml")[0] == 0
    found = pd.read_parquet(folder / "own.parquet")
    assert set(found["thesis"]) == {0, 7}
    assert "not trained on" in found.attrs["expected_quality"]
    code, out, _ = cluetrain("theses", "own.yaml")
    assert code == 0
    assert "Wer schreibt, will eine Antwort." in out


def test_tables_with_other_column_names(cluetrain, folder):
    (folder / "posts.csv").write_text('slug,body\neins,"Keiner antwortet mir, seit drei Wochen."\n', encoding="utf-8")
    assert cluetrain("score", "posts.csv", "--text", "body", "--id", "slug", "-o", "s.csv")[0] == 0
    assert set(pd.read_csv(folder / "s.csv")["post_id"]) == {"eins"}
    code, _, err = cluetrain("score", "posts.csv", "-o", "t.csv")
    assert code == 1
    assert "no column 'text'; found slug, body" in err
    assert not (folder / "t.csv").exists()


def test_the_overview_goes_to_stdout_and_shows_posts_and_passages(cluetrain):
    code, out, _ = cluetrain("score", "posts", "--show", "1")
    assert code == 0
    for words in ("frage.txt", "presse.md", "leer.txt", "Highest scores", "Lowest scores", "Ich habe euch"):
        assert words in out


def test_square_brackets_of_a_post_are_no_markup(cluetrain, folder):
    text = "[bold]Wir[/bold] haben euch gefragt [/oops] und niemand hat uns geantwortet, seit Wochen nicht."
    (folder / "[x].txt").write_text(text, encoding="utf-8")
    code, out, _ = cluetrain("score", "[[]x].txt")
    assert code == 0
    assert "[bold]Wir[/bold]" in out
    assert "[x].txt" in out


def test_a_terminal_does_not_obey_what_a_post_holds():
    assert plain("Hallo\x1b[2J [red]Welt\x07") == "Hallo\ufffd[2J \\[red]Welt\ufffd"


def test_a_table_without_posts_gives_a_table_without_scores(cluetrain, folder):
    (folder / "empty.csv").write_text("post_id,text\n")
    for suffix in ("parquet", "csv", "jsonl"):
        code, _, err = cluetrain("score", "empty.csv", "-o", f"none.{suffix}")
        assert (code, f"wrote 0 rows to none.{suffix}" in err) == (0, True)
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "none.parquet"), schema.empty(schema.SCORES))
    assert (folder / "none.csv").read_text().startswith("post_id")


def test_an_existing_file_is_kept_unless_one_says_so(cluetrain, folder):
    (folder / "s.csv").write_text("old")
    code, _, err = cluetrain("score", "posts", "-o", "s.csv")
    assert code == 1
    assert "s.csv exists; add --overwrite" in err
    assert (folder / "s.csv").read_text() == "old"
    assert cluetrain("score", "posts", "-o", "s.csv", "--overwrite")[0] == 0
    assert (folder / "s.csv").read_text().startswith("post_id,")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nirgends"], "nirgends"),
        (["posts", "-o", "s.xlsx"], "scores can be written to .parquet, .csv, .jsonl"),
        (["posts", "-o", "s.csv", "--theses", "1,96"], "no thesis 96"),
        (["posts", "-o", "s.csv", "--theses", "x.yaml"], "neither numbers such as 1,62 nor an existing file"),
        (["posts", "-o", "s.csv", "--theses", "posts/leer.txt"], "no thesis file by its name"),
        (["posts", "-o", "s.csv", "--model", "posts"], "is no model: it lacks config.json"),
        (["posts", "-o", "s.csv", "--nlp", "nirgends"], "No German pipeline 'nirgends'"),
        (["kaputt.jsonl", "-o", "s.csv"], "kaputt.jsonl"),
    ],
    ids=str,
)
def test_bad_input_is_told_with_exit_code_1_and_leaves_nothing(cluetrain, folder, arguments, message):
    (folder / "kaputt.jsonl").write_text('{"post_id"', encoding="utf-8")
    before = names(folder)
    code, out, err = cluetrain("score", *arguments)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert message in err
    assert "Traceback" not in err
    assert names(folder) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["score"],
        ["score", "posts", "--top", "x"],
        ["score", "posts", "--top", "-1"],
        ["score", "posts", "--unit", "satz"],
        ["score", "posts", "--nope"],
        ["nope"],
        ["agreement"],
    ],
    ids=str,
)
def test_a_wrong_command_line_has_exit_code_2(cluetrain, arguments):
    code, _, err = cluetrain(*arguments)
    assert code == 2
    assert "Usage" in err


def test_an_interruption_leaves_nothing_and_has_its_exit_code(cluetrain, folder, monkeypatch):
    def interrupted(frames, **options):
        yield schema.empty(schema.SCORES)
        raise KeyboardInterrupt

    monkeypatch.setattr("cluetrain_nlp.scoring.score_frames", interrupted)
    before = names(folder)
    assert cluetrain("score", "posts", "-o", "s.parquet")[0] == 130
    assert names(folder) == before


# The other commands


def test_help_names_the_commands(cluetrain):
    code, out, _ = cluetrain("--help")
    assert code == 0
    for command in ("score", "theses", "train", "evaluate", "agreement"):
        assert command in out


def test_theses_are_listed_in_both_languages(cluetrain):
    code, german, _ = cluetrain("theses")
    assert code == 0
    assert len(german.splitlines()) >= 96
    assert ct.THESES[62].theme in german
    assert " ".join(ct.THESES[1].text_de.split()[:3]) in german
    assert " ".join(ct.THESES[1].text_en.split()[:3]) in cluetrain("theses", "--english")[1]


def test_evaluate_prints_figures(cluetrain, folder, monkeypatch):
    monkeypatch.setattr("cluetrain_nlp.training.evaluate._RESAMPLES", 20)
    rows = [
        {
            "text": passage.text,
            "theses": passage.grades,
            "stance": {str(number): "opposes" for number in passage.opposed},
            "voice": passage.voice,
        }
        for passage in read_corpus()[::24][:30]
    ]
    path = folder / "coded.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code, out, err = cluetrain("evaluate", "coded.jsonl")
    assert (code, err) == (0, "")
    for words in ("coded.jsonl", "voice", "spearman", "tracking", "tracking: cosine", "voice: TF-IDF", "mrr", " to "):
        assert words in out
    assert "reliability" not in out
    code, out, err = cluetrain("evaluate", "coded.jsonl", "--details")
    assert (code, err) == (0, "")
    for words in ("reliability of broadcast", "stated", "by theme", "human-voice"):
        assert words in out
    path.write_text("{}\n", encoding="utf-8")
    code, _, err = cluetrain("evaluate", "coded.jsonl")
    assert code == 1
    assert "coded.jsonl, line 1" in err


def test_agreement_of_two_coders(cluetrain, folder, monkeypatch):
    monkeypatch.setattr("cluetrain_nlp.study.agreement._RESAMPLES", 20)
    rows = [{"post": "a", "codes": [{"voice": voice}, {"voice": voice}]} for voice in (0, 1, 4)]
    (folder / "codes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code, out, err = cluetrain("agreement", "codes.jsonl")
    assert (code, err) == (0, "")
    (voice,) = (line.split() for line in out.splitlines() if line.startswith("voice"))
    assert voice[1:4] == ["0", "ordinal", "1.000"]
    (folder / "codes.jsonl").write_text("{}\n", encoding="utf-8")
    code, _, err = cluetrain("agreement", "codes.jsonl")
    assert code == 1
    assert "no passage has two codes" in err


def test_the_module_is_the_command(folder):
    command = [sys.executable, "-W", "error", "-m", "cluetrain_nlp", "score", "nirgends"]
    environment = {**os.environ, "NO_COLOR": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)  # noqa: S603
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("error: ")


def test_the_posts_themselves_are_never_overwritten(cluetrain, folder):
    (folder / "in.csv").write_text("post_id,text\na,Ein Satz.\n", encoding="utf-8")
    code, _, err = cluetrain("score", "in.csv", "-o", "in.csv", "--overwrite")
    assert code == 1
    assert "is the file of posts itself" in err
    assert (folder / "in.csv").read_text(encoding="utf-8").startswith("post_id,text")


# passages


def test_passages_shows_every_role_and_hands_errors_on(cluetrain, folder):
    (folder / "posts" / "kaputt.html").write_bytes(b"\0\1\2")
    code, out, _ = cluetrain("passages", "posts", "-o", "cut.parquet")
    assert code == 0
    assert "body" in out
    found = pd.read_parquet(folder / "cut.parquet")
    pd.testing.assert_frame_equal(found, ct.passages(ct.read_posts("posts")), check_exact=True)
    assert found.loc[found["post_id"] == "kaputt.html", "error"].str.contains("binary").all()


def test_a_bad_row_costs_one_row_of_the_scores(cluetrain, folder):
    rows = '{"post_id": "a", "text": "Wir reden ja gar nicht mehr miteinander."}\n{"post_id"\n'
    (folder / "p.jsonl").write_text(rows, encoding="utf-8")
    code, _, err = cluetrain("score", "p.jsonl", "-o", "s.csv", "--top", "1", "--show", "0")
    assert code == 0
    assert "1 row(s) without numbers" in err
    found = pd.read_csv(folder / "s.csv", na_filter=False)
    assert found["post_id"].tolist() == ["a", "p.jsonl, line 2"]
    assert "valid JSON" in found["error"][1]
