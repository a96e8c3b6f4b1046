"""Commands on single passages: `explain`, `kwic`."""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

from cluetrain_nlp.cli.app import app, check_output, err, number, out, plain, print_frame
from cluetrain_nlp.errors import PostError

__all__ = ["explain", "kwic"]


_PAGE: Final = """<!DOCTYPE html>
<html lang="de">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Explanation</title>
<style>:root {{ color-scheme: light dark; background: Canvas; color: CanvasText; }}</style></head>
<body><main><h1>Explanation</h1>{}</main></body>
</html>
"""


@app.command(rich_help_panel="Scores")
def explain(
    text: Annotated[str, typer.Argument(help="The passage, as one argument; - for standard input.")],
    thesis: Annotated[
        int | None, typer.Option(help="Number of the thesis; without it, how much the passage broadcasts is explained.")
    ] = None,
    theses: Annotated[Path | None, typer.Option(help="A file of your own theses.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write: parts as .csv or .jsonl, or .html to look at."),
    ] = None,
    moves: Annotated[
        bool, typer.Option("--moves", help="Leave out each sentence and the strongest words in turn.")
    ] = False,
    model: Annotated[Path | None, typer.Option(help="Folder of a model; the bundled one by default.")] = None,
    nlp: Annotated[str, typer.Option(help="German spaCy pipeline: auto, builtin, a package, a folder.")] = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output file.")] = False,
) -> None:
    """Explain a passage: what each word, sentence, measurement and example adds to the probability."""
    from cluetrain_nlp.adapters.batch import open_sink
    from cluetrain_nlp.classifier.theses import read_theses
    from cluetrain_nlp.show.explain import explain as run

    if output is not None and output.suffix not in (".csv", ".jsonl", ".html"):
        raise PostError(f"{output} is no name for an explanation; expected .csv, .jsonl or .html.")
    check_output(output, Path("-"), overwrite)
    passage = sys.stdin.read() if text == "-" else text
    why = run(passage, thesis=thesis, theses=None if theses is None else read_theses(theses), model=model, nlp=nlp)
    out.print(why)
    if moves:
        out.print()
        print_frame("Left out", why.moves[["change", "without", "what", "text"]])
    if output is None:
        return
    if output.suffix == ".html":
        try:
            output.write_text(_PAGE.format(why.to_html()), encoding="utf-8")
        except OSError as error:
            raise PostError(f"{output} cannot be written: {error.strerror}.") from error
    else:
        with open_sink(output) as write:
            write(why.parts)
    err.print(f"wrote {output}", markup=False, highlight=False)


@app.command(rich_help_panel="Scores")
def kwic(
    scores: Annotated[Path, typer.Argument(help="What cluetrain score wrote: .parquet, .csv or .jsonl.")],
    thesis: Annotated[int, typer.Option(help="Number of the thesis.")],
    count: Annotated[int, typer.Option("--number", help="How many passages.", min=1)] = 10,
    width: Annotated[int, typer.Option(help="How many characters of context on each side.", min=1)] = 40,
    theses: Annotated[
        Path | None, typer.Option(help="A file of your own theses, if posts were scored with it.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of a model; the bundled one by default.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write: .parquet, .csv or .jsonl.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output file.")] = False,
) -> None:
    """List the passages that track a thesis most, around the word that adds most."""
    from cluetrain_nlp import schema
    from cluetrain_nlp.adapters.batch import open_sink
    from cluetrain_nlp.classifier.theses import read_theses
    from cluetrain_nlp.cli.frames import read_frame
    from cluetrain_nlp.show.kwic import kwic as run

    check_output(output, scores, overwrite)
    own = None if theses is None else read_theses(theses)
    lines = run(read_frame(scores, schema.SCORES), thesis=thesis, n=count, width=width, theses=own, model=model)
    table = Table(box=None, pad_edge=False)
    for name in ("tracks", "broadcast", "left", "keyword", "right", "post"):
        table.add_column(name, justify="right" if name in ("tracks", "broadcast", "left") else "left")
    for row in lines.to_dict("records"):
        numbers = (number(row[name]) for name in ("tracks", "broadcast"))
        post = f"{row['post_id']} ({row['passage']}, {row['role']})"
        table.add_row(*numbers, *map(plain, (row["left"], row["keyword"], row["right"], post)))
    out.print(table)
    if output is not None:
        with open_sink(output) as write:
            write(lines)
        err.print(f"wrote {output}", markup=False, highlight=False)
