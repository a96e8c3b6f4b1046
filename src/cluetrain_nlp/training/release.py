"""Train, measure, describe and save: what `cluetrain train` does."""

from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from cluetrain_nlp.classifier.artefact import DEFAULT_MODEL, Model, save
from cluetrain_nlp.errors import ModelError
from cluetrain_nlp.training.corpus import Coded, corpus_sha256, read_corpus, read_situations
from cluetrain_nlp.training.evaluate import (
    Figure,
    Figures,
    baselines,
    breakdown,
    evaluate,
    judge,
    opposing_figures,
    tracking_figures,
    unseen_figures,
    voice_figures,
)
from cluetrain_nlp.training.train import BASE_RATE, FOLDS, cross_validate, encode, fit, leave_theses_out

__all__ = ["train"]

_CARD: Final = """\
# {name}-{version}

A model for cluetrain_nlp. For a German passage it estimates the probability that a careful reader finds it tracking
each of the 95 Cluetrain theses (`tracks`), arguing against it (`opposes`), and announcing at an audience instead of
talking with people (`broadcast`). For an English passage it gives the first two.

## What it is

Linear heads on the sentence encoder {encoder}, {words} words and pairs of words, and {letters} sequences of letters;
the voice head reads {features} style measurements as well. Formulae stand in `docs/method.md`, the meaning of the
labels in `docs/codebook.md`. `config.json`, `terms.json` and `weights.safetensors` hold everything; loading them runs
no code.

## Training data

{count} passages and {situations} one-sentence situations written for this project, nothing collected (`models/corpus/`,
see its data card): {kinds}. {tracking} passages take up at least one thesis, {opposing} argue against one; {voices}
have a voice code. Corpus sha256 {corpus}.

## Measured

**On the corpus's test split**, {tests} passages of whole posts by writers of whom nothing is in the training data;
simple methods beside the model. Intervals are bootstrapped over passages.

{test}

**By nested {folds}-fold cross-validation inside the training data**, each writer kept in one fold.

{table}

`unseen`, on the test split: each thesis left out of training in turn, with its passages and situations, and placed
among all 95 by the weights for theses of one's own; pairs of passage and thesis with grade 2 or 3 (`_seen`: the same
pairs by the model itself).

**All of this flatters the model**, because writers and coders worked from the same descriptions of the theses: figures
on real blog passages by other authors, and how much lower they are, stand in `models/README.md`.

Probabilities of theses are calibrated to a base rate of {base:.0%}: so many passages of ordinary German blogs track any
thesis. What each part of the evidence adds: `docs/method.md`.

## By theme

Test split: passages that track a thesis of the theme, and where the best of these theses is placed.

{themes}

## Known failures

* Cases told in the middle of something else, pronouns that point outside the passage, and irony are often missed.
* Long arguments by people who know a trade (software, music, public data) find the theme more often than the thesis.
* Plain praise and plain complaints without any point about the relation of company and people are sometimes taken for
  theses that they share words with.
* Sincere appeals and stiff political prose of associations sound to it more like broadcast than to readers.
* `opposes` rests on the wording of the whole passage: one that supports a thesis and opposes another is not told
  apart, and quiet disagreement without its usual words is missed. Take it as a hint.
* A high `tracks` does not say that the author means it: look at `tracks` times `broadcast`, and read the passage.
* Not for judging single persons. Validate on a sample of your own texts before you draw conclusions.

## Licence

Weights: CC BY 4.0, by the cluetrain_nlp authors. The encoder is not part of the model; it comes under Apache-2.0.
"""


