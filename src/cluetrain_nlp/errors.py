"""The errors that the library raises, one class for each kind of bad input, and its warning.

Each message says what was found, what was expected, and what to do.
"""

__all__ = ["CluetrainError", "CluetrainWarning", "ModelError", "PipelineError", "PostError", "ThesisError"]


class CluetrainError(ValueError):
    """Base of every error that the library raises on purpose."""


class PostError(CluetrainError):
    """Posts, or a file of posts, that cannot be read or scored."""


class ThesisError(CluetrainError):
    """A thesis set, or a selection from one, that makes no sense."""


class ModelError(CluetrainError):
    """A model artefact that is incomplete, damaged, or made for other code."""


class PipelineError(CluetrainError):
    """A German spaCy pipeline that is missing or unusable."""


class CluetrainWarning(UserWarning):
    """A result that stands on weaker ground than it looks; the message says why, and what would mend it."""
