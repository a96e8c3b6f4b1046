"""Writing a stream of scores to one file: constant memory, and no half-written result under the final name."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pandas as pd

from cluetrain_nlp.errors import PostError

__all__ = ["FORMATS", "open_sink"]

Sink = Callable[[pd.DataFrame], None]

#: What can be written, by file name.
FORMATS: Final = (".parquet", ".csv", ".jsonl")


@contextmanager
def open_sink(path: Path) -> Iterator[Sink]:
    """Open a file for frames that come one after the other.

    The frames are written beside the target, under its name with ``.part``; only when all are written does the file
    take its name, replacing one that was there. After an error the target is as it was.

    Parameters
    ----------
    path : pathlib.Path
        Ends in .parquet, .csv or .jsonl. Parquet keeps the frame's ``attrs``. Its folder is made if missing.

    Yields
    ------
    callable
        Takes a frame; all frames must have the same columns.

    Raises
    ------
    PostError
        If the name ends otherwise, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from cluetrain_nlp.adapters.batch import open_sink
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "numbers.csv")
    ...     with open_sink(path) as write:
    ...         write(pd.DataFrame({"a": [1]}))
    ...         write(pd.DataFrame({"a": [2]}))
    ...     path.read_text().split()
    ['a', '1', '2']
    """
    if path.suffix not in FORMATS:
        raise PostError(f"{path} ends in {path.suffix!r}; scores can be written to {', '.join(FORMATS)}.")
    part = path.with_name(path.name + ".part")
    writing = {".parquet": _parquet, ".csv": _csv, ".jsonl": _jsonl}[path.suffix]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with writing(part) as sink:
            yield sink
        os.replace(part, path)
    except OSError as error:
        raise PostError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _parquet(path: Path) -> Iterator[Sink]:
    import pyarrow as pa
    from pyarrow import parquet

    writer: list[parquet.ParquetWriter] = []

    def write(frame: pd.DataFrame) -> None:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        if not writer:
            writer.append(parquet.ParquetWriter(path, table.schema))
        writer[0].write_table(table)

    try:
        yield write
    finally:
        for opened in writer:
            opened.close()


@contextmanager
def _csv(path: Path) -> Iterator[Sink]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield lambda frame: frame.to_csv(file, index=False, header=file.tell() == 0)


@contextmanager
def _jsonl(path: Path) -> Iterator[Sink]:
    with path.open("w", encoding="utf-8") as file:
        yield (
            lambda frame: (
                frame.to_json(file, orient="records", lines=True, force_ascii=False, double_precision=6)
                if len(frame)
                else None
            )
        )
