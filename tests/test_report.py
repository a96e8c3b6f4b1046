"""The report: the right numbers, nothing that posts could smuggle in, and one bounded file."""

import base64
import hashlib
import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from typer.testing import CliRunner

import cluetrain_nlp as ct
from cluetrain_nlp import schema
from cluetrain_nlp.classifier.style import feature_names
from cluetrain_nlp.cli import app
from cluetrain_nlp.errors import CluetrainError, CluetrainWarning, PostError
from cluetrain_nlp.show.examples import MOST
from cluetrain_nlp.show.pictures import bar, over_time, quadrant, stack, step
from cluetrain_nlp.show.report import legible, to_html, write_report
from cluetrain_nlp.show.summary import summarize
from cluetrain_nlp.show.wording import LANGUAGES, count, number, percent, texts
from cluetrain_nlp.study.counting import count_once
from cluetrain_nlp.study.duplicates import find_duplicates
from cluetrain_nlp.study.groups import by as grouped

ATTRS = {
    "cluetrain_nlp": "0.1.0",
    "model": "de-9.9.9",
    "model_sha256": "0" * 64,
    "theses_sha256": "1" * 64,
    "encoder": "toy 1",
    "pipeline": "toy 1",
    "unit": "passage",
}
HOSTILE = [
    "<script>document.title='owned'</script>",
    "</style><style>*{display:none}</style>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "\u202egnal \u2066und verkehrt",
    "Null\x00byte, \x1b[31m rot, \x9b31m auch",
    "A" * 5000,
    "שלום עולם, مرحبا بالعالم",
    "👩‍👩‍👧 und 🚂 und 🏳️‍🌈",
    "<!-- Kommentar --> &amp; &lt;b&gt; ]]>",
]


def make_scores(posts=12, passages=3, theses=(3, 17, 62), seed=0):
    """Make SCORES of invented passages: `company`, `published` and `title` stand beside."""
    random = np.random.default_rng(seed)
    rows = []
    for post in range(posts):
        for passage in range(passages):
            voice = random.random()
            tracks = sorted(random.random(len(theses)) ** 2, reverse=True)
            for rank, (thesis, one) in enumerate(zip(random.permutation(theses), tracks, strict=True), start=1):
                rows.append(
                    {
                        **dict.fromkeys(schema.SCORES, 0),
                        "post_id": f"post-{post:03}",
                        "passage": passage,
                        "role": "comment" if passage == 2 and post % 4 == 0 else "body",
                        "speaker": "",
                        "language": "de",
                        "cites": "",
                        "text": f"Passage {passage} im Beitrag {post}, ganz und gar erfunden.",
                        "broadcast": voice,
                        "rank": rank,
                        "thesis": thesis,
                        "tracks": one,
                        "opposes": 0.01,
                        "score": one - voice,
                        "error": "",
                    }
                )
    scores = schema.conform(pd.DataFrame(rows), schema.SCORES)
    number_of_post = scores["post_id"].str[-3:].astype(int)
    scores["company"] = number_of_post.map(lambda n: f"Firma {n % 3}")
    scores["published"] = pd.Timestamp("2010-01-15", tz="UTC") + pd.to_timedelta(number_of_post * 31, unit="D")
    scores["title"] = number_of_post.map(lambda n: f"Titel {n}")
    scores.attrs = dict(ATTRS)
    return scores


def page_of(scores, language="de", **options):
    return to_html(summarize(scores, **options), language=language)


def visible(page):
    tree = lxml_html.document_fromstring(page)
    for style in tree.iter("style"):
        style.text = ""
    return tree.text_content()


@pytest.fixture(scope="module")
def summary():
    return summarize(make_scores(), by="company")


def test_summary_is_plain_json_and_the_page_needs_nothing_else(summary):
    again = json.loads(json.dumps(summary, allow_nan=False))
    for language in LANGUAGES:
        assert to_html(again, language=language) == to_html(summary, language=language)


