"""Input that is hostile or broken: an error for that file or row, soon, and the rest goes on. No network, no code."""

import gzip
import io
import json
import signal
import socket
import struct
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluetrain_nlp import schema
from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.formats import READERS as _READERS
from cluetrain_nlp.posts.read import read_frames, read_posts
from cluetrain_nlp.posts.rows import Bad, Skipped

#: Far more than any of these inputs takes, also on a busy machine.
SECONDS = 60


@pytest.fixture(autouse=True)
def bounded(monkeypatch):
    """No test may open a connection, or take long."""

    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def stop(*_):
        raise AssertionError(f"it took longer than {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def beside(tmp_path):
    """Read a hostile file that lies beside a good one; give its errors."""

    def read(name, content):
        (tmp_path / "zuletzt.txt").write_text("Guten Tag!")
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        posts = pd.concat(read_frames(tmp_path, 100), ignore_index=True)
        assert posts.iloc[-1][["post_id", "text", "error"]].tolist() == ["zuletzt.txt", "Guten Tag!", ""]
        return posts[:-1]

    return read


ELSEWHERE = "Das steht in einer anderen Datei."
ITEM = "<item><guid>1</guid><description>&{};</description></item>"
BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declared",
    [
        f'<!ENTITY l0 "ha">{BOMB}',
        f'<!ENTITY l9 "{"A" * 50_000}">',
        '<!ENTITY l9 SYSTEM "file://{secret}">',
        '<!ENTITY l9 SYSTEM "http://fremd.example/x">',
        '<!ENTITY % p SYSTEM "http://fremd.example/x.dtd"> %p;',
    ],
    ids=["billion laughs", "quadratic", "file", "http", "parameter"],
)
@pytest.mark.parametrize("padding", [0, 50_000], ids=["early", "late"])
def test_xml_that_declares_entities(beside, tmp_path, declared, padding):
    (tmp_path / ".geheim").write_text(ELSEWHERE)
    declared = declared.replace("{secret}", str(tmp_path / ".geheim"))
    comment = f"<!-- {'x' * padding} -->"
    items = ITEM.format("l9") * 20
    xml = f'<?xml version="1.0"?>{comment}<!DOCTYPE rss [{declared}]><rss><channel>{items}</channel></rss>'
    found = beside("bombe.xml", xml)
    assert found["error"].str.contains("declares entities|tells its format").all()
    assert not found["text"].str.contains(ELSEWHERE).any()


def test_a_dtd_elsewhere_is_never_fetched(beside):
    dtd = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://fremd.example/rss-0.91.dtd">'
    found = beside(
        "feed.xml",
        f"{dtd}<rss><channel>{ITEM.format('uuml')}{ITEM.format('unbekannt').replace('1', '2')}</channel></rss>",
    )
    assert found["text"].tolist() == ["ü", "&unbekannt;"]


