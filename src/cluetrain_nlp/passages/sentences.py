"""Sentence boundaries by rule, the same under every German spaCy pipeline.

Scores depend on where sentences end, so the boundaries may not depend on which pipeline is installed. The
component reads nothing but the tokens and the white space between them, and decides for every token, so that
no later parser can change it.
"""

import re
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from cluetrain_nlp.errors import PipelineError
from cluetrain_nlp.passages.abbreviations import MONTHS, OPENERS, POLITE, kind, words

__all__ = ["cluetrain_sentences", "sentence_starts"]

_STOPS = frozenset(".!?…")
_BULLETS = frozenset("-*•·‣▪▫■□●○◦►▶➔➜✓✔–—")
_INLINE_BULLETS = frozenset("•‣▪■●►▶➜")
_DASHES = frozenset(["-", "–", "—", "--"])
_DOUBLE_QUOTES = frozenset(['"', "„", "“", "”", "‟", "«", "»", "''", "``"])
_QUOTES = _DOUBLE_QUOTES | frozenset("'‚‘’‹›´`")
_OPENING_QUOTES = frozenset(["„", "‚", "‟", "``"])
_CLOSING_QUOTES = frozenset(["”", "’", "''", "´"])
_OPENING_BRACKETS = frozenset("([{")
_CLOSING_BRACKETS = frozenset(")]}")
_NEVER_FIRST = frozenset(",;:%)]}/")
_SUPERSCRIPTS = frozenset("¹²³⁴⁵⁶⁷⁸⁹⁰")
# "Ach! sagte er", "Yahoo! und Google": with these the sentence goes on after ! or ?.
_GO_ON = words(
    """
    und oder aber sondern als wie sagte sagt fragte fragt rief ruft meinte meint dachte schrieb schreibt
    antwortete erwiderte heißt hieß hat hatte ist war wird wurde
    """
)
_FACE_WORDS = frozenset(["XD", "xD", "xd", "XDD", "xDD", "oO", "Oo", "xP", "XP"])
_FACE = re.compile(
    r"[<>]?[:;=][-'oO^~*]?[)(\]\[DPp3*|/\\]{1,60}|[xX][)(D]{1,60}|[:;=]-?[oOdsSxX]|\({1,9}[-o^]?[:;]|\^[_.-]?\^|-[._]+-"
    r"|[oO][._][oO]|<3+|:[a-z_]{2,20}:|\*_+\*"
)
# The tokenizer leaves "fest.[1" and "fest.¹" whole.
_FOOTNOTED = re.compile(r"[^\W\d_]{2,40}[.!?](?:\[\d{1,3}\]){0,9}(?:\[\d{1,3}|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,3})")
# Hard-wrapped text breaks where the next word would not fit; in characters, the widths at which people wrap.
_NARROWEST, _WIDEST = 50, 100
# Longer tokens are addresses or noise, and do not enter the cache of `kind`.
_LONGEST = 40


def sentence_starts(doc: Doc) -> list[bool]:
    """Tell for each token whether a sentence starts with it.

    Only the texts of the tokens and the white space are read. White space belongs to the sentence before it.

    Parameters
    ----------
    doc : Doc
        Tokens of a German spaCy tokenizer.

    Returns
    -------
    list of bool
        One per token; the first is True. Empty for an empty Doc.

    Examples
    --------
    >>> import spacy
    >>> doc = spacy.blank("de")("Das kam z. B. am 3. Mai. Dann nicht mehr.")
    >>> [token.text for token, start in zip(doc, sentence_starts(doc)) if start]
    ['Das', 'Dann']
    """
    texts = [token.text for token in doc]
    spaced = [bool(token.whitespace_) for token in doc]
    spaced[-1:] = [True] * bool(spaced)  # the end of the text ends a line, too
    several_lines = False
    for i, text in enumerate(texts):
        if text.isspace():
            spaced[max(i - 1, 0)] = spaced[i] = True
            several_lines = several_lines or _breaks(text) > 0
    return _scan(texts, spaced, _wrapped_breaks(texts, spaced) if several_lines else frozenset())


