"""Figures: what they draw, in both languages and all formats, and that nothing global changes."""

import builtins
import re

import numpy as np
import pandas as pd
import pytest

from cluetrain_nlp import schema
from cluetrain_nlp.classifier.theses import load_theses
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.comparison import compare
from cluetrain_nlp.study.groups import by, lip_service, matrix
from cluetrain_nlp.study.tables import by_thesis

matplotlib = pytest.importorskip("matplotlib", reason="the extra plots is not installed")
matplotlib.use("Agg")

from matplotlib import pyplot as plt  # noqa: E402

from cluetrain_nlp.show import plots  # noqa: E402

THESES = load_theses()
RELIABILITY = pd.DataFrame(
    {
        "bin": [0, 1, 2, 3],
        "predicted": [0.05, 0.3, 0.6, np.nan],
        "observed": [0.0, 0.4, 0.5, np.nan],
        "low": [0.0, 0.2, 0.3, np.nan],
        "high": [0.1, 0.6, 0.7, np.nan],
        "n": [1200, 40, 20, 0],
    }
)


def corpus(posts):
    generator = np.random.default_rng(0)
    rows = []
    for post in range(posts):
        company = ["Amberg", "Quendel AG & Co $1 $2", None][post % 3]
        month = f"2024-{post // 3 % 4 * 2 + 1:02d}"
        for passage in range(2):
            broadcast, *tracks = generator.uniform(0, 1, 3).round(3)
            one = dict.fromkeys(schema.SCORES, 0) | {
                "post_id": f"p{post:05d}",
                "passage": passage,
                "role": "body",
                "error": "",
                "broadcast": broadcast,
                "company": company,
                "month": month,
            }
            rows += [one | {"thesis": thesis, "tracks": value} for thesis, value in zip([3, 62], tracks, strict=True)]
    return pd.DataFrame(rows).astype(schema.SCORES)


SCORES = corpus(60)
BY = by(SCORES, ["company", "month"])
FIGURES = {
    "heatmap": lambda **more: plots.heatmap(matrix(SCORES, "company"), theses=THESES, **more),
    "voice_over_time": lambda **more: plots.voice_over_time(BY, **more),
    "quadrant": lambda **more: plots.quadrant(SCORES, **more),
    "intervals": lambda **more: plots.intervals(by(SCORES, "company"), measure="tracks", **more),
    "reliability": lambda **more: plots.reliability(RELIABILITY, **more),
    "theses": lambda **more: plots.theses(by_thesis(SCORES), theses=THESES, **more),
}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts(ax):
    ax.figure.canvas.draw()
    return [text.get_text() for text in ax.figure.findobj(matplotlib.text.Text) if text.get_text()]


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_figure_is_saved_in_every_format_and_language(name, language, tmp_path):
    before = dict(matplotlib.rcParams)
    ax = FIGURES[name](language=language)
    for suffix, start in (("pdf", b"%PDF"), ("svg", b"<?xml"), ("png", b"\x89PNG")):
        path = tmp_path / f"figure.{suffix}"
        ax.figure.savefig(path)
        assert path.read_bytes().startswith(start)
    assert dict(matplotlib.rcParams) == before
    other = {"en": r"\d,\d(?!\d\d)", "de": r"\d\.\d(?!\d\d)"}[language]
    assert [text for text in texts(ax) if re.search(other, text)] == []


def test_german_numbers_have_a_comma():
    assert {"0,2", "0,8"} <= set(texts(plots.voice_over_time(BY, language="de")))
    table = by_thesis(SCORES).assign(expected=[1.8, 10.2])
    assert {" 1,5 %", " 8,5 %"} <= set(texts(plots.theses(table, language="de")))


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_draws_into_given_axes(name):
    figure, (left, right) = plt.subplots(1, 2)
    assert FIGURES[name](ax=right) is right
    assert right.has_data()
    assert not left.has_data()
    assert plt.get_fignums() == [figure.number]


