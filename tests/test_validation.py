"""The machine against people, against figures of other libraries and errors that were put in on purpose."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, f1_score, precision_score, recall_score, roc_auc_score

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, CluetrainWarning, PostError
from cluetrain_nlp.study import validation
from cluetrain_nlp.study.agreement import alpha
from cluetrain_nlp.study.coding import fingerprint
from cluetrain_nlp.study.validation import drift, reliability, validate

ROW = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": ""}


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    monkeypatch.setattr(validation, "_RESAMPLES", 200)
    monkeypatch.setattr(validation, "_PERMUTATIONS", 400)


def study(posts=120, bias=0.0, seed=0, weights=(1.0,), coders="AB"):
    """Scores of posts in two groups, calibrated but for `bias` in the second, and codes of two coders."""
    generator = np.random.default_rng(seed)
    scores, coded = [], []
    for post in range(posts):
        group = "neu" if post % 2 else "alt"
        for passage in range(2):
            p, q = generator.beta(1, 1.5, 2)
            place = {"post_id": f"p{post:03}", "passage": passage}
            scores.append(ROW | place | {"broadcast": p, "tracks": q, "thesis": 3, "group": group})
            truth = min(max(p + bias * (group == "neu"), 0), 1)
            voice = 3 + generator.random() if generator.random() < truth else 2 * generator.random()
            grade = 2 if generator.random() < q else 0
            for coder in coders:
                noise = generator.random() < 0.1
                given = {"voice": 1.0 if noise else np.round(voice * 2) / 2, "grade": 3 if noise and grade else grade}
                given |= {"stance": "supports" if given["grade"] else "", "coder": coder, "thesis": 3}
                draw = {"unit": "post", "stratum": "all", "stratum_size": posts, "weight": weights[post % len(weights)]}
                coded.append(place | given | draw)
    return pd.DataFrame(scores), schema.conform(pd.DataFrame(coded), schema.CODED)


def figures(table, who="machine–human", label="broadcast"):
    return table[(table["who"] == who) & (table["label"] == label)].set_index("figure")


@pytest.mark.parametrize("weights", [(1.0,), (1.0, 4.0, 2.5)])
def test_figures_are_those_of_scikit_learn(weights):
    scores, coded = study(weights=weights, coders="A")
    found = figures(validate(scores, coded, threshold=0.4))["value"]
    y, w = (coded["voice"] >= 3).to_numpy(), coded["weight"].to_numpy()
    p = scores["broadcast"].to_numpy()
    said = p >= 0.4
    assert found["auc"] == pytest.approx(roc_auc_score(y, p, sample_weight=w), abs=1e-6)
    assert found["precision"] == pytest.approx(precision_score(y, said, sample_weight=w), abs=1e-6)
    assert found["recall"] == pytest.approx(recall_score(y, said, sample_weight=w), abs=1e-6)
    assert found["f1"] == pytest.approx(f1_score(y, said, sample_weight=w), abs=1e-6)
    assert found["brier"] == pytest.approx(brier_score_loss(y, p, sample_weight=w), abs=1e-6)


def test_alpha_is_krippendorffs():
    scores, coded = study()
    table = validate(scores, coded)
    wide = (coded.pivot(index=["post_id", "passage"], columns="coder", values="voice") >= 3).astype(int)
    assert figures(table, "human–human").loc["alpha", "value"] == pytest.approx(
        pair_alpha(wide["A"], wide["B"]), abs=1e-6
    )
    one = validate(scores, coded[coded["coder"] == "A"])
    said = (scores["broadcast"] >= 0.5).astype(int)
    assert figures(one).loc["alpha", "value"] == pytest.approx(pair_alpha(wide["A"], said), abs=1e-6)
    assert "human–human" not in set(one["who"])


def pair_alpha(one, other):
    both = np.column_stack([one, other])
    return alpha(np.array([[(row == 0).sum(), (row == 1).sum()] for row in both], dtype=float), "nominal")


def test_the_auc_of_people_counts_ties_one_half():
    scores, coded = study()
    wide = coded.pivot(index=["post_id", "passage"], columns="coder", values="voice")
    true = np.concatenate([wide["A"] >= 3, wide["B"] >= 3])
    other = np.concatenate([wide["B"], wide["A"]])
    found = figures(validate(scores, coded), "human–human").loc["auc", "value"]
    assert found == pytest.approx(roc_auc_score(true, other), abs=1e-6)


def test_intervals_are_of_weighted_figures():
    """Half of the posts stand for nine times as many as the others, and are all predicted wrongly."""
    scores, coded = study(posts=60, coders="A", weights=(1.0, 9.0))
    odd = scores["post_id"].str[-1].astype(int) % 2 == 1
    scores["broadcast"] = ((coded["voice"].to_numpy() >= 3) ^ odd).astype(float)
    brier = figures(validate(scores, coded)).loc["brier"]
    assert brier["value"] == pytest.approx(0.9)
    assert brier["low"] > 0.75
    table = reliability(scores, coded, bins=1)
    assert (table["low"] <= table["observed"]).all()


def test_machine_and_people_stand_side_by_side():
    scores, coded = study()
    table = validate(scores, coded)
    assert {name: str(kind) for name, kind in table.dtypes.items()} == validation._VALIDATION
    assert table[["label", "thesis"]].drop_duplicates().to_numpy().tolist() == [["broadcast", 0], ["tracks", 3]]
    assert table["who"].tolist() == ["machine–human", "human–human"] * 12
    assert (table["n"] == 240).all()
    inside = table[table["figure"] != "auc"].dropna()
    assert len(inside) > 15
    assert (inside["low"] <= inside["value"]).all()
    assert (inside["value"] <= inside["high"]).all()
    assert figures(table, "human–human").loc["alpha", "value"] > figures(table).loc["alpha", "value"]
    # Either coder is the truth once, so that precision and recall of people are the same.
    people = figures(table, "human–human", "tracks")["value"]
    assert people["precision"] == people["recall"] == people["f1"]
    pd.testing.assert_frame_equal(table, validate(scores.sample(frac=1, random_state=1), coded))


def test_passages_of_one_coder_add_nothing_to_agreement():
    scores, coded = study()
    coded.loc[(coded["coder"] == "B") & (coded["post_id"] > "p059"), ["voice", "grade"]] = np.nan
    table = validate(scores, coded)
    assert figures(table)["n"].unique() == [240]
    assert figures(table, "human–human")["n"].unique() == [120]


def test_figures_that_are_not_defined_are_missing():
    scores, coded = study(posts=6, coders="A")
    table = figures(validate(scores, coded.assign(voice=0.0)))
    assert table.loc[["auc", "recall"], ["value", "low", "high"]].isna().all(axis=None)


def test_intervals_rest_on_posts_not_passages():
    """The same passage ten times in each post makes no interval narrower."""
    scores, coded = study(posts=40, coders="A")
    scores, coded = scores[scores["passage"] == 0], coded[coded["passage"] == 0]
    many = [frame.loc[frame.index.repeat(10)] for frame in (scores, coded)]
    many = [frame.assign(passage=np.tile(np.arange(10), 40)).reset_index(drop=True) for frame in many]
    once, often = figures(validate(scores, coded)), figures(validate(*many))
    width = once["high"] - once["low"]
    assert (often["high"] - often["low"])["brier"] == pytest.approx(width["brier"], rel=0.02)


def test_samples_without_weights_warn():
    scores, coded = study(posts=20)
    with pytest.warns(CluetrainWarning, match="have no sampling weights"):
        validate(scores, coded.assign(weight=np.nan))


def test_calibrated_scores_lie_on_the_diagonal():
    scores, coded = study(posts=2000, coders="A", seed=3)
    coded["voice"] = np.where(np.random.default_rng(4).random(len(coded)) < scores["broadcast"], 4.0, 0.0)
    table = reliability(scores, coded, bins=5)
    assert table["bin"].tolist() == [0, 1, 2, 3, 4]
    assert table["n"].sum() == 4000
    assert (table["predicted"] - table["observed"]).abs().max() < 0.05
    assert ((table["low"] < table["observed"]) & (table["observed"] < table["high"])).all()
    assert 0 <= table.attrs["ece"] < 0.03
    off = reliability(scores.assign(broadcast=scores["broadcast"] / 2), coded, bins=5)
    assert off["bin"].tolist() == [0, 1, 2]
    assert off.attrs["ece"] == pytest.approx((scores["broadcast"] / 2).mean(), abs=0.02)


def test_weights_move_what_was_observed():
    scores = pd.DataFrame([ROW | {"post_id": name, "broadcast": 0.5} for name in "ab"])
    base = {"passage": 0, "coder": "A", "thesis": 0, "grade": np.nan, "stance": "", "unit": "post", "stratum": "s"}
    codes = [{"post_id": "a", "voice": 4, "weight": 3.0}, {"post_id": "b", "voice": 0, "weight": 1.0}]
    coded = pd.DataFrame([base | {"stratum_size": 4} | code for code in codes])
    assert reliability(scores, coded)[["bin", "observed"]].to_numpy().tolist() == [[5, 0.75]]


def test_theses_are_pooled_or_taken_one_at_a_time():
    scores, coded = study(posts=30, coders="A")
    more = pd.concat([scores, scores.assign(thesis=9, tracks=0.9)])
    codes = pd.concat([coded, coded.assign(thesis=9, grade=0.0, stance="")])
    assert reliability(more, codes, measure="tracks")["n"].sum() == 120
    ninth = reliability(more, codes, measure="tracks", thesis=9)
    assert ninth[["bin", "observed", "n"]].to_numpy().tolist() == [[9, 0, 60]]


def test_drift_is_found_where_it_is():
    table = drift(*study(posts=200, bias=0.3), "group")
    assert table.columns.tolist() == ["group", *validation._DRIFT]
    assert table["group"].tolist() == ["alt", "neu"]
    assert table["n_posts"].tolist() == [100, 100]
    assert table["n_passages"].tolist() == [200, 200]
    assert table["error"].to_numpy() == pytest.approx((table["observed"] - table["predicted"]).to_numpy(), abs=1e-9)
    alt, neu = table.to_dict("records")
    assert alt["high"] < neu["low"]
    assert table["p_equal"].unique() == [pytest.approx(1 / 401)]


def test_drift_is_rarely_found_where_there_is_none():
    """Under equal errors the test rejects at 10 % in about 10 % of corpora."""
    found = [drift(*study(posts=30, seed=seed, coders="A"), "group")["p_equal"].iloc[0] for seed in range(40)]
    assert np.mean(np.array(found) <= 0.1) < 0.1 + 3 * np.sqrt(0.1 * 0.9 / 40)
    assert np.mean(np.array(found) <= 0.5) > 0.5 - 3 * np.sqrt(0.25 / 40)


def test_lonely_groups_have_no_interval():
    scores, coded = study(posts=9)
    assert drift(scores, coded, "group").loc[0, ["low", "high"]].notna().all()
    scores["group"] = np.where(scores["post_id"] == "p000", "allein", "alle")
    table = drift(scores, coded, "group").set_index("group")
    assert table.loc["allein", ["low", "high"]].isna().all()
    assert table.loc["alle", ["low", "high"]].notna().all()
    assert drift(scores.assign(group="eine"), coded, "group")["p_equal"].isna().all()


def test_what_does_not_fit_is_told():
    scores, coded = study(posts=10)
    with pytest.raises(CluetrainError, match="threshold is 0"):
        validate(scores, coded, threshold=0)
    with pytest.raises(CluetrainError, match="bins is 0"):
        reliability(scores, coded, bins=0)
    with pytest.raises(
        CluetrainError, match=r"4 coded passage\(s\) have no number in the scores, .* passage 0 of post p008"
    ):
        validate(scores[scores["post_id"] < "p008"], coded)
    with pytest.raises(CluetrainError, match=r"theses=\[3\], top=None"):
        validate(scores.assign(thesis=5), coded)
    with pytest.raises(CluetrainError, match="Nothing is coded"):
        validate(scores, coded.assign(voice=np.nan, grade=np.nan))
    with pytest.raises(CluetrainError, match="broadcast was not coded"):
        reliability(scores, coded.assign(voice=np.nan))
    with pytest.raises(CluetrainError, match="key is 'firm'"):
        drift(scores, coded, "firm")
    with pytest.raises(CluetrainError, match="part has several values for post p000"):
        drift(scores.assign(part=scores["passage"]), coded, "part")


def test_unanimous_bins_keep_an_interval():
    """Where people say yes to everything, or to nothing, the interval is that of Clopper and Pearson for the posts."""
    scores, coded = study(posts=40, coders="A")
    table = reliability(scores, coded.assign(voice=4.0), bins=1).iloc[0]
    assert table["observed"] == table["high"] == 1
    assert table["low"] == pytest.approx(0.025 ** (1 / 40))
    table = reliability(scores, coded.assign(voice=0.0), bins=1).iloc[0]
    assert table["observed"] == table["low"] == 0
    assert table["high"] == pytest.approx(1 - 0.025 ** (1 / 40))


def test_few_posts_have_no_interval():
    scores, coded = study(posts=4)
    for table in (validate(scores, coded), reliability(scores, coded, bins=1), drift(scores, coded, "group")):
        assert table[["low", "high"]].isna().all(axis=None)


def test_bins_begin_at_their_lower_end():
    """0.29 * 100 is a little less than 29."""
    scores, coded = study(posts=10, coders="A")
    table = reliability(scores.assign(broadcast=np.float32(0.29)), coded, bins=100)
    assert table["bin"].tolist() == [29]


def test_perfect_agreement_is_not_beyond_doubt():
    scores, coded = study(posts=20, coders="A")
    both = pd.concat([coded, coded.assign(coder="B")])
    people = figures(validate(scores, both), "human–human")
    assert (people.loc[["alpha", "auc", "f1", "precision", "recall"], "value"] == 1).all()
    assert people.loc[["alpha", "auc", "f1"], ["low", "high"]].isna().all(axis=None)
    assert (people.loc[["precision", "recall"], "low"] < 0.9).all()
    assert people.loc["brier", "value"] == people.loc["brier", "low"] == 0 < people.loc["brier", "high"]


def test_drift_of_unanimous_groups_is_as_uncertain_as_the_codes():
    scores, coded = study(posts=20, coders="A")
    table = drift(scores.assign(broadcast=0.1), coded.assign(voice=0.0), "group")
    assert table["error"].to_numpy() == pytest.approx(-0.1, abs=1e-6)
    assert table["low"].to_numpy() == pytest.approx(-0.1, abs=1e-6)
    assert table["high"].to_numpy() == pytest.approx(1 - 0.025 ** (1 / 10) - 0.1, abs=1e-6)


def test_a_passage_counts_once_however_many_coded_it():
    scores, coded = study(posts=40, coders="A")
    part = coded[coded["post_id"] < "p010"]
    again = pd.concat([coded, part.assign(coder="B"), part.assign(coder="C")])
    once, often = figures(validate(scores, coded)), figures(validate(scores, again))
    assert often["value"].to_numpy() == pytest.approx(once["value"].to_numpy(), abs=1e-9)


def test_alpha_of_three_people_is_krippendorffs():
    scores, coded = study(posts=60, coders="ABC")
    missing = (coded["coder"] == "C") & (coded["post_id"] > "p020")
    coded = coded[~missing]
    found = figures(validate(scores, coded), "human–human").loc["alpha", "value"]
    yes = (coded["voice"] >= 3).groupby([coded["post_id"], coded["passage"]]).agg(["sum", "size"])
    counts = np.column_stack([yes["size"] - yes["sum"], yes["sum"]]).astype(float)
    assert found == pytest.approx(alpha(counts, "nominal"), abs=1e-6)


def test_codes_of_other_texts_are_refused():
    scores, coded = study(posts=10)
    scores["text"] = scores["post_id"] + " " + scores["passage"].astype(str)
    hashed = coded.merge(scores[["post_id", "passage", "text"]], on=["post_id", "passage"])
    hashed["text_sha256"] = hashed["text"].map(fingerprint)
    assert len(validate(scores, hashed)) == 24
    other = scores.assign(text=scores["text"].where(scores["post_id"] < "p009", "Neu geschnitten."))
    for call in (validate, reliability, lambda a, b: drift(a, b, "group")):
        with pytest.raises(PostError, match=r"2 coded passage\(s\) have another text .* passage 0 of post p009"):
            call(other, hashed)
        call(other, coded)
        call(other.assign(text=""), hashed)


@pytest.mark.parametrize(("spread", "weight"), [((3, 1), 1.0), ((1, 3), 1.0), ((1, 1), 5.0)])
def test_drift_is_no_matter_of_spread_or_weight(spread, weight):
    """Errors of mean 0, that vary more in the small group, or less, or count more there: 5 % are rejected, not 25 %."""
    found = []
    for seed in range(60):
        generator = np.random.default_rng(seed)
        error = np.concatenate([generator.normal(0, spread[0], 20), generator.normal(0, spread[1], 80)])
        group = ["klein"] * 20 + ["groß"] * 80
        pairs = pd.DataFrame({"post_id": [f"p{n:03}" for n in range(100)], "y": error, "p": 0.0, "group": group})
        pairs["weight"] = np.where(pairs["group"] == "klein", weight, 1.0)
        found.append(validation._p_equal(pairs, "group", seed))
    assert np.mean(np.array(found) <= 0.1) < 0.1 + 3 * np.sqrt(0.1 * 0.9 / 60)
    assert np.mean(np.array(found) <= 0.5) > 0.5 - 3 * np.sqrt(0.25 / 60)
