"""Near-duplicates: what is compared, what is found, and that it is what comparing all pairs finds."""

import itertools
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluetrain_nlp import schema
from cluetrain_nlp.errors import PostError
from cluetrain_nlp.study.duplicates import find_duplicates

COLUMNS = ["post_id", "passage", "group", "size", "of_post_id", "of_passage", "similarity", "same_post"]
#: 30 different words.
TEXT = (
    "Die Stadtwerke Lindenau bauen ihr Fernwärmenetz aus und schließen bis zum Herbst rund vierhundert Haushalte an, "
    "wie Geschäftsführerin Petra Vogt gestern Abend auf einer gut besuchten Versammlung im Rathaus sagte."
)
WORDS = (
    "Rathaus Netz Kunde Brief Antwort Frage Morgen Abend Markt Gespräch Stimme Laden Werkstatt Preis Zug Garten "
    "Fenster Kaffee Nachbarin Verein hört fragt baut schreibt liest verkauft kommt geht bleibt wartet heute gestern "
    "bald selten laut leise gern oft nie immer"
).split()


def frame(*passages):
    rows = [{"post_id": post_id, "passage": number, "text": text, "error": ""} for post_id, number, text in passages]
    return pd.DataFrame(rows, columns=["post_id", "passage", "text", "error"])


def groups(found):
    named = found.assign(key=list(zip(found["post_id"], found["passage"], strict=True)))
    return {tuple(part["key"]) for _, part in named.groupby("group")}


def shingles(text):
    words = re.findall(r"\w+", text.casefold())
    return set(zip(words, words[1:], words[2:], strict=False)) if len(words) >= 10 else set()


def jaccard(one, other):
    return len(one & other) / len(one | other) if one and other else 0.0


def all_pairs(passages, threshold):
    """What the definition says, by comparing every pair: member -> (representative, similarity)."""
    ordered = sorted(passages)
    sets = [shingles(text) for _, _, text in ordered]
    of = {}
    for first, later in itertools.combinations(range(len(ordered)), 2):
        if of.get(first, (first, 1.0))[0] != first or later in of:
            continue
        similarity = jaccard(sets[first], sets[later])
        if similarity >= threshold:
            of[first], of[later] = (first, 1.0), (first, similarity)
    return {ordered[row][:2]: (ordered[leader][:2], round(value, 6)) for row, (leader, value) in of.items()}


def found_pairs(found):
    return {
        (row.post_id, row.passage): ((row.of_post_id, row.of_passage), row.similarity) for row in found.itertuples()
    }


