"""Rebuild the builtin German pipeline from a folder of DocBins.

    python build.py CORPUS WORK OUT [--max-steps N]

CORPUS holds train_ge.spacy, train_s1.spacy, train_s2.spacy and stop.spacy (README.md says how each is made).
WORK gets the vectors, the lemma table and both stages; OUT the finished pipeline. --max-steps 20 tries the
whole chain in a few minutes.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from spacy.cli.train import train

HERE = Path(__file__).parent


def run(script: str, *arguments: Path) -> None:
    """Run a script of this folder; its failure ends the build."""
    subprocess.run([sys.executable, str(HERE / script), *map(str, arguments)], check=True)  # noqa: S603


def main() -> None:
    """Make the vectors and the lemma table, train twice, trim."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--max-steps", type=int, help="steps of each stage (default: what its config says)")
    options = parser.parse_args()
    corpus, work = options.corpus, options.work
    work.mkdir(parents=True, exist_ok=True)

    vectors, lemma_table = work / "vectors", work / "lemma_table.json.gz"
    if not vectors.exists():
        run("vectors.py", vectors)
    if not lemma_table.exists():
        run("lemma_table.py", corpus / "train_ge.spacy", lemma_table)
    for stage in (1, 2):
        overrides: dict[str, object] = {
            "paths.train": str(corpus / f"train_s{stage}.spacy"),
            "paths.dev": str(corpus / "stop.spacy"),
            "paths.vectors": str(vectors),
        }
        if stage == 2:
            overrides["paths.stage1"] = str(work / "stage1" / "model-best")
        if options.max_steps:
            overrides |= {"training.max_steps": options.max_steps, "training.eval_frequency": options.max_steps}
        train(HERE / f"config_stage{stage}.cfg", work / f"stage{stage}", overrides=overrides)
    run("trim.py", work / "stage2" / "model-best", lemma_table, options.out)


if __name__ == "__main__":
    main()
