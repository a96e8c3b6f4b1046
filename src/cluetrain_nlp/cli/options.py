"""Choices and arguments that several commands have, and how their texts are understood."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["CODED", "POSTS_BESIDE", "SCORES", "Measure", "Unit", "words"]


class Unit(StrEnum):
    """Passages, or whole posts."""

    passage = "passage"
    post = "post"


class Measure(StrEnum):
    """The label that is asked about."""

    tracks = "tracks"
    broadcast = "broadcast"


SCORES = Annotated[
    Path, typer.Argument(help="Scores of the whole corpus: .parquet, .csv or .jsonl, as cluetrain score writes them.")
]
CODED = Annotated[Path, typer.Argument(help="Codes of a sample of it, as from collect: .parquet, .csv or .jsonl.")]
POSTS_BESIDE = Annotated[
    Path | None, typer.Option(help="Posts whose further columns, such as company, are joined to the scores by post_id.")
]


def words(text: str | None) -> list[str]:
    """Cut what is written with commas."""
    return [word.strip() for word in (text or "").split(",") if word.strip()]
