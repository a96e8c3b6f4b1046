"""Damage that texts take on their way, and that what is whole stays as it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluetrain_nlp.posts.repair import repair


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        ("fÃ¼r groÃŸe Ã–fen", "für große Öfen"),
        ("â€žGrÃ¼ÃŸeâ€œ", "„Grüße“"),
        ("ein &quot;Satz&quot; &amp; &Uuml;bung&nbsp;&ndash; 5 &euro;", 'ein "Satz" & Übung – 5 €'),
        ("doppelt: M&amp;uuml;ll", "doppelt: Müll"),
        ("u\u0308ber", "über"),
        (",,Na gut.'', sagt er", "„Na gut.“, sagt er"),
        ("Donau\u00addampf\u00adschiff", "Donaudampfschiff"),
        ("5\u00a0000\u202f€", "5 000 €"),
        ("\ufeffNull\u200bbreite\u2060", "Nullbreite"),
        ("eins\r\nzwei\rdrei\u2028vier", "eins\nzwei\ndrei\nvier"),
        ("NUL\x00 und Piep\x07", "NUL und Piep"),
        ("die Unter-\nnehmen wach-\n  sen", "die Unternehmen wachsen"),
        ("per E-Mail-\nAdresse", "per E-Mail-Adresse"),
    ],
)
def test_damage_is_repaired(damaged, whole):
    assert repair(damaged) == whole


@pytest.mark.parametrize(
    "text",
    [
        "„Deutsche“, »Schweizer« und 'gerade' Anführungszeichen – mit Strich …",
        "Vor-\nund Nachteile, Ein-\noder Ausgang",
        "- Punkt\n- noch ein Punkt\n\n--\nGruß",
        "Familie 👨‍👩‍👧 und 🏳️‍🌈",
        "&lt;p&gt; ist ein Tag",
        "AT&T; Q&A",
        "Der Ärger über Ångström und São Paulo",
        "    eingerückt\n\n\n\tTabulator",
    ],
)
def test_what_is_whole_stays(text):
    assert repair(text) == text


@settings(deadline=None, max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200) | st.text("ÃÄ¼Ÿâ€œ&amp;#x3b-\n a", max_size=60))
def test_repairing_twice_is_repairing_once(text):
    assert repair(repair(text)) == repair(text)
