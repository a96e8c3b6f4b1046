"""Means of groups: fitted together, each with its interval, and the differences between them."""

from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp.errors import CluetrainError
from cluetrain_nlp.study.per_post import check_level
from cluetrain_nlp.study.sampled import Sampled
from cluetrain_nlp.study.survey import Fit, Sample, fit, spread

__all__ = [
    "FEWEST",
    "Means",
    "Population",
    "check_options",
    "contrasts",
    "few_of_a_kind",
    "group_means",
    "interval",
    "labels_of_drawn",
    "notes",
    "significance",
    "t_quantile",
]

Population = Literal["corpus", "superpopulation"]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Drawn units of a group that have to be coded before anything is said of it.
FEWEST: Final = 10
#: Fewer drawn units than that with or without the label, and their scatter says little.
_FEWEST_OF_A_KIND: Final = 5


class Means(NamedTuple):
    """Corrected means of groups.

    Attributes
    ----------
    names : pandas.DataFrame
        One row per group.
    of_unit : numpy.ndarray, shape (N,)
        Number of the group of each unit of the corpus.
    known : numpy.ndarray of int
        Numbers of the groups with enough coded units; `fit` has a coefficient for each.
    drawn : numpy.ndarray of int
        Drawn units of each group that are coded.
    fit : Fit or None
        None where no group has enough.
    """

    names: pd.DataFrame
    of_unit: Integers
    known: Integers
    drawn: Integers
    fit: Fit | None


def check_options(population: str, level: float) -> None:
    """Refuse a population that is neither "corpus" nor "superpopulation", and a level that is no probability.

    Raises
    ------
    CluetrainError
        If there is one.
    """
    if population not in ("corpus", "superpopulation"):
        raise CluetrainError(f"population is {population!r}; expected 'corpus' or 'superpopulation'.")
    check_level(level)


def group_means(corpus: Sampled, keys: list[str], *, superpopulation: bool) -> Means:
    """Fit one mean for each group of which enough drawn units are coded.

    Parameters
    ----------
    corpus : Sampled
    keys : list of str
        Columns of its population that make groups; none for one group.
    superpopulation : bool
        As of `fit`.

    Returns
    -------
    Means

    Notes
    -----
    Where fewer than five drawn units of a group have the label, or lack it, their scatter says little: no variance is
    taken to be less than that of independent labels alone, and where all are the same, of half a drawn unit that is
    not. This holds in each stratum of which ten or more are coded; the others are taken together. Without it, a label
    that no coded unit has would have no variance, however few are coded.
    """
    if keys:
        grouped = corpus.population.groupby(keys, sort=True, observed=True)
        of_unit = grouped.ngroup().to_numpy().astype(np.int64)
        first = pd.Series(of_unit).drop_duplicates().sort_values().index
        names = corpus.population.loc[first, keys].reset_index(drop=True)
    else:
        of_unit = np.zeros(len(corpus.population), dtype=np.int64)
        names = pd.DataFrame(index=[0])
    count = len(names)
    sample = corpus.sample
    coded = of_unit[corpus.rows]
    drawn: Integers = np.array([len(np.unique(sample.psu[coded == group])) for group in range(count)])
    known: Integers = np.flatnonzero(drawn >= FEWEST)
    if not len(known):
        return Means(names, of_unit, known, drawn, None)
    design = (coded[:, None] == known).astype(float)
    sizes = np.bincount(of_unit, minlength=count)[known].astype(float)
    predictions = corpus.population["p"].to_numpy(float)
    sums = np.bincount(of_unit, predictions, minlength=count)[known].astype(np.float64)
    fitted = fit(np.diag(sizes), sums, sample._replace(design=design), superpopulation=superpopulation)
    extra, alone = _missing_variance(sample, coded, known, fitted, superpopulation=superpopulation)
    fitted = fitted._replace(
        own=fitted.own + extra,
        covariance=fitted.covariance + extra,
        classical_covariance=fitted.classical_covariance + alone,
    )
    return Means(names, of_unit, known, drawn, fitted)


def contrasts(groups: Means, first: Integers, second: Integers) -> tuple[Floats, Floats, Floats]:
    """Give differences between groups, their standard errors and their degrees of freedom.

    Parameters
    ----------
    groups : Means
    first, second : numpy.ndarray of int, shape (k,)
        Numbers of the groups.

    Returns
    -------
    value, error, degrees : numpy.ndarray, shape (k,)
        NaN where one of the groups has too few coded units.
    """
    value, error, degrees = np.full((3, len(first)), np.nan)
    both = np.isin(first, groups.known) & np.isin(second, groups.known)
    if groups.fit is not None and both.any():
        factors = (first[both, None] == groups.known).astype(float) - (second[both, None] == groups.known)
        value[both] = factors @ groups.fit.estimate
        error[both], degrees[both] = spread(groups.fit, factors)
    return value, error, degrees


def interval(value: Floats, error: Floats, factor: Floats, drawn: Integers) -> tuple[Floats, Floats]:
    """Give Wilson intervals of shares for the sample size that the standard error is worth.

    Parameters
    ----------
    value, error, factor : numpy.ndarray, shape (k,)
        Shares, their standard errors, and quantiles of t.
    drawn : numpy.ndarray of int, shape (k,)
        Coded drawn units; shares are taken for at least half a unit away from 0 and 1.

    Returns
    -------
    low, high : numpy.ndarray, shape (k,)
        0 to 1, on either side of the share.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.study.means import interval
    >>> low, high = interval(np.array([0.1]), np.array([0.03]), np.array([1.96]), np.array([100]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.055], [0.174])
    """
    nearest = 0.5 / drawn
    inside = value.clip(nearest, 1 - nearest)
    with np.errstate(divide="ignore"):
        size = np.where(error > 0, inside * (1 - inside) / error**2, np.inf)
    ratio = factor**2 / size
    middle = (inside + ratio / 2) / (1 + ratio)
    half = np.sqrt(ratio * inside * (1 - inside) + ratio**2 / 4) / (1 + ratio)
    shown = value.clip(0, 1)
    exact = error == 0
    low = np.where(exact, shown, np.minimum(middle - half, shown))
    high = np.where(exact, shown, np.maximum(middle + half, shown))
    return low, high


