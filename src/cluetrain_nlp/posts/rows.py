"""What a reader yields for each post: a row, a row that could not be read, or the word that one was passed over."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

__all__ = ["COLUMNS", "LONGEST", "Bad", "Item", "Reader", "Row", "Skipped"]

#: The most characters of one post, and of one line of a table.
LONGEST: Final = 5_000_000
#: The most columns of a table, and of a frame.
COLUMNS: Final = 10_000

Row = dict[str, object]


class Bad(NamedTuple):
    """A post that could not be read: where it stands in its file, and why."""

    place: str
    why: str


class Skipped(NamedTuple):
    """A post that is not for the public, or no post at all: why it was passed over."""

    reason: str


Item = Row | Bad | Skipped

#: Takes a function that opens the file anew, and what it is called in errors.
Reader = Callable[[Callable[[], BinaryIO], str], Iterator[Item]]
