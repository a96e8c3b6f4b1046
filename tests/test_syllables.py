"""The count of syllables, on words of our own choosing: one list that the rules were made with, one written after."""

from pathlib import Path

import pytest

from cluetrain_nlp.study.syllables import syllables

LISTS = Path(__file__).parent / "data/syllables"


def share_right(name):
    words = (LISTS / name).read_text(encoding="utf-8").split()
    assert len(words) > 150
    return sum(syllables(word.replace("-", "")) == word.count("-") + 1 for word in words) / len(words)


def test_words_that_the_rules_were_made_with():
    assert share_right("tuned.txt") >= 0.99


def test_words_that_were_chosen_when_the_rules_were_finished():
    assert share_right("fresh.txt") >= 0.94


@pytest.mark.parametrize(
    ("word", "spoken"),
    [
        ("Museum", "Mu-se-um"),
        ("Bäume", "Bäu-me"),
        ("Jubiläum", "Ju-bi-lä-um"),
        ("vielleicht", "viel-leicht"),
        ("speziell", "spe-zi-ell"),
        ("Dienst", "Dienst"),
        ("Patient", "Pa-ti-ent"),
        ("Studie", "Stu-di-e"),
        ("studieren", "stu-die-ren"),
        ("Spanierin", "Spa-ni-e-rin"),
        ("Team", "Team"),
        ("real", "re-al"),
        ("GmbH", "Ge-em-be-ha"),
        ("USA", "U-es-a"),
        ("NATO", "Na-to"),
        ("bzw.", "be-zie-hungs-wei-se"),
        ("z.B.", "zum-Bei-spiel"),
        ("E-Mail", "E-Mail"),
        ("geht's", "gehts"),
        ("7", "sie-ben"),
        ("17", "sieb-zehn"),
        ("21", "ein-und-zwan-zig"),
        ("1999", "neun-zehn-hun-dert-neun-und-neun-zig"),
        ("2009", "zwei-tau-send-neun"),
        ("3,5", "drei-Kom-ma-fünf"),
        ("1.000", "ein-tau-send"),
        ("1.000.000", "ei-ne-Mil-li-on"),
        ("2.000.000", "zwei-Mil-li-o-nen"),
        ("0221", "null-zwei-zwei-eins"),
        ("0", "null"),
    ],
)
def test_cases(word, spoken):
    assert syllables(word) == spoken.count("-") + 1


@pytest.mark.parametrize("nothing", ["", "…", "!", "–", "'"])
def test_what_is_not_spoken_has_none(nothing):
    assert syllables(nothing) == 0


@pytest.mark.parametrize("word", ["hmm", "pst", "x", "Ω", "²", "Привет", "a" * 5000, "service" * 2000, "1" * 5000])
def test_every_word_has_one_at_least_and_none_stops_the_count(word):
    assert syllables(word) >= 1
