"""Commands on posts: `score`, `passages`, `theses`."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cluetrain_nlp.cli.app import POSTS, app, check_output, err, number, out, plain, print_frame
from cluetrain_nlp.cli.options import Unit, words
from cluetrain_nlp.errors import ThesisError

if TYPE_CHECKING:
    import pandas as pd

    from cluetrain_nlp.classifier.theses import ThesisSet

__all__ = ["passages", "score", "theses"]

#: Posts that are read, scored and written at a time.
_BATCH = 64


@app.command(rich_help_panel="Scores")
def score(
    posts: Annotated[Path, typer.Argument(help=POSTS)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write: .parquet, .csv or .jsonl.")
    ] = None,
    theses: Annotated[
        str | None, typer.Option(help="Thesis numbers such as 1,62, or a file of your own theses.")
    ] = None,
    top: Annotated[int, typer.Option(help="How many theses a passage is reported with; 0 for all.", min=0)] = 3,
    unit: Annotated[Unit, typer.Option(help="Cut posts into passages, or take each text as one.")] = Unit.passage,
    model: Annotated[Path | None, typer.Option(help="Folder of a model; the bundled one by default.")] = None,
    nlp: Annotated[str, typer.Option(help="German spaCy pipeline: auto, builtin, a package, a folder.")] = "auto",
    text: Annotated[str, typer.Option(help="Column that holds the text.")] = "text",
    id_: Annotated[str, typer.Option("--id", help="Column that holds the post id.")] = "post_id",
    show: Annotated[int, typer.Option(help="How many of the highest and lowest scores to print.", min=0)] = 10,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output file.")] = False,
) -> None:
    """Score posts: one row per passage and reported thesis."""
    import pandas as pd

    from cluetrain_nlp import schema
    from cluetrain_nlp.adapters.batch import open_sink
    from cluetrain_nlp.posts.read import read_frames
    from cluetrain_nlp.scoring import score_frames
    from cluetrain_nlp.study.tables import by_post

    check_output(output, posts, overwrite)
    frames = read_frames(posts, size=_BATCH, text=text, id=id_)
    scored = score_frames(frames, theses=_theses(theses), top=top or None, unit=unit.value, model=model, nlp=nlp)
    posts_seen, extremes = [by_post(schema.empty(schema.SCORES))], schema.empty(schema.SCORES)
    rows = failed = 0
    with open_sink(output) if output else nullcontext(None) as write:
        for frame in _with_progress(scored):
            rows += len(frame)
            if write is not None:
                write(frame)
            if show:
                posts_seen.append(by_post(frame))
                extremes = _extremes(pd.concat([extremes, frame]), show)
            failed += int((frame["error"] != "").sum())
        if write is not None and not rows:
            write(schema.empty(schema.SCORES))  # a table without posts gives a table without scores
    if show:
        _print_posts(pd.concat(posts_seen))
        _print_passages(extremes, show)
    if failed:
        err.print(f"{failed} row(s) without numbers; the column error says why", style="yellow")
    if output is not None:
        err.print(f"wrote {rows} rows to {output}", markup=False, highlight=False)


@app.command(rich_help_panel="Scores")
def passages(
    posts: Annotated[Path, typer.Argument(help=POSTS)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write: .parquet, .csv or .jsonl.")
    ] = None,
    nlp: Annotated[str, typer.Option(help="German spaCy pipeline: auto, builtin, a package, a folder.")] = "auto",
    text: Annotated[str, typer.Option(help="Column that holds the text.")] = "text",
    id_: Annotated[str, typer.Option("--id", help="Column that holds the post id.")] = "post_id",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output file.")] = False,
) -> None:
    """Show how posts are cut: one row per passage of every role, nothing scored; prints how much of each role."""
    import pandas as pd

    from cluetrain_nlp import schema
    from cluetrain_nlp.adapters.batch import open_sink
    from cluetrain_nlp.posts.read import read_frames
    from cluetrain_nlp.scoring import passages as cut

    check_output(output, posts, overwrite)
    counted = schema.empty(schema.PASSAGES)[["role", "language"]].assign(passages=0, words=0)
    failed = read = 0
    with open_sink(output) if output else nullcontext(None) as write:
        for frame in _with_progress(cut(posts, nlp=nlp) for posts in read_frames(posts, _BATCH, text=text, id=id_)):
            if write is not None:
                write(frame)
            read += 1
            failed += int((frame["error"] != "").sum())
            whole = frame[frame["error"] == ""]
            words = whole["text"].map(lambda passage: len(passage.split()))
            counts = pd.concat([counted, whole[["role", "language"]].assign(passages=1, words=words)])
            counted = counts.groupby(["role", "language"], as_index=False).sum()
        if write is not None and not read:
            write(schema.empty(schema.PASSAGES))
    print_frame("Passages", counted)
    if failed:
        err.print(f"{failed} post(s) without passages; the column error says why", style="yellow")
    if output is not None:
        err.print(f"wrote {output}", markup=False, highlight=False)


@app.command(rich_help_panel="Scores")
def theses(
    file: Annotated[Path | None, typer.Argument(help="A file of your own theses; the 95 by default.")] = None,
    english: Annotated[bool, typer.Option("--english", help="Print the English statements.")] = False,
) -> None:
    """List the theses, and check a file of your own."""
    from cluetrain_nlp.classifier.theses import load_theses, read_theses

    table = Table("", "theme", "thesis", box=None, pad_edge=False)
    for thesis in load_theses() if file is None else read_theses(file):
        statement = (thesis.text_en or thesis.text_de) if english else thesis.statement
        table.add_row(str(thesis.number), thesis.theme, statement)
    out.print(table)


def _theses(option: str | None) -> "ThesisSet | list[int] | None":
    """Understand ``--theses``: numbers, or a file."""
    from cluetrain_nlp.classifier.theses import read_theses

    if option is None:
        return None
    parts = words(option)
    if parts and all(part.isdecimal() for part in parts):
        return [int(part) for part in parts]
    if not Path(option).exists():
        raise ThesisError(f"--theses is {option!r}: neither numbers such as 1,62 nor an existing file.")
    return read_theses(option)


def _with_progress(scored: "Iterator[pd.DataFrame]") -> "Iterator[pd.DataFrame]":
    """Pass frames on while a bar on stderr counts the posts."""
    columns = (SpinnerColumn(), TextColumn("scoring"), BarColumn(), TextColumn("{task.completed} posts"))
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True) as progress:
        task = progress.add_task("scoring", total=None)
        for frame in scored:
            yield frame
            progress.advance(task, frame["post_id"].nunique())


def _extremes(scores: "pd.DataFrame", count: int) -> "pd.DataFrame":
    """Keep the passages with the highest and the lowest scores, each with its most tracked thesis."""
    ordered = scores[(scores["rank"] == 1) & scores["score"].notna()].sort_values(
        "score", ascending=False, kind="stable"
    )
    return ordered if len(ordered) <= 2 * count else ordered.iloc[[*range(count), *range(-count, 0)]]


def _print_posts(posts: "pd.DataFrame") -> None:
    table = Table(
        title="Posts: means over what their authors wrote (role body)", title_justify="left", box=None, pad_edge=False
    )
    for name in ("post", "passages", "broadcast", "tracks", "score", "most tracked thesis"):
        table.add_column(name, justify="left" if name in ("post", "most tracked thesis") else "right")
    ordered = posts.sort_values("score", ascending=False, kind="stable")
    for post in ordered.to_dict("records"):
        numbers = (number(post[name]) for name in ("broadcast", "tracks", "score"))
        table.add_row(plain(post["post_id"]), str(post["n"]), *numbers, str(post["thesis"] or "–"))
    out.print(table)


def _print_passages(extremes: "pd.DataFrame", count: int) -> None:
    half = min(count, (len(extremes) + 1) // 2)
    for title, part in (
        ("Highest scores: take up a thesis and talk", extremes[:half]),
        ("Lowest scores: broadcast, and track nothing", extremes[half:][::-1]),
    ):
        table = Table(title=title, title_justify="left", box=None, pad_edge=False, expand=True)
        for name in ("score", "tracks", "broadcast", "thesis"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("role", no_wrap=True)
        table.add_column("passage", ratio=1, no_wrap=True, overflow="ellipsis")
        for row in part.to_dict("records"):
            numbers = (number(row[name]) for name in ("score", "tracks", "broadcast"))
            table.add_row(*numbers, str(row["thesis"]), row["role"], plain(" ".join(row["text"].split())))
        out.print()
        out.print(table)
