"""A corpus with what the model predicts of it, and the coded sample of it with what people say.

Scores and codes are brought to the same units here, posts or passages, and all that could make a corrected
estimate meaningless is checked: whether the codes belong to these scores, whether the sample was a
probability sample, and whether it was coded completely.
"""

import warnings
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, CluetrainWarning, PostError, ThesisError
from cluetrain_nlp.study.coding import check_texts
from cluetrain_nlp.study.counting import PASSAGE, counted
from cluetrain_nlp.study.labels import (
    MEASURES,
    UNITS,
    Measure,
    Unit,
    check,
    coded_roles,
    coded_theses,
    labels,
    of_posts,
    predictions,
)
from cluetrain_nlp.study.survey import Sample

__all__ = ["Sampled", "correctable_theses", "gather"]

#: Columns of SCORES that are predictions, or of which a passage has several; they make no groups and no predictors.
_PREDICTED: Final = {"broadcast", "rank", "thesis", "tracks", "opposes", "score"}
_DRAW: Final = ["stratum", "stratum_size", "weight"]


class Sampled(NamedTuple):
    """A corpus of units, and a coded sample of them.

    Attributes
    ----------
    population : pandas.DataFrame
        One row per unit, by `post_id` (and `passage`), with `p`, the prediction, and the columns asked for.
    rows : numpy.ndarray of int, shape (m,)
        Rows of the coded units in `population`.
    sample : Sample
        The coded units; its regressors are a column of ones.
    codes : pandas.DataFrame
        One row per coded passage: `row` of its unit in `population`, and how many coders said `no` and `yes`.
    thesis : int
        The thesis that is meant; 0 for any of those asked for, and for voice.
    probability : bool
        Whether the coded units are a probability sample.
    """

    population: pd.DataFrame
    rows: Any
    sample: Sample
    codes: pd.DataFrame
    thesis: int
    probability: bool


def gather(
    scores: pd.DataFrame,
    coded: pd.DataFrame,
    *,
    measure: Measure,
    thesis: int | None,
    unit: Unit,
    columns: Sequence[str],
) -> Sampled:
    """Bring scores and codes to the same units, and check that they belong together.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES of the whole corpus that the sample was drawn from, and further columns.
    coded : pandas.DataFrame
        CODED, as from `read_coding`. Roles that count are read from its ``attrs["design"]``; without it: "body".
    measure : {"tracks", "broadcast"}
    thesis : int or None
        None: any of the theses that the coders were asked for.
    unit : {"post", "passage"}
    columns : sequence of str
        Columns of `scores` that are wanted for each unit.

    Returns
    -------
    Sampled

    Raises
    ------
    CluetrainError
        If options make no sense, or codes and scores do not belong together: other texts, passages, strata or weights.

    Warns
    -----
    CluetrainWarning
        If the sample is not a probability sample, was not coded completely, or has a stratum with one coded unit.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp import schema
    >>> from cluetrain_nlp.study.sampled import gather
    >>> row = dict.fromkeys(schema.SCORES, 0) | {"role": "body", "error": "", "broadcast": 0.5}
    >>> scores = pd.DataFrame([row | {"post_id": name} for name in "abcd"])
    >>> code = {"passage": 0, "coder": "A", "thesis": 0, "grade": None, "stance": "", "unit": "post"}
    >>> design = {"stratum": "", "stratum_size": 4, "weight": 2.0}
    >>> coded = pd.DataFrame([code | design | {"post_id": name, "voice": 3} for name in "bd"])
    >>> corpus = gather(scores, coded, measure="broadcast", thesis=None, unit="post", columns=[])
    >>> corpus.population["post_id"].tolist(), corpus.rows.tolist(), corpus.sample.label.tolist()
    (['a', 'b', 'c', 'd'], [1, 3], [1.0, 1.0])
    """
    check("measure", measure, MEASURES)
    check("unit", unit, UNITS)
    codes = _codes(coded)
    drawn = str(codes["unit"].iloc[0])
    if unit == "post" and drawn == "passage":
        raise CluetrainError(
            "Single passages were drawn, so that no post was coded as a whole; ask for unit='passage', or draw posts."
        )
    asked = _asked(codes, measure, thesis)
    number = asked[0] if len(asked) == 1 else 0
    _check_columns(scores, columns)
    passages = _predictions(scores, asked, coded_roles(coded))
    extra = scores[[*PASSAGE, *(name for name in columns if name not in PASSAGE)]].drop_duplicates()
    passages = passages.merge(extra, on=PASSAGE, how="left", validate="one_to_many")
    _check_constant(passages, PASSAGE, columns)
    _check_located(codes, passages)
    check_texts(scores, codes)
    population = passages
    if unit == "post":
        _check_constant(passages, ["post_id"], columns)
        others = passages.drop_duplicates("post_id")[["post_id", *(name for name in columns if name != "post_id")]]
        population = of_posts(passages, measure).merge(others, on="post_id", how="left")
    _check_present(population, columns)
    by_coder = labels(codes, measure=measure, thesis=number or None)
    unit_key = ["post_id"] if unit == "post" else PASSAGE
    place = population.reset_index(names="row")[["row", *unit_key, "p"]]
    known = _of_units(by_coder, passages, unit, any_of=measure == "tracks")
    labelled = place.merge(known, on=unit_key, how="inner").sort_values("row", ignore_index=True)
    drawn_key = ["post_id"] if drawn == "post" else PASSAGE
    psus, probability = _draws(codes, drawn_key, labelled, len(population.drop_duplicates(drawn_key)))
    labelled = labelled.merge(psus, on=drawn_key, how="left", validate="many_to_one")
    sample = Sample(
        design=np.ones((len(labelled), 1)),
        label=labelled["y"].to_numpy(float),
        prediction=labelled["p"].to_numpy(float),
        weight=labelled["weight"].to_numpy(float),
        psu=labelled["psu"].to_numpy(np.int64),
        stratum=pd.factorize(psus["stratum"], sort=True)[0].astype(np.int64),
        fraction=psus["fraction"].to_numpy(float),
    )
    yes = by_coder.groupby(PASSAGE)["y"].agg(["sum", "count"])
    counts = pd.DataFrame({"no": yes["count"] - yes["sum"], "yes": yes["sum"]}).reset_index()
    counts = counts.merge(place, on=unit_key, how="left")[["row", "no", "yes"]]
    return Sampled(population, labelled["row"].to_numpy(), sample, counts, number, probability)


