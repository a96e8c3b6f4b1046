"""Make the lemma table of the builtin pipeline from HanTa's analyses of frequent German words.

    python lemma_table.py GOLD.spacy OUT.json.gz

GOLD is a DocBin of *training* text with gold tags and lemmas (never of a test set): where it contradicts
HanTa, the entry is left out. Needs the packages HanTa 1.2.1 (LGPL-3.0-or-later) and spacy-lookups-data 1.0.5
(MIT), which the library does not.
"""

import argparse
import gzip
import json
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path

import spacy
from HanTa.HanoverTagger import HanoverTagger
from spacy.tokens import DocBin

from cluetrain_nlp.passages.lemmas import LemmaTable

WORDS = 75_000
_PLAIN = str.maketrans("äöüÄÖÜ", "aouAOU")


def frequent_words() -> list[str]:
    """List the most frequent words of spacy-lookups-data, most frequent first."""
    packed = (files("spacy_lookups_data") / "data" / "de_lexeme_cluster.json.gz").read_bytes()
    return list(json.loads(gzip.decompress(packed)))[:WORDS]


def noun_lemma(tagger: HanoverTagger, word: str, known: set[str]) -> str | None:
    """Lemma of a capitalised word that HanTa takes for a noun first of all.

    HanTa writes lemmas with one capital ("Gmbh") and now and then loses the first letter, so words with inner
    capitals or hyphens are left to the trained lemmatizer, and so are lemmas that begin otherwise than the
    word.
    """
    if len(word) < 3 or not word.isalpha() or not word[0].isupper() or not word[1:].islower():
        return None
    if [tag for tag, _ in tagger.tag_word(word)][:1] != ["NN"]:
        return None
    lemma: str = tagger.analyze(word, pos="NN")[0]
    # HanTa leaves some of these plurals as they are ("Kundinnen").
    if lemma == word and word.endswith("innen") and word[:-3] in known:
        return word[:-3]
    return lemma if lemma[:1].translate(_PLAIN) == word[0].translate(_PLAIN) else None


def verb_lemma(tagger: HanoverTagger, word: str) -> str | None:
    """Lemma of a word in lower case that can be a full verb; infinitives end in -n."""
    if len(word) < 2 or not word.isalpha() or not word.islower():
        return None
    tag = next((tag for tag, _ in tagger.tag_word(word) if tag.startswith("VV")), None)
    lemma: str = tagger.analyze(word, pos=tag)[0] if tag else ""
    return lemma if lemma.endswith("n") and lemma.isalpha() else None


def gold_lemmas(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Most frequent gold lemma of each noun and verb form of a DocBin."""
    seen: dict[str, dict[str, Counter[str]]] = {"nouns": defaultdict(Counter), "verbs": defaultdict(Counter)}
    for doc in DocBin().from_disk(path).get_docs(spacy.blank("de").vocab):
        for token in doc:
            if token.lemma_ and token.tag_ == "NN":
                seen["nouns"][token.text][token.lemma_] += 1
            elif token.lemma_ and token.tag_.startswith("VV"):
                seen["verbs"][token.lower_][token.lemma_] += 1
    nouns, verbs = ({form: c.most_common(1)[0][0] for form, c in part.items()} for part in seen.values())
    return nouns, verbs


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    tagger = HanoverTagger("morphmodel_ger.pgz")
    gold_nouns, gold_verbs = gold_lemmas(options.gold)
    nouns: dict[str, str] = {}
    verbs: dict[str, str] = {}
    words = frequent_words()
    known = set(words)
    for word in words:
        lemma = noun_lemma(tagger, word, known)
        if lemma and gold_nouns.get(word, lemma) == lemma:
            nouns[word] = lemma
        lemma = verb_lemma(tagger, word)
        if lemma and gold_verbs.get(word, lemma) == lemma:
            verbs[word] = lemma
    options.out.write_bytes(LemmaTable(nouns, verbs).to_bytes())


if __name__ == "__main__":
    main()
