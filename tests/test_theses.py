"""The 95 theses, and thesis sets of the user's own."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

import cluetrain_nlp as ct
from cluetrain_nlp.classifier.embedding import load_encoder
from cluetrain_nlp.classifier.theses import THEMES, Thesis, ThesisSet, load_theses, read_theses, select
from cluetrain_nlp.errors import ThesisError

ORIGINALS = Path(__file__).parents[1].parent / "shared/theses/cluetrain_en.jsonl"
needs_originals = pytest.mark.skipif(not ORIGINALS.is_file(), reason="needs the authors' wording in ../shared/theses")


def originals():
    rows = map(json.loads, ORIGINALS.read_text(encoding="utf-8").splitlines())
    return {row["number"]: row["text_en"] for row in rows}


def runs(text, length=5):
    words = re.findall(r"[^\W_]+", text.lower().replace("’", "").replace("'", ""))
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


# The 95


def test_there_are_95_complete_ones():
    assert [thesis.number for thesis in ct.THESES] == list(range(1, 96))
    for thesis in ct.THESES:
        for field in dataclasses.fields(thesis):
            assert getattr(thesis, field.name), (thesis.number, field.name)
        assert thesis.theme in THEMES
        assert thesis.statement == thesis.text_de
        assert len(thesis.gloss) > len(thesis.text_de)


def test_every_theme_is_used_and_no_statement_twice():
    assert {thesis.theme for thesis in ct.THESES} == set(THEMES)
    for name in ("text_de", "text_en", "gloss"):
        assert len({getattr(thesis, name) for thesis in ct.THESES}) == 95


def test_they_are_loaded_once():
    assert load_theses() is load_theses()
    assert ct.THESES is load_theses()


@needs_originals
@pytest.mark.parametrize("language", ["text_de", "text_en"])
def test_each_is_nearest_to_the_thesis_of_its_number(language):
    embedding = load_encoder()
    numbers = list(originals())
    theirs = embedding.embed_each(list(originals().values()))
    ours = embedding.embed_each([getattr(thesis, language) for thesis in ct.THESES])
    nearest = [numbers[column] for column in (ours @ theirs.T).argmax(axis=1)]
    wrong = [thesis.number for thesis, number in zip(ct.THESES, nearest, strict=True) if thesis.number != number]
    assert 95 - len(wrong) >= 93, wrong


@needs_originals
def test_the_wording_is_our_own():
    theirs = set().union(*map(runs, originals().values()))
    assert len(theirs) > 500
    for thesis in ct.THESES:
        for text in (thesis.text_de, thesis.text_en, thesis.gloss):
            assert not runs(text) & theirs, thesis.number


# Sets


def test_a_set_is_ordered_and_reached_by_number():
    theses = ThesisSet([Thesis(9, text_de="Neun"), Thesis(2, text_en="Two")])
    assert [thesis.number for thesis in theses] == [2, 9]
    assert theses[9].statement == "Neun"
    assert theses[2].statement == "Two"
    assert len(theses) == 2
    assert 9 in theses
    assert 3 not in theses
    assert repr(theses) == "<ThesisSet: 2 theses, numbers 2 to 9>"
    with pytest.raises(ThesisError, match="no thesis 3; this set has numbers 2 to 9"):
        theses[3]


def test_the_hash_covers_every_field_and_not_the_order():
    one, two = Thesis(1, "t", "de", "en", "g"), Thesis(2, text_de="x")
    assert ThesisSet([one, two]).sha256 == ThesisSet([two, one]).sha256
    hashes = {ThesisSet([one, two]).sha256}
    for field in dataclasses.fields(Thesis):
        value = 3 if field.name == "number" else "other"
        hashes.add(ThesisSet([dataclasses.replace(one, **{field.name: value}), two]).sha256)
    assert len(hashes) == 6


def test_sets_that_are_none():
    with pytest.raises(ThesisError, match="holds no thesis"):
        ThesisSet([])
    with pytest.raises(ThesisError, match=r"number\(s\) 1 occur more than once"):
        ThesisSet([Thesis(1, text_de="a"), Thesis(1, text_de="b")])


def test_select_takes_some():
    assert [thesis.number for thesis in select(ct.THESES, iter([62, 1, 62]))] == [1, 62]
    with pytest.raises(ThesisError, match=r"no thesis 0, 96 in <ThesisSet: 95 theses, numbers 1 to 95>"):
        select(ct.THESES, [0, 1, 96])


# Files

WANTED = [
    Thesis(1, "technik", "Pumpen, die lecken", "", "Einer klagt: „leckt“"),
    Thesis(2, text_en="Pumps leak"),
]
YAML = """
- number: 2
  text_en: Pumps leak
