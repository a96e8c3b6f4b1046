"""Simulate whether the intervals of corrected estimates hold what they promise, for good, biased and useless scorers.

    python benchmarks/coverage.py [repetitions]

Each repetition invents a corpus of posts by three firms, scores it, draws a sample, codes it without error, and
estimates. 2000 repetitions of everything take some minutes on one core.
"""

import sys
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from cluetrain_nlp.study import regression
from cluetrain_nlp.study.means import Means, contrasts, group_means, interval, t_quantile
from cluetrain_nlp.study.sampled import Sampled
from cluetrain_nlp.study.survey import Fit, Sample, spread

POSTS = 1200
SCORERS = ("good", "biased", "useless")
DESIGNS = ("simple", "stratified", "clustered")
#: Coded posts of each stratum of predicted values, which hold these shares of the corpus: weights differ sixfold.
STRATA, ALLOCATION = (0.45, 0.25, 0.15, 0.15), (50, 50, 50, 50)
CLUSTERS = 100
FIRMS, FIRM_SHARES = ("A", "B", "C"), (0.5, 0.35, 0.15)
#: What a firm, a year and a post add to the logit of tracking and of broadcasting.
FIRM = {"tracks": (0.0, 0.6, -0.4), "broadcast": (0.0, -0.5, 0.8), "rare": (0.0, 0.6, -0.4)}
#: "rare" is tracking by some 3 % of posts.
LEVEL = {"tracks": -2.4, "broadcast": -0.3, "rare": -5.4}
YEAR, POST = 0.15, 0.7
#: By how much the biased scorer's logits are off, by firm.
BIAS = (1.0, -0.7, 0.3)

#: Name, estimate, interval, and standard error beside that of the sample alone.
Result = tuple[str, float, float, float, float]


def invent(random: np.random.Generator, scorer: str, measure: str, posts: int = POSTS) -> pd.DataFrame:
    """Give passages with firm, year, true label `y` and predicted probability `p`."""
    count = 1 + random.poisson(3, posts)
    post = np.repeat(np.arange(posts), count)
    firm = random.choice(3, posts, p=FIRM_SHARES)[post]
    year = random.integers(0, 6, posts)[post]
    base = LEVEL[measure] + np.array(FIRM[measure])[firm] + YEAR * (year - 2.5)
    chance = expit(base + random.normal(0, POST, posts)[post])
    y = (random.random(len(post)) < chance).astype(float)
    if scorer == "useless":
        p = random.beta(2, 3, len(post))
    else:
        # A reading of strength 2.2 whose noise has variance 1; its likelihood ratio makes the score calibrated.
        seen = 2.2 * y + random.normal(size=len(post))
        p = expit(base + 2.2 * seen - 2.2**2 / 2)
    if scorer == "biased":
        p = expit(1.3 * logit(p.clip(1e-9, 1 - 1e-9)) + np.array(BIAS)[firm])
    return pd.DataFrame({"post": post, "firm": firm, "year": year, "y": y, "p": p})


