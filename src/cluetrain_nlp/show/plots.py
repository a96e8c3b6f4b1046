"""Figures for papers: each takes a table, draws into the axes of a matplotlib figure, and gives these back.

Colours are told apart by colour-blind readers (those of Okabe and Ito, 2008; shades of one blue), and no
figure needs them: markers, lines, hatches and numbers say the same. Nothing global is changed, and nothing is shown:
save a figure with ``axes.figure.savefig("figure.pdf")``. matplotlib comes with the extra `plots`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from cluetrain_nlp.classifier.theses import ThesisSet
from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.show.plot_labels import (
    Language,
    counts_of,
    formatter,
    is_difference,
    keys_of,
    labels_of,
    measure_of,
    name_of,
    number_of,
    per_cent,
    share_of,
    thesis_of,
    words_of,
)
from cluetrain_nlp.study.counting import counted, grouping
from cluetrain_nlp.study.groups import QUADRANTS, lip_service
from cluetrain_nlp.study.per_post import passages_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

__all__ = ["heatmap", "intervals", "quadrant", "reliability", "theses", "voice_over_time"]

#: Okabe and Ito's colours, those with enough contrast to white first; each series also has a marker and a line.
_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
_MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
_LINES: Final = ("-", "--", "-.", ":", "-", "--", "-.")
_BLUE, _ORANGE, _GREY = "#0072B2", "#E69F00", "#595959"
#: From so many passages on, the quadrant counts them in hexagons.
_MANY: Final = 2000
#: Cells with more columns than that have no room for a number.
_WIDEST: Final = 12


def heatmap(
    matrix: pd.DataFrame,
    *,
    top: int = 25,
    theses: ThesisSet | None = None,
    language: Language = "en",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw theses against groups.

    Parameters
    ----------
    matrix : pandas.DataFrame
        As from `cluetrain_nlp.study.groups.matrix`: values from 0 to 1.
    top : int, default 25
        At least 1: how many theses are drawn, those with the highest value in any group; of equals, the lower number.
    theses : ThesisSet, optional
        Whose wording stands beside the numbers.
    language : {"en", "de"}, default "en"
    ax : matplotlib.axes.Axes, optional
        Where to draw; None makes a figure.

    Returns
    -------
    matplotlib.axes.Axes
        Darker = higher; numbers in the cells are per cent. Hatched cells have no counted passage.

    Raises
    ------
    CluetrainError
        If there is nothing to draw, an option is unknown, or matplotlib is missing.
    """
    words = words_of(language)
    _check_some(matrix, "matrix")
    if top < 1:
        raise CluetrainError(f"top is {top}; expected at least 1.")
    highest = matrix.max(axis="columns").fillna(-1).sort_values(ascending=False, kind="stable").head(top).index
    shown = matrix.loc[sorted(highest)]
    rows, columns = shown.shape
    ax = _axes(ax, 3.4 + 0.75 * columns + (2.6 if theses else 0), 1.6 + 0.27 * rows)
    values = 100 * shown.to_numpy(dtype=np.float64)
    largest = float(np.nanmax(values)) if np.isfinite(values).any() else 1.0
    masked = np.ma.masked_invalid(values)
    mesh = ax.pcolormesh(masked, cmap=_shades(), vmin=0, vmax=largest or 1.0, edgecolors="white", linewidth=0.8)
    ax.patch.set(hatch="////", edgecolor="#b0b0b0", facecolor="white")
    if columns <= _WIDEST:
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                colour = "white" if value > 0.62 * largest else "black"
                text = per_cent(value, language)
                ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8, color=colour)
    ax.set_xticks(np.arange(columns) + 0.5, [name_of(value, words) for value in shown.columns])
    crowded = sum(len(name_of(value, words)) for value in shown.columns) > 11 * columns or columns > 8
    ax.tick_params(axis="x", top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    if crowded:
        ax.tick_params(axis="x", labelrotation=40)
        for label in ax.get_xticklabels():
            label.set(horizontalalignment="left", rotation_mode="anchor")
    ax.set_yticks(np.arange(rows) + 0.5, [thesis_of(n, theses, words, language) for n in shown.index])
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.spines[:].set_visible(False)
    measure = words[f"mean of {matrix.attrs.get('measure', 'tracks')}"]
    bound = f" ({words['lower bound']})" if matrix.attrs.get("lower_bound") else ""
    bar = ax.figure.colorbar(mesh, ax=ax, shrink=min(1.0, 11 / rows), aspect=18, pad=0.02, format=formatter(language))
    bar.set_label(f"{measure} {words['in per cent']}{bound}")
    bar.outline.set_visible(False)
    return ax


def voice_over_time(
    table: pd.DataFrame,
    *,
    time: str = "month",
    measure: str = "broadcast",
    language: Language = "en",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw a measure over time, a line for each group.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `cluetrain_nlp.study.groups.by`, with `time` among its keys; at most 7 groups of the other keys.
    time : str, default "month"
        The column with the periods: pandas periods, or text such as "2024", "2024-03" or "2024Q1". Rows without one
        are not drawn.
    measure : str, default "broadcast"
        Which rows of the table.
    language : {"en", "de"}, default "en"
    ax : matplotlib.axes.Axes, optional
        Where to draw; None makes a figure.

    Returns
    -------
    matplotlib.axes.Axes
        Lines break where a period has no counted passage; bars (and the band of a single line) are the intervals of
        the table. Values without an interval have a hollow marker.

    Raises
    ------
    CluetrainError
        If there is nothing to draw, too many groups, a column is missing, an option is unknown, or matplotlib is
        missing.
    """
    words = words_of(language)
    rows = _rows(table, measure)
    keys = keys_of(rows)
    if time not in keys:
        raise CluetrainError(f"The table has no key {time!r}; its keys are {', '.join(keys) or 'none'}. Give time=.")
    rows = rows[rows[time].notna()]
    _check_some(rows, "table with a period")
    periods = _periods(rows[time], time)
    others = [key for key in keys if key != time]
    number = rows.groupby(others, sort=True, dropna=False).ngroup() if others else pd.Series(0, index=rows.index)
    groups = int(number.max()) + 1
    if groups > len(_COLOURS):
        raise CluetrainError(f"There are {groups} groups; at most {len(_COLOURS)} lines can be told apart.")
    every = pd.period_range(periods.min(), periods.max(), freq=periods.dt.freq)
    ax = _axes(ax, 7.0, 3.6)
    step = (every[0].end_time - every[0].start_time) / (4 * groups)
    for group in range(groups):
        mine = number == group
        line = rows[mine].set_index(pd.PeriodIndex(periods[mine]))[["value", "low", "high"]].reindex(every)
        # Side by side, so that intervals do not hide each other.
        x = (every.to_timestamp() + step * (group - (groups - 1) / 2)).to_numpy()
        value, low, high = (line[name].to_numpy(dtype=np.float64) for name in ("value", "low", "high"))
        label = " · ".join(name_of(rows.loc[mine, key].iloc[0], words) for key in others)
        if groups == 1:
            ax.fill_between(x, low, high, color=_COLOURS[group], alpha=0.16, linewidth=0)
        ax.vlines(x, low, high, color=_COLOURS[group], linewidth=1.3, alpha=0.75)
        style = f"{_MARKERS[group]}{_LINES[group]}"
        ax.plot(x, value, style, color=_COLOURS[group], markersize=5, linewidth=1.6, label=label or None)
        bare = np.isnan(low)
        ax.plot(x[bare], value[bare], _MARKERS[group], color=_COLOURS[group], markerfacecolor="white", markersize=5)
    _frame_of(ax)
    low_end = -1 if measure == "score" else 0
    ax.set_ylim(low_end, 1)
    ax.yaxis.set_major_formatter(formatter(language))
    ax.set_ylabel(measure_of(measure, _only_thesis(rows), words))
    if len(every) <= 12:
        ax.set_xticks(every.to_timestamp().to_numpy(), [str(period) for period in every])
        if len(str(every[0])) > 4 and len(every) > 7:
            ax.tick_params(axis="x", labelrotation=40)
    if others:
        ax.legend(frameon=False, ncols=min(4, groups), loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def quadrant(
    scores: pd.DataFrame,
    *,
    thesis: int | None = None,
    roles: Sequence[str] = ("body",),
    threshold: float = 0.5,
    language: Language = "en",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw passages in the four fields of `tracks` against `broadcast`.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, as from `score`.
    thesis, roles, threshold
        As in `cluetrain_nlp.study.groups.lip_service`.
    language : {"en", "de"}, default "en"
    ax : matplotlib.axes.Axes, optional
        Where to draw; None makes a figure.

    Returns
    -------
    matplotlib.axes.Axes
        A point for each counted passage, and from 2000 passages on the number of passages in hexagons, darker =
        more. The corners give the share and number of passages of each field.

    Raises
    ------
    CluetrainError
        If no passage counts, an option is unknown, or matplotlib is missing.
    """
    words = words_of(language)
    fields = lip_service(scores, thesis=thesis, roles=roles, threshold=threshold).set_index("quadrant")
    rows, kept = counted(scores, roles)
    passages = passages_of(kept, grouping(rows, []), thesis)
    _check_some(passages, "set of counted passages")
    many = len(passages) >= _MANY
    ax = _axes(ax, 6.0 if many else 5.2, 5.2)
    x, y = passages["tracks"].to_numpy(), passages["broadcast"].to_numpy()
    if many:
        found = ax.hexbin(x, y, gridsize=32, extent=(0, 1, 0, 1), bins="log", mincnt=1, cmap=_shades(), linewidths=0.2)
        plain = formatter(language)
        ax.figure.colorbar(found, ax=ax, label=words["passages"], shrink=0.8, pad=0.02, format=plain)
    else:
        ax.scatter(x, y, s=18, color=_BLUE, alpha=0.45, linewidth=0)
    for line in (ax.axvline, ax.axhline):
        line(threshold, color="white", linewidth=2.5)
        line(threshold, color="black", linewidth=1, linestyle="--")
    for name, (right, up) in QUADRANTS.items():
        share, n = float(fields["share"][name]), int(fields["n"][name])
        field = words["field" if name == "broadcast" else name]
        ax.text(
            1 if right else 0,
            1.02 if up else -0.105,
            f"{field}: {share_of(share, language)} ({number_of(n, language)})",
            transform=ax.transAxes,
            ha="right" if right else "left",
            va="baseline",
            fontsize=8.5,
            fontweight="bold" if name == "lip service" else "normal",
        )
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), ylabel=words["broadcast"], aspect="equal")
    ax.set_xlabel(measure_of("tracks", thesis or 0, words), labelpad=20)
    ax.xaxis.set_major_formatter(formatter(language))
    ax.yaxis.set_major_formatter(formatter(language))
    _frame_of(ax, grid=False)
    return ax


