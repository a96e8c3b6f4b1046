"""Descriptive measurements of a German passage: how hard it reads, who speaks, in which verbs and nouns.

Every measurement is a plain function ``Span -> float`` in one ordered table, `MEASURES`, that also says which
annotation it reads. They describe; no score depends on them. For the STTS tags see Schiller, Teufel, Stöckert and
Thielen (1999), for tense and mood the `morph` features of Universal Dependencies, which German spaCy pipelines give.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, NamedTuple

from spacy.tokens import Span, Token

from cluetrain_nlp.classifier.style import FEATURES, sentences
from cluetrain_nlp.study.syllables import syllables

__all__ = ["MEASURES", "WINDOW", "Measure", "n_sentences", "words"]

#: Words that a moving window of the type-token ratio spans: the shortest that a passage of prose usually has.
WINDOW: Final = 25

_NAN: Final = float("nan")
_THIRD: Final = frozenset("er ihn ihm sie ihnen".split())
_WERDEN: Final = frozenset(
    "werden werde wirst wird werdet wurde wurdest wurden wurdet würde würdest würden würdet ward worden".split()
)
_SEIN: Final = frozenset(
    "sein bin bist ist sind seid war warst waren wart wäre wärst wärest wären wärt sei seist seien gewesen".split()
)
_HABEN_NOW: Final = frozenset("haben habe hab hast hat habt".split())
_SEIN_NOW: Final = frozenset("bin bist ist sind seid".split())
#: Full verbs that form their perfect with *sein*: "ist gekommen" is no passive.
_MOVES: Final = re.compile(
    r".*ge(kommen|gangen|fahren|laufen|flogen|reist|zogen|stiegen|sprungen|fallen|rannt|schwommen|wandert|rutscht"
    r"|blieben|worden|wesen|schehen|storben|wachsen|lungen|glückt|platzt|sunken|stürzt|folgt|landet|wichen|ritten|eilt"
    r"|kehrt|rückt|treten|standen|wacht|taucht|flohen|flüchtet|scheitert|kracht|klettert)"
    r"|(ge|ver|ent|er|be|zer|auf|ein|ab|an|um|aus|unter|über)?(kommen|fallen|wachsen)|passiert|entstanden|erschienen"
    r"|verschwunden|vergangen|begegnet|explodiert|verstorben|verreist|emigriert|eskaliert|entkommen|geraten"
)
_NOMINALISED: Final = re.compile(r".{2,}ung(en)?$")


class Measure(NamedTuple):
    """One column of a profile: which annotation it needs, "" for none, and how it is measured."""

    needs: str
    of: Callable[[Span], float]


def words(span: Span) -> list[Token]:
    """Give the tokens that are words: those that begin with a letter or a digit.

    Examples
    --------
    >>> from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
    >>> from cluetrain_nlp.study.linguistics import words
    >>> [word.text for word in words(make_doc(load_nlp("builtin"), "Um 9 geht's los – z.B. hier!")[:])]
    ['Um', '9', "geht's", 'los', 'z.B.', 'hier']
    """
    return [token for token in span if token.text[0].isalnum()]


def n_sentences(span: Span) -> int:
    """Count the sentences that have a word."""
    return sum(any(token.text[0].isalnum() for token in sentence) for sentence in sentences(span))


def _ratio(count: float, total: float, scale: float = 100.0) -> float:
    return scale * count / total if total else _NAN


def _share(hits: Iterable[bool]) -> float:
    """Give how many of 100 are hits; NaN of nothing."""
    values = list(hits)
    return _ratio(sum(values), len(values))


def _letters(token: Token) -> int:
    return sum(map(str.isalnum, token.text))


def sentence_length(span: Span) -> float:
    """Words per sentence."""
    return _ratio(len(words(span)), n_sentences(span), 1)


def word_length(span: Span) -> float:
    """Letters and digits per word."""
    found = words(span)
    return _ratio(sum(map(_letters, found)), len(found), 1)


def syllables_per_word(span: Span) -> float:
    """Syllables per word, as counted by `syllables`."""
    found = words(span)
    return _ratio(sum(syllables(word.text) for word in found), len(found), 1)


def long_words(span: Span) -> float:
    """Words of more than six letters, per 100 words."""
    return _share(_letters(word) > 6 for word in words(span))


def polysyllables(span: Span) -> float:
    """Words of three syllables or more, per 100 words."""
    return _share(syllables(word.text) >= 3 for word in words(span))


def monosyllables(span: Span) -> float:
    """Words of one syllable, per 100 words."""
    return _share(syllables(word.text) == 1 for word in words(span))


def lix(span: Span) -> float:
    """LIX (Björnsson 1968): words per sentence + long words per 100; higher = harder, about 20 to 70."""
    return sentence_length(span) + long_words(span)


def wiener(span: Span, formula: int) -> float:
    """Wiener Sachtextformel 1 to 4 (Bamberger and Vanecek 1984): school year, about 4 to 15; higher = harder."""
    hard, length, long, short = polysyllables(span), sentence_length(span), long_words(span), monosyllables(span)
    return (
        0.1935 * hard + 0.1672 * length + 0.1297 * long - 0.0327 * short - 0.875,
        0.2007 * hard + 0.1682 * length + 0.1373 * long - 2.779,
        0.2963 * hard + 0.1905 * length - 1.1144,
        0.2744 * hard + 0.2656 * length - 1.693,
    )[formula - 1]


def flesch_amstad(span: Span) -> float:
    """Flesch's reading ease for German (Amstad 1978): 180 − sentence length − 58.5 × syllables; higher = easier."""
    return 180 - sentence_length(span) - 58.5 * syllables_per_word(span)


