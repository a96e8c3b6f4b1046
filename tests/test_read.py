"""Reading posts: identities, columns, encodings, and that nothing is guessed, lost or invented."""

import csv
import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cluetrain_nlp import schema
from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.cells import moment
from cluetrain_nlp.posts.markdown import split_front_matter
from cluetrain_nlp.posts.read import read_frames, read_posts
from cluetrain_nlp.posts.tables import csv_header

ROWS = [
    {
        "post_id": "a",
        "text": "Grüß Gott, wie war's?",
        "title": "Eins",
        "published": "2012-04-03T10:00:00+02:00",
    },
    {
        "post_id": "b",
        "text": 'Sie sagte: "Na; ja, gut."\nDann ging sie.',
        "title": "NA",
        "published": "3.4.2012",
    },
    {"post_id": "c", "text": "", "title": "", "published": "irgendwann"},
]


def assert_posts(frame):
    names = list(schema.POSTS)
    assert list(frame.columns[: len(names)]) == names
    assert frame[names].dtypes.astype(str).to_dict() == schema.POSTS
    assert frame.index.equals(pd.RangeIndex(len(frame)))
    assert frame["post_id"].is_unique
    assert not frame[[n for n in names if n != "published"]].isna().any(axis=None)


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


# Folders, files, patterns


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "blog"
    (root / "2012").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "b.txt").write_bytes("\ufeffÜber uns\r\n\r\nHallo.".encode())
    (root / "a.md").write_text("---\ntitle: Ein Titel\ndate: 2012-04-03\n---\n\n# Kopf\n", encoding="utf-8")
    (root / "2012" / "C.TXT").write_text("Drei", encoding="utf-16")
    (root / ".git" / "x.txt").write_text("nein")
    (root / ".versteckt.txt").write_text("nein")
    (root / "bild.jpg").write_bytes(b"\0\1")
    return root


def test_folder_gives_sorted_relative_identities(folder):
    posts = read_posts(folder)
    assert_posts(posts)
    assert list(posts["post_id"]) == ["2012/C.TXT", "a.md", "b.txt"]
    assert list(posts["text"]) == ["Drei", "# Kopf\n", "Über uns\n\nHallo."]
    assert list(posts["title"]) == ["", "Ein Titel", ""]
    assert posts["published"][1] == pd.Timestamp("2012-04-03", tz="UTC")
    assert posts["published"].isna().tolist() == [True, False, True]


def test_identity_does_not_depend_on_the_way_there(folder, monkeypatch):
    here = read_posts(folder)
    monkeypatch.chdir(folder.parent)
    pd.testing.assert_frame_equal(here, read_posts("blog"))
    pd.testing.assert_frame_equal(here, read_posts("./blog/../blog/"))
    assert list(read_posts("blog/**/*.[tT]*")["post_id"]) == ["2012/C.TXT", "b.txt"]
    assert list(read_posts(str(folder / "*.md"))["post_id"]) == ["a.md"]
    assert list(read_posts(folder / "a.md")["post_id"]) == ["a.md"]
    monkeypatch.chdir(folder)
    assert list(read_posts("*.md")["post_id"]) == ["a.md"]


def test_a_folder_may_be_named_like_a_pattern(tmp_path):
    (tmp_path / "blog[1]").mkdir()
    (tmp_path / "blog[1]" / "a.txt").write_text("Hallo")
    assert list(read_posts(tmp_path / "blog[1]")["post_id"]) == ["a.txt"]


def test_example_posts_are_readable():
    root = Path(__file__).parents[1] / "examples" / "posts"
    if not root.is_dir():
        pytest.skip("examples/posts is not in this tree")
    posts = read_posts(root)
    assert_posts(posts)
    assert len(posts) == sum(1 for _ in root.rglob("*.txt")) + sum(1 for _ in root.rglob("*.md"))
    assert (posts["text"].str.len() > 200).all()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nirgends", "does not exist"),
        ("*.txt", "No file matches"),
        ("leer", "holds no file of posts \\(no files\\)"),
        ("bilder", "only .jpg"),
    ],
)
def test_nothing_there(tmp_path, path, says):
    (tmp_path / "leer").mkdir()
    (tmp_path / "bilder").mkdir()
    (tmp_path / "bilder" / "x.jpg").write_bytes(b"\0")
    with pytest.raises(PostError, match=says):
        read_posts(tmp_path / path)
    with pytest.raises(PostError, match=says):
        read_frames(tmp_path / path)  # at the call, before the first frame is asked for


