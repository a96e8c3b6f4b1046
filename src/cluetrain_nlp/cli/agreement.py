"""The command `agreement`."""

from pathlib import Path
from typing import Annotated

import typer

from cluetrain_nlp.cli.app import app, print_frame

__all__ = ["agreement"]


@app.command()
def agreement(
    file: Annotated[Path, typer.Argument(help="JSONL: the codes of each passage by two coders or more, under codes.")],
) -> None:
    """Measure how far coders agree: Krippendorff's alpha with 95 % bootstrap intervals over posts."""
    from cluetrain_nlp.classifier.theses import load_theses
    from cluetrain_nlp.study import agreement as measuring

    numbers = [thesis.number for thesis in load_theses()]
    print_frame(str(file), measuring.agreement(measuring.read_codes(file), numbers))