def correctable_theses(scores: pd.DataFrame, coded: pd.DataFrame) -> list[int]:
    """Give the coded theses that are reported for every counted passage, so that each can be corrected by itself.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES.
    coded : pandas.DataFrame
        CODED.

    Returns
    -------
    list of int
        Ascending.
    """
    _, kept = counted(scores, coded_roles(coded))
    everywhere = kept["thesis"].value_counts() == len(kept.drop_duplicates(PASSAGE))
    return [thesis for thesis in coded_theses(coded) if everywhere.get(thesis, False)]


def _codes(coded: pd.DataFrame) -> pd.DataFrame:
    codes = schema.conform(coded, schema.CODED)
    codes[["stance", "stratum"]] = codes[["stance", "stratum"]].fillna("")
    if codes.empty:
        raise CluetrainError("No passage is coded; expected rows of CODED, as read_coding gives them.")
    units = sorted(codes["unit"].unique())
    if units not in (["post"], ["passage"]):
        raise CluetrainError(f"The column unit holds {units}; expected either 'post' or 'passage', the unit drawn.")
    twice = codes[codes.duplicated([*PASSAGE, "coder", "thesis"])]
    if len(twice):
        row = twice.iloc[0]
        raise CluetrainError(
            f"Coder {row['coder']} coded thesis {row['thesis']} twice in passage {row['passage']} of post "
            f"{row['post_id']}. Give each code once."
        )
    return codes


def _asked(codes: pd.DataFrame, measure: Measure, thesis: int | None) -> list[int]:
    """Tell which theses are meant; none for voice."""
    if measure == "broadcast":
        if thesis is not None:
            raise CluetrainError(f"thesis is {thesis}, but broadcast has no thesis; leave it out.")
        if codes["voice"].isna().all():
            raise CluetrainError("No passage is coded for voice, so there is nothing to correct broadcast with.")
        return []
    asked = coded_theses(codes)
    if not asked:
        raise ThesisError("No passage is coded for a thesis, so there is nothing to correct tracks with.")
    if thesis is None:
        return asked
    if thesis not in asked:
        raise ThesisError(f"Thesis {thesis} was not coded; the coders were asked for {', '.join(map(str, asked))}.")
    return [thesis]


