import pytest

from cluetrain_nlp import errors


def test_every_error_is_ours_and_a_value_error():
    names = [name for name in errors.__all__ if name not in ("CluetrainError", "CluetrainWarning")]
    assert set(names) == {"ModelError", "PipelineError", "PostError", "ThesisError"}
    for name in names:
        assert issubclass(getattr(errors, name), errors.CluetrainError)
    assert issubclass(errors.CluetrainError, ValueError)
    assert issubclass(errors.CluetrainWarning, UserWarning)


def test_one_kind_is_not_another():
    with pytest.raises(errors.PostError):
        raise errors.PostError("…")
    assert not issubclass(errors.PostError, errors.ThesisError)
