"""Corrected regression: against ppi_py, against group differences, and what it refuses."""

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, CluetrainWarning
from cluetrain_nlp.study.estimates import difference, estimate
from cluetrain_nlp.study.regression import regress
from cluetrain_nlp.study.survey import Sample, fit

POSTS, DRAWN = 600, 200


def corpus(seed=0):
    """SCORES of posts of one passage with firm and year, the voice that a reader hears, and a biased scorer."""
    random = np.random.default_rng(seed)
    firm = np.array(["A", "B"])[random.integers(0, 2, POSTS)]
    year = random.integers(2005, 2015, POSTS)
    chance = 0.2 + 0.2 * (firm == "B") + 0.04 * (year - 2005)
    loud = random.random(POSTS) < chance
    broadcast = (0.55 * loud + 0.3 * random.random(POSTS) + 0.1 * (firm == "A")).clip(0, 1)
    row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "thesis": 3}
    scores = pd.DataFrame([row] * POSTS).assign(
        post_id=[f"p{post:03}" for post in range(POSTS)], broadcast=broadcast, firm=firm, year=year, recent=year > 2009
    )
    return scores, pd.Series(np.where(loud, 3.5, 1.0), index=scores["post_id"])


SCORES, VOICE = corpus()


def code(voice, drawn):
    ids = voice.index[np.sort(drawn)]
    return pd.DataFrame(
        {
            "post_id": ids,
            "passage": 0,
            "coder": "A",
            "thesis": 0,
            "grade": np.nan,
            "stance": "",
            "voice": voice[ids].to_numpy(),
            "unit": "post",
            "stratum": "",
            "stratum_size": len(voice),
            "weight": len(voice) / len(ids),
        }
    )


CODED = code(VOICE, np.random.default_rng(1).choice(POSTS, DRAWN, replace=False))
EVERY = code(VOICE, np.arange(POSTS))


def least_squares(scores, outcome, columns):
    x = np.column_stack([np.ones(len(scores)), *columns]).astype(float)
    return np.linalg.lstsq(x, outcome, rcond=None)[0]


def test_what_is_coded_completely_gives_least_squares():
    table = regress(SCORES, EVERY, predictors=["firm", "year", "recent"], outcome="broadcast")
    assert table["term"].tolist() == ["intercept", "firm[B]", "year", "recent"]
    assert table["reference"].tolist() == ["", "A", "", ""]
    columns = [SCORES["firm"] == "B", SCORES["year"], SCORES["recent"]]
    assert table["estimate"].tolist() == pytest.approx(least_squares(SCORES, VOICE.to_numpy() >= 3, columns), abs=1e-8)
    assert table["naive"].tolist() == pytest.approx(least_squares(SCORES, SCORES["broadcast"], columns), abs=1e-4)
    assert table["se"].max() == pytest.approx(0, abs=1e-9)


def test_one_group_against_another_is_their_difference():
    table = regress(SCORES, CODED, predictors=["firm"], outcome="broadcast").set_index("term")
    pair = difference(SCORES, CODED, by="firm", measure="broadcast").iloc[0]
    groups = estimate(SCORES, CODED, by="firm", measure="broadcast")
    assert table.loc["firm[B]", "estimate"] == pytest.approx(-pair["estimate"])
    assert table.loc["firm[B]", "se"] == pytest.approx(pair["se"])
    assert table.loc["intercept", "estimate"] == pytest.approx(groups["estimate"][0])
    assert table.attrs["estimates"]["lam"] == pytest.approx(groups["lam"][0])
    assert table.attrs["estimates"]["n_coded"] == DRAWN


def test_bias_by_group_is_taken_out():
    """The scorer hides most of what the firms differ by."""
    table = regress(SCORES, CODED, predictors=["firm", "year"], outcome="broadcast").set_index("term")
    truth = least_squares(SCORES, VOICE.to_numpy() >= 3, [SCORES["firm"] == "B", SCORES["year"]])
    firm = table.loc["firm[B]"]
    assert firm["low"] < truth[1] < firm["high"]
    assert firm["naive"] < firm["low"]
    assert (table["se"] < table["classical_se"]).all()
    assert table.loc["year", "p"] < 0.001
    wider = regress(SCORES, CODED, predictors=["firm", "year"], outcome="broadcast", population="superpopulation")
    assert (wider["se"].to_numpy() > table["se"].to_numpy()).all()


