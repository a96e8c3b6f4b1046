"""A run in one ZIP file: scores, tables, report, methods section and hashes, to be archived beside a paper.

The same input gives the same bytes. Without texts, nothing that a post says or is called gets into the file.
"""

import hashlib
import io
import json
import os
import platform
import zipfile
import zlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import pandas as pd

from cluetrain_nlp import schema
from cluetrain_nlp.errors import CluetrainError, PostError
from cluetrain_nlp.show.anonymous import anonymous_codes, anonymous_scores, number_posts
from cluetrain_nlp.show.citation import bibtex
from cluetrain_nlp.show.report import to_html
from cluetrain_nlp.show.summary import THRESHOLD, summarize
from cluetrain_nlp.study.agreement import agreement
from cluetrain_nlp.study.counting import left_out
from cluetrain_nlp.study.estimates import estimate
from cluetrain_nlp.study.groups import by as by_group
from cluetrain_nlp.study.joining import join_posts
from cluetrain_nlp.study.labels import coded_theses
from cluetrain_nlp.study.sampled import correctable_theses
from cluetrain_nlp.study.tables import by_post, by_thesis

__all__ = ["check_bundle", "write_bundle"]

_FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
#: The first moment that a ZIP file can hold; the time of writing would make every file another one.
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_LIBRARIES: Final = ("cluetrain_nlp", "numpy", "pandas", "pyarrow", "scipy", "spacy")
#: Columns that say who wrote a post, or what: no groups of a bundle without texts.
_TELLING: Final = frozenset({*schema.POSTS, *schema.SCORES} - {"published", "language", "role"})

_README: Final = """\
# A run of cluetrain_nlp

How closely German texts track the Cluetrain theses, and how much they merely broadcast.

| file | |
|---|---|
| `report_de.html`, `report_en.html` | to look at, in any browser; needs no network |
| `methods_de.md`, `methods_en.md` | the methods section of a paper |
| `citation.bib` | what to cite |
| `scores.parquet` | every passage and reported thesis |
| `tables/by_post.csv`, `tables/by_thesis.csv` | sums |
| `tables/left_out.csv` | which passages do not count, and why |
| `tables/by.csv`, `tables/left_out_by.csv` | groups with intervals, where groups were asked for |
| `tables/coded.csv`, `tables/agreement.csv` | codes, and how far coders agree, where there are codes |
| `tables/estimates.csv` | shares corrected by the codes |
| `manifest.json` | versions, where the scores come from, and the SHA-256 of every file |

`cluetrain bundle --check FILE` compares the hashes. Columns are explained in the documentation of cluetrain_nlp.
{privacy}"""
_WITHOUT_TEXTS: Final = """
This bundle was written without texts. Posts, coders and strata have numbers for names; the order of the posts follows
from their texts, and says nothing about titles, addresses or dates. Whoever has a text can score it again and find its
row, and the number of words of a post narrows down which it is.
"""


