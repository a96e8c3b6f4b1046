"""Lemmas by table for nouns and full verbs, behind a trained lemmatizer.

A lemmatizer trained on little text invents lemmas for strong verbs and rare plurals ("gestohlen", "Mütter").
A table of frequent forms corrects those. Adjectives are left alone: there the trained lemmatizer was the
better one.
"""

import gzip
import json
import zlib
from pathlib import Path
from typing import Self

from spacy.language import Language
from spacy.tokens import Doc

from cluetrain_nlp.errors import PipelineError

__all__ = ["LemmaTable"]

_FILE = "table.json.gz"


class LemmaTable:
    """spaCy component ``cluetrain_lemma_table``: sets the lemma of nouns and full verbs that its table knows.

    It goes after the lemmatizer and needs STTS tags. Forms that the table does not know keep the lemma they had.

    Parameters
    ----------
    nouns : dict of str to str, optional
        Lemma by form as written ("Mütter" -> "Mutter"); used where ``tag_`` is NN.
    verbs : dict of str to str, optional
        Lemma by form in lower case ("gestohlen" -> "stehlen"); used where ``tag_`` starts with VV.

    Examples
    --------
    >>> import spacy
    >>> from spacy.tokens import Doc
    >>> doc = Doc(spacy.blank("de").vocab, words=["Mütter", "lachten"], tags=["NN", "VVFIN"], lemmas=["Mütt", "lacht"])
    >>> [token.lemma_ for token in LemmaTable({"Mütter": "Mutter"}, {"lachten": "lachen"})(doc)]
    ['Mutter', 'lachen']
    """

    def __init__(self, nouns: dict[str, str] | None = None, verbs: dict[str, str] | None = None) -> None:
        self.nouns = dict(nouns or {})
        self.verbs = dict(verbs or {})

    def __call__(self, doc: Doc) -> Doc:
        """Set lemmas in place and give the same Doc back."""
        for token in doc:
            tag = token.tag_
            lemma = None
            if tag == "NN":
                lemma = self.nouns.get(token.text)
            elif tag.startswith("VV"):
                lemma = self.verbs.get(token.lower_)
            if lemma is not None:
                token.lemma_ = lemma
        return doc

    # spaCy calls the four methods below with `exclude`; there is nothing here to leave out.

    def to_bytes(self, *, exclude: tuple[str, ...] = ()) -> bytes:
        """Table as compressed JSON, the same bytes for the same table."""
        table = {"nouns": self.nouns, "verbs": self.verbs}
        text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)

    def from_bytes(self, data: bytes, *, exclude: tuple[str, ...] = ()) -> Self:
        """Replace the table by one that `to_bytes` wrote.

        Raises
        ------
        PipelineError
            If the bytes are not a compressed JSON object of `nouns` and `verbs`.
        """
        try:
            table = json.loads(gzip.decompress(data))
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise PipelineError(f"Lemma table is not compressed JSON ({error}). Rebuild the pipeline.") from error
        if not isinstance(table, dict) or set(table) != {"nouns", "verbs"}:
            found = sorted(table) if isinstance(table, dict) else type(table).__name__
            raise PipelineError(f"Lemma table holds {found}, expected 'nouns' and 'verbs'. Rebuild the pipeline.")
        for part, lemmas in table.items():
            if not isinstance(lemmas, dict) or not all(isinstance(lemma, str) for lemma in lemmas.values()):
                raise PipelineError(f"Lemma table: {part!r} must map strings to strings. Rebuild the pipeline.")
        self.nouns, self.verbs = table["nouns"], table["verbs"]
        return self

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        """Write the table into the folder `path`."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> Self:
        """Read the table from the folder `path`."""
        return self.from_bytes((Path(path) / _FILE).read_bytes())


@Language.factory("cluetrain_lemma_table", assigns=["token.lemma"], requires=["token.tag"])
def _make_lemma_table(nlp: Language, name: str) -> LemmaTable:
    return LemmaTable()