def test_scale_and_origin_of_a_predictor_do_not_matter():
    later = SCORES.assign(year=SCORES["year"] * 1000 + 7)
    plain, scaled = (
        regress(scores, CODED, predictors=["firm", "year"], outcome="broadcast").set_index("term")
        for scores in (SCORES, later)
    )
    assert scaled.loc["year", "estimate"] * 1000 == pytest.approx(plain.loc["year", "estimate"])
    assert scaled.loc["year", "se"] * 1000 == pytest.approx(plain.loc["year", "se"])
    assert scaled.loc["year", "p"] == pytest.approx(plain.loc["year", "p"])
    assert scaled.loc["firm[B]", "se"] == pytest.approx(plain.loc["firm[B]", "se"])


def test_labels_that_hardly_differ_are_warned_of():
    few = CODED.assign(voice=np.where(CODED["post_id"].isin(CODED["post_id"].head(3)), 4.0, 1.0))
    with pytest.warns(CluetrainWarning, match="in all 3 of 200 drawn units have the label"):
        regress(SCORES, few, predictors=["firm", "year"], outcome="broadcast")
    quiet = CODED.assign(voice=np.where(CODED["post_id"].map(firm_of()) == "B", CODED["voice"], 1.0))
    with pytest.warns(
        CluetrainWarning, match=r"sample, without firm\[B\] 0 of \d+ drawn units have the label\. Standard"
    ):
        regress(SCORES, quiet, predictors=["firm", "year"], outcome="broadcast")


def firm_of():
    return SCORES.drop_duplicates("post_id").set_index("post_id")["firm"]


def test_the_result_tells_how_coders_agree():
    both = pd.concat([CODED, CODED.assign(coder="B", voice=CODED["voice"].where(CODED["post_id"] > "p050", 4.0))])
    table = regress(SCORES, both, predictors=["firm"], outcome="broadcast")
    assert table.attrs["estimates"]["alpha"] == estimate(SCORES, both, measure="broadcast")["alpha"].iloc[0] < 1


def test_the_first_category_is_the_reference():
    scores = SCORES.assign(firm=pd.Categorical(SCORES["firm"], categories=["B", "A", "C"]))
    table = regress(scores, CODED, predictors=["firm"], outcome="broadcast")
    assert table["term"].tolist() == ["intercept", "firm[A]"]
    assert table["reference"].tolist() == ["", "B"]


def ppi_case(seed=2, labelled=150, copies=8):
    """A corpus whose regressors are those of the sample, several times over, so that both have the same Hessian."""
    random = np.random.default_rng(seed)
    x = np.column_stack([np.ones(labelled), random.normal(size=labelled), random.integers(0, 2, labelled)])
    every = np.tile(x, (copies, 1))
    prediction = every @ [0.3, 0.1, 0.2] + random.normal(0, 0.2, len(every))
    noise = random.normal(0, 0.3, labelled)
    # Errors that no regressor explains: where they are explained, ppi_py's interval is wider than it need be.
    noise -= x @ np.linalg.lstsq(x, noise, rcond=None)[0]
    return x, every, prediction, prediction[:labelled] + noise


def ours(x, every, prediction, label, **options):
    n, count = len(x), len(every)
    zero = np.zeros(n, dtype=np.int64)
    weight = np.full(n, count / n)
    sample = Sample(x, label, prediction[:n], weight, np.arange(n), zero, np.zeros(n))
    return fit(every.T @ every, every.T @ prediction, sample, **options)


def test_coefficients_are_those_of_ppi():
    from ppi_py import ppi_ols_pointestimate

    x, every, prediction, label = ppi_case()
    label = label + 0.2 * x[:, 1]
    for lam in (1.0, 0.4):
        theirs = ppi_ols_pointestimate(x, label, prediction[: len(x)], every, prediction, lam=lam)
        assert ours(x, every, prediction, label, lam=lam).estimate == pytest.approx(theirs, abs=1e-8)


