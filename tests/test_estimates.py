"""Corrected estimates: by hand, against ppi_py, and what they refuse."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, CluetrainWarning, PostError
from cluetrain_nlp.study.coding import fingerprint, sample_for_coding
from cluetrain_nlp.study.estimates import difference, estimate
from cluetrain_nlp.study.sampled import gather
from cluetrain_nlp.study.survey import Sample, fit

FIRMS = ("Anders AG", "Brecht GmbH", "Celan KG")


def corpus(posts=300, passages=3, theses=(3,), seed=0):
    """SCORES with a column firm, and what a reader of everything would find."""
    random = np.random.default_rng(seed)
    rows, truth = [], []
    for post in range(posts):
        for passage in range(1 + random.integers(0, passages)):
            base = {"post_id": f"p{post:04}", "passage": passage, "role": "body", "language": "de", "error": ""}
            broadcast = random.beta(1, 1)
            voice = int(random.random() < broadcast**2) * 2 + random.integers(0, 3) / 2 + 1
            for rank, thesis in enumerate(theses, start=1):
                tracks = random.beta(0.6, 1.5)
                rows.append(
                    dict.fromkeys(schema.SCORES, 0)
                    | base
                    | {"speaker": "", "cites": "", "text": "Text.", "broadcast": broadcast, "rank": rank}
                    | {"thesis": thesis, "tracks": tracks, "firm": FIRMS[post % 3]}
                )
                grade = random.integers(2, 4) if random.random() < tracks**2 else random.integers(0, 2)
                truth.append(
                    {"post_id": base["post_id"], "passage": passage, "coder": "A", "thesis": thesis, "grade": grade}
                    | {"stance": "supports", "voice": voice}
                )
    return pd.DataFrame(rows), pd.DataFrame(truth)


def draw(truth, count, unit="post", seed=0, strata=None):
    """CODED: a simple or stratified random sample of `truth`; `strata` gives the stratum of each unit."""
    key = ["post_id"] if unit == "post" else ["post_id", "passage"]
    units = truth[key].drop_duplicates(ignore_index=True)
    units["stratum"] = "" if strata is None else [strata(row) for row in units.itertuples()]
    parts = []
    for stratum, part in units.groupby("stratum"):
        n = count if isinstance(count, int) else count[stratum]
        drawn = part.sample(n, random_state=seed)
        parts.append(drawn.assign(stratum_size=len(part), weight=len(part) / n))
    return truth.merge(pd.concat(parts), on=key).assign(unit=unit)


SCORES, TRUTH = corpus()
CODED = draw(TRUTH, 90)


def one(table):
    assert len(table) == 1
    return table.iloc[0]


def post_truth(truth=TRUTH):
    tracks = (truth["grade"] >= 2).groupby(truth["post_id"]).max()
    broadcast = (truth["voice"] >= 3).groupby(truth["post_id"]).mean()
    return tracks.astype(float), broadcast


def test_columns_and_types():
    table = estimate(SCORES, CODED, by=["firm"], measure="broadcast")
    assert table.columns[:4].tolist() == ["firm", "measure", "thesis", "unit"]
    assert table["firm"].tolist() == list(FIRMS)
    assert table["thesis"].tolist() == [0] * 3
    assert (table["low"] < table["estimate"]).all()
    assert (table["estimate"] < table["high"]).all()
    assert table["n"].sum() == 300
    assert table["n_coded"].sum() == 90
    assert table["note"].tolist() == [""] * 3
    assert np.allclose(table["estimate"] - table["naive"], table["correction"])
    assert table["alpha"].isna().all()


@pytest.mark.parametrize("unit", ["post", "passage"])
@pytest.mark.parametrize("measure", ["tracks", "broadcast"])
def test_what_is_coded_completely_is_known(measure, unit):
    every = draw(TRUTH, 300)
    row = one(estimate(SCORES, every, measure=measure, unit=unit))
    label = TRUTH["grade"] >= 2 if measure == "tracks" else TRUTH["voice"] >= 3
    truth = label.mean() if unit == "passage" else post_truth()[measure == "broadcast"].mean()
    assert row["estimate"] == pytest.approx(truth)
    assert row["se"] == pytest.approx(0, abs=1e-12)
    beyond = one(estimate(SCORES, every, measure=measure, unit=unit, population="superpopulation"))
    assert beyond["estimate"] == pytest.approx(truth)
    assert beyond["se"] > 0.01


def test_predictions_of_posts_are_those_of_the_contract():
    row = one(estimate(SCORES, CODED))
    none = (1 - SCORES["tracks"].astype("float32").astype(float)).groupby(SCORES["post_id"]).prod()
    assert row["naive"] == pytest.approx((1 - none).mean(), abs=1e-6)
    row = one(estimate(SCORES, CODED, measure="broadcast"))
    assert row["naive"] == pytest.approx(SCORES["broadcast"].groupby(SCORES["post_id"]).mean().mean(), abs=1e-6)
    assert row["thesis"] == 0


def test_estimate_of_a_simple_sample_by_hand():
    row = one(estimate(SCORES, CODED, level=0.9))
    label = post_truth()[0][CODED["post_id"].unique()]
    prediction = 1 - (1 - SCORES["tracks"]).groupby(SCORES["post_id"]).prod()
    error = label - row["lam"] * prediction[label.index]
    assert row["estimate"] == pytest.approx(row["lam"] * prediction.mean() + error.mean(), abs=1e-6)
    # One degree of freedom is spent on the mean, one on lam.
    variance = error.var(ddof=1) * 89 / 88 / 90 * (1 - 90 / 300)
    assert row["se"] == pytest.approx(np.sqrt(variance), abs=1e-6)
    # Wilson's bounds are those shares that would lie t of their own standard errors away.
    worth = row["estimate"] * (1 - row["estimate"]) / row["se"] ** 2
    for bound in (row["low"], row["high"]):
        distance = abs(row["estimate"] - bound) / np.sqrt(bound * (1 - bound) / worth)
        assert distance == pytest.approx(1.6622, abs=1e-3)
    assert row["classical"] == pytest.approx(label.mean())
    assert row["classical_se"] == pytest.approx(np.sqrt(label.var(ddof=1) / 90 * 0.7))
    slope = np.cov(label, prediction[label.index])
    assert row["lam"] == pytest.approx(min(slope[0, 1] / slope[1, 1], 1), abs=1e-5)


def test_estimate_of_a_stratified_sample_by_hand():
    strata = {
        name: "high" if value > 0.5 else "low" for name, value in SCORES.groupby("post_id")["tracks"].max().items()
    }
    sizes = pd.Series(strata).value_counts()
    coded = draw(TRUTH, {"high": 50, "low": 20}, strata=lambda row: strata[row.post_id])
    row = one(estimate(SCORES, coded))
    label = post_truth()[0][coded["post_id"].unique()]
    groups = label.groupby(pd.Series(strata)[label.index])
    assert row["classical"] == pytest.approx(sum(sizes[h] * part.mean() for h, part in groups) / 300)
    variance = sum(
        (sizes[h] / 300) ** 2 * part.var(ddof=1) / len(part) * (1 - len(part) / sizes[h]) for h, part in groups
    )
    assert row["classical_se"] == pytest.approx(np.sqrt(variance), rel=0.02)


def test_passages_of_drawn_posts_are_clusters():
    same = TRUTH.assign(voice=TRUTH.groupby("post_id")["voice"].transform("first"))
    row = one(estimate(SCORES, draw(same, 90), measure="broadcast", unit="passage"))
    label = (same["voice"] >= 3).astype(float)
    part = same["post_id"].isin(CODED["post_id"])
    sums, counts = label[part].groupby(same["post_id"]).sum(), label[part].groupby(same["post_id"]).size()
    ratio = sums.sum() / counts.sum()
    expected = np.sqrt(((sums - ratio * counts) ** 2).sum() / 89 / 90 * 0.7) / counts.mean()
    assert row["classical"] == pytest.approx(ratio)
    assert row["classical_se"] == pytest.approx(expected, rel=0.01)
    assert row["classical_se"] > 1.2 * np.sqrt(ratio * (1 - ratio) / counts.sum() * 0.7)


def test_the_order_of_rows_does_not_matter():
    table = estimate(SCORES, CODED, by="firm", unit="passage")
    mixed = estimate(
        SCORES.sample(frac=1, random_state=1), CODED.sample(frac=1, random_state=2), by="firm", unit="passage"
    )
    pd.testing.assert_frame_equal(table, mixed)


def test_useless_predictions_do_no_harm():
    flat = SCORES.assign(broadcast=0.9)
    row = one(estimate(flat, CODED, measure="broadcast"))
    assert row["lam"] == 0
    assert row["estimate"] == row["classical"]
    reverse = one(estimate(SCORES.assign(broadcast=1 - SCORES["broadcast"]), CODED, measure="broadcast"))
    assert reverse["lam"] == 0


def test_perfect_predictions_need_no_correction():
    perfect = SCORES.merge(TRUTH[["post_id", "passage", "voice"]], on=["post_id", "passage"])
    perfect["broadcast"] = (perfect["voice"] >= 3).astype(float)
    row = one(estimate(perfect, CODED, measure="broadcast"))
    assert row["lam"] == pytest.approx(1)
    assert row["estimate"] == pytest.approx(post_truth()[1].mean())
    assert row["se"] == pytest.approx(0, abs=1e-9)


def test_a_bias_of_the_scores_is_taken_out():
    shifted = SCORES.assign(broadcast=(SCORES["broadcast"] + 0.3).clip(upper=1))
    plain, biased = (one(estimate(scores, CODED, measure="broadcast")) for scores in (SCORES, shifted))
    assert biased["naive"] > plain["naive"] + 0.2
    assert biased["estimate"] == pytest.approx(plain["estimate"], abs=plain["se"])


def test_opposing_is_not_tracking_and_several_theses_are_any():
    scores, truth = corpus(posts=40, theses=(3, 9))
    every = draw(truth, 40)
    assert one(estimate(scores, every.assign(stance="opposes"), thesis=3))["estimate"] == 0
    row = one(estimate(scores, every))
    assert row["thesis"] == 0
    assert row["estimate"] == pytest.approx(post_truth(truth)[0].mean())
    assert row["estimate"] > max(one(estimate(scores, every, thesis=t))["estimate"] for t in (3, 9))
    # Theses that nobody was asked for play no part.
    about = every[every["thesis"] == 3]
    alone = scores[scores["thesis"] == 3]
    assert one(estimate(scores, about))["naive"] == one(estimate(alone, about))["naive"]


def test_several_coders_are_averaged_and_their_agreement_told():
    other = CODED.assign(coder="B", voice=CODED["voice"].where(CODED["passage"] > 0, 4.0))
    both = pd.concat([CODED, other])
    row = one(estimate(SCORES, both, measure="broadcast", unit="passage"))
    mean = [one(estimate(SCORES, codes, measure="broadcast", unit="passage"))["classical"] for codes in (CODED, other)]
    assert row["classical"] == pytest.approx(np.mean(mean))
    assert 0 < row["alpha"] < 1
    assert one(estimate(SCORES, pd.concat([CODED, CODED.assign(coder="B")])))["alpha"] == 1


def test_a_coder_counts_for_posts_coded_as_a_whole():
    half = CODED[CODED["passage"] == 0].assign(coder="B", grade=3)
    whole, more = estimate(SCORES, CODED), estimate(SCORES, pd.concat([CODED, half]))
    single = CODED.groupby("post_id")["passage"].transform("size") == 1
    changed = pd.concat([CODED, half[half["post_id"].isin(CODED[single]["post_id"])]])
    assert more["classical"].equals(estimate(SCORES, changed)["classical"])
    assert more["classical"].iloc[0] != whole["classical"].iloc[0]


def test_groups_with_too_few_codes_have_no_numbers():
    few = SCORES.assign(firm=SCORES["firm"].where(SCORES["post_id"] > "p0020", "Döblin"))
    table = estimate(few, CODED, by="firm").set_index("firm")
    missing = table.loc["Döblin"]
    assert missing["n_coded"] < 10
    assert missing[["estimate", "low", "high", "se", "classical"]].isna().all()
    assert missing["naive"] > 0
    assert missing["note"] == f"{missing['n_coded']} drawn units coded, fewer than 10"
    assert table.drop("Döblin")["estimate"].notna().all()
    pairs = difference(few, CODED, by="firm")
    assert len(pairs) == 6
    with_few = (pairs["firm"] == "Döblin") | (pairs["firm_other"] == "Döblin")
    assert pairs.loc[with_few, "estimate"].isna().all()
    assert pairs.loc[with_few, "note"].str.contains("Döblin: ").all()
    assert pairs.loc[~with_few, "p_holm"].notna().all()


def test_rare_labels_are_noted():
    rare = CODED.assign(grade=np.where(CODED["post_id"] == CODED["post_id"].iloc[0], 3, 0))
    row = one(estimate(SCORES, rare))
    assert row["note"] == "1 of 90 drawn units have the label: the interval is rough"
    assert row["low"] >= 0


@pytest.mark.parametrize("unit", ["post", "passage"])
def test_a_label_that_no_coded_unit_has_is_not_known_to_be_missing(unit):
    none = CODED.assign(grade=0, weight=300 / 90)
    table = estimate(SCORES, none, by="firm", unit=unit)
    assert (table["estimate"] == 0).all()
    # None of 30 drawn: up to a tenth may have it, less what a third of the corpus coded is known to lack.
    assert table["high"].between(0.07, 0.14).all()
    assert np.allclose(table["se"], table["classical_se"])
    pairs = difference(SCORES, none, by="firm", unit=unit)
    assert (pairs["high"] - pairs["low"] > 0.05).all()
    assert (pairs["p"] == 1).all()
    beyond = estimate(SCORES, none, by="firm", unit=unit, population="superpopulation")
    assert (beyond["high"] > table["high"]).all()
    every = estimate(SCORES, draw(TRUTH.assign(grade=0), 300), by="firm", unit=unit)
    assert every[["estimate", "low", "high", "se"]].to_numpy().max() == 0


def test_a_group_without_the_label_does_not_borrow_certainty_from_others():
    """Predictions near 0 that serve other groups would narrow the interval of one in which nothing was found."""
    low = SCORES.assign(tracks=SCORES["tracks"] / 50)
    none = CODED.assign(grade=CODED["grade"].where(~CODED["post_id"].isin(posts_of(FIRMS[0])), 0))
    row = estimate(low, none, by="firm").set_index("firm").loc[FIRMS[0]]
    assert row["lam"] > 0
    assert row["high"] > 0.07


def posts_of(firm):
    return SCORES.loc[SCORES["firm"] == firm, "post_id"].unique()


def test_a_large_stratum_without_the_label_keeps_its_variance():
    stratum = (SCORES.groupby("post_id")["tracks"].max() > 0.8).map({True: "high", False: "low"})
    truth = TRUTH.assign(grade=TRUTH["grade"].where(TRUTH["post_id"].map(stratum) == "high", 0))
    coded = draw(truth, {"high": 20, "low": 40}, strata=lambda row: stratum[row.post_id])
    row = one(estimate(SCORES, coded))
    low = (stratum == "low").sum()
    alone = low / 300 * np.sqrt(0.0125 * 0.9875 / 40 * (1 - 40 / low))
    assert row["se"] > alone
    label = (truth["grade"] >= 2).groupby(truth["post_id"]).max()[coded["post_id"].unique()]
    high = label[stratum[label.index] == "high"]
    of_high = (300 - low) / 300 * np.sqrt(high.var(ddof=1) / 20 * (1 - 20 / (300 - low)))
    assert row["se"] <= 1.05 * np.hypot(alone, of_high)


@pytest.mark.parametrize(
    "values",
    [
        pd.PeriodIndex(["2022-01", "2022-02"], freq="M"),
        pd.Categorical(["b", "a"], categories=["b", "none", "a"]),
        pd.DatetimeIndex(["2022-01-01", "2023-01-01"], tz="UTC"),
        pd.array([False, True], dtype="boolean"),
        pd.array([1, 2], dtype="Int64"),
    ],
    ids=lambda values: str(values.dtype),
)
def test_groups_may_be_of_any_type(values):
    half = SCORES["post_id"].str[1:].astype(int).to_numpy() % 2
    scores = SCORES.assign(key=values.take(half))
    scores.index = np.zeros(len(scores), dtype=int)
    table, pairs = estimate(scores, CODED, by="key"), difference(scores, CODED, by="key")
    assert table["key"].tolist() == list(values)
    assert table["key"].dtype == pairs["key_other"].dtype == values.dtype
    plain = difference(SCORES.assign(key=half), CODED, by="key")
    assert pairs["estimate"].tolist() == plain["estimate"].tolist()


def test_difference_of_groups_is_that_of_their_estimates():
    table = estimate(SCORES, CODED, by="firm", measure="broadcast").set_index("firm")
    pairs = difference(SCORES, CODED, by="firm", measure="broadcast")
    assert pairs[["firm", "firm_other"]].to_numpy().tolist() == [
        [FIRMS[0], FIRMS[1]],
        [FIRMS[0], FIRMS[2]],
        [FIRMS[1], FIRMS[2]],
    ]
    for row in pairs.to_dict("records"):
        one_, other = table.loc[row["firm"]], table.loc[row["firm_other"]]
        assert row["estimate"] == pytest.approx(one_["estimate"] - other["estimate"])
        assert row["naive"] == pytest.approx(one_["naive"] - other["naive"])
        # Groups of one sample hang together a little: who is drawn for one is not drawn for the other.
        assert row["se"] == pytest.approx(np.hypot(one_["se"], other["se"]), rel=0.05)
        assert row["p"] <= row["p_holm"] <= 1


def test_holm_by_hand():
    scores, truth = corpus(posts=240, seed=3)
    truth["voice"] = truth["voice"].where(scores["firm"] != FIRMS[0], 4.0)
    pairs = difference(scores, draw(truth, 120), by="firm", measure="broadcast")
    p = pairs["p"].sort_values()
    assert p.iloc[0] < 0.001
    expected = np.maximum.accumulate(p * [3, 2, 1]).clip(upper=1)
    assert pairs["p_holm"][p.index].tolist() == pytest.approx(expected.tolist())


def test_groups_within_posts_need_passages():
    scores = SCORES.assign(part=np.where(SCORES["passage"] == 0, "opening", "rest"))
    with pytest.raises(CluetrainError, match=r"part has 2 values in post_id .* ask for unit='passage'"):
        estimate(scores, CODED, by="part")
    table = estimate(scores, CODED, by="part", unit="passage")
    assert table["n"].sum() == len(scores)
    assert difference(scores, CODED, by="part", unit="passage")["se"].iloc[0] > 0


def test_samples_of_passages():
    coded = draw(TRUTH, 150, unit="passage")
    row = one(estimate(SCORES, coded, unit="passage"))
    assert row["n"] == len(SCORES)
    assert row["n_coded"] == 150
    with pytest.raises(CluetrainError, match="Single passages were drawn"):
        estimate(SCORES, coded)


def test_roles_come_from_the_design():
    scores = SCORES.assign(role=np.where(SCORES["passage"] == 0, "body", "comment"))
    with pytest.raises(CluetrainError, match="not among the counted ones"):
        estimate(scores, CODED)
    coded = CODED.copy()
    coded.attrs["design"] = {"roles": ["body", "comment"]}
    table = estimate(scores, coded)
    assert table["estimate"].equals(estimate(SCORES, CODED)["estimate"])
    assert table.attrs["estimates"]["design"] == coded.attrs["design"]


def test_samples_without_weights_are_warned_of():
    with pytest.warns(CluetrainWarning, match="not a probability sample"):
        row = one(estimate(SCORES, CODED.assign(weight=np.nan, stratum_size=0)))
    assert row["note"] == "not a probability sample"
    assert row["estimate"] == pytest.approx(one(estimate(SCORES, CODED))["estimate"])


def test_what_was_not_coded_is_warned_of_and_stood_for():
    posts = CODED["post_id"].unique()
    partly = CODED.assign(grade=CODED["grade"].where(~CODED["post_id"].isin(posts[:5]) | (CODED["passage"] > 0)))
    lost = partly[~partly["post_id"].isin(posts[5:8])]
    with pytest.warns(CluetrainWarning, match="8 of 90 drawn units are not coded completely"):
        row = one(estimate(SCORES, lost))
    assert row["n_coded"] == 82
    label = post_truth()[0][posts[8:]]
    assert row["classical"] == pytest.approx(label.mean())
    with pytest.warns(CluetrainWarning, match="not coded completely"):
        sample = gather(SCORES, lost, measure="tracks", thesis=3, unit="post", columns=[]).sample
    assert sample.weight.sum() == pytest.approx(300)


def test_a_stratum_with_one_coded_unit_is_warned_of():
    coded = draw(TRUTH, {"first": 1, "rest": 60}, strata=lambda row: "first" if row.post_id < "p0004" else "rest")
    with pytest.warns(CluetrainWarning, match="single coded unit: 'first'"):
        row = one(estimate(SCORES, coded))
    assert row["se"] > 0


def test_unequal_weights_are_horvitz_thompsons():
    posts = CODED["post_id"].drop_duplicates()
    weight = pd.Series(np.where(np.arange(90) % 2, 2.0, 14 / 3), index=posts)
    coded = CODED.assign(weight=CODED["post_id"].map(weight))
    row = one(estimate(SCORES, coded))
    label = post_truth()[0][posts]
    assert row["classical"] == pytest.approx(np.average(label, weights=weight))


@pytest.mark.parametrize("unit", ["post", "passage"])
@pytest.mark.parametrize("strata", [None, "firm", "tracks"])
def test_samples_that_we_draw_are_understood(unit, strata):
    sample = sample_for_coding(SCORES, 120, unit=unit, theses=[3], strata=strata)
    coded = TRUTH.merge(sample.drop(columns=["text", "theses", "strata", "roles", "seed"]), on=["post_id", "passage"])
    coded.attrs = sample.attrs
    row = one(estimate(SCORES, coded, unit=unit))
    assert row["n_coded"] == 120
    truth = (TRUTH["grade"] >= 2).mean() if unit == "passage" else post_truth()[0].mean()
    assert abs(row["estimate"] - truth) < 3 * row["se"]
    assert row["note"] == ""


def test_codes_of_other_texts_are_refused():
    coded = CODED.assign(text_sha256=fingerprint("Text."))
    assert one(estimate(SCORES, coded))["n_coded"] == 90
    with pytest.raises(PostError, match="another text in the scores"):
        estimate(SCORES.assign(text="Neuer Text."), coded)


def wrong(**columns):
    return CODED.assign(**columns)


@pytest.mark.parametrize(
    ("coded", "options", "message"),
    [
        (CODED.head(0), {}, "No passage is coded"),
        (wrong(weight=0.5), {}, "A weight is 0.5"),
        (wrong(weight=np.where(CODED["passage"] == 0, 3.0, 4.0)), {}, "has several strata, stratum sizes or weights"),
        (wrong(weight=[np.nan if post == "p0007" else 10 / 3 for post in CODED["post_id"]]), {}, "have no weight"),
        (wrong(weight=30.0), {}, "more units are coded than its weights"),
        (wrong(stratum_size=299), {}, "The strata hold 299 units, but these scores have 300"),
        (wrong(stratum=np.where(CODED["post_id"] < "p0100", "a", "b")), {}, "The strata hold 600 units"),
        (wrong(unit="blog"), {}, "expected either 'post' or 'passage'"),
        (wrong(post_id="x"), {}, "twice in passage"),
        (wrong(passage=CODED["passage"] + 10), {}, "not among the counted ones"),
        (wrong(grade=np.nan), {}, "nothing to correct tracks with"),
        (wrong(voice=np.nan), {"measure": "broadcast"}, "nothing to correct broadcast with"),
        (CODED, {"measure": "broadcast", "thesis": 3}, "broadcast has no thesis"),
        (CODED, {"thesis": 4}, "Thesis 4 was not coded; the coders were asked for 3"),
        (CODED, {"measure": "score"}, "measure is 'score'"),
        (CODED, {"unit": "blog"}, "unit is 'blog'"),
        (CODED, {"population": "all"}, "population is 'all'"),
        (CODED, {"level": 95}, "level is 95"),
        (CODED, {"by": "company"}, "no column 'company'. Add it from the posts"),
        (CODED, {"by": "broadcast"}, "broadcast is a prediction"),
        (CODED.drop(columns="weight"), {}, "lacks the column"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_no_sense_is_refused(coded, options, message):
    with pytest.raises(CluetrainError, match=message):
        estimate(SCORES, coded, **options)


def test_scores_that_do_not_serve_are_refused():
    with pytest.raises(CluetrainError, match=r"theses=\[3\], top=None"):
        estimate(SCORES.assign(thesis=np.where(SCORES["post_id"] == "p0001", 5, 3)), CODED)
    with pytest.raises(CluetrainError, match="firm is missing for 100 of 300 units"):
        estimate(SCORES.assign(firm=SCORES["firm"].where(SCORES["firm"] != FIRMS[0])), CODED, by="firm")
    with pytest.raises(CluetrainError, match="by names n, which is a column of the result"):
        estimate(SCORES.assign(n=1), CODED, by=["firm", "n"])
    with pytest.raises(CluetrainError, match="expected different columns"):
        estimate(SCORES, CODED, by=["firm", "firm"])
    with pytest.raises(CluetrainError, match="makes 1 group"):
        difference(SCORES.assign(firm="A"), CODED, by="firm")
    with pytest.raises(CluetrainError, match="strata hold 300 units, but these scores have 2"):
        estimate(SCORES[(SCORES["post_id"] < "p0250") | SCORES["post_id"].isin(CODED["post_id"])], CODED)


def arrays(count=4000, n=400, seed=5):
    random = np.random.default_rng(seed)
    prediction = random.beta(1, 2, count)
    label = (random.random(count) < 0.7 * prediction + 0.1).astype(float)
    rows = np.sort(random.choice(count, n, replace=False))
    return label, prediction, rows


def simple(label, prediction, rows, count, design=None):
    n = len(rows)
    design = np.ones((n, 1)) if design is None else design
    weight, zero = np.full(n, count / n), np.zeros(n, dtype=np.int64)
    return Sample(design, label[rows], prediction[rows], weight, np.arange(n), zero, np.full(n, n / count))


def test_means_are_those_of_ppi():
    """The same estimate as `ppi_py`, and its standard error but for what it leaves out."""
    from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

    label, prediction, rows = arrays()
    count, n = len(label), len(rows)
    sample = simple(label, prediction, rows, count)
    cross, moments = np.array([[float(count)]]), np.array([prediction.sum()])
    ours = fit(cross, moments, sample, lam=1.0, superpopulation=True)
    theirs = ppi_mean_pointestimate(label[rows], prediction[rows], prediction, lam=1)
    assert ours.estimate[0] == pytest.approx(theirs.item(), abs=1e-8)
    low, high = ppi_mean_ci(label[rows], prediction[rows], prediction, alpha=0.05, lam=1)
    squared = ((high - low).item() / 2 / 1.959963984540054) ** 2
    # ppi_py takes the unlabelled posts for others than the labelled ones, and divides by n. Here the labelled ones are
    # among them: errors shrink by the fraction coded, and all labels scatter as labels do rather than predictions.
    errors = np.var(label[rows] - prediction[rows])
    expected = (
        squared
        - np.var(prediction) / count
        - errors / n
        + errors / (n - 1) * (1 - n / count)
        + np.var(label[rows], ddof=1) / count
    )
    assert ours.covariance[0, 0] == pytest.approx(expected, abs=1e-12)
    assert np.sqrt(ours.covariance[0, 0]) == pytest.approx(np.sqrt(squared), rel=0.03)


def test_the_sample_alone_is_that_of_ppi_without_predictions():
    from ppi_py import ppi_mean_ci

    label, prediction, rows = arrays()
    sample = simple(label, prediction, rows, len(label))._replace(fraction=np.zeros(len(rows)))
    ours = fit(np.array([[4000.0]]), np.array([prediction.sum()]), sample, lam=0.0)
    low, high = ppi_mean_ci(label[rows], prediction[rows], prediction, alpha=0.05, lam=0)
    assert ours.estimate[0] == pytest.approx(((low + high) / 2).item(), abs=1e-8)
    half = 1.959963984540054 * np.sqrt(ours.covariance[0, 0] * (len(rows) - 1) / len(rows))
    assert half == pytest.approx(((high - low) / 2).item(), abs=1e-8)


def test_weighted_means_are_those_of_ppi():
    from ppi_py import ppi_mean_pointestimate

    label, prediction, _ = arrays()
    stratum = (prediction > 0.4).astype(np.int64)
    random = np.random.default_rng(6)
    rows = np.sort(np.concatenate([random.choice(np.flatnonzero(stratum == h), 150, replace=False) for h in (0, 1)]))
    size = np.bincount(stratum)
    sample = simple(label, prediction, rows, 4000)._replace(
        weight=(size / 150)[stratum[rows]], stratum=stratum[rows], fraction=(150 / size)[stratum[rows]]
    )
    ours = fit(np.array([[4000.0]]), np.array([prediction.sum()]), sample, lam=1.0)
    theirs = ppi_mean_pointestimate(label[rows], prediction[rows], prediction, lam=1, w=sample.weight)
    assert ours.estimate[0] == pytest.approx(theirs.item(), abs=1e-10)
    error = label - prediction
    parts = [error[rows][stratum[rows] == h].var(ddof=1) / 150 * (1 - 150 / size[h]) for h in (0, 1)]
    assert ours.covariance[0, 0] == pytest.approx(np.dot((size / 4000) ** 2, parts), rel=0.01)


def coverage():
    path = Path(__file__).parents[1] / "benchmarks" / "coverage.py"
    spec = importlib.util.spec_from_file_location("coverage_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_simulation_runs():
    table = coverage().table(coverage().simulate("good", "simple", "tracks", 20))
    assert table["estimand"].tolist() == ["share", "small group", "difference", "regression"]
    assert (table["corpus %"] > 70).all()


@pytest.mark.slow
@pytest.mark.parametrize("scorer", ["good", "biased", "useless"])
@pytest.mark.parametrize("design", ["simple", "stratified", "clustered"])
def test_intervals_hold_what_they_promise(scorer, design):
    repetitions = 250
    module = coverage()
    runs = pd.concat(
        [module.simulate(scorer, design, measure, repetitions) for measure in ("tracks", "broadcast", "rare")]
    )
    table = module.table(runs).set_index("estimand")
    # Three and a half Monte-Carlo errors; groups of fifteen coded posts may miss a little more.
    slack = 350 * np.sqrt(0.95 * 0.05 / repetitions)
    for estimand, row in table.iterrows():
        floor = 95 - slack - (2 if estimand == "small group" else 0)
        assert floor < row["corpus %"], estimand
        assert floor < row["superpopulation %"], estimand
        assert abs(row["bias"]) < 0.2 * row["half width"], estimand
    if scorer != "good":
        assert table.loc["difference", "naive %"] < 5
    if scorer == "useless":
        assert table["se / sample alone"].max() < 1.05
