"""The methods section: what the run tells is in it, what it does not tell is named as unknown, and nothing else."""

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, CluetrainWarning
from cluetrain_nlp.scoring import score
from cluetrain_nlp.show.citation import bibtex
from cluetrain_nlp.show.methods import methods
from cluetrain_nlp.study.estimates import estimate
from cluetrain_nlp.study.groups import by


@pytest.fixture(scope="module")
def scores(posts, model):
    return score(posts, model=model)


def made(posts=40, **attrs):
    """Scores without texts, one passage a post, thesis 3 alone."""
    row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "language": "de", "error": "", "thesis": 3, "rank": 1}
    numbers = np.linspace(0.05, 0.95, posts)
    rows = [row | {"post_id": f"p{n:02}", "tracks": p, "broadcast": 1 - p} for n, p in enumerate(numbers)]
    frame = schema.conform(pd.DataFrame(rows), schema.SCORES)
    frame.attrs = {
        "cluetrain_nlp": "9.8.7",
        "model": "toy-1.2.3",
        "model_sha256": "a" * 64,
        "theses_sha256": "b" * 64,
        "encoder": "toy 4",
        "pipeline": "de_toy 5",
        "unit": "passage",
    } | attrs
    return frame


def codes(coders=("A", "B"), weight=2.0):
    rows = [
        {
            "post_id": f"p{number:02}",
            "passage": 0,
            "coder": coder,
            "thesis": 3,
            "grade": 3.0 * (number > 20),
            "stance": "supports" if number > 20 else "",
            "voice": 4.0 * (number < 20),
            "unit": "post",
            "stratum": "all",
            "stratum_size": 40,
            "weight": weight,
        }
        for number in range(0, 40, 2)
        for coder in coders
    ]
    coded = schema.conform(pd.DataFrame(rows), schema.CODED)
    coded.attrs["design"] = {"unit": "post", "n": 20, "N": 40, "seed": 7, "strata": [], "roles": ["body"]}
    return coded


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_the_run_says_of_itself_is_there(language):
    text = methods(made(), language=language)
    for told in ("9.8.7", "toy-1.2.3", "aaaaaaaaaaaa…", "bbbbbbbbbbbb…", "toy 4", "de_toy 5", "40 "):
        assert told in text, told
    assert "{" not in text
    assert "None" not in text


def test_measured_figures_stand_there_only_for_the_model_that_scored(scores, model):
    figure = model.metrics["test voice"]["auc"]
    assert f"{figure:.2f}" in methods(scores, language="en")
    other = methods(made(), language="en")
    assert "No measured figures" in other
    assert "AUC" not in other


def test_theses_are_told_apart(scores, model, posts):
    assert "die 95" not in methods(made())
    assert "95 Thesen" in methods(scores)
    some = score(posts, theses=[3, 62], top=None, model=model)
    assert "den Thesen 3, 62 des Cluetrain-Manifests" in methods(some)
    assert "berichtete Thesen: 3" in methods(made())
    assert "höchstens die 3" in methods(scores)
    assert "höchstens" not in methods(some)


def test_counts_are_those_of_the_tables_and_reasons_are_named():
    frame = made()
    frame.loc[0, "role"] = "comment"
    frame.loc[1, "broadcast"] = np.nan
    frame.loc[2, ["passage", "error"]] = [-1, "The text is empty."]
    text = methods(frame, language="en")
    assert "rest on 37 passages from 37 posts, out of 39 passages from 40 posts (roles: body)" in text
    for reason in ("1 post without a scored passage", "1 passage of other roles", "1 passage in languages other"):
        assert reason in text
    assert "errors" not in text
    assert "38 passages" in methods(frame, roles=("body", "comment"), language="en")


def test_lost_attrs_are_named_and_warned_about():
    frame = made()
    del frame.attrs["model"], frame.attrs["pipeline"]
    with pytest.warns(CluetrainWarning, match="do not say their model, pipeline") as caught:
        text = methods(frame, language="en")
    assert caught[0].filename == __file__
    assert "model not recorded" in text
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        methods(made())


def test_sample_and_agreement_come_from_the_codes():
    text = methods(made(), coded=codes(), language="en")
    assert "20 passages from 20 posts were coded by hand (2 people)" in text
    assert "a simple random sample of 20 out of 40 posts (seed 7)" in text
    assert "tracks the thesis 1.00 [" in text
    alone = methods(made(), coded=codes(["A"]), language="de")
    assert "α" not in alone
    assert "nur eine Person" in alone


def test_a_sample_that_is_none_is_called_so():
    text = methods(made(), coded=codes(weight=np.nan), language="en")
    assert "no probability sample" in text
    assert "random sample of" not in text


def test_intervals_are_those_of_the_tables_that_are_reported():
    frame, coded = made(), codes()
    group = by(frame.assign(company="Quendel"), "company")
    corrected = estimate(frame, coded, measure="tracks", level=0.9)
    raw = methods(frame, tables=[group, group], language="en")
    assert raw.count("bootstrap over whole posts") == 1
    assert "Here no coded sample corrects them" in raw
    both = methods(frame, coded=coded, tables=[group, corrected], language="en")
    assert "90% confidence intervals, for the posts of this corpus" in both
    assert "corrects them" not in both


def test_hostile_attrs_stay_on_their_line():
    text = methods(made(model="x\n\n# Heading\n{unit}" + "y" * 10_000))
    assert "\n# Heading" not in text
    assert len(text) < 5000


def test_another_language_is_refused():
    with pytest.raises(CluetrainError, match="expected one of de, en"):
        methods(made(), language="fr")


def test_an_empty_run_is_described_too():
    empty = schema.empty(schema.SCORES)
    empty.attrs = made().attrs
    assert "0 Passagen aus 0 Posts" in methods(empty)


def test_bibtex_is_balanced_and_names_what_is_cited():
    text = bibtex("1.2.3")
    assert text.count("{") == text.count("}")
    for key in ("cluetrain_nlp", "levine1999cluetrain", "egami2023imperfect", "krippendorff2019content"):
        assert f"{{{key}," in text
    assert "version = {1.2.3}" in text
    assert "version = {" in bibtex()


def test_the_year_is_that_of_the_release():
    """`CITATION.cff` gets its date with the release; from then on the entry must have the same year."""
    citation = (Path(__file__).parents[1] / "CITATION.cff").read_text(encoding="utf-8")
    released = re.search(r"^date-released: *['\"]?(\d{4})", citation, re.M)
    year = re.search(r"@software\{.*?year = \{(\d{4})\}", bibtex(), re.S)
    assert year
    assert released is None or released[1] == year[1]
    assert f"version = {{{re.search(r'^version: *(.+)$', citation, re.M)[1]}}}" in bibtex()
