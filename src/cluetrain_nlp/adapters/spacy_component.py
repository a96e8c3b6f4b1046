"""spaCy component ``cluetrain``: the scores of a Doc's passages, on the spans themselves.

Importing this module registers the component and the attributes of its spans. The attributes hold plain values that
are stored when a Doc is scored, so that they survive processes, bytes and `DocBin`.

spaCy imports the module whenever it makes any pipeline, because the component is an entry point of it. So pandas,
which scoring needs, is loaded when the first Doc is scored.
"""

import json
from pathlib import Path
from typing import Any, Final, Self

from spacy.language import Language
from spacy.tokens import Doc, Span

from cluetrain_nlp.classifier.artefact import Model, load_model
from cluetrain_nlp.classifier.theses import ThesisSet, read_theses, select
from cluetrain_nlp.classifier.tracking import Targets
from cluetrain_nlp.errors import ModelError, PipelineError, ThesisError
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
from cluetrain_nlp.passages.split import KEY

__all__ = ["CluetrainComponent", "make_cluetrain"]

_FILE: Final = "cluetrain.json"
_COPIED: Final = ("role", "language", "speaker", "cites")

# What `split` does not register.
_ATTRIBUTES: Final[dict[str, float | list[Any]]] = {"broadcast": float("nan"), "theses": []}
for _name, _default in _ATTRIBUTES.items():
    if not Span.has_extension(_name):
        Span.set_extension(_name, default=_default)
if not Doc.has_extension("cluetrain"):
    Doc.set_extension("cluetrain", default={})