# Tables


@pytest.mark.parametrize(
    "kind", ["csv", "semicolon", "tab", "utf16", "jsonl", "unnamed-jsonl", "parquet", "unnamed-parquet"]
)
def test_tables_agree(tmp_path, kind):
    frame = pd.DataFrame(ROWS)
    path = tmp_path / {"jsonl": "p.jsonl", "parquet": "p.parquet", "utf16": "p.tsv"}.get(kind, "p.csv")
    if "jsonl" in kind:
        write_jsonl(path, ROWS)
    elif "parquet" in kind:
        frame.to_parquet(path)
    else:
        sep = {"csv": ",", "semicolon": ";"}.get(kind, "\t")
        frame.to_csv(path, sep=sep, index=False, encoding="utf-16" if kind == "utf16" else "utf-8-sig")
    posts = read_posts(path)
    assert_posts(posts)
    assert list(posts["text"]) == [row["text"] for row in ROWS]
    assert list(posts["title"]) == ["Eins", "NA", ""]
    assert posts["published"][0] == pd.Timestamp("2012-04-03 08:00", tz="UTC")
    assert posts["published"][1] == pd.Timestamp("2012-04-03", tz="UTC")
    assert pd.isna(posts["published"][2])


def test_columns_can_be_named_and_further_ones_stay(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("slug,body,company,text\nx,Hallo,Quendel,Teaser\n", encoding="utf-8")
    posts = read_posts(path, text="body", id="slug")
    assert_posts(posts)
    assert posts.iloc[0][["post_id", "text", "slug", "company"]].to_list() == ["x", "Hallo", "x", "Quendel"]
    assert list(posts.columns) == [*schema.POSTS, "slug", "company"]


def test_identity_comes_from_the_first_column_that_says_one(tmp_path):
    rows = [{"id": 7, "url": "https://example.org/a", "text": "x"}, {"id": 8, "url": None, "text": "y"}]
    assert list(read_posts(write_jsonl(tmp_path / "p.jsonl", rows))["post_id"]) == [
        "https://example.org/a",
        "8",
    ]


def test_identity_never_comes_from_position(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("nummer,text\n1,Hallo\n", encoding="utf-8")
    with pytest.raises(PostError, match=r"found nummer, text.*by id=") as caught:
        read_posts(path)
    assert "post_id, guid, url, slug, id, path" in str(caught.value)
    assert list(read_posts(path, id="nummer")["post_id"]) == ["1"]
    path.write_text("post_id,text\n,Hallo\n", encoding="utf-8")
    with pytest.raises(PostError, match="nothing in post_id"):
        read_posts(path)


def test_a_named_column_is_not_replaced_by_another(tmp_path):
    path = write_jsonl(tmp_path / "p.jsonl", ROWS)
    with pytest.raises(PostError, match="nothing in slug; found post_id"):
        read_posts(path, id="slug")
    with pytest.raises(PostError, match=r"no column 'body'; found post_id.*text="):
        read_posts(path, text="body")


@pytest.mark.parametrize("size", [2, 3, 100])
def test_a_repeated_identity_is_told_and_nothing_is_lost(tmp_path, size):
    path = write_jsonl(tmp_path / "p.jsonl", [{"post_id": i // 3, "text": f"Text {i}"} for i in range(6)])
    posts = pd.concat(read_frames(path, size), ignore_index=True)
    assert posts["post_id"].tolist() == ["0", "0 [2]", "0 [3]", "1", "1 [2]", "1 [3]"]
    assert posts["text"].tolist() == [f"Text {i}" for i in range(6)]
    assert posts["error"].str.contains("has come before").tolist() == [False, True, True] * 2


def test_an_identity_can_look_like_a_repeated_one(tmp_path):
    path = write_jsonl(tmp_path / "p.jsonl", [{"post_id": name, "text": "x"} for name in ("a", "a [2]", "a", "a")])
    assert read_posts(path)["post_id"].tolist() == ["a", "a [2]", "a [2] [2]", "a [3]"]


def test_files_without_rows(tmp_path):
    (tmp_path / "p.csv").write_text("post_id,text\n")
    (tmp_path / "p.jsonl").write_text("")
    (tmp_path / "leer.txt").write_text("")
    for name in ("p.csv", "p.jsonl"):
        pd.testing.assert_frame_equal(read_posts(tmp_path / name), schema.empty(schema.POSTS))
        assert list(read_frames(tmp_path / name)) == []
    assert read_posts(tmp_path / "leer.txt")["text"].tolist() == [""]  # a post, though an empty one


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("p.csv", b"", "is empty"),
        ("p.csv", b"post_id,text\n1,Hallo, Welt\n", "3 cells, the header names 2"),
        ("p.csv", b'post_id,text\n1,"Hallo\n', "not well-formed CSV"),
        ("p.jsonl", b'{\n"post_id": 1, "text": "a"}\n', "p.jsonl, line 1: It is not valid JSON"),
        ("p.jsonl", b'{"post_id": 1, "text": ["a"]}\n', "post 1: text is a list"),
        ("p.jsonl", b'{"post_id": 1, "text": "\\ud83d"}\n', "line 1: .*surrogates not allowed"),
        ("p.md", b'---\ntitle: "\\ud83d"\n---\na', "title holds half a surrogate pair"),
        ("p.txt", b"a\0b", "binary"),
        ("p.pdf", b"%PDF-1.4", "tells its format"),
        ("p.parquet", b"PAR1 kaputt", "cannot be read as Parquet"),
        ("p.xml", b"<?xml version='1.0'?><urlset/>", "root <urlset>"),
        ("p.xml", b"<?xml version='1.0'?><rss><channel>", "breaks off"),
        ("p.json", b'[{"post_id": 1, "text"', "not valid JSON"),
    ],
)
def test_a_file_without_one_good_post_is_an_error_that_names_it(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PostError, match=says) as caught:
        read_posts(path)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "ids", "says"),
    [
        ("p.csv", b"post_id,text\n1,Ja\n2,Hallo, Welt\n3,Doch\n", ["1", "p.csv, line 3", "3"], "3 cells"),
        ("p.csv", b'post_id,text\n1,Ja\n2,"Hallo\n', ["1", "p.csv"], "line 3: not well-formed CSV"),
        ("p.csv", b"post_id,text\n1,Ja\n,Nein\n3,Doch\n", ["1", "p.csv, post 2", "3"], "nothing in post_id"),
        (
            "p.jsonl",
            b'{"id": 1, "text": "a"}\n\n{"id"\n{"id": 3, "text": "b"}',
            ["1", "p.jsonl, line 3", "3"],
            "valid JSON",
        ),
        ("p.jsonl", b'[1]\n{"id": 1, "text": "a"}\n', ["p.jsonl, line 1", "1"], "holds a JSON list"),
        ("p.jsonl", b'{"id": 1, "text": "a"}\n{"id": 2}', ["1", "p.jsonl, post 2"], "no column 'text'; found id"),
        (
            "p.json",
            b'[{"id": 1, "text": "a"}, 7, {"id": 3, "text": "b"}',
            ["1", "p.json, item 2", "3", "p.json"],
            "JSON",
        ),
    ],
)
def test_a_bad_row_costs_one_row(tmp_path, name, content, ids, says):
    path = tmp_path / name
    path.write_bytes(content)
    posts = read_posts(path)
    assert_posts(posts)
    assert posts["post_id"].tolist() == ids
    bad = posts[posts["post_id"].str.startswith("p.")]
    assert (posts["error"] != "").sum() == len(bad) >= 1
    assert bad["error"].str.contains(says).all()


def test_a_bad_file_costs_one_row_of_a_folder(folder):
    (folder / "c.html").write_bytes(b"\0\1\2")
    (folder / "d.xml").write_text("<rss><channel><item><guid>x</guid><description>Hallo")
    posts = read_posts(folder)
    assert_posts(posts)
    assert posts["post_id"].tolist() == ["2012/C.TXT", "a.md", "b.txt", "c.html", "d.xml"]
    assert (posts["error"] != "").tolist() == [False, False, False, True, True]


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_are_told_from_the_bytes(tmp_path, encoding):
    text = "Grüße aus Köln: Wir hätten übrigens große Öfen für Müßiggänger, schöne Töpfe und süßes Brot.\n" * 3
    (tmp_path / "p.txt").write_bytes(text.encode(encoding))
    assert read_posts(tmp_path / "p.txt")["text"].item() == text


def test_stray_bytes_in_utf8_are_windows(tmp_path):
    text = "Grüße aus Köln, wir hätten übrigens große Öfen. " * 5
    (tmp_path / "p.txt").write_bytes(text.encode() + "Müll".encode("cp1252"))
    assert read_posts(tmp_path / "p.txt")["text"].item() == f"{text}Müll"


def test_csv_keeps_words_that_look_like_missing_values_and_numbers(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("post_id,text,plz\n007,null,01067\n008,NA\n", encoding="utf-8")
    posts = read_posts(path)
    assert posts[["post_id", "text", "plz"]].to_numpy().tolist() == [
        ["007", "null", "01067"],
        ["008", "NA", ""],
    ]


def test_csv_header_alone_decides_the_delimiter():
    assert csv_header("a;b,c;d\n") == (";", ["a", "b,c", "d"])
    assert csv_header('"a;b;c",d\r\n') == (",", ["a;b;c", "d"])
    assert csv_header("a\tb") == ("\t", ["a", "b"])
    assert csv_header("text") == (",", ["text"])


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ('id,pfad,text\n1,"C:\\temp\\","Hallo Welt"\n2,"x","Gut, ja"\n', ["Hallo Welt", "Gut, ja"]),
        ('id,text,a,b\n1,"Er: \\"Ja\\".","",""\n2,"Er: \\"Ja, du\\".","",""\n', ['Er: "Ja".', 'Er: "Ja, du".']),
        ('id,text\n1,"Er: ""Ja, du""."\n', ['Er: "Ja, du".']),
        ("sep=|\r\nid|text\r\n1|Ja, du\r\n", ["Ja, du"]),
        ("id\ttext\r1\tJa\r2\tNein\r", ["Ja", "Nein"]),
        ("id,text,text\n1,Ja,Nein\n", ["Ja"]),
    ],
)
def test_how_a_csv_file_is_written_is_told_from_its_rows(tmp_path, content, texts):
    (tmp_path / "p.csv").write_bytes(content.encode())
    assert read_posts(tmp_path / "p.csv")["text"].tolist() == texts


