"""The kernel in three sizes: spans to arrays, a frame to a frame, a stream to a stream.

Scoring is row-local: what a post gets depends on its text, the model and the theses alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, Span

from cluetrain_nlp import schema
from cluetrain_nlp.classifier.artefact import Model, load_model
from cluetrain_nlp.classifier.manifesto import translated_theses
from cluetrain_nlp.classifier.theses import ThesisSet, select
from cluetrain_nlp.classifier.tracking import Targets
from cluetrain_nlp.errors import PostError, ThesisError
from cluetrain_nlp.passages.citations import cites, names_manifesto
from cluetrain_nlp.passages.language import language
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc, pipeline_id
from cluetrain_nlp.passages.split import KEY, split

__all__ = [
    "SCORED_ROLES",
    "Unit",
    "cut",
    "is_scored",
    "passages",
    "score",
    "score_frame",
    "score_frames",
    "score_spans",
]

Unit = Literal["passage", "post"]
Theses = ThesisSet | Iterable[int] | None
ModelLike = Model | str | Path | None
Row = dict[str, Any]

#: Passages of these roles are scored; headings and boilerplate are set aside.
SCORED_ROLES: Final = ("body", "quote", "comment")

#: Six digits are kept, so that the last bits of a product can turn no rank round.
_DIGITS: Final = 6

_NO_NUMBERS: Final[Row] = {
    "broadcast": np.nan,
    "rank": 0,
    "thesis": 0,
    "tracks": np.nan,
    "opposes": np.nan,
    "score": np.nan,
}
_NO_PASSAGE: Final[Row] = {
    "passage": -1,
    "start": 0,
    "end": 0,
    "role": "",
    "speaker": "",
    "language": "",
    "cites": "",
    "text": "",
}


class _Run(NamedTuple):
    """What a run of scoring needs besides the posts."""

    model: Model
    nlp: Language
    targets: Targets
    top: int
    unit: Unit
    attrs: dict[str, Any]


def score_spans(spans: Sequence[Span], model: Model, targets: Targets) -> tuple[NDArray[np.float64], ...]:
    """Score passages that are already cut.

    Parameters
    ----------
    spans : sequence of spacy.tokens.Span
        ``n`` passages as `cluetrain_nlp.passages.split.split` leaves them: sentence starts set,
        ``span._.language`` filled.
    model : Model
    targets : Targets
        ``t`` encoded theses, from `Model.targets`.

    Returns
    -------
    broadcast : numpy.ndarray of float64, shape (n,)
        P(a careful reader codes voice >= 3) in [0, 1], NaN where the passage is not German.
    tracks, opposes : numpy.ndarray of float64, shape (n, t)
        P(grade >= 2 in support or report) and P(grade >= 2, arguing the contrary), in [0, 1] with a sum
        of at most 1. NaN where the passage is neither German nor English.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
    >>> from cluetrain_nlp.passages.split import split
    >>> from cluetrain_nlp.scoring import score_spans
    >>> model = ct.load_model()
    >>> doc = split(make_doc(load_nlp("builtin"), "Keiner antwortet auf meine Mails, seit Wochen nicht."))
    >>> broadcast, tracks, opposes = score_spans(doc.spans["passages"], model, model.targets())
    >>> broadcast.shape, tracks.shape
    ((1,), (1, 95))
    """
    broadcast = np.full(len(spans), np.nan)
    tracks = np.full((len(spans), len(targets.numbers)), np.nan)
    opposes = tracks.copy()
    for row, span in enumerate(spans):
        if span._.language == "other":
            continue
        evidence = model.measure(span)
        tracks[row], opposes[row] = model.tracking.probabilities(evidence, targets)
        if span._.language == "de":
            broadcast[row] = model.voice.broadcast(evidence)
    return broadcast.round(_DIGITS), tracks.round(_DIGITS), opposes.round(_DIGITS)


def cut(doc: Doc, unit: Unit = "passage") -> list[Span]:
    """Cut a Doc into the passages that are scored, with everything that scores say of a passage but its numbers.

    Parameters
    ----------
    doc : spacy.tokens.Doc
        From `cluetrain_nlp.passages.pipeline.make_doc`, of a text that is more than white space.
    unit : {"passage", "post"}
        Whether the text is cut into passages, or is one as it stands, without the white space around it.

    Returns
    -------
    list of spacy.tokens.Span
        In order, of every role, with attributes as `cluetrain_nlp.passages.split.split` leaves them; ``_.cites`` has,
        besides numbers that are named, the theses that are quoted in translation, where such quotations are likely.
        They stand in ``doc.spans["passages"]`` as well.

    Examples
    --------
    >>> from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
    >>> from cluetrain_nlp.scoring import cut
    >>> [span] = cut(make_doc(load_nlp("builtin"), " Wir reden. Ihr nicht. "), "post")
    >>> span.text, span._.role, span._.language
    ('Wir reden. Ihr nicht.', 'body', 'de')
    """
    names = names_manifesto(doc.text)
    spans = list((split(doc) if unit == "passage" else _whole(doc)).spans[KEY])
    for span in spans:
        # Vectors cost more than numbers.
        if span._.role == "quote" or (names and span._.role in SCORED_ROLES):
            numbers = {*map(int, span._.cites.split()), *translated_theses(span)}
            span._.cites = " ".join(map(str, sorted(numbers)))
    return spans


def is_scored(span: Span) -> bool:
    """Tell whether a passage is scored: by its role, and whether it has a letter or digit.

    Parameters
    ----------
    span : spacy.tokens.Span
        A passage from `cut`.

    Returns
    -------
    bool
        True for one that turns out to be neither German nor English, too: its row says so.
    """
    return span._.role in SCORED_ROLES and any(map(str.isalnum, span.text))


def score(
    posts: pd.DataFrame | pd.Series | Sequence[str],
    *,
    theses: Theses = None,
    top: int | None = 3,
    unit: Unit = "passage",
    model: ModelLike = None,
    nlp: str = "auto",
) -> pd.DataFrame:
    """Score posts: how closely each passage tracks which theses, and how much it broadcasts.

    Parameters
    ----------
    posts : pandas.DataFrame, pandas.Series or sequence of str
        A frame with the columns `post_id` (unique) and `text`, or texts, whose ids are then their index.
    theses : ThesisSet, iterable of int, or None
        A set from `read_theses`, numbers of the 95 theses, or None for all 95.
    top : int or None
        How many theses are reported for a passage, the most tracked first; None for all of them.
    unit : {"passage", "post"}
        Whether posts are cut into passages, or each text is one passage as it stands.
    model : Model, str, pathlib.Path or None
        A model, the folder of one, or None for the bundled one.
    nlp : str
        German spaCy pipeline: ``"auto"``, ``"builtin"``, a package name or a path. It does not change scores.

    Returns
    -------
    pandas.DataFrame
        `cluetrain_nlp.schema.SCORES`: one row per scored passage (roles body, quote, comment) and reported
        thesis. ``tracks``, ``opposes`` and ``broadcast`` are probabilities in [0, 1]; ``score`` is ``tracks -
        broadcast`` in [-1, 1], high where a passage takes up the thesis and talks with people, low where it
        only announces. ``broadcast`` and ``score`` are NaN for English passages. A post without numbers keeps
        one row, with the reason in ``error``. ``attrs`` name library, model, theses, encoder and pipeline.

    Raises
    ------
    PostError
        If the posts have no such columns, or an id occurs twice.
    ThesisError
        If `theses` names none, or one that does not exist, or `top` is no positive number.
    ModelError, PipelineError
        If model or pipeline cannot be loaded.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> scores = ct.score(["Ich hab euch dreimal geschrieben. Warum antwortet da eigentlich nie ein Mensch?"])
    >>> scores["rank"].tolist(), bool(scores["tracks"].between(0, 1).all())
    ([1, 2, 3], True)
    """
    frame = _frame(posts)
    _require_columns(frame)
    ids = frame["post_id"].map(_name)
    repeated = ids[ids.duplicated() & (ids != "")]
    if len(repeated):
        raise PostError(
            f"{len(repeated)} post(s) repeat the post_id of another, for example {repeated.iloc[0]!r}. "
            "Ids must be unique, because results are joined by them: drop or rename the repeated posts."
        )
    return score_frame(frame, theses=theses, top=top, unit=unit, model=model, nlp=nlp)


def score_frame(
    posts: pd.DataFrame,
    *,
    theses: Theses = None,
    top: int | None = 3,
    unit: Unit = "passage",
    model: ModelLike = None,
    nlp: str = "auto",
) -> pd.DataFrame:
    """Score one frame of posts, each row for itself.

    The same as `score` for a frame, without looking for repeated ids: a partition of a larger corpus, where
    one bad row must cost one row.

    Parameters
    ----------
    posts : pandas.DataFrame
        With the columns `post_id` and `text`; a post with something in `error`, as readers leave it, becomes a
        row with that error. Other columns are ignored.
    theses, top, unit, model, nlp
        As in `score`. Give `model` as a path where the call goes to another process.

    Returns
    -------
    pandas.DataFrame
        `cluetrain_nlp.schema.SCORES`.

    Raises
    ------
    PostError, ThesisError, ModelError, PipelineError
        As in `score`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp.scoring import score_frame
    >>> score_frame(pd.DataFrame({"post_id": ["a"], "text": [""]}))["error"].item()
    'The text is empty.'
    """
    return _score(posts, _run(theses, top, unit, model, nlp))


def score_frames(
    frames: Iterable[pd.DataFrame],
    *,
    theses: Theses = None,
    top: int | None = 3,
    unit: Unit = "passage",
    model: ModelLike = None,
    nlp: str = "auto",
) -> Iterator[pd.DataFrame]:
    """Score a stream of frames, one at a time and in order.

    Parameters
    ----------
    frames : iterable of pandas.DataFrame
        As from `cluetrain_nlp.posts.read.read_frames`.
    theses, top, unit, model, nlp
        As in `score`.

    Yields
    ------
    pandas.DataFrame
        `cluetrain_nlp.schema.SCORES` for each frame.

    Raises
    ------
    PostError, ThesisError, ModelError, PipelineError
        As in `score`.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp.scoring import score_frames
    >>> frames = [pd.DataFrame({"post_id": ["a"], "text": ["Wir reden ja gar nicht mehr miteinander."]})]
    >>> [len(frame) for frame in score_frames(frames, top=1)]
    [1]
    """
    run = _run(theses, top, unit, model, nlp)
    for frame in frames:
        yield _score(frame, run)


def passages(posts: pd.DataFrame | pd.Series | Sequence[str], *, nlp: str = "auto") -> pd.DataFrame:
    """Show how posts are cut: every passage, whatever its role, nothing scored.

    Parameters
    ----------
    posts : pandas.DataFrame, pandas.Series or sequence of str
        As in `score`.
    nlp : str
        As in `score`.

    Returns
    -------
    pandas.DataFrame
        `cluetrain_nlp.schema.PASSAGES`. ``text[start:end]`` of the post is the passage; `passage` is the same
        number as in the scores, headings and boilerplate counted. A post without passages keeps one row,
        with the reason in ``error``.

    Raises
    ------
    PostError, PipelineError
        As in `score`.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> ct.passages(["Ein kurzer Text, der nur aus einem einzigen Satz besteht."])["role"].tolist()
    ['body']
    """
    pipeline = load_nlp(nlp)
    rows: list[Row] = []
    for post_id, text, error in _posts(_frame(posts)):
        try:
            spans = cut(make_doc(pipeline, _checked(post_id, text, error)))
        except PostError as reason:
            rows.append({"post_id": _name(post_id), **_NO_PASSAGE, "error": str(reason)})
            continue
        rows += [{**_describe(post_id, number, span), "error": ""} for number, span in enumerate(spans)]
    return _finish(rows, schema.PASSAGES, {"pipeline": pipeline_id(pipeline)})


def _score(posts: pd.DataFrame, run: _Run) -> pd.DataFrame:
    rows: list[Row] = []
    for post_id, text, error in _posts(posts):
        rows += _score_post(post_id, text, error, run)
    return _finish(rows, schema.SCORES, run.attrs)


def _run(theses: Theses, top: int | None, unit: Unit, model: ModelLike, nlp: str) -> _Run:
    """Check and load everything that does not depend on the posts."""
    if top is not None and (not isinstance(top, int) or top < 1):
        raise ThesisError(f"top is {top!r}; expected how many theses to report, 1 or more, or None for all.")
    if unit not in ("passage", "post"):
        raise PostError(f"unit is {unit!r}; expected 'passage' or 'post'.")
    judge = model if isinstance(model, Model) else load_model(model)
    chosen = judge.theses if theses is None else theses
    if not isinstance(chosen, ThesisSet):
        chosen = select(judge.theses, chosen)
    pipeline = load_nlp(nlp)
    attrs = {
        "cluetrain_nlp": _version(),
        "model": f"{judge.name}-{judge.version}",
        "model_sha256": judge.sha256,
        "theses_sha256": chosen.sha256,
        "encoder": f"{judge.embedding.encoder.name} {judge.embedding.encoder.version}",
        "pipeline": pipeline_id(pipeline),
        "unit": unit,
    }
    targets = judge.targets(chosen)
    if (targets.known < 0).any():
        attrs["expected_quality"] = judge.unseen_quality
    return _Run(judge, pipeline, targets, top or len(chosen), unit, attrs)


@lru_cache(maxsize=1)
def _version() -> str:
    return metadata.version("cluetrain_nlp")


def _frame(posts: pd.DataFrame | pd.Series | Sequence[str]) -> pd.DataFrame:
    """Bring what users hand over to a frame with `post_id` and `text`."""
    if isinstance(posts, pd.DataFrame):
        return posts
    if isinstance(posts, pd.Series):
        return pd.DataFrame({"post_id": posts.index.astype("str"), "text": posts.to_numpy(dtype=object)})
    if isinstance(posts, (str, bytes)) or not isinstance(posts, Sequence):
        raise PostError(
            f"Found one {type(posts).__name__} where posts were expected: a DataFrame with the columns "
            "post_id and text, a Series, or a list of texts. Put a single text into a list: [text]."
        )
    ids = [str(number) for number in range(len(posts))]
    return pd.DataFrame({"post_id": ids, "text": pd.Series(list(posts), dtype="object")})


def _posts(frame: pd.DataFrame) -> Iterator[tuple[Any, Any, Any]]:
    """Iterate over id and text of each post, as they are, and why a reader could not read it, "" where it could."""
    _require_columns(frame)
    errors = frame["error"] if list(frame.columns).count("error") == 1 else [""] * len(frame)
    return zip(frame["post_id"], frame["text"], errors, strict=True)


def _require_columns(frame: pd.DataFrame) -> None:
    columns = [str(name) for name in frame.columns]
    wrong = [name for name in ("post_id", "text") if columns.count(name) != 1]
    if wrong:
        raise PostError(
            f"The posts need one column post_id and one column text; they have {', '.join(columns) or 'none'}. "
            "Rename them, or say which they are: posts.cluetrain.score(text=..., id=...)."
        )


def _name(post_id: object) -> str:
    return "" if post_id is None or post_id is pd.NA or post_id != post_id else str(post_id)


def _checked(post_id: object, text: object, error: object) -> str:
    """Give `text` if it can be scored; say why not otherwise."""
    if isinstance(error, str) and error:
        raise PostError(error)
    if not _name(post_id):
        raise PostError("The post_id is missing; give every post an id that identifies it.")
    if not isinstance(text, str):
        raise PostError(f"The text is {type(text).__name__}, not a string.")
    if not text.strip():
        raise PostError("The text is empty.")
    try:
        text.encode()
    except UnicodeEncodeError as half:
        raise PostError(
            f"The text holds half a character (a lone surrogate) at offset {half.start}; decode it again."
        ) from half
    return text


def _score_post(post_id: object, text: object, error: object, run: _Run) -> list[Row]:
    """Score one post; what is wrong with it becomes its one row."""
    try:
        doc = make_doc(run.nlp, _checked(post_id, text, error))
    except PostError as reason:
        return [{"post_id": _name(post_id), **_NO_PASSAGE, **_NO_NUMBERS, "error": str(reason)}]
    found = cut(doc, run.unit)
    scored = [(number, span) for number, span in enumerate(found) if is_scored(span)]
    if not scored:
        why = f"None of {len(found)} passage(s) is scored: headings, boilerplate or no words; passages() shows them."
        return [{"post_id": _name(post_id), **_NO_PASSAGE, **_NO_NUMBERS, "error": why}]
    rows: list[Row] = []
    results = score_spans([span for _, span in scored], run.model, run.targets)
    for (number, span), broadcast, tracks, opposes in zip(scored, *results, strict=True):
        described = _describe(post_id, number, span)
        if span._.language == "other":
            why = "The passage is neither German nor English; the model knows only these."
            rows.append({**described, **_NO_NUMBERS, "error": why})
            continue
        # A stable sort: ties go to the lower number, as the targets are in order.
        best = np.argsort(-tracks, kind="stable")[: run.top]
        rows += [
            {
                **described,
                "broadcast": broadcast,
                "rank": rank,
                "thesis": run.targets.numbers[thesis],
                "tracks": tracks[thesis],
                "opposes": opposes[thesis],
                "score": round(tracks[thesis] - broadcast, _DIGITS),
                "error": "",
            }
            for rank, thesis in enumerate(best, start=1)
        ]
    return rows


def _whole(doc: Doc) -> Doc:
    """Make the whole text one passage, without the white space around it."""
    solid = [token.i for token in doc if not token.is_space]
    span = doc[solid[0] : solid[-1] + 1]
    span._.role = "body"
    span._.language = language(span.text)
    span._.cites = " ".join(map(str, cites(span.text)))
    doc.spans[KEY] = [span]
    return doc


def _describe(post_id: object, number: int, span: Span) -> Row:
    return {
        "post_id": _name(post_id),
        "passage": number,
        "start": span.start_char,
        "end": span.end_char,
        "role": span._.role,
        "speaker": span._.speaker,
        "language": span._.language,
        "cites": span._.cites,
        "text": span.text,
    }


def _finish(rows: list[Row], columns: schema.Schema, attrs: dict[str, Any]) -> pd.DataFrame:
    """Turn rows into a frame of the schema that carries where its numbers come from."""
    frame = schema.conform(pd.DataFrame(rows), columns) if rows else schema.empty(columns)
    frame.attrs.update(attrs)
    return frame
