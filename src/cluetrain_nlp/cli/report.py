"""The command `report`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cluetrain_nlp.cli.app import POSTS, app, check_output, err
from cluetrain_nlp.cli.frames import read_frame

__all__ = ["report"]


class Language(StrEnum):
    """What the report is written in."""

    de = "de"
    en = "en"


@app.command(rich_help_panel="Results")
def report(
    scores: Annotated[Path, typer.Argument(help="Scores as .parquet, .csv or .jsonl.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write, a .html file.")],
    posts: Annotated[Path | None, typer.Option(help=f"The posts, for dates, titles and groups: {POSTS}")] = None,
    by: Annotated[str | None, typer.Option(help="Column of scores or posts that makes groups.")] = None,
    coded: Annotated[Path | None, typer.Option(help="Codes as .parquet, .csv or .jsonl; shares are corrected.")] = None,
    language: Annotated[Language, typer.Option(help="Language of the report.")] = Language.de,
    title: Annotated[str | None, typer.Option(help="Heading of the report.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Count near-duplicate passages once.")] = False,
    texts: Annotated[bool, typer.Option("--texts/--no-texts", help="Leave out everything that posts say.")] = True,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output file.")] = False,
) -> None:
    """Write a report to look at: one HTML file that needs no network."""
    from cluetrain_nlp import schema
    from cluetrain_nlp.posts.read import read_posts
    from cluetrain_nlp.show.report import write_report
    from cluetrain_nlp.study.counting import count_once
    from cluetrain_nlp.study.duplicates import find_duplicates

    check_output(output, scores, overwrite)
    frame = read_frame(scores, schema.SCORES)
    if once:
        frame = count_once(frame, find_duplicates(frame))
    write_report(
        frame,
        output,
        posts=None if posts is None else read_posts(posts),
        by=by,
        coded=None if coded is None else read_frame(coded, schema.CODED),
        language=language.value,
        title=title,
        texts=texts,
        overwrite=overwrite,
    )
    err.print(f"wrote {output}", markup=False, highlight=False)
