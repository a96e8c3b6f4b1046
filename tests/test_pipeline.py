import gzip
import json
import warnings
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import spacy
import srsly
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.util import is_package

from cluetrain_nlp.errors import PipelineError, PostError
from cluetrain_nlp.passages import pipeline
from cluetrain_nlp.passages.lemmas import LemmaTable
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc, pipeline_id

BUILTIN = Path(str(files("cluetrain_nlp.models") / "de_builtin"))
CORPUS = Path(__file__).parents[1].parent / "shared/pipeline/corpus"
TEXT = (
    "Gestern schrieb mir Frau Dr. Meyer vom 3. Stock, z. B. wegen der Heizung. „Kommt denn keiner?“, fragte sie. "
    "Ich wusste es auch nicht!\n\nHeute lief alles wieder"
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_nlp("builtin")


@pytest.fixture
def empty_cache() -> Iterator[None]:
    pipeline._load.cache_clear()
    yield
    pipeline._load.cache_clear()


def starts(doc: Doc) -> list[bool]:
    return [bool(token.is_sent_start) for token in doc]


def saved(nlp: Language, folder: Path) -> str:
    nlp.to_disk(folder)
    return str(folder)


# The builtin pipeline


def test_builtin_is_small_and_complete() -> None:
    size = sum(file.stat().st_size for file in BUILTIN.rglob("*") if file.is_file())
    assert 5_000_000 < size <= 12_000_000
    assert (BUILTIN / "README.md").is_file()


def test_builtin_says_what_it_is(nlp: Language) -> None:
    assert pipeline_id(nlp) == "de_builtin 0.1.0"
    assert nlp.meta["license"] == "CC BY-SA 4.0"
    assert set(nlp.config["paths"].values()) == {None}


def test_builtin_annotates_everything(nlp: Language) -> None:
    doc = nlp(TEXT)
    for attribute in ("TAG", "POS", "MORPH", "LEMMA", "DEP", "SENT_START"):
        assert doc.has_annotation(attribute), attribute
    assert [token.tag_ for token in doc[:4]] == ["ADV", "VVFIN", "PPER", "NN"]
    assert doc[1].morph.get("Tense") == ["Past"]


def test_builtin_loads_without_a_warning(empty_cache: None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_nlp("builtin")(TEXT)


def test_trimmed_strings_still_hold_every_edit_tree(nlp: Language) -> None:
    nodes = srsly.read_msgpack(BUILTIN / "lemmatizer" / "trees")["trees"]
    needed = {node[part] for node in nodes for part in ("orig", "subst") if node.get(part)}
    stored = spacy.strings.StringStore(srsly.read_json(BUILTIN / "vocab" / "strings.json"))
    assert len(needed) > 100
    assert all(string in stored for string in needed)


def test_tokenizer_is_that_of_every_german_pipeline(nlp: Language) -> None:
    blank = spacy.blank("de").tokenizer
    assert nlp.tokenizer.rules == blank.rules
    for part in ("prefix_search", "suffix_search", "infix_finditer", "url_match"):
        assert getattr(nlp.tokenizer, part).__self__.pattern == getattr(blank, part).__self__.pattern, part


# Which pipeline is taken


def fake_load(source: str | Path) -> Language:
    nlp = spacy.blank("de")
    nlp.meta["name"], nlp.meta["version"] = Path(source).name.removeprefix("de_"), "9.9.9"
    return nlp


@pytest.mark.parametrize(("installed", "taken"), [(True, "de_core_news_sm 9.9.9"), (False, "de_builtin 9.9.9")])
def test_auto(installed: bool, taken: str, monkeypatch: pytest.MonkeyPatch, empty_cache: None) -> None:
    monkeypatch.setattr(pipeline, "is_package", lambda name: installed and name == "de_core_news_sm")
    monkeypatch.setattr(pipeline.spacy, "load", fake_load)
    assert pipeline_id(load_nlp()) == pipeline_id(load_nlp("auto")) == taken


def test_an_installed_package_that_fails_is_no_reason_to_fall_back(
    monkeypatch: pytest.MonkeyPatch, empty_cache: None
) -> None:
    def broken(source: str) -> Language:
        raise OSError("[E053] Could not read config file")

    monkeypatch.setattr(pipeline, "is_package", lambda name: name == "de_core_news_sm")
    monkeypatch.setattr(pipeline.spacy, "load", broken)
    with pytest.raises(PipelineError, match=r"'de_core_news_sm' does not load: \[E053\].*version of spaCy") as error:
        load_nlp("auto")
    assert isinstance(error.value.__cause__, OSError)


def test_pipelines_are_cached_per_name() -> None:
    assert load_nlp("builtin") is load_nlp("builtin")
    assert pipeline._load.cache_info().maxsize == 4


def test_path_of_a_blank_pipeline(tmp_path: Path) -> None:
    path = saved(spacy.blank("de"), tmp_path / "blank")
    blank = load_nlp(path)
    assert blank.pipe_names == ["cluetrain_sentences"]
    assert load_nlp(Path(path)) is blank
    assert len(list(blank("Das ist es. Mehr nicht.").sents)) == 2


@pytest.mark.skipif(not is_package("de_core_news_sm"), reason="de_core_news_sm is not installed")
def test_de_core_news_sm(nlp: Language) -> None:
    official = load_nlp("de_core_news_sm")
    assert load_nlp("auto") is official
    assert pipeline_id(official).startswith("de_core_news_sm 3.")
    assert official.pipe_names[0] == "cluetrain_sentences"
    assert "senter" not in official.component_names
    doc = official(TEXT)
    assert [token.text for token in doc] == [token.text for token in nlp(TEXT)]
    assert starts(doc) == starts(nlp(TEXT))


# Errors


def test_nothing_found_says_what_was_looked_for_and_what_to_do() -> None:
    with pytest.raises(PipelineError) as error:
        load_nlp("de_gibt_es_nicht")
    message = str(error.value)
    assert "'de_gibt_es_nicht'" in message
    assert "no folder" in message
    assert 'load_nlp("builtin")' in message
    assert "pip install https://github.com/explosion/spacy-models/releases/download/de_core_news_sm-3.8.0/" in message


def test_other_language(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="language 'en', expected German"):
        load_nlp(saved(spacy.blank("en"), tmp_path / "english"))


def test_package_that_is_no_pipeline() -> None:
    with pytest.raises(PipelineError, match="'srsly' does not load"):
        load_nlp("srsly")


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="does not load"):
        load_nlp(tmp_path)


def test_config_that_names_an_unknown_function(tmp_path: Path) -> None:
    path = saved(spacy.blank("de"), tmp_path / "hostile")
    config = Path(path, "config.cfg")
    plain = config.read_text(encoding="utf-8")
    hostile = plain.replace("before_creation = null", 'before_creation = {"@callbacks": "os.system"}')
    assert hostile != plain
    config.write_text(hostile, encoding="utf-8")
    with pytest.raises(PipelineError, match="does not load"):
        load_nlp(path)


# Sentences


def test_our_sentences_come_first_and_no_other_setter_is_left(nlp: Language) -> None:
    assert nlp.pipe_names[0] == "cluetrain_sentences"
    assert "senter" in spacy.load(BUILTIN).component_names
    assert "senter" not in nlp.component_names


def test_other_setters_are_removed_under_any_name(tmp_path: Path) -> None:
    other = spacy.blank("de")
    other.add_pipe("sentencizer", name="grenzen", config={"punct_chars": ["."]})
    other.add_pipe("cluetrain_sentences", name="cluetrain_sentences", last=True)
    other.add_pipe("cluetrain_lemma_table")
    loaded = load_nlp(saved(other, tmp_path / "other"))
    assert loaded.component_names == ["cluetrain_sentences", "cluetrain_lemma_table"]
    assert [s.text for s in loaded("Um 9.30 Uhr z. B. um zehn. Gut.").sents] == ["Um 9.30 Uhr z. B. um zehn.", "Gut."]


def test_parser_keeps_our_boundaries(nlp: Language) -> None:
    assert "parser" in nlp.pipe_names
    assert starts(nlp(TEXT)) == starts(make_doc(nlp, TEXT))
    # The parser alone would cut elsewhere, so the test above can fail.
    assert starts(spacy.load(BUILTIN, exclude=["senter"])(TEXT)) != starts(nlp(TEXT))


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="aB1 .!?…\n„“\"':)-zZß", max_size=80))
def test_parser_keeps_our_boundaries_in_any_text(text: str) -> None:
    nlp = load_nlp("builtin")
    doc = make_doc(nlp, text)
    assert doc.text == text
    assert not len(doc) or starts(nlp(text)) == starts(doc)


