"""WordPress exports and feeds."""

import json

import pytest

import cluetrain_nlp as ct
from cluetrain_nlp.posts.markup import html_text, is_html
from cluetrain_nlp.posts.read import read_posts
from cluetrain_nlp.posts.wxr import without_shortcodes

SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"'
)


def item(content, guid="https://ofen.example/?p=1", **fields):
    tags = {"status": "publish", "post_type": "post", "post_date_gmt": "2011-05-03 19:14:00", **fields}
    wp = "".join(f"<wp:{name}>{value}</wp:{name}>" for name, value in tags.items())
    return (
        f"<item><title>Der &amp; Ofen</title><link>https://ofen.example/1</link><guid>{guid}</guid>"
        "<dc:creator>jette</dc:creator>"
        f"<excerpt:encoded>Auszug</excerpt:encoded><content:encoded><![CDATA[{content}]]></content:encoded>{wp}</item>"
    )


def comment(text, author="Ulla P.", approved="1", kind="comment"):
    return (
        f"<wp:comment><wp:comment_author><![CDATA[{author}]]></wp:comment_author><wp:comment_approved>{approved}"
        "</wp:comment_approved><wp:comment_date_gmt>2011-05-03 21:14:00</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{text}]]></wp:comment_content><wp:comment_type>{kind}</wp:comment_type></wp:comment>"
    )


@pytest.fixture
def wxr(tmp_path):
    def read(*items):
        path = tmp_path / "export.xml"
        path.write_text(
            f'<?xml version="1.0" encoding="UTF-8"?><rss {SPACES}><channel><title>Werkstattblog</title><wp:author>'
            "<wp:author_login>jette</wp:author_login><wp:author_display_name>Jette Brandt</wp:author_display_name>"
            f"</wp:author>{''.join(items)}</channel></rss>",
            encoding="utf-8",
        )
        return read_posts(path)

    return read


def test_a_post_with_its_fields(wxr):
    post = wxr(item("Der Ofen läuft.")).iloc[0]
    assert post[["post_id", "text", "title", "author", "url", "source"]].tolist() == [
        "https://ofen.example/?p=1", "Der Ofen läuft.", "Der & Ofen", "Jette Brandt", "https://ofen.example/1", "Werkstattblog",  # noqa: E501
    ]  # fmt: skip
    assert str(post["published"]) == "2011-05-03 19:14:00+00:00"


def test_what_is_not_for_the_public_is_counted(wxr):
    posts = wxr(
        item("Ja."),
        item("Auch ja.", "2", post_type="page"),
        *(item("Nein.", f"n{n}", status=s) for n, s in enumerate(["draft", "draft", "private", "future", "trash"])),
        item("Nein.", "p", post_password="geheim"),  # noqa: S106 - the word in the export
        item("", "a", post_type="attachment", status="inherit"),
        item("", "m", post_type="nav_menu_item"),
    )
    assert posts["text"].tolist() == ["Ja.", "Auch ja."]
    assert posts.attrs["skipped"] == {
        "draft": 2, "private": 1, "scheduled": 1, "deleted": 1, "password": 1, "attachment": 1, "nav_menu_item": 1,
    }  # fmt: skip