def test_standard_errors_are_those_of_ppi():
    from ppi_py import ppi_ols_ci

    x, every, prediction, label = ppi_case()
    low, high = ppi_ols_ci(x, label, prediction[: len(x)], every, prediction, alpha=0.05, lam=1.0)
    theirs = (high - low) / 2 / 1.959963984540054
    errors = np.sqrt(np.diag(ours(x, every, prediction, label, lam=1.0).covariance))
    # Theirs adds the scatter of the predictions of the corpus, ours the correction for leverage.
    residual = prediction - every @ np.linalg.lstsq(every, prediction, rcond=None)[0]
    inverse = np.linalg.inv(every.T @ every)
    corpus_scatter = inverse @ (every * residual[:, None] ** 2).T @ every @ inverse
    assert np.sqrt(errors**2 + np.diag(corpus_scatter)) == pytest.approx(theirs, rel=0.03)


def test_standard_errors_are_the_spread_where_scores_err_with_a_predictor():
    """There `ppi_py` counts errors that the regression takes out, and its standard errors are too large."""
    from ppi_py import ppi_ols_ci

    random = np.random.default_rng(8)
    count, labelled, found = 1500, 200, []
    for _ in range(150):
        x = np.column_stack([np.ones(count), random.normal(size=count)])
        label = x @ [0.3, 0.1] + random.normal(0, 0.3, count)
        prediction = label + 0.2 * x[:, 1] + random.normal(0, 0.2, count)
        fitted = ours(x[:labelled], x, prediction, label[:labelled], lam=1.0, superpopulation=True)
        part = slice(labelled, None)
        low, high = ppi_ols_ci(
            x[:labelled], label[:labelled], prediction[:labelled], x[part], prediction[part], alpha=0.05, lam=1.0
        )
        theirs = (high[1] - low[1]) / 2 / 1.959963984540054
        found.append([fitted.estimate[1], np.sqrt(fitted.covariance[1, 1]), theirs])
    value, error, theirs = np.array(found).T
    assert error.mean() == pytest.approx(value.std(), rel=0.2)
    assert theirs.mean() > 1.25 * value.std()


def test_standard_errors_are_those_of_the_jackknife():
    x, every, prediction, label = ppi_case(labelled=40)
    fitted = ours(x, every, prediction, label, lam=0.0)
    left_out = np.array(
        [np.linalg.lstsq(np.delete(x, row, 0), np.delete(label, row), rcond=None)[0] for row in range(40)]
    )
    jackknife = 39 / 40 * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)
    assert np.diag(fitted.covariance) == pytest.approx(jackknife)


@pytest.mark.parametrize(
    ("scores", "options", "message"),
    [
        (SCORES, {"predictors": []}, "expected a list of different columns"),
        (SCORES, {"predictors": "firm"}, "expected a list of different columns"),
        (SCORES, {"predictors": ["firm", "firm"]}, "expected a list of different columns"),
        (SCORES, {"predictors": ["tracks"]}, "tracks is a prediction"),
        (SCORES, {"predictors": ["size"]}, "no column 'size'"),
        (SCORES.assign(one=1.0), {"predictors": ["one"]}, "In the corpus one is constant"),
        (SCORES.assign(age=2020 - SCORES["year"]), {"predictors": ["year", "age"]}, "follows from intercept, year"),
        (
            SCORES.assign(year=SCORES["year"].where(SCORES["year"] > 2006)),
            {"predictors": ["year"]},
            "year is missing for",
        ),
        (SCORES.assign(firm=["rare"] * 5 + ["A"] * (POSTS - 5)), {"predictors": ["firm"]}, "expected 10 or more"),
        (SCORES.assign(rare=[1] * 20 + [0] * (POSTS - 20)), {"predictors": ["rare"]}, "expected 10 or more"),
        (
            SCORES.assign(rare=pd.array([True] * 20 + [False] * (POSTS - 20), dtype="boolean")),
            {"predictors": ["rare"]},
            "expected 10 or more",
        ),
        (SCORES, {"predictors": ["firm"], "population": "all"}, "population is 'all'"),
        (SCORES, {"predictors": ["firm"], "level": 0}, "level is 0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_no_sense_is_refused(scores, options, message):
    with pytest.raises(CluetrainError, match=message):
        regress(scores, CODED, outcome="broadcast", **options)
