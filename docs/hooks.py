"""Hooks of the site: pages that lie outside docs/, links that lead there, and the page of all public names."""

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mkdocs.structure.files import File, Files

import cluetrain_nlp as ct
from cluetrain_nlp import scoring

ROOT: Final = Path(__file__).parents[1]
#: Files of the repository that are pages of the site as well, and where.
ALSO_PAGES: Final = {
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "README.md": "project/readme.md",
    "examples/README.md": "project/examples.md",
    "examples/companies/README.md": "project/companies.md",
    "models/README.md": "project/models.md",
    "models/corpus/README.md": "project/corpus.md",
    "models/de-0.2.0/README.md": "project/model-card.md",
}
#: Room to the heading under which its names stand.
ROOMS: Final = {
    "posts": "Reading",
    "scoring": "Scoring",
    "classifier": "Models and theses",
    "passages": "Pipelines",
    "study": "Studying",
    "show": "Showing",
    "adapters": "Plugging in",
    "errors": "Errors",
}
_LINK: Final = re.compile(r"\[(?P<text>[^\]\[]+)\]\((?P<target>(?![a-z]+:|#)[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that lie outside docs/, and the one that is written from the docstrings."""
    for source, place in ALSO_PAGES.items():
        files.append(File.generated(config, place, abs_src_path=str(ROOT / source)))
    files.append(File.generated(config, "api.md", content=_api()))
    return files


def _api() -> str:
    """Write a page that names every public name once, under the heading of its room."""
    found: dict[str, list[str]] = {room: [] for room in ROOMS}
    for name in ct.__all__:
        value = scoring.passages if name == "passages" else getattr(ct, name)
        # Data, such as THESES, is described by its class.
        value = value if hasattr(value, "__qualname__") else type(value)
        found[value.__module__.split(".")[1]].append(f"{value.__module__}.{value.__qualname__}")
    parts = [
        f"## {heading}\n\n" + "\n\n".join(f"::: {path}" for path in sorted(found[room], key=str.lower))
        for room, heading in ROOMS.items()
    ]
    return "# API\n\nEvery public name, from its docstring.\n\n" + "\n\n".join(parts) + "\n"


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Turn links between files of the repository into links between pages; what is no page loses its link."""
    place = page.file.src_uri
    sources = {place: source for source, place in ALSO_PAGES.items()}
    here = PurePosixPath(sources.get(place, f"docs/{place}")).parent

    def moved(match: re.Match[str]) -> str:
        source = os.path.normpath(here / match["target"])
        target = ALSO_PAGES.get(source, source.removeprefix("docs/"))
        if files.get_file_from_path(target) is None:
            return match["text"]
        link = os.path.relpath(target, PurePosixPath(place).parent)
        return f"[{match['text']}]({link}{match['anchor'] or ''})"

    return _LINK.sub(moved, markdown)