def intervals(
    table: pd.DataFrame, *, measure: str | None = None, language: Language = "en", ax: "Axes | None" = None
) -> "Axes":
    """Draw values with their intervals, one below the other.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `by`, `lip_service`, `compare`, `estimate` or `difference`: with `low`, `high` and one of `value`,
        `share`, `difference` and `estimate`. Where there is a column `naive`, it is drawn beside them.
    measure : str, optional
        Which rows of the table; needed where it has several measures.
    language : {"en", "de"}, default "en"
    ax : matplotlib.axes.Axes, optional
        Where to draw; None makes a figure.

    Returns
    -------
    matplotlib.axes.Axes
        One line per row, in the order of the table, with the number of posts (or of coded units) at its end. Rows
        without an interval have a hollow marker.

    Raises
    ------
    CluetrainError
        If there is nothing to draw, a column is missing, an option is unknown, or matplotlib is missing.
    """
    words = words_of(language)
    rows = _rows(table, measure)
    name = next((name for name in ("value", "estimate", "difference", "share") if name in rows), None)
    if name is None or not {"low", "high"} <= set(rows):
        raise CluetrainError(
            f"The table has the columns {', '.join(map(str, rows))}; expected low, high and one of value, estimate, "
            "difference and share, as from by, estimate, compare and lip_service."
        )
    labels = labels_of(rows, words)
    ax = _axes(ax, 5.4 + 0.08 * max(map(len, labels)), 1.3 + 0.34 * len(rows))
    y = np.arange(len(rows))
    value, low, high = (rows[column].to_numpy(dtype=np.float64) for column in (name, "low", "high"))
    ax.hlines(y, low, high, color=_BLUE, linewidth=2.2)
    bounded = np.isfinite(low) & np.isfinite(high)
    label = words["corrected"] if "naive" in rows else None
    ax.plot(value[bounded], y[bounded], "o", color=_BLUE, markersize=7, label=label)
    ax.plot(value[~bounded], y[~bounded], "o", color=_BLUE, markerfacecolor="white", markersize=7)
    if "naive" in rows:
        naive = rows["naive"].to_numpy(dtype=np.float64)
        ax.plot(naive, y, "D", color=_COLOURS[1], markerfacecolor="none", markersize=7, label=words["naive"])
        ax.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    for position, text in zip(y.tolist(), counts_of(rows, words, language), strict=True):
        ax.text(1.02, position, text, transform=ax.get_yaxis_transform(), va="center", fontsize=8, color=_GREY)
    ax.set_yticks(y, labels)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    shown = str(rows["measure"].iloc[0]) if "measure" in rows else name
    ax.set_xlabel(
        measure_of(shown, _only_thesis(rows), words) + (f", {words['difference']}" if is_difference(rows) else "")
    )
    if is_difference(rows):
        ax.axvline(0, color=_GREY, linewidth=1, linestyle="--")
    elif shown == "score":
        ax.set_xlim(-1, 1)
    else:
        ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(formatter(language))
    ax.tick_params(axis="y", length=0)
    _frame_of(ax, grid="x")
    return ax


