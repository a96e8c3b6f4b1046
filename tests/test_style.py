"""Style: each measurement on a text with much and one with little of it, and by hand where the number is plain."""

import numpy as np
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from cluetrain_nlp.classifier.style import FEATURES, feature_names, sentences, style
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc

BLANK = spacy.blank("de")
PLAIN = "Das Rad steht im Flur."
MUCH = {
    "ich": "Ich weiß, das liegt an mir und meinem Rad.",
    "wir": "Wir haben unser Rad verliehen.",
    "we_without_i": "Wir holen das Rad ab.",
    "informal_address": "Habt ihr euer Rad dabei, oder soll ich dir meins leihen, und wie geht es dir?",
    "formal_address": "Gern holen wir Ihr Rad bei Ihnen ab.",
    "particles": "Das ist ja doch wohl mal eben egal.",
    "stance": "Ich glaube, leider stimmt das vielleicht.",
    "concession": "Aber trotzdem, obwohl es allerdings regnet.",
    "negation": "Nichts geht, keiner kommt, nie und nimmer nicht.",
    "past": "Er kam, ging und sagte, er hatte Hunger.",
    "own_past": "Ich war gestern da.",
    "colloquial": "Echt cool, das Zeug, und grad nix drin.",
    "questions": "Wo steht das Rad? Wer hat es?",
    "smileys": "Das Rad ist da :-) und heil ;-)",
    "asides": "Das Rad (das alte) – na – steht im Flur …",
    "lower_starts": "das rad steht im flur. es ist alt.",
    "institution_verbs": "Das Haus bietet, ermöglicht und gewährleistet Räder.",
    "sender_nouns": "Unternehmen, Kunden und Partner loben Service und Qualität.",
    "nominal_style": "Aufgrund des Regens sowie im Rahmen des Umbaus.",
    "value_adjectives": "Innovative, führende und maßgeschneiderte Räder.",
    "abstract_nouns": "Die Nachhaltigkeit der Entwicklung und der Herstellung.",
    "long_words": "Fahrradabstellanlagen und Verkehrsentwicklungspläne.",
    "word_length": "Fahrradabstellanlagen und Verkehrsentwicklungspläne.",
    "capitals": "Das Rad, der Flur, die Tür, das Haus, Paula.",
    "numbers": "3 Räder, 4 Flure und 12 Türen.",
    "sentence_length": "Das Rad, das mir gehört, steht seit drei Wochen bei uns im Flur herum und stört.",
}


def measure(text, nlp):
    return dict(zip(feature_names(), style(make_doc(nlp, text)[:]).tolist(), strict=True))


def test_every_measurement_has_its_example():
    assert list(MUCH) == list(FEATURES)


@pytest.mark.parametrize("name", FEATURES)
def test_much_is_more_than_little(name, nlp):
    assert measure(MUCH[name], nlp)[name] > measure(PLAIN, nlp)[name]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ich", "Ich bin da, mein Rad auch.", 100 * 2 / 6),
        ("wir", "Wir sind da.", 100 / 3),
        ("we_without_i", "Wir sind da, und ich auch.", 0),
        ("we_without_i", "Ein Rad.", 0),
        ("informal_address", "Du bist da.", 100 / 3),
        ("formal_address", "Sie ist da.", 0),
        ("formal_address", "Kommen Sie her.", 100 / 3),
        ("own_past", "Ich war da. Sie war da.", 50),
        ("questions", "Wer? Er. Wer sonst? Niemand.", 50),
        ("smileys", "Na gut :-)", 100 / 2),
        ("asides", "Das (so) geht.", 100 * 2 / 3),
        ("lower_starts", "er kam. Sie ging.", 50),
        ("long_words", "Ein Abstellplatz.", 50),
        ("word_length", "Ein Rad.", 3),
        ("capitals", "Das Rad steht da.", 25),
        ("numbers", "12 Räder", 50),
        ("sentence_length", "Ein Rad. Es steht.", 2),
    ],
)
def test_by_hand(name, text, value, nlp):
    assert measure(text, nlp)[name] == pytest.approx(value)


@pytest.mark.parametrize("text", ["…", "!", "12", "\u200b", "\n\n.", "'", "😀"])
def test_texts_without_words_give_finite_numbers(text, nlp):
    values = style(make_doc(nlp, text)[:])
    assert np.isfinite(values).all()
    assert (values >= 0).all()


@settings(max_examples=80, deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_every_text_gives_finite_numbers_by_tokens_and_sentences_alone(text):
    values = style(make_doc(load_nlp("builtin"), text)[:])
    assert values.shape == (len(FEATURES),)
    assert values.dtype == np.float64
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    np.testing.assert_array_equal(style(make_doc(BLANK, text)[:]), values)


def test_the_rest_of_the_document_does_not_count(nlp):
    doc = make_doc(nlp, f"Ich war da. {MUCH['negation']} Wir auch.")
    alone = make_doc(nlp, MUCH["negation"])
    inside = doc[4 : 4 + len(alone)]
    assert inside.text == alone.text
    np.testing.assert_array_equal(style(inside), style(alone[:]))
    assert len(sentences(inside)) == len(sentences(alone[:]))


def test_tags_and_parses_do_not_count(nlp):
    text = MUCH["sentence_length"]
    np.testing.assert_array_equal(style(nlp(text)[:]), style(make_doc(nlp, text)[:]))


def test_a_broadcasting_text_measures_otherwise_than_a_talking_one(nlp, posts):
    texts = posts.set_index("post_id")["text"]
    talk, announce = measure(texts["mensch-mit-kommentaren"], nlp), measure(texts["pressemitteilung"], nlp)
    for name in ("ich", "informal_address", "particles", "questions"):
        assert talk[name] > announce[name]
    for name in ("sender_nouns", "value_adjectives", "abstract_nouns", "word_length"):
        assert talk[name] < announce[name]


@pytest.mark.parametrize("before", ["\n", "  ", "\t"])
def test_white_space_before_a_passage_changes_nothing(nlp, before):
    text = "Sie erreichen uns jederzeit. Unser Unternehmen bietet Beratung."
    plain, shifted = make_doc(nlp, text), make_doc(nlp, before + text)
    np.testing.assert_array_equal(style(plain[:]), style(shifted[1:]))


@pytest.mark.parametrize(
    ("word", "feature"), [("Mi", "ich"), ("bestellt", "value_adjectives"), ("Moment", "abstract_nouns")]
)
def test_words_that_only_look_like_it(nlp, word, feature):
    measured = dict(zip(feature_names(), style(make_doc(nlp, f"Am {word} um neun.")[:]), strict=True))
    assert measured[feature] == 0