def _predictions(scores: pd.DataFrame, asked: list[int], roles: Sequence[str]) -> pd.DataFrame:
    """Give `p` of each counted passage; a thesis that is not among the reported ones of a passage adds nothing."""
    if not asked:
        return predictions(scores, measure="broadcast", roles=roles)
    if len(asked) == 1:
        return predictions(scores, measure="tracks", thesis=asked[0], roles=roles)
    every = predictions(scores, measure="tracks", roles=roles)[PASSAGE]
    about = predictions(scores[scores["thesis"].isin(asked)], measure="tracks", roles=roles)
    return every.merge(about, on=PASSAGE, how="left").fillna({"p": 0.0})


def _check_columns(scores: pd.DataFrame, columns: Sequence[str]) -> None:
    for name in columns:
        if name in _PREDICTED:
            raise CluetrainError(
                f"{name} is a prediction of the model, with errors that are not corrected; it makes no groups and no "
                "predictor. Use what is known of a post: company, month, author, length."
            )
        if name not in scores.columns:
            raise PostError(
                f"The scores have no column {name!r}. Add it from the posts: "
                f"scores[{name!r}] = scores['post_id'].map(posts.set_index('post_id')[{name!r}])."
            )


def _check_constant(passages: pd.DataFrame, key: list[str], columns: Sequence[str]) -> None:
    for name in columns:
        if name in key:
            continue
        several = passages.groupby(key)[name].nunique(dropna=False)
        several = several[several > 1]
        if len(several):
            raise PostError(
                f"{name} has {several.iloc[0]} values in {' '.join(key)} {several.index[0]}, and more than one in "
                f"{len(several)} in all; expected one for each unit. For values that differ within a post ask for "
                "unit='passage'."
            )


def _check_present(population: pd.DataFrame, columns: Sequence[str]) -> None:
    if population.empty:
        raise PostError("No passage is counted, so there is no corpus to speak of; check the roles and the errors.")
    for name in columns:
        missing = int(population[name].isna().sum())
        if missing:
            raise PostError(
                f"{name} is missing for {missing} of {len(population)} units. Fill it in, for instance with 'unknown': "
                "leaving units out would change the corpus that the sample was drawn from."
            )


def _check_located(codes: pd.DataFrame, passages: pd.DataFrame) -> None:
    known = codes.merge(passages[PASSAGE].drop_duplicates(), on=PASSAGE, how="left", indicator=True)
    strange = known[known["_merge"] == "left_only"].drop_duplicates(PASSAGE)
    if len(strange):
        post_id, passage = strange.iloc[0][PASSAGE]
        raise PostError(
            f"{len(strange)} coded passage(s) are not among the counted ones of these scores, such as passage "
            f"{passage} of post {post_id}. Expected the scores that the sample was drawn from, with the same roles."
        )


def _of_units(by_coder: pd.DataFrame, passages: pd.DataFrame, unit: Unit, *, any_of: bool) -> pd.DataFrame:
    """Give the mean `y` over coders; a coder counts for a post only where the whole of it was coded."""
    if unit == "passage":
        return by_coder.groupby(PASSAGE)["y"].mean().reset_index()
    grouped = by_coder.groupby(["post_id", "coder"])["y"]
    posts = pd.DataFrame({"y": grouped.max() if any_of else grouped.mean(), "coded": grouped.size()}).reset_index()
    whole = posts["coded"].to_numpy() == passages.groupby("post_id").size().reindex(posts["post_id"]).to_numpy()
    mean: pd.Series[float] = posts[whole].groupby("post_id")["y"].mean()
    return mean.reset_index()


