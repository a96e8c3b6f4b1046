"""The voice head: how probable it is that a careful reader codes a passage as broadcast."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cluetrain_nlp.classifier.evidence import Evidence

__all__ = ["Voice", "sigmoid", "squash"]

Floats = NDArray[np.float64]


def sigmoid(logit: Floats) -> Floats:
    """Turn logits into probabilities.

    Parameters
    ----------
    logit : numpy.ndarray, any shape
        Higher is more probable.

    Returns
    -------
    numpy.ndarray, same shape
        In [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from cluetrain_nlp.classifier.voice import sigmoid
    >>> sigmoid(np.array([0.0, -1e6])).round(6).tolist()
    [0.5, 0.0]
    """
    return 1.0 / (1.0 + np.exp(-np.maximum(logit, -700.0)))  # exp(710) is beyond float64


def squash(style: Floats) -> Floats:
    """Tame the long tails of the style measurements.

    Parameters
    ----------
    style : numpy.ndarray, shape (..., f)
        Measurements as `cluetrain_nlp.classifier.style.style` gives them, all >= 0.

    Returns
    -------
    numpy.ndarray, shape (..., f)
        Their square roots: a second *ich* says less than the first.
    """
    return np.sqrt(np.maximum(style, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A logistic regression on style measurements, the passage's vector and its words.

    P(broadcast) = sigmoid(s . style_weights + v . vector_weights + w . word_weights + bias), where ``s`` are the
    squashed, standardised measurements, cut at three standard deviations so that no oddity decides alone, ``v`` is the
    unit vector of the passage, and ``w`` its weighted words and pairs of neighbouring words. The calibration is folded
    into the numbers.

    Attributes
    ----------
    mean, scale : numpy.ndarray, shape (f,)
        Of the squashed measurements in the training corpus.
    style_weights : numpy.ndarray, shape (f,)
        Positive: more of it sounds more like broadcast.
    vector_weights : numpy.ndarray, shape (d,)
    word_weights : numpy.ndarray, shape (w,)
        Positive: the word, or pair of words, sounds like broadcast.
    bias : numpy.ndarray, shape (1,)
    """

    mean: Floats
    scale: Floats
    style_weights: Floats
    vector_weights: Floats
    word_weights: Floats
    bias: Floats

    #: Array name to its axes, for checking an artefact: f style features, d dimensions, w words.
    SHAPES: ClassVar[dict[str, tuple[str | int, ...]]] = {
        "mean": ("f",),
        "scale": ("f",),
        "style_weights": ("f",),
        "vector_weights": ("d",),
        "word_weights": ("w",),
        "bias": (1,),
    }

    def broadcast(self, evidence: Evidence) -> float:
        """Estimate P(a careful reader codes voice >= 3) for one passage.

        Parameters
        ----------
        evidence : named tuple `Evidence`

        Returns
        -------
        float
            In [0, 1]; higher is more one-way.
        """
        standard = np.clip((squash(evidence.style) - self.mean) / self.scale, -3.0, 3.0)
        logit = (
            standard @ self.style_weights
            + evidence.vectors[0] @ self.vector_weights
            + evidence.words.dot(self.word_weights)
            + self.bias[0]
        )
        return float(sigmoid(logit))
