"""Train, measure, describe and save: what `cluetrain train` does."""

from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, Final

from cluetrain_nlp.classifier.artefact import DEFAULT_MODEL, Model, save
from cluetrain_nlp.errors import ModelError
from cluetrain_nlp.training.corpus import Coded, corpus_sha256, read_corpus
from cluetrain_nlp.training.evaluate import Figure, tracking_figures, unseen_figures, voice_figures
from cluetrain_nlp.training.train import BASE_RATE, encode, fit

__all__ = ["train"]

_CARD: Final = """\
# {name}-{version}

A model for cluetrain_nlp. For a German passage it estimates the probability that a careful reader finds it tracking
each of the 95 Cluetrain theses (`tracks`), arguing against it (`opposes`), and announcing at an audience instead of
talking with people (`broadcast`). For an English passage it gives the first two.

## What it is

Two linear heads on the sentence encoder {encoder}; the voice head reads {features} style measurements as well.
Formulae stand in `cluetrain_nlp.classifier.voice` and `cluetrain_nlp.classifier.tracking`, the meaning of the labels
in `docs/codebook.md`. `config.json` and `weights.safetensors` hold everything; loading them runs no code.

## Training data

{count} passages written for this project, nothing collected (`models/corpus/`, see its data card): {kinds}.
{tracking} of them take up at least one thesis, {opposing} argue against one; {voices} have a voice code.
Corpus sha256 {corpus}.

## Measured

By {folds}-fold cross-validation inside the corpus, passages of one post kept together; intervals are bootstrapped
over passages.
**Passages of our own writing flatter the model**: figures on real blog passages stand in `models/README.md`.

{table}

Theses that the model has never met, held out a fifth at a time ({pairs} pairs of passage and right thesis): among the
first five {top5:.2f} (the same pairs with the thesis in training {top5_seen:.2f}), mean reciprocal rank {mrr:.2f}
({mrr_seen:.2f}).

Probabilities are calibrated to a base rate of {base:.0%}: so many passages of ordinary German blogs track any thesis.

## Limits

* It knows what our corpus shows. Real authors tell cases in the middle of something else, with irony and with
  pronouns that point outside the passage; much of that is missed.
* `opposes` rests on few passages and on a linear reading of the whole passage; take it as a hint.
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
        The figures of the model card: ``voice``, ``tracking``, ``unseen``.
    """
    target = Path(str(resources.files("cluetrain_nlp.models") / DEFAULT_MODEL)) if folder is None else folder
    # Before minutes of training, not after.
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"{target} cannot be written: {error.strerror}. Name another folder.") from error
    coded = read_corpus()
    fitted = fit(encode(coded))
    figures: dict[str, Figure] = {
        "voice": voice_figures(coded, fitted.broadcast),
        "tracking": tracking_figures(coded, fitted.tracks, fitted.model),
        "unseen": unseen_figures(coded, fitted.unseen_places, fitted.tracks, fitted.model),
    }
    model = replace(fitted.model, metrics=figures)
    corpus = corpus_sha256()
    save(model, target, card=_card(model, coded, corpus), corpus_sha256=corpus)
    return figures


def _card(model: Model, coded: Sequence[Coded], corpus: str) -> str:
    """Write the model card from what was measured."""
    posts = {passage.group for passage in coded if passage.group != passage.id}
    single = sum(passage.group == passage.id for passage in coded)
    figures: dict[str, Any] = dict(model.metrics)
    return _CARD.format(
        name=model.name,
        version=model.version,
        encoder=f"{model.embedding.encoder.name} {model.embedding.encoder.version}",
        features=len(model.voice.mean),
        count=len(coded),
        kinds=f"{single} written one by one, {len(coded) - single} cut from {len(posts)} whole posts",
        tracking=sum(bool(passage.taken_up) for passage in coded),
        opposing=sum(bool(passage.opposed & passage.taken_up) for passage in coded),
        voices=sum(passage.voice is not None for passage in coded),
        corpus=corpus,
        folds=5,
        table=_table({name: figures[name] for name in ("voice", "tracking")}),
        pairs=figures["unseen"]["n_pairs"],
        base=BASE_RATE,
        **{key: figures["unseen"][key] for key in ("top5", "top5_seen", "mrr", "mrr_seen")},
    )


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
