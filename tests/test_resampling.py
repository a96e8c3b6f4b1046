"""Intervals and tests over posts: known cases, and that they keep what they promise."""

import numpy as np
import pytest
from scipy import stats

from cluetrain_nlp.study.resampling import interval, permutation_p


def test_an_interval_of_posts_with_one_passage_is_about_that_of_the_t_distribution():
    values = np.random.default_rng(3).uniform(0.2, 0.8, 60)
    low, high = interval(values[:, None], np.ones(60), level=0.9)
    expected = stats.t.interval(0.9, 59, values.mean(), stats.sem(values))
    assert (low[0], high[0]) == pytest.approx(expected, abs=0.004)


def test_passages_of_one_post_are_no_independent_observations():
    values = np.random.default_rng(3).uniform(0, 1, 40)
    one = interval(values[:, None], np.ones(40), level=0.95)
    four = interval(4 * values[:, None], np.full(40, 4.0), level=0.95)
    assert np.allclose(one, four)


def test_higher_levels_are_wider_and_hold_lower_ones():
    sums = np.random.default_rng(5).uniform(0, 3, (12, 2))
    (low, high), (lower, higher) = (interval(sums, np.full(12, 3.0), level=level) for level in (0.8, 0.99))
    assert (lower < low).all()
    assert (high < higher).all()


def test_few_posts_and_no_spread_give_no_interval():
    assert np.isnan(interval(np.ones((4, 1)), np.full(4, 2.0), level=0.95)).all()
    assert np.isnan(interval(np.full((9, 1), 0.3), np.ones(9), level=0.95)).all()
    assert np.isnan(interval(np.empty((0, 3)), np.empty(0), level=0.95)).all()


def test_none_and_all_have_the_bound_of_clopper_and_pearson():
    exact = stats.binomtest(0, 20).proportion_ci(0.95)
    low, high = interval(np.column_stack([np.zeros(20), np.full(20, 2.0)]), np.full(20, 2.0), level=0.95)
    assert (low[0], high[0]) == pytest.approx((exact.low, exact.high))
    assert (low[1], high[1]) == pytest.approx((1 - exact.high, 1.0))


def test_more_posts_than_a_block_holds(monkeypatch):
    sums = np.random.default_rng(5).uniform(0, 1, (30, 2))
    whole = interval(sums, np.ones(30), level=0.95)
    monkeypatch.setattr("cluetrain_nlp.study.resampling._BLOCK", 7)
    low, high = interval(sums, np.ones(30), level=0.95)
    assert np.allclose(whole, (low, high), atol=0.03)
    assert (low < sums.mean(axis=0)).all()
    assert (sums.mean(axis=0) < high).all()


def test_p_values_of_clear_and_of_no_differences():
    first = np.arange(30) < 15
    apart = np.where(first, 0.0, 1.0) + np.linspace(0, 0.1, 30)
    same = np.linspace(0, 1, 30)[np.r_[0:30:2, 1:30:2]]
    constant = np.full(30, 0.3)
    without_spread = np.where(first, 0.0, 1.0)
    p = permutation_p(np.column_stack([apart, same, constant, without_spread]), np.ones(30), first)
    assert p[0] == p[3] == 1 / 2000
    assert p[1] > 0.7
    assert p[2] == 1
    assert np.isnan(permutation_p(np.ones((12, 1)), np.ones(12), np.arange(12) < 4)).all()


def test_a_p_value_is_about_that_of_welch():
    generator = np.random.default_rng(8)
    a, b = generator.normal(0.5, 0.1, 30), generator.normal(0.45, 0.1, 25)
    p = permutation_p(np.r_[a, b][:, None], np.ones(55), np.arange(55) < 30)
    assert p[0] == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue, abs=0.02)


def posts(generator, count, share):
    """Posts of 1 to some 9 passages; how many of a post's have the property depends on the post."""
    sizes = 1.0 + generator.poisson(3, count)
    return generator.binomial(sizes.astype(int), generator.beta(2 * share, 2 - 2 * share, count)).astype(float), sizes


@pytest.mark.parametrize(("count", "share"), [(8, 0.4), (15, 0.4), (40, 0.4), (40, 0.1), (100, 0.1)])
def test_intervals_cover_the_truth(count, share):
    generator = np.random.default_rng(1)
    runs, held = 500, 0
    for _ in range(runs):
        sums, sizes = posts(generator, count, share)
        low, high = interval(sums[:, None], sizes, level=0.95)
        held += low[0] <= share <= high[0]
    assert 0.92 <= held / runs <= 0.99


def test_p_values_are_uniform_where_groups_do_not_differ(monkeypatch):
    monkeypatch.setattr("cluetrain_nlp.study.resampling.PERMUTATIONS", 199)
    generator = np.random.default_rng(2)
    p = []
    for _ in range(400):
        sums, sizes = posts(generator, 30, 0.3)
        p.append(permutation_p(sums[:, None], sizes, np.arange(30) < 12)[0])
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.03)


def test_p_values_hold_where_groups_differ_in_spread_alone(monkeypatch):
    monkeypatch.setattr("cluetrain_nlp.study.resampling.PERMUTATIONS", 199)
    generator = np.random.default_rng(2)
    p = []
    for _ in range(400):
        few, many = generator.normal(0.5, 0.2, 15), generator.normal(0.5, 0.02, 60)
        p.append(permutation_p(np.r_[few, many][:, None], np.ones(75), np.arange(75) < 15)[0])
    assert np.mean(np.array(p) <= 0.05) <= 0.09
