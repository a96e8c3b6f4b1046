"""What is well-formed arrives whole, whatever format it came in."""

import html
import json
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluetrain_nlp.posts.markup import html_text
from cluetrain_nlp.posts.read import read_posts

WORDS = st.text("abcdefgäöüßABÄÖÜ0123„“‚‘»«–…&<>\"';,.!?€🔥", min_size=1, max_size=12)
PARAGRAPH = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
POST = st.lists(PARAGRAPH, min_size=1, max_size=5)


def tags(paragraphs):
    return "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)


def cdata(text):
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def wxr(posts):
    items = "".join(
        f"<item><guid>{n}</guid><content:encoded>{cdata(tags(post))}</content:encoded><wp:status>publish</wp:status></item>"
        for n, post in enumerate(posts)
    )
    return (
        '<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel>{items}</channel></rss>"
    )


def rss(posts):
    items = "".join(
        f"<item><guid>{n}</guid><description>{html.escape(tags(post))}</description></item>"
        for n, post in enumerate(posts)
    )
    return f"<rss><channel>{items}</channel></rss>"


def atom(posts):
    entries = "".join(
        f'<entry><id>{n}</id><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{tags(post)}</div></content></entry>'
        for n, post in enumerate(posts)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'


def json_feed(posts):
    items = [{"id": str(n), "content_html": tags(post)} for n, post in enumerate(posts)]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})


@pytest.mark.parametrize("write", [wxr, rss, atom, json_feed])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts=st.lists(POST, min_size=1, max_size=4))
def test_paragraphs_of_feeds_and_exports(tmp_path, write, posts):
    path = tmp_path / "blog"
    path.write_text(write(posts), encoding="utf-8")
    read = read_posts(path, repair=False)
    assert read["error"].tolist() == [""] * len(posts)
    assert read["text"].tolist() == ["\n\n".join(post) for post in posts]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(post=POST)
def test_a_page_loses_no_word(tmp_path, post):
    path = tmp_path / "seite.html"
    path.write_text(f"<html><body><main><article>{tags(post)}</article></main></body></html>", encoding="utf-8")
    text = read_posts(path, repair=False)["text"].item()
    without = re.sub(r"(?m)^\[[^\[\]\n]+\]$", "", text)
    assert "".join(without.split()) == "".join("".join(post).split())


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts=st.lists(POST, min_size=1, max_size=4), delimiter=st.sampled_from(",;\t|"))
def test_cells_of_tables(tmp_path, posts, delimiter):
    texts = ["\n\n".join(post) for post in posts]
    frame = pd.DataFrame({"post_id": [str(n) for n in range(len(texts))], "text": texts})
    frame.to_csv(tmp_path / "p.csv", sep=delimiter, index=False)
    frame.to_json(tmp_path / "p.json", orient="records", force_ascii=False)
    frame.to_json(tmp_path / "p.jsonl", orient="records", lines=True)
    frame.to_parquet(tmp_path / "p.parquet")
    for kind in ("csv", "json", "jsonl", "parquet"):
        assert read_posts(tmp_path / f"p.{kind}", repair=False)["text"].tolist() == texts, kind


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<ol start="7"><li>a</li><li value="9">b</li><li>c</li></ol>', "7. a\n9. b\n10. c"),
        ("<ol><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ol>", "1. a\n1. b\n2. c\n2. d"),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n- b\n2. c"),
        ('<ol start="x"><li value="99999999">a</li></ol>', "1. a"),
        ("<li>a</li>", "- a"),
    ],
)
def test_lists_keep_their_numbers(source, text):
    assert html_text(source) == text
