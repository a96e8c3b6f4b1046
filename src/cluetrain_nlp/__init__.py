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

    from cluetrain_nlp.classifier.artefact import Model as Model
    from cluetrain_nlp.classifier.artefact import load_model as load_model
    from cluetrain_nlp.classifier.theses import ThesisSet
    from cluetrain_nlp.classifier.theses import read_theses as read_theses
    from cluetrain_nlp.errors import CluetrainError as CluetrainError
    from cluetrain_nlp.passages.pipeline import load_nlp as load_nlp
    from cluetrain_nlp.posts.read import read_posts as read_posts
    from cluetrain_nlp.scoring import passages as passages
    from cluetrain_nlp.scoring import score as score
    from cluetrain_nlp.study.duplicates import find_duplicates as find_duplicates
    from cluetrain_nlp.study.tables import by_post as by_post
    from cluetrain_nlp.study.tables import by_thesis as by_thesis

    THESES: ThesisSet

#: Public name to the module that defines it.
_HOME: Final = {
    "CluetrainError": "errors",
    "Model": "classifier.artefact",
    "THESES": "classifier.theses",
    "by_post": "study.tables",
    "by_thesis": "study.tables",
    "find_duplicates": "study.duplicates",
    "load_model": "classifier.artefact",
    "load_nlp": "passages.pipeline",
    "read_posts": "posts.read",
    "read_theses": "classifier.theses",
    "score": "scoring",
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
