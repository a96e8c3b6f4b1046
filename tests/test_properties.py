"""Laws that hold for every text, tried on texts that nobody would write; the toy model keeps it fast."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluetrain_nlp import schema
from cluetrain_nlp.scoring import passages, score_frame, score_frames

PIECES = [
    "Wir haben gestern den Ofen repariert, und seit heute früh läuft er wieder so leise, dass man ihn kaum hört.",
    "Der Ziegel war locker. Gemerkt hat es der Lehrling, weil er als Einziger unter den Rost geschaut hat.",
    "The stove is smoking and nobody in the whole house wants to have done it.",
    "Le poêle fume et personne dans la maison ne veut avoir fait cela, ce qui est dommage.",
    "Der Titel", "3 Kommentare", "Ulla P. sagt:", "20. Dezember 2010 um 21:14", "> Er raucht.", "„Er raucht.“",
    "These 62 aus dem Cluetrain-Manifest", "Kategorien: Ofen", "1. Ein Satz.", "…", "\u200b",
    "\u2028", "\x00", "😀", "e\u0301", "wort " * 150,
]  # fmt: skip

texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=6).map("\n\n".join),
)
corpora = st.lists(st.one_of(texts, st.none(), st.just("\ud800")), min_size=1, max_size=5)
quick = settings(max_examples=60, deadline=None)


def frame(texts):
    ids = [str(number) for number in range(len(texts))]
    return pd.DataFrame({"post_id": ids, "text": pd.Series(texts, dtype=object)})


@pytest.fixture(scope="session")
def run(toy_model):
    return lambda posts: score_frame(posts, model=toy_model, top=2, nlp="builtin")


@quick
@given(corpora, st.integers(0, 5))
def test_scoring_is_row_local(run, texts, cut):
    posts = frame(texts)
    whole = run(posts)
    parts = [run(part) for part in (posts[:cut], posts[cut:]) if len(part)]
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole, check_exact=True)


@quick
@given(corpora, st.randoms(use_true_random=False))
def test_order_and_batches_do_not_matter(run, toy_model, texts, chance):
    posts = frame(texts)
    order = chance.sample(range(len(texts)), len(texts))
    frames = (posts.iloc[[row]] for row in order)
    stream = pd.concat(score_frames(frames, model=toy_model, top=2, nlp="builtin"), ignore_index=True)
    back = stream.assign(place=stream["post_id"].astype(int)).sort_values("place", kind="stable")
    pd.testing.assert_frame_equal(back.drop(columns="place").reset_index(drop=True), run(posts), check_exact=True)


@quick
@given(corpora)
def test_every_post_has_rows_of_the_schema_with_numbers_in_bounds(run, texts):
    found = run(frame(texts))
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == schema.SCORES
    assert found["post_id"].unique().tolist() == [str(number) for number in range(len(texts))]
    failed = found["error"] != ""
    assert found.loc[failed, ["broadcast", "tracks", "opposes", "score"]].isna().all(axis=None)
    numbers = found[~failed]
    assert numbers[["tracks", "opposes"]].stack().between(0, 1).all()
    assert ((numbers["tracks"].astype(float) + numbers["opposes"]) <= 1 + 1e-6).all()
    german = numbers["language"] == "de"
    assert numbers.loc[german, "broadcast"].between(0, 1).all()
    assert numbers.loc[german, "score"].between(-1, 1).all()
    assert numbers.loc[~german, ["broadcast", "score"]].isna().all(axis=None)
    assert set(numbers["rank"]) <= {1, 2}


@quick
@given(corpora)
def test_offsets_are_sacred(run, texts):
    for row in run(frame(texts)).itertuples():
        if row.passage >= 0:
            assert texts[int(row.post_id)][row.start : row.end] == row.text


@quick
@given(texts)
def test_split_loses_no_word_and_takes_none_twice(text):
    cut = passages([text], nlp="builtin")
    if cut["error"].item() if len(cut) == 1 else "":
        assert not text.strip()
        return
    inside = "".join(text[row.start : row.end] for row in cut.itertuples())
    assert "".join(inside.split()) == "".join(text.split())
    assert cut["start"].is_monotonic_increasing
    assert (cut["end"][:-1].to_numpy() <= cut["start"][1:].to_numpy()).all()
    assert cut["passage"].tolist() == list(range(len(cut)))


@quick
@given(texts)
def test_a_whole_post_is_its_text_without_the_space_around_it(toy_model, text):
    found = score_frame(frame([text]), model=toy_model, top=1, unit="post", nlp="builtin")
    assert len(found) == 1
    if any(map(str.isalnum, text)):
        assert found["text"].item().strip() == text.strip()
    else:
        assert found["error"].item()