def test_what_counts_and_what_does_not_adds_up(summary):
    reasons = dict(summary["corpus"]["reasons"])
    assert reasons == {
        "counted": 33,
        "other_role": 3,
        "other_language": 0,
        "duplicate": 0,
        "error": 0,
        "no_passage": 0,
    }
    assert sum(reasons.values()) == summary["corpus"]["passages"] == 36
    assert summary["corpus"]["posts"] == 12
    assert (summary["corpus"]["first"], summary["corpus"]["last"]) == ("2010-01-15", "2010-12-22")


def test_reasons_are_told_with_their_messages():
    scores = make_scores(posts=6)
    scores.loc[scores["post_id"] == "post-001", "broadcast"] = np.nan
    failed = (scores["post_id"] == "post-002") & (scores["rank"] == 1)
    scores = scores[(scores["post_id"] != "post-002") | failed]
    scores.loc[failed, "error"] = "The text is <b>empty</b>."
    summary = summarize(scores)
    reasons = dict(summary["corpus"]["reasons"])
    assert (reasons["other_language"], reasons["error"], reasons["other_role"]) == (3, 3, 2)
    assert summary["corpus"]["errors"] == [{"message": "The text is <b>empty</b>.", "n": 3}]
    assert "The text is &lt;b&gt;empty&lt;/b&gt;." in to_html(summary)


def test_numbers_are_those_of_the_tables():
    scores = make_scores(posts=18)
    summary = summarize(scores, by="company")
    table = grouped(scores, "company").set_index(["company", "measure"])
    assert {row["group"] for row in summary["groups"]["rows"]} == {"Firma 0", "Firma 1", "Firma 2"}
    for row in summary["groups"]["rows"]:
        for measure in ("broadcast", "tracks", "lip_service"):
            expected = table.loc[(row["group"], measure)]
            assert list(row[measure].values()) == pytest.approx(expected[["value", "low", "high"]].tolist(), abs=1e-5)
    heat = summary["heat"]
    assert heat["groups"] == [row["group"] for row in summary["groups"]["rows"]]
    assert heat["most"] == max(value for row in heat["rows"] for value in row["numbers"])
    assert sum(summary["fields"]["shares"].values()) == pytest.approx(1, abs=1e-5)
    assert len(summary["fields"]["points"]) == sum(map(sum, summary["fields"]["cells"])) == summary["corpus"]["counted"]


def test_numbers_are_written_as_the_language_does(summary):
    value = summary["overall"]["broadcast"]["value"]
    assert number(value, "de") in visible(to_html(summary, language="de"))
    assert number(value, "en") in visible(to_html(summary, language="en"))
    assert f"{value:.2f}".replace(".", ",") == number(value, "de")
    assert (percent(0.5, "de"), percent(0.5, "en"), percent(None, "en")) == ("50\N{NO-BREAK SPACE}%", "50%", "–")
    assert (number(-0.001, "en"), number(12345.6, "de", 1)) == ("0.00", "12.345,6")
    assert count(1, "post", "de") == "1 Post"


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_are_complete(summary, language):
    page = to_html(summary, language=language)
    assert lxml_html.document_fromstring(page).get("lang") == language
    assert not re.search(r"[{}]", visible(page)), "a text has a place that nobody filled in"
    words = texts(language)
    assert all(words.values())
    assert ct.THESES[3].text_de in page if language == "de" else ct.THESES[3].text_en in page
    others = texts("en" if language == "de" else "de")
    for name in ("glance", "groups", "heat", "time", "quadrant", "examples", "read_raw"):
        assert words[name] in page
        assert others[name] not in page


def test_every_measurement_of_style_has_a_name():
    assert set(feature_names()) == {key.removeprefix("style_") for key in texts("de") if key.startswith("style_")}


