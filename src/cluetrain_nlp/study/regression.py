"""Regression of what coders would say on what is known of posts, corrected like the shares."""

import warnings
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, CluetrainWarning
from cluetrain_nlp.study.agreement import alpha
from cluetrain_nlp.study.labels import Measure, Unit
from cluetrain_nlp.study.means import (
    FEWEST,
    Population,
    check_options,
    few_of_a_kind,
    labels_of_drawn,
    significance,
    t_quantile,
)
from cluetrain_nlp.study.sampled import Sampled, gather
from cluetrain_nlp.study.survey import Fit, fit, spread

__all__ = ["regress"]

Floats = NDArray[np.float64]

_TERMS: Final = {
    "term": "str",
    "reference": "str",
    "estimate": "float64",
    "se": "float64",
    "low": "float64",
    "high": "float64",
    "p": "float64",
    "naive": "float64",
    "classical": "float64",
    "classical_se": "float64",
}


class _Design(NamedTuple):
    """Regressors of all units; ``back @ coefficients`` undoes their centring and scaling."""

    matrix: Floats
    terms: list[str]
    references: list[str]
    back: Floats
    dummies: list[bool]


def regress(
    scores: pd.DataFrame,
    coded: pd.DataFrame,
    *,
    predictors: Sequence[str],
    outcome: Measure = "tracks",
    thesis: int | None = None,
    unit: Unit = "post",
    population: Population = "corpus",
    level: float = 0.95,
) -> pd.DataFrame:
    """Regress a label on columns, from all scores and a coded sample.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES of the whole corpus that the sample was drawn from, with the predictors merged to it.
    coded : pandas.DataFrame
        CODED, as from `read_coding`: a probability sample with its weights.
    predictors : sequence of str
        Columns of `scores` with one value per unit. Numbers and truth values enter as they are; every other column
        becomes one 0/1 term for each value but the first, its reference (the first category, or the first in order).
        They are taken to be free of error, so the model's own numbers are refused.
    outcome, thesis, unit, population, level
        As `measure` and the others of `estimate`.

    Returns
    -------
    pandas.DataFrame
        One row per term, the intercept first.

        * `term` (str): ``intercept``, a column, or ``column[value]``; `reference` (str): the value it is compared with
        * `estimate` (float64): corrected coefficient of a linear probability model, by how much the share rises for
          one unit of the predictor; `se`, `low`, `high`; `p` of the hypothesis that it is 0
        * `naive` (float64): coefficient with the predictions as outcome
        * `classical`, `classical_se` (float64): from the coded sample alone

        ``attrs["estimates"]`` names outcome, thesis, unit, population, level, `lam`, `n`, `n_coded`, `alpha`
        (Krippendorff's, of the label of passages), and the design.

    Raises
    ------
    CluetrainError
        If options make no sense, codes and scores do not belong together, predictors are missing for some unit or
        depend on each other, or a value has fewer than 10 drawn units coded.

    Warns
    -----
    CluetrainWarning
        If fewer than 5 drawn units have the label, or lack it, in all or with some value; and as `estimate` does.

    See Also
    --------
    estimate : Shares and means.

    Notes
    -----
    Least squares over the whole corpus on ``lam * f``, plus weighted least squares in the coded sample on ``y - lam *
    f``, with standard errors that are robust and clustered by drawn unit. It estimates the coefficients that least
    squares would give if everything were coded, as design-based supervised learning does with pseudo-outcomes (Egami,
    Hinck, Stewart and Wei, NeurIPS 2023); the point estimate is that of prediction-powered inference (Angelopoulos and
    others, Science 382, 2023).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.regression import regress
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "broadcast": 0.5}
    >>> scores = pd.DataFrame([row | {"post_id": f"{n:03}", "firm": "AB"[n % 2]} for n in range(200)])
    >>> code = {"passage": 0, "coder": "A", "thesis": 0, "grade": np.nan, "stance": "", "unit": "post", "stratum": "",
    ...     "stratum_size": 200, "weight": 5.0}
    >>> loud = [(n, n // 10 % 4 < 1 + 2 * (n % 2)) for n in range(2, 200, 5)]
    >>> coded = pd.DataFrame([code | {"post_id": f"{n:03}", "voice": 4.0 * y} for n, y in loud])
    >>> regress(scores, coded, predictors=["firm"], outcome="broadcast")[["term", "reference", "estimate"]].round(2)
            term reference  estimate
    0  intercept                0.25
    1    firm[B]         A      0.50
    """
    names = list(predictors)
    if isinstance(predictors, str) or not names or len(set(names)) < len(names):
        raise CluetrainError(
            f"predictors is {predictors!r}; expected a list of different columns, such as ['company']."
        )
    check_options(population, level)
    corpus = gather(scores, coded, measure=outcome, thesis=thesis, unit=unit, columns=names)
    design = _design(corpus.population[names])
    fitted = _fitted(corpus, design, superpopulation=population == "superpopulation")
    _warn_of_few(corpus, design)
    table = pd.DataFrame({"term": design.terms, "reference": design.references})
    table["estimate"] = design.back @ fitted.estimate
    error, degrees = spread(fitted, design.back)
    table["se"] = error
    half = t_quantile(level, degrees) * table["se"]
    table["low"], table["high"] = table["estimate"] - half, table["estimate"] + half
    table["p"] = significance(table["estimate"].to_numpy(), error, degrees)
    table["naive"] = design.back @ fitted.naive
    table["classical"] = design.back @ fitted.classical
    table["classical_se"] = np.sqrt(np.diag(design.back @ fitted.classical_covariance @ design.back.T))
    result = schema.conform(table, _TERMS)
    about: dict[str, Any] = {
        "outcome": outcome,
        "thesis": corpus.thesis,
        "unit": unit,
        "population": population,
        "level": level,
        "lam": fitted.lam,
        "n": len(corpus.population),
        "n_coded": len(corpus.rows),
        "alpha": alpha(corpus.codes[["no", "yes"]].to_numpy(float), "nominal"),
        "design": dict(coded.attrs.get("design", {})),
    }
    result.attrs = dict(scores.attrs) | {"estimates": about}
    return result