def corpus(count, seed):
    """Random passages, a third of them made from an earlier one by changing, dropping and swapping words."""
    generator = np.random.default_rng(seed)
    passages = []
    for number in range(count):
        if passages and generator.random() < 0.35:
            words = passages[generator.integers(len(passages))][2].split()
            for _ in range(generator.integers(0, 5)):
                place = int(generator.integers(len(words)))
                words[place : place + 1] = generator.choice(WORDS, generator.integers(0, 3)).tolist()
        else:
            words = generator.choice(WORDS, generator.integers(3, 90)).tolist()
        passages.append((f"post-{number % 97:02}", number // 97, " ".join(words or ["leer"])))
    return passages


def test_a_syndicated_passage_is_one_group():
    copied = TEXT.replace("Petra Vogt", "Petra Voigt")
    found = find_duplicates(
        frame(("b", 2, copied), ("a", 1, TEXT), ("c", 0, "Etwas ganz anderes steht hier. " * 3), ("a", 0, TEXT.upper()))
    )
    assert list(found.columns) == COLUMNS
    assert found.drop(columns="similarity").to_numpy().tolist() == [
        ["a", 0, 0, 3, "a", 0, True],
        ["a", 1, 0, 3, "a", 0, True],
        ["b", 2, 0, 3, "a", 0, False],
    ]
    # 28 shingles, three of them changed.
    assert found["similarity"].tolist() == [1.0, 1.0, round(25 / 31, 6)]


@pytest.mark.parametrize(("threshold", "count"), [(25 / 31, 2), (0.81, 0)])
def test_the_threshold_itself_counts(threshold, count):
    found = find_duplicates(frame(("a", 0, TEXT), ("b", 0, TEXT.replace("Vogt", "Voigt"))), threshold=threshold)
    assert len(found) == count


def test_case_punctuation_and_composition_do_not_matter():
    decomposed = TEXT.replace("ä", "a\u0308").replace(",", " –").lower()
    assert find_duplicates(frame(("a", 0, TEXT), ("b", 0, decomposed)), threshold=1)["similarity"].tolist() == [
        1.0,
        1.0,
    ]


def test_the_order_of_words_does_matter():
    turned = " ".join(reversed(TEXT.split()))
    assert find_duplicates(frame(("a", 0, TEXT), ("b", 0, turned)), threshold=0.5).empty


def test_short_passages_are_left_out():
    nine, ten = (
        "eins zwei drei vier fünf sechs sieben acht neun",
        "eins zwei drei vier fünf sechs sieben acht neun zehn",
    )
    found = find_duplicates(frame(("a", 0, nine), ("b", 0, nine), ("c", 0, ten), ("d", 0, ten), ("e", 0, "")))
    assert groups(found) == {(("c", 0), ("d", 0))}


def test_scores_hold_a_passage_once_for_each_thesis():
    once = pd.DataFrame([dict.fromkeys(schema.SCORES, 0) | {"post_id": "a", "text": TEXT, "error": ""}])
    twice = pd.concat([once.assign(thesis=3), once.assign(thesis=62)])
    assert find_duplicates(twice).empty
    found = find_duplicates(pd.concat([twice, twice.assign(post_id="b")]))
    assert found["size"].tolist() == [2, 2]


def test_rows_with_an_error_or_without_text_are_left_out():
    rows = frame(("a", 0, TEXT), ("b", 0, TEXT), ("c", -1, TEXT), ("d", 0, None))
    rows.loc[2, "error"] = "The text is empty."
    rows.loc[1, "error"] = None
    assert groups(find_duplicates(rows)) == {(("a", 0), ("b", 0))}


@pytest.mark.parametrize("rows", [schema.empty(schema.SCORES), schema.empty(schema.PASSAGES), frame(("a", 0, TEXT))])
def test_nothing_to_find_gives_the_columns_all_the_same(rows):
    found = find_duplicates(rows)
    assert found.empty
    some = find_duplicates(frame(("a", 0, TEXT), ("b", 0, TEXT)))
    assert found.dtypes.to_dict() == some.dtypes.to_dict()
    assert some.dtypes.astype(str).tolist() == ["str", "int32", "int32", "int32", "str", "int32", "float64", "bool"]


def test_the_note_of_the_model_is_handed_on_and_the_input_left_alone():
    rows = frame(("b", 0, TEXT), ("a", 0, TEXT))
    rows.attrs["model"] = "de"
    before = rows.copy()
    assert find_duplicates(rows).attrs == {"model": "de"}
    pd.testing.assert_frame_equal(rows, before)


def test_a_member_is_close_to_its_representative_and_not_only_to_a_neighbour():
    words = TEXT.split()
    nearer, farther = [*words], [*words]
    nearer[5] = farther[5] = "Gasnetz"
    farther[20] = "Mittag"
    chain = frame(("a", 0, TEXT), ("b", 0, " ".join(nearer)), ("c", 0, " ".join(farther)))
    assert groups(find_duplicates(chain)) == {(("a", 0), ("b", 0))}
    assert groups(find_duplicates(chain.iloc[1:])) == {(("b", 0), ("c", 0))}


@pytest.mark.parametrize("threshold", [0.49, 1.01, -1, float("nan")])
def test_a_threshold_out_of_range(threshold):
    with pytest.raises(PostError, match=r"expected a similarity from 0\.5 to 1"):
        find_duplicates(frame(("a", 0, TEXT)), threshold=threshold)


@pytest.mark.parametrize("column", ["post_id", "passage", "text", "error"])
def test_missing_columns(column):
    with pytest.raises(PostError, match=f"lacks the column.*{column}"):
        find_duplicates(frame(("a", 0, TEXT)).drop(columns=column))


def test_two_runs_in_one_frame():
    with pytest.raises(PostError, match="Passage 3 of post a has two texts"):
        find_duplicates(frame(("a", 3, TEXT), ("b", 3, TEXT), ("a", 3, TEXT + " Nachtrag.")))


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.8, 0.9, 1])
def test_it_finds_what_comparing_all_pairs_finds(threshold):
    passages = corpus(800, seed=int(100 * threshold))
    expected = all_pairs(passages, threshold)
    found = find_duplicates(frame(*passages), threshold=threshold)
    assert len(expected) > 60
    assert found_pairs(found) == expected
    sizes = found.groupby(["of_post_id", "of_passage"])["size"]
    assert (sizes.transform("size") == found["size"]).all()
    assert found["group"].unique().tolist() == list(range(found["group"].nunique()))


def test_what_is_kept_holds_no_near_duplicates():
    passages = corpus(500, seed=1)
    found = find_duplicates(frame(*passages), threshold=0.7)
    copies = found[(found["post_id"] != found["of_post_id"]) | (found["passage"] != found["of_passage"])]
    gone = set(zip(copies["post_id"], copies["passage"], strict=True))
    kept = [shingles(text) for post_id, passage, text in passages if (post_id, passage) not in gone]
    assert len(gone) > 50
    assert max(jaccard(one, other) for one, other in itertools.combinations(kept, 2)) < 0.7


texts = st.lists(st.sampled_from(WORDS), min_size=10, max_size=40).map(" ".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, min_size=1, max_size=8, unique=True), st.data())
def test_exact_copies_are_always_found(originals, data):
    copied = data.draw(st.lists(st.sampled_from(originals), min_size=1, max_size=6))
    every = [*originals, *copied]
    order = data.draw(st.permutations(range(len(every))))
    rows = frame(*((f"p{place:02}", 0, every[number]) for place, number in enumerate(order)))
    found = find_duplicates(rows, threshold=1).merge(rows, on=["post_id", "passage"])
    assert len(found) == sum(every.count(text) for text in set(copied))
    assert found.groupby("group")["text"].nunique().max() == 1


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_has_no_influence(random):
    passages = corpus(120, seed=5)
    expected = find_duplicates(frame(*passages), threshold=0.6)
    random.shuffle(passages)
    assert len(expected) > 10
    pd.testing.assert_frame_equal(find_duplicates(frame(*passages), threshold=0.6), expected)


def test_more_passages_than_are_hashed_together(monkeypatch):
    passages = corpus(300, seed=2)
    expected = find_duplicates(frame(*passages))
    monkeypatch.setattr("cluetrain_nlp.study.duplicates._PART", 7)
    pd.testing.assert_frame_equal(find_duplicates(frame(*passages)), expected)


def test_another_process_finds_the_same():
    code = (
        "import sys; sys.path.insert(0, 'tests'); from test_duplicates import corpus, frame; "
        "from cluetrain_nlp import find_duplicates; "
        "print(find_duplicates(frame(*corpus(200, seed=3)), threshold=0.5).to_csv())"
    )
    outputs = {
        subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) > 10