def mattr(span: Span) -> float:
    """Moving-average type-token ratio over `WINDOW` words (Covington and McFall 2010); higher = more varied."""
    forms = [word.lower_ for word in words(span)]
    windows = [forms[start : start + WINDOW] for start in range(len(forms) - WINDOW + 1)]
    return sum(len(set(window)) / WINDOW for window in windows) / len(windows) if windows else _NAN


def third_person(span: Span) -> float:
    """*er, ihn, ihm, sie, ihnen* written small, per 100 words; not *es* and *ihr*, which mean too many things."""
    return _share(word.text in _THIRD for word in words(span))


def exclamations(span: Span) -> float:
    """Sentences with an exclamation mark, in percent."""
    return _share("!" in sentence.text for sentence in sentences(span))


def questions(span: Span) -> float:
    """Sentences with a question mark, in percent."""
    return _share("?" in sentence.text for sentence in sentences(span))


def _tagged(span: Span, *tags: str) -> list[Token]:
    return [token for token in span if token.tag_.startswith(tags)]


def tagged(span: Span, *, tag: str) -> float:
    """Words whose STTS tag begins so, per 100 words."""
    return _ratio(len(_tagged(span, tag)), len(words(span)))


def nouns_per_verb(span: Span) -> float:
    """Nouns for each full verb; higher = more nominal. NaN without a full verb."""
    return _ratio(len(_tagged(span, "NN")), len(_tagged(span, "VV")), 1)


def nominalisations(span: Span) -> float:
    """Nouns in *-ung*, per 100 words."""
    return _ratio(sum(bool(_NOMINALISED.match(noun.text)) for noun in _tagged(span, "NN")), len(words(span)))


def imperatives(span: Span) -> float:
    """Imperatives (STTS VVIMP, VAIMP), for 100 sentences; not the polite *Rufen Sie an*."""
    return _ratio(len(_tagged(span, "VVIMP", "VAIMP")), n_sentences(span))


def _finite(span: Span) -> list[Token]:
    return [token for token in span if token.tag_.endswith("FIN")]


def finite(span: Span, *, mood: str, tense: str) -> float:
    """Finite verbs of this mood and tense, of 100 finite verbs."""
    forms = [verb.morph.to_dict() for verb in _finite(span)]
    return _share((form.get("Mood"), form.get("Tense")) == (mood, tense) for form in forms)


def _participles(span: Span) -> list[tuple[str, set[str]]]:
    """Give each participle of a full verb, and the words it hangs on or that hang on it.

    Pipelines differ in whether the participle or its auxiliary is the head, so both directions count.
    """
    return [(verb.lower_, {near.lower_ for near in (verb.head, *verb.children)}) for verb in _tagged(span, "VVPP")]


def perfect(span: Span) -> float:
    """Participles in the perfect ("hat gelesen", "ist gekommen"), for 100 finite verbs."""
    hits = (
        near & _HABEN_NOW or (near & _SEIN_NOW and not near & _WERDEN and _MOVES.fullmatch(verb))
        for verb, near in _participles(span)
    )
    return _ratio(sum(map(bool, hits)), len(_finite(span)))


def passive(span: Span) -> float:
    """Participles with *werden* ("wird geprüft", "ist geprüft worden"), for 100 finite verbs."""
    return _ratio(sum(bool(near & _WERDEN) for _, near in _participles(span)), len(_finite(span)))


def stative_passive(span: Span) -> float:
    """Participles with *sein* that are no perfect ("ist geöffnet"), for 100 finite verbs."""
    hits = (near & _SEIN and not near & _WERDEN and not _MOVES.fullmatch(verb) for verb, near in _participles(span))
    return _ratio(sum(map(bool, hits)), len(_finite(span)))


#: Column to measurement, in the order of `cluetrain_nlp.schema.PROFILE`.
MEASURES: Final[dict[str, Measure]] = {
    "sentence_length": Measure("", sentence_length),
    "word_length": Measure("", word_length),
    "syllables": Measure("", syllables_per_word),
    "long_words": Measure("", long_words),
    "polysyllables": Measure("", polysyllables),
    "monosyllables": Measure("", monosyllables),
    "lix": Measure("", lix),
    "wiener_1": Measure("", partial(wiener, formula=1)),
    "wiener_2": Measure("", partial(wiener, formula=2)),
    "wiener_3": Measure("", partial(wiener, formula=3)),
    "wiener_4": Measure("", partial(wiener, formula=4)),
    "flesch_amstad": Measure("", flesch_amstad),
    "mattr": Measure("", mattr),
    "first_singular": Measure("", FEATURES["ich"]),
    "first_plural": Measure("", FEATURES["wir"]),
    "second": Measure("", FEATURES["informal_address"]),
    "formal_address": Measure("", FEATURES["formal_address"]),
    "third": Measure("", third_person),
    "questions": Measure("", questions),
    "exclamations": Measure("", exclamations),
    "nouns": Measure("TAG", partial(tagged, tag="NN")),
    "names": Measure("TAG", partial(tagged, tag="NE")),
    "full_verbs": Measure("TAG", partial(tagged, tag="VV")),
    "modals": Measure("TAG", partial(tagged, tag="VM")),
    "nouns_per_verb": Measure("TAG", nouns_per_verb),
    "nominalisations": Measure("TAG", nominalisations),
    "imperatives": Measure("TAG", imperatives),
    "present": Measure("MORPH", partial(finite, mood="Ind", tense="Pres")),
    "past": Measure("MORPH", partial(finite, mood="Ind", tense="Past")),
    "subjunctive_2": Measure("MORPH", partial(finite, mood="Sub", tense="Past")),
    "perfect": Measure("DEP", perfect),
    "passive": Measure("DEP", passive),
    "stative_passive": Measure("DEP", stative_passive),
}
