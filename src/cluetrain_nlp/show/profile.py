"""Descriptive linguistics of passages, as confounders for a researcher's own model; no score reads any of it.

Unlike scores, a profile depends on the German pipeline: tags, tenses and trees are its judgement. Which one it was
stands in ``attrs["pipeline"]``.
"""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc, pipeline_id
from cluetrain_nlp.scoring import passages
from cluetrain_nlp.study.linguistics import MEASURES, n_sentences, words

__all__ = ["profile"]

#: Passages that go through the pipeline at a time.
_BATCH: Final = 64
_CUT: Final = {name: schema.PASSAGES[name] for name in ("post_id", "passage", "role", "language", "text", "error")}


def profile(posts: pd.DataFrame | pd.Series | Sequence[str], *, nlp: str = "auto") -> pd.DataFrame:
    """Measure the language of every passage: readability, person, tense, passive, nominal style.

    Parameters
    ----------
    posts : pandas.DataFrame, pandas.Series or sequence of str
        As in `score`. A frame that has a column `passage`, as PASSAGES and SCORES have it, is measured as it was cut.
    nlp : str
        German spaCy pipeline: ``"auto"``, ``"builtin"``, a package name or a path. Here it matters.

    Returns
    -------
    pandas.DataFrame
        `cluetrain_nlp.schema.PROFILE`: one row per passage of every role, to be joined to SCORES by `post_id` and
        `passage`. Unit and direction of each column stand with its function in `cluetrain_nlp.study.linguistics`.
        What a passage gives no ground for is NaN: everything but `words` and `sentences` where it is not German,
        `mattr` below 25 words, ratios without a verb. A post without passages keeps one row, with the reason in
        ``error``. ``attrs`` name the `pipeline`, and under `missing` the columns that are NaN because it gives no
        tags, no morphology or no trees.

    Raises
    ------
    PostError, PipelineError
        As in `score`.

    Notes
    -----
    Each passage is read by itself: what stands around it changes none of its numbers. Readability formulae were made
    for samples of a hundred words and more; on one passage they are noisy, so compare means.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> texts = ["Ich komme gern. Kommst du auch?", "Die Sicherstellung der Leistungserbringung wird gewährleistet."]
    >>> ct.profile(texts, nlp="builtin")[["lix", "passive"]].round(1).values.tolist()
    [[3.0, 0.0], [56.0, 100.0]]
    """
    cut = posts if isinstance(posts, pd.DataFrame) and "passage" in posts.columns else passages(posts, nlp=nlp)
    cut = schema.conform(cut, _CUT).drop_duplicates(["post_id", "passage"], ignore_index=True)
    rows: list[dict[str, Any]] = [{} for _ in range(len(cut))]
    pipeline = load_nlp(nlp)
    missing: set[str] = set()
    docs = ((make_doc(pipeline, text), at) for at, text in enumerate(cut["text"]) if text)
    for doc, at in pipeline.pipe(docs, as_tuples=True, batch_size=_BATCH):
        whole = doc[:]
        rows[at] = {"words": len(words(whole)), "sentences": n_sentences(whole)}
        if cut["language"][at] != "de" or not rows[at]["words"]:
            continue
        for name, measure in MEASURES.items():
            if measure.needs and not doc.has_annotation(measure.needs):
                missing.add(name)
            else:
                rows[at][name] = measure.of(whole)
    measured = pd.DataFrame(rows, columns=["words", "sentences", *MEASURES]).fillna({"words": 0, "sentences": 0})
    frame = schema.conform(pd.concat([cut, measured], axis=1), schema.PROFILE)
    frame.attrs.update(pipeline=pipeline_id(pipeline), missing=[name for name in MEASURES if name in missing])
    return frame