def test_an_overlong_line_of_csv_costs_one_row(tmp_path):
    (tmp_path / "p.csv").write_text(
        "post_id,text,x\n1,a,b\n2," + "wort " * 700_000 + "," + "wort " * 700_000 + "\n3,c,d\n"
    )
    posts = read_posts(tmp_path / "p.csv")
    assert posts["post_id"].tolist() == ["1", "p.csv, line 3", "3"]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ('{"posts": [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}]}', ["a", "b"]),
        ('{"meta": {"tags": [{"n": 1}]},\n"posts": [{"id": "1", "text": "a"}]}', ["a"]),
        ('{"authors": [{"name": "x"}],\n"posts": [{"id": "1", "text": "a"}]}', ["a"]),
        ('{"id": "1", "text": "a",\n"tags": [{"n": 1}]}', ["a"]),
        ('{"id": "1", "text": "a"}\n{"id": "2", "text": "b"}\n', ["a", "b"]),
        ('{"id": "1", "text": "a"}', ["a"]),
    ],
)
def test_the_shapes_of_json(tmp_path, content, texts):
    (tmp_path / "p.json").write_text(content)
    assert read_posts(tmp_path / "p.json")["text"].tolist() == texts


def test_a_stream_can_go_on_in_another_thread(tmp_path):
    path = write_jsonl(tmp_path / "p.jsonl", ROWS)
    frames = read_frames(path, 1)
    next(frames)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(next, frames).result()["post_id"].tolist() == ["b"]