def test_make_doc_does_no_more_than_needed(nlp: Language) -> None:
    doc = make_doc(nlp, TEXT)
    assert doc.has_annotation("SENT_START")
    assert not doc.has_annotation("TAG")
    assert not doc.has_annotation("LEMMA")
    assert len(make_doc(nlp, "")) == 0


def test_make_doc_refuses_text_that_is_too_long(tmp_path: Path) -> None:
    short = load_nlp(saved(spacy.blank("de"), tmp_path / "short"))
    short.max_length = 10
    assert len(make_doc(short, "x" * 10)) == 1
    with pytest.raises(PostError, match=r"11 characters.*at most 10"):
        make_doc(short, "x" * 11)


# Lemma table


@pytest.mark.parametrize(
    ("sentence", "form", "lemma"),
    [
        ("Zwei Mütter warteten im Flur.", "Mütter", "Mutter"),
        ("Man hat mir das Rad gestohlen.", "gestohlen", "stehlen"),
        ("Unsere Kundinnen sind klüger als wir.", "Kundinnen", "Kundin"),
        ("Ging das nicht auch einfacher?", "Ging", "gehen"),
        ("Er brachte uns Äpfel aus dem Garten mit.", "Äpfel", "Apfel"),
    ],
)
def test_lemma_table_helps(sentence: str, form: str, lemma: str, nlp: Language) -> None:
    def lemma_of_form(doc: Doc) -> str:
        return next(token.lemma_ for token in doc if token.text == form)

    assert lemma_of_form(nlp(sentence)) == lemma
    assert "lemmatizer" in nlp.pipe_names
    assert nlp.pipe_names.index("lemmatizer") < nlp.pipe_names.index("cluetrain_lemma_table")


