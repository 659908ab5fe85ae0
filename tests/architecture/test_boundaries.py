"""What only one place may do, and what nothing may do."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container

from support.repository import PACKAGE, calls, relative, source_files

MAKES_VISIBLE = {"storage/commit.py", "storage/lease.py"}
"""The only modules that may flush to disk, rename or link."""

VISIBLE_CALLS = {
    *(f"os.{name}" for name in ("fsync", "fdatasync", "rename", "renames", "replace", "link")),
    "os.symlink",
    "shutil.move",
}
UNSAFE_MODULES = {"pickle", "joblib", "cloudpickle", "dill", "marshal", "shelve", "torch"}
UNSAFE_CALLS = {"eval", "exec", "compile", "os.system"}


def offending(
    is_wrong: Callable[[str, ast.Call], bool], *, except_in: Container[str] = ()
) -> list[str]:
    """Return the calls of the package, with their places, that are wrong."""
    return [
        f"{relative(path)}:{call.lineno} {name}"
        for path in source_files()
        if path.relative_to(PACKAGE).as_posix() not in except_in
        for name, call in calls(path)
        if is_wrong(name, call)
    ]


def test_only_the_commit_module_makes_anything_visible():
    assert not offending(
        lambda name, call: name in VISIBLE_CALLS or _moves_a_path(call), except_in=MAKES_VISIBLE
    )


def _moves_a_path(call: ast.Call) -> bool:
    """Recognise `path.replace(target)` and `path.rename(target)`.

    `str.replace` takes two arguments; frames, dataclasses and datetimes name theirs.
    """
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return method in {"replace", "rename"} and len(call.args) == 1 and not call.keywords


def test_nothing_is_unpickled_or_evaluated():
    assert not offending(
        lambda name, call: name in UNSAFE_CALLS or name.endswith("_pickle") or _allows_pickle(call)
    )


def test_no_module_that_pickles_is_imported():
    imported = {
        relative(path): UNSAFE_MODULES & set(_imported_roots(path)) for path in source_files()
    }
    assert not {path: names for path, names in imported.items() if names}


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


def test_only_the_command_line_prints():
    in_cli = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "cli").rglob("*.py")}
    assert not offending(lambda name, call: name == "print", except_in=in_cli)
