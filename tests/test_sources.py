"""Where posts come from: archives, standard input, folders of site generators and of saved pages."""

import gzip
import io
import os
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.read import read_posts
from cluetrain_nlp.posts.sources import find_sources


def write(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_gzip_holds_one_file(tmp_path):
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(b"post_id,text\n1,Hallo\n"))
    (tmp_path / "brief.txt.gz").write_bytes(gzip.compress(b"Guten Tag!"))
    assert read_posts(tmp_path)["post_id"].tolist() == ["brief.txt", "1"]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "parquet"])
def test_tables_in_archives(tmp_path, kind):
    import pandas as pd

    frame = pd.DataFrame({"post_id": ["1", "2"], "text": ["Grüße", "Öfen"]})
    path = tmp_path / f"p.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_json(path, orient="records", lines=kind == "jsonl", force_ascii=False)
    (tmp_path / "p.gz").write_bytes(gzip.compress(path.read_bytes()))
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, f"unten/p.{kind}")
    for name in (path.name, "p.zip", "p.gz"):
        assert read_posts(tmp_path / name)["text"].tolist() == ["Grüße", "Öfen"], name


def test_zip_is_a_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "blog.zip", "w") as archive:
        for name in ("b.txt", "2012/a.md", "__MACOSX/b.txt", ".versteckt.txt", "bild.jpg", "c.txt.gz"):
            archive.writestr(name, gzip.compress(b"Drei") if name.endswith("gz") else b"Hallo")
    posts = read_posts(tmp_path / "blog.zip")
    assert posts["post_id"].tolist() == ["2012/a.md", "b.txt", "c.txt"]
    assert posts["text"].tolist() == ["Hallo", "Hallo", "Drei"]


@pytest.mark.parametrize("content", [b"post_id,text\n1,Hallo\n", b'[{"id": "1", "text": "Hallo"}]'])
def test_standard_input(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    posts = read_posts("-")
    assert posts[["post_id", "text"]].to_numpy().tolist() == [["1", "Hallo"]]


SITES = {
    "hugo": {
        "hugo.toml": "title = 'x'",
        "content/posts/ofen.md": "+++\ntitle = 'Ofen'\ndate = 2011-05-03\n+++\nDer Ofen läuft.",
        "content/posts/entwurf.md": "+++\ndraft = true\n+++\nNoch nicht.",
        "content/_index.md": "Liste",
        "themes/x/layouts/a.html": "<p>{{ .Title }}</p>",
        "public/posts/ofen/index.html": "<p>Der Ofen läuft.</p>",
        "README.md": "So baut man das.",
    },
    "jekyll": {
        "_config.yml": "title: x",
        "content/posts/ofen.md": "---\ntitle: Ofen\ndate: 2011-05-03\n---\nDer Ofen läuft.",
        "content/posts/entwurf.md": "---\npublished: false\n---\nNoch nicht.",
        "_layouts/a.html": "<p>{{ content }}</p>",
        "_site/ofen.html": "<p>Der Ofen läuft.</p>",
        "Gemfile": "gem",
    },
    "eleventy": {
        "eleventy.config.js": "module.exports = {}",
        "content/posts/ofen.md": "---\ntitle: Ofen\ndate: 2011-05-03\n---\n{% include 'kopf.njk' %}Der Ofen läuft.",
        "content/posts/entwurf.md": "---\ndraft: true\n---\nNoch nicht.",
        "node_modules/x/readme.md": "Paket",
        "_includes/kopf.njk": "Kopf",
        "package.json": "{}",
    },
}


@pytest.mark.parametrize("name", SITES)
def test_of_the_source_of_a_site_only_posts_are_read(tmp_path, name):
    write(tmp_path, SITES[name])
    posts = read_posts(tmp_path)
    assert posts["post_id"].tolist() == ["content/posts/ofen.md"]
    assert posts["text"].tolist() == ["Der Ofen läuft."]
    assert posts["published"].astype(str).tolist() == ["2011-05-03 00:00:00+00:00"]
    assert posts.attrs["skipped"] == {"draft": 1}


def test_a_date_in_the_name_of_a_file(tmp_path):
    write(tmp_path, {"_posts/2011-05-03-ofen.md": "Der Ofen läuft."})
    assert str(read_posts(tmp_path)["published"][0]) == "2011-05-03 00:00:00+00:00"


def test_what_browsers_save_beside_a_page_is_passed_over(tmp_path):
    write(tmp_path, {"ofen.html": "<p>Der Ofen läuft.</p>", "ofen_files/werbung.html": "<p>Kauft!</p>"})
    assert [source.name for source in find_sources(tmp_path)] == ["ofen.html"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_and_dead_links_in_a_folder_hang_nothing(tmp_path):
    os.mkfifo(tmp_path / "rohr.txt")
    (tmp_path / "nirgends.txt").symlink_to(tmp_path / "fehlt.txt")
    (tmp_path / "im-kreis").symlink_to(tmp_path)
    write(tmp_path, {"a.txt": "Hallo"})
    assert [source.name for source in find_sources(tmp_path)] == ["a.txt"]


def test_other_archives_are_named(tmp_path):
    for name, start in (("a.txt", b"BZh9"), ("b.csv", b"7z\xbc\xaf'\x1c")):
        (tmp_path / name).write_bytes(start + bytes(20))
        with pytest.raises(PostError, match=r"archive of a kind that is not read"):
            read_posts(tmp_path / name)


def test_names_do_not_depend_on_the_machine(tmp_path):
    write(tmp_path, {"tief/unten/a.txt": "Hallo"})
    assert [source.name for source in find_sources(tmp_path)] == ["tief/unten/a.txt"]
    assert not any(str(Path(source.name)).startswith(str(tmp_path)) for source in find_sources(tmp_path))
