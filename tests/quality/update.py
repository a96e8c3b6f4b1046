"""Pin what the shipped model reaches on the corpus's test split: figures may rise, but not fall.

python tests/quality/update.py                      # after `cluetrain train`
python tests/quality/update.py --allow-regression   # where a fall is meant; say why in the commit
"""

import json
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path

from cluetrain_nlp.classifier.artefact import DEFAULT_MODEL, load_model
from cluetrain_nlp.training.corpus import corpus_sha256, read_corpus
from cluetrain_nlp.training.evaluate import evaluate, judge
from cluetrain_nlp.training.train import encode

FILE = Path(__file__).with_name("floors.json")
EPSILON = 0.0005
FIGURES = {
    "voice": ("spearman", "auc", "auc_ends", "calibration_error"),
    "tracking": ("top1", "top5", "mrr", "auc", "calibration_error"),
    "opposing": ("auc", "average_precision"),
}


@cache
def shipped():
    """Measure the shipped model on whole posts by writers whom it has never read."""
    model, tests = load_model(), read_corpus(["test"])
    found = evaluate(tests, judge(model, encode(tests)), model.theses)
    figures = {f"{head} {name}": found[head][name] for head, names in FIGURES.items() for name in names}
    return {"model": DEFAULT_MODEL, "corpus_sha256": corpus_sha256(), "figures": figures}


def trained_on():
    """Give the hash of the corpus that the shipped model was trained on."""
    config = json.loads((files("cluetrain_nlp.models") / DEFAULT_MODEL / "config.json").read_text(encoding="utf-8"))
    return config["sha256"]["corpus"]


def worse(pinned, measured):
    """Tell which figures are worse than pinned by more than `EPSILON`; of an error, more is worse."""
    found = []
    for name, floor in pinned["figures"].items():
        value = measured["figures"].get(name)
        sign = -1 if name.endswith("calibration_error") else 1
        if value is None or not sign * value >= sign * floor - EPSILON:
            found.append(f"{name} was {floor}, is {value}")
    return found


def ratchet(pinned, measured):
    """Give the figures to pin: the better one of each, so that epsilons do not add up to a fall."""
    better = {
        name: (min if name.endswith("calibration_error") else max)(value, pinned["figures"].get(name, value))
        for name, value in measured["figures"].items()
    }
    return {**measured, "figures": better}


def main():
    measured = shipped()
    pinned = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {**measured, "figures": {}}
    fallen = worse(pinned, measured)
    allowed = "--allow-regression" in sys.argv[1:]
    if fallen and not allowed:
        again = pinned["corpus_sha256"] == measured["corpus_sha256"]
        corpus = "on the same corpus" if again else "on another corpus, so the figures do not compare one to one"
        sys.exit(f"Worse than pinned, {corpus}:\n" + "\n".join(fallen) + "\nIf that is meant, add --allow-regression.")
    pins = measured if allowed else ratchet(pinned, measured)
    FILE.write_text(json.dumps(pins, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"pinned {len(pins['figures'])} figures of {pins['model']}\n")


if __name__ == "__main__":
    main()