DEEP = 100_000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xml", f"<rss><channel><item>{'<a>' * DEEP}"),
        ("a.xml", f"<rss><channel><item {'a' * 20_000_000}='1'/></channel></rss>"),
        ("a.xml", f"<rss><channel><item><title>{'a' * 20_000_000}</title></item></channel></rss>"),
        ("a.json", f'[{{"id": 1, "text": {"[" * DEEP}'),
        ("a.jsonl", f'{{"id": 1, "text": {"[" * DEEP}{"]" * DEEP}}}\n'),
        ("a.jsonl", f'{{"id": 1, "text": {"1" * DEEP}}}\n{{"id"'),
        ("a.json", '[{"id": 1, "text": ' + "1" * DEEP + "e999}, {"),
        ("a.csv", 'post_id,text\n1,"' + "a,b\n" * 3_000_000),
        ("a.csv", "post_id,text\n1," + "a" * 50_000_000),
        ("a.csv", "post_id,text," + "a," * 1_000_000 + "\n1,Hallo\n"),
        ("a.jsonl", '{"id": 1, "text": "' + "a" * 50_000_000 + '"}'),
        ("a.txt", "a" * 50_000_000),
        ("a.html", "<p>" + "a" * 50_000_000),
        ("a.html", "<p>a" * 250_000),
        ("a.html", f"<p {' '.join(f'a{n}=1' for n in range(500_000))}>x"),
        ("a.html", "<p " + " ".join(f'a{n}=">"' for n in range(500_000)) + ">x"),
        ("a.txt", b"a" * 100_000 + b"\0"),
        ("a.txt", b"\x7fELF\2\1\1\0\0"),
        ("a.csv", bytes(range(256)) * 400),
        ("a.parquet", b"PAR1" + b"\xff" * 1000 + b"PAR1"),
        ("a.parquet", b"PAR1"),
        ("a.txt.gz", gzip.compress(bytes(200_000_000), 1)),
        ("a.jsonl.gz", gzip.compress(b" " * 200_000_000, 1)),
        ("a.csv.gz", gzip.compress(b"post_id,text\n1,Hallo\n" * 1000)[:-40]),
        ("a.gz", b"\x1f\x8b\x08\0\0"),
        ("a.zip", b"PK\3\4" + bytes(30)),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_it_is_an_error_for_that_file(beside, name, content):
    found = beside(name, content)
    assert (found["error"] != "").any()
    assert found["post_id"].str.startswith(("a", "1")).all()


def test_a_long_line_costs_one_row_and_little_memory(tmp_path):
    path = tmp_path / "a.jsonl"
    rows = ['{"id": 1, "text": "Eins"}', '{"id": 2, "text": "' + "x" * 60_000_000 + '"}', '{"id": 3, "text": "Drei"}']
    path.write_text("\n".join(rows))
    tracemalloc.start()
    posts = read_posts(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert posts["post_id"].tolist() == ["1", "a.jsonl, line 2", "3"]
    assert "5,000,000 characters" in posts["error"][1]
    assert peak < 40_000_000


@pytest.mark.parametrize("tag", ["div", "blockquote", "ul><li", "span", "b"])
def test_deep_html_is_an_error_and_no_silent_loss(beside, tag):
    deep = f"<p>{f'<{tag}>' * DEEP}Unten"
    found = beside("a.html", f"<html><body>{deep}</body></html>")
    assert found["error"].str.contains("deeper than 256|100,000 elements").tolist() == [True]
    found = beside(
        "b.jsonl", "".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(["x", deep, "y"]))
    )
    assert found["text"].tolist()[1:] == ["x", "", "y"]
    items = "".join(
        f"<item><guid>{n}</guid><description><![CDATA[{text}]]></description></item>"
        for n, text in enumerate(["x", deep, "y"])
    )
    found = beside("c.xml", f"<rss><channel>{items}</channel></rss>")
    assert found["text"].tolist()[-3:] == ["x", "", "y"]


@pytest.mark.parametrize(
    "source",
    [
        "<ol>" + "<li>Eins</li><b></b>" * 40_000,
        "<p>x y z" * 60_000,
        '<div class="comment">' * 200 + "<p>x y z" * 40_000,
        '<div class="comment"><b class="author">Ulla</b>' + "".join(f"<p>Satz {n}." for n in range(40_000)),
        f"<p {' '.join(f'a{n}=1' for n in range(1000))}>x" * 50,
    ],
    ids=["list", "paragraphs", "nested comments", "long comment", "attributes"],
)
def test_long_pages_are_read_soon(beside, source):
    found = beside("a.html", source)
    assert found["error"].tolist() == [""]
    assert len(found["text"].item().split()) >= source.count("x")