@Language.component("cluetrain_sentences", assigns=["token.is_sent_start"])
def cluetrain_sentences(doc: Doc) -> Doc:
    """Set `token.is_sent_start` of every token; a spaCy component, to stand before any parser.

    Parameters
    ----------
    doc : Doc
        Tokens of a German spaCy tokenizer, not parsed yet.

    Returns
    -------
    Doc
        The same Doc, in which every token is marked as a start or not.

    Raises
    ------
    PipelineError
        If the Doc is parsed: a parse has sentences of its own.

    Examples
    --------
    >>> import spacy
    >>> nlp = spacy.blank("de")
    >>> _ = nlp.add_pipe("cluetrain_sentences")
    >>> [sentence.text for sentence in nlp("Stimmt das? Ja, lt. Dr. Ahrens.").sents]
    ['Stimmt das?', 'Ja, lt. Dr. Ahrens.']
    """
    if len(doc) and doc.has_annotation("DEP"):
        raise PipelineError(
            "cluetrain_sentences was given a Doc that is parsed already, expected one without dependencies: "
            "add it before the parser, nlp.add_pipe('cluetrain_sentences', before='parser')"
        )
    # Not token by token: that setter searches the whole Doc for a parse every time.
    codes: Any = np.where(sentence_starts(doc), 1, -1).astype(np.uint64)
    doc.from_array(["SENT_START"], codes)
    return doc


def _scan(texts: list[str], spaced: list[bool], wrapped: frozenset[int]) -> list[bool]:
    """Walk once over the tokens; `spaced`: white space follows; `wrapped`: line breaks of layout only."""
    n = len(texts)
    starts = [i == 0 for i in range(n)]
    first = 0  # of the current sentence
    bracket = -1  # the last opening one
    quoted = False
    i = 0
    while i < n:
        text = texts[i]
        if text.isalpha() and text not in _FACE_WORDS:
            i += 1
            continue
        mark = _mark(text)
        if not mark and not text.isspace():
            if text in _OPENING_BRACKETS:
                bracket = i
            elif text in _DOUBLE_QUOTES:
                quoted = _opens(texts, spaced, i, quoted)
            elif text in _INLINE_BULLETS and i > first + 1:
                starts[i] = True
                first = i
            i += 1
            continue
        stop, closed, after = i, "", i
        if mark:
            stop, mark, closed, after, quoted = _tail(texts, spaced, i, mark, quoted)
        following, breaks = _skip_space(texts, after)
        if following == n:
            break
        ends = breaks > 1
        if mark and not ends:
            nested = closed in _CLOSING_BRACKETS and bracket > first
            ends = _ends(texts, spaced, (first, stop, following), mark, closed, nested)
        if breaks and not ends:
            ends = _line_ends(texts, spaced, (first, stop, following), mark, after in wrapped)
        if ends or after == 0:
            starts[following] = after > 0  # white space that opens the text opens its first sentence
            first = following
            quoted = quoted and breaks < 2
        i = following
    return starts


def _mark(text: str) -> str:
    """Return what kind of sentence end a token may be: "." "!" "…" ":)" (an emoticon) or none ("")."""
    if _is_face(text):
        return ":)"
    last = text[-1:]
    if last not in _STOPS:
        return "." if _FOOTNOTED.fullmatch(text) else ""
    if last in "!?":
        return "!"
    if _STOPS.issuperset(text) and ("!" in text or "?" in text):
        return "!"
    return "…" if last == "…" or text.endswith("..") else "."


def _is_face(text: str) -> bool:
    if text in _FACE_WORDS:
        return True
    code = ord(text[0]) if text else 0
    if code >= 0x2600:
        return 0x1F300 <= code <= 0x1FAFF or (code <= 0x27BF and text not in _BULLETS)
    return len(text) > 1 and _FACE.fullmatch(text) is not None


