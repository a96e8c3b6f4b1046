"""The spaCy component: the same scores in every pipeline, and values that survive whatever spaCy does with a Doc."""

import math
import pickle
import shutil
from importlib import resources

import pandas as pd
import pytest
import spacy
from spacy.lang.de import German
from spacy.language import Language
from spacy.tokens import Doc, DocBin

import cluetrain_nlp as ct
import cluetrain_nlp.adapters.spacy_component
from cluetrain_nlp.errors import ModelError, PipelineError, ThesisError
from cluetrain_nlp.passages.pipeline import make_doc

BUILTIN = resources.files("cluetrain_nlp.models") / "de_builtin"
BUNDLED = resources.files("cluetrain_nlp.models") / "de-0.2.0"

TEXT = (
    "Neues vom Hof\n\n"
    "Ich hab euch dreimal geschrieben, wegen der Milchkannen. Warum antwortet da eigentlich nie ein Mensch?\n\n"
    "Our customers talk to each other, and they find out more in an hour than your brochure tells them in a year.\n\n"
    "Zur Erinnerung, im Cluetrain-Manifest steht unter These 62 so ziemlich dasselbe, nur kürzer und frecher gesagt."
)
TEXTS = {
    "short": "Hallo!",
    "signs": "*** --- ***",
    "empty": "",
    "space": " \n\n ",
    "spanish": "Los vecinos se reúnen todos los jueves en la plaza para hablar de sus problemas y de sus esperanzas.",
    "around": "\n\n  Wir haben zugehört, und wir haben lange gebraucht, bis wir verstanden haben, was ihr meint.  \n",
    "dots": "Also ... na ja." + "." * 1500 + " Und dann kam die Rechnung, für nichts und wieder nichts, wie immer.",
}


@Language.component("test_sentences_everywhere")
def sentences_everywhere(doc):
    for token in doc:
        token.is_sent_start = True
    return doc


@Language.component("test_trees")
def trees(doc):
    """Attach every token to the one before, as a bad parser might: one sentence, whatever the text."""
    heads = [max(token.i - 1, 0) for token in doc]
    return Doc(
        doc.vocab,
        words=[token.text for token in doc],
        spaces=[bool(token.whitespace_) for token in doc],
        heads=heads,
        deps=["ROOT", *["dep"] * (len(doc) - 1)][: len(doc)],
    )


def blank(*before, **config):
    pipeline = spacy.blank("de")
    for name in before:
        pipeline.add_pipe(name)
    pipeline.add_pipe("cluetrain", config=config)
    return pipeline


def full(**config):
    pipeline = spacy.load(BUILTIN)
    pipeline.add_pipe("cluetrain", config=config)
    return pipeline


def full_first(**config):
    pipeline = spacy.load(BUILTIN)
    pipeline.add_pipe("cluetrain", config=config, first=True)
    return pipeline


PIPELINES = {
    "blank": blank,
    "builtin": full,
    "before the builtin's parser": full_first,
    "our sentences": lambda **config: blank("cluetrain_sentences", **config),
    "sentencizer": lambda **config: blank("sentencizer", **config),
    "a sentence at each token": lambda **config: blank("test_sentences_everywhere", **config),
    "a parser": lambda **config: blank("test_trees", **config),
}


def rows(doc):
    """Write a Doc's spans as rows of SCORES."""
    for number, span in enumerate(doc.spans["passages"]):
        for rank, entry in enumerate(span._.theses, start=1):
            yield {
                "passage": number,
                "start": span.start_char,
                "end": span.end_char,
                "role": span._.role,
                "speaker": span._.speaker,
                "language": span._.language,
                "cites": span._.cites,
                "text": span.text,
                "broadcast": span._.broadcast,
                "rank": rank,
                **entry,
            }


def expected(text, **options):
    scores = ct.score([text], nlp="builtin", **options)
    return scores[scores["error"] == ""].drop(columns=["post_id", "error"]).reset_index(drop=True)


def assert_scored(doc, scores):
    found = pd.DataFrame(list(rows(doc)), columns=scores.columns)
    pd.testing.assert_frame_equal(found, scores, check_dtype=False, rtol=0, atol=5e-7)


def values(doc):
    """Give everything that the component stores, as text: NaN equals NaN there, and `DocBin` makes lists tuples."""
    names = ("role", "language", "speaker", "cites", "broadcast")
    return repr(
        [
            (span.start_char, span.end_char, *(span._.get(name) for name in names), *span._.theses)
            for span in doc.spans["passages"]
        ]
        + [doc._.cluetrain]
    )


@pytest.fixture(scope="module")
def two():
    """A blank pipeline that scores two theses."""
    return blank(theses=[3, 62], top=None)


@pytest.mark.parametrize("kind", PIPELINES)
def test_scores_are_those_of_score_in_every_pipeline(kind):
    pipeline = PIPELINES[kind]()
    for text in (TEXT, *TEXTS.values()):
        assert_scored(pipeline(text), expected(text))


