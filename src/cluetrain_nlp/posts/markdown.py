"""Markdown posts: the front matter of Jekyll, Hugo and Eleventy becomes metadata.

Markdown's own markup stays in the text, since headings, quotations and lists tell later what a stretch
of text is.
"""

import datetime as dt
import re
import tomllib
from typing import Final

import yaml

__all__ = ["body_text", "split_front_matter"]

_YAML: Final = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML: Final = re.compile(r"\A\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)

# Where each value is looked for, the first that is there wins.
_KEYS: Final = {
    "title": ("title",),
    "author": ("author", "authors"),
    "url": ("url", "permalink"),
    "published": ("date", "published"),
    "slug": ("slug",),
}

_COMMENT: Final = re.compile("<!--.*?-->", re.DOTALL)
#: Liquid's fences of program code.
_HIGHLIGHT: Final = re.compile(r"\{%-?\s*(?:end)?(?:highlight|raw)\b[^{}\n]{0,100}%\}")
#: Hugo's shortcodes, Liquid and Nunjucks, pictures, attributes of kramdown. What shortcodes enclose stays.
_NO_TEXT: Final = re.compile(
    r"\{\{[<%](?:[^{]|\{(?!\{)){0,2000}?[%>]\}\}|\{%(?:[^{]|\{(?!%)){0,2000}?%\}|\{\{(?:[^{]|\{(?!\{)){0,500}?\}\}"
    r"|!\[[^\]\[]{0,500}\]\([^()\n]{0,1000}\)"
    r"|\{:[^{}\n]{0,300}\}|\[\^[^\]\[\s]{1,40}\](?!:)",
    re.DOTALL,
)
#: Links keep their text, tags within a line what they enclose.
_LINK: Final = re.compile(
    r"(?<!!)\[([^\]\[\n]{1,300})\](?:\([^()\n]{0,1000}\)|\[[^\]\[\n]{0,100}\])|<https?://[^<>\s]{1,500}>"
)
_TAG: Final = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|del|em|font|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|u)(?:\s[^<>\n]{0,500})?/?>",
    re.I,
)


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    r"""Part the front matter of a Markdown post from its text.

    YAML between ``---`` lines and TOML between ``+++`` lines are understood. Front matter that
    cannot be parsed, or that is no mapping (a post may open with a rule), is left in the text and
    gives no metadata: no word of a post is lost.

    Parameters
    ----------
    text : str
        A whole Markdown file with ``\n`` line ends.

    Returns
    -------
    meta : dict of str to object
        Those of `title`, `author`, `url`, `published` and `slug` that were given; `published` is a
        string, date or datetime, the others are strings. Several authors are joined by ", ". `draft` is True where
        the post is not published.
    body : str
        The text after the front matter, without leading blank lines.

    Examples
    --------
    >>> from cluetrain_nlp.posts.markdown import split_front_matter
    >>> split_front_matter("---\ntitle: Offen gesagt\n---\n\nGuten Tag!\n")
    ({'title': 'Offen gesagt'}, 'Guten Tag!\n')
    """
    parsed: object = None
    if match := _YAML.match(text):
        parsed = _parse_yaml(match[1])
    elif match := _TOML.match(text):
        parsed = _parse_toml(match[1])
    if match is None or not isinstance(parsed, dict):
        return {}, text
    return _metadata(parsed), text[match.end() :].lstrip("\n")


def body_text(body: str) -> str:
    """Take out of Markdown what no reader sees: shortcodes, template tags, comments, pictures, targets of links.

    Parameters
    ----------
    body : str
        Markdown without front matter.

    Returns
    -------
    str
        Markdown; what a pair of shortcodes encloses stays.

    Examples
    --------
    >>> from cluetrain_nlp.posts.markdown import body_text
    >>> body_text("{{< figure src=a.png >}}Guten Tag!{% include form.html %}")
    'Guten Tag!'
    """
    # Up to the last end of a comment: behind it, each beginning would look for its end as far as the text goes.
    last = body.rfind("-->") + len("-->")
    body = _COMMENT.sub("", body[:last]) + body[last:] if last > 2 else body
    body = _HIGHLIGHT.sub("```", body)
    return _LINK.sub(r"\1", _TAG.sub("", _NO_TEXT.sub("", body)))


def _parse_yaml(source: str) -> object:
    try:
        parsed = yaml.safe_load(source)
    # PyYAML lets more than its own errors through: an impossible date is a ValueError, a misused
    # tag a LookupError, AttributeError or TypeError, deep nesting a RecursionError.
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return None
    return {} if parsed is None else parsed


def _parse_toml(source: str) -> object:
    try:
        return tomllib.loads(source)
    except (ValueError, RecursionError):
        return None


def _metadata(parsed: dict[object, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, keys in _KEYS.items():
        value = next((parsed[key] for key in keys if parsed.get(key) is not None), None)
        if name == "published":
            if isinstance(value, str | dt.date):
                found[name] = value
        elif written := _written(value):
            found[name] = written
    if parsed.get("draft") is True or parsed.get("published") is False:
        found["draft"] = True
    return found


def _written(value: object) -> str:
    """Write a scalar, a person (``{name: …}``) or a flat list of them; anything deeper is "".

    Nested values are not written out, because YAML aliases can make them exponentially long.
    """
    items = value if isinstance(value, list) else [value]
    named = [item.get("name") if isinstance(item, dict) else item for item in items]
    return ", ".join(str(item).strip() for item in named if isinstance(item, str | int | float | dt.date))
