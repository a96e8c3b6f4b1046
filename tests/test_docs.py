"""The documentation holds: its code runs, its commands parse, and every public name and option is in it."""

import ast
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer.main

import cluetrain_nlp as ct
from cluetrain_nlp.cli import app

ROOT = Path(__file__).parents[1]
#: design.md is the contract, and shows what later versions will have.
PAGES = [ROOT / "README.md", *sorted(path for path in (ROOT / "docs").rglob("*.md") if path.name != "design.md")]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
COMMANDS = typer.main.get_command(app).commands

_FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```$", re.M | re.S)


def blocks(path, *languages):
    """Give the first line number and the code of each fenced block in one of the languages."""
    text = path.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        if match["language"] in languages:
            yield text.count("\n", 0, match.start("code")) + 1, match["code"]


def name(path):
    return str(path.relative_to(ROOT))


def run(code, namespace, place, line):
    """Run code as if it stood in its page, so that a traceback shows the line."""
    exec(compile("\n" * (line - 1) + code, str(place), "exec"), namespace)  # noqa: S102 - our own pages


def run_cell(code, namespace, place):
    """Run a cell, and display what its last line gives as a notebook does."""
    parsed = ast.parse(code, place)
    last = parsed.body.pop() if isinstance(parsed.body[-1], ast.Expr) else None
    exec(compile(parsed, place, "exec"), namespace)  # noqa: S102 - our own notebooks
    if last is not None:
        value = eval(compile(ast.Expression(last.value), place, "eval"), namespace)  # noqa: S307
        assert getattr(value, "_repr_html_", value.__repr__)() is not None


@pytest.fixture
def copy_of_root(tmp_path, monkeypatch):
    """A folder that looks like the repository to pages and notebooks, in which they may write."""
    for folder in ("examples", "notebooks", "tests/data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def commands():
    for path in PAGES:
        for line, code in blocks(path, "console", "sh", "bash", "shell"):
            joined = code.replace("\\\n", "  ")
            for offset, text in enumerate(joined.splitlines()):
                words = shlex.split(text.removeprefix("$ "), comments=True)
                if words[:3] in (["python", "-m", "cluetrain_nlp"], ["python3", "-m", "cluetrain_nlp"]):
                    words = words[2:]
                if words and words[0] in ("cluetrain", "cluetrain_nlp"):
                    yield pytest.param(words[1:], id=f"{name(path)}:{line + offset}")


with_python = [path for path in PAGES if any(blocks(path, "python"))]


def test_there_is_something_to_test():
    assert len(PAGES) > 5
    assert "README.md" in [name(path) for path in with_python]
    assert len(list(commands())) > 2


@pytest.mark.parametrize("path", with_python, ids=name)
def test_python_blocks_run(path, copy_of_root):
    namespace = {"__name__": "__main__"}
    for line, code in blocks(path, "python"):
        run(code, namespace, path, line)


@pytest.mark.parametrize("words", list(commands()))
def test_commands_parse(words):
    if words in (["--help"], []):
        return
    command, *arguments = words
    assert command in COMMANDS
    if "--help" not in arguments:
        COMMANDS[command].make_context(command, arguments)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebooks_run_and_are_stripped(path, copy_of_root, monkeypatch):
    monkeypatch.chdir(copy_of_root / "notebooks")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    namespace = {"__name__": "__main__"}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cells
    for number, cell in enumerate(cells, start=1):
        assert cell["outputs"] == [], f"cell {number} has outputs: strip them"
        assert cell["execution_count"] is None, f"cell {number} was numbered: strip it"
        run_cell("".join(cell["source"]), namespace, f"{name(path)}, cell {number}")


@pytest.mark.parametrize("public", ct.__all__)
def test_every_public_name_is_in_the_reference(public):
    text = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
    assert re.search(rf"\b{public}\b", text), f"docs/reference.md does not name {public}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented_and_has_a_help_text(command):
    text = (ROOT / "docs/guide/cli.md").read_text(encoding="utf-8")
    assert f"cluetrain {command}" in text
    assert COMMANDS[command].help
    for parameter in COMMANDS[command].params:
        assert getattr(parameter, "help", None), f"cluetrain {command}: {parameter.name} has no help text"
        long = [option for option in parameter.opts if option.startswith("--")]
        for option in long:
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", text), f"docs/guide/cli.md lacks {option} of {command}"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_within_the_repository_lead_somewhere(path):
    prose = _FENCE.sub("", path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"[a-z]+:|#", target):
            assert (path.parent / target.partition("#")[0]).exists(), f"{name(path)} links to {target}"
