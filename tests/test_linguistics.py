"""Descriptive measurements against values worked out by hand, and each with a text that has it and one that has not."""

import math

import pytest
import spacy

from cluetrain_nlp import schema
from cluetrain_nlp.passages.pipeline import make_doc
from cluetrain_nlp.study.linguistics import MEASURES, n_sentences, words

HEAVY = "Die Sicherstellung der Leistungserbringung wird gewährleistet."
# 6 words in 1 sentence, 16 syllables; 3 words are long, the same 3 have three syllables or more, 3 have one.
BY_HAND = {
    "sentence_length": 6,
    "word_length": (3 + 14 + 3 + 19 + 4 + 13) / 6,
    "syllables": 16 / 6,
    "long_words": 50,
    "polysyllables": 50,
    "monosyllables": 50,
    "lix": 6 + 50,
    "wiener_1": 0.1935 * 50 + 0.1672 * 6 + 0.1297 * 50 - 0.0327 * 50 - 0.875,
    "wiener_2": 0.2007 * 50 + 0.1682 * 6 + 0.1373 * 50 - 2.779,
    "wiener_3": 0.2963 * 50 + 0.1905 * 6 - 1.1144,
    "wiener_4": 0.2744 * 50 + 0.2656 * 6 - 1.693,
    "flesch_amstad": 180 - 6 - 58.5 * 16 / 6,
    "nouns": 100 * 2 / 6,
    "nouns_per_verb": 2,
    "nominalisations": 100 * 2 / 6,
    "present": 100,
    "passive": 100,
    "stative_passive": 0,
    "perfect": 0,
}


def value(name, doc):
    return MEASURES[name].of(doc[:])


def test_the_table_and_the_schema_are_the_same():
    fixed = ["post_id", "passage", "role", "language", "words", "sentences"]
    assert list(schema.PROFILE) == [*fixed, *MEASURES, "error"]


@pytest.mark.parametrize("name", BY_HAND)
def test_values_worked_out_by_hand(nlp, name):
    assert value(name, nlp(HEAVY)) == pytest.approx(BY_HAND[name])


@pytest.mark.parametrize(
    ("name", "has", "has_not"),
    [
        ("first_singular", "Ich sage das.", "Das sagt Frau Huber."),
        ("first_plural", "Wir sagen das.", "Das sagt Frau Huber."),
        ("second", "Was meinst du?", "Was meint er?"),
        ("formal_address", "Das wissen Sie.", "Das wissen alle."),
        ("third", "Das weiß er.", "Das weiß ich."),
        ("questions", "Kommt ihr?", "Ihr kommt."),
        ("exclamations", "Kommt!", "Ihr kommt."),
        ("names", "Gestern rief Frau Müller aus Berlin an.", "Gestern rief eine Kundin aus dem Ausland an."),
        ("modals", "Das muss er wissen.", "Das weiß er genau."),
        ("past", "Sie ging nach Hause.", "Sie geht nach Hause."),
        ("present", "Sie geht nach Hause.", "Sie ging nach Hause."),
        ("subjunctive_2", "Das wäre besser.", "Das ist besser."),
        ("perfect", "Wir haben den Bericht gelesen.", "Wir lesen den Bericht."),
        ("perfect", "Sie ist gestern angekommen.", "Die Tür ist geöffnet worden."),
        ("passive", "Die Rechnung wird morgen bezahlt.", "Die Firma zahlt morgen."),
        ("passive", "Die Tür ist geöffnet worden.", "Sie ist gestern angekommen."),
        ("passive", "Das Problem konnte nicht gelöst werden.", "Er wird morgen kommen."),
        ("stative_passive", "Der Laden ist heute geschlossen.", "Sie ist gestern angekommen."),
        ("nominalisations", "Wir planen eine Erweiterung.", "Wir bauen größer."),
    ],
)
def test_one_text_has_it_and_one_has_not(nlp, name, has, has_not):
    assert value(name, nlp(has)) > 0
    assert value(name, nlp(has_not)) == 0


def test_an_imperative_is_counted_by_its_tag():
    """Builtin pipelines see few of them, so the tag is given here."""
    doc = spacy.blank("de")("Schreib mir !")
    doc[0].tag_ = "VVIMP"
    doc[0].is_sent_start = True
    assert value("imperatives", doc) == 100


def test_variety_is_the_mean_over_windows_and_needs_one(nlp):
    different = [f"wort{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert value("mattr", make_doc(nlp, " ".join(different))) == 1
    # Two windows of 25: one with 25 forms, one in which the last word is the second again.
    assert value("mattr", make_doc(nlp, " ".join([*different[:25], different[1]]))) == pytest.approx((1 + 24 / 25) / 2)
    assert math.isnan(value("mattr", make_doc(nlp, " ".join(different[:24]))))


def test_a_ratio_without_a_denominator_is_not_a_number(nlp):
    assert math.isnan(value("nouns_per_verb", nlp("Schöner Tag.")))
    assert math.isnan(value("passive", nlp("Schöner Tag.")))


def test_sentences_without_a_word_are_none(nlp):
    doc = make_doc(nlp, "Aha. …")
    assert (len(words(doc[:])), n_sentences(doc[:])) == (1, 1)
