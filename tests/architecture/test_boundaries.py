"""What only one place may do, and what nothing may do."""

from __future__ import annotations

import ast

import pytest

from support.repository import PACKAGE, calls, relative, source_files

MAKES_VISIBLE = {"storage/commit.py", "storage/lease.py"}
"""The only modules that may flush to disk, rename or link."""

VISIBLE_CALLS = {
    *(f"os.{name}" for name in ("fsync", "fdatasync", "rename", "renames", "replace", "link")),
    "os.symlink",
    "shutil.move",
}
UNSAFE_MODULES = {"pickle", "joblib", "cloudpickle", "dill", "marshal", "shelve", "torch"}
UNSAFE_CALLS = {"eval", "exec", "compile", "pd.read_pickle", "pandas.read_pickle", "os.system"}

modules = pytest.mark.parametrize("path", source_files(), ids=relative)


@modules
def test_only_the_commit_module_makes_anything_visible(path):
    if path.relative_to(PACKAGE).as_posix() in MAKES_VISIBLE:
        return
    found = [name for name, call in calls(path) if name in VISIBLE_CALLS or _moves_a_path(call)]
    assert not found, f"{relative(path)} calls {found}: go through storage/commit.py"


def _moves_a_path(call: ast.Call) -> bool:
    """Recognise `path.replace(target)` and `path.rename(target)`.

    `str.replace` takes two arguments; frames, dataclasses and datetimes name theirs.
    """
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return method in {"replace", "rename"} and len(call.args) == 1 and not call.keywords


@modules
def test_nothing_is_pickled_or_evaluated(path):
    imported = set(_imported_roots(path)) & UNSAFE_MODULES
    called = [
        name
        for name, call in calls(path)
        if name in UNSAFE_CALLS or name.endswith("to_pickle") or _allows_pickle(call)
    ]
    assert not imported
    assert not called


def _imported_roots(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def _allows_pickle(call: ast.Call) -> bool:
    return any(
        keyword.arg == "allow_pickle" and ast.unparse(keyword.value) != "False"
        for keyword in call.keywords
    )


@modules
def test_only_the_command_line_prints(path):
    if path.relative_to(PACKAGE).parts[0] == "cli":
        return
    assert not [call.lineno for name, call in calls(path) if name == "print"]
