"""One cell of a source -> a string or a moment, whatever type the format gave it."""

import datetime as dt
from email.utils import parsedate_to_datetime
from typing import Final

from cluetrain_nlp.errors import PostError

__all__ = ["moment", "written"]

_GERMAN_DATES: Final = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")


def written(value: object, where: str) -> str:
    """Write a cell as a string.

    Parameters
    ----------
    value : object
        The cell; None, NaN and NaT become "".
    where : str
        What the cell is called in errors.

    Returns
    -------
    str

    Raises
    ------
    PostError
        If the cell holds bytes, a list or an object, or half a surrogate pair.

    Examples
    --------
    >>> from cluetrain_nlp.posts.cells import written
    >>> written(62, "thesis"), written(None, "title")
    ('62', '')
    """
    if value is None or value != value:  # NaN and NaT differ from themselves
        return ""
    if isinstance(value, bytes | list | dict):
        raise PostError(f"{where} is a {type(value).__name__}; expected a string.")
    string = str(value)
    try:
        string.encode()
    except UnicodeEncodeError as error:
        raise PostError(f"{where} holds half a surrogate pair at {error.start}. Export it again as UTF-8.") from error
    return string


def moment(value: object) -> dt.datetime | None:
    """Read the moment of publication.

    Each cell is read by itself: a format guessed from a batch would break row-locality.

    Parameters
    ----------
    value : object
        A date, a datetime, or a string: ISO 8601, as in mail (RFC 2822), or German day.month.year.

    Returns
    -------
    datetime.datetime or None
        In UTC, which is also assumed where no offset is given; None for anything else.

    Examples
    --------
    >>> from cluetrain_nlp.posts.cells import moment
    >>> moment("3.4.2012 18:05").isoformat()
    '2012-04-03T18:05:00+00:00'
    """
    found = _parsed(value.strip()) if isinstance(value, str) else value
    if isinstance(found, dt.date) and not isinstance(found, dt.datetime):
        found = dt.datetime(found.year, found.month, found.day, tzinfo=dt.UTC)
    if not isinstance(found, dt.datetime) or found != found:  # NaT is a datetime
        return None
    try:
        return found.replace(tzinfo=found.tzinfo or dt.UTC).astimezone(dt.UTC)
    except OverflowError:
        return None


def _parsed(value: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        pass
    for form in _GERMAN_DATES:
        try:
            return dt.datetime.strptime(value, form).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
