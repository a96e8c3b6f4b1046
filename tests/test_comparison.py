"""Comparisons of groups: known cases, and families of p values."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, ThesisError
from cluetrain_nlp.study.comparison import adjust, compare
from cluetrain_nlp.study.groups import by


def row(post_id, company, passage=0, broadcast=0.5, tracks=0.5, thesis=3):
    return dict.fromkeys(schema.SCORES, 0) | {
        "post_id": post_id,
        "passage": passage,
        "role": "body",
        "error": "",
        "broadcast": broadcast,
        "thesis": thesis,
        "tracks": tracks,
        "company": company,
    }


def corpus(posts, shift, seed=0):
    """Posts of three companies; broadcast and thesis 3 rise by `shift` from one to the next, thesis 9 does not."""
    generator = np.random.default_rng(seed)
    rows = []
    for number, company in enumerate(["Amberg", "Quendel", "Zeder"]):
        for post in range(posts):
            level = generator.uniform(0, 0.5)
            for passage in range(generator.integers(1, 4)):
                broadcast, first, second = (level + generator.uniform(0, 0.3, 3)).round(3)
                one = row(f"{company}{post}", company, passage, broadcast + number * shift, first + number * shift)
                rows += [one, one | {"thesis": 9, "tracks": second}]
    return pd.DataFrame(rows).astype(schema.SCORES)


def test_compare_says_what_by_says():
    scores = corpus(20, 0.1)
    table = compare(scores, "company")
    assert table[["group_a", "group_b"]].to_numpy().tolist() == [
        ["Amberg", "Quendel"],
        ["Amberg", "Zeder"],
        ["Quendel", "Zeder"],
    ]
    values = by(scores, "company").query("measure == 'broadcast'").set_index("company")["value"]
    assert table["value_a"].tolist() == values[table["group_a"]].tolist()
    assert table["value_b"].tolist() == values[table["group_b"]].tolist()
    assert np.allclose(table["difference"], table["value_a"] - table["value_b"], atol=2e-6)
    assert np.allclose(table["ratio"], table["value_a"] / table["value_b"], atol=2e-5)
    for value, low, high in (("difference", "low", "high"), ("ratio", "ratio_low", "ratio_high")):
        assert ((table[low] < table[value]) & (table[value] < table[high])).all()
    assert (table["n_posts_a"] == 20).all()
    assert table["p"].iloc[1] < 0.01
    assert table["high"].iloc[1] < 0
    assert table["ratio_high"].iloc[1] < 1
    assert (table["p_adjusted"] >= table["p"]).all()
    assert table.attrs == {"permutations": 1999, "adjusted_for": 3, "n_posts_without_group": 0}


def test_intervals_are_about_those_of_welch_where_posts_have_one_passage():
    generator = np.random.default_rng(4)
    a, b = generator.uniform(0.2, 0.6, 50), generator.uniform(0.3, 0.9, 40)
    rows = [row(f"a{n}", "A", broadcast=value) for n, value in enumerate(a)]
    rows += [row(f"b{n}", "B", broadcast=value) for n, value in enumerate(b)]
    found = compare(pd.DataFrame(rows), "company").iloc[0]
    expected = stats.ttest_ind(a, b, equal_var=False).confidence_interval()
    assert (found["low"], found["high"]) == pytest.approx((expected.low, expected.high), abs=0.01)
    u = stats.mannwhitneyu(a, b).statistic
    assert found["cliffs_delta"] == pytest.approx(2 * u / (50 * 40) - 1, abs=1e-6)


def test_cliffs_delta_counts_ties_as_neither():
    rows = [row(f"a{n}", "A", broadcast=value) for n, value in enumerate([0.1, 0.5, 0.5, 0.9, 0.9])]
    rows += [row(f"b{n}", "B", broadcast=0.5) for n in range(5)]
    assert compare(pd.DataFrame(rows), "company")["cliffs_delta"].item() == pytest.approx((10 - 5) / 25)


def test_a_share_of_none_has_an_interval():
    rows = [row(f"a{n}", "A", broadcast=0.1) for n in range(20)]
    rows += [row(f"b{n}", "B", broadcast=0.9 if n < 10 else 0.1) for n in range(20)]
    found = compare(pd.DataFrame(rows), "company", measure="share_broadcast").iloc[0]
    assert found["difference"] == -0.5
    assert found["low"] < -0.6
    assert -0.5 < found["high"] < 0
    assert (found["ratio"], found["ratio_low"]) == (0, 0)
    assert 0 < found["ratio_high"] < 1
    back = compare(pd.DataFrame(rows).replace({"company": {"A": "C"}}), "company", measure="share_broadcast").iloc[0]
    assert back["difference"] == 0.5
    assert back[["ratio", "ratio_low", "ratio_high"]].isna().all()


def test_a_ratio_has_bounds_where_the_upper_one_is_twice_the_value():
    # Two of 16 posts: the interval of the share reaches from 0 to twice the share, exactly.
    rows = [row(f"{company}{n:02d}", company, broadcast=0.9 if n < 2 else 0.1) for company in "AB" for n in range(16)]
    values = by(pd.DataFrame(rows), "company").query("measure == 'share_broadcast'")
    found = compare(pd.DataFrame(rows), "company", measure="share_broadcast").iloc[0]
    assert np.isfinite(values["high"]).all()
    assert 0 <= found["ratio_low"] < 1 < found["ratio_high"]


def test_the_order_of_the_pair_does_not_matter():
    scores = corpus(12, 0.1)
    scores = scores[scores["company"] != "Zeder"]
    there = compare(scores, "company").iloc[0]
    back = compare(scores.replace({"company": {"Amberg": "Z"}}), "company").iloc[0]
    assert (back["difference"], back["low"], back["high"]) == (-there["difference"], -there["high"], -there["low"])
    assert (back["ratio_low"], back["ratio_high"]) == pytest.approx(
        (1 / there["ratio_high"], 1 / there["ratio_low"]), rel=1e-4
    )
    assert back["cliffs_delta"] == -there["cliffs_delta"]
    assert back["p"] == pytest.approx(there["p"], abs=0.02)
    pd.testing.assert_series_equal(compare(scores.sample(frac=1, random_state=2), "company").iloc[0], there)


def test_several_theses_are_one_family():
    scores = corpus(15, 0.15)
    table = compare(scores, "company", measure="tracks", thesis=[9, 3])
    assert table["thesis"].tolist() == [9, 9, 9, 3, 3, 3]
    assert table.attrs["adjusted_for"] == 6
    alone = compare(scores, "company", measure="tracks", thesis=3)
    pd.testing.assert_frame_equal(
        table.iloc[3:].drop(columns="p_adjusted").reset_index(drop=True), alone.drop(columns="p_adjusted"), atol=2e-6
    )
    assert np.allclose(table["p_adjusted"], adjust(table["p"]), atol=1e-6)
    assert table["p"].iloc[4] < 0.01 < table["p"].iloc[:3].min()
    with pytest.raises(ThesisError, match="Thesis 5 is reported for 0"):
        compare(scores, "company", measure="tracks", thesis=[3, 5])


def test_units_and_measures():
    scores = corpus(10, 0.1)
    for measure in ("score", "share_tracks", "lip_service"):
        for unit in ("passage", "post"):
            found = compare(scores, "company", measure=measure, unit=unit)
            table = by(scores, "company", unit=unit)
            values = table[table["measure"] == measure].set_index("company")["value"]
            assert np.allclose(found["value_a"], values[found["group_a"]], atol=2e-6)
            assert (found["ratio"].isna() == (measure == "score")).all()


def test_few_posts_have_no_interval_and_count_in_no_family():
    scores = corpus(8, 0.1)
    few = scores[(scores["company"] != "Zeder") | scores["post_id"].isin(["Zeder0", "Zeder1"])]
    table = compare(few, "company")
    assert table[["low", "high", "p", "p_adjusted"]].isna().all(axis=1).tolist() == [False, True, True]
    assert table["difference"].notna().all()
    assert table.attrs["adjusted_for"] == 1
    assert table["p_adjusted"].iloc[0] == table["p"].iloc[0]


def test_posts_without_a_group_are_counted_and_not_compared():
    scores = corpus(8, 0.1)
    scores["company"] = scores["company"].where(scores["company"] != "Zeder")
    table = compare(scores, "company")
    assert len(table) == 1
    assert table.attrs["n_posts_without_group"] == 8


def test_errors_say_what_is_wrong():
    scores = corpus(5, 0.1)
    with pytest.raises(CluetrainError, match="measure is 'voice'; expected one of broadcast"):
        compare(scores, "company", measure="voice")
    with pytest.raises(CluetrainError, match="empty list"):
        compare(scores, "company", thesis=[])
    with pytest.raises(CluetrainError, match="makes 1 group"):
        compare(scores[scores["company"] == "Zeder"], "company")
    with pytest.raises(CluetrainError, match="makes 0 group"):
        compare(scores.iloc[:0], "company")
    with pytest.raises(CluetrainError, match=r"is in more than one group of 'half'.*one value per post"):
        compare(scores.assign(half=(scores["passage"] > 0).map({True: "late", False: "early"})), "half")
    with pytest.raises(CluetrainError, match="name of one column"):
        compare(scores, ["company"])


def test_adjust():
    p = [0.01, 0.02, np.nan, 0.03, 0.5]
    assert adjust(p).tolist() == pytest.approx([0.04, 0.06, np.nan, 0.06, 0.5], nan_ok=True)
    assert adjust(p, "bh").tolist() == pytest.approx([0.04, 0.04, np.nan, 0.04, 0.5], nan_ok=True)
    assert adjust(p, "bh")[[0, 1, 3, 4]] == pytest.approx(stats.false_discovery_control([0.01, 0.02, 0.03, 0.5]))
    assert adjust([]).tolist() == []
    assert adjust([0.9, 0.8]).tolist() == [1.0, 1.0]
    with pytest.raises(CluetrainError, match="method is 'fdr'"):
        adjust(p, "fdr")
    with pytest.raises(CluetrainError, match="not all from 0 to 1"):
        adjust([1.5])


@pytest.mark.slow
def test_intervals_of_differences_cover_the_truth_and_p_values_are_uniform(monkeypatch):
    monkeypatch.setattr("cluetrain_nlp.study.resampling.PERMUTATIONS", 99)
    generator = np.random.default_rng(6)
    held, ratios, p = 0, 0, []
    runs = 250
    for _ in range(runs):
        rows = []
        for company, posts in (("A", 15), ("B", 25)):
            for post in range(posts):
                level = generator.beta(1, 1)
                numbers = generator.uniform(0, 1, 1 + generator.poisson(2)) < level
                rows += [row(f"{company}{post}", company, n, broadcast=float(one)) for n, one in enumerate(numbers)]
        found = compare(pd.DataFrame(rows), "company").iloc[0]
        held += found["low"] <= 0 <= found["high"]
        ratios += found["ratio_low"] <= 1 <= found["ratio_high"]
        p.append(found["p"])
    assert 0.915 <= held / runs <= 0.985
    assert 0.915 <= ratios / runs <= 0.985
    assert stats.kstest(p, "uniform").pvalue > 0.01