def reliability(table: pd.DataFrame, *, language: Language = "en", ax: "Axes | None" = None) -> "Axes":
    """Draw what was coded against what was predicted.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `cluetrain_nlp.study.validation.reliability`: one row per bin with `predicted` and `observed` (0 to
        1), `low`, `high` and `n`.
    language : {"en", "de"}, default "en"
    ax : matplotlib.axes.Axes, optional
        Where to draw; None makes a figure.

    Returns
    -------
    matplotlib.axes.Axes
        Points on the diagonal = well calibrated; above it, predictions are too low. Bars above the axes show how
        many cases each bin has. Bins without an interval have a hollow marker.

    Raises
    ------
    CluetrainError
        If there is nothing to draw, a column is missing, an option is unknown, or matplotlib is missing.
    """
    words = words_of(language)
    _check_columns(table, ["predicted", "observed", "low", "high", "n"])
    rows = table.dropna(subset=["predicted", "observed"])
    _check_some(rows, "table")
    ax = _axes(ax, 4.8, 4.8)
    x, y = (rows[name].to_numpy(dtype=np.float64) for name in ("predicted", "observed"))
    n = rows["n"].to_numpy(dtype=np.float64)
    above = ax.inset_axes((0, 1.03, 1, 0.13), sharex=ax)
    above.bar(x, n, width=0.03, color=_GREY)
    for position, count in zip(x, n, strict=True):
        above.text(position, count, number_of(int(count), language), ha="center", va="bottom", fontsize=7, color=_GREY)
    above.axis("off")
    above.text(1, 0.75, words["per bin"], transform=above.transAxes, ha="right", fontsize=8, color=_GREY)
    ax.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1, label=words["perfect"])
    ax.vlines(x, rows["low"], rows["high"], color=_BLUE, linewidth=1.8)
    ax.plot(x, y, "o-", color=_BLUE, markersize=6, linewidth=1, label=words["observed"], clip_on=False, zorder=3)
    bare = rows["low"].isna().to_numpy()
    ax.plot(x[bare], y[bare], "o", color=_BLUE, markerfacecolor="white", markersize=6, clip_on=False, zorder=4)
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel=words["predicted"], ylabel=words["observed"], aspect="equal")
    ax.xaxis.set_major_formatter(formatter(language))
    ax.yaxis.set_major_formatter(formatter(language))
    ax.legend(frameon=False, loc="upper left", fontsize=9)
    _frame_of(ax, grid=False)
    return ax