class CluetrainComponent:
    """Cuts the text of a Doc into passages and scores them, as `cluetrain_nlp.score` does.

    It reads nothing of a Doc but its text, and cuts and scores that with tokens and sentences of its own: whatever
    stands before it in the pipeline, scores are the same. So it can stand anywhere, needs no other component, and
    leaves tokens, sentences and everything else as they are.

    Afterwards ``doc.spans["passages"]`` holds every passage, in order. Each span has

    ``_.role``, ``_.language``, ``_.speaker``, ``_.cites``
        Strings, as in the frame PASSAGES.
    ``_.broadcast``
        float in [0, 1], higher is more one-way; NaN unless the passage is German and its role body, quote or comment.
    ``_.theses``
        List of the `top` most tracked theses, best first: a dict each, with ``thesis`` (its number), ``tracks``,
        ``opposes`` (in [0, 1]) and ``score`` (``tracks - broadcast``; NaN where that is). Empty for a passage that is
        not scored: heading, boilerplate, without words, neither German nor English. A `DocBin` makes the list a tuple.

    ``doc._.cluetrain`` names model and hashes, as the ``attrs`` of scores do.

    Parameters
    ----------
    theses : list of int, str or None
        Numbers of the 95 theses, the path of a thesis file (see `cluetrain_nlp.read_theses`), or None for all 95.
    top : int or None
        How many theses are stored for a passage; None for all.
    model : str or None
        The folder of a model; None for the bundled one.

    Raises
    ------
    ThesisError
        If `theses` names none, or one that does not exist, or `top` is no positive number.
    ModelError
        If the model cannot be loaded.

    Examples
    --------
    >>> import spacy
    >>> import cluetrain_nlp.adapters.spacy_component
    >>> nlp = spacy.blank("de")
    >>> _ = nlp.add_pipe("cluetrain", config={"theses": [3, 62], "top": None})
    >>> doc = nlp("Ich hab euch dreimal geschrieben. Warum antwortet da eigentlich nie ein Mensch?")
    >>> [span] = doc.spans["passages"]
    >>> span._.role, 0 <= span._.broadcast <= 1, sorted(entry["thesis"] for entry in span._.theses)
    ('body', True, [3, 62])
    """

    def __init__(self, theses: list[int] | str | None = None, *, top: int | None = 3, model: str | None = None) -> None:
        if top is not None and top < 1:
            raise ThesisError(f"top is {top!r}; expected how many theses to store, 1 or more, or None for all.")
        self.theses = theses
        self.top = top
        self.model = model
        judge = load_model(model)
        self._chosen = _choose(theses, judge)
        self._facts: dict[str, str] = {
            "model": f"{judge.name}-{judge.version}",
            "model_sha256": judge.sha256,
            "theses_sha256": self._chosen.sha256,
            "encoder": f"{judge.embedding.encoder.name} {judge.embedding.encoder.version}",
        }
        self._encoded: Targets | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what a worker can make itself: encoded theses are large."""
        return {**vars(self), "_encoded": None}

    def __call__(self, doc: Doc) -> Doc:
        """Score the passages of one Doc, in place.

        Raises
        ------
        PostError
            If the text is longer than a German pipeline takes.
        PipelineError
            If the tokens of the Doc are so long that several passages lie in one.
        """
        from cluetrain_nlp.scoring import cut, is_scored, score_spans

        judge = load_model(self.model)
        if self._encoded is None:
            self._encoded = judge.targets(self._chosen)
        doc._.cluetrain = dict(self._facts)
        if (self._encoded.known < 0).any():
            doc._.cluetrain["expected_quality"] = judge.unseen_quality
        if not doc.text.strip():
            doc.spans[KEY] = []
            return doc
        passages = cut(make_doc(load_nlp("builtin"), doc.text))
        spans = _transfer(passages, doc)
        for span in spans:
            span._.broadcast, span._.theses = float("nan"), []
        scored = [place for place, passage in enumerate(passages) if is_scored(passage)]
        results = score_spans([passages[place] for place in scored], judge, self._encoded)
        for place, broadcast, tracks, opposes in zip(scored, *results, strict=True):
            span = spans[place]
            span._.broadcast = float(broadcast)
            if span._.language == "other":
                continue
            # Stable: ties go to the lower number, as the theses are in order.
            best = (-tracks).argsort(kind="stable")[: self.top]
            span._.theses = [
                {
                    "thesis": int(self._encoded.numbers[thesis]),
                    "tracks": float(tracks[thesis]),
                    "opposes": float(opposes[thesis]),
                    "score": round(float(tracks[thesis] - broadcast), 6),
                }
                for thesis in best
            ]
        doc.spans[KEY] = spans
        return doc

    # spaCy calls the four methods below with `exclude`; there is nothing here to leave out.

    def to_bytes(self, *, exclude: tuple[str, ...] = ()) -> bytes:
        """Give, as JSON, which model and theses the scores came from; the options stand in the pipeline's config."""
        return json.dumps(self._facts, indent=1).encode()

    def from_bytes(self, data: bytes, *, exclude: tuple[str, ...] = ()) -> Self:
        """Check that model and theses are those that the pipeline was saved with.

        Raises
        ------
        ModelError
            If the model is another one.
        ThesisError
            If the theses are.
        PipelineError
            If the bytes were not written by `to_bytes`.
        """
        try:
            saved = json.loads(data)
        except ValueError as error:
            raise PipelineError(f"{_FILE} of the pipeline is not JSON ({error}). Save the pipeline anew.") from error
        if not isinstance(saved, dict) or set(saved) != set(self._facts):
            raise PipelineError(
                f"{_FILE} of the pipeline holds other entries than {', '.join(self._facts)}. Save the pipeline anew."
            )
        if saved["model_sha256"] != self._facts["model_sha256"]:
            raise ModelError(
                f"The pipeline was saved with the model {saved['model']} ({saved['model_sha256'][:12]}…), found is "
                f"{self._facts['model']} ({self._facts['model_sha256'][:12]}…). Scores of different models are not "
                "comparable: load it with config={'components.cluetrain.model': FOLDER} of the former, or add the "
                "component anew."
            )
        if saved["theses_sha256"] != self._facts["theses_sha256"]:
            raise ThesisError(
                f"The pipeline was saved with other theses than {self.theses or 'the 95'} gives now. Restore the "
                "thesis file, or add the component anew."
            )
        return self

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        """Write what `to_bytes` gives into the folder `path`."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> Self:
        """Check what `to_disk` wrote into the folder `path`, as `from_bytes` does."""
        return self.from_bytes((Path(path) / _FILE).read_bytes())


@Language.factory(
    "cluetrain",
    assigns=["doc.spans", "doc._.cluetrain", *(f"span._.{name}" for name in (*_COPIED, *_ATTRIBUTES))],
    default_config={"theses": None, "top": 3, "model": None},
)
def make_cluetrain(
    nlp: Language, name: str, theses: list[int] | str | None, top: int | None, model: str | None
) -> CluetrainComponent:
    """Make the component for a pipeline; what ``nlp.add_pipe("cluetrain", config={...})`` calls.

    Parameters
    ----------
    nlp, name
        Given by spaCy.
    theses, top, model
        As in `CluetrainComponent`.

    Returns
    -------
    CluetrainComponent

    Raises
    ------
    PipelineError
        If the pipeline has one already: both would write the same attributes of the same spans.
    """
    for other, component in nlp.pipeline:
        if isinstance(component, CluetrainComponent):
            raise PipelineError(
                f"The pipeline has a component cluetrain already, called {other!r}; {name!r} would write over its "
                "scores. Ask one for all theses, or replace it: nlp.replace_pipe."
            )
    return CluetrainComponent(theses, top=top, model=model)


def _choose(theses: list[int] | str | None, model: Model) -> ThesisSet:
    if theses is None:
        return model.theses
    return read_theses(theses) if isinstance(theses, str) else select(model.theses, theses)


def _transfer(passages: list[Span], doc: Doc) -> list[Span]:
    """Find the passages in a Doc of the same text; a token that reaches beyond its passage is taken whole."""
    spans: list[Span] = []
    for passage in passages:
        span = doc.char_span(passage.start_char, passage.end_char, alignment_mode="expand")
        # spaCy keeps attributes by the place of a span, so two in one place would share them.
        if span is None or (spans and (span.start, span.end) == (spans[-1].start, spans[-1].end)):
            raise PipelineError(
                f"The passage at the characters {passage.start_char} to {passage.end_char} has no token of its own in "
                "this pipeline, so that no span can hold its scores. Use the tokenizer of spacy.blank('de'), or score "
                "the text by cluetrain_nlp.score."
            )
        for name in _COPIED:
            span._.set(name, passage._.get(name))
        spans.append(span)
    return spans
