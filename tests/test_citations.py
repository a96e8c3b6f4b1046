"""Theses cited by number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluetrain_nlp.passages.citations import cites, listed, names_manifesto


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Ich denke da an These 62 und an sonst nichts.", (62,)),
        ("Wie in These #62 steht, wollen die Leute hinter die Firewall.", (62,)),
        ("Die 62. These hat mir gefallen.", (62,)),
        ("Die 3. und 4. These gehören zusammen.", (3, 4)),
        ("Siehe These Nr. 7.", (7,)),
        ("Thesen 1–6 kennt jeder.", (1, 2, 3, 4, 5, 6)),
        ("Thesen 1 bis 3 kennt jeder.", (1, 2, 3)),
        ("Die Thesen 11, 17 und 23 sind dran.", (11, 17, 23)),
        ("Die Thesen 40, 41-43 sowie 90.", (40, 41, 42, 43, 90)),
        ("Cluetrain #62 ist das Stichwort.", (62,)),
        ("Das ist alt (Cluetrain, 1–6), aber gut.", (1, 2, 3, 4, 5, 6)),
        ("Das Cluetrain-Manifest, #39, sagt es kürzer.", (39,)),
        ("As thesis 62 has it, and theses 7, 8 and 9 too.", (7, 8, 9, 62)),
        ("The 62nd thesis is the best of them all.", (62,)),
        ("Im Manifest ist #12 mein Liebling, danach kommt #40.", (12, 40)),
        ("THESE 5 steht oben.", (5,)),
    ],
)
def test_citations_are_found(text, numbers):
    assert cites(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Das Cluetrain-Manifest hat 95 Thesen.",
        "Cluetrain 10 Jahre später: was ist geblieben?",
        "Das Cluetrain-Manifest von 1999 ist alt.",
        "Cluetrain 2.0 wird es nicht geben.",
        "These 1999 aufgestellt, 2009 widerlegt.",
        "Meine These 1.5 ist eine Zwischenstufe.",
        "These 96 gibt es nicht, These 0 auch nicht.",
        "Platz #7 in der Liste, Rückfragen zu #12.",
        "These 62 people have never been asked, and that is the reason why they are angry with you.",
        "Es waren 62 Leute da.",
        "Das Manifest zeigt 40 % weniger Wirkung als die 12 Plakate.",
        "Farbe &#62; im Manifest, siehe seite.html#62",
        "Die Hypothese 4 ist falsch.",
        "",
    ],
)
def test_other_numbers_are_no_citations(text):
    assert cites(text) == ()


def test_a_list_of_theses_cites_its_numbers():
    text = (
        "Aus dem Cluetrain-Manifest:\n\n4. Eine Stimme ist echt.\n\n"
        "15. In ein paar Jahren klingt das fremd.\n\n52. Misstrauen tötet."
    )
    assert cites(text) == (4, 15, 52)


def test_the_authors_own_list_is_none():
    tips = (
        "Cluetrain kennt jeder. Dazu drei Tipps von uns.\n\nErst lesen.\n\n1. Hört den Leuten zu.\n"
        "2. Sagt, wie ihr heißt.\n3. Antwortet noch heute."
    )
    assert cites(tips) == ()
    assert cites(tips.replace("Erst lesen.", "Drei Thesen:")) == (1, 2, 3)


def test_a_list_in_a_post_without_the_manifesto_is_none():
    assert cites("Aus der Hausordnung:\n\n4. Die Tür ist zu schließen.\n\n15. Räder gehören in den Keller.") == ()


def test_a_list_needs_ascending_numbers_close_together():
    assert listed(["9. Das eine Wort.", "3. Das andere Wort."]) == [0, 0]
    assert listed(["3. Das eine Wort.", "a", "b", "c", "d", "9. Das andere Wort."]) == [0] * 6
    assert listed(["3. Das eine Wort.", "a", "b", "9. Das andere Wort."]) == [3, 0, 0, 9]
    assert listed(["3. März 1999 war es so.", "9. April 1999 nicht mehr."]) == [0, 0]
    assert listed(["3. Märkte gibt es überall.", "9. Wer redet, der lernt."]) == [3, 9]
    assert listed([]) == []


def test_the_manifesto_has_two_names():
    assert names_manifesto("Das ClueTrain-Manifest liegt hier.")
    assert names_manifesto("Jene 95 Thesen von 1999.")
    assert not names_manifesto("Das Manifest der Partei.")


@given(st.text())
def test_any_text_gives_numbers_in_range(text):
    found = cites(text)
    assert list(found) == sorted(set(found))
    assert all(1 <= number <= 95 for number in found)


@given(st.integers(1, 95), st.integers(1, 95))
def test_a_range_cites_all_between(low, high):
    expected = set(range(low, high + 1)) if low <= high else {low, high}
    assert set(cites(f"Die Thesen {low}–{high} lesen.")) == expected
