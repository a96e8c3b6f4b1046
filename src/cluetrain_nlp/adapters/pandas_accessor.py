"""`frame.cluetrain`: score the posts in a DataFrame under the column names that it has.

Importing this module registers the accessor. It loads nothing beyond pandas; scoring is imported
by the first call, so that registering costs no time.
"""

from typing import TYPE_CHECKING

import pandas as pd

from cluetrain_nlp.errors import PostError

if TYPE_CHECKING:
    from cluetrain_nlp.scoring import Theses

__all__ = ["CluetrainAccessor"]


@pd.api.extensions.register_dataframe_accessor("cluetrain")
class CluetrainAccessor:
    """The posts in a frame, one a row.

    Parameters
    ----------
    frame : pandas.DataFrame
        Needs a column of texts and a column that identifies each post, of any name.

    Examples
    --------
    >>> import pandas as pd
    >>> import cluetrain_nlp.adapters.pandas_accessor
    >>> frame = pd.DataFrame({"slug": ["hallo"], "inhalt": ["Fragt uns ruhig, wir antworten ja gern."]})
    >>> frame.cluetrain.passages(text="inhalt", id="slug")["role"].tolist()
    ['body']
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def score(
        self,
        *,
        text: str = "text",
        id: str = "post_id",  # noqa: A002 - the word that the data uses
        top: int | None = 3,
        theses: "Theses" = None,
    ) -> pd.DataFrame:
        """Score the posts, as `cluetrain_nlp.score` does.

        Parameters
        ----------
        text : str, default "text"
            The column that holds the texts.
        id : str, default "post_id"
            The column that identifies the posts; its values are written as strings.
        top : int or None, default 3
            How many theses are reported for each passage; None for all of them.
        theses : ThesisSet, iterable of int, or None
            Which theses; None for all 95.

        Returns
        -------
        pandas.DataFrame
            `schema.SCORES`. Join other columns of the frame back by `post_id`.

        Raises
        ------
        PostError
            If a column is missing, or an id occurs twice.
        ThesisError
            If `theses` or `top` makes no sense.
        """
        from cluetrain_nlp.scoring import score

        return score(self._posts(text, id), theses=theses, top=top)

    def passages(
        self,
        *,
        text: str = "text",
        id: str = "post_id",  # noqa: A002 - the word that the data uses
    ) -> pd.DataFrame:
        """Show how the posts are cut, as `cluetrain_nlp.passages` does; nothing is scored.

        Parameters
        ----------
        text : str, default "text"
            The column that holds the texts.
        id : str, default "post_id"
            The column that identifies the posts; its values are written as strings.

        Returns
        -------
        pandas.DataFrame
            `schema.PASSAGES`: every passage with role, speaker and language.

        Raises
        ------
        PostError
            If a column is missing.
        """
        from cluetrain_nlp.scoring import passages

        return passages(self._posts(text, id))

    def _posts(self, text: str, identity: str) -> pd.DataFrame:
        columns = self._frame.columns
        for option, name in (("text", text), ("id", identity)):
            if list(columns).count(name) != 1:
                found = "no column" if name not in columns else "more than one column"
                index = f", and the index {self._frame.index.name}" if self._frame.index.name else ""
                raise PostError(
                    f"The frame has {found} {name!r}; it has {', '.join(map(str, columns))}{index}. Name the "
                    f"right one by {option}=; an index becomes a column by reset_index()."
                )
        posts = pd.DataFrame({"post_id": self._frame[identity], "text": self._frame[text]})
        return posts.assign(error=self._frame["error"]) if list(columns).count("error") == 1 else posts
