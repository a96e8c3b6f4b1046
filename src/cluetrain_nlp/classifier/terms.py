"""Terms: which words, neighbours and letter sequences a text has, as a weighted sparse vector."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["TERM_KINDS", "SparseVector", "Terms", "letter_terms", "locate_terms", "word_terms"]

Floats = NDArray[np.float64]

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_SPACE: Final = re.compile(r"\s+")
_LETTERS: Final = (3, 4, 5)


def word_terms(text: str) -> Iterator[str]:
    """Cut a text into words and punctuation marks, as written, and into pairs of neighbours.

    Parameters
    ----------
    text : str

    Yields
    ------
    str
        Every token, and every two neighbours, joined by a space.

    Examples
    --------
    >>> from cluetrain_nlp.classifier.terms import word_terms
    >>> list(word_terms("Na ja."))
    ['Na', 'ja', '.', 'Na ja', 'ja .']
    """
    tokens = _TOKEN.findall(text)
    yield from tokens
    yield from map(" ".join, pairwise(tokens))


def letter_terms(text: str) -> Iterator[str]:
    """Cut a text into sequences of three to five characters between white space, in lower case.

    German builds words from parts (*Kundendienst, Kundinnen, Stammkunde*), which such sequences share.

    Parameters
    ----------
    text : str

    Yields
    ------
    str
        The sequences of each stretch without white space, a space put before and after it.

    Examples
    --------
    >>> from cluetrain_nlp.classifier.terms import letter_terms
    >>> list(letter_terms("Ach"))
    [' ac', 'ach', 'ch ', ' ach', 'ach ', ' ach ']
    """
    for word in _SPACE.split(text.lower()):
        padded = f" {word} "
        for size in _LETTERS:
            yield from (padded[start : start + size] for start in range(len(padded) - size + 1))


#: How a text is cut into terms: the name of a kind to its function.
TERM_KINDS: Final[dict[str, Callable[[str], Iterator[str]]]] = {"words": word_terms, "letters": letter_terms}


def locate_terms(kind: str, text: str) -> Iterator[tuple[str, int, int]]:
    """Give the same terms with the place of each.

    Parameters
    ----------
    kind : str
        A key of `TERM_KINDS`.
    text : str

    Yields
    ------
    term : str
    start, end : int
        ``text[start:end]`` is the word or the two neighbours, or the stretch without white space around a letter
        sequence.

    Examples
    --------
    >>> from cluetrain_nlp.classifier.terms import locate_terms
    >>> list(locate_terms("words", "Na ja"))
    [('Na', 0, 2), ('ja', 3, 5), ('Na ja', 0, 5)]
    """
    if kind == "words":
        tokens = list(_TOKEN.finditer(text))
        yield from ((token.group(), *token.span()) for token in tokens)
        yield from ((f"{one.group()} {two.group()}", one.start(), two.end()) for one, two in pairwise(tokens))
        return
    for stretch in re.finditer(r"\S+", text):
        yield from ((term, *stretch.span()) for term in letter_terms(stretch.group()))


class SparseVector(NamedTuple):
    """A vector of unit length by its entries that are not 0; without any where a text has no known term.

    Attributes
    ----------
    columns : numpy.ndarray of int, shape (k,)
        Ascending.
    values : numpy.ndarray, shape (k,)
    """

    columns: NDArray[np.int64]
    values: Floats

    def dot(self, weights: Floats) -> Floats:
        """Multiply with weights.

        Parameters
        ----------
        weights : numpy.ndarray, shape (v,) or (v, t)

        Returns
        -------
        numpy.ndarray, shape () or (t,)
        """
        product: Floats = self.values @ weights[self.columns]
        return product


@dataclass(frozen=True, eq=False)
class Terms:
    """A vocabulary whose weights were learned from a corpus and are frozen since.

    Attributes
    ----------
    kind : str
        A key of `TERM_KINDS`.
    vocabulary : tuple of str
        ``v`` different terms; a term's place is its column.
    idf : numpy.ndarray, shape (v,)
        Inverse document frequency of each term in the corpus; higher is rarer.
    """

    kind: str
    vocabulary: tuple[str, ...]
    idf: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "_columns", {term: column for column, term in enumerate(self.vocabulary)})

    def vector(self, text: str) -> SparseVector:
        """Weigh the terms of a text by (1 + ln count) · idf, and scale the vector to length one.

        Parameters
        ----------
        text : str

        Returns
        -------
        named tuple `SparseVector`

        Examples
        --------
        >>> import numpy as np
        >>> from cluetrain_nlp.classifier.terms import Terms
        >>> terms = Terms("words", ("ja", "doch"), np.array([3.0, 4.0]))
        >>> terms.vector("ja doch").values.round(2).tolist()
        [0.6, 0.8]
        """
        columns: dict[str, int] = self._columns  # type: ignore[attr-defined]
        counts = Counter(columns[term] for term in TERM_KINDS[self.kind](text) if term in columns)
        places = np.array(sorted(counts), dtype=np.int64)
        values = np.array([1.0 + math.log(counts[place]) for place in places.tolist()]) * self.idf[places]
        length = math.sqrt(float(values @ values))
        return SparseVector(places, values / length if length else values)

    def columns(self, texts: Sequence[str]) -> Floats:
        """Weigh the terms of several texts.

        Parameters
        ----------
        texts : sequence of str
            ``t`` texts.

        Returns
        -------
        numpy.ndarray, shape (v, t)
            The vector of each text in a column.
        """
        dense = np.zeros((len(self.vocabulary), len(texts)))
        for column, text in enumerate(texts):
            vector = self.vector(text)
            dense[vector.columns, column] = vector.values
        return dense