# Streams


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_frames_are_the_posts_in_parts(tmp_path, size, kind):
    path = tmp_path / f"p.{kind}"
    frame = pd.DataFrame([{**row, "company": "Quendel"} for row in ROWS])
    if kind == "jsonl":
        write_jsonl(path, frame.to_dict("records"))
    else:
        frame.to_csv(path, index=False) if kind == "csv" else frame.to_parquet(path)
    frames = list(read_frames(path, size))
    assert [len(part) for part in frames] == [size] * (len(ROWS) // size) + [len(ROWS) % size] * (len(ROWS) % size > 0)
    for part in frames:
        assert_posts(part)
    pd.testing.assert_frame_equal(pd.concat(frames, ignore_index=True), read_posts(path))


def test_size_must_be_positive(tmp_path):
    with pytest.raises(PostError, match="size is 0"):
        read_frames(tmp_path, 0)


def test_streaming_takes_constant_memory(tmp_path):
    def peak(n):
        path = write_jsonl(tmp_path / f"{n}.jsonl", ({"post_id": i, "text": f"Satz {i}. " * 100} for i in range(n)))
        tracemalloc.start()
        assert sum(len(frame) for frame in read_frames(path, 100)) == n
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(200)  # first use imports and caches
    assert peak(4000) < 1.5 * peak(500)


# Dates and front matter


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2012-04-03", "2012-04-03T00:00:00+00:00"),
        ("2012-04-03 10:00:00 +0200", "2012-04-03T08:00:00+00:00"),
        ("2012-04-03T10:00:00Z", "2012-04-03T10:00:00+00:00"),
        ("03.04.2012", "2012-04-03T00:00:00+00:00"),
        ("3.4.2012 18:05", "2012-04-03T18:05:00+00:00"),
        ("Tue, 03 Apr 2012 10:00:00 +0200", "2012-04-03T08:00:00+00:00"),
        (pd.Timestamp("2012-04-03", tz="UTC"), "2012-04-03T00:00:00+00:00"),
        *[(value, None) for value in ("", "gestern", "04/03/2012", "31.02.2012", None, 2012, pd.NaT, [])],
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_dates_are_read_one_by_one(given, expected):
    found = moment(given)
    assert (found and found.isoformat()) == expected


@pytest.mark.parametrize(
    "source",
    [
        "---\ntitle: Ein Titel\nauthors: [Jana Quendel, {name: Ole Brandt}]\npermalink: /a\ndate: 2012-04-03\n---\n",
        '+++\ntitle = "Ein Titel"\nauthor = "Jana Quendel, Ole Brandt"\nurl = "/a"\ndate = 2012-04-03\n+++\n',
    ],
)
def test_front_matter(source):
    meta, body = split_front_matter(source + "\n\nGuten Tag\n---\nRest")
    assert body == "Guten Tag\n---\nRest"
    assert {k: str(v) for k, v in meta.items()} == {
        "title": "Ein Titel",
        "author": "Jana Quendel, Ole Brandt",
        "url": "/a",
        "published": "2012-04-03",
    }


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: [offen\n---\nText",
        "---\ndate: 2012-13-45\n---\nText",
        "---\nEin Satz.\n---\nText",
        "---\na: !!timestamp nie\n---\nText",
        "---\na: " + "[" * 5000 + "\n---\nText",
        "+++\ntitle = offen\n+++\nText",
        "---\ntitle: ohne Ende\n",
        "Text\n---\ntitle: zu spät\n---\n",
    ],
)
def test_front_matter_that_is_none_stays_in_the_text(text):
    assert split_front_matter(text) == ({}, text)