def test_rows_that_share_no_column_fill_no_memory(tmp_path, caplog):
    path = tmp_path / "a.jsonl"
    rows = (
        json.dumps({"id": n, "text": "x", **dict.fromkeys((f"{n}-{key}" for key in range(200)), 1)}) for n in range(500)
    )
    path.write_text("\n".join(rows))
    posts = read_posts(path)
    assert posts["text"].tolist() == ["x"] * 500
    assert posts.shape[1] == 10_000
    assert "of 100009 columns the first 10000 are kept" in caplog.text


def test_a_file_of_xml_with_countless_attributes_is_read_soon(beside):
    attributes = " ".join(f"a{n}='1'" for n in range(100_000))
    found = beside("a.xml", f"<rss><channel><item {attributes}><guid>1</guid></item></channel></rss>")
    assert found["post_id"].tolist() == ["1"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "[a " * 60_000,
        "[caption " * 30_000,
        "[gallery]" * 30_000,
        "[code]" * 30_000,
        "".join(f"[/a{n}]" for n in range(20_000)),
        "<!--" * 60_000,
        "<pre " * 60_000,
        "<li>" * 60_000,
        "{{< " * 60_000,
        "&amp;" * 60_000,
        "&" * 200_000,
        "a-\n" * 60_000,
        "Ã" * 100_000,
        "„" * 100_000,
        "„Ein Satz, der nicht endet, " * 10_000,
        "> " * 100_000,
        "[Kommentar von " * 20_000,
        "\u200d" * 200_000,
        "# " * 100_000,
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_patterns_do_not_run_away(tmp_path, text, nlp):
    from cluetrain_nlp.passages.roles import blocks
    from cluetrain_nlp.posts.markdown import body_text
    from cluetrain_nlp.posts.markup import html_text
    from cluetrain_nlp.posts.repair import repair
    from cluetrain_nlp.posts.wxr import without_shortcodes

    mended = repair(text)
    html_text(without_shortcodes(mended), lines=True)
    body_text(mended)
    blocks(mended)


def archive(members, **changes):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            info = zipfile.ZipInfo("x")
            info.filename = name
            packed.writestr(info, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def test_members_of_an_archive_that_lead_out_of_it(beside, tmp_path):
    names = ["../oben.txt", "/etc/passwd.txt", "a/../../b.txt", "C:/x.txt", "..\\oben.txt", "gut.txt", "innen.zip"]
    found = beside("a.zip", archive(dict.fromkeys(names, b"Hallo")))
    assert found.loc[found["error"] == "", "post_id"].tolist() == ["gut.txt"]
    assert len(found) == len(names)
    assert len(read_posts(tmp_path / "a.zip")) == len(names)  # also where nothing lies beside it
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "zuletzt.txt"]
    assert not (tmp_path.parent / "oben.txt").exists()


def test_an_encrypted_description_of_an_archive(beside):
    data = bytearray(archive({"mimetype": b"x"}))
    for mark, step in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.index(mark) + step
        data[place : place + 2] = struct.pack("<H", 1)
    assert beside("a.zip", bytes(data))["error"].str.contains("mimetype is damaged").tolist() == [True]


def test_damage_in_an_archive_costs_its_member(beside):
    found = beside("a.zip", archive({"1.txt.gz": b"\x1f\x8bkaputt", "2.csv": b"BZh9", "3.txt": b"Hallo"}))
    assert (found["error"] != "").tolist() == [True, True, False]


def test_a_bomb_in_an_archive(beside):
    found = beside("a.zip", archive({"bombe.csv": b"post_id,text\n" + b"1,a\n" * 40_000_000, "gut.txt": b"Hallo"}))
    assert found["error"].str.contains("more than 100 times its size").sum() == 1
    assert "Hallo" in found["text"].tolist()


def test_an_encrypted_member_and_an_office_document(beside):
    data = bytearray(archive({"a.txt": b"Hallo", "b.txt": b"Hallo"}))
    for mark in (b"PK\3\4", b"PK\1\2"):
        place = data.index(mark) + (6 if mark == b"PK\3\4" else 8)
        data[place : place + 2] = struct.pack("<H", 1)
    found = beside("a.zip", bytes(data))
    assert found["error"].str.contains("encrypted").tolist() == [True, False]
    found = beside("brief.zip", archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}))
    assert found["error"].str.contains("office document").any()


