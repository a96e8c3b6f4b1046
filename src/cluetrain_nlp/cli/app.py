"""What all commands share: the application, its two consoles, and how frames and numbers are printed."""

import math
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cluetrain_nlp.errors import CluetrainWarning, PostError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["POSTS", "app", "check_output", "err", "number", "out", "plain", "print_frame"]

app = typer.Typer(
    help="How closely German text tracks the Cluetrain theses, and how much it merely broadcasts.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
# Piped into a file or a log, a table is as wide as its text wants.
out = Console(width=None if sys.stdout.isatty() else 120)
err = Console(stderr=True)

POSTS: Final = (
    "WordPress export, feed, HTML, Markdown, text, CSV, JSON, JSON Lines or Parquet; .gz or .zip of these; a folder "
    "or glob pattern; - for standard input."
)


@app.callback()
def _tell_warnings(context: typer.Context) -> None:
    context.with_resource(_warnings_on_stderr())


@contextmanager
def _warnings_on_stderr() -> Iterator[None]:
    """Print what the library warns of as a line, without the place in the code."""
    with warnings.catch_warnings():
        show = warnings.showwarning
        told: set[str] = set()

        def tell(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if not issubclass(category, CluetrainWarning):
                show(message, category, filename, lineno, file, line)
            elif str(message) not in told:
                told.add(str(message))
                err.print(f"warning: {message}", style="yellow", markup=False, highlight=False)

        warnings.showwarning = tell
        warnings.simplefilter("always", CluetrainWarning)
        yield


def check_output(output: Path | None, posts: Path, overwrite: bool) -> None:
    """Refuse an output that exists, unless it may be replaced, and one that is the input itself."""
    if output is None or not output.exists():
        return
    if not overwrite:
        raise PostError(f"{output} exists; add --overwrite to replace it, or choose another name.")
    if posts.exists() and output.samefile(posts):
        raise PostError(f"{output} is the file of posts itself; choose another name for the output.")


def number(value: float, digits: int = 2) -> str:
    """Write a number with fixed digits, a missing one as a dash."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def plain(text: object) -> str:
    """Keep rich from reading the posts' own square brackets as markup, and the terminal from obeying what they hold."""
    return escape("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(text)))


def print_frame(title: str, frame: "pd.DataFrame") -> None:
    """Print a whole frame as a table."""
    table = Table(title=plain(title), title_justify="left", box=None, pad_edge=False)
    for name in frame.columns:
        table.add_column(name, justify="left" if frame[name].dtype.kind == "O" else "right")
    for row in frame.itertuples(index=False):
        cells = (number(value, 3) if isinstance(value, float) else plain(value) for value in row)
        table.add_row(*cells)
    out.print(table)
    out.print()