def _design(columns: pd.DataFrame) -> _Design:
    """Turn columns into regressors, numbers centred and scaled so that years do not drown the intercept."""
    count = len(columns)
    parts, terms, references, dummies = [np.ones(count)], ["intercept"], [""], [False]
    shifts, scales = [0.0], [1.0]
    for name in columns.columns:
        values = columns[name]
        if pd.api.types.is_numeric_dtype(values):
            numbers = values.to_numpy(float)
            shifts.append(float(numbers.mean()))
            scales.append(float(numbers.std()) or 1.0)
            parts.append((numbers - shifts[-1]) / scales[-1])
            terms.append(name)
            references.append("")
            dummies.append(values.nunique() == 2)
            continue
        kind = values.astype("category").cat.remove_unused_categories()
        for number, value in enumerate(kind.cat.categories[1:], start=1):
            parts.append((kind.cat.codes == number).to_numpy().astype(np.float64))
            terms.append(f"{name}[{value}]")
            references.append(str(kind.cat.categories[0]))
            dummies.append(True)
            shifts.append(0.0)
            scales.append(1.0)
    back = np.diag(1 / np.array(scales))
    back[0, 1:] = -np.array(shifts[1:]) / np.array(scales[1:])
    return _Design(np.column_stack(parts), terms, references, back, dummies)


def _fitted(corpus: Sampled, design: _Design, *, superpopulation: bool) -> Fit:
    """Fit the scaled coefficients."""
    cross = design.matrix.T @ design.matrix
    _check_rank(cross, design, "the corpus")
    sample = corpus.sample._replace(design=design.matrix[corpus.rows])
    _check_coded(sample.design, sample.psu, design)
    _check_rank(sample.design.T @ sample.design, design, "the coded sample")
    moments = design.matrix.T @ corpus.population["p"].to_numpy(float)
    return fit(cross, moments, sample, superpopulation=superpopulation)


def _check_coded(sample: Floats, psu: NDArray[np.int64], design: _Design) -> None:
    for column, term in enumerate(design.terms):
        if design.dummies[column]:
            split = sample[:, column] > sample[:, column].min()
            fewest = min(len(np.unique(psu[split])), len(np.unique(psu[~split])))
            if fewest < FEWEST:
                raise CluetrainError(
                    f"{term} splits off {fewest} coded drawn units; expected {FEWEST} or more on either side. Merge "
                    "rare values, or code more."
                )


def _warn_of_few(corpus: Sampled, design: _Design) -> None:
    """Warn of standard errors that rest on labels which hardly differ."""
    sample = design.matrix[corpus.rows]
    found: list[str] = []
    sides = {"in all": np.ones(len(sample), dtype=bool)}
    for column, term in enumerate(design.terms):
        if design.dummies[column]:
            with_value = sample[:, column] > sample[:, column].min()
            larger, smaller = (
                (f"with {term}", f"without {term}")
                if design.references[column]
                else (f"with the larger {term}", f"with the smaller {term}")
            )
            sides |= {larger: with_value, smaller: ~with_value}
    for name, side in sides.items():
        few = few_of_a_kind(labels_of_drawn(corpus.sample, side)[1])
        if few:
            found.append(f"{name} {few}")
        if name == "in all" and few:
            break
    if found:
        warnings.warn(
            f"Of the coded sample, {'; '.join(found)}. Standard errors that rest on so few are too "
            "small; merge values, or code more.",
            CluetrainWarning,
            stacklevel=3,
        )


def _check_rank(cross: Floats, design: _Design, where: str) -> None:
    # Each column is judged by what is left of it beside those before it.
    for last in range(1, len(design.terms)):
        before, own = cross[:last, :last], cross[:last, last]
        left = cross[last, last] - own @ np.linalg.solve(before, own)
        if left <= 1e-9 * max(cross[last, last], 1e-9 * cross[0, 0]):
            raise CluetrainError(
                f"In {where} {design.terms[last]} is constant, or follows from {', '.join(design.terms[:last])}; "
                "leave it out, or merge values."
            )