def _draws(codes: pd.DataFrame, key: list[str], labelled: pd.DataFrame, size: int) -> tuple[pd.DataFrame, bool]:
    """Give the drawn units that have a label, numbered, with weight, stratum and fraction drawn."""
    drawn = codes[[*key, *_DRAW]].drop_duplicates()
    twice = drawn[drawn.duplicated(key)]
    if len(twice):
        raise CluetrainError(
            f"Post {twice.iloc[0]['post_id']} has several strata, stratum sizes or weights; expected one of each."
        )
    complete = labelled[key].drop_duplicates().reset_index(drop=True).merge(drawn, on=key, how="left")
    if complete.empty:
        raise CluetrainError("No drawn unit is coded completely, so there is nothing to correct with.")
    complete["psu"] = np.arange(len(complete))
    unknown = drawn["weight"].isna()
    if unknown.all():
        warnings.warn(
            "The coded units have no weights: they are not a probability sample, and are taken for one all the same. "
            "Estimates and intervals hold only if they were picked as if at random; draw them by sample_for_coding.",
            CluetrainWarning,
            stacklevel=4,
        )
        share = len(complete) / size
        return complete.assign(weight=1 / share, stratum="", fraction=share), False
    if unknown.any():
        raise CluetrainError(
            f"{int(unknown.sum())} of {len(drawn)} coded units have no weight. Give every one its weight, or none."
        )
    if (drawn["weight"] < 1).any():
        raise CluetrainError(
            f"A weight is {drawn['weight'].min():g}; expected 1 or more, 1 / the probability of being drawn."
        )
    return _weighted(complete, drawn, size), True


def _weighted(complete: pd.DataFrame, drawn: pd.DataFrame, size: int) -> pd.DataFrame:
    """Check strata, and let the coded units of each stratum stand for those that were not coded."""
    strata = drawn.groupby("stratum", sort=True).agg(
        sizes=("stratum_size", "nunique"),
        size=("stratum_size", "first"),
        low=("weight", "min"),
        high=("weight", "max"),
        total=("weight", "sum"),
        drawn=("weight", "size"),
    )
    if (strata["sizes"] > 1).any():
        raise CluetrainError(
            f"Stratum {strata.index[strata['sizes'] > 1][0]!r} has several sizes; expected one for each stratum."
        )
    if int(strata["size"].sum()) != size:
        raise CluetrainError(
            f"The strata hold {int(strata['size'].sum())} units, but these scores have {size}. Expected the scores of "
            "the corpus that the sample was drawn from, with the same roles, and a coded unit in every stratum."
        )
    done = complete.groupby("stratum").agg(count=("weight", "size"), total=("weight", "sum")).reindex(strata.index)
    if done["count"].isna().any():
        raise CluetrainError(
            f"No unit of stratum {done.index[done['count'].isna()][0]!r} is coded completely, so that nothing stands "
            "for it. Have it coded, or draw again with fewer strata."
        )
    # Units drawn with one probability stand for the whole stratum, whether or not all of them came back.
    equal = np.isclose(strata["low"], strata["high"], rtol=1e-6)
    goal = np.where(equal, strata["size"], strata["total"])
    expected = np.where(equal, strata["size"] / strata["low"], strata["drawn"])
    too_many = done["count"] > expected + 0.5
    if too_many.any():
        raise CluetrainError(
            f"In stratum {done.index[too_many][0]!r} more units are coded than its weights and its size allow. "
            "Expected the codes of one sample, with the weights it was drawn with."
        )
    missing = round(float((expected - done["count"]).sum()))
    if missing > 0:
        warnings.warn(
            f"{missing} of {round(float(expected.sum()))} drawn units are not coded completely. The others of their "
            "stratum stand for them, which is right only if they were left out by chance; have them coded.",
            CluetrainWarning,
            stacklevel=5,
        )
    done["factor"] = goal / done["total"]
    done["fraction"] = np.where(equal, done["count"] / strata["size"], 0.0)
    lonely = done.index[(done["count"] == 1) & (done["fraction"] < 1)]
    if len(lonely):
        warnings.warn(
            f"Strata with a single coded unit: {', '.join(map(repr, lonely[:5]))}. Their variance is guessed from the "
            "other strata; draw at least two of each.",
            CluetrainWarning,
            stacklevel=5,
        )
    complete = complete.join(done[["factor", "fraction"]], on="stratum")
    return complete.assign(weight=complete["weight"] * complete["factor"])