def test_front_matter_values_that_explode_are_left_out():
    levels = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    meta, body = split_front_matter(f"---\na0: &a0 [lol]\n{levels}title: *a11\nslug: x\n---\nText")
    assert (meta, body) == ({"slug": "x"}, "Text")


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="ab:-[]{}!&*|>'\"# \n0159.", max_size=60), st.text(max_size=20))
def test_any_front_matter_keeps_the_text(matter, rest):
    text = f"---\n{matter}\n---\n{rest}"
    _, body = split_front_matter(text)
    assert text.endswith(body)
    assert body.lstrip("\n") == body or body == text


@settings(deadline=None, max_examples=60)
@example(["\\"])
@example(["0", "\\"])
@example(["\\", "0", "\\"])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30), max_size=5))
def test_texts_survive_every_table(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("t")
    frame = pd.DataFrame({"post_id": [f"p{i}" for i in range(len(texts))], "text": texts}, dtype="str")
    frame.to_csv(folder / "p.csv", index=False, quoting=csv.QUOTE_ALL)
    frame.to_parquet(folder / "p.parquet")
    write_jsonl(folder / "p.jsonl", frame.to_dict("records"))
    for kind in ("csv", "parquet", "jsonl"):
        assert list(read_posts(folder / f"p.{kind}", repair=False)["text"]) == texts, kind
