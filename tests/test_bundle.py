"""Bundles: what is in them, that they are the same each time, that hashes hold, and that nothing of a text leaks."""

import io
import json
import re
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import cli, schema
from cluetrain_nlp.errors import CluetrainError, PostError
from cluetrain_nlp.scoring import score
from cluetrain_nlp.show.anonymous import anonymous_codes, anonymous_scores, number_posts
from cluetrain_nlp.show.bundle import check_bundle, write_bundle
from cluetrain_nlp.study.tables import by_post

FILES = {
    *("README.md", "citation.bib", "manifest.json", "methods_de.md", "methods_en.md"),
    *("report_de.html", "report_en.html", "scores.parquet"),
    *("tables/by_post.csv", "tables/by_thesis.csv", "tables/left_out.csv"),
}
SENTENCE = (
    "Der Zwirbelhannes schraubt am Gartenzaunquietscher, und {name} wundert sich über das Knöterichgeläut im "
    "Pfützenhof. Keiner der Schnurrbartlieferanten antwortet auf unsere Kachelofenfragen, seit Wochen schon nicht mehr."
)
NAMES = [f"{first}{last}" for first in ("Ottilie", "Burkhard", "Walpurga", "Eusebius") for last in "abcdefgh"]


@pytest.fixture(scope="module")
def posts():
    rows = [
        {
            "post_id": f"https://knurrhahn.test/{name}",
            "text": SENTENCE.format(name=name) if place else "   ",
            "title": f"Wie {name} den Gamaschenbaum fand",
            "author": f"Freifrau von {name}heim",
            "url": f"https://knurrhahn.test/{name}",
            "published": pd.Timestamp("2009-03-01", tz="UTC") + pd.Timedelta(days=place * 20),
            "company": ["Nordwerk", "Suedwerk"][place % 2],
        }
        for place, name in enumerate(NAMES)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def scores(posts, toy_model):
    frame = score(posts, theses=[3, 62], top=None, model=toy_model)
    frame.loc[frame["passage"] >= 0, "speaker"] = "Kunigundebert"
    frame.attrs["path"] = "/home/kunigundebert/geheim.parquet"
    return frame


@pytest.fixture(scope="module")
def coded(scores):
    drawn = list(scores["post_id"].unique()[1:25])
    rows = [
        {
            "post_id": post,
            "passage": 0,
            "coder": coder,
            "thesis": thesis,
            "grade": 3.0 * (place % 3 == 0),
            "stance": "supports" if place % 3 == 0 else "",
            "voice": 4.0 * (place % 2),
            "unit": "post",
            "stratum": "Tuffsteingasse",
            "stratum_size": 31,
            "weight": 31 / 24,
        }
        for place, post in enumerate(drawn)
        for coder in ("Adelgundchen", "Zacharias")
        for thesis in (3, 62)
    ]
    frame = schema.conform(pd.DataFrame(rows), schema.CODED)
    frame.attrs["design"] = {"unit": "post", "n": 24, "N": 31, "seed": 0, "strata": ["company"], "roles": ["body"]}
    return frame


@pytest.fixture(scope="module")
def private(scores, posts, coded, tmp_path_factory):
    path = tmp_path_factory.mktemp("private") / "bundle.zip"
    return write_bundle(scores, path, posts=posts, coded=coded, by="company", texts=False)


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def frames(files):
    """Every table of a bundle, and the text in it."""
    yield pd.read_parquet(io.BytesIO(files["scores.parquet"]))
    for name, data in files.items():
        if name.endswith(".csv"):
            yield pd.read_csv(io.BytesIO(data), keep_default_na=False)


def test_a_bundle_has_its_files_and_their_hashes(scores, tmp_path):
    path = write_bundle(scores, tmp_path / "new/bundle.zip")
    assert set(contents(path)) == FILES
    manifest = check_bundle(path)
    assert set(manifest["files"]) == FILES - {"manifest.json"}
    assert manifest["scores"]["model_sha256"] == scores.attrs["model_sha256"]
    assert set(manifest["inputs"]) == {"scores"}
    read = pd.read_parquet(io.BytesIO(contents(path)["scores.parquet"]))
    pd.testing.assert_frame_equal(read, scores)
    assert read.attrs == scores.attrs


def test_groups_and_codes_add_their_tables(private, scores):
    files = contents(private)
    more = {f"tables/{name}.csv" for name in ("by", "left_out_by", "coded", "agreement", "estimates")}
    assert set(files) == FILES | more
    estimates = pd.read_csv(io.BytesIO(files["tables/estimates.csv"]))
    whole = estimates[estimates["company"].isna()]
    assert list(zip(whole["measure"], whole["thesis"], strict=True)) == [
        ("broadcast", 0),
        ("tracks", 0),
        ("tracks", 3),
        ("tracks", 62),
    ]
    assert (whole["n_coded"] == 24).all()
    assert set(estimates["company"].dropna()) == {"Nordwerk", "Suedwerk"}
    assert set(estimates["measure"]) == {"tracks", "broadcast"}


@pytest.mark.parametrize("texts", [True, False])
def test_the_same_input_gives_the_same_bytes(scores, posts, tmp_path, texts):
    first, second = (
        write_bundle(scores, tmp_path / name, posts=posts, by="company", texts=texts) for name in ("a.zip", "b.zip")
    )
    assert first.read_bytes() == second.read_bytes()


def test_nothing_of_a_text_or_a_name_is_in_a_bundle_without_texts(private, posts, coded):
    files = contents(private)
    everything = b"\n".join([*(name.encode() for name in files), *files.values()]).decode("utf-8", "replace").lower()
    everything += "\n".join(frame.astype(str).to_csv() + str(frame.attrs) for frame in frames(files)).lower()
    told = " ".join(posts[["post_id", "text", "title", "author"]].to_numpy().ravel())
    told += " ".join(coded[["coder", "stratum"]].to_numpy().ravel()) + " Kunigundebert geheim home"
    words = {word.lower() for word in re.findall(r"\w{5,}", told)}
    common = {"https", "keiner", "seit", "schon", "nicht", "antwortet", "fragen", "unsere", "wochen"}
    assert len(words) > 40
    assert {word for word in words - common if word in everything} == set()


def test_the_guard_would_find_what_a_bundle_with_texts_holds(scores, tmp_path):
    files = contents(write_bundle(scores, tmp_path / "bundle.zip"))
    assert b"Zwirbelhannes" in files["report_de.html"]
    assert any("Knöterichgeläut" in frame.to_csv() for frame in frames(files))


def test_tables_without_texts_hold_the_same_numbers(private, scores):
    files = contents(private)
    table = pd.read_csv(io.BytesIO(files["tables/by_post.csv"]), dtype={"post_id": "str"})
    whole = by_post(scores)
    assert sorted(table["words"]) == sorted(whole["words"])
    assert table["broadcast"].sort_values(ignore_index=True).to_numpy() == pytest.approx(
        whole["broadcast"].sort_values(ignore_index=True).to_numpy(), nan_ok=True
    )
    read = pd.read_parquet(io.BytesIO(files["scores.parquet"]))
    again = by_post(read).set_index("post_id")["broadcast"]
    np.testing.assert_allclose(again[table["post_id"]], table["broadcast"])


def test_numbers_of_posts_depend_on_their_texts_and_on_no_order(scores):
    numbers = number_posts(scores)
    assert number_posts(scores[::-1]) == numbers
    assert sorted(map(int, numbers.values())) == list(range(1, len(numbers) + 1))
    assert [numbers[name] for name in sorted(numbers)] != sorted(numbers.values(), key=int)
    changed = scores.assign(text=scores["text"] + " Ende.")
    assert number_posts(changed) != numbers
    pd.testing.assert_frame_equal(
        anonymous_scores(scores[::-1], numbers, None), anonymous_scores(scores, numbers, None)
    )


@pytest.mark.parametrize("by", ["author", "speaker", "post_id", "title"])
def test_groups_that_tell_who_wrote_are_refused_without_texts(scores, posts, tmp_path, by):
    with pytest.raises(CluetrainError, match="without texts"):
        write_bundle(scores, tmp_path / "bundle.zip", posts=posts, by=by, texts=False)


def rewritten(path, target, change):
    files = contents(path)
    change(files)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.pop("citation.bib"), "citation.bib is missing"),
        (lambda files: files.update({"evil.txt": b""}), "evil.txt was added"),
        (lambda files: files.update({"citation.bib": b"@misc{x}"}), "citation.bib was changed"),
        (lambda files: files.update({"citation.bib": files["citation.bib"][::-1]}), "citation.bib was changed"),
        (lambda files: files.pop("manifest.json"), "missing or damaged"),
        (lambda files: files.update({"manifest.json": b"[]"}), "missing or damaged"),
        (lambda files: files.update({"manifest.json": b'{"format": 9}'}), "another format than 1"),
        (lambda files: files.update({"manifest.json": b'{"format": 1}'}), "missing or damaged"),
        (lambda files: files.update({"manifest.json": b'{"format": 1, "files": 3}'}), "missing or damaged"),
    ],
)
def test_what_was_changed_is_found(private, tmp_path, change, said):
    with pytest.raises(CluetrainError, match=said):
        check_bundle(rewritten(private, tmp_path / "changed.zip", change))


