"""How much to code: plans, and whether intervals come out as wide as planned."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.planning import plan_coding

ROW = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "language": "de", "rank": 1}


def corpus(posts=40, passages=3, seed=0, theses=(3, 62)):
    """Posts of one to `passages` passages, each with a number for each thesis, and a company."""
    generator = np.random.default_rng(seed)
    rows = []
    for post in range(posts):
        for passage in range(1 + post % passages):
            broadcast, *tracks = generator.beta(1, 3, 1 + len(theses))
            for thesis, value in zip(theses, tracks, strict=True):
                numbers = {"broadcast": broadcast, "tracks": value, "score": value - broadcast, "thesis": thesis}
                named = {"post_id": f"p{post:03}", "passage": passage, "text": f"Text {post}, Absatz {passage}."}
                rows.append(ROW | numbers | named | {"company": "Nord" if post % 4 else "Süd"})
    return pd.DataFrame(rows)


def test_a_plan_says_what_three_assumptions_need():
    scores = corpus(posts=900)
    plan = plan_coding(scores, thesis=3)
    assert plan[["of", "assumption"]].value_counts().eq(1).all()
    assert plan.groupby("of").size().to_dict() == {"passages": 3, "posts": 3}
    for _, rows in plan.groupby("of"):
        needed = rows.set_index("assumption")["n"]
        assert 30 <= needed["calibrated"] <= needed["useless"] <= needed["worst"] <= 900
    assert (plan["width"] <= 0.1).all()
    assert (plan["passages"] / plan["n"]).between(1.9, 2.1).all()
    wider = plan_coding(scores, thesis=3, ci_width=0.2)
    assert (wider["n"] < plan["n"]).all()


def test_small_corpora_are_coded_whole():
    plan = plan_coding(corpus(posts=20), ci_width=0.01, measure="broadcast")
    assert (plan["n"] == 20).all()
    assert (plan["width"] == 0).all()


def difference_width(residuals, n, population, scale=1.0):
    error = np.sqrt(residuals.var(ddof=1) / n * (1 - n / population)) / scale
    return 2 * t.ppf(0.975, n - 1) * error


@pytest.mark.parametrize(("unit", "of"), [("passage", "passages"), ("post", "posts"), ("post", "passages")])
def test_the_planned_width_is_what_comes_out(unit, of):
    """Labels drawn from calibrated predictions: intervals of the difference estimator are as wide as planned."""
    scores = corpus(posts=1500, theses=(3,))
    plan = plan_coding(scores, thesis=3, unit=unit, ci_width=0.08).set_index(["of", "assumption"])
    n = plan.loc[(of, "calibrated"), "n"]
    generator = np.random.default_rng(1)
    p, post = scores["tracks"].to_numpy(), pd.factorize(scores["post_id"])[0]
    widths, hits = [], []
    for _ in range(150):
        y = (generator.random(len(p)) < p).astype(float)
        if unit == "passage":
            residuals, truth, mean, scale = y - p, y.mean(), p.mean(), 1.0
        elif of == "posts":
            any_y = np.bincount(post, y) > 0
            any_p = 1 - np.exp(np.bincount(post, np.log1p(-p)))
            residuals, truth, mean, scale = any_y - any_p, any_y.mean(), any_p.mean(), 1.0
        else:
            residuals, truth, mean = np.bincount(post, y - p), y.mean(), p.mean()
            scale = len(p) / (post.max() + 1)
        drawn = generator.choice(residuals, n, replace=False)
        width = difference_width(drawn, n, len(residuals), scale)
        widths.append(width)
        hits.append(abs(mean + drawn.mean() / scale - truth) <= width / 2)
    assert np.mean(widths) == pytest.approx(plan.loc[(of, "calibrated"), "width"], rel=0.04)
    assert plan.loc[(of, "calibrated"), "width"] == pytest.approx(0.08, abs=0.001)
    assert np.mean(hits) > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 150)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ci_width": 0}, "ci_width is 0"),
        ({"ci_width": 1.5}, "ci_width is 1.5"),
        ({"unit": "word"}, "unit is 'word'"),
        ({"measure": "score"}, "measure is 'score'"),
        ({"thesis": 9}, r"Thesis 9 is reported for 0 of .* theses=\[9\], top=None"),
        ({"roles": ["comment"]}, "No passage counts"),
    ],
    ids=str,
)
def test_plans_at_fault_are_told(changes, message):
    with pytest.raises(CluetrainError, match=message):
        plan_coding(corpus(), **changes)
