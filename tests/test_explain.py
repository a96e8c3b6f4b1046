"""Explanations add up: to the logit of each question, to the logit of the score, and to the text."""

import io
import json
import math
import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from safetensors import safe_open
from typer.testing import CliRunner

import cluetrain_nlp as ct
from cluetrain_nlp.classifier import examples
from cluetrain_nlp.classifier.attribution import QUESTIONS, log_odds, path_shares, thesis_questions, voice_question
from cluetrain_nlp.classifier.embedding import Embedding
from cluetrain_nlp.classifier.examples import Example, example_vectors, load_examples
from cluetrain_nlp.classifier.terms import TERM_KINDS, Terms, locate_terms
from cluetrain_nlp.classifier.theses import Thesis, ThesisSet
from cluetrain_nlp.classifier.tracking import UNSEEN_FEATURES
from cluetrain_nlp.cli import app
from cluetrain_nlp.errors import ModelError, PostError, ThesisError
from cluetrain_nlp.passages.pipeline import make_doc
from cluetrain_nlp.show.explain import explain
from cluetrain_nlp.show.highlight import strongest, sums
from cluetrain_nlp.show.kwic import kwic
from cluetrain_nlp.training import examples as training

TEXT = (
    "Ich hab euch dreimal geschrieben, jedes Mal eine Eingangsbestätigung. Warum antwortet da eigentlich nie ein "
    "Mensch? Beim Bäcker an der Ecke rede ich jeden Morgen zwei Minuten, und dort kaufe ich auch."
)
BROCHURE = "Als innovativer Partner bieten wir maßgeschneiderte Lösungen. Ihre Zufriedenheit steht im Mittelpunkt."
ENGLISH = "Nobody at this company ever answers a letter, and the people who work there know it as well as we do."
OWN = ThesisSet(
    [
        Thesis(3, text_de="Die Bahn kommt zu spät.", gloss="Jemand wartet am Gleis."),
        Thesis(7, text_de="Brot wird teurer, und keiner weiß warum."),
    ]
)

#: Texts that people write, and such as only machines write.
texts = st.one_of(
    st.lists(st.sampled_from([*TEXT.split(), *BROCHURE.split(), "und", "die", "nicht", "\n\n", "  "]), min_size=1).map(
        " ".join
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).map(lambda noise: f"{noise} nicht"),
)


def questions(why):
    return why.parts.groupby("question", sort=False)["own"].sum()


def model_logits(model, nlp, text, thesis, theses=None):
    """The logits as the heads themselves compute them, by their own public methods."""
    evidence = model.measure(make_doc(nlp, text.strip())[:])
    targets = model.targets(theses)
    head, row = model.tracking, targets.numbers.tolist().index(thesis)
    features = head.features(evidence, targets)[row]
    if targets.known[row] >= 0:
        this = features @ head.known_weights[:-1] + head.known_weights[-1]
    else:
        this = features[: len(UNSEEN_FEATURES)] @ head.unseen_weights[:-1] + head.unseen_weights[-1]
    tracks = head.probabilities(evidence, targets)[0][row]
    return [float(head.anything_logit(evidence)), float(this), float(head.opposing_logit(evidence))], tracks


def check(why, model, nlp, theses=None):
    """Compare every sum with what the heads say."""
    text = why.text
    if why.target == "tracks":
        logits, probability = model_logits(model, nlp, text, why.thesis, theses)
        names = list(QUESTIONS)
    else:
        probability = model.voice.broadcast(model.measure(make_doc(nlp, text.strip())[:]))
        logits, names = [math.log(probability) - math.log1p(-probability)], ["voice"]
    assert questions(why).index.tolist() == names
    assert questions(why).tolist() == pytest.approx(logits, abs=1e-9)
    assert why.probability == pytest.approx(probability, abs=1e-12)
    assert why.parts["contribution"].sum() == pytest.approx(why.logit, abs=1e-9)
    assert why.logit == pytest.approx(math.log(probability) - math.log1p(-probability), abs=1e-9)