def notes(corpus: Sampled, groups: Means) -> list[str]:
    """Say of each group why it has no numbers, or what to mind about them; "" where there is nothing."""
    coded = groups.of_unit[corpus.rows]
    found = []
    for group in range(len(groups.names)):
        parts = []
        if groups.drawn[group] < FEWEST:
            parts.append(f"{groups.drawn[group]} drawn units coded, fewer than {FEWEST}")
        else:
            found_few = few_of_a_kind(labels_of_drawn(corpus.sample, coded == group)[1])
            parts += [f"{found_few}: the interval is rough"] if found_few else []
        if not corpus.probability:
            parts.append("not a probability sample")
        found.append("; ".join(parts))
    return found


def labels_of_drawn(sample: Sample, members: NDArray[np.bool_]) -> tuple[Integers, Floats]:
    """Give the drawn units that some units of the sample stand in, and the mean label of those.

    Parameters
    ----------
    sample : Sample
    members : numpy.ndarray of bool, shape (m,)
        Which of its units are meant.

    Returns
    -------
    units : numpy.ndarray of int, shape (k,)
    label : numpy.ndarray, shape (k,)
        0 to 1.
    """
    count = np.bincount(sample.psu[members], minlength=len(sample.stratum))
    units: Integers = np.flatnonzero(count).astype(np.int64)
    sums = np.bincount(sample.psu[members], sample.label[members], minlength=len(sample.stratum))
    return units, (sums[units] / count[units]).astype(np.float64)


def few_of_a_kind(label: Floats) -> str:
    """Say how many have a label, or lack it, where those are fewer than five; else "".

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.study.means import few_of_a_kind
    >>> few_of_a_kind(np.repeat([0.0, 1.0], [10, 3]))
    '3 of 13 drawn units have the label'
    >>> few_of_a_kind(np.repeat([0.0, 1.0], 10))
    ''
    """
    kinds = {"have the label": int((label > 0).sum()), "lack it": int((label < 1).sum())}
    return ", ".join(
        f"{number} of {len(label)} drawn units {what}" for what, number in kinds.items() if number < _FEWEST_OF_A_KIND
    )


def _missing_variance(
    sample: Sample, coded: Integers, known: Integers, fitted: Fit, *, superpopulation: bool
) -> tuple[Floats, Floats]:
    """Give what variances lack of those of rare labels: corrected ones, and those of the sample alone, as diagonals."""
    missing, least_of_all = np.zeros(len(known)), np.zeros(len(known))
    for column, group in enumerate(known):
        units, label = labels_of_drawn(sample, coded == group)
        stratum, reach = sample.stratum[units], fitted.reach[units, column]
        members = np.bincount(sample.psu[coded == group])[units]
        large = np.bincount(stratum, minlength=int(sample.stratum.max()) + 1) >= FEWEST
        # Strata of which little is coded make one cell.
        cell_of_stratum = np.where(large, np.arange(len(large)), -1)
        cells, cell_of_all = cell_of_stratum[stratum], cell_of_stratum[sample.stratum]
        for cell in np.unique(cells):
            own = cells == cell
            if not few_of_a_kind(label[own]):
                continue
            share, alike = np.average(label[own], weights=reach[own]), 1 / members[own]
            if share in (0, 1):
                # Nothing tells how alike the units of a drawn one are, so that they are taken for copies.
                share, alike = 0.5 / own.sum(), np.ones(own.sum())
            left = 1 if superpopulation else 1 - sample.fraction[units[own]]
            floor = share * (1 - share) * np.sum(left * alike * reach[own] ** 2)
            found = np.sum(fitted.errors[cell_of_all == cell, column] ** 2)
            missing[column] += max(floor - found, 0)
            least_of_all[column] += floor
    alone = np.maximum(least_of_all - np.diag(fitted.classical_covariance), 0)
    return np.diag(missing), np.diag(alone)


def t_quantile(level: float, degrees: Floats) -> Floats:
    """Give the factor of a two-sided interval.

    Parameters
    ----------
    level : float
        In (0, 1).
    degrees : numpy.ndarray
        Degrees of freedom, NaN where there are none.

    Returns
    -------
    numpy.ndarray
        Same shape; NaN where `degrees` is below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.study.means import t_quantile
    >>> t_quantile(0.95, np.array([9.0])).round(3)
    array([2.262])
    """
    from scipy.special import stdtrit

    factor: Floats = stdtrit(np.where(degrees >= 1, degrees, np.nan), (1 + level) / 2)
    return factor


def significance(values: Floats, errors: Floats, degrees: Floats) -> Floats:
    """Give two-sided p values of the hypotheses that values are 0.

    Parameters
    ----------
    values, errors, degrees : numpy.ndarray
        Estimates, their standard errors and degrees of freedom, of one shape.

    Returns
    -------
    numpy.ndarray
        0 to 1; NaN where the standard error is 0 or missing.

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.study.means import significance
    >>> significance(np.array([2.262]), np.array([1.0]), np.array([9.0])).round(3)
    array([0.05])
    """
    from scipy.special import stdtr

    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.abs(values) / np.where(errors > 0, errors, np.nan)
    p: Floats = 2 * stdtr(np.where(degrees >= 1, degrees, np.nan), -ratio)
    return p