def test_heatmap_shows_the_highest_values():
    table = matrix(SCORES, "company")
    ax = plots.heatmap(table, theses=THESES, language="de")
    found = texts(ax)
    assert f"3  {THESES[3].text_de[:20]}" in " ".join(found)
    assert r"Quendel AG & Co \$1 \$2" in found
    assert "(ohne Angabe)" in found
    assert f"{100 * table.iloc[0, 0]:.0f}" in found
    one = plots.heatmap(table, top=1)
    highest = table.max(axis=1).idxmax()
    assert [label.get_text() for label in one.get_yticklabels()] == [f"thesis {highest}"]
    table.attrs["lower_bound"] = True
    assert "expected share of passages in per cent (lower bound)" in texts(plots.heatmap(table))


def test_heatmap_without_counted_passages():
    ax = plots.heatmap(matrix(SCORES, "company") * np.nan)
    ax.figure.canvas.draw()
    assert ax.collections[0].get_array().mask.all()


def test_heatmap_with_many_groups_has_no_numbers():
    wide = pd.DataFrame(np.linspace(0, 1, 60).reshape(3, 20), index=[1, 2, 3], columns=[f"g{n}" for n in range(20)])
    assert len(plots.heatmap(wide).texts) == 0


def test_voice_over_time_breaks_where_nothing_is():
    ax = plots.voice_over_time(BY)
    lines = [line for line in ax.get_lines() if len(line.get_ydata()) == 7]
    assert len(lines) == 3
    for line in lines:
        assert np.isnan(line.get_ydata()).tolist() == [False, True] * 3 + [False]
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["Amberg", r"Quendel AG & Co \$1 \$2", "(no value)"]
    assert len({(line.get_marker(), line.get_linestyle(), line.get_color()) for line in lines}) == 3