def test_other_languages_are_refused(summary):
    with pytest.raises(CluetrainError, match=r"language is 'fr'; expected one of de, en"):
        to_html(summary, language="fr")


def hostile_scores():
    scores = make_scores(posts=len(HOSTILE) * 2, passages=2)
    of = scores["post_id"].str[-3:].astype(int) % len(HOSTILE)
    for column in ("text", "title", "company", "speaker"):
        scores[column] = [f"{HOSTILE[n]} {column}" for n in of]
    scores["post_id"] += "<script>"
    addresses = ["javascript:alert(1)", "data:text/html,<script>", "https://a.example/<script>", "//b.example", ""]
    good = "https://gut.example/pfad?x=1&y=2"
    scores["url"] = [good if n == 7 else addresses[n % 5] for n in of]
    scores.attrs = {**ATTRS, "model": "<script>alert(1)</script>", "pipeline": HOSTILE[2]}
    return scores


def test_hostile_texts_stay_texts():
    page = to_html(summarize(hostile_scores(), by="company"), title="</title><script>alert(1)</script>")
    tree = lxml_html.document_fromstring(page)
    assert [element.tag for element in tree.iter("script", "img", "iframe", "object", "embed", "link", "base")] == []
    assert (len(list(tree.iter("style"))), len(tree.xpath("/html/head/title"))) == (1, 1)
    for element in tree.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name in ("style", "src", "srcdoc")]
    links = {link.get("href") for link in tree.iter("a") if not link.get("href").startswith("#")}
    assert links <= {"https://gut.example/pfad?x=1&y=2"}
    assert "{{ 7 * 7 }}" in page
    assert not set("\x00\x1b\x9b\u202e\u2066") & set(page)
    page.encode()


def test_only_good_addresses_become_links():
    scores = make_scores(posts=1)
    for url, good in {
        "https://gut.example/pfad": True,
        "HTTP://gut.example": True,
        "javascript:alert(1)": False,
        " https://gut.example": False,
        "https://nutzer:geheim@gut.example/": False,
        'https://gut.example/"onclick=': False,
        "https://gut.example\\@schlecht.example": False,
        "https://gut.example/" + "a" * 2000: False,
        "ftp://gut.example": False,
    }.items():
        scores["url"] = url
        assert ("noopener noreferrer" in page_of(scores)) is good, url


def test_policy_names_the_one_style_sheet(summary):
    page = to_html(summary)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


def test_pictures_have_words_and_a_table_beside_them(summary):
    tree = lxml_html.document_fromstring(to_html(summary))
    told = [svg for svg in tree.iter("svg") if svg.get("role") == "img"]
    assert len(told) == 3  # time for desk and phone, and the quadrant
    for svg in told:
        ids = svg.get("aria-labelledby").split()
        assert all(len(tree.get_element_by_id(one).text_content()) > 20 for one in ids)
    assert all(svg.get("aria-hidden") == "true" for svg in tree.iter("svg") if svg not in told)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_nothing_scored_is_said_and_does_not_fail():
    nothing = schema.empty(schema.SCORES)
    nothing.attrs = dict(ATTRS)
    assert "Hier wurde nichts bewertet" in page_of(nothing)
    failed = schema.conform(
        pd.DataFrame([dict.fromkeys(schema.SCORES, 0) | {"post_id": "a", "passage": -1, "error": "Leer."}]),
        schema.SCORES,
    )
    failed[["broadcast", "tracks", "score"]] = np.nan
    failed.attrs = dict(ATTRS)
    page = page_of(failed.assign(company="x"), language="en", by="company")
    assert "Nothing was scored here" in page
    assert "Leer." in page


def test_without_texts_no_word_of_a_post_is_in_it():
    scores = make_scores()
    scores["text"] = "Geheimwort eins"
    scores["title"] = "Geheimwort zwei"
    scores["url"] = "https://geheimwort.example"
    scores.loc[0, "error"] = "Geheimwort drei"
    page = to_html(summarize(scores, by="company", texts=False))
    assert "geheimwort" not in page.lower()
    assert texts("de")["examples_private"] in page
    assert "geheimwort" in page_of(scores).lower()


