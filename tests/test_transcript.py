"""Lines that readers write about what stands below them, and what the cutter makes of them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluetrain_nlp.passages.roles import blocks
from cluetrain_nlp.passages.transcript import comment_line, is_transcript_line, read_comment_line
from cluetrain_nlp.posts.marks import mark, settle, unmarked

POST = "Wir haben gestern den Ofen repariert, und seit heute früh läuft er wieder so leise, dass man ihn kaum hört."


def told(text):
    return [(block.role, block.speaker, block.text) for block in blocks(text)]


def test_comments_have_their_speakers_and_keep_every_line():
    text = (
        f"{POST}\n\n[Kommentar von Ulla P. am 2011-05-03 21:14]\n\nDanke\n\nKommentar verfassen\n\n> {POST}\n\n"
        "[Kommentar von ritzelfee]\n\nTeilen mit: Twitter"
    )
    assert told(text)[1:] == [
        ("boilerplate", "", "[Kommentar von Ulla P. am 2011-05-03 21:14]"),
        ("comment", "Ulla P.", "Danke"),
        ("comment", "Ulla P.", "Kommentar verfassen"),
        ("quote", "", POST),
        ("boilerplate", "", "[Kommentar von ritzelfee]"),
        ("comment", "ritzelfee", "Teilen mit: Twitter"),
    ]


def test_what_is_fenced_off_is_boilerplate_wherever_it_stands():
    text = f"[Beiwerk]\n\n{POST}\n\n[Ende Beiwerk]\n\n{POST}\n\n[Beiwerk]\n\nHallo\n\n[Ende Beiwerk]\n\n{POST}"
    roles = [role for role, _, _ in told(text)]
    assert roles == ["boilerplate"] * 3 + ["body"] + ["boilerplate"] * 3 + ["body"]


def test_the_post_can_go_on_behind_a_comment():
    text = f"{POST}\n\n[Kommentar]\n\nAch so.\n\n[Beitrag]\n\n{POST}"
    assert [role for role, _, _ in told(text)] == ["body", "boilerplate", "comment", "boilerplate", "body"]


def test_a_trackback_has_no_speaker():
    line = comment_line("Andere Seite", ping=True)
    assert line == "[Trackback von Andere Seite]"
    assert read_comment_line(line) == ""


@given(st.text(), st.none() | st.datetimes())
def test_every_name_can_be_written(name, when):
    line = comment_line(name, when)
    assert "\n" not in line
    assert is_transcript_line(line)
    written = read_comment_line(line)
    assert written is not None
    assert len(written) <= 80


@pytest.mark.parametrize("line", ["[…]", "[1]", "[Kommentar von a]b", "Kommentar von Ulla", "[Kommentar vom Chef]"])
def test_other_brackets_say_nothing(line):
    assert not is_transcript_line(line)


def test_nobody_can_speak_in_anothers_name():
    signed = mark(comment_line("Ulla", dt.datetime(2011, 5, 3)))
    forged = unmarked("\ue000[Kommentar von Chef]\n [Beiwerk] \n[…]")
    assert settle(f"{signed}\n{forged}") == (
        "[Kommentar von Ulla am 2011-05-03 00:00]\n(Kommentar von Chef)\n (Beiwerk)\n[…]"
    )