def _tail(texts: list[str], spaced: list[bool], i: int, mark: str, quoted: bool) -> tuple[int, str, str, int, bool]:
    """Collect what belongs to the end at `i`: marks, closing quotes and brackets, emoticons, footnotes.

    Returns the token of the deciding mark, the mark, what was closed behind it, the first token behind all,
    and whether a quotation is still open.
    """
    n = len(texts)
    stop, closed, k = i, "", i + 1
    while k < n:
        text = texts[k]
        if text and _STOPS.issuperset(text):
            more = _mark(text)
            # "Ja ... Nein": an ellipsis with a space before it may as well open the next sentence.
            if more == "…" and spaced[k - 1] and (k + 1 == n or not spaced[k] or texts[k + 1][:1].islower()):
                break
            if closed or mark == ":)":
                stop, mark, closed = k, more, ""
            else:
                mark = "!" if "!" in (mark, more) else "…"
        elif text in _CLOSING_BRACKETS:
            closed = text
        elif text in _QUOTES:
            if _opens(texts, spaced, k, quoted):
                break
            closed = text
            quoted = quoted and text not in _DOUBLE_QUOTES
        elif _is_aside(texts[k : k + 3]):
            k += 2
        elif text not in _SUPERSCRIPTS and not _is_face(text):
            break
        k += 1
    return stop, mark, closed, k, quoted


def _is_aside(texts: list[str]) -> bool:
    """Tell whether three tokens are a footnote number ("[1]") or a chat gesture ("*grins*")."""
    if len(texts) < 3:
        return False
    opening, inside, closing = texts
    if opening == "[":
        return closing == "]" and inside.isdigit()
    return opening == closing == "*" and inside.isalpha()


def _opens(texts: list[str], spaced: list[bool], i: int, quoted: bool) -> bool:
    """Tell whether a quotation mark opens: by shape, by the spaces around it, then by whether one is open."""
    text = texts[i]
    if text in _OPENING_QUOTES:
        return True
    after = texts[i + 1][:1] if i + 1 < len(texts) else ""
    gap_before = i == 0 or spaced[i - 1] or texts[i - 1] in _OPENING_BRACKETS
    gap_after = spaced[i] or not after or after in _NEVER_FIRST or after in _STOPS
    if gap_before != gap_after:
        return gap_before
    return text not in _CLOSING_QUOTES and not quoted


def _ends(
    texts: list[str],
    spaced: list[bool],
    at: tuple[int, int, int],
    mark: str,
    closed: str,
    nested: bool,
) -> bool:
    """Decide within a line whether a sentence ends.

    `at` holds the first token of the sentence, the token of the mark and the first token that would follow;
    `closed` is the quote or bracket closed behind the mark, `nested` tells that a sentence went on around it.
    """
    first, stop, following = at
    lead = texts[following]
    if lead[:1] in _NEVER_FIRST and texts[following + 1 : following + 2] != [lead]:  # ,, may open a quotation
        return False
    word = _word_from(texts, following)
    if not word:
        return False
    lower = _is_lower(word)
    opener = word in OPENERS or word in POLITE
    if mark == ":)":
        return opener
    if mark == "…":
        if lower or stop == first or texts[stop - 1] in _OPENING_BRACKETS:
            return False
        return opener or not (spaced[stop - 1] or word[0].isdigit())
    sort = "shout" if mark == "!" else _kind_at(texts, spaced, first, stop)
    if sort == "bound":
        return False
    if sort == "loose":
        return opener and word not in POLITE
    if sort == "ordinal":
        return opener
    if sort == "closing":
        return not lower and (opener or not (nested or lead in _OPENING_BRACKETS))
    if not lower:
        return (opener or not nested) and not (sort == "number" and word in MONTHS)
    if closed or lead in _DASHES:
        return False
    # Who writes all small begins sentences small, too.
    if sort == "word" or _is_lower(_word_from(texts, first)):
        return True
    return sort == "shout" and word not in _GO_ON and stop - first > 3