def test_missing_groups_have_a_name():
    scores = make_scores()
    scores["company"] = scores["company"].where(scores["company"] != "Firma 0")
    summary = summarize(scores, by="company")
    assert [row["group"] for row in summary["groups"]["rows"]] == ["Firma 1", "Firma 2", None]
    assert "<i>ohne Angabe</i>" in to_html(summary)


def test_posts_give_dates_titles_and_groups():
    scores = make_scores()
    posts = scores.drop_duplicates("post_id")[["post_id", "company", "published", "title"]]
    bare = scores[list(schema.SCORES)]
    bare.attrs = dict(ATTRS)
    assert summarize(bare, posts=posts[::-1], by="company") == summarize(scores, by="company")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda posts: pd.concat([posts, posts]), "repeat the post_id 'post-000'"),
        (lambda posts: posts.drop(columns="post_id"), "need a column post_id"),
        (lambda posts: posts.assign(post_id="x" + posts["post_id"]), "None of the 12 post.s. that were scored"),
        (lambda posts: posts.drop(columns="company"), "neither scores nor posts have"),
        (lambda posts: posts.assign(published="2010-01-01"), "expected moments of time"),
    ],
)
def test_posts_that_do_not_fit_are_refused(change, message):
    scores = make_scores()
    posts = scores.drop_duplicates("post_id")[["post_id", "company", "published"]]
    with pytest.raises(PostError, match=message):
        summarize(scores[list(schema.SCORES)], posts=change(posts), by="company")


@pytest.mark.parametrize(
    ("days", "step_name", "first", "points"),
    [
        (31, "month", "2010-01", 12),
        (200, "quarter", "2010 Q1", 25),
        (900, "year", "2010", 28),
        (3000, "year", "2053", 48),
    ],
)
def test_time_has_steps_that_fit_its_span(days, step_name, first, points):
    scores = make_scores()
    number_of_post = scores["post_id"].str[-3:].astype(int)
    scores["published"] = pd.Timestamp("2010-01-15") + pd.to_timedelta(number_of_post * days, unit="D")
    scores.loc[scores["post_id"] == "post-000", "published"] = pd.NaT if days == 31 else pd.Timestamp("2010-01-15")
    time = summarize(scores)["time"]
    assert time["step"] == step_name
    if days == 31:
        assert time["undated"] == 1
        return
    assert (time["points"][0]["label"], len(time["points"])) == (first, points)
    dated = [point for point in time["points"] if point["n_posts"]]
    assert sum(point["n_posts"] for point in dated) + time["earlier"] == 12
    assert all(point["value"] is None for point in time["points"] if not point["n_posts"])


@pytest.mark.parametrize(("days", "step_name"), [(5, "month"), (15, "quarter"), (40, "year")])
def test_periods_have_enough_posts_for_an_interval(days, step_name):
    scores = make_scores(posts=60)
    number_of_post = scores["post_id"].str[-3:].astype(int)
    scores["published"] = pd.Timestamp("2010-01-01") + pd.to_timedelta(number_of_post * days, unit="D")
    time = summarize(scores)["time"]
    assert time["step"] == step_name
    assert sum(point["low"] is not None for point in time["points"]) >= len(time["points"]) - 1


def test_without_dates_the_report_says_so():
    assert texts("de")["time_none"] in page_of(make_scores().drop(columns="published"))


