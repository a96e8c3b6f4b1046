"""Find the files that a path, folder or glob pattern stands for."""

import glob
import os
from pathlib import Path
from typing import Final, NamedTuple

from cluetrain_nlp.errors import PostError

__all__ = ["FORMATS", "MARKDOWN", "TEXT", "Source", "find_sources"]

TEXT: Final = (".txt",)
MARKDOWN: Final = (".md", ".markdown")
#: What can be read, for errors.
FORMATS: Final = "a folder of .txt and .md files, a .txt, .md, CSV, JSONL or Parquet file, or a glob pattern"


class Source(NamedTuple):
    """A file of posts, and its path below what was asked for, written with /."""

    path: Path
    name: str


def find_sources(path: str | os.PathLike[str]) -> list[Source]:
    """Find the files of posts, in the order of their names.

    Parameters
    ----------
    path : str or path-like
        A file, a folder (searched with its sub-folders for .txt and .md files; what is hidden is
        skipped), or a glob pattern (``**`` crosses folders; folders that match are skipped).

    Returns
    -------
    list of Source
        At least one. Names are relative to the folder, to the fixed part of the pattern, or to the
        file's own folder, so that they do not depend on the working directory or the machine.

    Raises
    ------
    PostError
        If nothing is found.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from cluetrain_nlp.posts.sources import find_sources
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pathlib.Path(folder, "hallo.txt").touch()
    ...     [source.name for source in find_sources(folder)]
    ['hallo.txt']
    """
    root = Path(path)
    if root.is_dir():
        return _in_folder(root)
    if root.is_file():
        return [Source(root, root.name)]
    if root.exists():
        raise PostError(f"{root} is neither a file nor a folder. Give {FORMATS}.")
    if not glob.has_magic(os.fspath(path)):
        raise PostError(f"{root} does not exist. Give {FORMATS}.")
    return _matching(root)


def _in_folder(root: Path) -> list[Source]:
    found: list[Source] = []
    others: set[str] = set()
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in (Path(folder, name) for name in files if not name.startswith(".")):
            if file.suffix.lower() in TEXT + MARKDOWN:
                found.append(Source(file, file.relative_to(root).as_posix()))
            else:
                others.add(file.suffix or file.name)
    if not found:
        seen = f"only {', '.join(sorted(others)[:5])}" if others else "no files"
        raise PostError(
            f"The folder {root} holds no .txt or .md file ({seen}). Read a table by its own path, "
            f"or several by a pattern such as {root / '*.csv'}."
        )
    return sorted(found, key=lambda source: source.name)


def _matching(pattern: Path) -> list[Source]:
    magic = next(place for place, part in enumerate(pattern.parts) if glob.has_magic(part))
    base = Path(*pattern.parts[:magic])
    # A set, because a pattern with two ** finds a file more than once.
    files = {Path(found) for found in glob.glob(str(pattern), recursive=True)}
    found = [Source(file, file.relative_to(base).as_posix()) for file in files if file.is_file()]
    if not found:
        raise PostError(f"No file matches the pattern {pattern}. Check it, and quote it in a shell.")
    return sorted(found, key=lambda source: source.name)
