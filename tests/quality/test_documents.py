"""Documents of our own, labelled by hand, are read and cut as well as they were."""

import json
import runpy
from pathlib import Path

import pytest

quality = runpy.run_path(str(Path(__file__).with_name("documents.py")))
PINNED = json.loads(Path(__file__).with_name("documents.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def measured():
    return quality["measure"]()


def test_no_figure_has_fallen(measured):
    assert quality["worse"](PINNED, measured) == []


def test_the_labels_are_those_that_were_measured(measured):
    assert PINNED["support"] == measured["support"], "Pin anew: python tests/quality/documents.py --pin"


def test_every_format_and_every_role_is_there():
    documents = list(quality["documents"]())
    assert len(documents) >= 60
    suffixes = {path.suffix for path, _ in documents}
    assert suffixes >= {".html", ".txt", ".md", ".xml", ".json", ".jsonl", ".csv"}
    roles = {part["role"] for _, gold in documents for part in gold["segments"]}
    assert roles == set(quality["ROLES"])


@pytest.mark.parametrize("name", ["author", "published"])
def test_metadata_come_out_as_labelled(name):
    right = [
        str(quality["read_posts"](path).loc[0, name])[: len(gold[name])] == gold[name]
        for path, gold in quality["documents"]()
        if name in gold and path.suffix in (".xml", ".md")
    ]
    assert len(right) >= 15
    assert sum(right) >= 0.9 * len(right)


def test_of_pages_nothing_that_trafilatura_gives_is_lost():
    found = quality["pages"]()
    assert found["lost"] == 0
    assert found["ours"] >= found["trafilatura"] >= 0.9


def part(role, text, **more):
    return {"role": role, "text": text, "cites": "", **more}


def test_what_is_counted():
    gold = {
        "segments": [
            {"role": "body", "text": "eins zwei drei", "language": "de", "cites": [7]},
            {"role": "comment", "text": "vier fünf", "speaker": "Ulla", "language": "de"},
        ]
    }
    perfect = [
        part("body", "eins zwei drei", language="de", cites="7"),
        part("comment", "vier fünf", speaker="Ulla", language="de"),
    ]
    figures = quality["figures"](quality["compare"](gold, perfect))
    assert figures["body"] == figures["comment"] == figures["boundary"] == figures["speaker"] == figures["cites"] == 1
    # One word is lost, one is made up, and the boundary stands a word too early.
    wrong = [part("body", "eins zwei neu", language="de"), part("comment", "vier fünf", speaker="Uwe", language="en")]
    figures = quality["figures"](quality["compare"](gold, wrong))
    assert figures["body"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["speaker"] == figures["cites"] == 0
    assert figures["language"] == 0.5