def theses(
    table: pd.DataFrame,
    *,
    top: int = 20,
    theses: ThesisSet | None = None,
    language: Language = "en",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw how many passages track each thesis, and in which voice.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `cluetrain_nlp.study.tables.by_thesis`.
    top : int, default 20
        At least 1: how many theses are drawn, those with the highest `expected`; of equals, the lower number.
    theses : ThesisSet, optional
        Whose wording stands beside the numbers.
    language : {"en", "de"}, default "en"
    ax : matplotlib.axes.Axes, optional
        Where to draw; None makes a figure.

    Returns
    -------
    matplotlib.axes.Axes
        A bar is `expected`, the number of passages expected to track the thesis; its hatched part is the sum of
        `tracks` x `broadcast`, the plain part the rest.

    Raises
    ------
    CluetrainError
        If there is nothing to draw, a column is missing, an option is unknown, or matplotlib is missing.
    """
    words = words_of(language)
    _check_columns(table, ["thesis", "n", "n_passages", "expected", "lip_service"])
    _check_some(table, "table")
    if top < 1:
        raise CluetrainError(f"top is {top}; expected at least 1.")
    shown = table.sort_values(["expected", "thesis"], ascending=[False, True]).head(top)
    ax = _axes(ax, 5.6 + (2.4 if theses else 0), 1.4 + 0.28 * len(shown))
    y = np.arange(len(shown))
    expected = shown["expected"].to_numpy(dtype=np.float64)
    announcing = (shown["lip_service"] * shown["n"]).to_numpy(dtype=np.float64)
    ax.barh(y, expected - announcing, color=_BLUE, height=0.72, label=words["conversing"])
    ax.barh(
        y,
        announcing,
        left=expected - announcing,
        color=_ORANGE,
        hatch="////",
        edgecolor="black",
        linewidth=0,
        height=0.72,
        label=words["announcing"],
    )
    n_passages = int(table["n_passages"].iloc[0])
    for position, value in zip(y.tolist(), expected, strict=True):
        text = f" {share_of(value / n_passages, language)}"
        ax.text(value, position, text, va="center", fontsize=8, color=_GREY)
    ax.set_yticks(y, [thesis_of(n, theses, words, language) for n in shown["thesis"]])
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlim(0, 1.12 * max(expected.max(), 1e-9))
    ax.set_xlabel(f"{words['expected']} ({words['of']} {number_of(n_passages, language)})")
    ax.xaxis.set_major_formatter(formatter(language))
    ax.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    ax.tick_params(axis="y", length=0)
    _frame_of(ax, grid="x")
    return ax


def _axes(ax: "Axes | None", width: float, height: float) -> "Axes":
    """Give the axes, or those of a new figure of this size in inches."""
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise CluetrainError(
            "Figures need matplotlib, which is not installed. Install it with: pip install 'cluetrain_nlp[plots]'"
        ) from error
    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def _shades() -> "Colormap":
    """Give shades of blue, from nearly white to nearly black: the lightness alone tells them apart."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("shades", ["#eef4fa", "#56B4E9", "#0072B2", "#00233b"])


def _frame_of(ax: "Axes", *, grid: Literal["x", "y", False] = "y") -> None:
    ax.spines[["top", "right"]].set_visible(False)
    if grid:
        ax.grid(axis=grid, color="#e3e3e3", linewidth=0.8)
        ax.set_axisbelow(True)


def _check_some(frame: pd.DataFrame, what: str) -> None:
    if frame.empty:
        raise CluetrainError(f"The {what} is empty; there is nothing to draw.")


def _check_columns(table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        raise CluetrainError(
            f"The table lacks {', '.join(missing)}; it has {', '.join(map(str, table)) or 'no columns'}."
        )


def _rows(table: pd.DataFrame, measure: str | None) -> pd.DataFrame:
    """Take the rows of one measure."""
    _check_some(table, "table")
    if "measure" not in table:
        return table
    known = table["measure"].unique().tolist()
    if measure is None and len(known) > 1:
        raise CluetrainError(f"The table has several measures; choose one with measure=: {', '.join(known)}.")
    if measure is not None and measure not in known:
        raise CluetrainError(f"The table has no measure {measure!r}; it has {', '.join(known)}.")
    return table if measure is None else table[table["measure"] == measure]


def _only_thesis(rows: pd.DataFrame) -> int:
    """Give the thesis that all rows are about, or 0."""
    return int(rows["thesis"].iloc[0]) if "thesis" in rows and rows["thesis"].nunique() == 1 else 0


def _periods(column: pd.Series, time: str) -> "pd.Series[pd.Period]":
    if isinstance(column.dtype, pd.PeriodDtype):
        return column
    try:
        # Years are floating-point numbers in a column where one is missing.
        texts = [f"{value:.0f}" if isinstance(value, float) else str(value) for value in column]
        return pd.Series(pd.PeriodIndex([pd.Period(text) for text in texts]), index=column.index)
    except (ValueError, TypeError) as error:
        raise CluetrainError(
            f"{time!r} does not hold periods of one length ({error}); expected text such as '2024-03', or periods."
        ) from error
