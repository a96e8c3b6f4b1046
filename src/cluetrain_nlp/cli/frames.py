"""How commands read the frames that other commands wrote: SCORES and CODED from .parquet, .csv or .jsonl."""

from pathlib import Path
from typing import TYPE_CHECKING

from cluetrain_nlp.errors import PostError

if TYPE_CHECKING:
    import pandas as pd

    from cluetrain_nlp.schema import Schema

__all__ = ["read_frame"]


def read_frame(path: Path, schema: "Schema") -> "pd.DataFrame":
    """Read a frame of a schema; columns beside it stay as they are. Only Parquet keeps `attrs`."""
    import pandas as pd

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
    missing = [name for name in schema if name not in frame.columns]
    if missing:
        raise PostError(
            f"{path} lacks the column(s) {', '.join(missing)}; it has {', '.join(map(str, frame.columns)) or 'none'}. "
            "Give a file that cluetrain wrote."
        )
    return frame.astype(schema)