def test_passages_are_the_extreme_ones_and_none_comes_twice():
    scores = make_scores(posts=40)
    lists = {one["name"]: one["passages"] for one in summarize(scores)["lists"]["lists"]}
    body = scores[scores["role"] == "body"]
    assert lists["strongest"][0]["score"] == pytest.approx(body["score"].max(), abs=1e-6)
    assert lists["broadcast"][0]["score"] == pytest.approx(body[body["rank"] == 1]["score"].min(), abs=1e-6)
    all_texts = [piece["text"] for passages in lists.values() for entry in passages for piece in entry["pieces"]]
    assert len(set(all_texts)) == len(all_texts)
    for passages in lists.values():
        assert 0 < len(passages) <= MOST
        assert len({entry["post_id"] for entry in passages}) == len(passages)
    assert abs(lists["borderline"][0]["tracks"] - 0.5) < 0.1


def test_scores_of_the_loaded_model_are_explained():
    scores = ct.score(
        [
            "Wir freuen uns riesig, Ihnen unsere innovative Lösung für nachhaltiges Wachstum präsentieren zu dürfen!",
            "Ich hab euch dreimal geschrieben. Warum antwortet da eigentlich nie ein Mensch? Ihr redet nur mit euch.",
        ]
    )
    lists = summarize(scores)["lists"]
    assert lists["marks"] == "yes"
    explained = [entry for one in lists["lists"] for entry in one["passages"] if entry["reasons"]]
    assert explained
    for entry in explained:
        assert "".join(piece["text"] for piece in entry["pieces"]) in scores["text"].tolist()
        assert {piece["level"] for piece in entry["pieces"]} > {0}
        assert len({(reason["kind"], reason["name"]) for reason in entry["reasons"]}) == len(entry["reasons"])
    assert '<mark class="' in page_of(scores)


def test_scores_of_other_models_are_not_explained():
    scores = make_scores()
    assert texts("de")["no_marks_other_model"] in page_of(scores)
    scores.attrs = {}
    with pytest.warns(CluetrainWarning, match="attrs get lost"):
        page = page_of(scores)
    assert texts("de")["no_marks_unknown"] in page
    assert texts("de")["about_lost"] in page
    assert "<mark" not in page


def test_texts_of_own_theses_are_shown_only_if_given(tmp_path):
    file = tmp_path / "theses.csv"
    file.write_text("number,text_de\n3,Wir sind <b>nett</b>.\n17,Zwei.\n62,Drei.\n", encoding="utf-8")
    scores = make_scores()
    scores.attrs["expected_quality"] = "lower"
    assert texts("de")["no_theses_text"] in page_of(scores)
    assert ct.THESES[3].text_de not in page_of(scores)
    page = page_of(scores, theses=ct.read_theses(file), language="en")
    assert 'lang="de">Wir sind &lt;b&gt;nett&lt;/b&gt;.' in page


def test_near_duplicates_count_once_where_they_are_marked():
    scores = make_scores(posts=6)
    text = "Der Vorstand dankt allen Mitarbeitenden für das große Vertrauen und blickt zuversichtlich ins neue Jahr."
    scores.loc[scores["passage"] == 1, "text"] = text
    assert texts("de")["not_examined"] in page_of(scores)
    summary = summarize(count_once(scores, find_duplicates(scores)))
    assert dict(summary["corpus"]["reasons"])["duplicate"] == 5
    assert summary["corpus"]["errors"] == []
    assert texts("de")["not_examined"] not in to_html(summary)


def coded_sample(scores, theses, unit="post"):
    random = np.random.default_rng(1)
    passages = scores[scores["role"] == "body"].drop_duplicates(["post_id", "passage"])
    drawn = passages[passages["post_id"].isin(random.choice(scores["post_id"].unique(), 60, replace=False))]
    if unit == "passage":
        drawn = passages.sample(100, random_state=2)
    size = 120 if unit == "post" else len(passages)
    weight = 2.0 if unit == "post" else size / 100
    code = {"coder": "A", "stance": "supports", "unit": unit, "stratum": "", "stratum_size": size, "weight": weight}
    coded = pd.concat([drawn[["post_id", "passage"]].assign(**code, thesis=thesis) for thesis in theses])
    coded["grade"] = random.integers(0, 4, len(coded))
    coded["voice"] = np.tile(random.integers(0, 5, len(drawn)), len(theses))
    coded = schema.conform(coded, schema.CODED)
    coded.attrs["design"] = {"unit": unit, "n": 60, "N": size, "seed": 1, "strata": [], "roles": ["body"]}
    return coded


