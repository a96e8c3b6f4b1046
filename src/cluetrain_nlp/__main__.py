"""``python -m cluetrain_nlp``: the same as the command ``cluetrain``."""

from cluetrain_nlp.cli import main

main()
