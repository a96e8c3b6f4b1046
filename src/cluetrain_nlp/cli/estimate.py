"""The commands `estimate` and `regress`: what holds of a corpus, from its scores and a coded sample."""

from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluetrain_nlp.cli.app import app, check_output, err, print_frame
from cluetrain_nlp.cli.frames import add_columns, read_frame
from cluetrain_nlp.cli.options import CODED, POSTS_BESIDE, SCORES, Measure, Unit, words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["estimate", "regress"]


class Population(StrEnum):
    """What the corpus stands for."""

    corpus = "corpus"
    superpopulation = "superpopulation"


@app.command(rich_help_panel="Coding and estimates")
def estimate(
    scores: SCORES,
    coded: CODED,
    measure: Annotated[Measure, typer.Option(help="Label: tracks or broadcast.")] = Measure.tracks,
    thesis: Annotated[int | None, typer.Option(help="Number of the thesis; any of the coded ones by default.")] = None,
    by: Annotated[str | None, typer.Option(help="Columns that make groups, such as company,year.")] = None,
    unit: Annotated[Unit, typer.Option(help="Shares of posts or of passages.")] = Unit.post,
    population: Annotated[Population, typer.Option(help="What the corpus stands for.")] = Population.corpus,
    level: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.95,
    posts: POSTS_BESIDE = None,
    differences: Annotated[bool, typer.Option("--differences", help="Compare the groups, each pair.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write: .parquet, .csv or .jsonl.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output file.")] = False,
) -> None:
    """Estimate shares: all predictions, corrected by a coded sample, with intervals."""
    from cluetrain_nlp.study import estimates

    check_output(output, scores, overwrite)
    keys = words(by)
    compute = estimates.difference if differences else estimates.estimate
    frame = compute(
        _read_scores(scores, posts),
        _read_coded(coded),
        by=keys,
        measure=measure.value,
        thesis=thesis,
        unit=unit.value,
        population=population.value,
        level=level,
    )
    label = measure.value if thesis is None else f"{measure.value}, thesis {thesis}"
    hidden = ["measure", "thesis", "unit", "correction", "classical_se"]
    _show(f"{label}: share of {unit.value}s", frame.drop(columns=hidden, errors="ignore"), frame, output)


@app.command(rich_help_panel="Coding and estimates")
def regress(
    scores: SCORES,
    coded: CODED,
    on: Annotated[str, typer.Option(help="Columns that are the predictors, such as company,year.")],
    measure: Annotated[Measure, typer.Option(help="Label: tracks or broadcast.")] = Measure.tracks,
    thesis: Annotated[int | None, typer.Option(help="Number of the thesis; any of the coded ones by default.")] = None,
    unit: Annotated[Unit, typer.Option(help="A row of the regression: posts or passages.")] = Unit.post,
    population: Annotated[Population, typer.Option(help="What the corpus stands for.")] = Population.corpus,
    level: Annotated[float, typer.Option(help="Level of the intervals.")] = 0.95,
    posts: POSTS_BESIDE = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write: .parquet, .csv or .jsonl.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output file.")] = False,
) -> None:
    """Regress a label on columns of the posts: least squares on all predictions, corrected by a coded sample."""
    from cluetrain_nlp.study import regression

    check_output(output, scores, overwrite)
    frame = regression.regress(
        _read_scores(scores, posts),
        _read_coded(coded),
        predictors=words(on),
        outcome=measure.value,
        thesis=thesis,
        unit=unit.value,
        population=population.value,
        level=level,
    )
    _show(f"{measure.value}, by {unit.value}", frame, frame, output)


def _read_scores(path: Path, posts: Path | None) -> "pd.DataFrame":
    from cluetrain_nlp import schema

    return add_columns(read_frame(path, schema.SCORES), posts)


def _read_coded(path: Path) -> "pd.DataFrame":
    from cluetrain_nlp import schema

    return read_frame(path, schema.CODED)


def _show(title: str, shown: "pd.DataFrame", frame: "pd.DataFrame", output: Path | None) -> None:
    from cluetrain_nlp.adapters.batch import open_sink

    print_frame(title, shown.loc[:, (shown.notna() & (shown != "")).any()])
    with open_sink(output) if output else nullcontext(None) as write:
        if write is not None:
            write(frame)
            err.print(f"wrote {len(frame)} rows to {output}", markup=False, highlight=False)
