"""Do codes of one's own pay? Log loss of `VoiceScorer` and `ThesisScorer` as shipped and as learned.

    python benchmarks/recalibration.py

Reads the test split of the corpus, which the model was not trained on. Half of its posts are held out, five times;
scorers learn from a random sample of passages of the other half. Lower is better. Some ten minutes.
"""

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit

from cluetrain_nlp.adapters.sklearn_estimators import ThesisScorer, VoiceScorer
from cluetrain_nlp.training.corpus import read_corpus

SIZES = (50, 150, 300)
SETTINGS = ((None, 0.1), ("calibrate", 0.1), ("calibrate", 1.0), ("head", 0.1), ("head", 1.0))


def log_loss(probabilities, codes):
    """Mean over all cells."""
    inside = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return -np.mean(codes * np.log(inside) + (1 - codes) * np.log(1 - inside))


def compare(make, texts, codes, groups, rounds):
    """Give the mean log loss by what is learned and from how many passages."""
    rows = []
    generator = np.random.default_rng(0)
    for near, held_out in GroupShuffleSplit(rounds, test_size=0.5, random_state=0).split(texts, groups=groups):
        order = generator.permutation(near)
        for learn, strength in SETTINGS:
            for size in SIZES if learn else (0,):
                chosen = order[: size or None]
                scorer = make(learn, strength).fit(texts[chosen], codes[chosen])
                found = scorer.transform(texts[held_out]).reshape(codes[held_out].shape)
                rows.append((str(learn), strength, size, log_loss(found, codes[held_out])))
    table = pd.DataFrame(rows, columns=["learn", "C", "passages", "log_loss"])
    return table.groupby(["learn", "C", "passages"])["log_loss"].mean().unstack().round(4)


def main():
    """Print both tables."""
    passages = [passage for passage in read_corpus(["test"]) if passage.voice is not None]
    texts = np.array([passage.text for passage in passages], dtype=object)
    known = np.isfinite(VoiceScorer().fit(texts).transform(texts)[:, 0])
    passages = [passage for passage, german in zip(passages, known, strict=True) if german]
    texts = texts[known]
    groups = np.array([passage.group for passage in passages])
    voice = np.array([float(passage.voice >= 3) for passage in passages])
    print(f"{len(texts)} passages of {len(set(groups))} posts, {voice.mean():.1%} broadcast")
    print(compare(lambda learn, c: VoiceScorer(learn=learn, C=c), texts, voice, groups, 5).to_string())
    tracked = pd.DataFrame(
        [
            {n: float(passage.grades.get(n, 0) >= 2 and n not in passage.opposed) for n in range(1, 96)}
            for passage in passages
        ]
    )
    theses = sorted(tracked.sum().nlargest(8).index)
    print(f"theses {theses}, tracked by {tracked[theses].sum().astype(int).tolist()} passages")
    codes = tracked[theses].to_numpy()
    print(compare(lambda learn, c: ThesisScorer(theses, learn=learn, C=c), texts, codes, groups, 3).to_string())


if __name__ == "__main__":
    main()