def train(folder: Path | None = None) -> dict[str, Figure]:
    """Train a model on the corpus in `models/corpus` and save it with its card.

    The same corpus gives the same weights: bit for bit on one machine, scores within 1e-4 elsewhere.

    Parameters
    ----------
    folder : pathlib.Path or None
        Where to save; None for the place of the bundled model.

    Returns
    -------
    dict of str to dict
        The figures of the model card: ``voice``, ``tracking``, ``opposing`` by cross-validation, ``unseen`` theses, and
        under ``test …`` what `evaluate` and `baselines` give for the test split.
    """
    target = Path(str(resources.files("cluetrain_nlp.models") / DEFAULT_MODEL)) if folder is None else folder
    # Before minutes of training, not after.
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"{target} cannot be written: {error.strerror}. Name another folder.") from error
    coded, tests, corpus = read_corpus(), read_corpus(["test"]), corpus_sha256()
    examples, situations, unseen = encode(coded), encode(read_situations()), encode(tests)
    model = fit(examples, situations)
    held_out = cross_validate(examples, situations)
    places = leave_theses_out(examples, situations, unseen)
    judged, theses = judge(model, unseen), model.theses
    figures: Figures = {
        "voice": voice_figures(coded, held_out.broadcast),
        "tracking": tracking_figures(coded, held_out.tracks, theses),
        "opposing": opposing_figures(coded, held_out.tracks, held_out.opposes, theses),
        "unseen": unseen_figures(tests, places, judged.tracks, theses),
    }
    measured = evaluate(tests, judged, theses) | baselines(coded, unseen, model)
    figures |= {f"test {head}": _finite(values) for head, values in measured.items()}
    model = replace(model, metrics=figures)
    table = breakdown(tests, judged, theses)
    card = _card(model, coded, themes=table[table["by"] == "theme"], situations=len(situations.coded), corpus=corpus)
    save(model, target, card=card, corpus_sha256=corpus)
    return figures


def _card(model: Model, coded: Sequence[Coded], *, themes: pd.DataFrame, situations: int, corpus: str) -> str:
    """Write the model card from what was measured."""
    posts = {passage.group for passage in coded if passage.group != passage.id}
    single = sum(passage.group == passage.id for passage in coded)
    figures: Figures = dict(model.metrics)
    test = {name.removeprefix("test "): values for name, values in figures.items() if name.startswith("test ")}
    return _CARD.format(
        name=model.name,
        version=model.version,
        encoder=f"{model.embedding.encoder.name} {model.embedding.encoder.version}",
        words=len(model.words.vocabulary),
        letters=len(model.letters.vocabulary),
        features=len(model.voice.mean),
        count=len(coded),
        situations=situations,
        kinds=f"{single} passages written one by one, {len(coded) - single} cut from {len(posts)} whole posts",
        tracking=sum(bool(passage.taken_up) for passage in coded),
        opposing=sum(bool(passage.opposed & passage.taken_up) for passage in coded),
        voices=sum(passage.voice is not None for passage in coded),
        corpus=corpus,
        tests=test["voice"]["n"] if test else 0,
        test=_table(test),
        folds=FOLDS,
        table=_table({name: values for name, values in figures.items() if not name.startswith("test ")}),
        base=BASE_RATE,
        themes=_themes(themes),
    )


def _finite(figure: Figure) -> Figure:
    """Leave out what could not be measured, such as the rank correlation of a constant."""
    return {name: value for name, value in figure.items() if np.isfinite(value).all()}


def _themes(table: pd.DataFrame) -> str:
    """Set the figures of the themes as a Markdown table."""
    rows = [f"| {row.name} | {row.n_tracking} | {row.top5:.2f} | {row.mrr:.2f} |" for row in table.itertuples()]
    return "\n".join(["| theme | passages | top5 | mrr |", "|---|---|---|---|", *rows])


def _table(figures: dict[str, Figure]) -> str:
    """Set figures with their intervals as a Markdown table."""
    lines = ["| head | figure | value | 95 % interval |", "|---|---|---|---|"]
    for head, values in figures.items():
        for name, value in values.items():
            interval = values.get(f"{name}_ci")
            if isinstance(interval, list):
                lines.append(f"| {head} | {name} | {value:.3f} | {interval[0]:.3f} to {interval[1]:.3f} |")
            elif not name.endswith("_ci"):
                lines.append(f"| {head} | {name} | {value} | |")
    return "\n".join(lines)
