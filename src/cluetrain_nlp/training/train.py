"""From the annotated corpus to a new model. Deterministic: the same corpus gives the same bits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from cluetrain_nlp.classifier.artefact import Model
from cluetrain_nlp.classifier.embedding import Embedding, load_encoder
from cluetrain_nlp.classifier.evidence import Evidence, embed_span
from cluetrain_nlp.classifier.style import style
from cluetrain_nlp.classifier.terms import TERM_KINDS, SparseVector, Terms
from cluetrain_nlp.classifier.theses import ThesisSet, load_theses
from cluetrain_nlp.classifier.tracking import PAIR_FEATURES, UNSEEN_FEATURES, Targets, Tracking, unit
from cluetrain_nlp.classifier.voice import Voice, squash
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
from cluetrain_nlp.training.corpus import Coded

__all__ = ["BASE_RATE", "Examples", "HeldOut", "cross_validate", "encode", "fit", "leave_theses_out"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rows = NDArray[np.int64]
#: An array or a sparse matrix, which has no types.
Matrix = Any

#: In ordinary German blogs about one passage in twenty tracks any thesis.
BASE_RATE: Final = 0.05

FOLDS: Final = 5

#: A term must occur in so many passages, and of the letter sequences the most frequent ones are kept.
_RAREST: Final = {"words": 8, "letters": 20}
_MOST_TERMS: Final = {"words": None, "letters": 10_000}

_RIDGE_VECTOR: Final = 10.0
_RIDGE_LETTERS: Final = 3.0
_RIDGE_PROJECTION: Final = 30.0
_C_ANYTHING: Final = (0.3, 1.0)
_C_OPPOSING: Final = (1.0, 3.0, 3.0)
_C_PAIRS: Final = 1.0
_C_VOICE: Final = (0.001, 0.1)

#: For fits with so few parameters that there is nothing to shrink.
_C_FREE: Final = 1e6

#: Where the features of unseen theses stand among those of known ones.
_UNSEEN: Final = slice(len(UNSEEN_FEATURES))

#: How much the passage's vector counts beside the style measurements, which have unit variance.
_VECTOR_SCALE: Final = 5.0


class Examples(NamedTuple):
    """Coded passages as arrays, ``n`` of them.

    Attributes
    ----------
    coded : sequence of Coded
    style : numpy.ndarray, shape (n, f)
    vectors : list of n numpy.ndarray, each (1 + k, d)
        Passage and sentences.
    """

    coded: Sequence[Coded]
    style: Floats
    vectors: list[Floats]

    @property
    def passages(self) -> Floats:
        """Vectors of the passages alone, shape (n, d)."""
        return np.array([group[0] for group in self.vectors])

    def take(self, rows: Rows) -> "Examples":
        """Select passages by row."""
        return Examples([self.coded[row] for row in rows], self.style[rows], [self.vectors[row] for row in rows])

    def evidence(self, words: Terms, letters: Terms) -> Iterator[Evidence]:
        """Give what the heads of a model with these vocabularies read of each passage."""
        for coded, measured, vectors in zip(self.coded, self.style, self.vectors, strict=True):
            yield Evidence(measured, vectors, words.vector(coded.text), letters.vector(coded.text))


class HeldOut(NamedTuple):
    """What models that were trained on other writers' passages say of each passage.

    Attributes
    ----------
    broadcast : numpy.ndarray, shape (n,)
    tracks, opposes : numpy.ndarray, shape (n, t)
    fold : numpy.ndarray of int, shape (n,)
        Which of the folds a passage was held out in.
    """

    broadcast: Floats
    tracks: Floats
    opposes: Floats
    fold: Rows


@dataclass(frozen=True)
class _Data:
    """A corpus ready to fit: ``n`` passages in the first rows, and ``m`` situations behind them."""

    examples: Examples
    evidence: list[Evidence]
    #: Standardised style beside scaled vectors, what they were standardised with, and the voice codes, ``n`` rows.
    dense: Floats
    mean: Floats
    scale: Floats
    voices: Floats
    #: Centred unit vectors and terms, ``n + m`` rows, and which theses each takes up.
    centre: Floats
    centred: Floats
    words: Matrix
    letters: Matrix
    taken_up: Bools
    #: Whether a passage argues against a thesis, ``n`` rows.
    contrary: Bools
    theses: ThesisSet
    targets: Targets
    thesis_centre: Floats
    vocabulary: tuple[Terms, Terms]

    @property
    def count(self) -> int:
        return len(self.evidence)

    def folds(self, rows: Rows) -> Iterator[tuple[Rows, Rows]]:
        """Cut rows of passages into training and test rows; yields places in `rows`."""
        yield from _folds([self.examples.coded[row] for row in rows], seed=0)


def encode(coded: Sequence[Coded]) -> Examples:
    """Tokenise, measure and encode coded passages, each as it stands.

    Parameters
    ----------
    coded : sequence of Coded

    Returns
    -------
    named tuple `Examples`
        One row for each passage, in the same order.
    """
    nlp, embedding = load_nlp("builtin"), load_encoder()
    docs = [make_doc(nlp, passage.text) for passage in coded]
    vectors = [embed_span(doc[:], embedding) for doc in docs]
    return Examples(coded, np.array([style(doc[:]) for doc in docs]), vectors)


def fit(examples: Examples, situations: Examples, *, name: str = "de", version: str = "0.2.0") -> Model:
    """Train a model.

    Whatever turns evidence into a probability is fitted on what heads trained on *other* writers' passages said:
    otherwise the heads would look surer of themselves than they are.

    Parameters
    ----------
    examples : Examples
        From `encode`: passages with grades and voice codes.
    situations : Examples
        One-sentence cases and near misses; they help to learn theses, and are never calibrated on.
    name, version : str
        Of the model.

    Returns
    -------
    Model
        Without metrics.
    """
    with threadpool_limits(limits=1):
        data = _prepare(examples, situations)
        words, letters = data.vocabulary
        return Model(
            name=name,
            version=version,
            theses=data.theses,
            embedding=load_encoder(),
            words=words,
            letters=letters,
            voice=_fit_voice(data),
            tracking=_fit_tracking(data),
            statements=data.targets.statements,
            glosses=data.targets.glosses,
            metrics={},
        )


def cross_validate(examples: Examples, situations: Examples) -> HeldOut:
    """Score every passage by a model trained, with everything that `fit` does, on what other writers wrote.

    Parameters
    ----------
    examples, situations : Examples
        As in `fit`.

    Returns
    -------
    named tuple `HeldOut`
    """
    count, width = len(examples.coded), len(load_theses())
    broadcast, fold = np.empty(count), np.empty(count, dtype=np.int64)
    tracks, opposes = np.empty((count, width)), np.empty((count, width))
    for number, (train, test) in enumerate(_folds(examples.coded, seed=1)):
        model = fit(examples.take(train), situations)
        targets = model.targets()
        fold[test] = number
        for row, evidence in zip(test, examples.take(test).evidence(model.words, model.letters), strict=True):
            broadcast[row] = model.voice.broadcast(evidence)
            tracks[row], opposes[row] = model.tracking.probabilities(evidence, targets)
    return HeldOut(broadcast, tracks, opposes, fold)


def leave_theses_out(examples: Examples, situations: Examples, tests: Examples) -> Rows:
    """Place each thesis by a head that has never met it: what to expect of a thesis of one's own.

    Parameters
    ----------
    examples, situations : Examples
        As in `fit`.
    tests : Examples
        ``n`` other passages.

    Returns
    -------
    numpy.ndarray of int, shape (n, t)
        For each thesis that a passage of `tests` takes up, its place among all theses, 1 the first, by the head for
        unseen theses, whose projection was learned without this thesis's passages and situations. 0 elsewhere.
    """
    with threadpool_limits(limits=1):
        data = _prepare(examples, situations)
        wanted = _taken_up(tests.coded, data.theses)
        places = np.zeros(wanted.shape, dtype=np.int64)
        weights = _fit_pairs(_unseen_features(data), data.taken_up[: data.count])
        strange = data.targets._replace(known=np.full(wanted.shape[1], -1))
        words, letters = data.vocabulary
        evidence = list(tests.evidence(words, letters))
        every = np.arange(len(data.taken_up))
        for column in np.flatnonzero(wanted.any(axis=0)):
            rest = every[~data.taken_up[:, column]]
            head = _bare_head(data, _fit_projection(data, rest))
            for row in np.flatnonzero(wanted[:, column]):
                logit = head.features(evidence[row], strange)[:, _UNSEEN] @ weights[:-1]
                places[row, column] = 1 + (logit > logit[column]).sum()
    return places


def _folds(coded: Sequence[Coded], seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Cut passages into training and test rows by who wrote them; by post where there are too few writers."""
    hands = [passage.hand for passage in coded]
    groups = hands if len(set(hands)) >= FOLDS else [passage.group for passage in coded]
    yield from GroupKFold(FOLDS, shuffle=True, random_state=seed).split(groups, groups=groups)


