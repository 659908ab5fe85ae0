"""Eight processes that start the same command at once."""

from __future__ import annotations

import os
from pathlib import Path

from support.tiny_home import command

RACERS = 8


def race(home: Path, *words: object) -> list[int]:
    """Let them all wait at one line, start them, and return what each left with."""
    os.chdir(home.parent)
    line, starter = os.pipe()
    racers = []
    for _ in range(RACERS):
        racer = os.fork()
        if racer == 0:
            os.close(starter)
            os.read(line, 1)  # until the starter is closed
            code = 1
            try:
                command(home, *words)
                code = 0
            except SystemExit as leaving:
                code = int(str(leaving.code))
            finally:
                os._exit(code)
        racers.append(racer)
    os.close(line)
    os.close(starter)
    return sorted(os.waitstatus_to_exitcode(os.waitpid(racer, 0)[1]) for racer in racers)