def write_bundle(
    scores: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    posts: pd.DataFrame | None = None,
    coded: pd.DataFrame | None = None,
    by: str | None = None,
    texts: bool = True,
    overwrite: bool = False,
) -> Path:
    """Write a run to one ZIP file.

    Parameters
    ----------
    scores : pandas.DataFrame
        SCORES with their `attrs`, as from `score`, or from `count_once` where near-duplicates count once.
    path : str or path
        Where to write, as a rule ending in .zip. Missing folders are made.
    posts : pandas.DataFrame, optional
        POSTS with columns of your own: gives dates, titles and addresses to the report, and the column `by`.
    coded : pandas.DataFrame, optional
        CODED, as from `read_coding`: adds the codes, agreement and corrected shares.
    by : str, optional
        Column of scores or posts that makes groups, such as company. Its values are in the bundle, with or without
        texts.
    texts : bool, default True
        False leaves out texts, titles, addresses, speakers, authors, ids, messages, names of coders and of strata.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Returns
    -------
    pathlib.Path
        Where the bundle is. Equal input gives equal bytes with the same versions of the libraries.

    Raises
    ------
    PostError
        If the file exists or cannot be written, or columns are missing.
    CluetrainError
        If `by` names authors, titles or the like and there shall be no texts, or codes do not fit the scores.

    Notes
    -----
    Without texts, posts are numbered. Hashes of ids would hide nothing: addresses of a blog can be listed, and the
    hash of each looked up. The numbers follow the order of the SHA-256 of id and text together, which nobody can
    compute without the text, and which tells neither names nor dates. Offsets of passages are 0, because lengths can
    identify a text. What remains is that scores, and the number of words in a post, are a fingerprint: whoever
    has a text can score it and find its row.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import cluetrain_nlp as ct
    >>> scores = ct.score(["Ruft doch mal an. Bei uns geht ein Mensch ans Telefon, versprochen!"])
    >>> with TemporaryDirectory() as folder:
    ...     bundle = ct.write_bundle(scores, Path(folder) / "bundle.zip", texts=False)
    ...     ct.check_bundle(bundle)["texts"]
    False
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise PostError(f"{path} exists; allow to replace it with overwrite=True, or choose another name.")
    if by is not None and not texts and by in _TELLING:
        raise CluetrainError(
            f"by is {by!r}, which tells what posts are or who wrote them; a bundle without texts cannot hold it. Group "
            "by another column, such as company or year, or write the bundle with texts."
        )
    whole = _with_column(scores, posts, by)
    numbers = None if texts else number_posts(whole)
    shown = whole if numbers is None else anonymous_scores(whole, numbers, by)
    files = _tables(whole, coded, by, numbers)
    summary = summarize(whole, posts=posts, by=by, coded=coded, texts=texts)
    packed: dict[str, bytes] = {name: _csv(table) for name, table in files.items()}
    for language in ("de", "en"):
        packed[f"report_{language}.html"] = to_html(summary, language=language).encode()
        packed[f"methods_{language}.md"] = summary["methods"][language].encode()
    packed["scores.parquet"] = _parquet(shown)
    packed["citation.bib"] = bibtex(
        str(scores.attrs["cluetrain_nlp"]) if "cluetrain_nlp" in scores.attrs else None
    ).encode()
    packed["README.md"] = _README.format(privacy="" if texts else _WITHOUT_TEXTS).encode()
    inputs = {"scores": scores, "posts": posts, "coded": coded}
    manifest = {
        "format": _FORMAT,
        "texts": texts,
        "by": by,
        "roles": ["body"],
        "threshold": THRESHOLD,
        "scores": _json_ready(shown.attrs),
        "design": None if coded is None else _json_ready(coded.attrs.get("design")),
        "versions": {"python": platform.python_version(), **{name: metadata.version(name) for name in _LIBRARIES}},
        # The hash of a small input without its text could be guessed.
        "inputs": {name: _sha256(_csv(frame)) for name, frame in inputs.items() if texts and frame is not None},
        "files": {name: {"sha256": _sha256(data), "bytes": len(data)} for name, data in sorted(packed.items())},
    }
    packed[_MANIFEST] = (json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()
    _write(path, packed)
    return path


def check_bundle(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Compare the files of a bundle with the hashes in its manifest.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    dict
        The manifest, if all is as it was written.

    Raises
    ------
    CluetrainError
        If it is no bundle, or files are missing, changed, or were added; the message lists them. Who can change a file
        can change the manifest too: to rule that out, keep the hash of the whole bundle elsewhere.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import cluetrain_nlp as ct
    >>> from cluetrain_nlp.show.bundle import check_bundle, write_bundle
    >>> with TemporaryDirectory() as folder:
    ...     manifest = check_bundle(write_bundle(ct.score([]), Path(folder) / "bundle.zip"))
    >>> len(manifest["files"]["citation.bib"]["sha256"])
    64
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            known = manifest["format"] == _FORMAT
            expected: Mapping[str, Mapping[str, Any]] = manifest["files"] if known else {}
            entries = [entry for entry in archive.infolist() if entry.filename != _MANIFEST]
            found = {entry.filename for entry in entries}
            problems = [f"{name} is missing" for name in expected if name not in found]
            for entry in entries:
                told = expected.get(entry.filename)
                if told is None:
                    problems.append(f"{entry.filename} was added")
                # The size first: an archive from a stranger may unpack to more than there is memory.
                elif entry.file_size != told["bytes"] or _sha256(archive.read(entry)) != told["sha256"]:
                    problems.append(f"{entry.filename} was changed")
            if len(entries) != len(found):
                problems.append("a file is there twice")
    # What a ZIP file may be that we never write: damaged, encrypted, in a compression of others.
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise CluetrainError(
            f"{path} is no bundle, or damaged: {getattr(error, 'strerror', None) or error}."
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CluetrainError(f"{path} is no bundle: its {_MANIFEST} is missing or damaged.") from error
    if not known:
        raise CluetrainError(
            f"{path} has a manifest of another format than {_FORMAT}; check it with the version that wrote it."
        )
    if problems:
        raise CluetrainError(f"{path} is not as it was written: {'; '.join(sorted(problems))}.")
    return dict(manifest)


def _with_column(scores: pd.DataFrame, posts: pd.DataFrame | None, by: str | None) -> pd.DataFrame:
    """Put the column of groups beside the scores, and keep their attrs."""
    if by is None or by in scores.columns:
        return scores
    if posts is None or by not in posts.columns:
        have = ", ".join(map(str, (scores if posts is None else posts).columns))
        raise PostError(f"by is {by!r}, a column that neither scores nor posts have ({have}).")
    return join_posts(scores, posts, [by])


def _tables(
    scores: pd.DataFrame, coded: pd.DataFrame | None, by: str | None, numbers: Mapping[str, str] | None
) -> dict[str, pd.DataFrame]:
    """Compute the tables from the scores as they are; only then take away names."""
    posts = by_post(scores)
    if numbers is not None:
        posts["post_id"] = posts["post_id"].map(numbers)
        posts = posts.sort_values("post_id", key=lambda ids: ids.astype("int64"), ignore_index=True)
    tables = {"by_post": posts, "by_thesis": by_thesis(scores), "left_out": left_out(scores)}
    if by is not None:
        tables |= {"by": by_group(scores, by, threshold=THRESHOLD), "left_out_by": left_out(scores, keys=by)}
    if coded is not None:
        tables["coded"] = schema.conform(coded, schema.CODED) if numbers is None else anonymous_codes(coded, numbers)
        if coded["coder"].nunique() > 1:
            tables["agreement"] = agreement(coded)
        tables["estimates"] = _estimates(scores, coded, by)
    return {f"tables/{name}.csv": table for name, table in tables.items()}


def _estimates(scores: pd.DataFrame, coded: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Correct the share of posts that broadcast, and that track any and each coded thesis; whole and by group."""
    wanted: list[tuple[Any, int | None]] = [("broadcast", None)] if coded["voice"].notna().any() else []
    graded = coded_theses(coded)
    if graded:
        known = correctable_theses(scores, coded) if len(graded) > 1 else []
        wanted += [("tracks", None), *(("tracks", thesis) for thesis in known)]
    parts = [
        estimate(scores, coded, by=keys, measure=measure, thesis=thesis, unit=coded["unit"].iloc[0])
        for measure, thesis in wanted
        for keys in ([None] if by is None else [None, by])
    ]
    if not parts:
        raise CluetrainError("The codes hold neither voices nor grades; give codes that do, or none.")
    whole = pd.concat(parts, ignore_index=True)
    if by is not None:
        whole = whole[[by, *(name for name in whole.columns if name != by)]]
    whole.attrs = dict(parts[0].attrs)
    return whole


def _json_ready(value: Any) -> Any:
    """Bring attrs to what JSON can hold."""
    return json.loads(json.dumps(value, default=str))


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode(errors="surrogatepass")


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(path: Path, files: Mapping[str, bytes]) -> None:
    """Write the archive beside its place, and move it there when it is whole."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(part, "w") as archive:
            for name in sorted(files):
                entry = zipfile.ZipInfo(name, _MOMENT)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, files[name])
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PostError(f"{path} cannot be written: {error.strerror or error}.") from error
