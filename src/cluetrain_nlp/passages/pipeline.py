"""The German spaCy pipeline: which one is taken, and what the library makes sure of in each.

Scores read only what every German pipeline shares, the tokens and our own sentence boundaries (`make_doc`).
Tags, lemmas and trees differ from pipeline to pipeline and feed descriptive columns only.
"""

import re
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import is_package

import cluetrain_nlp.passages.lemmas  # noqa: F401  (registers the component that the builtin pipeline contains)
from cluetrain_nlp.errors import PipelineError, PostError
from cluetrain_nlp.passages.sentences import cluetrain_sentences

__all__ = ["load_nlp", "make_doc", "pipeline_id"]

# spaCy's tokenizer takes quadratic time on a run of marks without white space.
_PIECE = 250
_RUN = re.compile(r"\S{1001,}")
_SENTENCES = "cluetrain_sentences"
_SPACY_DEFAULT = "de_core_news_sm"
_INSTALL = (
    "pip install https://github.com/explosion/spacy-models/releases/download/"
    "de_core_news_sm-3.8.0/de_core_news_sm-3.8.0-py3-none-any.whl"
)


def load_nlp(name: str | Path = "auto") -> Language:
    """Load a German spaCy pipeline whose sentences are ours.

    Whatever is loaded gets the component ``cluetrain_sentences`` as its first; components that only set
    sentences are removed, and a parser keeps to the boundaries it finds. The last four pipelines are kept in
    memory and shared: do not change what you get.

    Parameters
    ----------
    name : str or Path
        ``"auto"``: ``de_core_news_sm`` where it is installed, else the builtin. ``"builtin"``: the pipeline
        that comes with this library. Else the name of an installed pipeline package, or the folder of a saved
        pipeline.

    Returns
    -------
    spacy.Language

    Raises
    ------
    PipelineError
        If nothing of that name is found, if it does not load (an installed ``de_core_news_sm`` that does not
        load is an error too, the builtin does not silently take its place), or if its language is not German.

    Notes
    -----
    A saved pipeline is data: its config can only name functions that are registered in the running Python,
    and its weights are arrays. So a folder from a stranger runs no code of its own, but it can use much
    memory, and any component that you have installed. A pipeline *package* is Python code and runs when it is
    loaded.

    Examples
    --------
    >>> nlp = load_nlp("builtin")
    >>> [token.lemma_ for token in nlp("Wir antworteten unseren Kundinnen.")]
    ['wir', 'antworten', 'unser', 'Kundin', '.']
    """
    return _load(_resolve(str(name)))


def pipeline_id(nlp: Language) -> str:
    """Name and version of a pipeline, as recorded in the output.

    Examples
    --------
    >>> pipeline_id(load_nlp("builtin"))
    'de_builtin 0.1.0'
    """
    return f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"


def make_doc(nlp: Language, text: str) -> Doc:
    """Cut a text into tokens and sentences, and do nothing else: all that scoring needs.

    Raises
    ------
    PostError
        If the text is longer than ``nlp.max_length`` characters.

    Examples
    --------
    >>> doc = make_doc(load_nlp("builtin"), "Das kostet z. B. 3 Euro. Mehr nicht!")
    >>> [sentence.text for sentence in doc.sents]
    ['Das kostet z. B. 3 Euro.', 'Mehr nicht!']
    """
    if len(text) > nlp.max_length:
        raise PostError(
            f"Text has {len(text)} characters, the pipeline takes at most {nlp.max_length}. "
            "Divide it into several posts."
        )
    cuts = [start for run in _RUN.finditer(text) for start in range(run.start() + _PIECE, run.end(), _PIECE)]
    parts = [nlp.make_doc(text[start:end]) for start, end in pairwise([0, *cuts, len(text)])]
    doc: Doc = cluetrain_sentences(Doc.from_docs(parts, ensure_whitespace=False) if cuts else parts[0])
    return doc


def _resolve(name: str) -> str:
    """Turn a name into the key of the cache: "builtin", a package name, or an absolute path."""
    if name == "auto":
        return _SPACY_DEFAULT if is_package(_SPACY_DEFAULT) else "builtin"
    if name == "builtin" or is_package(name):
        return name
    folder = Path(name).expanduser()
    if folder.is_dir():
        return str(folder.resolve())
    raise PipelineError(
        f"No German pipeline {name!r}: no package of this name is installed, and there is no folder "
        f"{str(folder.absolute())!r}. "
        f'Use load_nlp("builtin"), which needs no download, or install {_SPACY_DEFAULT}: {_INSTALL}'
    )


@lru_cache(maxsize=4)
def _load(key: str) -> Language:
    source = Path(str(files("cluetrain_nlp.models") / "de_builtin")) if key == "builtin" else key
    try:
        nlp = spacy.load(source)
    # What spaCy raises for missing files, bad configs, unknown components, and packages that are no pipelines.
    except (OSError, ValueError, KeyError, ImportError, AttributeError, TypeError) as error:
        raise PipelineError(
            f"The pipeline {key!r} does not load: {error}. It may be damaged or made for another version of spaCy than "
            f'{version("spacy")}. Install it anew ({_SPACY_DEFAULT}: {_INSTALL}) or use load_nlp("builtin").'
        ) from error
    if not isinstance(nlp, Language) or nlp.lang != "de":
        found = f"language {nlp.lang!r}" if isinstance(nlp, Language) else f"a {type(nlp).__name__}"
        raise PipelineError(f"The pipeline {key!r} has {found}, expected German ('de').")
    return _with_our_sentences(nlp)


def _with_our_sentences(nlp: Language) -> Language:
    for component in nlp.component_names:
        assigns = nlp.get_pipe_meta(component).assigns
        # A parser sets sentences as well, but only where nobody has before.
        only_sentences = "token.is_sent_start" in assigns and "token.dep" not in assigns
        if only_sentences or component == _SENTENCES:
            nlp.remove_pipe(component)
    nlp.add_pipe(_SENTENCES, first=True)
    return nlp