GOOD = {
    "a.xml": '<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel><item>'
    "<guid>1</guid><wp:status>publish</wp:status><c:encoded><![CDATA[Grüße]]></c:encoded></item></channel></rss>",
    "b.xml": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content>Grüße</content></entry></feed>',
    "c.html": "<html><head><title>Ofen</title></head><body><article><p>Grüße aus Köln.</p></article></body></html>",
    "d.md": "---\ntitle: Ofen\n---\nGrüße",
    "e.csv": 'post_id;text\n1;"Grü\nße"\n',
    "f.json": '{"posts": [{"id": "1", "text": "Grüße"}]}',
    "g.jsonl": '{"id": "1", "text": "Grüße"}\n{"id": "2", "text": "Öfen"}\n',
    "h.json": '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_html": "<p>Grüße"}]}',
}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_half_a_file(tmp_path, name, packed):
    whole = gzip.compress(GOOD[name].encode()) if packed else GOOD[name].encode()
    path = tmp_path / (f"{name}.gz" if packed else name)
    for end in range(1, len(whole), 7):
        path.write_bytes(whole[:end])
        check(path)


def check(path):
    """Read a file: it gives a frame of the right shape or a clear error, and nothing else."""
    try:
        posts = read_posts(path)
    except PostError:
        return None
    names = list(schema.POSTS)
    assert posts[names].dtypes.astype(str).to_dict() == schema.POSTS
    assert posts["post_id"].is_unique
    assert (posts["post_id"] != "").all()
    for text in posts["text"]:
        text.encode()
    return posts


SUFFIXES = {"wxr": "xml", "feed": "xml", "json feed": "json", "html": "html", "markdown": "md", "text": "txt"}
READERS = sorted(_READERS)


def starts(kind):
    fitting = {"wxr": "a.xml", "feed": "b.xml", "html": "c.html", "markdown": "d.md", "csv": "e.csv", "json": "f.json"}
    fitting |= {"jsonl": "g.jsonl", "json feed": "h.json"}
    return GOOD.get(fitting.get(kind, ""), "Grüße").encode()


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_give_a_frame_or_a_clear_error(tmp_path, kind, data):
    good = starts(kind)
    place = data.draw(st.integers(0, len(good)))
    stray = data.draw(
        st.binary(max_size=20) | st.sampled_from([b"\0", b"\xed\xa0\xbd", b'"', b"<![CDATA[", b"&x;", b"]]>"])
    )
    path = tmp_path / f"p.{SUFFIXES.get(kind, kind)}"
    path.write_bytes(good[:place] + stray + good[place + data.draw(st.integers(0, 5)) :])
    check(path)


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None, max_examples=40)
@given(content=st.binary(max_size=200))
def test_every_reader_takes_any_bytes(kind, content):
    with suppress(PostError):
        for item in _READERS[kind](lambda: io.BytesIO(content), "p"):
            assert isinstance(item, dict | Bad | Skipped)


def test_dates_and_names_out_of_bounds(tmp_path):
    rows = [
        {"id": "a" * 10_000, "text": "x", "published": "9999-12-31T23:59:59-14:00"},
        {"id": "../../x", "text": "x", "published": "0001-01-01"},
        {"id": "\x00", "text": "x", "published": 1e308},
        {"id": 1e400, "text": "x", "published": {"a": 1}},
        {"id": True, "text": "x\x00y", "published": "2012-02-30"},
    ]
    path = Path(tmp_path / "p.jsonl")
    path.write_text("\n".join(json.dumps(row) for row in rows))
    posts = check(path)
    assert posts is not None
    assert posts["text"].tolist()[-1] == "xy"
