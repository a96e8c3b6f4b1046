"""Measure what each part of the evidence adds: train without it, and measure on passages nobody trained on.

    python benchmarks/ablations.py [coded.jsonl ...]

On the corpus's test split, and on files of coded passages by other authors. Some ten minutes on one core.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from cluetrain_nlp.classifier.artefact import Model
from cluetrain_nlp.classifier.tracking import PAIR_FEATURES, UNSEEN_FEATURES
from cluetrain_nlp.training import train as training
from cluetrain_nlp.training.corpus import read_coded, read_corpus, read_situations
from cluetrain_nlp.training.evaluate import evaluate, judge
from cluetrain_nlp.training.train import Examples, encode

#: Name of a variant, head that it is about, and the model.
Variant = tuple[str, str, Model]
SHOWN = {
    "voice": ("spearman", "auc_ends"),
    "tracking": ("top5", "mrr", "auc"),
    "opposing": ("auc", "average_precision"),
}


def voices(model: Model, data: training._Data) -> Iterator[Variant]:
    """Leave out style, vectors or words."""
    features = len(data.mean)
    nothing = np.zeros_like(data.dense)
    style, vectors = nothing.copy(), nothing.copy()
    style[:, :features], vectors[:, features:] = data.dense[:, :features], data.dense[:, features:]
    no_words = data.words * 0.0
    for name, dense, words in (
        ("style alone", style, no_words),
        ("vectors alone", vectors, no_words),
        ("style and vectors", data.dense, no_words),
        ("words alone", nothing, data.words),
        ("style and words", style, data.words),
    ):
        changed = training._fit_voice(replace(data, dense=dense, words=words))
        yield name, "voice", replace(model, voice=changed)


def trackings(model: Model, data: training._Data) -> Iterator[Variant]:
    """Leave out letters or vectors of "any thesis", each feature of a pair, and the shrinking."""
    tracking, known = model.tracking, data.taken_up[: data.count]
    features = training._held_out_features(data)
    strange = training._unseen_features(data)

    def weighed(columns: Sequence[int]) -> np.ndarray:
        weights = np.zeros(len(PAIR_FEATURES) + 1)
        weights[[*columns, -1]] = training._fit_pairs(features[:, :, columns], known)
        return weights

    every = [PAIR_FEATURES.index(name) for name in PAIR_FEATURES if name != "exemplars"]
    yield "not shrunk", "tracking", replace(model, tracking=replace(tracking, known_weights=weighed(every)))
    for name in PAIR_FEATURES:
        if name != "exemplars":
            columns = [column for column in every if PAIR_FEATURES[column] != name]
            fewer = [column for column in columns if column < len(UNSEEN_FEATURES)]
            rest = training._fit_pairs(strange[:, :, fewer], known)
            without = np.zeros(len(UNSEEN_FEATURES) + 1)
            without[[*fewer, -1]] = rest
            weights = training._shrink(features, known, weighed(columns), without)
            yield f"without {name}", "tracking", replace(model, tracking=replace(tracking, known_weights=weights))
    for name, part in (("statement alone", ["statement"]), ("unseen features alone", list(UNSEEN_FEATURES))):
        weights = weighed([PAIR_FEATURES.index(feature) for feature in part])
        yield name, "tracking", replace(model, tracking=replace(tracking, known_weights=weights))
    some = np.asarray(known.any(axis=1))
    rows = np.arange(data.count)
    (vector,), latent = training._fuse(data, rows, [data.centred], [some], training._C_ANYTHING[:1])
    slope, level = training._calibrate(latent, some, training.BASE_RATE)
    alone = replace(
        tracking, anything=np.append(slope * vector, level), anything_letters=np.zeros_like(tracking.anything_letters)
    )
    yield "any thesis: vectors alone", "tracking", replace(model, tracking=alone)
    yield (
        "any thesis: not asked",
        "tracking",
        replace(
            model,
            tracking=replace(
                tracking,
                anything=np.append(np.zeros_like(vector), level),
                anything_letters=np.zeros_like(tracking.anything_letters),
            ),
        ),
    )


def oppositions(model: Model, data: training._Data) -> Iterator[Variant]:
    """Leave out vectors, words or letters of "argues against"."""
    tracking = model.tracking
    rows = np.flatnonzero(data.taken_up[: data.count].any(axis=1))
    contrary = data.contrary[rows]
    names = ("opposing", "opposing_words", "opposing_letters")
    blocks = dict(zip(names, (data.centred, data.words, data.letters), strict=True))
    for kept in (names[:1], names[1:2], names[2:], names[:2]):
        strengths = [training._C_OPPOSING[names.index(name)] for name in kept]
        directions, latent = training._fuse(data, rows, [blocks[name] for name in kept], [contrary], strengths)
        slope, level = training._calibrate(latent, contrary)
        heads = {name: np.zeros_like(getattr(tracking, name)) for name in names}
        for name, direction in zip(kept, directions, strict=True):
            heads[name][: len(direction)] = slope * direction
        heads["opposing"][-1] = level
        what = " and ".join(name.removeprefix("opposing_").replace("opposing", "vectors") for name in kept)
        yield f"{what} alone", "opposing", replace(model, tracking=replace(tracking, **heads))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("others", nargs="*", type=Path, help="coded passages by other authors, JSONL")
    sets: dict[str, Examples] = {"test split": encode(read_corpus(["test"]))}
    sets |= {str(path.name): encode(read_coded(path)) for path in parser.parse_args().others}
    examples, situations = encode(read_corpus()), encode(read_situations())
    rows = []

    def measure(name: str, head: str, model: Model) -> None:
        for where, passages in sets.items():
            figures = evaluate(passages.coded, judge(model, passages), model.theses).get(head)
            if figures:
                shown = {figure: figures[figure] for figure in SHOWN[head]}
                rows.append({"head": head, "variant": name, "on": where, **shown})

    with threadpool_limits(limits=1):
        model = training.fit(examples, situations)
        data = training._prepare(examples, situations)
        for head in SHOWN:
            measure("everything", head, model)
        for variants in (voices, trackings, oppositions):
            for variant in variants(model, data):
                measure(*variant)
        for name, some in (
            ("without situations", encode([])),
            ("without near misses", situations.take(_rows(situations, cases=True))),
        ):
            measure(name, "tracking", training.fit(examples, some))
        posts = np.array([row for row, passage in enumerate(examples.coded) if passage.group != passage.id])
        model = training.fit(examples.take(posts), situations)
        for head in SHOWN:
            measure("without the pilot passages", head, model)
    table = pd.DataFrame(rows)
    for head, part in table.groupby("head", sort=False):
        wide = part.pivot(index="variant", columns="on", values=list(SHOWN[str(head)]))
        print(f"\n{head}\n{wide.reindex(part['variant'].drop_duplicates()).round(3).to_string()}")


def _rows(situations: Examples, *, cases: bool) -> np.ndarray:
    return np.array([row for row, passage in enumerate(situations.coded) if bool(passage.grades) == cases])


if __name__ == "__main__":
    main()