@pytest.mark.parametrize("thesis", [None, 1, 3, 62, 95])
@pytest.mark.parametrize("text", [TEXT, BROCHURE, "Nein.", f"  \n{TEXT}\n\n{BROCHURE} {BROCHURE}\n "])
def test_parts_add_up_to_the_logit_of_the_shipped_model(model, nlp, text, thesis):
    check(explain(text, thesis=thesis, model=model, nlp="builtin"), model, nlp)


@given(text=texts, thesis=st.sampled_from([None, 3, 62]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_add_up_for_any_text(toy_model, nlp, text, thesis):
    try:
        why = explain(text, thesis=thesis, model=toy_model, nlp="builtin")
    except PostError:
        return
    stripped = re.sub(r"^\s+|\s+$", "", text)
    if make_doc(nlp, text)[:].text.strip() == stripped:
        check(why, toy_model, nlp)
    assert why.parts["contribution"].sum() == pytest.approx(why.logit, abs=1e-9)
    assert "".join(segment.text for segment in why.segments) == text
    placed = why.parts.loc[why.parts["start"] >= 0]
    assert sum(segment.contribution for segment in why.segments) == pytest.approx(
        placed["contribution"].sum(), abs=1e-9
    )
    assert all(segment.contribution == 0 for segment in why.segments if segment.text.isspace())


@pytest.mark.parametrize("thesis", [3, 7])
def test_parts_add_up_for_theses_of_ones_own(model, toy_model, nlp, thesis):
    for judge in (model, toy_model):
        why = explain(TEXT, thesis=thesis, theses=OWN, model=judge, nlp="builtin")
        check(why, judge, nlp, OWN)
        assert why.statement == OWN[thesis].text_de
        assert not why.parts["name"].str.contains(f"thesis {thesis}:").any()  # 3 is another thesis here


@pytest.mark.parametrize("text", [TEXT, BROCHURE])
def test_it_explains_what_is_scored(text):
    rows = ct.score([text], theses=[3, 62], top=None, unit="post").set_index("thesis")
    for thesis, scored in ((3, rows["tracks"][3]), (62, rows["tracks"][62]), (None, rows["broadcast"].iloc[0])):
        why = explain(text, thesis=thesis)
        assert why.probability == pytest.approx(scored, abs=1e-6)
        assert 1 / (1 + math.exp(-why.parts["contribution"].sum())) == pytest.approx(scored, abs=1e-6)


def test_a_passage_keeps_the_language_that_its_paragraph_has():
    german = "Wir haben gestern lange mit unseren Kundinnen geredet, und sie haben gesagt, was sie am Angebot stört. "
    french = "Nous ne voulons pas que les clients de cette entreprise soient dans une file, et nous parlons avec eux. "
    scores = ct.score([german * 12 + french * 9], theses=[3], top=None, nlp="builtin")
    rows = scores[scores["text"].str.startswith("Nous")]
    assert (rows["language"] == "de").any()
    row = rows.iloc[0]
    with pytest.raises(PostError, match="neither"):
        explain(row["text"], thesis=3)
    for thesis, scored in ((3, row["tracks"]), (None, row["broadcast"])):
        why = explain(row["text"], thesis=thesis, language=row["language"], nlp="builtin")
        assert why.probability == pytest.approx(scored, abs=1e-6)
    assert len(kwic(scores, thesis=3, n=100)) == len(scores)


def test_colours_and_signs_are_those_of_the_segments(model):
    ways = set()
    for thesis in (3, None):
        why = explain(TEXT, thesis=thesis, model=model, nlp="builtin")
        marked = re.findall(r'<span class="(up|down)\d" title="([+-])[\d.]+">(.*?)</span>', why.to_html())
        known = {(segment.text, segment.contribution > 0) for segment in why.segments}
        ways |= {way for way, _, _ in marked}
        assert all((way == "up") == (sign == "+") and (word, sign == "+") in known for way, sign, word in marked)
        rows = re.findall(
            r'<tr><td class="number">([+-][\d.]+)</td>', why.to_html().partition("The strongest parts")[2]
        )
        assert [float(row) for row in rows] == strongest(why.parts)["contribution"].round(2).tolist()
    assert ways == {"up", "down"}


@pytest.mark.slow
def test_a_long_text_takes_seconds(model):
    """Once the text of the passage was made anew for every term."""
    start = time.perf_counter()
    explain(" ".join(f"{TEXT} Nummer {number}." for number in range(60)), thesis=62, model=model, nlp="builtin")
    assert time.perf_counter() - start < 30


def test_numbers_may_come_from_a_frame():
    scores = ct.score([TEXT], top=1, unit="post", nlp="builtin")
    assert explain(TEXT, thesis=scores["thesis"].iloc[0]).thesis == scores["thesis"].iloc[0]


def test_parts_add_up_for_a_model_without_terms(toy_model, nlp):
    """As models of format 1 are."""
    none, theses = np.empty(0), len(toy_model.theses)
    tracking = replace(
        toy_model.tracking,
        anything_letters=none,
        opposing_words=none,
        opposing_letters=none,
        projection=np.zeros_like(toy_model.tracking.projection),
        letters=np.empty((0, theses)),
    )
    old = replace(
        toy_model,
        words=Terms("words", (), none),
        letters=Terms("letters", (), none),
        voice=replace(toy_model.voice, word_weights=none),
        tracking=tracking,
    )
    for thesis in (62, None):
        why = explain(TEXT, thesis=thesis, model=old, nlp="builtin")
        check(why, old, nlp)
        assert set(why.parts["kind"]) - {"style"} == {"bias", "sentence", "example", "whole"}


def test_the_path_shares_out_any_three_logits():
    generator = np.random.default_rng(0)
    for scale in (0.1, 3, 30):
        start, end = generator.normal(0, scale, (2, 3))
        base, slopes = path_shares(start, end)
        assert base.sum() == pytest.approx(log_odds(start))
        assert base.sum() + slopes @ (end - start) == pytest.approx(log_odds(end), abs=1e-9)
        assert (slopes * [1, 1, -1] >= 0).all()


def test_questions_multiply_to_tracks(model, nlp):
    evidence = model.measure(make_doc(nlp, TEXT)[:])
    for column in (0, 61):
        logits = np.array([question.logit for question in thesis_questions(model, evidence, model.targets(), column)])
        a, b, c = 1 / (1 + np.exp(-logits))
        tracks = model.tracking.probabilities(evidence, model.targets())[0][column]
        assert a * b * (1 - c) == pytest.approx(tracks, abs=1e-12)
        assert log_odds(logits) == pytest.approx(math.log(tracks / (1 - tracks)), abs=1e-9)
    assert voice_question(model, evidence).best.shape == (3,)


def test_against_drives_tracks_down(model):
    parts = explain(TEXT, thesis=62, model=model, nlp="builtin").parts
    for question, sign in zip(QUESTIONS, (1, 1, -1), strict=True):
        rows = parts[(parts["question"] == question) & (parts["kind"] != "bias")]
        assert (np.sign(rows["own"]) * sign == np.sign(rows["contribution"])).all()
    assert parts["value"].notna().groupby(parts["kind"]).all().loc[["example", "sentence"]].all()


def test_terms_stand_where_they_say(model):
    text = f" {TEXT} {TEXT}"
    parts = explain(text, thesis=62, model=model, nlp="builtin").parts
    for row in parts[parts["start"] >= 0].itertuples():
        at_place = text[row.start : row.end]
        expected = row.text if row.kind == "sentence" else row.name
        assert re.sub(r"\s", "", at_place) == re.sub(r"\s", "", expected)
    twice = parts[(parts["name"] == "Bäcker") & (parts["question"] == "any thesis")]
    assert len(twice) == 2
    assert twice["own"].nunique() == 1


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_located_terms_are_the_terms(text):
    for kind, cut in TERM_KINDS.items():
        located = list(locate_terms(kind, text))
        assert sorted(term for term, _, _ in located) == sorted(term for term in cut(text))
        assert all(0 <= start < end <= len(text) and text[start:end].strip() for _, start, end in located)


def test_measurements_and_phrases_explain_a_voice(model, nlp):
    why = explain(TEXT, model=model, nlp="builtin")
    assert why.target == "broadcast"
    assert why.thesis is None
    assert set(why.parts["kind"]) == {"bias", "style", "word", "phrase", "sentence", "example", "whole"}
    ich = why.parts[(why.parts["kind"] == "style") & (why.parts["name"] == "ich")].iloc[0]
    assert ich["value"] == pytest.approx(100 * 3 / len(re.findall(r"\w+", TEXT)), abs=0.5)
    assert ich["contribution"] < 0
    assert f"ich = {ich['value']:.1f}" in why.to_html()


def test_examples_are_the_nearest_ones_of_the_training_corpus(model):
    posts = resources.files("cluetrain_nlp.models") / "corpus/posts.jsonl"
    splits = {post["id"]: post["split"] for post in map(json.loads, posts.read_text(encoding="utf-8").splitlines())}
    assert "test" in splits.values()
    assert "test" not in {splits.get(example.id.partition("/")[0]) for example in load_examples()}
    known = next(example for example in load_examples() if 62 in example.codes and example.voice == 0)
    for thesis in (62, None):
        found = explain(known.text, thesis=thesis, model=model, nlp="builtin").parts
        eight = found[(found["kind"] == "example") & (found["question"] == found["question"].iloc[0])]
        assert len(eight) == 8
        assert eight["value"].is_monotonic_decreasing
        assert eight["text"].nunique() == 8
        first = eight.iloc[0]
        assert first["name"] == f"{known.id} ({known.code(thesis)})"
        assert first["text"] == known.text
        assert first["value"] == pytest.approx(1.0, abs=1e-3)
    assert explain(TEXT, thesis=62, model=model).parts["name"].str.contains(r"\(thesis 62: \d").sum() >= 3 * 4


def test_examples_say_what_was_coded():
    example = Example("a", "Text.", {3: "2 opposes", 5: "1 supports"}, 1.5)
    assert example.code(3) == "thesis 3: 2 opposes"
    assert example.code(4) == "takes up 3, not 4"
    assert Example("b", "Text.", {5: "1 supports"}, None).code(4) == "takes up no thesis"
    assert example.code(None) == "voice 1.5"
    assert {"3 supports", "2 opposes"} <= {code for other in load_examples() for code in other.codes.values()}


def test_vectors_at_hand_are_those_of_the_examples(model):
    some = np.arange(0, len(load_examples()), 400)
    anew = model.embedding.embed_each([load_examples()[row].text for row in some])
    assert ((example_vectors(model.embedding)[some] * anew).sum(axis=1) > 0.999).all()


def test_vectors_of_other_examples_are_refused(model, monkeypatch):
    monkeypatch.setattr(examples, "load_examples", lambda: load_examples()[1:])
    with pytest.raises(ModelError, match=r"cluetrain_nlp\.training\.examples"):
        example_vectors.__wrapped__(model.embedding)


def test_vectors_are_written_for_all_examples(toy_encoder, monkeypatch, tmp_path):
    few = load_examples()[::50]
    monkeypatch.setattr(examples, "load_examples", lambda: few)
    monkeypatch.setattr(training, "load_examples", lambda: few)
    monkeypatch.setattr(training, "load_encoder", lambda: Embedding(toy_encoder))
    training.write(tmp_path)
    with safe_open(tmp_path / examples.VECTORS, framework="numpy") as file:
        vectors = file.get_tensor("vectors").astype(float)
        assert file.metadata() == {"encoder": "toy", "examples": examples.examples_sha256()}
    cosine = (vectors * example_vectors.__wrapped__(Embedding(toy_encoder))).sum(axis=1) / np.linalg.norm(
        vectors, axis=1
    )
    assert (cosine > 0.999).all()


@pytest.mark.parametrize("thesis", [62, None])
def test_moves_are_scores_of_shortened_texts(model, thesis):
    why = explain(TEXT, thesis=thesis, model=model, nlp="builtin")
    moves = why.moves
    assert moves is why.moves
    assert moves["what"].value_counts().to_dict() == {"word": 12, "sentence": 3}
    assert moves["change"].abs().is_monotonic_decreasing
    row = moves[moves["what"] == "sentence"].sort_values("start").iloc[1]
    assert TEXT[row["start"] : row["end"]] == row["text"]
    rest = TEXT.replace(f"{row['text']} ", "")
    assert row["without"] == pytest.approx(explain(rest, thesis=thesis, model=model, nlp="builtin").probability)
    assert row["change"] == pytest.approx(row["without"] - why.probability)


def test_a_single_word_cannot_be_left_out(model):
    assert explain("Nein.", model=model, nlp="builtin").moves.empty


@pytest.mark.parametrize(
    ("text", "thesis", "error", "message"),
    [
        ("", None, PostError, "no words"),
        (" … ", 3, PostError, "no words"),
        (None, 3, PostError, "NoneType"),
        (ENGLISH, None, PostError, "English"),
        ("Nous ne voulons pas que les clients de cette entreprise soient dans une file.", 3, PostError, "neither"),
        ("Wir reden \ud800 nicht.", 3, PostError, "surrogate"),
        (TEXT, 96, ThesisError, "96"),
        (TEXT, "62", ThesisError, "'62'"),
    ],
)
def test_what_cannot_be_explained_is_said(text, thesis, error, message):
    with pytest.raises(error, match=message):
        explain(text, thesis=thesis, nlp="builtin")


def test_an_english_passage_has_theses_but_no_voice(model, nlp):
    check(explain(ENGLISH, thesis=62, model=model, nlp="builtin"), model, nlp)


def test_a_missing_model_is_an_error(tmp_path):
    with pytest.raises(ModelError):
        explain(TEXT, model=tmp_path)


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data):
        self.text.append(data)


def test_html_is_escaped_and_complete(model):
    hostile = f"<script>alert('x')</script> <img src=x onerror=alert(1)> & \"{TEXT}\""
    why = explain(hostile, thesis=62, model=model, nlp="builtin")
    found = Elements()
    found.feed(why._repr_html_())
    assert {"script", "img", "link", "iframe"}.isdisjoint(found.tags)
    assert hostile in "".join(found.text)
    assert found.tags.count("table") == 2
    assert why.to_html() == why._repr_html_()
    assert re.search(r'class="up\d" title="\+', why.to_html())


def test_the_terminal_shows_text_and_parts(model):
    why = explain(f"{TEXT} [bold]", thesis=62, model=model, nlp="builtin")
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(why)
    shown = console.export_text()
    assert "tracks thesis 62" in shown
    assert "[bold]" in shown
    assert "this thesis" in shown
    assert repr(why).startswith("<Explanation: tracks thesis 62: 0.")


def test_a_text_cannot_command_the_terminal(model):
    why = explain("Wir reden \x1b[2J mit \x1b]0;x\x07 euch nicht.", thesis=62, model=model, nlp="builtin")
    file = io.StringIO()
    Console(width=100, file=file, force_terminal=True).print(why)
    assert "\x1b[2J" not in file.getvalue()
    assert "\x1b]0" not in file.getvalue()
    assert "\u241b" in file.getvalue()


def test_sums_and_strongest_parts(model):
    why = explain(TEXT, thesis=62, model=model, nlp="builtin")
    assert sums(why.parts)["contribution"].sum() == pytest.approx(why.logit)
    assert sums(why.parts)["question"].unique().tolist() == list(QUESTIONS)
    first = strongest(why.parts, 3)
    assert len(first) == 3
    assert first["contribution"].abs().is_monotonic_decreasing
    assert "bias" not in set(first["kind"])


def test_kwic_sets_the_word_that_counts_between_its_neighbours():
    scores = ct.score([BROCHURE, TEXT, ENGLISH, ""], theses=[3], top=None, nlp="builtin")
    lines = kwic(scores, thesis=3, n=2, width=25)
    assert lines["tracks"].is_monotonic_decreasing
    assert lines["tracks"].iloc[0] == scores["tracks"].max()
    assert lines["tracks"].dtype == scores["tracks"].dtype
    best = lines.iloc[0]
    assert best["post_id"] == "1"
    whole = f"{best['left']}{best['keyword']}{best['right']}".replace("… ", "").replace(" …", "")
    assert whole in TEXT
    assert best["left"].endswith(" ")
    assert all(len(line) <= 27 for side in ("left", "right") for line in lines[side])
    why = explain(TEXT, thesis=3, nlp="builtin")
    assert best["keyword"] == max(why.segments, key=lambda segment: segment.contribution).text


def test_kwic_takes_words_with_underscores():
    scores = ct.score(["_Wir_ _reden_ _nicht_ _miteinander_"], theses=[3], top=None, nlp="builtin")
    assert kwic(scores, thesis=3)["keyword"].item().strip("_") in "Wir reden nicht miteinander"


def test_kwic_says_what_is_missing(toy_model):
    scores = ct.score([TEXT], theses=[3], top=None, nlp="builtin")
    with pytest.raises(ModelError, match="would give other reasons"):
        kwic(scores, thesis=3, model=toy_model)
    with pytest.raises(ThesisError, match=r"theses=\[4\]"):
        kwic(scores, thesis=4)
    with pytest.raises(PostError, match="1 or more"):
        kwic(scores, thesis=3, n=0)


def test_the_command_writes_what_it_shows(tmp_path):
    run = CliRunner().invoke
    table, page, lines = (tmp_path / name for name in ("parts.csv", "why.html", "parts.jsonl"))
    for output in (table, page, lines):
        result = run(app, ["explain", TEXT, "--thesis", "62", "-o", str(output), "--nlp", "builtin"])
        assert result.exit_code == 0, result.output
        assert "tracks thesis 62" in result.output
    why = explain(TEXT, thesis=62, nlp="builtin")
    assert pd.read_csv(table)["contribution"].sum() == pytest.approx(why.logit)
    assert len(pd.read_json(lines, lines=True)) == len(why.parts)
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    again = run(app, ["explain", TEXT, "-o", str(page)])
    assert isinstance(again.exception, PostError)
    assert "--overwrite" in str(again.exception)
    assert "csv" in str(run(app, ["explain", TEXT, "-o", str(tmp_path / "x.pdf")]).exception)


def test_the_command_reads_standard_input_and_own_theses(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("- number: 7\n  text_de: Keiner antwortet mehr.\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["explain", "-", "--thesis", "7", "--theses", str(path), "--moves"], input=TEXT)
    assert result.exit_code == 0, result.output
    assert "Keiner antwortet mehr." in result.output
    assert "Left out" in result.output


def test_the_command_lists_key_words(tmp_path):
    path, output = tmp_path / "scores.parquet", tmp_path / "lines.csv"
    ct.score([TEXT, BROCHURE], theses=[3], top=None, nlp="builtin").to_parquet(path)
    result = CliRunner().invoke(app, ["kwic", str(path), "--thesis", "3", "--number", "1", "-o", str(output)])
    assert result.exit_code == 0, result.output
    lines = kwic(pd.read_parquet(path), thesis=3, n=1, width=40)
    assert lines["keyword"].item() in result.output
    assert pd.read_csv(output, dtype={"post_id": "str"})["left"].tolist() == lines["left"].tolist()
    again = CliRunner().invoke(app, ["kwic", str(path), "--thesis", "3", "-o", str(output)])
    assert "--overwrite" in str(again.exception)
