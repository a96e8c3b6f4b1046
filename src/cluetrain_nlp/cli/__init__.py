"""The command line: parses and prints, computes nothing."""

import sys

# First, so that its commands stand first in the help.
from cluetrain_nlp.cli import score

# isort: split
from cluetrain_nlp.cli import agreement, bundle, coding, estimate, explain, report, training
from cluetrain_nlp.cli.app import app, err
from cluetrain_nlp.errors import CluetrainError

__all__ = ["agreement", "app", "bundle", "coding", "estimate", "explain", "main", "report", "score", "training"]


def main() -> None:
    """Run the command; exit with 0 when done, 1 when the input is at fault, 2 when the command line is."""
    try:
        app()
    except CluetrainError as error:
        err.print(f"error: {error}", style="red", markup=False, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("stopped", style="red")
        sys.exit(130)
