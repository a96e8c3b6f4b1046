"""Texts as scikit-learn hands them over -> passages, each text one as it stands, like ``unit="post"`` of `score`."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from spacy.tokens import Span

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
from cluetrain_nlp.scoring import cut

__all__ = ["Texts", "read_spans", "read_texts"]

Texts = pd.DataFrame | pd.Series | Sequence[str] | NDArray[np.object_]


def read_texts(texts: Texts) -> list[str]:
    """Check what was handed over as texts.

    Parameters
    ----------
    texts : sequence of str, pandas.Series, numpy.ndarray, or pandas.DataFrame of one column
        ``n`` texts.

    Returns
    -------
    list of str
        ``n`` strings.

    Raises
    ------
    PostError
        If this is no column of texts, or one of them is missing, a number, or holds half a character.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp.adapters.texts import read_texts
    >>> read_texts(pd.DataFrame({"inhalt": ["Fragt uns ruhig."]}))
    ['Fragt uns ruhig.']
    """
    found = _column(texts)
    for place, text in enumerate(found):
        if not isinstance(text, str):
            kind = "missing" if pd.api.types.is_scalar(text) and pd.isna(text) else f"a {type(text).__name__}"
            raise PostError(
                f"Text {place} (counted from 0) is {kind}; expected a string. Drop such rows, with what belongs to "
                "them, or write an empty string, which gets no numbers."
            )
        try:
            text.encode()
        except UnicodeEncodeError as half:
            raise PostError(
                f"Text {place} (counted from 0) holds half a character (a lone surrogate) at offset {half.start}; "
                "decode it again."
            ) from half
    return found


def read_spans(texts: Texts) -> Iterator[Span | None]:
    """Make each text one passage, as `cluetrain_nlp.score` does with ``unit="post"``.

    Parameters
    ----------
    texts : as in `read_texts`

    Yields
    ------
    spacy.tokens.Span or None
        Without the white space around it, sentence starts set and ``_.language`` filled; None for a text without
        words. One after the other, so that memory does not grow with the texts.

    Raises
    ------
    PostError
        As in `read_texts`, and where a text is too long.

    Examples
    --------
    >>> from cluetrain_nlp.adapters.texts import read_spans
    >>> [span and span._.language for span in read_spans(["Wir haben euch gehört.", " "])]
    ['de', None]
    """
    nlp = load_nlp("builtin")
    for text in read_texts(texts):
        if not any(map(str.isalnum, text)):
            yield None
            continue
        yield from cut(make_doc(nlp, text), "post")


def _column(texts: Texts) -> list[str]:
    if isinstance(texts, pd.DataFrame):
        if texts.shape[1] != 1:
            raise PostError(
                f"Found a frame of {texts.shape[1]} columns ({', '.join(map(str, texts.columns))}); expected one "
                "column of texts. Pick it: frame['text'], or name it in a ColumnTransformer."
            )
        return texts.iloc[:, 0].tolist()
    if isinstance(texts, np.ndarray):
        if texts.ndim == 1 or (texts.ndim == 2 and texts.shape[1] == 1):
            return list(texts.ravel().tolist())
        raise PostError(f"Found an array of shape {texts.shape}; expected texts in the shape (n,) or (n, 1).")
    if isinstance(texts, pd.Series):
        return texts.tolist()
    if isinstance(texts, (str, bytes)) or not isinstance(texts, Sequence):
        raise PostError(
            f"Found one {type(texts).__name__} where texts were expected: a list, a Series, or a frame of one column. "
            "Put a single text into a list: [text]."
        )
    return list(texts)