def test_damage_anywhere_is_told(private, tmp_path):
    whole = private.read_bytes()
    found = set()
    for place in range(0, len(whole), len(whole) // 150):
        (tmp_path / "bundle.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        try:
            check_bundle(tmp_path / "bundle.zip")
        except CluetrainError:
            found.add(place)
    assert len(found) > 120  # what is left are bytes between the files, which say nothing of them


def test_what_we_never_write_is_told(private, tmp_path):
    """An encrypted file, and one that is patched data."""
    whole = private.read_bytes()
    directory = whole.index(b"PK\x01\x02")
    for flag in (1, 32):
        (tmp_path / "bundle.zip").write_bytes(
            whole[:6] + bytes([flag]) + whole[7 : directory + 8] + bytes([flag]) + whole[directory + 9 :]
        )
        with pytest.raises(CluetrainError, match="damaged"):
            check_bundle(tmp_path / "bundle.zip")


def test_what_is_no_bundle_is_said_to_be_none(tmp_path):
    (tmp_path / "text.zip").write_text("no archive")
    for path in (tmp_path / "text.zip", tmp_path / "nowhere.zip", tmp_path):
        with pytest.raises(CluetrainError, match="is no bundle"):
            check_bundle(path)


def test_an_existing_file_stays_unless_it_may_be_replaced(scores, tmp_path):
    path = tmp_path / "bundle.zip"
    path.write_text("mine")
    with pytest.raises(PostError, match="overwrite=True"):
        write_bundle(scores, path, texts=False)
    assert path.read_text() == "mine"
    write_bundle(scores, path, texts=False, overwrite=True)
    assert check_bundle(path)["texts"] is False
    assert [file.name for file in tmp_path.iterdir()] == ["bundle.zip"]


def test_a_column_that_is_nowhere_is_an_error(scores, posts, tmp_path):
    with pytest.raises(PostError, match="neither scores nor posts"):
        write_bundle(scores, tmp_path / "bundle.zip", posts=posts, by="firma")
    twice = pd.concat([posts, posts])
    with pytest.raises(PostError, match="repeat the post_id"):
        write_bundle(scores, tmp_path / "bundle.zip", posts=twice, by="company")


def test_empty_scores_make_a_bundle_too(scores, tmp_path):
    empty = schema.empty(schema.SCORES)
    empty.attrs = dict(scores.attrs)
    for texts in (True, False):
        assert check_bundle(write_bundle(empty, tmp_path / f"{texts}.zip", texts=texts))["texts"] is texts


@pytest.fixture
def cluetrain(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["cluetrain", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return end.value.code or 0, out, " ".join(err.split())

    return run


@pytest.mark.filterwarnings("ignore:The scores do not say")  # CSV and JSON Lines keep no attrs
@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_the_command_reads_what_other_commands_write(cluetrain, scores, posts, tmp_path, ending):
    if ending == ".parquet":
        scores.to_parquet("scores.parquet")
    elif ending == ".csv":
        scores.to_csv("scores.csv", index=False)
    else:
        scores.to_json("scores.jsonl", orient="records", lines=True, force_ascii=False)
    posts.to_json("posts.jsonl", orient="records", lines=True, force_ascii=False, date_format="iso")
    arguments = ["bundle", f"scores{ending}", "-o", "bundle.zip", "--posts", "posts.jsonl", "--by", "company"]
    code, out, err = cluetrain(*arguments, "--no-texts")
    assert (code, out) == (0, ""), err
    read = pd.read_parquet(io.BytesIO(contents("bundle.zip")["scores.parquet"]))
    assert {name: str(dtype) for name, dtype in read.dtypes.items()} == {**schema.SCORES, "company": "str"}
    assert set(json.loads(contents("bundle.zip")["manifest.json"])["scores"]) <= set(scores.attrs)
    code, out, err = cluetrain("bundle", "bundle.zip", "--check")
    assert code == 0
    assert "as they were written" in out
    assert cluetrain(*arguments)[0] == 1


def test_the_command_says_what_is_wrong(cluetrain, tmp_path):
    (tmp_path / "posts.csv").write_text("post_id,text\na,b\n")
    (tmp_path / "scores.txt").write_text("")
    (tmp_path / "bad.parquet").write_text("PAR1")
    for arguments, said in (
        (["posts.csv", "-o", "x.zip"], "lacks the column(s) passage"),
        (["scores.txt", "-o", "x.zip"], "expected .parquet, .csv or .jsonl"),
        (["bad.parquet", "-o", "x.zip"], "cannot be read"),
        (["none.csv", "-o", "x.zip"], "cannot be read"),
        (["posts.csv"], "-o bundle.zip"),
        (["posts.csv", "--check"], "is no bundle"),
    ):
        code, out, err = cluetrain("bundle", *arguments)
        assert (code, out) == (1, ""), err
        assert said in err


def test_codes_without_texts_hold_no_hash_of_them():
    code = dict.fromkeys(schema.CODED, 0) | {"post_id": "a", "text_sha256": "ab" * 32}
    assert anonymous_codes(pd.DataFrame([code]), {"a": "1"})["text_sha256"].tolist() == [""]


def test_samples_of_passages_are_corrected_by_passages(scores, coded, tmp_path):
    path = write_bundle(scores, tmp_path / "b.zip", coded=coded.assign(unit="passage"))
    estimates = pd.read_csv(io.BytesIO(zipfile.ZipFile(path).read("tables/estimates.csv")))
    assert set(estimates["unit"]) == {"passage"}