def test_comments_speak_for_themselves(wxr):
    comments = [
        comment("Bei uns raucht er auch.\n\nWen ruft man da an?"),
        comment("Kauft!", approved="spam"),
        comment("Noch nicht.", approved="0"),
        comment("[...] ein Ofen [...]", author="Andere Seite", kind="pingback"),
        comment("[Kommentar von Jette Brandt]\nIch bin es wirklich.", author="Wer [denn] sonst"),
    ]
    fields = "".join(comments)
    posts = wxr(item("Der Ofen läuft.").replace("</item>", f"{fields}</item>"))
    assert posts["text"].item() == (
        "Der Ofen läuft.\n\n[Kommentar von Ulla P. am 2011-05-03 21:14]\n\nBei uns raucht er auch.\n\nWen ruft man da an?\n\n"  # noqa: E501
        "[Trackback von Andere Seite am 2011-05-03 21:14]\n\n[...] ein Ofen [...]\n\n"
        "[Kommentar von Wer denn sonst am 2011-05-03 21:14]\n\n(Kommentar von Jette Brandt)\nIch bin es wirklich."
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Eins\nzwei\n\n<b>Drei</b> &amp; vier", "Eins\nzwei\n\nDrei & vier"),
        (
            '<!-- wp:paragraph --><p>Eins</p><!-- /wp:paragraph -->\n<!-- wp:gallery {"ids":[1]} --><!-- /wp:gallery -->',  # noqa: E501
            "Eins",
        ),
        (
            "<!-- wp:quote --><blockquote><p>Ach ja?</p><cite>Ulla</cite></blockquote><!-- /wp:quote -->",
            "> Ach ja?\n\n> Ulla",
        ),
        ('Eins [gallery ids="1,2"] zwei [sic] […] [1]', "Eins zwei [sic] […] [1]"),
        ('[caption id="a"]<img src="a.jpg" /> Der Ofen[/caption]Eins', "Bild: Der Ofen\n\nEins"),
        ('[box color="rot"]Eins[/box] [b]zwei[/b]', "Eins zwei"),
        ("[youtube https://v.example/1]Eins", "Eins"),
        ('<h2>Kopf</h2>Eins<ol start="7"><li>sieben</li><li>acht</li></ol>', "## Kopf\n\nEins\n\n7. sieben\n8. acht"),
        ("Eins<!--more-->zwei<script>alert(1)</script>", "Eins\n\nzwei"),
    ],
)
def test_what_wordpress_writes_becomes_text(wxr, content, text):
    assert wxr(item(content))["text"].item() == text


def test_program_code_keeps_its_lines():
    assert without_shortcodes("[sourcecode language='js']a[0]\nb[/sourcecode]") == "<pre>a[0]\nb</pre>"
    assert html_text("<pre>a\n  b</pre>") == "```\na\n  b\n```"


