"""Bytes to text: marks, Unicode without a mark, stray bytes, and what is no text."""

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.encodings import encoding_of, open_text

GERMAN = "Grüße aus Köln: Wir hätten übrigens große Öfen für Müßiggänger, schöne Töpfe und süßes Brot.\n"


def read(data):
    with open_text(lambda: io.BytesIO(data), "p.txt", newline="") as file:
        return file.read()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_needs_no_guess(encoding, caplog):
    assert read(GERMAN.encode(encoding)) == GERMAN
    assert not caplog.records


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_other_encodings_are_a_guess_that_is_told(encoding, caplog):
    assert read((GERMAN * 2).encode(encoding)) == GERMAN * 2
    assert "which is a guess" in caplog.text
    assert "p.txt" in caplog.text


@pytest.mark.parametrize("before", [0, 1, 2, 65_535, 65_536, 200_000])
def test_one_stray_byte_anywhere_spoils_nothing(before, caplog):
    text = GERMAN * 40
    data = b"a" * before + text.encode() + "ü".encode("cp1252") + text.encode()
    assert read(data) == f"{'a' * before}{text}ü{text}"
    assert "stray bytes" in caplog.text


@pytest.mark.parametrize("offset", range(4))
def test_a_letter_across_the_border_of_two_pieces(offset):
    text = "a" * (65_536 - offset) + "€🔥ü"
    assert encoding_of(lambda: io.BytesIO(text.encode()), "p.txt") == ("utf-8", "strict")
    assert read(text.encode()) == text


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_letter_cut_off_at_the_end_is_no_reason_to_fail(cut):
    assert read(GERMAN.encode() * 5 + "🔥".encode()[:cut]).startswith(GERMAN * 5)


@pytest.mark.parametrize("data", [b"a\0b", b"a" * 100_000 + b"\0", bytes(10), b"\0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"])
def test_nul_makes_it_no_text(data):
    with pytest.raises(PostError, match=r"p\.txt .*(binary|NUL)"):
        encoding_of(lambda: io.BytesIO(data), "p.txt")


@settings(deadline=None, max_examples=200)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_in_utf8_arrives(text):
    assert read(text.encode("utf-8-sig")) == text
    if not text.startswith("\ufeff"):
        assert read(text.encode()) == text


@settings(deadline=None, max_examples=200)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_text_or_a_clear_error(data):
    with suppress(PostError):
        read(data).encode()
