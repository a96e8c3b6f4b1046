"""Commands on models: `train`, `evaluate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cluetrain_nlp.cli.app import app, err, out, print_frame

if TYPE_CHECKING:
    from cluetrain_nlp.training.evaluate import Figures

__all__ = ["evaluate", "train"]


@app.command(rich_help_panel="Models")
def train(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for the model; the bundled one's by default.")
    ] = None,
) -> None:
    """Train the model anew on the corpus in models/corpus."""
    from cluetrain_nlp.training.release import train as run

    with err.status("training, some minutes"):
        figures = run(output)
    _print_figures(figures)


@app.command(rich_help_panel="Models")
def evaluate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Coded passages, JSONL: text, theses, stance, voice. The corpus's test split by default."),
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of a model; the bundled one by default.")] = None,
    details: Annotated[
        bool, typer.Option("--details", help="Add calibration, and figures by theme, genre and writer.")
    ] = False,
) -> None:
    """Measure a model on coded passages that it was not trained on, beside simple methods."""
    from cluetrain_nlp.classifier.artefact import load_model
    from cluetrain_nlp.training import evaluate as measuring
    from cluetrain_nlp.training.corpus import read_coded, read_corpus
    from cluetrain_nlp.training.train import encode

    judge, train = load_model(model), read_corpus()
    sets = {str(file): read_coded(file) for file in files or []} or {"the corpus's test split": read_corpus(["test"])}
    for name, coded in sets.items():
        out.print(name, style="bold", markup=False)
        examples = encode(coded)
        judged = measuring.judge(judge, examples)
        _print_figures(measuring.evaluate(coded, judged, judge.theses) | measuring.baselines(train, examples, judge))
        if details:
            for title, frame in measuring.details(coded, judged, judge.theses).items():
                print_frame(title, frame)


def _print_figures(figures: "Figures") -> None:
    for head, values in figures.items():
        table = Table(title=head, title_justify="left", box=None, pad_edge=False)
        for name in ("figure", "value", "95 % interval"):
            table.add_column(name, justify="left" if name == "figure" else "right")
        for name, value in values.items():
            interval = values.get(f"{name}_ci")
            if isinstance(value, list):
                continue
            spread = f"{interval[0]:.3f} to {interval[1]:.3f}" if isinstance(interval, list) else ""
            table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value), spread)
        out.print(table)
        out.print()
