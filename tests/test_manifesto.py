"""Quotations of the theses, found without their wording. The theses in these tests are our own."""

import json
from importlib.resources import files

import numpy as np
import pytest
from safetensors.numpy import load_file

import cluetrain_nlp as ct
from cluetrain_nlp.classifier import manifesto
from cluetrain_nlp.classifier.embedding import load_encoder
from cluetrain_nlp.errors import ModelError, ThesisError
from cluetrain_nlp.passages import fingerprints
from cluetrain_nlp.passages.citations import cites
from cluetrain_nlp.passages.fingerprints import quoted_theses, shingles
from cluetrain_nlp.passages.roles import blocks
from cluetrain_nlp.training.manifesto import write

OURS = {
    1: "Bakeries whisper secrets.",
    2: "Every oven that is left alone at night will sooner or later tell its own story to the neighbours.",
    3: "The apprentice knows which brick is loose, and nobody has ever thought of asking the apprentice about it.",
}


@pytest.fixture
def ours(tmp_path, monkeypatch):
    """The library with three theses of our own in the place of the 95."""
    hashes = {number: frozenset(shingles(text)) for number, text in OURS.items()}
    owners = {}
    for number, found in hashes.items():
        for one in found:
            owners[one] = (*owners.get(one, ()), number)
    monkeypatch.setattr(fingerprints, "_fingerprints", lambda: (hashes, owners))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (OURS[2], (2,)),
        (f"So he said: {OURS[2].upper()}", (2,)),
        (OURS[2].replace("sooner or later ", ""), (2,)),
        ("Bakeries whisper secrets!", (1,)),
        ("Bakeries whisper many secrets.", ()),
        (f"{OURS[1]} {OURS[3]}", (1, 3)),
        ("Nobody has ever thought of asking the apprentice, they say.", (3,)),
        ("The apprentice knows a lot about ovens, and the neighbours know which story is told at night.", ()),
        ("", ()),
    ],
)
def test_verbatim_and_nearly_so(ours, text, numbers):
    assert quoted_theses(text).numbers == numbers
    assert cites(text) == numbers


def test_the_share_says_how_much_of_a_text_is_quotation(ours):
    assert quoted_theses(OURS[3]).share == 1
    assert 0.4 < quoted_theses(f"{OURS[3]} {OURS[2].replace('o', 'a')}").share < 0.6


def test_a_paragraph_that_quotes_a_thesis_without_marks_is_a_quotation(ours):
    english = "We read it aloud in the workshop and everybody laughed, because it is so true of us and of the oven."
    found = blocks(f"{english}\n\n{OURS[3]}\n\n{english}")
    assert [block.role for block in found] == ["body", "quote", "body"]


def test_what_is_shipped_is_of_95_theses_and_holds_no_words():
    stored = json.loads((files("cluetrain_nlp.passages") / "fingerprints.json").read_text())
    assert list(stored) == [str(number) for number in range(1, 96)]
    hashes = [one for found in stored.values() for one in found]
    assert all(len(one) == 10 and int(one, 16) >= 0 for one in hashes)
    assert all(found == sorted(found) for found in stored.values())


def test_the_statements_of_our_own_are_no_quotations():
    for thesis in ct.THESES:
        assert quoted_theses(thesis.text_en).numbers == ()
        assert quoted_theses(thesis.text_de).numbers == ()


def test_a_translation_is_found_by_the_vectors_of_the_original(tmp_path, monkeypatch, nlp):
    from cluetrain_nlp.passages.pipeline import make_doc

    (tmp_path / "passages").mkdir()
    (tmp_path / "classifier").mkdir()
    write({number: OURS.get(number, f"Nothing number {number}.") for number in range(1, 96)}, tmp_path)
    assert len(json.loads((tmp_path / "passages/fingerprints.json").read_text())) == 95
    vectors = load_file(tmp_path / "classifier/manifesto.safetensors")["theses"].astype(float)
    monkeypatch.setattr(manifesto, "_originals", lambda: vectors)
    german = "Der Lehrling weiß, welcher Ziegel locker ist, und keiner ist je darauf gekommen, den Lehrling zu fragen."
    doc = make_doc(nlp, f"{german} Das Brot war heute früh noch warm.")
    assert manifesto.translated_theses(doc[:]) == (3,)


def test_ninety_five_or_nothing(tmp_path):
    with pytest.raises(ThesisError, match="Found 3 theses"):
        write(OURS, tmp_path)


def test_an_encoder_with_other_vectors_is_refused(monkeypatch):
    manifesto._originals.cache_clear()
    other = type(load_encoder()).probe
    monkeypatch.setattr(type(load_encoder()), "probe", lambda self: np.roll(other(self), 1))
    with pytest.raises(ModelError, match="gives other vectors"):
        manifesto._originals()
    manifesto._originals.cache_clear()
