"""Passages: what is cut where, and the laws that hold for every text."""

import time

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span

from cluetrain_nlp.passages import sentences
from cluetrain_nlp.passages.split import split

assert sentences  # registers the component

BODY = "Wir haben gestern den Ofen repariert, und seit heute früh läuft er wieder so leise, dass man ihn kaum hört."
LONGER = (
    "Der Ziegel war schon länger locker. Gemerkt hat es der Lehrling, weil er als Einziger "
    "unter den Rost geschaut hat, "
    "und dafür bekommt er am Freitag den Nachmittag frei, was ihm sichtlich lieber ist als ein Lob vom Chef."
)
PIECES = [
    BODY,
    LONGER,
    "Der Titel",
    "„Er raucht.",
    "Das ist so.“",
    "> Er raucht.",
    "3 Kommentare",
    "Ulla P. sagt:",
    "ritzelfee",
    "20. Dezember 2010 um 21:14",
    "1. Ein Satz.",
    "17. Noch ein Satz.",
    "Cluetrain-Manifest",
    "Kategorien: Ofen",
    "---",
    "```",
    "Ja.",
    "Kommentar verfassen",
    "The stove is smoking and nobody wants to have done it.",
    "Über uns",
    "…",
    "\u200b",
    "\x0b",
    "\u2028",
    "[…] x […]",
    "So schreibt Jette:",
    "wort " * 150,
    "Satz. " * 60,
]


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("de")
    nlp.add_pipe("cluetrain_sentences")
    return nlp


NLP = spacy.blank("de")
NLP.add_pipe("cluetrain_sentences")


def size(span):
    return sum(any(map(str.isalnum, token.text)) for token in span)


def facts(span):
    return span.text, span._.role, span._.language, span._.speaker, span._.cites


def check_laws(doc):
    spans = list(doc.spans["passages"])
    seen = [token.i for span in spans for token in span if not token.is_space]
    assert seen == [token.i for token in doc if not token.is_space]
    for span in spans:
        assert isinstance(span, Span)
        assert doc.text[span.start_char : span.end_char] == span.text
        assert not span[0].is_space
        assert not span[-1].is_space
        assert span._.role in {"body", "quote", "comment", "heading", "boilerplate"}
        assert span._.language in {"de", "en", "other"}
        numbers = [int(number) for number in span._.cites.split()]
        assert numbers == sorted(set(numbers))


texts = st.one_of(st.text(), st.lists(st.one_of(st.text(max_size=20), st.sampled_from(PIECES))).map("\n".join))


@settings(max_examples=300, deadline=None)
@given(texts)
def test_every_word_is_in_exactly_one_passage(text):
    check_laws(split(NLP(text)))


@settings(max_examples=50, deadline=None)
@given(texts, texts)
def test_other_posts_change_nothing(one, other):
    doc = split(NLP(one))
    alone = [facts(span) for span in doc.spans["passages"]]
    among = [split(doc) for doc in NLP.pipe([other, one, other])]
    assert [facts(span) for span in among[1].spans["passages"]] == alone
    assert [facts(span) for span in split(among[1]).spans["passages"]] == alone


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES)))
def test_long_passages_are_single_sentences(pieces):
    doc = split(NLP("\n\n".join(pieces)))
    for span in doc.spans["passages"]:
        if size(span) > 130:
            assert sum(any(map(str.isalnum, sentence.text)) for sentence in span.sents) == 1


@given(st.lists(st.sampled_from(["a", "b.", "\n", "\n\n", " ", "\t\n"]), max_size=30))
def test_docs_built_from_words_are_cut_too(parts):
    doc = Doc(NLP.vocab, words=parts, spaces=[True] * len(parts))
    check_laws(split(doc))


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b", "Ja", "!", "\x00", "Ja.\n"])
def test_texts_of_next_to_nothing(nlp, text):
    doc = split(nlp(text))
    check_laws(doc)
    assert len(doc.spans["passages"]) == bool(text.strip())


def test_short_paragraphs_are_joined(nlp):
    doc = split(nlp("\n\n".join(["Der Ofen läuft wieder, und alle sind froh darüber."] * 6)))
    sizes = [size(span) for span in doc.spans["passages"]]
    assert sum(sizes) == 54
    assert all(25 <= n <= 130 for n in sizes)


def test_paragraphs_of_fair_size_stay_alone(nlp):
    doc = split(nlp(f"{LONGER}\n\n{LONGER}\n\n{LONGER}"))
    assert [span.text for span in doc.spans["passages"]] == [LONGER] * 3


def test_a_stub_joins_its_neighbour(nlp):
    doc = split(nlp(f"{LONGER}\n\n{LONGER}\n\nWas meint ihr dazu?"))
    assert [span.text for span in doc.spans["passages"]] == [LONGER, f"{LONGER}\n\nWas meint ihr dazu?"]