- {number: 1, theme: technik, text_de: " Pumpen, die lecken ", gloss: "Einer klagt: „leckt“"}
"""
CSV = 'number,theme,text_de,gloss,text_en\n1,technik,"Pumpen, die lecken",Einer klagt: „leckt“,\n2,,,,Pumps leak\n'
SEMICOLONS = "number;theme;text_de;gloss;text_en\n1;technik;Pumpen, die lecken;Einer klagt: „leckt“;\n2;;;;Pumps leak\n"
JSONL = """{"number": 1, "theme": "technik", "text_de": "Pumpen, die lecken", "gloss": "Einer klagt: „leckt“"}

{"number": 2, "text_en": "Pumps leak", "text_de": null}
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.yaml", YAML),
        ("t.YML", YAML),
        ("t.csv", CSV),
        ("t.csv", "\ufeff" + SEMICOLONS.replace("\n", "\r\n")),
        ("t.jsonl", JSONL),
        ("t.jsonl", "\ufeff" + JSONL),
    ],
)
def test_every_format_gives_the_same_set(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content.encode())
    theses = read_theses(str(path))
    assert list(theses) == WANTED
    assert theses.sha256 == ThesisSet(WANTED).sha256


def test_the_95_survive_a_file(tmp_path):
    path = tmp_path / "95.jsonl"
    path.write_text("\n".join(json.dumps(dataclasses.asdict(thesis)) for thesis in ct.THESES), encoding="utf-8")
    assert read_theses(path).sha256 == ct.THESES.sha256


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.txt", b"x", r"no thesis file by its name; expected one of \.yaml, \.yml, \.csv, \.jsonl"),
        ("t", b"x", "no thesis file by its name"),
        ("t.jsonl", b"\xff", r"is not UTF-8 \(byte 0\)"),
        ("t.jsonl", b"", "holds no thesis"),
        ("t.jsonl", b"{", "line 1 is not JSON"),
        ("t.jsonl", b"[" * 100_000, "line 1 is not JSON"),
        ("t.jsonl", b"\n[1]", "line 2: found a list; expected fields"),
        ("t.csv", b"", "holds no thesis"),
        ("t.csv", b'number,text_de\n1,"offen', "is no CSV"),
        ("t.csv", b"number,text_de\n1,a,b\n", "unknown field"),
        ("t.csv", b"nummer,text_de\n1,a\n", r"line 2: unknown field\(s\) nummer; a thesis has number, theme, text_de"),
        ("t.yaml", b"", "holds a NoneType; expected a list"),
        ("t.yaml", b"number: 1", "holds a dict; expected a list"),
        ("t.yaml", b"[", "is not YAML"),
        ("t.yaml", b"[" * 1500, "is not YAML"),
        ("t.yaml", b"- !!python/object/apply:os.system [id]", "is not YAML"),
        ("t.yaml", b"- &a [x]\n- *a", "uses YAML anchors"),
        ("t.yaml", b"- number: 2020-13-99\n  text_de: a", "number is '2020-13-99'|is not YAML"),
        ("t.yaml", b"- 7", "entry 1: found a int"),
        ("t.yaml", b"- number: 1\n  text_de: 7", "text_de must be text"),
        ("t.yaml", b"- number: 1\n  text_de: [a]", "text_de must be text"),
        ("t.yaml", b"- number: 1", "thesis 1 has neither text_de nor text_en"),
        ("t.yaml", b"- number: 1\n  text_de: '  '", "thesis 1 has neither"),
        ("t.yaml", b"- text_de: a", "number is None; expected a whole number from 1 to 32767"),
        ("t.yaml", b"- number: 0\n  text_de: a", "number is 0"),
        ("t.yaml", b"- number: 32768\n  text_de: a", "number is 32768"),
        ("t.yaml", b"- number: true\n  text_de: a", "number is True"),
        ("t.yaml", b"- number: 1.5\n  text_de: a", "number is 1.5"),
        ("t.yaml", b"- number: '-1'\n  text_de: a", "number is '-1'"),
        ("t.yaml", b"- number: 1\n  text_de: a\n- number: 1\n  text_de: b", "1 occur more than once"),
        ("t.jsonl", '{"number": "²", "text_de": "a"}'.encode(), "number is '²'"),
        ("t.jsonl", b'{"number": 1, "text_de": "a", "1": 2}', r"unknown field\(s\) 1"),
        ("t.jsonl", b"9" * 5000, "not JSON"),
        ("t.jsonl", b" " * ((10 << 20) + 1), "has 10,485,761 bytes; a thesis file has at most"),
    ],
)
def test_files_at_fault_are_told(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ThesisError, match=message) as caught:
        read_theses(path)
    if "occur more than once" not in message and "holds no thesis" not in message:
        assert str(path) in str(caught.value)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(ThesisError, match=r"nowhere\.yaml cannot be read: No such file"):
        read_theses(tmp_path / "nowhere.yaml")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ThesisError, match=r"folder\.csv cannot be read"):
        read_theses(tmp_path / "folder.csv")
