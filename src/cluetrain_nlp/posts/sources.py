"""Find the files that a path, folder, glob pattern or archive stands for."""

import glob
import gzip
import io
import os
import re
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Final, NamedTuple

from cluetrain_nlp.errors import PostError
from cluetrain_nlp.posts.rows import Bad

__all__ = ["FORMATS", "HTML", "MARKDOWN", "TEXT", "Source", "find_sources", "unpack"]

TEXT: Final = (".txt", ".text")
MARKDOWN: Final = (".md", ".markdown", ".mdown", ".mkd")
HTML: Final = (".html", ".htm", ".xhtml")
_TABLES: Final = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xml", ".rss", ".atom", ".rdf")
_PACKED: Final = (".gz", ".zip")
_READ: Final = TEXT + MARKDOWN + HTML + _TABLES + _PACKED
#: What can be read, for errors.
FORMATS: Final = (
    "a folder, a WordPress export or feed (XML), HTML, Markdown, .txt, CSV, JSON, JSON Lines or Parquet, "
    "a .gz or .zip of these, - for standard input, or a glob pattern"
)

#: A folder with one of these is the source of a site; only its posts count, not its templates or what it was built to.
_GENERATORS: Final = (
    "_config.yml", "_config.toml", "hugo.toml", "hugo.yaml", "hugo.json",
    ".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs",
)  # fmt: skip
#: Names that other programs use too count with one of these folders only.
_CONFIGS: Final = ("config.toml", "config.yaml", "config.yml")
_LAYOUTS: Final = ("content", "layouts", "themes", "archetypes")
_NO_POSTS: Final = frozenset(
    "_site _layouts _includes _sass _data _plugins themes layouts archetypes public static resources assets i18n data "
    "node_modules vendor".split()
)
_NO_POST_FILES: Final = frozenset("readme license licence contributing changelog code_of_conduct _index".split())
#: What browsers put beside a saved page.
_BY_PRODUCTS: Final = ("_files", "-Dateien", "-dateien", "_Dateien", ".files")

#: An archive that unpacks to more than this many times its size is no text, once it is larger than `_HARMLESS` bytes.
_RATIO: Final = 100
_HARMLESS: Final = 50_000_000
_MEMBERS: Final = 2_000_000
_DAMAGED: Final = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)


class Source(NamedTuple):
    """A file of posts: its path below what was asked for, written with /; what errors call it; how it is opened."""

    name: str
    where: str
    open: Callable[[], BinaryIO]
    size: int

    @property
    def suffix(self) -> str:
        """The extension in small letters, "" where there is none."""
        return PurePosixPath(self.name).suffix.lower()