def by_post(passages: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Bring passages to posts as `gather` does."""
    starts = np.flatnonzero(np.r_[True, np.diff(passages["post"]) > 0])
    posts = passages.iloc[starts].reset_index(drop=True)
    if measure != "broadcast":
        posts["y"] = np.maximum.reduceat(passages["y"].to_numpy(), starts)
        posts["p"] = 1 - np.multiply.reduceat(1 - passages["p"].to_numpy(), starts)
    else:
        counts = np.diff(np.r_[starts, len(passages)])
        for name in ("y", "p"):
            posts[name] = np.add.reduceat(passages[name].to_numpy(), starts) / counts
    return posts


def draw(random: np.random.Generator, units: pd.DataFrame, design: str) -> Sampled:
    """Draw posts, and give what is known of them."""
    posts = units["post"].to_numpy()
    total = int(posts[-1]) + 1
    stratum, size = np.zeros(total, dtype=int), np.array([total])
    allocation = np.array([CLUSTERS if design == "clustered" else sum(ALLOCATION)])
    if design == "stratified":
        rank = units["p"].rank(method="first").to_numpy() / total
        stratum = np.searchsorted(np.cumsum(STRATA)[:-1], rank)
        size, allocation = np.bincount(stratum), np.array(ALLOCATION)
    drawn = np.sort(
        np.concatenate(
            [random.choice(np.flatnonzero(stratum == h), n, replace=False) for h, n in enumerate(allocation)]
        )
    )
    rows = np.flatnonzero(np.isin(posts, drawn))
    psu = np.searchsorted(drawn, posts[rows])
    sample = Sample(
        np.ones((len(rows), 1)),
        units["y"].to_numpy()[rows],
        units["p"].to_numpy()[rows],
        (size / allocation)[stratum[drawn]][psu],
        psu,
        stratum[drawn],
        (allocation / size)[stratum[drawn]],
    )
    return Sampled(units, rows, sample, pd.DataFrame(), 0, True)


def truths(units: pd.DataFrame, value: str, *, means_only: bool = False) -> dict[str, float]:
    """Give what is estimated, from labels (`y`) or predictions (`p`) of all units."""
    y, firm = units[value].to_numpy(), units["firm"].to_numpy()
    found = {"share": y.mean()}
    if not means_only:
        mean = np.bincount(firm, y) / np.bincount(firm)
        slope = np.linalg.lstsq(_regressors(units), y, rcond=None)[0]
        found |= {"small group": mean[2], "difference": mean[0] - mean[1], "regression": slope[-1]}
    return found


def _regressors(units: pd.DataFrame) -> np.ndarray:
    firm = units["firm"].to_numpy()
    return np.column_stack([np.ones(len(units)), firm == 1, firm == 2, units["year"]]).astype(float)


def naive_errors(units: pd.DataFrame, *, means_only: bool) -> dict[str, float]:
    """Give the standard errors that predictions have when they are taken for observations."""
    p, firm = units["p"].to_numpy(), units["firm"].to_numpy()
    found = {"share": p.std() / np.sqrt(len(p))}
    if not means_only:
        variance = np.array([p[firm == f].var() / (firm == f).sum() for f in range(3)])
        x = _regressors(units)
        inverse = np.linalg.inv(x.T @ x)
        weighted = x * (p - x @ (inverse @ x.T @ p))[:, None]
        slope = np.sqrt((inverse @ weighted.T @ weighted @ inverse)[-1, -1])
        found |= {
            "small group": np.sqrt(variance[2]),
            "difference": np.sqrt(variance[0] + variance[1]),
            "regression": slope,
        }
    return found


def corrected(corpus: Sampled, *, superpopulation: bool, means_only: bool) -> Iterator[Result]:
    """Estimate all that is to be estimated."""
    whole = group_means(corpus, [], superpopulation=superpopulation)
    yield _share("share", whole, 0)
    if means_only:
        return
    firms = group_means(corpus, ["firm"], superpopulation=superpopulation)
    values, errors, degrees = contrasts(firms, np.array([0]), np.array([1]))
    contrast = np.array([1.0, -1.0, 0.0])[: len(firms.known)]
    small = len(firms.known) == 3
    if small:
        yield _share("small group", firms, 2)
    yield _sum("difference", contrast, firms.fit, values[0], errors[0], degrees[0])
    if small:
        columns = corpus.population[["firm", "year"]].assign(firm=corpus.population["firm"].astype("category"))
        design = regression._design(columns)
        fitted = regression._fitted(corpus, design, superpopulation=superpopulation)
        year = design.back[-1]
        errors, degrees = spread(fitted, year[None, :])
        yield _sum("regression", year, fitted, float(year @ fitted.estimate), errors[0], degrees[0])


def _share(name: str, groups: Means, row: int) -> Result:
    fitted = groups.fit
    errors, degrees = spread(fitted, np.eye(len(groups.known)))
    low, high = interval(fitted.estimate, errors, t_quantile(0.95, degrees), groups.drawn[groups.known])
    alone = np.sqrt(fitted.classical_covariance[row, row])
    return name, fitted.estimate[row], low[row], high[row], errors[row] / alone if alone > 0 else np.nan


def _sum(name: str, factors: np.ndarray, fitted: Fit, value: float, error: float, degrees: float) -> Result:
    half = float(t_quantile(0.95, np.array([degrees]))[0]) * error
    return name, value, value - half, value + half, error / np.sqrt(factors @ fitted.classical_covariance @ factors)


def simulate(scorer: str, design: str, measure: str, repetitions: int) -> pd.DataFrame:
    """Give one row per repetition, estimand and population."""
    means_only = measure != "tracks"
    large = invent(np.random.default_rng(1), scorer, measure, 400_000)
    aims = truths(large if design == "clustered" else by_post(large, measure), "y", means_only=means_only)
    random = np.random.default_rng([SCORERS.index(scorer), DESIGNS.index(design), len(measure)])
    rows = []
    for _ in range(repetitions):
        passages = invent(random, scorer, measure)
        population = passages if design == "clustered" else by_post(passages, measure)
        truth = truths(population, "y", means_only=means_only)
        naive = truths(population, "p", means_only=means_only)
        naive_error = naive_errors(population, means_only=means_only)
        corpus = draw(random, population, design)
        for superpopulation in (False, True):
            for name, value, low, high, gain in corrected(
                corpus, superpopulation=superpopulation, means_only=means_only
            ):
                aim = aims[name] if superpopulation else truth[name]
                held = abs(naive[name] - aims[name]) <= 1.96 * naive_error[name]
                rows.append((name, superpopulation, value - aim, (high - low) / 2, low <= aim <= high, gain, held))
    names = ["estimand", "superpopulation", "error", "half", "covered", "se_ratio", "naive_covered"]
    return pd.DataFrame(rows, columns=names).assign(scorer=scorer, design=design, measure=measure)


def table(runs: pd.DataFrame) -> pd.DataFrame:
    """Sum repetitions up: a row per cell, coverage in per cent."""
    names = runs["measure"].map({"broadcast": "mean", "rare": "rare share"})
    runs = runs.assign(estimand=runs["estimand"].where(runs["measure"] == "tracks", names))
    cells = ["scorer", "design", "estimand"]
    grouped = runs[~runs["superpopulation"]].groupby(cells, sort=False)
    found = pd.DataFrame(
        {
            "bias": grouped["error"].mean(),
            "half width": grouped["half"].mean(),
            "se / sample alone": grouped["se_ratio"].mean(),
            "corpus %": 100 * grouped["covered"].mean(),
        }
    )
    beyond = runs[runs["superpopulation"]].groupby(cells, sort=False)
    found["superpopulation %"] = 100 * beyond["covered"].mean()
    found["naive %"] = 100 * beyond["naive_covered"].mean()
    return found.reset_index()


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    begun = time.perf_counter()
    cells = [(s, d, m) for s in SCORERS for d in DESIGNS for m in ("tracks", "broadcast", "rare")]
    runs = pd.concat([simulate(*cell, repetitions) for cell in cells])
    found = table(runs)
    print(found.to_string(index=False, formatters={"bias": "{:+.4f}".format}, float_format="{:.3f}".format))
    error = 100 * np.sqrt(0.95 * 0.05 / repetitions)
    print(f"\n{repetitions} repetitions; Monte-Carlo standard error of a coverage of 95 %: {error:.2f} points")
    for name in ("corpus %", "superpopulation %"):
        print(f"{name}: {found[name].min():.1f} to {found[name].max():.1f}, mean {found[name].mean():.2f}")
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
