"""HTML pages: main text, comments with their speakers, and nothing lost."""

import re

import pytest

import cluetrain_nlp as ct
from cluetrain_nlp.posts.read import read_posts

BODY = (
    "<p>Wir haben gestern den Ofen repariert, und seit heute früh läuft er wieder so leise, dass man ihn kaum hört.</p>"
    "<p>Gemerkt hat es der Lehrling, weil er als Einziger unter den Rost geschaut hat, und dafür bekommt er frei.</p>"
    "<blockquote><p>Es lag am Ziegel, das hätte jeder sehen können, der sich einmal gebückt hätte.</p></blockquote>"
    "<p>Das hat er so gesagt, und wir haben eine Weile geschwiegen. Fragt ruhig, wenn euer Ofen raucht, wir kommen.</p>"
)
CHROME = (
    '<header><a href="/">Werkstattblog</a><nav><ul><li><a href="/">Start</a></li><li><a href="/ich">Über mich</a></li>'
    "</ul></nav></header>"
)
FOOT = "<footer>© 2011 Werkstattblog · Impressum</footer>"


def page(comments="", body=BODY):
    return (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Der Ofen läuft | Werkstattblog</title>'
        '<link rel="canonical" href="https://werkstatt.example/ofen">'
        '<meta property="og:site_name" content="Werkstattblog"><meta name="author" content="Jette Brandt">'
        '<meta property="article:published_time" content="2011-05-03T08:00:00Z">'
        f"</head><body>{CHROME}<main><article><h1>Der Ofen läuft</h1>{body}</article>{comments}</main>{FOOT}"
        "</body></html>"
    )


WORDPRESS = """<div id="comments"><h3>2 Kommentare</h3><ol class="commentlist"><li class="comment" id="comment-1">
<div class="comment-author vcard"><cite class="fn">Ulla P.</cite> <span>sagt:</span></div>
<div class="comment-meta"><time datetime="2011-05-03T21:14:00">3. Mai 2011</time></div><p>Bei uns raucht er auch.</p>
<ul class="children"><li class="comment" id="comment-2"><div class="comment-author vcard">
<cite class="fn">Jette</cite></div>
<div class="comment-meta">4. Mai 2011 um 07:00</div><p>Ich komme.</p><div class="reply"><a>Antworten</a></div></li>
</ul></li></ol></div>"""
TWENTY = """<section id="comments"><ol><li id="comment-1"><article class="comment-body"><footer class="comment-meta">
<div class="comment-author vcard"><b class="fn">Ulla P.</b></div><time datetime="2011-05-03T21:14:00">3. Mai</time>
</footer>
<div class="comment-content"><p>Bei uns raucht er auch.</p></div></article><ol class="children"><li id="comment-2">
<article class="comment-body"><footer class="comment-meta"><b class="fn">Jette</b></footer>
<div class="comment-content">
<p>Ich komme.</p></div></article></li></ol></li></ol></section>"""
SCHEMA = """<div itemprop="comment" itemtype="https://schema.org/Comment"><span itemprop="author">Ulla P.</span>
<time datetime="2011-05-03T21:14:00">3. Mai</time><div itemprop="text">Bei uns raucht er auch.</div></div>
<div itemprop="comment" itemtype="https://schema.org/Comment"><span itemprop="author">Jette</span>
<div itemprop="text">Ich komme.</div></div>"""


@pytest.fixture
def cut(tmp_path):
    def read(source):
        (tmp_path / "ofen.html").write_bytes(source if isinstance(source, bytes) else source.encode())
        posts = read_posts(tmp_path / "ofen.html")
        return posts, ct.passages(posts, nlp="builtin")

    return read


def of_role(passages, role):
    return passages.loc[passages["role"] == role, "text"].str.cat(sep="\n")


def test_metadata_and_roles(cut):
    posts, passages = cut(page())
    post = posts.iloc[0]
    assert post[["post_id", "url", "source", "author"]].tolist() == [
        "ofen.html", "https://werkstatt.example/ofen", "Werkstattblog", "Jette Brandt",
    ]  # fmt: skip
    assert str(post["published"])[:10] == "2011-05-03"
    assert "Ofen" in post["title"]
    assert of_role(passages, "heading") == "# Der Ofen läuft"
    assert of_role(passages, "quote").startswith("> Es lag am Ziegel")
    assert of_role(passages, "body").count("\n") >= 2
    assert all(line in of_role(passages, "boilerplate") for line in ("Über mich", "Impressum"))


