"""A Doc's passages: spans of one role, speaker and language, a paragraph or so long."""

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from spacy.tokens import Doc, Span

from cluetrain_nlp.passages.citations import cites
from cluetrain_nlp.passages.paragraphs import Block, ends_sentence
from cluetrain_nlp.passages.roles import blocks

__all__ = ["KEY", "split"]

#: Where the passages stand: ``doc.spans[KEY]``.
KEY: Final = "passages"

for _name, _default in (("role", "body"), ("language", "de"), ("speaker", ""), ("cites", "")):
    if not Span.has_extension(_name):
        Span.set_extension(_name, default=_default)

#: Sizes in words. A passage has `_SHORTEST` to `_LONGEST`, where the text allows it, and `_AIM` at best.
_SHORTEST: Final = 25
_AIM: Final = 60
_LONGEST: Final = 130
#: A sentence is cut only beyond this many words, or this many tokens (tables, runs of symbols).
_WHOLE: Final = 400
_WHOLE_TOKENS: Final = 1200
#: No passage has more sentences than this, which bounds the search.
_MOST: Final = 40

# What a passage costs, in points: being far from `_AIM` costs up to some thousands, so the other costs put the
# rules in order: not too long, not too short, whole paragraphs, one paragraph each.
_TOO_LONG: Final = 1_000_000
_TOO_SHORT: Final = 20_000
_PER_WORD: Final = 1_000
_CUT_IN_PARAGRAPH: Final = 5_000
_CUT_IN_LONG_PARAGRAPH: Final = 300
_JOIN: Final = 2_500
_JOIN_LINES: Final = 800


class _Sentence(NamedTuple):
    start: int
    end: int
    words: int
    join: int
    cut: int


def split(doc: Doc) -> Doc:
    r"""Cut a Doc into passages.

    Only the text, the tokens and the sentence starts are read, so the passages are the same with every pipeline
    that has our sentence component. Paragraphs of the same role, speaker and language are joined until they have
    25 words, and cut between sentences where they have more than 130; see `cluetrain_nlp.passages.roles.blocks`.

    Parameters
    ----------
    doc : spacy.tokens.Doc
        A post. Without sentence starts each paragraph counts as one sentence.

    Returns
    -------
    spacy.tokens.Doc
        The same Doc, with ``doc.spans["passages"]``: every token that is not whitespace is in exactly one span.
        Each span has ``_.role``, ``_.language`` ("de", "en", "other"), ``_.speaker`` ("" where unknown) and
        ``_.cites`` (thesis numbers, ascending, joined by spaces).

    Examples
    --------
    >>> import spacy
    >>> nlp = spacy.blank("de")
    >>> doc = split(nlp("Der Titel\n\nWir haben gestern den Ofen repariert, und seit heute früh läuft er wieder."))
    >>> [(span.text[:9], span._.role) for span in doc.spans["passages"]]
    [('Der Titel', 'heading'), ('Wir haben', 'body')]
    """
    doc.spans[KEY] = [span for run in _runs(doc) for span in _passages(doc, run)]
    return doc


_Run = list[tuple[Block, list[int]]]


def _runs(doc: Doc) -> Iterator[_Run]:
    """Group neighbouring paragraphs that may share a passage, each with its tokens."""
    found = blocks(doc.text)
    tokens: list[list[int]] = [[] for _ in found]
    position = 0
    for token in doc:
        if token.is_space:
            continue
        while position + 1 < len(found) and token.idx >= found[position + 1].start:
            position += 1
        tokens[position].append(token.i)
    paired = [(block, inside) for block, inside in zip(found, tokens, strict=True) if inside]
    for _, run in groupby(paired, key=lambda pair: _kind(pair[0])):
        yield list(run)


def _kind(block: Block) -> tuple[str, str, str, int, bool]:
    if block.role in ("boilerplate", "heading"):
        return block.role, "", "", 0, False
    return block.role, block.speaker, block.language, block.turn, block.thesis > 0


