"""How commands read the frames that other commands wrote: SCORES and CODED from .parquet, .csv or .jsonl.

Columns of posts are added to scores here, too.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from cluetrain_nlp.errors import PostError

if TYPE_CHECKING:
    import pandas as pd

    from cluetrain_nlp.schema import Schema

__all__ = ["add_columns", "read_frame"]


def read_frame(path: Path, schema: "Schema") -> "pd.DataFrame":
    """Read a frame of a schema; columns beside it stay as they are. Only Parquet keeps `attrs`."""
    import pandas as pd

    from cluetrain_nlp.schema import with_optional

    text = {name: "str" for name, dtype in schema.items() if dtype == "str"}
    try:
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
        elif path.suffix == ".csv":
            # "NA" may be a text or an id; only numbers can be missing.
            frame = pd.read_csv(
                path, dtype=text, keep_default_na=False, na_values=dict.fromkeys(set(schema) - set(text), "")
            )
        elif path.suffix == ".jsonl":
            frame = pd.read_json(path, lines=True, dtype=False)
        else:
            raise PostError(f"{path} ends in {path.suffix!r}; expected .parquet, .csv or .jsonl.")
    except (OSError, UnicodeDecodeError) as error:
        raise PostError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    except ValueError as error:
        if isinstance(error, PostError):
            raise
        raise PostError(f"{path} cannot be read: {error}. Expected a file that cluetrain wrote.") from error
    frame = with_optional(frame, schema)
    missing = [name for name in schema if name not in frame.columns]
    if missing:
        raise PostError(
            f"{path} lacks the column(s) {', '.join(missing)}; it has {', '.join(map(str, frame.columns)) or 'none'}. "
            "Give a file that cluetrain wrote."
        )
    return frame.astype(schema)


def add_columns(scores: "pd.DataFrame", posts: Path | None) -> "pd.DataFrame":
    """Add the further columns of a file of posts, such as company, to their scores."""
    if posts is None:
        return scores
    from cluetrain_nlp.posts.read import read_posts
    from cluetrain_nlp.study.joining import join_posts

    frame = read_posts(posts)
    if len(scores) and not scores["post_id"].isin(frame["post_id"]).any():
        raise PostError(
            f"{posts} has none of the posts that were scored, such as {scores['post_id'].iloc[0]!r}. Give the posts "
            "that the scores are of."
        )
    return join_posts(scores, frame, list(frame.columns))
