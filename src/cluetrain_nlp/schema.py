"""The frames that cross a border, and the only list of column names.

A frame is described by a dict from column name to pandas dtype. Everything that
leaves the library as a frame passes through `conform`, so that every engine
returns the same columns in the same order with the same dtypes.
"""

from typing import Final

import pandas as pd

from cluetrain_nlp.errors import PostError

__all__ = ["CODED", "PASSAGES", "POSTS", "PROFILE", "SCORES", "conform", "ddl", "empty", "with_optional"]

Schema = dict[str, str]

#: One row per post. `post_id` and `text` are required, the rest is optional; `error` says why a post could not be read.
POSTS: Final[Schema] = {
    "post_id": "str",
    "text": "str",
    "title": "str",
    "author": "str",
    "url": "str",
    "published": "datetime64[us, UTC]",
    "source": "str",
    "error": "str",
}

#: What is known of a passage before anything is scored.
_CUT: Final[Schema] = {
    "post_id": "str",
    "passage": "int32",
    "start": "int32",
    "end": "int32",
    "role": "str",
    "speaker": "str",
    "language": "str",
    "cites": "str",
    "text": "str",
}

#: One row per passage, of every role; what `passages` returns.
PASSAGES: Final[Schema] = {**_CUT, "error": "str"}

#: One row per scored passage and reported thesis; what `score` returns.
SCORES: Final[Schema] = {
    **_CUT,
    "broadcast": "float32",
    "rank": "int16",
    "thesis": "int16",
    "tracks": "float32",
    "opposes": "float32",
    "score": "float32",
    "error": "str",
}

#: One row per coded passage, coder and thesis asked for (0: only voice was); what `read_coding` returns.
CODED: Final[Schema] = {
    "post_id": "str",
    "passage": "int32",
    "coder": "str",
    "thesis": "int16",
    "grade": "float32",
    "stance": "str",
    "voice": "float32",
    "unit": "str",
    "stratum": "str",
    "stratum_size": "int32",
    "weight": "float64",
    "text_sha256": "str",
}

#: One row per passage, of every role, with descriptive linguistics that no score reads; what `profile` returns.
PROFILE: Final[Schema] = {
    "post_id": "str",
    "passage": "int32",
    "role": "str",
    "language": "str",
    "words": "int32",
    "sentences": "int32",
    **dict.fromkeys(
        (
            *("sentence_length", "word_length", "syllables", "long_words", "polysyllables", "monosyllables"),
            *("lix", "wiener_1", "wiener_2", "wiener_3", "wiener_4", "flesch_amstad", "mattr"),
            *("first_singular", "first_plural", "second", "formal_address", "third", "questions", "exclamations"),
            *("nouns", "names", "full_verbs", "modals", "nouns_per_verb", "nominalisations", "imperatives"),
            *("present", "past", "subjunctive_2", "perfect", "passive", "stative_passive"),
        ),
        "float32",
    ),
    "error": "str",
}

#: Columns that a frame may lack, and what stands in them then.
_OPTIONAL: Final = {"text_sha256": ""}

_SPARK_TYPES: Final = {
    "str": "string",
    "int16": "smallint",
    "int32": "int",
    "float32": "float",
    "float64": "double",
    "datetime64[us, UTC]": "timestamp",
}


def empty(schema: Schema) -> pd.DataFrame:
    """Make a frame of `schema` without rows.

    Parameters
    ----------
    schema : dict of str to str
        Column name to dtype, as `POSTS`, `PASSAGES` or `SCORES`.

    Returns
    -------
    pandas.DataFrame
        Zero rows, all columns, the right dtypes.

    Examples
    --------
    >>> from cluetrain_nlp import schema
    >>> schema.empty(schema.SCORES).shape
    (0, 16)
    """
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in schema.items()})


def with_optional(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Add the columns of `schema` that a frame need not have.

    Parameters
    ----------
    frame : pandas.DataFrame
    schema : dict of str to str
        Column name to dtype.

    Returns
    -------
    pandas.DataFrame
        `frame`, with an empty `text_sha256` where `schema` has it and `frame` has not: codes that were not read by
        `read_coding` have no hashes.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> schema.with_optional(pd.DataFrame({"coder": ["A"]}), schema.CODED).columns.tolist()
    ['coder', 'text_sha256']
    """
    missing = {name: value for name, value in _OPTIONAL.items() if name in schema and name not in frame.columns}
    return frame.assign(**missing) if missing else frame


def conform(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Bring `frame` to exactly the columns, order and dtypes of `schema`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Must hold every column of `schema` but those that `with_optional` adds; other columns are dropped.
    schema : dict of str to str
        Column name to dtype.

    Returns
    -------
    pandas.DataFrame
        A new frame with a fresh `RangeIndex`.

    Raises
    ------
    PostError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> schema.conform(pd.DataFrame({"b": [1.0], "a": [2]}), {"a": "int32"}).dtypes["a"].name
    'int32'
    """
    frame = with_optional(frame, schema)
    missing = [name for name in schema if name not in frame.columns]
    if missing:
        raise PostError(
            f"The frame lacks the column(s) {', '.join(missing)}; it has "
            f"{', '.join(map(str, frame.columns)) or 'none'}. Rename or add them."
        )
    return frame[list(schema)].astype(schema).reset_index(drop=True)


def ddl(schema: Schema) -> str:
    """Write `schema` as a Spark schema string.

    Parameters
    ----------
    schema : dict of str to str
        Column name to dtype.

    Returns
    -------
    str
        For example ``"post_id string, passage int"``.

    Examples
    --------
    >>> from cluetrain_nlp import schema
    >>> schema.ddl({"post_id": "str", "passage": "int32"})
    'post_id string, passage int'
    """
    return ", ".join(f"{name} {_SPARK_TYPES[dtype]}" for name, dtype in schema.items())
