"""Only the commit module (and the lease) may make anything visible or durable."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import rekomenda

PACKAGE = Path(rekomenda.__file__).parent
ALLOWED = {"storage/commit.py", "storage/lease.py"}
FUNCTIONS = {
    "os": {"fsync", "fdatasync", "replace", "rename", "renames", "link", "symlink", "truncate"},
    "shutil": {"move", "rmtree"},
}
METHODS = {"replace", "rename", "hardlink_to", "symlink_to"}
"""Of a path; `str.replace` takes two arguments, `datetime.replace` and `dataclasses.replace` names."""


def makes_visible(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return False
    if isinstance(function.value, ast.Name) and function.value.id in FUNCTIONS:
        return function.attr in FUNCTIONS[function.value.id]
    return function.attr in METHODS and len(call.args) == 1 and not call.keywords


def calls_in(source: str) -> list[ast.Call]:
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [call for call in calls if makes_visible(call)]


def test_no_other_module_flushes_or_renames():
    found = {
        f"{name}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        if (name := path.relative_to(PACKAGE).as_posix()) not in ALLOWED
        for call in calls_in(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_no_other_module_imports_those_functions_by_name():
    found = {
        f"{path.relative_to(PACKAGE)}: {node.module}.{alias.name}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module in FUNCTIONS
        for alias in node.names
        if alias.name in FUNCTIONS[node.module]
    }
    assert found == set()


@pytest.mark.parametrize("statement", ["os.replace(a, b)", "staged.rename(final)", "os.fsync(1)"])
def test_the_search_sees_each_way_to_do_it(statement: str):
    assert len(calls_in(statement)) == 1


@pytest.mark.parametrize("statement", ["name.replace('a', 'b')", "now.replace(tzinfo=None)"])
def test_the_search_leaves_innocent_namesakes_alone(statement: str):
    assert calls_in(statement) == []