def _prepare(examples: Examples, situations: Examples) -> _Data:
    """Turn a corpus into arrays; nothing here is learned from a code."""
    theses, embedding = load_theses(), load_encoder()
    every = [*examples.coded, *situations.coded]
    words = _learn_terms("words", [passage.text for passage in examples.coded])
    letters = _learn_terms("letters", [passage.text for passage in every])
    term_vectors = [(words.vector(passage.text), letters.vector(passage.text)) for passage in every]
    squashed = squash(examples.style)
    mean, scale = squashed.mean(axis=0), squashed.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    centre = examples.passages.mean(axis=0)
    targets = _targets(theses, embedding, letters)
    return _Data(
        examples=examples,
        evidence=[
            Evidence(measured, vectors, *terms)
            for measured, vectors, terms in zip(examples.style, examples.vectors, term_vectors, strict=False)
        ],
        dense=np.hstack([np.clip((squashed - mean) / scale, -3.0, 3.0), _VECTOR_SCALE * examples.passages]),
        mean=mean,
        scale=scale,
        voices=np.array([np.nan if passage.voice is None else passage.voice for passage in examples.coded]),
        centre=centre,
        centred=unit(np.array([group[0] for group in (*examples.vectors, *situations.vectors)]) - centre),
        words=_matrix([pair[0] for pair in term_vectors], len(words.vocabulary)),
        letters=_matrix([pair[1] for pair in term_vectors], len(letters.vocabulary)),
        taken_up=_taken_up(every, theses),
        contrary=np.array([bool(passage.opposed & passage.taken_up) for passage in examples.coded]),
        theses=theses,
        targets=targets,
        thesis_centre=np.vstack([targets.statements, targets.glosses]).mean(axis=0),
        vocabulary=(words, letters),
    )


