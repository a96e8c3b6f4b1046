"""The command `bundle`."""

from pathlib import Path
from typing import Annotated

import typer

from cluetrain_nlp.cli.app import POSTS, app, err, out
from cluetrain_nlp.cli.frames import read_frame
from cluetrain_nlp.errors import PostError

__all__ = ["bundle"]


@app.command(rich_help_panel="Results")
def bundle(
    scores: Annotated[Path, typer.Argument(help="Scores as .parquet, .csv or .jsonl; with --check, a bundle.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write, a .zip file.")] = None,
    posts: Annotated[Path | None, typer.Option(help=f"The posts, for dates, titles and groups: {POSTS}")] = None,
    by: Annotated[str | None, typer.Option(help="Column of scores or posts that makes groups.")] = None,
    coded: Annotated[Path | None, typer.Option(help="Codes as .parquet, .csv or .jsonl.")] = None,
    texts: Annotated[bool, typer.Option("--texts/--no-texts", help="Leave out everything that posts say.")] = True,
    check: Annotated[bool, typer.Option("--check", help="Compare the files of a bundle with its hashes.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output file.")] = False,
) -> None:
    """Pack scores, tables, report, methods section and hashes into one ZIP file, or check such a file."""
    from cluetrain_nlp import schema
    from cluetrain_nlp.posts.read import read_posts
    from cluetrain_nlp.show.bundle import check_bundle, write_bundle

    if check:
        manifest = check_bundle(scores)
        out.print(f"{scores}: {len(manifest['files'])} files as they were written", markup=False, highlight=False)
        return
    if output is None:
        raise PostError("There is no output; say where to write with -o bundle.zip, or add --check to check a bundle.")
    write_bundle(
        read_frame(scores, schema.SCORES),
        output,
        posts=None if posts is None else read_posts(posts),
        coded=None if coded is None else read_frame(coded, schema.CODED),
        by=by,
        texts=texts,
        overwrite=overwrite,
    )
    err.print(f"wrote {output}", markup=False, highlight=False)
