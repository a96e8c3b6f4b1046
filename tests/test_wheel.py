"""What is installed is what is tracked: no file forgotten, none smuggled in."""

import subprocess
import sys
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from shutil import which

import pytest

ROOT = Path(__file__).parents[1]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

needs_git = pytest.mark.skipif(
    which("git") is None or not (ROOT / ".git").exists(),
    reason="needs git and a clone",
)
needs_build = pytest.mark.skipif(find_spec("build") is None, reason="needs build, from the extra dev")


def packaged():
    """List what pyproject.toml makes setuptools install, as paths below the installed package."""
    options = CONFIG["tool"]["setuptools"]
    for package in options["packages"]:
        below = package.replace(".", "/").removeprefix("cluetrain_nlp").removeprefix("/")
        folder = ROOT / options["package-dir"].get(package, f"src/cluetrain_nlp/{below}")
        for pattern in ["*.py", *options["package-data"].get(package, [])]:
            for path in folder.glob(pattern):
                if path.is_file():
                    yield (PurePosixPath(below) / path.relative_to(folder).as_posix()).as_posix()


def tracked():
    """Give tracked files as paths below the installed package, `models/` within it."""
    command = ["git", "ls-files", "src/cluetrain_nlp", "models"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return {line.removeprefix("src/cluetrain_nlp/") for line in listed.splitlines()}


def differences(found):
    """Compare packaged with tracked files; what git does not know is told apart from what it ignores."""
    installed = {path for path in found if "__pycache__" not in PurePosixPath(path).parts}
    return {"not packaged": sorted(tracked() - installed), "not tracked": sorted(installed - tracked())}


@needs_git
def test_packaged_files_are_the_tracked_ones():
    assert differences(packaged()) == {"not packaged": [], "not tracked": []}


def test_every_room_is_a_package():
    rooms = {
        path.parent.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src/cluetrain_nlp").rglob("__init__.py")
    }
    listed = {package.replace(".", "/") for package in CONFIG["tool"]["setuptools"]["packages"]}
    assert rooms | {"cluetrain_nlp/models"} == listed


def test_dependencies_have_lower_bounds_and_no_pins():
    extras = CONFIG["project"]["optional-dependencies"].values()
    for requirement in [*CONFIG["project"]["dependencies"], *(line for extra in extras for line in extra)]:
        if not requirement.startswith("cluetrain_nlp["):
            assert ">=" in requirement
            assert "==" not in requirement
        assert "@" not in requirement


@needs_git
@needs_build
@pytest.mark.slow
def test_the_wheel_holds_the_tracked_files(tmp_path):
    source = tmp_path / "source"
    for line in tracked_everywhere():
        (source / line).parent.mkdir(parents=True, exist_ok=True)
        (source / line).write_bytes((ROOT / line).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < 40_000_000
    inside = zipfile.ZipFile(wheel).namelist()
    found = {path.partition("cluetrain_nlp/")[2] for path in inside if path.startswith("cluetrain_nlp/")}
    assert differences(found) == {"not packaged": [], "not tracked": []}


def tracked_everywhere():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S607
    return [line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]