def _taken_up(coded: Sequence[Coded], theses: ThesisSet) -> Bools:
    """Tell which passage takes up which thesis, shape (n, t)."""
    rows = [[thesis.number in passage.taken_up for thesis in theses] for passage in coded]
    return np.array(rows, dtype=np.bool_).reshape(len(rows), len(theses))


def _learn_terms(kind: str, texts: Sequence[str]) -> Terms:
    """Choose the terms that occur often enough, and weigh each by how rare it is."""
    found = TfidfVectorizer(analyzer=TERM_KINDS[kind], min_df=_RAREST[kind], max_features=_MOST_TERMS[kind]).fit(texts)
    return Terms(kind, tuple(map(str, found.get_feature_names_out())), found.idf_.round(4))


def _matrix(vectors: Sequence[SparseVector], width: int) -> Matrix:
    edges = np.cumsum([0, *(len(vector.columns) for vector in vectors)])
    columns = np.concatenate([vector.columns for vector in vectors])
    values = np.concatenate([vector.values for vector in vectors])
    return sp.csr_array((values, columns, edges), shape=(len(vectors), width))


def _targets(theses: ThesisSet, embedding: Embedding, letters: Terms) -> Targets:
    return Targets(
        numbers=np.array([thesis.number for thesis in theses]),
        statements=embedding.embed_each([thesis.statement for thesis in theses]),
        glosses=embedding.embed_each([thesis.gloss for thesis in theses]),
        letters=letters.columns([thesis.description for thesis in theses]),
        known=np.arange(len(theses)),
    )


def _fit_voice(data: _Data) -> Voice:
    """Fit the voice head on the passages whose voice was coded.

    Four logistic regressions, one for each step of the scale (voice >= 1 … >= 4), are averaged into one direction,
    because the steps carry more than the one cut.
    """
    rows = np.flatnonzero(np.isfinite(data.voices))
    codes = data.voices[rows]
    steps = [codes >= step for step in (1, 2, 3, 4) if 0 < (codes >= step).sum() < len(codes)]
    (dense, words), latent = _fuse(data, rows, [data.dense, data.words], steps, _C_VOICE)
    slope, level = _calibrate(latent, codes >= 3)
    features = len(data.mean)
    return Voice(
        mean=data.mean,
        scale=data.scale,
        style_weights=slope * dense[:features],
        vector_weights=slope * _VECTOR_SCALE * dense[features:],
        word_weights=slope * words,
        bias=np.array([level]),
    )


