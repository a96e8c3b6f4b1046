"""The command `agreement`."""

from pathlib import Path
from typing import Annotated

import typer

from cluetrain_nlp.cli.app import app, print_frame
from cluetrain_nlp.cli.frames import read_frame

__all__ = ["agreement"]


@app.command(rich_help_panel="Coding and estimates")
def agreement(
    file: Annotated[
        Path,
        typer.Argument(help="Codes as from collect, .parquet or .csv; or .jsonl with codes of several coders a line."),
    ],
) -> None:
    """Measure how far coders agree: Krippendorff's alpha with 95 % bootstrap intervals over posts."""
    from cluetrain_nlp import schema
    from cluetrain_nlp.classifier.theses import load_theses
    from cluetrain_nlp.study import agreement as measuring

    if file.suffix in (".parquet", ".csv"):
        table = measuring.agreement(read_frame(file, schema.CODED))
    else:
        table = measuring.agreement(measuring.read_codes(file), [thesis.number for thesis in load_theses()])
    print_frame(str(file), table)
