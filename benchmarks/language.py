"""Measure the language identifier on stretches of 25 words.

    python benchmarks/language.py

German: every stretch of the corpus's posts, dialects included, our own text. Other languages, English too: the example
sentences that spaCy brings for each of its languages, by others, joined and cut. For German, English
and all other languages in Latin script, and for those in other scripts: how many stretches there are, and the share
that is told right. Below, the languages with errors.
"""

import json
from collections import Counter
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules

import spacy.lang

from cluetrain_nlp.passages.language import language

WORDS = 25


def stretches(text: str) -> list[str]:
    """Cut a text into stretches of 25 words; a rest of fewer than 13 is left out."""
    words = text.split()
    cut = (words[start : start + WORDS] for start in range(0, len(words), WORDS))
    return [" ".join(part) for part in cut if len(part) > WORDS / 2]


def examples() -> dict[str, list[str]]:
    """Cut the sentences of every language that has some."""
    found = {}
    for module in iter_modules(spacy.lang.__path__):
        try:
            sentences = import_module(f"spacy.lang.{module.name}.examples").sentences
        except ModuleNotFoundError:
            continue
        found[module.name] = stretches(" ".join(sentences))
    return found


def main() -> None:
    corpus = files("cluetrain_nlp.models") / "corpus/posts.jsonl"
    posts = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]
    texts = {name: parts for name, parts in examples().items() if name not in ("de", "xx")}
    texts["corpus"] = [part for post in posts for part in stretches(post)]
    right, total, errors = Counter[str](), Counter[str](), Counter[str]()
    for name, parts in texts.items():
        wanted = {"corpus": "de", "en": "en"}.get(name, "other")
        for part in parts:
            latin = sum(letter <= "\u024f" for letter in part if letter.isalpha()) > len(part) / 2
            group = wanted if wanted != "other" else "other, Latin" if latin else "other scripts"
            total[group] += 1
            right[group] += language(part) == wanted
            errors[name] += language(part) != wanted
    for group, count in total.items():
        print(f"{group:13} {count:6} {right[group] / count:.4f}")
    print(
        "errors:", ", ".join(f"{name} {count} of {len(texts[name])}" for name, count in errors.most_common() if count)
    )


if __name__ == "__main__":
    main()