def _fit_tracking(data: _Data) -> Tracking:
    rows = np.arange(data.count)
    known = data.taken_up[: data.count]
    some = np.asarray(known.any(axis=1))
    (anything, anything_letters), latent = _fuse(data, rows, [data.centred, data.letters], [some], _C_ANYTHING)
    slope, level = _calibrate(latent, some, BASE_RATE)
    rows = np.flatnonzero(some)
    contrary = data.contrary[rows]
    blocks: list[Matrix] = [data.centred, data.words, data.letters]
    (opposing, opposing_words, opposing_letters), latent = _fuse(data, rows, blocks, [contrary], _C_OPPOSING)
    steepness, height = _calibrate(latent, contrary)
    features = _held_out_features(data)
    unseen = _fit_pairs(_unseen_features(data), known)
    return replace(
        _fit_pair_heads(data, np.arange(data.count)),
        anything=np.append(slope * anything, level),
        anything_letters=slope * anything_letters,
        opposing=np.append(steepness * opposing, height),
        opposing_words=steepness * opposing_words,
        opposing_letters=steepness * opposing_letters,
        known_weights=_shrink(features, known, _fit_pairs(features, known), unseen),
        unseen_weights=unseen,
    )


def _fuse(
    data: _Data, rows: Rows, blocks: Sequence[Matrix], labels: Sequence[Bools], strengths: Sequence[float]
) -> tuple[list[Floats], Floats]:
    """Find one direction in each block of evidence, and add them up, each with the same spread.

    Parameters
    ----------
    data : _Data
    rows : numpy.ndarray of int, shape (r,)
        Passages to learn from.
    blocks : sequence of arrays or sparse matrices, shape (n or more, width)
    labels : sequence of numpy.ndarray of bool, shape (r,)
        A logistic regression for each; their weights are averaged.
    strengths : sequence of float
        Their C, for each block.

    Returns
    -------
    directions : list of numpy.ndarray, shape (width,)
    latent : numpy.ndarray, shape (r,)
        The places of the passages along the sum of directions that were learned from other writers' passages.
    """
    latents = np.empty((len(blocks), len(rows)))
    for train, test in data.folds(rows):
        for number, (block, strength) in enumerate(zip(blocks, strengths, strict=True)):
            direction = _direction(block[rows[train]], [label[train] for label in labels], strength)
            latents[number, test] = block[rows[test]] @ direction
    spreads = latents.std(axis=1)
    spreads = np.where(spreads > 0, spreads, 1.0)
    directions = [
        _direction(block[rows], labels, strength) / spread
        for block, strength, spread in zip(blocks, strengths, spreads, strict=True)
    ]
    return directions, (latents / spreads[:, None]).sum(axis=0)


def _direction(inputs: Matrix, labels: Sequence[Bools], strength: float) -> Floats:
    fits = [LogisticRegression(C=strength, max_iter=2000).fit(inputs, label) for label in labels]
    mean: Floats = np.mean([fitted.coef_[0] for fitted in fits], axis=0)
    return mean


def _calibrate(latent: Floats, labels: Bools, base_rate: float | None = None) -> tuple[float, float]:
    """Fit slope and intercept that turn places along a direction into log odds, at a base rate where one is given."""
    rate = labels.mean()
    weight = None if base_rate is None else np.where(labels, base_rate / rate, (1 - base_rate) / (1 - rate))
    fitted = LogisticRegression(C=_C_FREE, max_iter=2000).fit(latent[:, None], labels, sample_weight=weight)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _held_out_features(data: _Data) -> Floats:
    """Describe all pairs by heads that were trained on other writers' passages, shape (n, t, features)."""
    features = np.empty((data.count, len(data.theses), len(PAIR_FEATURES)))
    every = np.arange(data.count)
    for train, test in data.folds(every):
        heads = _fit_pair_heads(data, train)
        for row in test:
            features[row] = heads.features(data.evidence[row], data.targets)
    return features


