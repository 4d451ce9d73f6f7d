"""The house stands: imports point down, kinds know nothing of each other, and no function outgrows a screen."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.facts import KINDS

ROOT = Path(__file__).parents[1]
APP = sorted((ROOT / "app").rglob("*.py"))
CODE = [*APP, *sorted((ROOT / "migrations").rglob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]
LINES_MAX = 40
# For each part of the house the parts below it, which it may import, and what it must not know of.
BELOW = {
    "faults": set[str](),
    "errors": {"faults"},
    "files": set[str](),
    "settings": set[str](),
    "pages": set[str](),
    "facts": set[str](),
    "formats": set[str](),
    "store": {"facts", "formats", "errors", "faults", "files"},
    "http": {"formats", "facts", "store", "errors", "faults", "settings", "files", "pages", "version"},
    "main": {"http", "facts", "store", "errors", "settings", "version"},
    "connection": set[str](),
    "serving": {"connection"},
    "authoring": {"store", "faults", "settings"},
    "progress": set[str](),
    "commands": {"authoring", "main", "progress", "serving", "store", "settings"},
    "cli": {"authoring", "commands", "store", "faults", "settings", "version"},
    "__main__": {"cli"},
    "version": set[str](),
}
WEB = {"fastapi", "starlette", "uvicorn", "httptools", "anyio"}
UNKNOWN = {
    "facts": WEB | {"alembic", "sqlalchemy.orm", "sqlalchemy.engine", "sqlmodel.Session", "sqlalchemy.Connection"},
    "store": WEB | {"sqlalchemy.orm", "sqlmodel.Session"},
    "formats": WEB | {"sqlalchemy", "sqlmodel"},
    "faults": WEB | {"sqlalchemy", "sqlmodel", "pydantic"},
    "errors": WEB | {"sqlalchemy", "sqlmodel", "pydantic"},
    "settings": WEB | {"sqlalchemy", "sqlmodel"},
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def part(path: Path) -> str:
    """The part of the house that a module belongs to: the first folder, or the module itself."""
    name = path.relative_to(ROOT / "app").parts[0].removesuffix(".py")
    return "version" if name == "__init__" else name


def imported(path: Path) -> Iterator[str]:
    """Every module, and every name of one, that a module imports anywhere, dotted."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    """The parts of the house that a module imports; `from app import __version__` is of the version."""
    names = {name.split(".")[1] for name in imported(path) if name.startswith("app.")}
    return {"version" if name == "__version__" else name for name in names}


@pytest.mark.parametrize("path", APP, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    assert ours(path) - {part(path)} <= BELOW[part(path)]
    unknown = UNKNOWN.get(part(path), set())
    assert not [name for name in imported(path) if any(f"{name}.".startswith(f"{one}.") for one in unknown)]


def test_no_part_of_the_house_is_above_itself() -> None:
    def reach(name: str, seen: tuple[str, ...] = ()) -> None:
        assert name not in seen
        for below in BELOW[name]:
            reach(below, (*seen, name))

    for name in BELOW:
        reach(name)
    assert {part(path) for path in APP} == BELOW.keys()


def test_kinds_never_import_each_other() -> None:
    modules = {name: ROOT / "app" / "facts" / f"{name}.py" for name in KINDS}
    for path in modules.values():
        assert not {name for name in imported(path) for kind in KINDS if name.startswith(f"app.facts.{kind}")}, path
    shared = [path for path in (ROOT / "app" / "facts").glob("*.py") if path.stem not in (*KINDS, "__init__")]
    assert shared
    for path in shared:
        assert not {name for name in imported(path) for kind in KINDS if name.startswith(f"app.facts.{kind}")}, path


@pytest.mark.parametrize("path", APP, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_reads_the_environment_but_the_settings_and_nothing_at_import(path: Path) -> None:
    nodes = list(ast.walk(tree(path)))
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute)} & {"environ", "getenv"}
    assert not read
    assert not {"os.environ", "os.getenv"}.intersection(imported(path))
    inside = {id(one) for node in nodes if isinstance(node, ast.FunctionDef) for one in ast.walk(node)}
    calls = [node for node in nodes if isinstance(node, ast.Call) and id(node) not in inside]
    assert not [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "Settings"]


def test_no_function_is_longer_than_a_screen() -> None:
    long = []
    for path in CODE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                long += [f"{path.relative_to(ROOT)}: {node.name} has {lines} lines"] * (lines > LINES_MAX)
    assert not long


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "service", "services"}
    assert not [path for path in CODE if drawers.intersection(path.stem.split("_"))]
    classes = [node.name for path in CODE for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    assert not [name for name in classes if name.endswith(("Manager", "Service", "Helper", "Utils"))]


def test_the_command_line_starts_without_the_server_or_the_database() -> None:
    """Those take a while to import: `summit --version` and `summit fingerprint` need neither."""
    code = "import sys; import app.cli; print(*{'fastapi', 'sqlalchemy', 'uvicorn', 'alembic'} & sys.modules.keys())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == ""