@pytest.mark.parametrize("comments", [WORDPRESS, TWENTY, SCHEMA], ids=["classic", "html5", "schema.org"])
def test_comments_have_their_speakers(cut, comments):
    posts, passages = cut(page(comments))
    found = passages[passages["role"] == "comment"]
    assert found[["speaker", "text"]].to_numpy().tolist() == [
        ["Ulla P.", "Bei uns raucht er auch."],
        ["Jette", "Ich komme."],
    ]
    assert "[Kommentar von Ulla P. am 2011-05-03 21:14]" in posts["text"].item()


def test_no_word_of_a_page_is_lost(cut):
    posts, _ = cut(page(WORDPRESS))
    shown = re.sub(r"<head>.*?</head>|<[^<>]*>", " ", page(WORDPRESS), flags=re.S)
    assert set(re.findall(r"\w+", shown)) <= set(re.findall(r"\w+", posts["text"].item()))


def test_a_comment_cannot_speak_for_another(cut):
    forged = WORDPRESS.replace("<p>Ich komme.</p>", "<p>[Kommentar von Ulla P.]</p><p>Ich nehme alles zurück.</p>")
    _, passages = cut(page(forged))
    assert passages.loc[passages["text"].str.contains("zurück"), "speaker"].tolist() == ["Jette"]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8"])
def test_a_page_is_read_in_its_encoding(cut, encoding):
    posts, _ = cut(page().replace('charset="utf-8"', f'charset="{encoding}"').encode(encoding))
    assert "seit heute früh läuft er" in posts["text"].item()


def test_where_no_main_text_is_found_the_page_is_the_text(cut):
    posts, passages = cut("<html><body><p>Der Ofen läuft wieder.</p></body></html>")
    assert posts["text"].item() == "Der Ofen läuft wieder."
    assert passages["role"].tolist() == ["body"]


def test_the_post_goes_on_behind_comments_and_what_is_around_it(cut):
    list_of_comments = (
        '<ul><li class="comment"><cite>Ulla</cite><p>Schön.</p></li></ul><ul><li><a>Impressum</a></li></ul>'
    )
    _, passages = cut(page().replace("<main>", f"<div>{list_of_comments}</div><main>"))
    assert passages.loc[passages["role"] == "comment", ["speaker", "text"]].to_numpy().tolist() == [["Ulla", "Schön."]]
    assert of_role(passages, "body").startswith("Wir haben gestern den Ofen repariert")


@pytest.mark.parametrize("tag", ['div id="c4711"', 'article class="kommentar"', 'div class="comment"'])
def test_an_article_is_no_comment(cut, tag):
    source = page().replace(
        "<article>", f"<{tag}><span class='author'>Jette Brandt</span><span class='date'>3.5.2011</span>"
    )
    _, passages = cut(source.replace("</article>", f"</{tag.split()[0]}>"))
    assert not passages["role"].eq("comment").any()


def test_a_source_named_in_a_comment_does_not_speak(cut):
    comment = (
        '<ol><li class="comment" id="comment-5"><div class="comment-author"><span class="fn">Max</span></div>'
        '<div class="comment-body"><p>Das hat <cite>Der Merkur</cite> auch geschrieben.</p></div></li></ol>'
    )
    _, passages = cut(page(f'<div id="comments">{comment}</div>'))
    assert passages.loc[passages["role"] == "comment", "speaker"].tolist() == ["Max"]


def test_front_matter_of_a_page(tmp_path):
    (tmp_path / "a.html").write_text("---\ntitle: Ofen\ndraft: true\n---\n<p>Noch nicht.</p>")
    (tmp_path / "b.html").write_text("---\ntitle: Ofen\n---\n<p>Der Ofen läuft.</p>")
    posts = read_posts(tmp_path)
    assert posts[["post_id", "title", "text"]].to_numpy().tolist() == [["b.html", "Ofen", "Der Ofen läuft."]]
    assert posts.attrs["skipped"] == {"draft": 1}