def test_lemma_table_changes_something(nlp: Language) -> None:
    forms = "Mütter", "gestohlen", "Kundinnen", "Ging", "Äpfel"
    sentence = "Ging es den Kundinnen gut? Alle Äpfel der Mütter wurden gestohlen."
    with nlp.select_pipes(disable=["cluetrain_lemma_table"]):
        before = {token.text: token.lemma_ for token in nlp(sentence)}
    after = {token.text: token.lemma_ for token in nlp(sentence)}
    assert sum(before[form] != after[form] for form in forms) >= 2


def test_lemma_table_leaves_other_tags_alone(nlp: Language) -> None:
    words = ["Mütter", "Mütter", "gestohlen", "gestohlen", "Xyzzy"]
    doc = Doc(nlp.vocab, words=words, tags=["NN", "NE", "VVPP", "ADJD", "NN"], lemmas=["?"] * 5)
    table = LemmaTable({"Mütter": "Mutter"}, {"gestohlen": "stehlen"})
    assert [token.lemma_ for token in table(doc)] == ["Mutter", "?", "stehlen", "?", "?"]


def test_lemma_table_survives_disk_and_bytes(tmp_path: Path) -> None:
    table = LemmaTable({"Mütter": "Mutter", "Äpfel": "Apfel"}, {"lief": "laufen"})
    assert table.to_bytes() == LemmaTable({"Äpfel": "Apfel", "Mütter": "Mutter"}, {"lief": "laufen"}).to_bytes()
    table.to_disk(tmp_path)
    read = LemmaTable().from_disk(tmp_path)
    assert (read.nouns, read.verbs) == (table.nouns, table.verbs)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"garbage", "not compressed JSON"),
        (LemmaTable({"a": "b"}).to_bytes()[:-12], "not compressed JSON"),
        (gzip.compress(b"{"), "not compressed JSON"),
        (gzip.compress(b"[1]"), "holds list"),
        (gzip.compress(json.dumps({"nouns": {}}).encode()), "expected 'nouns' and 'verbs'"),
        (gzip.compress(json.dumps({"nouns": {"a": 1}, "verbs": {}}).encode()), "'nouns' must map strings"),
        (gzip.compress(json.dumps({"nouns": {}, "verbs": ["a"]}).encode()), "'verbs' must map strings"),
    ],
)
def test_lemma_table_refuses_what_is_no_table(data: bytes, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        LemmaTable().from_bytes(data)


# Quality: the figures of the card, less a margin of half a point


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the held-out DocBins in ../shared/pipeline/corpus")
@pytest.mark.parametrize(
    ("name", "tag", "lemma"),
    [("test_gsd", 0.955, 0.962), ("test_emp_web", 0.937, 0.945), ("test_emp_cmc", 0.867, 0.914)],
)
def test_quality_floors(name: str, tag: float, lemma: float, nlp: Language) -> None:
    right = {"tag_": 0, "lemma_": 0}
    total = 0
    for gold in DocBin().from_disk(CORPUS / f"{name}.spacy").get_docs(nlp.vocab):
        guess = Doc(nlp.vocab, words=[t.text for t in gold], spaces=[bool(t.whitespace_) for t in gold])
        for _, component in nlp.pipeline:
            guess = component(guess)
        for found, expected in zip(guess, gold, strict=True):
            total += 1
            for attribute in right:
                right[attribute] += getattr(found, attribute) == getattr(expected, attribute)
    assert right["tag_"] / total >= tag
    assert right["lemma_"] / total >= lemma


@pytest.mark.parametrize("mark", ['"', "„", "(", "😀", "*"])
def test_long_runs_without_a_space_do_not_hang(mark: str, nlp: Language) -> None:
    text = "Davor. " + mark * 20_000 + " Danach."
    # Left to the tokenizer alone this takes more than a minute.
    assert make_doc(nlp, text).text == text