@pytest.mark.parametrize(
    "periods", [["2023", "2025"], ["2024Q1", "2024Q2"], pd.period_range("2024-01", periods=2, freq="M")]
)
def test_voice_over_time_takes_years_quarters_and_periods(periods):
    scores = SCORES.assign(when=pd.Series(periods)[np.arange(len(SCORES)) // 4 % 2].array)
    ax = plots.voice_over_time(by(scores, "when"), time="when", measure="score")
    assert ax.get_ylim() == (-1, 1)
    assert ax.get_legend() is None


def test_quadrant_gives_points_or_hexagons_and_the_shares():
    shares = lip_service(SCORES, thesis=3).set_index("quadrant")
    ax = plots.quadrant(SCORES, thesis=3)
    assert f"lip service: {100 * shares.loc['lip service', 'share']:.0f} % ({shares.loc['lip service', 'n']})" in texts(
        ax
    )
    assert ax.get_xlabel() == "tracks thesis 3"
    assert len(ax.collections[0].get_offsets()) == 120
    many = plots.quadrant(corpus(1000), language="de")
    assert many.collections[0].get_array().sum() > 0
    assert len(many.collections[0].get_offsets()) < 2000
    assert "Passagen" in texts(many)


def test_intervals_of_every_table():
    groups = by(SCORES, "company", thesis=3)
    ax = plots.intervals(groups, measure="share_tracks")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Amberg", r"Quendel AG & Co \$1 \$2", "(no value)"]
    assert ax.get_xlabel() == "share that tracks thesis 3"
    assert "20 posts" in texts(ax)
    pairs = plots.intervals(compare(SCORES, "company", measure="tracks", thesis=[3, 62]))
    assert [label.get_text() for label in pairs.get_yticklabels()] == [
        r"Amberg − Quendel AG & Co \$1 \$2 · thesis 3",
        r"Amberg − Quendel AG & Co \$1 \$2 · thesis 62",
    ]
    fields = plots.intervals(lip_service(SCORES), language="de")
    assert [label.get_text() for label in fields.get_yticklabels()][:2] == ["Lippenbekenntnis", "Gespräch"]


def test_intervals_of_estimates_show_the_predictions_too():
    estimates = pd.DataFrame(
        {
            "company": ["Amberg", "Quendel"],
            "measure": "tracks",
            "thesis": 3,
            "estimate": [0.38, 0.19],
            "low": [0.34, np.nan],
            "high": [0.42, np.nan],
            "naive": [0.5, 0.2],
            "n_coded": [1200, 4],
        }
    )
    ax = plots.intervals(estimates, language="de")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "durch Kodierung korrigiert",
        "nur Vorhersagen",
    ]
    assert "1.200 kodiert" in texts(ax)
    with_interval, without, naive = ax.get_lines()
    assert with_interval.get_xdata().tolist() == [0.38]
    assert without.get_xdata().tolist() == [0.19]
    assert without.get_markerfacecolor() == "white"
    assert naive.get_xdata().tolist() == [0.5, 0.2]


def test_intervals_of_estimated_differences():
    differences = pd.DataFrame(
        {
            "company": ["Amberg"],
            "year": [2023],
            "company_other": ["Quendel"],
            "year_other": [2024],
            "measure": "broadcast",
            "thesis": 0,
            "estimate": [-0.2],
            "low": [-0.3],
            "high": [-0.1],
        }
    )
    ax = plots.intervals(differences)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Amberg · 2023 − Quendel · 2024"]
    assert ax.get_xlabel() == "broadcast, difference"
    assert ax.get_xlim()[0] < -0.3


def test_theses_are_split_by_voice():
    table = by_thesis(SCORES)
    ax = plots.theses(table, top=1)
    first = table.sort_values("expected").iloc[-1]
    plain, hatched = ax.patches
    assert plain.get_width() + hatched.get_width() == pytest.approx(first["expected"])
    assert hatched.get_width() == pytest.approx(first["lip_service"] * first["n"])
    assert hatched.get_hatch()


def test_reliability_leaves_empty_bins_out():
    ax = plots.reliability(RELIABILITY)
    assert ax.get_lines()[1].get_xdata().tolist() == [0.05, 0.3, 0.6]
    assert {"1,200", "40", "20"} <= set(texts(ax))
    assert not len(ax.get_lines()[2].get_xdata())


def test_reliability_marks_bins_without_an_interval():
    ax = plots.reliability(RELIABILITY.assign(low=[0.0, np.nan, 0.3, np.nan], high=[0.1, np.nan, 0.7, np.nan]))
    hollow = ax.get_lines()[2]
    assert hollow.get_markerfacecolor() == "white"
    assert hollow.get_xdata().tolist() == [0.3]


def test_years_may_be_missing():
    years = pd.Series([2023.0, 2025.0, np.nan])[np.arange(len(SCORES)) // 4 % 3].array
    ax = plots.voice_over_time(by(SCORES.assign(year=years), "year"), time="year")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2023", "2024", "2025"]


def test_errors_say_what_is_wrong():
    with pytest.raises(CluetrainError, match="language is 'fr'; expected 'en' or 'de'"):
        plots.quadrant(SCORES, language="fr")
    with pytest.raises(CluetrainError, match="no key 'quarter'; its keys are company, month"):
        plots.voice_over_time(BY, time="quarter")
    with pytest.raises(CluetrainError, match="'company' does not hold periods"):
        plots.voice_over_time(BY, time="company")
    mixed = SCORES.assign(when=np.where(SCORES["company"] == "Amberg", "2024", "2024-02"))
    with pytest.raises(CluetrainError, match="'when' does not hold periods of one length"):
        plots.voice_over_time(by(mixed, "when"), time="when")
    with pytest.raises(CluetrainError, match="no measure 'voice'; it has broadcast, tracks"):
        plots.intervals(BY, measure="voice")
    with pytest.raises(CluetrainError, match="several measures; choose one"):
        plots.intervals(BY)
    with pytest.raises(CluetrainError, match="expected low, high and one of value"):
        plots.intervals(by_thesis(SCORES))
    with pytest.raises(CluetrainError, match="lacks predicted, observed"):
        plots.reliability(BY)
    with pytest.raises(CluetrainError, match="top is 0"):
        plots.heatmap(matrix(SCORES, "company"), top=0)
    many = by(SCORES.assign(company=SCORES["post_id"].str[-1:], month="2024-01"), ["company", "month"])
    with pytest.raises(CluetrainError, match="There are 10 groups; at most 7"):
        plots.voice_over_time(many)
    for draw in (plots.intervals, plots.theses, plots.voice_over_time):
        with pytest.raises(CluetrainError, match="is empty"):
            draw(by_thesis(SCORES).iloc[:0])
    with pytest.raises(CluetrainError, match="set of counted passages is empty"):
        plots.quadrant(SCORES.iloc[:0])


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    load = builtins.__import__

    def without(name, *rest):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return load(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CluetrainError, match=r"pip install 'cluetrain_nlp\[plots\]'"):
        plots.quadrant(SCORES)
