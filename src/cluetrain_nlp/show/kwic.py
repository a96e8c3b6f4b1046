"""Key words in context: the strongest passages of a thesis, one line each, around the word that counts most."""

from pathlib import Path

import pandas as pd

from cluetrain_nlp.classifier.artefact import Model, load_model
from cluetrain_nlp.classifier.theses import ThesisSet
from cluetrain_nlp.errors import ModelError, PostError, ThesisError
from cluetrain_nlp.show.explain import explain

__all__ = ["kwic"]

_COLUMNS = ["left", "keyword", "right", "post_id", "passage", "role", "tracks", "broadcast"]


def kwic(
    scores: pd.DataFrame,
    *,
    thesis: int,
    n: int = 10,
    width: int = 60,
    theses: ThesisSet | None = None,
    model: Model | str | Path | None = None,
) -> pd.DataFrame:
    """List the passages that track a thesis most, around the word that adds most.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `score`; filter it first for roles, companies or months.
    thesis : int
        Its number.
    n : int
        How many passages.
    width : int
        How many characters of context on each side, at most.
    theses : ThesisSet or None
        Where `thesis` is from; None for the model's own.
    model : Model, str, pathlib.Path or None
        What the posts were scored with.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``keyword``, ``right``: the word with the highest contribution to the passage's `tracks` (see
        `Explanation.segments`) and what stands beside it, cut between words; ``post_id``, ``passage``, ``role``,
        ``tracks``, ``broadcast`` as in the scores. The most tracking passage first.

    Raises
    ------
    ThesisError
        If the scores report this thesis nowhere.
    PostError
        If a number is not positive.
    ModelError
        If the model cannot be loaded, or is not the one that the scores say they come from.

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.show.kwic import kwic
    >>> scores = ct.score(["Ich rede lieber mit Menschen als mit eurer Warteschleife."], theses=[3], top=None)
    >>> kwic(scores, thesis=3).columns.tolist()
    ['left', 'keyword', 'right', 'post_id', 'passage', 'role', 'tracks', 'broadcast']
    """
    if n < 1 or width < 1:
        raise PostError(f"n is {n} and width is {width}; expected how many passages and characters, 1 or more.")
    found = scores[(scores["thesis"] == thesis) & (scores["error"] == "")]
    if found.empty:
        raise ThesisError(
            f"The scores report thesis {thesis} for no passage; score the posts with theses=[{thesis}], top=None."
        )
    judge = model if isinstance(model, Model) else load_model(model)
    scored_by = scores.attrs.get("model_sha256", judge.sha256)
    if scored_by != judge.sha256:
        raise ModelError(
            f"The scores are from the model {scores.attrs.get('model')} ({scored_by[:12]}…), found is {judge.name}-"
            f"{judge.version} ({judge.sha256[:12]}…), which would give other reasons. Name the folder of the former by "
            "model=."
        )
    found = found.sort_values(["tracks", "post_id", "passage"], ascending=[False, True, True], kind="stable")
    rows = []
    for row in found.head(n).to_dict("records"):
        why = explain(row["text"], thesis=thesis, theses=theses, model=judge, nlp="builtin", language=row["language"])
        segments = why.segments
        words = [place for place, segment in enumerate(segments) if any(map(str.isalnum, segment.text))]
        best = max(words, key=lambda place: segments[place].contribution)
        left, right = ("".join(part.text for part in side) for side in (segments[:best], segments[best + 1 :]))
        rows.append({**row, "left": _end(left, width), "keyword": segments[best].text, "right": _start(right, width)})
    return pd.DataFrame(rows, columns=_COLUMNS).astype(scores.dtypes[_COLUMNS[3:]].to_dict())


def _start(text: str, width: int) -> str:
    """Keep the beginning, up to a space, in one line."""
    line = " ".join(text.split()) if not text[:1].isspace() else " " + " ".join(text.split())
    return line if len(line) <= width else line[:width].rpartition(" ")[0] + " …"


def _end(text: str, width: int) -> str:
    """Keep the end, from a space on, in one line."""
    return _start(text[::-1], width)[::-1]