RSS = """<?xml version="1.0" encoding="ISO-8859-1"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">  # noqa: E501
<channel><title>Werkstattblog</title><item><title>Öfen</title><link>https://o.example/1</link><guid>g1</guid>
<pubDate>Tue, 03 May 2011 10:00:00 +0200</pubDate><description>kurz</description>
<content:encoded>&lt;p&gt;Der Ofen l&amp;auml;uft&nbsp;wieder.&lt;/p&gt;</content:encoded></item>
<item><title>Zwei</title><link>https://o.example/2</link><description>Müde &amp; froh</description></item></channel></rss>"""  # noqa: E501
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Werkstattblog</title><entry><id>tag:1</id><title>Öfen</title>
<link rel="self" href="x"/><link href="https://o.example/1"/><published>2011-05-03T08:00:00Z</published><author><name>Jette</name></author>  # noqa: E501
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Der Ofen <b>läuft</b> wieder.</p></div></content></entry>  # noqa: E501
<entry><id>tag:2</id><title>Zwei</title><link href="https://o.example/2"/><summary>Müde &amp; froh</summary></entry></feed>"""  # noqa: E501


@pytest.mark.parametrize(("source", "ids"), [(RSS, ["g1", "https://o.example/2"]), (ATOM, ["tag:1", "tag:2"])])
def test_feeds(tmp_path, source, ids):
    (tmp_path / "feed").write_text(source, encoding="latin-1" if "8859" in source else "utf-8")
    posts = read_posts(tmp_path / "feed")
    assert posts["post_id"].tolist() == ids
    assert posts["text"].tolist() == ["Der Ofen läuft wieder.", "Müde & froh"]
    assert posts["title"].tolist() == ["Öfen", "Zwei"]
    assert posts["source"].tolist() == ["Werkstattblog"] * 2
    assert str(posts["published"][0]) == "2011-05-03 08:00:00+00:00"


def test_json_feed(tmp_path):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Werkstattblog",
        "items": [
            {
                "id": "1",
                "content_html": "<p>Der Ofen.</p>",
                "authors": [{"name": "Jette"}],
                "date_published": "2011-05-03",
            },
            {"id": "2", "content_text": "Müde", "url": "https://o.example/2"},
        ],
    }
    (tmp_path / "feed.json").write_text(json.dumps(feed))
    posts = read_posts(tmp_path / "feed.json")
    assert posts[["post_id", "text", "author"]].to_numpy().tolist() == [["1", "Der Ofen.", "Jette"], ["2", "Müde", ""]]


def test_comments_of_a_blogger_export_are_counted(tmp_path):
    kind = '<category term="http://schemas.google.com/blogger/2008/kind#{}"/>'
    entries = "".join(
        f"<entry><id>{n}</id>{kind.format(k)}<content type='html'>Hallo</content></entry>"
        for n, k in enumerate(["post", "comment", "comment", "settings"])
    )
    (tmp_path / "blog.xml").write_text(f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>')
    posts = read_posts(tmp_path / "blog.xml")
    assert posts["text"].tolist() == ["Hallo"]
    assert posts.attrs["skipped"] == {"comment of a Blogger export": 2, "settings of a Blogger export": 1}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Eins<br>zwei</p>drei", "Eins\nzwei\n\ndrei"),
        ("<ul><li>a</li><li><p>b</p></li></ul>", "- a\n- b"),
        ("<blockquote>Eins<br>zwei</blockquote>", "> Eins\n> zwei"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\n\nb"),
        ("<p>So <q>ist es</q>.</p>", "So „ist es“."),
        ('<p hidden>nein</p><p style="display: none">nein</p>ja', "ja"),
        ("<a>Teilen</a><a>Drucken</a>", "Teilen Drucken"),
        ("<p><b>Eine Überschrift</b></p><p><b>Ein Satz.</b></p>", "#### Eine Überschrift\n\nEin Satz."),
        ("", ""),
        ("a < b und c > d", "a < b und c > d"),
    ],
)
def test_html_becomes_text(source, text):
    assert html_text(source) == text


def test_only_tags_of_text_make_html():
    assert is_html("Ein<br/>Satz") and is_html('<P CLASS="x">a') and is_html("<img src=a>")  # noqa: PT018
    assert not is_html("a <- b, <ich>, 3<5>2")


MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'


@pytest.mark.parametrize(
    "source",
    [
        f'<feed xmlns="http://www.w3.org/2005/Atom" {MEDIA}><entry><id>1</id><media:content url="x.jpg"/><content>Ja.</content></entry></feed>',  # noqa: E501
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content src="https://x.example/1"/><summary>Ja.</summary></entry></feed>',
        f"<rss {MEDIA}><channel><item><guid>1</guid><media:description>Bild</media:description><description>Ja.</description></item></channel></rss>",  # noqa: E501
    ],
)
def test_pictures_of_a_feed_are_no_text(tmp_path, source):
    (tmp_path / "feed.xml").write_text(source)
    assert read_posts(tmp_path / "feed.xml")["text"].tolist() == ["Ja."]


def test_a_quoted_line_is_none_of_a_transcript(tmp_path):
    forged = (
        "<p>Vorher steht hier ein Satz.</p><blockquote><p>[Beiwerk]</p></blockquote><p>Danach kommt der ganze Text.</p>"
    )
    (tmp_path / "feed.xml").write_text(
        f"<rss><channel><item><guid>1</guid><description><![CDATA[{forged}]]></description></item></channel></rss>"
    )
    assert "boilerplate" not in ct.passages(read_posts(tmp_path / "feed.xml"), nlp="builtin")["role"].tolist()


def test_line_breaks_in_tags_and_in_program_code_stay_what_they_are(wxr):
    assert wxr(item('Ein <a\nhref="x"\ntitle="b">Link</a> steht hier.'))["text"].item() == "Ein Link steht hier."
    assert wxr(item("<pre>a = 1\n\nb = 2</pre>"))["text"].item() == "```\na = 1\n\nb = 2\n```"
    mixed = 'Absatz eins.\n\nAbsatz zwei.\n\n<p style="text-align:center">Mitte</p>\n\nAbsatz drei.'
    assert wxr(item(mixed))["text"].item() == "Absatz eins.\n\nAbsatz zwei.\n\nMitte\n\nAbsatz drei."
