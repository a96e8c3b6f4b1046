"""Stylistic measurements of a passage: how it is said, not what it is about.

Every measurement is a plain function ``Span -> float`` that reads only token
texts and sentence boundaries, which every German spaCy pipeline shares. They
stand in one ordered table, `FEATURES`; its order is part of a model.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Span, Token

__all__ = ["FEATURES", "feature_names", "sentences", "style"]

_ICH = frozenset("ich mir mich mein meine meinem meinen meiner meines meins".split())
_WIR = frozenset("wir uns unser unsere unserem unseren unserer unseres unsre unsrer".split())
_DU = frozenset("du dir dich dein deine deinem deinen deiner deines euch euer eure eurem euren eurer eures".split())
_SIE = frozenset("Sie Ihnen Ihr Ihre Ihrem Ihren Ihrer Ihres".split())
_PARTICLES = frozenset(
    "ja doch mal halt eben wohl schon eigentlich denn bloß bloss ruhig eh nun naja tja ach oh hm hmm "
    "na nee nö jo okay ok gell oder irgendwie ziemlich echt wirklich einfach sowieso überhaupt jedenfalls "
    "übrigens natürlich sogar ganz gar".split()
)
_STANCE = frozenset(
    "glaube glaub finde find denke denk vermute fürchte hoffe weiß weiss vielleicht "
    "wahrscheinlich vermutlich offenbar anscheinend angeblich leider gottseidank hoffentlich scheinbar "
    "persönlich ehrlich gefühlt gespannt ärgert nervt wundert schade blöd doof mist quatsch".split()
)
_CONCESSION = frozenset(
    "aber allerdings trotzdem dennoch obwohl zwar jedoch immerhin andererseits einerseits wobei "
    "dabei außer ausser sondern nur".split()
)
_NEGATION = frozenset("nicht nix nichts nie niemand nirgends kein keine keinem keinen keiner keines".split())
_PAST = frozenset(
    "war waren hatte hatten wurde wurden kam kamen ging gingen sagte sagten meinte dachte wollte "
    "wollten konnte konnten musste mußte bekam stand saß gab".split()
)
_COLLOQUIAL = frozenset(
    "nen ne nem ner n hab is isses gibts gehts wars hats nich net ned aufm beim ausm rum raus rein rüber "
    "was drauf dran drin mal grad grade kriegen kriegt gekriegt krieg kriegst kram ding dings zeug leute "
    "typ typen super toll geil cool ätzend echt total haha hihi lol".split()
)
_INSTITUTION = frozenset(
    "bietet bieten ermöglicht ermöglichen gewährleistet gewährleisten sorgt sorgen überzeugt überzeugen "
    "unterstreicht unterstreichen präsentiert präsentieren vereint verbindet begeistert begeistern "
    "steigert optimiert optimieren stärkt stärken setzt setzen steht stehen unterstützt unterstützen "
    "profitieren profitiert garantiert erfüllt fördert fördern entwickelt realisiert umfasst ergänzt "
    "erweitert zählt verfügt entdecken erleben genießen".split()
)
_SENDER = frozenset(
    "unternehmen gruppe konzern gmbh ag kg se kunden kundinnen partner lösung lösungen angebot angebote "
    "produkt produkte portfolio leistung leistungen service qualität kompetenz expertise standort standorte "
    "mitarbeiter mitarbeitende mitarbeiterinnen team teams marke marken markt branche geschäftsführer "
    "vorstand erfolg zukunft innovation innovationen engagement verantwortung".split()
)
_NOMINAL = frozenset(
    "sowie im des hinsichtlich bezüglich gemäß gemäss aufgrund mittels seitens zudem darüber hinaus rahmen "
    "zur zum durch unter insbesondere dank bereits rund".split()
)
_VALUE = re.compile(
    r"(innovativ|nachhaltig|führend|hochwertig|maßgeschneidert|massgeschneidert|individuell|ganzheitlich"
    r"|modern|exzellent|einzigartig|optimal|effizient|effektiv|zukunfts|leistungsstark|leistungsfähig|renommiert"
    r"|erstklassig|umfassend|vielfältig|zuverlässig|kompetent|professionell|exklusiv|attraktiv|erfolgreich"
    r"|weltweit|ideal|perfekt|beste[nmrs]?$|bestmöglich|bestens|höchst(?!ens)|neuest|langjährig|stark|digital(?!is)|kundenorientiert|flexib)"
)
_ABSTRACT = re.compile(
    r"^[A-ZÄÖÜ].{2,}(ung|ungen|heit|heiten|keit|keiten|tion|tionen|tät|täten|ismus|schaft"
    r"|schaften|nis|nisse|anz|enz|ierung|ierungen|tum)$"
)
_ASIDE = frozenset("( ) – — - … ... [ ]".split())
_SMILEY = re.compile(r"^[:;=8xX]['’]?-?[)(DPpO/|\]\[*]+$|^[😀-🙏🤐-🧿]|^\*\w+\*$|^<3$|^\^\^$")


def sentences(span: Span) -> list[Span]:
    """Cut a passage at its sentence starts.

    Unlike ``span.sents`` this never reaches beyond the passage.

    Parameters
    ----------
    span : spacy.tokens.Span

    Returns
    -------
    list of spacy.tokens.Span
        In order; together they are the passage.

    Examples
    --------
    >>> from cluetrain_nlp.classifier.style import sentences
    >>> from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
    >>> len(sentences(make_doc(load_nlp("builtin"), "Ja. Nein.")[:]))
    2
    """
    starts = [token.i for token in span if token.is_sent_start]
    edges = sorted({span.start, *starts, span.end})
    return [span.doc[start:end] for start, end in pairwise(edges)]


def _words(span: Span) -> list[str]:
    """Give the tokens that are words, as written."""
    return [token.text for token in span if token.text[0].isalpha() or (token.text[0] in "'’" and len(token) > 1)]


def _opens(token: Token, span: Span) -> bool:
    """Tell whether a token opens a sentence; white space before a passage may have taken the mark of its first."""
    return bool(token.is_sent_start) or token.i == span.start


def _rate(count: float, total: int) -> float:
    """Give `count` per 100 of `total`, 0 where there is nothing to count in."""
    return 100.0 * count / total if total else 0.0


def _share(hits: Iterable[bool]) -> float:
    values = list(hits)
    return _rate(sum(values), len(values))


def _lexicon(entries: frozenset[str], span: Span) -> float:
    """Words of a lexicon, case ignored, per 100 words."""
    return _share(word.lower() in entries for word in _words(span))


def formal_address(span: Span) -> float:
    """Capitalised *Sie, Ihnen, Ihr …* inside a sentence, per 100 words."""
    hits = sum(token.text in _SIE and not _opens(token, span) for token in span)
    return _rate(hits, len(_words(span)))


def we_without_i(span: Span) -> float:
    """1 where *wir* speaks and no *ich* does, else 0."""
    words = {word.lower() for word in _words(span)}
    return float(bool(words & _WIR) and not words & _ICH)


def own_past(span: Span) -> float:
    """Share of sentences in which *ich* or *wir* meets a form of the past, in percent."""
    return _share(
        bool(words & (_ICH | _WIR)) and bool(words & _PAST)
        for words in ({word.lower() for word in _words(sentence)} for sentence in sentences(span))
    )


def questions(span: Span) -> float:
    """Question marks per 100 sentences."""
    return _rate(sum("?" in token.text for token in span), len(sentences(span)))


def smileys(span: Span) -> float:
    """Emoticons and emoji per 100 words."""
    return _rate(sum(bool(_SMILEY.match(token.text)) for token in span), len(_words(span)))


def asides(span: Span) -> float:
    """Brackets, dashes and omission dots per 100 words."""
    return _rate(sum(token.text in _ASIDE for token in span), len(_words(span)))


def abstract_nouns(span: Span) -> float:
    """Nouns in *-ung, -heit, -keit, -tion, -schaft …* per 100 words."""
    return _share(bool(_ABSTRACT.search(word)) for word in _words(span))


def long_words(span: Span) -> float:
    """Words of twelve letters or more per 100 words."""
    return _share(len(word) >= 12 for word in _words(span))


def word_length(span: Span) -> float:
    """Mean letters per word."""
    words = _words(span)
    return sum(map(len, words)) / len(words) if words else 0.0


def value_adjectives(span: Span) -> float:
    """Praise such as *innovativ, führend, maßgeschneidert* per 100 words."""
    return _share(bool(_VALUE.match(word)) for word in _words(span))


def capitals(span: Span) -> float:
    """Capitalised words that do not open a sentence (nouns, names), per 100 words."""
    words = [token for token in span if token.text[0].isalpha()]
    return _rate(sum(t.text[0].isupper() and not _opens(t, span) for t in words), len(words))


def lower_starts(span: Span) -> float:
    """Sentences that begin with a small letter, in percent."""
    return _share(sentence[0].text[0].islower() for sentence in sentences(span))


def numbers(span: Span) -> float:
    """Tokens with a digit per 100 tokens."""
    return _share(any(char.isdigit() for char in token.text) for token in span)


def sentence_length(span: Span) -> float:
    """Mean words per sentence."""
    return len(_words(span)) / len(sentences(span)) if len(span) else 0.0


#: Name to measurement. Higher always means more of what the name says.
FEATURES: Final[dict[str, Callable[[Span], float]]] = {
    "ich": partial(_lexicon, _ICH),
    "wir": partial(_lexicon, _WIR),
    "we_without_i": we_without_i,
    "informal_address": partial(_lexicon, _DU),
    "formal_address": formal_address,
    "particles": partial(_lexicon, _PARTICLES),
    "stance": partial(_lexicon, _STANCE),
    "concession": partial(_lexicon, _CONCESSION),
    "negation": partial(_lexicon, _NEGATION),
    "past": partial(_lexicon, _PAST),
    "own_past": own_past,
    "colloquial": partial(_lexicon, _COLLOQUIAL),
    "questions": questions,
    "smileys": smileys,
    "asides": asides,
    "lower_starts": lower_starts,
    "institution_verbs": partial(_lexicon, _INSTITUTION),
    "sender_nouns": partial(_lexicon, _SENDER),
    "nominal_style": partial(_lexicon, _NOMINAL),
    "value_adjectives": value_adjectives,
    "abstract_nouns": abstract_nouns,
    "long_words": long_words,
    "word_length": word_length,
    "capitals": capitals,
    "numbers": numbers,
    "sentence_length": sentence_length,
}


def feature_names() -> list[str]:
    """Name the measurements in the order in which `style` gives them.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from cluetrain_nlp.classifier.style import feature_names
    >>> feature_names()[0]
    'ich'
    """
    return list(FEATURES)


def style(span: Span) -> NDArray[np.float64]:
    """Measure the style of one passage.

    Parameters
    ----------
    span : spacy.tokens.Span
        A passage whose document has its sentence starts set.

    Returns
    -------
    numpy.ndarray of float64, shape (f,)
        In the order of `FEATURES`, all >= 0. Units stand with each measurement.

    Examples
    --------
    >>> from cluetrain_nlp.classifier.style import feature_names, style
    >>> from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
    >>> doc = make_doc(load_nlp("builtin"), "Ich weiß es doch auch nicht.")
    >>> dict(zip(feature_names(), style(doc[:]).round(1).tolist()))["ich"]
    16.7
    """
    return np.array([measure(span) for measure in FEATURES.values()], dtype=np.float64)