def test_a_stub_after_a_full_paragraph_makes_two_of_them(nlp):
    full = " ".join(["Der Ofen läuft seit gestern früh wieder so leise wie nie."] * 11)
    doc = split(nlp(f"{full} Fein.\n\n{BODY}\n\nWas meint ihr dazu?"))
    sizes = [size(span) for span in doc.spans["passages"]]
    assert all(20 <= n <= 130 for n in sizes)


def test_a_long_paragraph_is_cut_between_sentences_into_even_pieces(nlp):
    sentence = "Der Ofen läuft seit gestern früh wieder so leise wie nie."
    doc = split(nlp(" ".join([sentence] * 30)))
    sizes = [size(span) for span in doc.spans["passages"]]
    assert sum(sizes) == 330
    assert max(sizes) <= 100
    assert max(sizes) - min(sizes) <= 22
    assert all(span.text.startswith("Der Ofen") and span.text.endswith("nie.") for span in doc.spans["passages"])


def test_a_very_long_sentence_stays_whole_up_to_a_bound(nlp):
    whole = split(nlp("und so weiter " * 70 + "bis zum Ende."))
    assert [size(span) for span in whole.spans["passages"]] == [213]
    bounded = split(nlp("und so weiter " * 400 + "bis zum Ende."))
    assert max(size(span) for span in bounded.spans["passages"]) <= 400
    symbols = split(nlp("| - " * 5000))
    assert max(len(span) for span in symbols.spans["passages"]) <= 20_000


def test_passages_do_not_mix_roles_speakers_or_languages(nlp):
    english = "The stove is smoking and nobody in the whole house wants to have done it."
    thread = "2 Kommentare\n\nUlla P. sagt:\n3. Mai 2011 um 10:12\nJa.\n\nritzelfee sagt:\n4. Mai 2011 um 10:12\nNein."
    doc = split(nlp(f"Der Titel\n\n{BODY}\n\n{BODY}\n\n{english}\n\n{BODY}\n\n{thread}"))
    found = [(span._.role, span._.language, span._.speaker) for span in doc.spans["passages"]]
    assert found == [
        ("heading", "de", ""),
        ("body", "de", ""),
        ("quote", "en", ""),
        ("body", "de", ""),
        ("boilerplate", "de", ""),
        ("comment", "de", "Ulla P."),
        ("boilerplate", "de", ""),
        ("comment", "de", "ritzelfee"),
    ]


def test_citations_and_listed_theses(nlp):
    theses = "4. Eine Stimme, die echt ist, erkennt man sofort.\n\n15. Bald klingt das alles nur noch fremd."
    doc = split(nlp(f"{BODY} Ich denke an These 62 und an Cluetrain.\n\nDie Thesen:\n\n{theses}\n\n{BODY}"))
    found = [(span._.role, span._.cites) for span in doc.spans["passages"]]
    assert found == [("body", "62"), ("quote", "4 15"), ("body", "")]


def test_wrapped_lines_do_not_end_sentences():
    doc = Doc(NLP.vocab, words=["Der", "Ofen", "\n", "läuft", "und", "läuft", "."], sent_starts=[1, 0, 0, 1, 0, 0, 0])
    split(doc)
    assert [span.text for span in doc.spans["passages"]] == [doc.text.strip()]


def test_values_survive_serialisation(nlp):
    doc = split(
        nlp(f"Der Titel\n\n{BODY} These 62 im Manifest.\n\n1 Kommentar\n\nUlla P. sagt:\n3. Mai 2011 um 10:12\nJa, ja.")
    )
    data = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (back,) = DocBin().from_bytes(data).get_docs(nlp.vocab)
    assert [facts(span) for span in back.spans["passages"]] == [facts(span) for span in doc.spans["passages"]]


def test_without_sentences_paragraphs_are_cut_all_the_same():
    doc = split(spacy.blank("de")(f"{BODY}\n\n{LONGER}"))
    check_laws(doc)
    assert len(doc.spans["passages"]) in (1, 2)


@pytest.mark.parametrize(
    "unit",
    [
        LONGER + "\n\n",
        "a\n",
        "3 Kommentare\nUlla sagt:\n",
        '"Der Ofen raucht.\n\n',
        "1. Ein Satz.\n\nCluetrain\n",
        "Ja. ",
        "wort ",
        "> a\n",
        "<p ",
        "[x ",
        "„ ",
        "Über die X\n",
        "( ",
    ],
)
def test_time_grows_with_the_text_and_not_faster(unit):
    tokenizer = spacy.blank("de").tokenizer
    docs = [tokenizer(unit * (length // len(unit))) for length in (10_000, 40_000)]
    split(docs[0])
    times = []
    for doc in docs:
        start = time.perf_counter()
        split(doc)
        times.append(time.perf_counter() - start)
    # Four times the text: a quadratic step would take sixteen times as long.
    assert times[1] < 10 * times[0] + 0.5, times