def _unseen_features(data: _Data) -> Floats:
    """Describe all pairs by heads that know neither the writer nor the thesis, shape (n, t, unseen features)."""
    size = data.centred.shape[1]
    strange = data.targets._replace(known=np.full(len(data.theses), -1))
    head = _bare_head(data, np.zeros((size, size)))
    features = np.array([head.features(evidence, strange)[:, _UNSEEN] for evidence in data.evidence])
    # Only the projection is learned; it is learned without a fifth of the theses at a time.
    projected = UNSEEN_FEATURES.index("projection")
    fold, places = np.arange(len(data.theses)) % FOLDS, _places(data)
    for train, test in data.folds(np.arange(data.count)):
        rows = _with_situations(data, train)
        for number in range(FOLDS):
            held_out = np.flatnonzero(fold == number)
            rest = rows[~data.taken_up[rows][:, held_out].any(axis=1)]
            moved = unit(data.centred[test] @ _fit_projection(data, rest))
            features[test[:, None], held_out, projected] = moved @ places[held_out].T
    return features


def _fit_pair_heads(data: _Data, rows: Rows) -> Tracking:
    """Fit what tells one thesis from another, on some passages and all situations; the other weights stay 0."""
    rows = _with_situations(data, rows)
    taken_up = data.taken_up[rows].astype(float)
    ridge = Ridge(alpha=_RIDGE_VECTOR).fit(data.centred[rows], taken_up)
    letters = Ridge(alpha=_RIDGE_LETTERS, fit_intercept=False, solver="sparse_cg", tol=1e-2)
    return replace(
        _bare_head(data, _fit_projection(data, rows)),
        linear=np.column_stack([ridge.coef_, ridge.intercept_]),
        letters=letters.fit(data.letters[rows], taken_up).coef_.T,
    )


def _with_situations(data: _Data, rows: Rows) -> Rows:
    return np.concatenate([rows, np.arange(data.count, len(data.taken_up))])


def _places(data: _Data) -> Floats:
    """Tell where the theses lie, between statement and gloss, shape (t, d)."""
    statements, glosses = (unit(part - data.thesis_centre) for part in (data.targets.statements, data.targets.glosses))
    return unit(statements + glosses)


def _fit_projection(data: _Data, rows: Rows) -> Floats:
    """Learn to move passages to where the theses lie that they take up, shape (d, d)."""
    passage, thesis = np.nonzero(data.taken_up[rows])
    ridge = Ridge(alpha=_RIDGE_PROJECTION, fit_intercept=False)
    projection: Floats = ridge.fit(data.centred[rows[passage]], _places(data)[thesis]).coef_.T
    return projection


def _bare_head(data: _Data, projection: Floats) -> Tracking:
    """Give a tracking head that has a projection, and zeros elsewhere."""
    width, size = data.taken_up.shape[1], data.centred.shape[1]
    words, letters = (len(terms.vocabulary) for terms in data.vocabulary)
    return Tracking(
        passage_centre=data.centre,
        thesis_centre=data.thesis_centre,
        anything=np.zeros(size + 1),
        anything_letters=np.zeros(letters),
        opposing=np.zeros(size + 1),
        opposing_words=np.zeros(words),
        opposing_letters=np.zeros(letters),
        projection=projection,
        exemplars=np.zeros((0, size)),
        membership=np.zeros((width, 0)),
        linear=np.zeros((width, size + 1)),
        letters=np.zeros((letters, width)),
        known_weights=np.zeros(len(PAIR_FEATURES) + 1),
        unseen_weights=np.zeros(len(UNSEEN_FEATURES) + 1),
    )


def _fit_pairs(features: Floats, taken_up: Bools) -> Floats:
    """Fit P(this thesis, if any) on the passages that take up some thesis: weights of the pair features, bias last."""
    some = taken_up.any(axis=1)
    flat = features[some].reshape(-1, features.shape[2])
    spread = flat.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    fitted = LogisticRegression(C=_C_PAIRS, max_iter=2000).fit(flat / spread, taken_up[some].ravel())
    return np.append(fitted.coef_[0] / spread, fitted.intercept_)


def _shrink(features: Floats, taken_up: Bools, known: Floats, unseen: Floats) -> Floats:
    """Draw the weights for known theses half-way to those for unseen ones, and calibrate the sum again.

    What a thesis learned from its own passages says most about passages by the same writers; the rest carries further.
    """
    mean = (known + np.insert(unseen, -1, np.zeros(len(known) - len(unseen)))) / 2
    some = taken_up.any(axis=1)
    latent = features[some] @ mean[:-1]
    slope, level = _calibrate(latent.ravel(), taken_up[some].ravel())
    return np.append(slope * mean[:-1], level)