def _passages(doc: Doc, run: _Run) -> Iterator[Span]:
    first = run[0][0]
    aside = first.role in ("boilerplate", "heading")
    sentences = [
        sentence
        for block, inside in run
        for sentence in _sentences(doc, inside, 0 if aside else _JOIN if block.gap else _JOIN_LINES)
    ]
    theses = [(inside[0], block.thesis) for block, inside in run if block.thesis]
    for start, end in _best(sentences):
        span = doc[start:end]
        numbers = set(cites(span.text)) | {number for token, number in theses if start <= token < end}
        span._.role = first.role
        span._.language = first.language
        span._.speaker = first.speaker
        span._.cites = " ".join(map(str, sorted(numbers)))
        yield span


def _sentences(doc: Doc, inside: list[int], join: int) -> list[_Sentence]:
    """Cut a paragraph's tokens into sentences, and sentences beyond all bounds into stretches."""
    starts = [0, *(p for p, i in enumerate(inside) if p and doc[i].is_sent_start and not _is_wrap(doc, i)), len(inside)]
    sizes = [_is_word(doc, i) for i in inside]
    total = sum(sizes)
    cut = _CUT_IN_LONG_PARAGRAPH if total > _LONGEST else _CUT_IN_PARAGRAPH
    found: list[_Sentence] = []
    for low, high in pairwise(starts):
        for a, b in _bounded(sizes, low, high):
            count = sum(sizes[a:b])
            if found and (count == 0 or found[-1].words == 0):
                # Three dots are no sentence of their own.
                found[-1] = found[-1]._replace(end=inside[b - 1] + 1, words=found[-1].words + count)
            else:
                found.append(_Sentence(inside[a], inside[b - 1] + 1, count, 0, cut))
    return [found[0]._replace(join=join, cut=0), *found[1:]]


def _is_wrap(doc: Doc, i: int) -> bool:
    """Tell whether only a line break that ends no paragraph stands before a token, in the middle of a sentence."""
    return doc[i - 1].is_space and "\n" in doc[i - 1].text and i > 1 and not ends_sentence(doc[i - 2].text)


def _is_word(doc: Doc, i: int) -> int:
    return int(any(map(str.isalnum, doc[i].text)))


def _bounded(sizes: list[int], low: int, high: int) -> Iterator[tuple[int, int]]:
    if sum(sizes[low:high]) <= _WHOLE and high - low <= _WHOLE_TOKENS:
        yield low, high
        return
    start, count = low, 0
    for place in range(low, high):
        count += sizes[place]
        if count >= _LONGEST or place + 1 - start >= _WHOLE_TOKENS // 3:
            yield start, place + 1
            start, count = place + 1, 0
    if start < high:
        yield start, high


def _best(sentences: list[_Sentence]) -> list[tuple[int, int]]:
    """Find the cheapest way to cut the sentences of a run into passages."""
    cheapest = [0]
    back = [0]
    for end in range(1, len(sentences) + 1):
        best, came_from, size, joins = -1, end - 1, 0, 0
        for start in range(end - 1, max(-1, end - 1 - _MOST), -1):
            size += sentences[start].words
            if size > _LONGEST and start < end - 1:
                break
            cost = cheapest[start] + _cost(size) + joins + (sentences[start].cut if start else 0)
            if best < 0 or cost < best:
                best, came_from = cost, start
            joins += sentences[start].join
        cheapest.append(best)
        back.append(came_from)
    cuts: list[tuple[int, int]] = []
    end = len(sentences)
    while end:
        cuts.append((sentences[back[end]].start, sentences[end - 1].end))
        end = back[end]
    return cuts[::-1]


def _cost(size: int) -> int:
    cost = (size - _AIM) ** 2
    if size > _LONGEST:
        cost += _TOO_LONG + _PER_WORD * (size - _LONGEST)
    if size < _SHORTEST:
        cost += _TOO_SHORT + _PER_WORD * (_SHORTEST - size)
    return cost
