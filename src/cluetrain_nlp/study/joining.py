"""Columns of posts beside their scores: company, author, date."""

from collections.abc import Sequence

import pandas as pd

from cluetrain_nlp.errors import PostError

__all__ = ["join_posts"]


def join_posts(scores: pd.DataFrame, posts: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Put columns of posts beside their scores.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES, or any frame with a column `post_id`.
    posts : pandas.DataFrame
        One row for each post, with a column `post_id`.
    names : sequence of str
        Columns of `posts`; those that it lacks, or that `scores` has already, are passed over.

    Returns
    -------
    pandas.DataFrame
        The rows of `scores` in their order, with their `attrs`, and the columns; missing where the post is not among
        `posts`.

    Raises
    ------
    PostError
        If the posts have no ids, or repeat one, or none of them was scored.

    Examples
    --------
    >>> import pandas as pd
    >>> from cluetrain_nlp.study.joining import join_posts
    >>> scores = pd.DataFrame({"post_id": ["a", "a", "b"]})
    >>> posts = pd.DataFrame({"post_id": ["b", "a"], "company": ["Quendel", "Aarholz"]})
    >>> join_posts(scores, posts, ["company"])["company"].tolist()
    ['Aarholz', 'Aarholz', 'Quendel']
    """
    if "post_id" not in posts.columns:
        raise PostError(f"The posts need a column post_id; they have {', '.join(map(str, posts.columns))}.")
    ids = posts["post_id"].astype("str")
    if ids.duplicated().any():
        raise PostError(f"The posts repeat the post_id {ids[ids.duplicated()].iloc[0]!r}; ids must be unique.")
    if len(scores) and not scores["post_id"].astype("str").isin(ids).any():
        raise PostError(
            f"None of the {scores['post_id'].nunique()} post(s) that were scored are among the {len(posts)} posts. "
            "Give the posts that the scores come from."
        )
    wanted = [name for name in dict.fromkeys(names) if name in posts.columns and name not in scores.columns]
    found = posts[wanted].set_axis(pd.Index(ids, name="post_id")).reindex(scores["post_id"])
    joined = scores.assign(**{str(name): found[name].array for name in wanted})
    joined.attrs = dict(scores.attrs)
    return joined
