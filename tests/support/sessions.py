"""Command lines from a page, run in a folder of their own, and their output compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from rekomenda.language import Language

SMALL = {
    "REKOMENDA_EVALUATE__N_RESAMPLES": "100",
    "REKOMENDA_GATE__MIN_LISTENERS": "20",
}
"""Settings that make a small world quick; pages are written for the defaults."""
LONGEST = "900"
"""Seconds after which a command of a page is taken for one that never ends; it leaves with 124."""


@dataclass
class Session:
    """A shell that stays in one folder, as a reader's does."""

    folder: Path
    language: Language
    environment: dict[str, str] = field(default_factory=lambda: dict(SMALL))

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command line; both outputs come back as one text, as a terminal shows them."""
        programs = Path(sys.executable).parent
        return subprocess.run(
            ["timeout", LONGEST, "bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env={
                "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(self.folder),
                "REKOMENDA_LANG": self.language,
                "LANG": "C.UTF-8",
                "PYTHONUTF8": "1",
                **self.environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def differs(shown: list[str], actual: str) -> str | None:
    """Return the first shown line that the actual output lacks, None if all are there in order.

    Figures and run ids may differ, words may not. `...` or `…` stands for anything: alone on a
    line for any number of lines, within a line for any characters.
    """
    wanted = [line for line in shown if line.strip()]
    if not wanted:
        return None
    lines = "".join(f"{_plain(line)}\n" for line in actual.splitlines() if line.strip())
    patterns = [_pattern(line) for line in wanted]
    if re.fullmatch("".join(patterns), lines):
        return None
    for number, line in enumerate(wanted, start=1):
        if not re.match("".join(patterns[:number]), lines):
            return line
    return "(more was printed than is shown)"


_FIGURE = re.compile(r"[+-]?\d[\d.,:]*\d|\d")
_RUN_ID = re.compile(r"\b\d{8}T\d{6}[0-9a-zA-Z-]*|\b[0-9a-f]{8,}\b")


def _plain(line: str) -> str:
    """Return a line with figures and runs of spaces levelled."""
    line = _FIGURE.sub("#", _RUN_ID.sub("#", line))
    return re.sub(r"[\s─━▏▎▍▌▋▊▉█░·]+", " ", line).strip()


def _pattern(shown: str) -> str:
    """Return what a shown line matches, its end included."""
    if shown.strip() in {"...", "…"}:
        return r"(?:.*\n)*?"
    return ".*".join(re.escape(part) for part in re.split(r"\.\.\.|…", _plain(shown))) + r"\n"
