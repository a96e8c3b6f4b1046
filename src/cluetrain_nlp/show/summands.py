"""What is said of one passage as rows: biases, measurements, terms, sentences, examples and the rest of its vector."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from spacy.tokens import Span

from cluetrain_nlp.classifier.artefact import Model
from cluetrain_nlp.classifier.attribution import Question
from cluetrain_nlp.classifier.style import feature_names, sentences, style
from cluetrain_nlp.classifier.terms import SparseVector, Terms, locate_terms
from cluetrain_nlp.show.neighbours import Neighbours

__all__ = ["summands"]

Floats = NDArray[np.float64]
Row = dict[str, Any]

#: Keeps the shares of sentences that say the same the same.
_RIDGE: Final = 1e-3


def summands(question: Question, span: Span, model: Model, near: Neighbours, thesis: int | None) -> Iterator[Row]:
    """Turn a question into its summands.

    Parameters
    ----------
    question : named tuple `Question`
        About the passage.
    span : spacy.tokens.Span
        The passage.
    model : Model
    near : named tuple `Neighbours`
        Examples near the passage, as the question sees vectors.
    thesis : int or None
        What to say of the examples: how this thesis was coded, or the voice.

    Yields
    ------
    dict
        A row of `Explanation.parts` without its ``contribution``; the numbers ``own`` add up to the question's logit.
    """
    for row in (
        {"kind": "bias", "name": "before the passage is read", "own": question.bias},
        *_style(question, model, span),
        *_terms(question.words, model.words, span),
        *_terms(question.letters, model.letters, span),
        *_vector(question, span, near, thesis),
    ):
        yield {"question": question.name, "text": "", "start": -1, "end": -1, "value": math.nan} | row


def _style(question: Question, model: Model, span: Span) -> Iterator[Row]:
    if len(question.style):
        for name, value, own in zip(feature_names(), style(span), question.style, strict=True):
            yield {"kind": "style", "name": name, "value": value, "own": own}


def _terms(added: SparseVector, terms: Terms, span: Span) -> Iterator[Row]:
    """Give words and pairs where they stand, and letter sequences summed up in the words that have them.

    A term that occurs more than once adds the same at each of its places.
    """
    adds = {terms.vocabulary[column]: own for column, own in zip(added.columns, added.values, strict=True)}
    whole = span.text
    places = [place for place in locate_terms(terms.kind, whole) if place[0] in adds]
    often = Counter(term for term, _, _ in places)
    sums: dict[tuple[str, str, int, int], float] = defaultdict(float)
    for term, start, end in places:
        text = whole[start:end]
        kind = "letters" if terms.kind == "letters" else "phrase" if " " in term else "word"
        sums[kind, text if kind == "letters" else term, start, end] += adds[term] / often[term]
    for (kind, name, start, end), own in sums.items():
        yield {"kind": kind, "name": name, "start": span.start_char + start, "end": span.start_char + end, "own": own}


def _vector(question: Question, span: Span, near: Neighbours, thesis: int | None) -> Iterator[Row]:
    """Write the passage's vector as a mixture of its sentences, the nearest examples and a rest."""
    passage, own_sentences = question.vectors[0], question.vectors[1:]
    shares, likeness = _mixture(passage, own_sentences, near.vectors)
    added = shares * (own_sentences @ question.direction)
    for number, (sentence, share, own) in enumerate(
        zip(sentences(span), shares, added + question.best, strict=True), 1
    ):
        yield {
            "kind": "sentence",
            "name": f"sentence {number}",
            "text": sentence.text,
            "start": sentence.start_char,
            "end": sentence.end_char,
            "value": share,
            "own": own,
        }
    examples = likeness * (near.vectors @ question.direction)
    for example, cosine, own in zip(near.examples, near.similarity, examples, strict=True):
        name = f"{example.id} ({example.code(thesis)})"
        yield {"kind": "example", "name": name, "text": example.text, "value": cosine, "own": own}
    whole = passage @ question.direction - added.sum() - examples.sum()
    yield {"kind": "whole", "name": "the passage as a whole", "own": whole}


def _mixture(passage: Floats, sentences: Floats, examples: Floats) -> tuple[Floats, Floats]:
    """Weigh sentences and examples so that they add up to the passage's vector as nearly as they can.

    Both explain some of the same. Each gets the mean of what it gets when asked first and what is left for it when
    asked second (Shapley's value for two players).
    """
    first, left = _weights(passage, sentences), _weights(passage, examples)
    shares = (first + _weights(passage - left @ examples, sentences)) / 2
    likeness = (left + _weights(passage - first @ sentences, examples)) / 2
    return shares, likeness


def _weights(vector: Floats, basis: Floats) -> Floats:
    """Non-negative least squares with a little ridge, which gives the same weights to sentences that say the same."""
    system = np.vstack([basis.T, _RIDGE * np.eye(len(basis))])
    weights: Floats = nnls(system, np.append(vector, np.zeros(len(basis))))[0]
    return weights
