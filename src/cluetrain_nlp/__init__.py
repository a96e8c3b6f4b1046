"""How closely German text tracks the Cluetrain theses, and how much it merely broadcasts.

>>> import cluetrain_nlp as ct
>>> scores = ct.score(["Wir hören zu, heißt es. Auf meine drei Mails hat bis heute niemand geantwortet."])
>>> scores.columns[-4:].tolist()
['tracks', 'opposes', 'score', 'error']

Everything is loaded when it is first used, so that the import costs next to nothing.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cluetrain_nlp.adapters.sklearn_estimators import StyleFeatures as StyleFeatures
    from cluetrain_nlp.adapters.sklearn_estimators import ThesisScorer as ThesisScorer
    from cluetrain_nlp.adapters.sklearn_estimators import ThesisSimilarity as ThesisSimilarity
    from cluetrain_nlp.adapters.sklearn_estimators import VoiceScorer as VoiceScorer
    from cluetrain_nlp.classifier.artefact import Model as Model
    from cluetrain_nlp.classifier.artefact import load_model as load_model
    from cluetrain_nlp.classifier.theses import ThesisSet
    from cluetrain_nlp.classifier.theses import read_theses as read_theses
    from cluetrain_nlp.errors import CluetrainError as CluetrainError
    from cluetrain_nlp.errors import CluetrainWarning as CluetrainWarning
    from cluetrain_nlp.passages.pipeline import load_nlp as load_nlp
    from cluetrain_nlp.posts.read import read_posts as read_posts
    from cluetrain_nlp.scoring import passages as passages
    from cluetrain_nlp.scoring import score as score
    from cluetrain_nlp.show.bundle import check_bundle as check_bundle
    from cluetrain_nlp.show.bundle import write_bundle as write_bundle
    from cluetrain_nlp.show.citation import bibtex as bibtex
    from cluetrain_nlp.show.explain import explain as explain
    from cluetrain_nlp.show.kwic import kwic as kwic
    from cluetrain_nlp.show.methods import methods as methods
    from cluetrain_nlp.show.profile import profile as profile
    from cluetrain_nlp.show.report import write_report as write_report
    from cluetrain_nlp.study.agreement import agreement as agreement
    from cluetrain_nlp.study.coding import sample_for_coding as sample_for_coding
    from cluetrain_nlp.study.comparison import compare as compare
    from cluetrain_nlp.study.counting import count_once as count_once
    from cluetrain_nlp.study.counting import left_out as left_out
    from cluetrain_nlp.study.duplicates import find_duplicates as find_duplicates
    from cluetrain_nlp.study.estimates import difference as difference
    from cluetrain_nlp.study.estimates import estimate as estimate
    from cluetrain_nlp.study.exchange import read_export as read_export
    from cluetrain_nlp.study.exchange import write_tasks as write_tasks
    from cluetrain_nlp.study.groups import by as by
    from cluetrain_nlp.study.groups import lip_service as lip_service
    from cluetrain_nlp.study.groups import matrix as matrix
    from cluetrain_nlp.study.planning import plan_coding as plan_coding
    from cluetrain_nlp.study.regression import regress as regress
    from cluetrain_nlp.study.sheets import read_coding as read_coding
    from cluetrain_nlp.study.sheets import write_sheets as write_sheets
    from cluetrain_nlp.study.tables import by_post as by_post
    from cluetrain_nlp.study.tables import by_thesis as by_thesis
    from cluetrain_nlp.study.validation import drift as drift
    from cluetrain_nlp.study.validation import reliability as reliability
    from cluetrain_nlp.study.validation import validate as validate

    THESES: ThesisSet

#: Public name to the module that defines it.
_HOME: Final = {
    "CluetrainError": "errors",
    "CluetrainWarning": "errors",
    "Model": "classifier.artefact",
    "StyleFeatures": "adapters.sklearn_estimators",
    "THESES": "classifier.theses",
    "ThesisScorer": "adapters.sklearn_estimators",
    "ThesisSimilarity": "adapters.sklearn_estimators",
    "VoiceScorer": "adapters.sklearn_estimators",
    "agreement": "study.agreement",
    "bibtex": "show.citation",
    "by": "study.groups",
    "by_post": "study.tables",
    "by_thesis": "study.tables",
    "check_bundle": "show.bundle",
    "compare": "study.comparison",
    "count_once": "study.counting",
    "difference": "study.estimates",
    "drift": "study.validation",
    "estimate": "study.estimates",
    "explain": "show.explain",
    "find_duplicates": "study.duplicates",
    "kwic": "show.kwic",
    "left_out": "study.counting",
    "lip_service": "study.groups",
    "load_model": "classifier.artefact",
    "load_nlp": "passages.pipeline",
    "matrix": "study.groups",
    "methods": "show.methods",
    "plan_coding": "study.planning",
    "profile": "show.profile",
    "read_coding": "study.sheets",
    "read_export": "study.exchange",
    "read_posts": "posts.read",
    "read_theses": "classifier.theses",
    "regress": "study.regression",
    "reliability": "study.validation",
    "sample_for_coding": "study.coding",
    "score": "scoring",
    "validate": "study.validation",
    "write_bundle": "show.bundle",
    "write_report": "show.report",
    "write_sheets": "study.sheets",
    "write_tasks": "study.exchange",
}

__all__ = sorted({*_HOME, "passages"})


def _register_accessor() -> None:
    """Give frames their ``.cluetrain``; only where pandas is loaded anyway."""
    if "pandas" in sys.modules:
        import_module(f"{__name__}.adapters.pandas_accessor")


def __getattr__(name: str) -> object:
    if name == "passages":
        return import_module(f"{__name__}.passages")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    _register_accessor()
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Passages(ModuleType):
    """The room `passages/`, which can also be called: `cluetrain_nlp.passages(posts)`."""

    def __call__(self, posts: "pd.DataFrame | pd.Series | Sequence[str]", *, nlp: str = "auto") -> "pd.DataFrame":
        """Show how posts are cut; see `cluetrain_nlp.scoring.passages`."""
        from cluetrain_nlp.scoring import passages

        return passages(posts, nlp=nlp)


class _Package(ModuleType):
    """The package itself: a room and a function of its interface share the name `passages`, so the room is both."""

    def __setattr__(self, name: str, value: object) -> None:
        if name == "passages" and isinstance(value, ModuleType):
            value.__class__ = _Passages
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
_register_accessor()