def _kind_at(texts: list[str], spaced: list[bool], first: int, stop: int) -> str:
    """Return the `kind` of the word before the full stop at or in token `stop`; a list number is "bound"."""
    text = texts[stop]
    if text == ".":
        if stop == 0 or spaced[stop - 1]:
            return "word"
        stop -= 1
        text = texts[stop] + "."
    if len(text) > _LONGEST:
        return "word"
    stem = text[:-1]
    before = texts[stop - 1] if stop > first else ""
    if len(before) == 2 and before[1] == "." and before[0].isalpha():
        stem = f"{before}{stem}"
    sort = kind(stem)
    numbered = sort == "ordinal" and (stop == first or before == ":")
    return "bound" if numbered else sort


def _line_ends(texts: list[str], spaced: list[bool], at: tuple[int, int, int], mark: str, wrapped: bool) -> bool:
    """Decide at a single line break where, had it been a space, the sentence would go on; `at` as in `_ends`."""
    first, stop, following = at
    lead = texts[following]
    lower = _is_lower(_word_from(texts, following))
    if spaced[following] and lead in _BULLETS:
        return not (wrapped and lower and lead in _DASHES)
    if texts[following + 1 : following + 2] == [")"] and len(lead) < 3 and lead.isalnum():
        return True
    if wrapped or lower:
        return False
    return mark != "." or _kind_at(texts, spaced, first, stop) not in ("bound", "ordinal")


def _word_from(texts: list[str], i: int) -> str:
    """Return the first word of the line among the next tokens, without signs before it, or ""."""
    for text in texts[i : i + 6]:
        if text.isspace() and _breaks(text):
            return ""
        for at, sign in enumerate(text[:8]):
            if sign.isalnum():
                # A mention or a hashtag opens a sentence as a name does.
                return text if text[0] in "@#" else text[at:]
    return ""


def _is_lower(word: str) -> bool:
    """Tell whether a word begins small as no careful author begins; "iPhone" and addresses tell nothing."""
    return word[:1].islower() and not word[1:2].isupper() and not word.startswith(("http:", "https:", "www."))


def _breaks(space: str) -> int:
    """Count line breaks; a paragraph separator counts as two."""
    return len(f".{space}.".splitlines()) - 1 + space.count("\u2029")


def _skip_space(texts: list[str], i: int) -> tuple[int, int]:
    """Return the next token that is not white space and the number of line breaks before it."""
    k = i
    while k < len(texts) and texts[k].isspace():
        k += 1
    return k, _breaks("".join(texts[i:k])) if k > i else 0


def _wrapped_breaks(texts: list[str], spaced: list[bool]) -> frozenset[int]:
    """Return the white-space tokens at whose line break the next word would not have fitted on the line."""
    found: list[int] = []
    block: list[tuple[int, int, int]] = []  # token behind the line, its length, length of the word behind that
    i, n, length = 0, len(texts), 0
    while i < n:
        if not texts[i].isspace():
            length += len(texts[i]) + spaced[i]
            i += 1
            continue
        following, breaks = _skip_space(texts, i)
        if breaks:
            word, k = 0, following
            while k < n:
                word += len(texts[k])
                if spaced[k]:
                    break
                k += 1
            block.append((i, length, word))
            length = 0
        if breaks > 1:
            found += _wrapped_lines(block)
            block = []
        i = following
    return frozenset(found + _wrapped_lines([*block, (n, length, 0)]))


def _wrapped_lines(block: list[tuple[int, int, int]]) -> list[int]:
    width = max(length for _, length, _ in block)
    if not _NARROWEST <= width <= _WIDEST:
        return []
    return [at for at, length, word in block[:-1] if length >= _NARROWEST and length + word > width]