def test_scores_of_whole_posts(more_posts):
    pipeline = full(theses=[3, 11, 62], top=2)
    for text in more_posts["text"]:
        assert_scored(pipeline(text), expected(text, theses=[3, 11, 62], top=2))


def test_every_passage_is_a_span_as_in_the_frame_of_passages(more_posts, two):
    for text in more_posts["text"]:
        cut = ct.passages([text], nlp="builtin")
        doc = two(text)
        spans = doc.spans["passages"]
        assert [span.text for span in spans] == cut["text"].tolist()
        for name in ("role", "speaker", "language", "cites"):
            assert [span._.get(name) for span in spans] == cut[name].tolist()


def test_what_a_span_holds(two):
    doc = two(TEXT)
    heading, german, english, citing = doc.spans["passages"]
    assert heading._.role == "heading"
    assert heading._.theses == []
    assert math.isnan(heading._.broadcast)
    assert type(german._.broadcast) is float
    assert [type(value) for value in german._.theses[0].values()] == [int, float, float, float]
    tracks = [entry["tracks"] for entry in german._.theses]
    assert tracks == sorted(tracks, reverse=True)
    assert english._.language == "en"
    assert math.isnan(english._.broadcast)
    assert math.isnan(english._.theses[0]["score"])
    assert 0 <= english._.theses[0]["tracks"] <= 1
    assert citing._.cites == "62"


def test_where_the_numbers_come_from(two, model):
    facts = two(TEXT)._.cluetrain
    attrs = ct.score([TEXT], theses=[3, 62]).attrs
    assert facts == {key: attrs[key] for key in ("model", "model_sha256", "theses_sha256", "encoder")}
    assert facts["model_sha256"] == model.sha256


def test_nothing_else_of_the_doc_is_touched():
    pipeline = spacy.load(BUILTIN)
    before = pipeline(TEXT)
    pipeline.add_pipe("cluetrain", config={"theses": [3]})
    after = pipeline(TEXT)
    assert after.to_json()["tokens"] == before.to_json()["tokens"]
    assert [span.text for span in after.sents] == [span.text for span in before.sents]


def test_texts_without_passages(two):
    for text in (TEXTS["empty"], TEXTS["space"]):
        doc = two(text)
        assert len(doc.spans["passages"]) == 0
        assert doc._.cluetrain["model"]
    doc = two(TEXTS["signs"])
    [signs] = doc.spans["passages"]
    assert signs._.theses == []
    doc = two(TEXTS["spanish"])
    [spanish] = doc.spans["passages"]
    assert (spanish._.language, spanish._.theses, math.isnan(spanish._.broadcast)) == ("other", [], True)


def test_tuples_batches_and_a_second_visit(two):
    texts = [TEXT, "", TEXTS["around"]]
    alone = [values(two(text)) for text in texts]
    piped = list(two.pipe(zip(texts, "abc", strict=True), as_tuples=True, batch_size=2))
    assert [name for _, name in piped] == list("abc")
    assert [values(doc) for doc, _ in piped] == alone
    again = two.get_pipe("cluetrain")(piped[0][0])
    assert values(again) == alone[0]


def test_two_processes_give_the_same(two):
    texts = [TEXT, "", TEXTS["around"], TEXTS["spanish"]]
    found = [values(doc) for doc in two.pipe(texts, n_process=2, batch_size=1)]
    assert found == [values(two(text)) for text in texts]


def test_a_doc_survives_bytes_and_docbin(two):
    docs = [two(TEXT), two(TEXTS["spanish"])]
    stored = DocBin(docs=docs, store_user_data=True).to_bytes()
    back = list(DocBin().from_bytes(stored).get_docs(spacy.blank("de").vocab))
    assert [values(doc) for doc in back] == [values(doc) for doc in docs]
    again = Doc(two.vocab).from_bytes(docs[0].to_bytes())
    assert values(again) == values(docs[0])


def test_a_pipeline_survives_disk_bytes_and_pickle(two, tmp_path):
    wanted = values(two(TEXT))
    two.to_disk(tmp_path / "pipeline")
    assert values(spacy.load(tmp_path / "pipeline")(TEXT)) == wanted
    from_bytes = German.from_config(two.config).from_bytes(two.to_bytes())
    assert values(from_bytes(TEXT)) == wanted
    component = pickle.dumps(two.get_pipe("cluetrain"))
    assert len(component) < 20_000
    assert values(pickle.loads(component)(spacy.blank("de")(TEXT))) == wanted  # noqa: S301 - our own bytes


def test_a_folder_of_the_same_model_will_do(two, tmp_path):
    two.to_disk(tmp_path / "pipeline")
    shutil.copytree(str(BUNDLED), tmp_path / "model")
    moved = spacy.load(tmp_path / "pipeline", config={"components.cluetrain.model": str(tmp_path / "model")})
    assert values(moved(TEXT)) == values(two(TEXT))


def test_another_model_is_told(two, tmp_path):
    two.to_disk(tmp_path / "pipeline")
    facts = tmp_path / "pipeline" / "cluetrain" / "cluetrain.json"
    facts.write_text(facts.read_text().replace(two(TEXT)._.cluetrain["model_sha256"], "0" * 64))
    with pytest.raises(ModelError, match=r"saved with the model de-.* \(000000000000…\), found is de-"):
        spacy.load(tmp_path / "pipeline")