def find_sources(path: str | os.PathLike[str]) -> list[Source]:
    """Find the files of posts, in the order of their names.

    Parameters
    ----------
    path : str or path-like
        A file; ``-`` for standard input; a folder, searched with its sub-folders for files of the formats that can be
        read (what is hidden is passed over, and so are the templates and the output of a Jekyll, Hugo or Eleventy site
        and the folders that browsers save beside a page); or a glob pattern (``**`` crosses folders).

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
    if os.fspath(path) == "-":
        return [_standard_input()]
    root = Path(path)
    if root.is_dir():
        return _in_folder(root)
    if root.is_file():
        return [_file(root, root.name)]
    if root.exists():
        raise PostError(f"{root} is neither a file nor a folder. Give {FORMATS}.")
    if not glob.has_magic(os.fspath(path)):
        raise PostError(f"{root} does not exist. Give {FORMATS}.")
    return _matching(root)


def unpack(source: Source) -> Iterator[Source | Bad]:
    """Give what a file holds: itself, what is compressed in it, or the files of a ZIP archive.

    Nothing is written to disk under a name from an archive.

    Parameters
    ----------
    source : Source

    Yields
    ------
    Source or Bad
        `Bad` stands for a member that cannot be read; the others follow.

    Raises
    ------
    PostError
        If the file as a whole cannot be opened.
    """
    with source.open() as file:
        start = file.read(4)
    if start.startswith(b"\x1f\x8b"):
        name = re.sub(r"\.gz$", "", source.name, flags=re.I)
        yield Source(name, source.where, lambda: _inflated(source), source.size)
    elif start.startswith(b"PK\x03\x04"):
        yield from _members(source)
    elif start.startswith((b"BZh", b"\xfd7zX", b"7z\xbc\xaf", b"Rar!", b"(\xb5/\xfd")):
        raise PostError(
            f"{source.where} is an archive of a kind that is not read. Unpack it, or pack it as .zip or .gz."
        )
    else:
        yield source


def _file(path: Path, name: str) -> Source:
    return Source(_printable(name), _printable(str(path)), lambda: path.open("rb"), path.stat().st_size)


def _standard_input() -> Source:
    # On disk, because some formats are read from their end, and an encoding is told from the whole.
    copy = tempfile.NamedTemporaryFile(prefix="posts-")  # noqa: SIM115 - lives as long as its source
    shutil.copyfileobj(sys.stdin.buffer, copy)
    copy.flush()
    return Source("-", "standard input", lambda: io.BufferedReader(_Piece(copy)), copy.tell())


class _Piece(io.RawIOBase):
    """One reading of a file that stays open, from its beginning."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._at = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == io.SEEK_CUR:
            offset, whence = self._at + offset, io.SEEK_SET
        self._at = self._file.seek(offset, whence)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._at)
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Bounded(io.RawIOBase):
    """What comes out of a compressed file, up to a bound; damage becomes an error that names the file."""

    def __init__(self, file: BinaryIO, packed: int, where: str, below: BinaryIO | None = None) -> None:
        self._file, self._where, self._below = file, where, below
        self._left = max(_HARMLESS, _RATIO * packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._file.read(len(buffer))
        except _DAMAGED as error:
            raise PostError(f"{self._where} is damaged or breaks off ({error}). Pack it again.") from error
        self._left -= len(data)
        if self._left < 0:
            raise PostError(
                f"{self._where} unpacks to more than {_RATIO} times its size, as no text does; the rest is not read. "
                "If it is what you want, unpack it yourself."
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        if self._below is not None:
            self._below.close()
        super().close()


def _inflated(source: Source) -> BinaryIO:
    packed = source.open()
    return io.BufferedReader(_Bounded(gzip.GzipFile(fileobj=packed), source.size, source.where, packed))  # type: ignore[arg-type]


def _members(source: Source) -> Iterator[Source | Bad]:
    with source.open() as file:
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGED as error:
            raise PostError(f"{source.where} is no whole ZIP archive ({error}). Pack it again.") from error
        infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
        names = {info.filename for info in infos}
        if "[Content_Types].xml" in names or ("mimetype" in names and _is_document(archive, source.where)):
            raise PostError(f"{source.where} is an office document or an e-book. Save it as text or HTML.")
        if len(infos) > _MEMBERS:
            raise PostError(f"{source.where} holds {len(infos)} files, more than {_MEMBERS}. Unpack it.")
        for info in infos:
            parts = PurePosixPath(info.filename.replace("\\", "/")).parts
            name = _printable(info.filename)
            where = f"{source.where}: {name}"
            if any(part.startswith((".", "__MACOSX")) for part in parts if part != ".."):
                continue
            if ".." in parts or info.filename.startswith(("/", "\\")) or ":" in parts[0]:
                yield Bad(name, f"{where} leads out of the archive. Pack it again with plain names.")
            elif info.flag_bits & 1:
                yield Bad(name, f"{where} is encrypted. Unpack the archive with its password.")
            elif PurePosixPath(*parts).suffix.lower() == ".zip":
                yield Bad(name, f"{where} is an archive inside an archive. Unpack it.")
            elif PurePosixPath(*parts).suffix.lower() in _READ:
                member = Source(_printable("/".join(parts)), where, _opener(archive, info, where), info.compress_size)
                try:
                    yield from unpack(member)
                except PostError as error:
                    yield Bad(name, str(error))


def _is_document(archive: zipfile.ZipFile, where: str) -> bool:
    with _opener(archive, archive.getinfo("mimetype"), f"{where}: mimetype")() as file:
        return file.read(40).startswith(b"application/")


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            member = archive.open(info)
        except _DAMAGED as error:
            raise PostError(f"{where} is damaged ({error}). Pack it again.") from error
        return io.BufferedReader(_Bounded(member, info.compress_size, where))  # type: ignore[arg-type]

    return opened


def _printable(name: str) -> str:
    return name.encode("utf-8", errors="replace").decode()


def _in_folder(root: Path) -> list[Source]:
    found: list[Source] = []
    others: set[str] = set()
    generated = any((root / name).is_file() for name in _GENERATORS) or (
        any((root / name).is_file() for name in _CONFIGS) and any((root / name).is_dir() for name in _LAYOUTS)
    )
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and not name.endswith(_BY_PRODUCTS) and not (generated and (name in _NO_POSTS))
        ]
        for file in (Path(folder, name) for name in files if not name.startswith(".")):
            suffix = file.suffix.lower()
            post = not generated or (suffix in MARKDOWN + HTML and file.stem.lower() not in _NO_POST_FILES)
            if suffix in _READ and post and file.is_file():
                found.append(_file(file, file.relative_to(root).as_posix()))
            else:
                others.add(file.suffix or file.name)
    if not found:
        seen = f"only {', '.join(sorted(others)[:5])}" if others else "no files"
        raise PostError(f"The folder {root} holds no file of posts ({seen}). Give {FORMATS}.")
    return sorted(found, key=lambda source: source.name)


def _matching(pattern: Path) -> list[Source]:
    magic = next(place for place, part in enumerate(pattern.parts) if glob.has_magic(part))
    base = Path(*pattern.parts[:magic])
    # A set, because a pattern with two ** finds a file more than once.
    files = {Path(found) for found in glob.glob(str(pattern), recursive=True)}
    found = [_file(file, file.relative_to(base).as_posix()) for file in files if file.is_file()]
    if not found:
        raise PostError(f"No file matches the pattern {pattern}. Check it, and quote it in a shell.")
    return sorted(found, key=lambda source: source.name)
