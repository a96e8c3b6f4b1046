"""What to cite: the software, the manifesto whose theses it measures, and the methods behind its numbers."""

from importlib import metadata
from typing import Final

__all__ = ["bibtex"]

#: Year of the version in `CITATION.cff`.
_YEAR: Final = 2026

_REFERENCES: Final = """\
@misc{levine1999cluetrain,
  author = {Levine, Rick and Locke, Christopher and Searls, Doc and Weinberger, David},
  title = {The Cluetrain Manifesto},
  year = {1999},
  howpublished = {Website},
  url = {https://www.cluetrain.com/},
}

@inproceedings{egami2023imperfect,
  author = {Egami, Naoki and Hinck, Musashi and Stewart, Brandon M. and Wei, Hanying},
  title = {Using Imperfect Surrogates for Downstream Inference: Design-based Supervised Learning for Social Science
    Applications of Large Language Models},
  booktitle = {Advances in Neural Information Processing Systems},
  volume = {36},
  year = {2023},
  url = {https://arxiv.org/abs/2306.04746},
}

@book{krippendorff2019content,
  author = {Krippendorff, Klaus},
  title = {Content Analysis: An Introduction to Its Methodology},
  edition = {4},
  publisher = {SAGE Publications},
  address = {Thousand Oaks, CA},
  year = {2019},
}
"""


def bibtex(version: str | None = None) -> str:
    """Give BibTeX entries for the software, the manifesto, and the methods that a study with it rests on.

    Parameters
    ----------
    version : str, optional
        Of the software; the installed one by default. Scores keep theirs in ``scores.attrs["cluetrain_nlp"]``.

    Returns
    -------
    str
        Four entries: ``cluetrain_nlp`` (the software), ``levine1999cluetrain`` (the manifesto),
        ``egami2023imperfect`` (correcting predicted labels by a coded sample), ``krippendorff2019content`` (alpha).

    Examples
    --------
    >>> import cluetrain_nlp as ct
    >>> ct.bibtex("0.1.0").splitlines()[0]
    '@software{cluetrain_nlp,'
    """
    number = metadata.version("cluetrain_nlp") if version is None else version
    title = "cluetrain_nlp: how closely German text tracks the Cluetrain theses, and how much it broadcasts"
    software = [
        "@software{cluetrain_nlp,",
        "  author = {{The cluetrain_nlp authors}},",
        f"  title = {{{title}}},",
        f"  version = {{{number}}},",
        f"  year = {{{_YEAR}}},",
        "}",
    ]
    return "\n".join([*software, "", _REFERENCES])