def test_a_damaged_record_is_told(two):
    component = two.get_pipe("cluetrain")
    for data in (b"\xff", b"[]", b'{"model": "de-1"}'):
        with pytest.raises(PipelineError, match=r"cluetrain\.json of the pipeline"):
            component.from_bytes(data)


def test_a_thesis_set_of_ones_own(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("- number: 7\n  text_de: Die Bahn kommt zu spät.\n", encoding="utf-8")
    pipeline = blank(theses=str(file))
    doc = pipeline(TEXT)
    assert_scored(doc, expected(TEXT, theses=ct.read_theses(file)))
    assert "not trained on" in doc._.cluetrain["expected_quality"]
    pipeline.to_disk(tmp_path / "pipeline")
    assert values(spacy.load(tmp_path / "pipeline")(TEXT)) == values(doc)
    file.write_text("- number: 7\n  text_de: Die Bahn kommt pünktlich.\n", encoding="utf-8")
    with pytest.raises(ThesisError, match="saved with other theses"):
        spacy.load(tmp_path / "pipeline")


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        ({"theses": [3, 96]}, ThesisError, "no thesis 96"),
        ({"theses": []}, ThesisError, "no thesis"),
        ({"top": 0}, ThesisError, "top is 0"),
        ({"model": "nowhere"}, ModelError, "nowhere is no model"),
        ({"theses": "these.txt"}, ThesisError, r"these\.txt"),
    ],
)
def test_wrong_options_are_told_when_the_component_is_added(config, error, message):
    with pytest.raises(error, match=message):
        blank(**config)


def test_a_second_component_is_refused_and_one_can_be_replaced():
    pipeline = blank(theses=[3])
    with pytest.raises(PipelineError, match="would write over its scores"):
        pipeline.add_pipe("cluetrain", name="more", config={"theses": [62]})
    assert pipeline.pipe_names == ["cluetrain"]
    pipeline.replace_pipe("cluetrain", "cluetrain", config={"theses": [62]})
    doc = pipeline("Keiner antwortet auf meine Mails, seit Wochen nicht.")
    assert [entry["thesis"] for entry in doc.spans["passages"][0]._.theses] == [62]


def test_other_tokens_widen_a_span_and_change_no_score():
    english = spacy.blank("en")
    english.add_pipe("cluetrain", config={"theses": [3, 62], "top": None})
    coarse = spacy.blank("de")
    coarse.tokenizer = lambda text: Doc(
        coarse.vocab, words=(words := text.split(" ")), spaces=[*[True] * (len(words) - 1), False]
    )
    coarse.add_pipe("cluetrain", config={"theses": [3, 62], "top": None})
    scores = expected(TEXT, theses=[3, 62], top=None)
    assert_scored(english(TEXT), scores)
    doc = coarse(TEXT)
    kept = ["passage", "role", "broadcast", "rank", "thesis", "tracks"]
    found = pd.DataFrame(list(rows(doc)), columns=scores.columns)
    pd.testing.assert_frame_equal(found[kept], scores[kept], check_dtype=False, rtol=0, atol=5e-7)
    assert (found["start"] <= scores["start"]).all()
    assert (found["end"] >= scores["end"]).all()
    assert (found["end"] > scores["end"]).any()


def test_passages_within_one_token_are_told():
    pipeline = spacy.blank("de")
    pipeline.tokenizer = lambda text: Doc(pipeline.vocab, words=[text])
    pipeline.add_pipe("cluetrain", config={"theses": [3]})
    with pytest.raises(PipelineError, match="has no token of its own"):
        pipeline(TEXT)


def test_a_bad_text_stops_only_itself_where_errors_are_handled():
    pipeline = blank(theses=[3])
    pipeline.max_length = 2_000_000
    failed = []
    pipeline.set_error_handler(lambda name, component, docs, error: failed.append((name, str(error))))
    texts = [TEXTS["around"], "Ja. " * 250_001, TEXTS["short"]]
    assert len(list(pipeline.pipe(texts))) == 2
    [(name, why)] = failed
    assert name == "cluetrain"
    assert "1000004 characters" in why


def test_what_can_be_asked_of_spans_that_were_never_scored():
    span = spacy.blank("de")("Nur so.")[:]
    assert math.isnan(span._.broadcast)
    assert span._.theses == []


def test_spacy_knows_what_the_component_does():
    meta = Language.get_factory_meta("cluetrain")
    assert "span._.broadcast" in meta.assigns
    assert meta.requires == []


def test_the_passages_serve_the_other_components(nlp):
    """Tags and lemmas of a full pipeline stand in the same spans."""
    pipeline = full(theses=[3])
    doc = pipeline(TEXT)
    span = doc.spans["passages"][1]
    assert {token.tag_ for token in span} >= {"PPER", "VVPP"}
    assert make_doc(nlp, TEXT)[span.start : span.end].text == span.text