def test_coded_sample_corrects_the_shares():
    scores = make_scores(posts=120)
    summary = summarize(scores, by="company", coded=coded_sample(scores, [3]))
    groups = [row["group"] for row in summary["groups"]["rows"]]
    assert [(row["whole"], row["group"], row["measure"], row["thesis"]) for row in summary["estimates"]] == [
        (whole, group, measure, thesis)
        for measure, thesis in (("tracks", 3), ("broadcast", 0))
        for whole, group in [(True, None), *((False, group) for group in groups)]
    ]
    expected = ct.estimate(scores, coded_sample(scores, [3]), measure="tracks", thesis=3).iloc[0]
    assert summary["estimates"][0]["value"] == pytest.approx(expected["estimate"], abs=1e-5)
    for row in summary["estimates"]:
        assert 0 <= row["low"] < row["value"] < row["high"] <= 1
    page = to_html(summary)
    assert "Posts, die These 3 aufgreifen" in page
    assert texts("de")["read_raw"] not in page
    assert texts("de")["read_partly"] in page
    assert texts("de")["read_raw"] in page_of(scores)


def test_drawn_passages_give_shares_of_passages():
    scores = make_scores(posts=120)
    summary = summarize(scores, coded=coded_sample(scores, [3, 17], unit="passage"))
    asked = [("tracks", 0), ("tracks", 3), ("tracks", 17), ("broadcast", 0)]
    assert [(row["measure"], row["thesis"]) for row in summary["estimates"]] == asked
    assert {row["unit"] for row in summary["estimates"]} == {"passage"}
    assert "passages that track thesis 17" in to_html(summary, language="en")


def test_a_thesis_that_is_not_reported_everywhere_is_not_corrected_and_the_report_says_so():
    scores = make_scores(posts=120)
    coded = coded_sample(scores, [3])
    coded["voice"] = np.nan
    attrs = scores.attrs
    scores = scores[(scores["thesis"] != 3) | (scores["post_id"] != "post-001")]
    scores.attrs = attrs
    summary = summarize(scores, coded=coded)
    assert (summary["estimates"], summary["uncorrected"]) == ([], [3])
    assert "Nicht korrigiert: These 3." in to_html(summary)


def test_size_is_bounded_whatever_the_corpus_is():
    scores = make_scores(posts=300, passages=2, theses=(3, 17))
    long = "&<\"'𝔘" * 600
    for column in ("text", "title", "post_id", "company"):
        scores[column] = [f"{old} {number // 4} {long}" for number, old in enumerate(scores[column])]
    page = page_of(scores, by="company")
    assert len(page.encode()) < 1_000_000
    assert "Nicht gezeigt: 276 Gruppen" in page


def test_file_is_written_whole_and_not_replaced_unasked(tmp_path):
    path = tmp_path / "neu" / "bericht.html"
    assert write_report(make_scores(), path, title="Eins") == path
    with pytest.raises(PostError, match="exists"):
        write_report(make_scores(), path)
    assert "Eins" in path.read_text(encoding="utf-8")
    write_report(make_scores(), path, title="Zwei", overwrite=True)
    assert "Zwei" in path.read_text(encoding="utf-8")
    assert [file.name for file in path.parent.iterdir()] == ["bericht.html"]
    with pytest.raises(PostError, match="cannot be written"):
        write_report(make_scores(), path / "darunter.html")


def test_same_scores_give_the_same_page():
    assert page_of(make_scores(), by="company") == page_of(make_scores(), by="company")


