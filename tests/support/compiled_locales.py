"""Locales compiled for tests alone, into a folder of theirs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from support.pairs import LOCALES


def compile_locales(folder: Path) -> Path:
    """Compile all that tests run under; return the folder."""
    for name in LOCALES[1:]:
        language, encoding = name.split(".")
        command = ["localedef", "-i", language, "-f", encoding, folder / name]
        subprocess.run(command, check=True, capture_output=True)
    return folder
