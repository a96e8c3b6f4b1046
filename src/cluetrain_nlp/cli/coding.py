"""Commands for coding by people: `plan`, `sample`, `collect`, `validate`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cluetrain_nlp.cli.app import app, check_output, err, out, print_frame
from cluetrain_nlp.cli.frames import add_columns, read_frame
from cluetrain_nlp.cli.options import CODED, POSTS_BESIDE, SCORES, Measure, Unit, words
from cluetrain_nlp.errors import PostError, ThesisError

if TYPE_CHECKING:
    from cluetrain_nlp.study.exchange import Tool

__all__ = ["collect", "plan", "sample", "validate"]


class Way(StrEnum):
    """How people code: in spreadsheets, or in another tool."""

    sheets = "sheets"
    label_studio = "label-studio"
    doccano = "doccano"
    prodigy = "prodigy"


_TOOLS: "Final[dict[Way, Tool]]" = {
    Way.label_studio: "label-studio",
    Way.doccano: "doccano",
    Way.prodigy: "prodigy",
}

ROLES = Annotated[str, typer.Option(help="Roles that count, such as body,comment.")]


@app.command(rich_help_panel="Coding and estimates")
def plan(
    scores: SCORES,
    width: Annotated[float, typer.Option(help="Width of the 95 % interval to be reached, from end to end.")] = 0.1,
    unit: Annotated[Unit, typer.Option(help="What will be drawn.")] = Unit.post,
    measure: Annotated[Measure, typer.Option(help="The share that is to be estimated.")] = Measure.tracks,
    thesis: Annotated[int | None, typer.Option(help="Thesis for tracks; any reported one by default.")] = None,
    roles: ROLES = "body",
) -> None:
    """Say how many posts or passages people should code."""
    from cluetrain_nlp import schema
    from cluetrain_nlp.study.planning import plan_coding

    frame = plan_coding(
        read_frame(scores, schema.SCORES),
        ci_width=width,
        unit=unit.value,
        measure=measure.value,
        thesis=thesis,
        roles=words(roles),
    )
    print_frame(f"{scores}: to be coded for intervals of {width:g}", frame)


@app.command(rich_help_panel="Coding and estimates")
def sample(
    scores: SCORES,
    n: Annotated[int, typer.Argument(help="How many units to draw.", min=1)],
    output: Annotated[Path, typer.Option("--output", "-o", help="A new folder for sheets or tasks, and the key.")],
    theses: Annotated[str, typer.Option(help="Numbers of the theses that coders are asked for; voice always is.")] = "",
    unit: Annotated[Unit, typer.Option(help="What is drawn; of a post, all counted passages are coded.")] = Unit.post,
    strata: Annotated[str, typer.Option(help="Columns that make strata: tracks, broadcast, score, or your own.")] = "",
    posts: POSTS_BESIDE = None,
    roles: ROLES = "body",
    coders: Annotated[str, typer.Option(help="Names of the coders, one sheet for each.")] = "A,B",
    way: Annotated[Way, typer.Option("--for", help="Write sheets, or tasks for another tool.")] = Way.sheets,
    seed: Annotated[int, typer.Option(help="The same seed draws the same sample.", min=0)] = 0,
) -> None:
    """Draw a random sample for coding, and write blinded sheets or tasks with a key to them."""
    from cluetrain_nlp import schema
    from cluetrain_nlp.study.coding import sample_for_coding
    from cluetrain_nlp.study.exchange import write_tasks
    from cluetrain_nlp.study.sheets import write_sheets

    drawn = sample_for_coding(
        add_columns(read_frame(scores, schema.SCORES), posts),
        n,
        unit=unit.value,
        theses=_numbers(theses),
        strata=words(strata),
        roles=words(roles),
        seed=seed,
    )
    if way is Way.sheets:
        paths = write_sheets(drawn, output, coders=words(coders))
    else:
        paths = write_tasks(drawn, output, tool=_TOOLS[way])
    for path in paths:
        out.print(str(path), markup=False, highlight=False)
    err.print(f"{len(drawn)} passages to code; keep key.csv from the coders", highlight=False)


@app.command(rich_help_panel="Coding and estimates")
def collect(
    files: Annotated[list[Path], typer.Argument(help="Filled sheets, a folder of them, or exports of another tool.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write: .parquet, .csv or .jsonl.")],
    key: Annotated[Path | None, typer.Option(help="The key; key.csv in the folder by default.")] = None,
    way: Annotated[Way, typer.Option("--from", help="Read sheets, or exports of another tool.")] = Way.sheets,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output file.")] = False,
) -> None:
    """Check what coders gave back, and put it into one file of codes."""
    from cluetrain_nlp.adapters.batch import open_sink
    from cluetrain_nlp.study.exchange import read_export
    from cluetrain_nlp.study.sheets import read_coding

    check_output(output, files[0], overwrite)
    if way is Way.sheets:
        coded = read_coding(files, key)
    elif key is None:
        raise PostError("There is no key; give the key.csv that was written with the tasks, --key key.csv.")
    else:
        coded = read_export(files, key, tool=_TOOLS[way])
    with open_sink(output) as write:
        write(coded)
    for coder, count in coded.attrs["not_coded"].items():
        if count:
            err.print(f"coder {coder} left {count} passage(s) without any code", style="yellow", markup=False)
    err.print(f"wrote {len(coded)} rows to {output}", markup=False, highlight=False)


@app.command(rich_help_panel="Coding and estimates")
def validate(
    scores: SCORES,
    coded: CODED,
    threshold: Annotated[float, typer.Option(help="From which probability on the machine says yes.")] = 0.5,
    by: Annotated[str | None, typer.Option(help="Column by which the machine's error is compared.")] = None,
    posts: POSTS_BESIDE = None,
) -> None:
    """Compare the machine with people, and people with each other; show calibration, and drift of the error."""
    from cluetrain_nlp import schema
    from cluetrain_nlp.study import validation

    frame = add_columns(read_frame(scores, schema.SCORES), posts)
    codes = read_frame(coded, schema.CODED)
    table = validation.validate(frame, codes, threshold=threshold)
    print_frame("The machine against people, and people against each other", table)
    for measure in table["label"].unique():
        reliable = validation.reliability(frame, codes, measure=measure)
        print_frame(f"Calibration of {measure} (mean distance {reliable.attrs['ece']:.3f})", reliable)
        if by is not None:
            print_frame(f"Error of {measure} by {by}", validation.drift(frame, codes, by, measure=measure))


def _numbers(text: str) -> list[int]:
    try:
        return [int(word) for word in words(text)]
    except ValueError as error:
        raise ThesisError(f"theses are {text!r}; expected numbers, such as 3,62.") from error
