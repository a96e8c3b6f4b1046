"""Feed a reader with inputs that a fuzzer makes up: whatever they are, it gives rows or a PostError.

    python -m pip install '.[fuzz]'
    python fuzz/readers.py wxr -max_total_time=60
    python fuzz/readers.py all -max_total_time=60

Names: csv, feed, html, json, "json feed", jsonl, markdown, parquet, text, wxr; "cut" reads a text and cuts it into
passages; "all" runs one after the other. Other options are libFuzzer's. An input that breaks a reader is written to
the working directory; make a test of it in tests/test_hostile.py.
"""

import io
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cluetrain_nlp"]):
    from cluetrain_nlp.errors import PostError
    from cluetrain_nlp.passages.roles import blocks
    from cluetrain_nlp.posts.formats import READERS
    from cluetrain_nlp.posts.page import page_rows
    from cluetrain_nlp.posts.repair import repair
    from cluetrain_nlp.posts.rows import Bad, Skipped

TARGETS = {**READERS, "html": page_rows}
#: What the fuzzer begins with: the labelled documents of the tests.
DOCUMENTS = Path(__file__).parents[1] / "tests/data/documents"
SUFFIXES = {
    "wxr": ".xml",
    "feed": ".xml",
    "html": ".html",
    "markdown": ".md",
    "csv": ".csv",
    "jsonl": ".jsonl",
    "json": ".json",
    "json feed": ".json",
}


def read(name: str, data: bytes) -> None:
    """Read one input."""
    try:
        items = list(TARGETS[name](lambda: io.BytesIO(data), "input"))
    except PostError:
        return
    for item in items:
        if not isinstance(item, dict | Bad | Skipped):
            raise TypeError(f"{name} gave {type(item).__name__}")
        if isinstance(item, dict) and isinstance(text := item.get("text"), str):
            text.encode()


def cut(data: bytes) -> None:
    """Repair one input and cut it."""
    text = repair(data.decode(errors="ignore"))
    if repair(text) != text:
        raise ValueError("repairing twice is not repairing once")
    covered = "".join(text[block.start : block.end] for block in blocks(text))
    if "".join(covered.split()) != "".join(text.split()):
        raise ValueError("paragraphs do not cover the text")


def main() -> None:
    """Fuzz what the command line names."""
    name, *options = sys.argv[1:] or ["all"]
    logging.disable(logging.CRITICAL)
    if name == "all":
        for one in [*TARGETS, "cut"]:
            subprocess.run([sys.executable, __file__, one, *options], check=True)  # noqa: S603 - this very file
        return
    if name != "cut" and name not in TARGETS:
        sys.exit(f"no reader is called {name!r}; there are {', '.join(TARGETS)}, cut and all")
    with tempfile.TemporaryDirectory() as seeds:
        for document in DOCUMENTS.glob(f"*{SUFFIXES.get(name, '.txt')}"):
            shutil.copy(document, seeds)
        atheris.Setup([sys.argv[0], seeds, *options], cut if name == "cut" else lambda data: read(name, data))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
