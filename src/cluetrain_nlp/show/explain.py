"""Why a passage got its score: what every word, sentence, measurement and example adds, and what would move it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from spacy.language import Language
from spacy.tokens import Span

from cluetrain_nlp.classifier.artefact import Model, load_model
from cluetrain_nlp.classifier.attribution import Question, log_odds, path_shares, thesis_questions, voice_question
from cluetrain_nlp.classifier.theses import ThesisSet, select
from cluetrain_nlp.classifier.tracking import Targets
from cluetrain_nlp.classifier.voice import sigmoid
from cluetrain_nlp.errors import PostError, ThesisError
from cluetrain_nlp.passages.pipeline import load_nlp, make_doc
from cluetrain_nlp.scoring import cut
from cluetrain_nlp.show.highlight import to_html, to_rich
from cluetrain_nlp.show.neighbours import neighbours
from cluetrain_nlp.show.summands import summands

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Explanation", "Segment", "explain"]


_SEGMENT: Final = re.compile(r"\w+|\s+|[^\w\s]")
_COLUMNS: Final = ["question", "kind", "name", "text", "start", "end", "value", "own", "contribution"]

#: How many words are left out, one at a time, to see what that changes.
_WORDS_MOVED: Final = 12


class Segment(NamedTuple):
    """A word, a mark or the white space between them, and what it adds to the logit."""

    text: str
    contribution: float


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """One probability of one passage as a sum.

    Attributes
    ----------
    text : str
        As it was given.
    target : {"tracks", "broadcast"}
    thesis : int or None
        The thesis; None for the voice.
    statement : str
        The thesis's text; empty for the voice.
    probability : float
        In [0, 1], before it is rounded to six digits as in the scores.
    logit : float
        ``ln(p / (1 - p))`` of it; 0 is even, positive is more likely than not.
    parts : pandas.DataFrame
        One row for each summand, see `explain`.
    """

    text: str
    target: Literal["tracks", "broadcast"]
    thesis: int | None
    statement: str
    probability: float
    logit: float
    parts: pd.DataFrame
    _again: Callable[[str], float]

    @cached_property
    def segments(self) -> list[Segment]:
        """The text, cut into words, marks and white space, each with what it adds to the logit.

        A word gets what stands at its place: its words and letter sequences, and its share of its sentence, by length.
        The texts together are `text`; the sum is that of all parts with a place.
        """
        solid = np.array([not char.isspace() for char in self.text], dtype=np.float64)
        heat = np.zeros(len(self.text))
        placed = self.parts[self.parts["start"] >= 0]
        for start, end, contribution in zip(placed["start"], placed["end"], placed["contribution"], strict=True):
            heat[start:end] += contribution * solid[start:end] / solid[start:end].sum()
        return [Segment(hit.group(), float(heat[slice(*hit.span())].sum())) for hit in _SEGMENT.finditer(self.text)]

    @cached_property
    def moves(self) -> pd.DataFrame:
        """What leaving something out really changes: each sentence, and each of the dozen strongest words, in turn.

        No estimate: the shortened text is measured and scored again, so this takes as long as scoring some thirty
        passages; it is done when it is first asked for.

        Returns
        -------
        pandas.DataFrame
            ``what`` ("sentence" or "word"), ``text``, ``start``, ``end``, ``without`` (the probability without it) and
            ``change`` (``without - probability``, in [-1, 1]: negative where it had driven the probability up), the
            largest changes first. What is the whole text cannot be left out and has no row.
        """
        rows = []
        for what, start, end in self._removable():
            rest = self.text[:start].rstrip() + " " + self.text[end:].lstrip()
            if any(map(str.isalnum, rest)):
                without = self._again(rest.strip())
                rows.append(
                    {
                        "what": what,
                        "text": self.text[start:end],
                        "start": start,
                        "end": end,
                        "without": without,
                        "change": without - self.probability,
                    }
                )
        frame = pd.DataFrame(rows, columns=["what", "text", "start", "end", "without", "change"])
        return frame.sort_values("change", key=abs, ascending=False, kind="stable", ignore_index=True)

    def _removable(self) -> Iterator[tuple[str, int, int]]:
        found = self.parts[self.parts["kind"] == "sentence"]
        for start, end in sorted(set(zip(found["start"].tolist(), found["end"].tolist(), strict=True))):
            yield "sentence", start, end
        places, place = [], 0
        for segment in self.segments:
            if any(map(str.isalnum, segment.text)):
                places.append((-abs(segment.contribution), place, place + len(segment.text)))
            place += len(segment.text)
        for _, start, end in sorted(places)[:_WORDS_MOVED]:
            yield "word", start, end

    def __repr__(self) -> str:
        return f"<Explanation: {self._title}, logit {self.logit:+.2f} from {len(self.parts)} parts>"

    @property
    def _title(self) -> str:
        what = "broadcast" if self.thesis is None else f"tracks thesis {self.thesis}"
        return f"{what}: {self.probability:.2f}"

    def to_html(self) -> str:
        """Give the highlighted passage and its strongest parts as a piece of HTML, everything escaped, no script."""
        return to_html(self._title, self.statement, segments=self.segments, parts=self.parts)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __rich__(self) -> "RenderableType":
        return to_rich(self._title, self.statement, segments=self.segments, parts=self.parts)


def explain(
    text: str,
    *,
    thesis: int | None = None,
    theses: ThesisSet | None = None,
    model: Model | str | Path | None = None,
    nlp: str = "auto",
    language: str = "",
) -> Explanation:
    """Explain why a passage tracks a thesis as much as it does, or how much it broadcasts.

    Parameters
    ----------
    text : str
        One passage, taken as it stands: what `score` does with ``unit="post"``.
    thesis : int or None
        Number of the thesis whose `tracks` is explained; None for `broadcast`.
    theses : ThesisSet or None
        Where `thesis` is from; None for the model's own.
    model : Model, str, pathlib.Path or None
        A model, the folder of one, or None for the bundled one.
    nlp : str
        German spaCy pipeline, as in `score`.
    language : {"", "de", "en"}
        As in the scores, where the passage was cut from a post: it has the language of its paragraph. "" for what the
        text looks like by itself.

    Returns
    -------
    Explanation
        Its ``parts`` have one row for each summand:

        * ``question``: "voice", or the three questions whose answers multiply to `tracks`: "any thesis", "this
          thesis", "for or against" (where positive means against);
        * ``kind``: "bias" (what is said before the passage is read), "style" (a measurement), "word", "phrase" (two
          neighbours), "letters" (letter sequences, in the word in which they stand), "sentence", "example" (a coded
          passage of the training corpus that is like this one), "whole" (what the passage's vector has beyond these);
        * ``name``, and ``text`` where there is more to read: the term, the sentence, the example;
        * ``start``, ``end``: the place in the text, -1 where there is none;
        * ``value``: the style measurement, the share of a sentence in the passage's vector, the cosine of an example;
          NaN elsewhere;
        * ``own``: what it adds to the question's own logit;
        * ``contribution``: what it adds to `logit`. The column's sum is `logit`, exactly.

    Raises
    ------
    PostError
        If the text is empty, has no words, is in no language that the model knows, or, for the voice, not German.
    ThesisError
        If there is no such thesis.
    ModelError, PipelineError
        If model or pipeline cannot be loaded.

    Notes
    -----
    Heads are sums, and what they read of terms and style is taken apart as it stands. The vector of the passage is
    written as a non-negative mixture of its sentences' vectors, those of the nearest examples, and a rest; sentences
    and examples get the mean of what they get when asked first and second. The three logits behind `tracks` are
    joined by `cluetrain_nlp.classifier.attribution.path_shares`. What it does not say: that the model is right, nor
    what a part would do alone; for that see `Explanation.moves`.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.show.explain import explain
    >>> why = explain("Dreimal geschrieben, nie hat mir ein Mensch geantwortet.", thesis=62)
    >>> bool(abs(why.parts["contribution"].sum() - why.logit) < 1e-9)
    True
    """
    judge = model if isinstance(model, Model) else load_model(model)
    span = _passage(load_nlp(nlp), text, language, voice=thesis is None)
    evidence = judge.measure(span)
    if thesis is None:
        questions: tuple[Question, ...] = (voice_question(judge, evidence),)
        base, slopes = np.array([questions[0].bias]), np.ones(1)
        logit, statement, known, targets = questions[0].logit, "", None, None
    else:
        try:
            thesis = index(thesis)
        except TypeError as error:
            raise ThesisError(
                f"thesis is {thesis!r}; expected the number of one thesis, or None for the voice."
            ) from error
        chosen = select(judge.theses if theses is None else theses, [thesis])
        targets, statement = judge.targets(chosen), chosen[thesis].statement
        known = thesis if targets.known[0] >= 0 else None
        questions = thesis_questions(judge, evidence, targets, 0)
        biases, logits = (np.array([getattr(question, name) for question in questions]) for name in ("bias", "logit"))
        base, slopes = path_shares(biases, logits)
        logit = log_odds(logits)
    near = neighbours(questions[0].vectors[0], judge.embedding, thesis=known, centre=questions[0].centre)
    rows = [
        row | {"contribution": base[number] if row["kind"] == "bias" else slopes[number] * row["own"]}
        for number, question in enumerate(questions)
        for row in summands(question, span, judge, near, known)
    ]
    return Explanation(
        text=text,
        target="broadcast" if thesis is None else "tracks",
        thesis=thesis,
        statement=statement,
        probability=float(sigmoid(np.array(logit))),
        logit=logit,
        parts=pd.DataFrame(rows, columns=_COLUMNS).astype({"start": "int32", "end": "int32"}),
        _again=partial(_probability, judge, load_nlp(nlp), targets),
    )


def _passage(nlp: Language, text: str, language: str, *, voice: bool) -> Span:
    """Make the whole text one passage, without the white space around it; refuse what has no score."""
    if not isinstance(text, str):
        raise PostError(f"The text is {type(text).__name__}, not a string; give the passage to explain.")
    if not any(map(str.isalnum, text)):
        raise PostError("The text has no words, so it has no score that could be explained.")
    try:
        text.encode()
    except UnicodeEncodeError as half:
        raise PostError(f"The text holds half a character (a lone surrogate) at offset {half.start}.") from half
    [span] = cut(make_doc(nlp, text), "post")
    found = language or span._.language
    if found == "other":
        raise PostError("The passage is neither German nor English; the model knows only these.")
    if voice and found != "de":
        raise PostError("The passage is English, and only German passages have a voice; explain a thesis instead.")
    return span


def _probability(model: Model, nlp: Language, targets: Targets | None, text: str) -> float:
    """Score a text anew, whatever its language."""
    evidence = model.measure(make_doc(nlp, text)[:])
    if targets is None:
        return model.voice.broadcast(evidence)
    return float(model.tracking.probabilities(evidence, targets)[0][0])