@given(st.text())
def test_legible_keeps_what_can_be_read(text):
    shown = legible(text)
    assert not set("\x00\x1b\r\u202e\u2066") & set(shown)
    shown.encode()
    assert legible(shown) == shown
    plain = "".join(letter for letter in text if letter.isalnum())
    assert "".join(letter for letter in shown if letter.isalnum()) == plain


def test_pictures_draw_their_numbers():
    (_, value, interval) = bar(0.25, most=0.5, low=0.1, high=0.4).shapes
    assert value["attrs"]["width"] == 50
    assert (interval["attrs"]["x"], interval["attrs"]["width"]) == (20, 60)
    assert [shape["attrs"]["class"] for shape in bar(None).shapes] == ["rail"]
    assert [shape["attrs"]["width"] for shape in stack([("counted", 3), ("error", 1)]).shapes] == [75, 25]
    assert [step(value, 1.0) for value in (None, 0.0, 0.01, 0.5, 1.0)] == [0, 0, 1, 4, 7]
    points = [
        {"label": "a", "value": 0.0, "low": None, "high": None},
        {"label": "b", "value": None, "low": None, "high": None},
        {"label": "c", "value": 1.0, "low": 0.5, "high": 1.0},
    ]
    shapes = over_time(points, language="de", wide=True).shapes
    dots = [shape["attrs"] for shape in shapes if shape["tag"] == "circle"]
    lines = {shape["text"]: shape["attrs"] for shape in shapes if shape["tag"] == "text"}
    assert [dot["cy"] + 4 for dot in dots] == [lines["0,00"]["y"], lines["1,00"]["y"]]
    assert len([shape for shape in shapes if shape["tag"] == "polyline"]) == 2  # a gap is not bridged


def test_quadrant_has_high_broadcast_at_the_top_and_high_tracks_at_the_right():
    shares = dict.fromkeys(("lip_service", "conversation", "broadcast", "other"), 0.25)
    fields = {"points": [[0.9, 0.1]], "cells": [[0]], "shares": shares, "threshold": 0.5}
    (dot,) = [shape["attrs"] for shape in quadrant(fields, language="de").shapes if shape["tag"] == "circle"]
    cells = np.zeros((20, 20), dtype=int)
    cells[2, 18] = 5  # broadcast 0.1 to 0.15, tracks 0.9 to 0.95
    picture = quadrant({**fields, "points": None, "cells": cells.tolist()}, language="de")
    (cell,) = [shape["attrs"] for shape in picture.shapes if shape["attrs"]["class"] == "d7"]
    assert cell["x"] <= dot["cx"] <= cell["x"] + cell["width"]
    assert cell["y"] <= dot["cy"] <= cell["y"] + cell["height"]
    assert dot["cx"] > picture.width / 2 < dot["cy"]


def test_many_passages_become_a_grid():
    summary = summarize(make_scores(posts=200))
    assert summary["fields"]["points"] is None
    assert sum(map(sum, summary["fields"]["cells"])) == summary["corpus"]["counted"]


def test_command_writes_the_report(tmp_path):
    scores = make_scores()
    scores.to_parquet(tmp_path / "scores.parquet")
    arguments = ["report", str(tmp_path / "scores.parquet"), "-o", str(tmp_path / "report.html"), "--by", "company"]
    result = CliRunner().invoke(app, [*arguments, "--language", "en", "--title", "Three firms", "--once"])
    assert result.exit_code == 0, result.output
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<h1 dir="auto">Three firms</h1>' in page
    assert texts("en")["heat"] in page
    assert isinstance(CliRunner().invoke(app, arguments).exception, PostError)
    result = CliRunner().invoke(app, [*arguments, "--no-texts", "--overwrite"])
    assert result.exit_code == 0, result.output
    assert texts("de")["examples_private"] in (tmp_path / "report.html").read_text(encoding="utf-8")
