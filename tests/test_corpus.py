"""The annotated corpus: what a line may be, and what ours holds."""

import json

import pytest

from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.training import corpus
from cluetrain_nlp.training.corpus import Coded, corpus_sha256, read_coded, read_corpus, read_situations


@pytest.fixture
def read(tmp_path):
    def read(*lines):
        path = tmp_path / "coded.jsonl"
        path.write_text(
            "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8"
        )
        return read_coded(path)

    return read


def test_one_stance_holds_for_all_theses(read):
    (coded,) = read({"text": " Na dann. ", "theses": {"3": 2, "14": 3, "1": 1}, "stance": "opposes", "voice": 1})
    assert coded == Coded("coded-1", "Na dann.", {3: 2, 14: 3, 1: 1}, frozenset({1, 3, 14}), 1.0, "coded-1")
    assert coded.taken_up == {3, 14}
    assert coded.tracked == frozenset()


def test_each_thesis_may_have_its_stance(read):
    stance = {"3": "supports", "14": "opposes", "1": "reports"}
    (coded,) = read({"id": "a", "group": "post", "text": "x", "theses": {"3": 2, "14": 3, "1": 1}, "stance": stance})
    assert (coded.id, coded.group, coded.voice) == ("a", "post", None)
    assert coded.opposed == {14}
    assert coded.reported == {1}
    assert coded.tracked == {3}


def test_voice_alone_is_enough(read):
    (coded,) = read({"text": "x", "voice": 2.5})
    assert (coded.voice, coded.grades, coded.tracked) == (2.5, {}, frozenset())


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "",
        "[]",
        "7",
        {"voice": 1},
        {"text": 7},
        {"text": "x", "voice": 5},
        {"text": "x", "voice": "laut"},
        {"text": "x", "theses": {"drei": 2}},
        {"text": "x", "theses": {"3": 4}},
        {"text": "x", "theses": {"3": -1}},
        {"text": "x", "theses": [3]},
    ],
    ids=str,
)
def test_lines_at_fault_are_named(read, line):
    with pytest.raises(CluetrainError, match=r"coded\.jsonl, line 2: .* Expected an object with text, theses, stance"):
        read({"text": "gut"}, line, {"text": "gut"})


def test_files_at_fault_are_told(tmp_path):
    with pytest.raises(CluetrainError, match="cannot be read"):
        read_coded(tmp_path / "nowhere.jsonl")
    (tmp_path / "latin.jsonl").write_bytes("{'text': 'Öl'}".encode("latin-1"))
    with pytest.raises(CluetrainError, match=r"cannot be read.*Expected a JSONL file in UTF-8"):
        read_coded(tmp_path / "latin.jsonl")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A corpus of one passage that stands alone and two that are cut from a post."""
    rows = {
        "pilot": [{"id": "p1", "text": "Allein.", "voice": 0}],
        "posts": [
            {"id": "a", "text": "Eins. Zwei.", "split": "train", "genre": "letter", "hand": "k"},
            {"id": "t", "text": "Drei.", "split": "test", "genre": "news", "hand": "m"},
        ],
        "codes": [
            {"id": "a/0", "post": "a", "start": 0, "end": 5, "theses": {"1": 3}, "stance": {"1": "opposes"}},
            {"id": "a/1", "post": "a", "start": 6, "end": 11, "voice": 4},
            {"id": "t/0", "post": "t", "start": 0, "end": 5, "voice": 2},
        ],
        "situations": [
            {"thesis": 3, "kind": "case", "hand": "q", "text": "Sie sagte einfach hallo."},
            {"thesis": 3, "kind": "near_miss", "hand": "q", "text": "Das Mikrofon ist kaputt."},
        ],
    }
    for name, lines in rows.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    monkeypatch.setattr(corpus, "_folder", lambda: tmp_path)
    return tmp_path


def test_passages_are_cut_from_their_posts_and_kept_together(folder):
    alone, one, two = read_corpus()
    assert [alone.text, one.text, two.text] == ["Allein.", "Eins.", "Zwei."]
    assert [alone.group, one.group, two.group] == ["p1", "a", "a"]
    assert (one.opposed, two.voice) == ({1}, 4.0)
    assert (alone.genre, one.genre, one.hand) == ("", "letter", "k")


def test_splits_are_kept_apart(folder):
    assert [passage.text for passage in read_corpus(["test"])] == ["Drei."]
    assert read_corpus(["dev"]) == []
    with pytest.raises(CluetrainError, match="There is no split 'all' of the corpus; it has train, dev, test"):
        read_corpus(["all"])


@pytest.mark.parametrize(
    ("read", "name", "line", "message"),
    [
        (
            read_corpus,
            "codes",
            {"id": "a/9", "post": "a", "start": 6, "end": 99, "voice": 1},
            r"codes\.jsonl, line 4: .* place 6:99",
        ),
        (
            read_situations,
            "situations",
            {"thesis": 3, "kind": "Case", "text": "x"},
            r"situations\.jsonl, line 3: kind is 'Case'",
        ),
    ],
)
def test_lines_of_the_corpus_at_fault_are_named(folder, read, name, line, message):
    with (folder / f"{name}.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    with pytest.raises(CluetrainError, match=message):
        read()


def test_a_split_that_does_not_exist_is_told(folder):
    path = folder / "posts.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("train", "trian"), encoding="utf-8")
    with pytest.raises(CluetrainError, match="split 'trian'"):
        read_corpus()


def test_situations_are_cases_and_near_misses(folder):
    case, miss = read_situations()
    assert (case.tracked, case.voice, case.group) == ({3}, None, "thesis-3")
    assert (miss.taken_up, miss.text) == (frozenset(), "Das Mikrofon ist kaputt.")


def test_a_code_without_its_post_is_told(folder):
    with (folder / "codes.jsonl").open("a") as file:
        file.write('{"id": "b/0", "post": "b", "start": 0, "end": 5, "voice": 1}\n')
    with pytest.raises(CluetrainError, match=r"codes\.jsonl, line 4: KeyError\('b'\)"):
        read_corpus()


def test_the_hash_sees_names_and_contents(folder):
    hashes = [corpus_sha256(), corpus_sha256()]
    (folder / "README.md").write_text("says nothing")
    hashes.append(corpus_sha256())
    (folder / "pilot.jsonl").rename(folder / "other.jsonl")
    hashes.append(corpus_sha256())
    with (folder / "posts.jsonl").open("a") as file:
        file.write(" ")
    hashes.append(corpus_sha256())
    assert hashes[0] == hashes[1] == hashes[2]
    assert len(set(hashes)) == 3


# Ours


def test_our_corpus_is_sound():
    coded = read_corpus()
    assert len(coded) >= 712
    assert len({passage.id for passage in coded}) == len(coded)
    for passage in coded:
        assert passage.text, passage.id
        assert set(passage.grades) <= set(range(1, 96)), passage.id
        assert passage.opposed <= set(passage.grades), passage.id
    assert sum(bool(passage.tracked) for passage in coded) > 400
    assert sum(bool(passage.opposed) for passage in coded) > 10
    voices = [passage.voice for passage in coded if passage.voice is not None]
    assert {round(voice) for voice in voices} == {0, 1, 2, 3, 4}


def test_every_thesis_has_passages():
    tracked = set().union(*(passage.tracked for passage in read_corpus()))
    assert tracked == set(range(1, 96))
