"""What a shell is offered: by the real shells, from a home written by hand."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rekomenda.cli.values import ALGORITHMS

PROGRAMS = Path(sys.executable).parent
SOURCES = Path(__file__).resolve().parents[3] / "src"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two releases, one of them revised, and a lake of two files and three days."""
    home = tmp_path / "home"
    for name in ("20240616-aaaaaaaaaa", "20240623-bbbbbbbbbb~2"):
        (home / "releases" / name).mkdir(parents=True)
    (home / "releases" / "current").write_text("{}")
    (home / "lake" / "snapshots").mkdir(parents=True)
    (home / "lake" / "current").write_text('{"snapshot_id": "000001-x"}')
    parts = [{"table": "plays", "day": f"2024-06-{day}"} for day in (15, 16, 16, 23)]
    parts.append({"table": "tracks", "day": None})
    snapshot = {"parts": parts, "inputs": [{"name": "plays.csv"}, {"name": "tracks.csv"}]}
    (home / "lake" / "snapshots" / "000001-x.json").write_text(json.dumps(snapshot))
    return home


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home.parent),
        "PYTHONPATH": str(SOURCES),
        "REKOMENDA_HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
    }


def ask(home: Path, *command: str) -> str:
    answer = subprocess.run(
        command, env=environment(home), cwd=home.parent, capture_output=True, text=True, check=True
    )
    return answer.stdout


IN_BASH = """
eval "$(rekomenda completion bash 2>/dev/null)"
complete -p rekomenda
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_rekomenda_completion rekomenda "${COMP_WORDS[COMP_CWORD]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def in_bash(home: Path, *words: str) -> list[str]:
    how, *offered = ask(home, "bash", "-c", IN_BASH, "bash", "rekomenda", *words).splitlines()
    assert "_rekomenda_completion rekomenda" in how
    return [each for each in offered if each]


def test_bash_completes_commands_options_and_their_values(home):
    assert in_bash(home, "rep") == ["report"]
    assert in_bash(home, "config", "") == ["show"]
    assert in_bash(home, "recommend", "--sh") == ["--shelf"]
    assert in_bash(home, "recommend", "--shelf", "f") == ["for_you", "fresh"]
    assert in_bash(home, "--lang", "p") == ["pt-br"]


def test_bash_completes_releases_days_algorithms_and_files(home):
    assert in_bash(home, "report", "") == ["20240623-bbbbbbbbbb", "20240616-aaaaaaaaaa"]
    assert in_bash(home, "rollback", "--to", "20240616") == ["20240616-aaaaaaaaaa"]
    assert in_bash(home, "run", "--as-of", "") == ["2024-06-23", "2024-06-16", "2024-06-15"]
    assert in_bash(home, "plan", "--algorithm", "e") == ["ease"]
    assert in_bash(home, "quarantine", "show", "t") == ["tracks.csv"]


def test_a_home_named_on_the_line_is_the_one_looked_at(home, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "releases" / "20250101-cccccccccc").mkdir(parents=True)
    assert in_bash(home, "--home", str(elsewhere), "report", "") == ["20250101-cccccccccc"]
    assert in_bash(home, "--home", str(tmp_path / "nowhere"), "report", "") == []


@pytest.mark.needs_fish
def test_fish_completes_with_what_each_command_is_for(home):
    line = "rekomenda completion fish 2>/dev/null | source; complete -C 'rekomenda rollb'"
    assert ask(home, "fish", "-c", line) == "rollback\tServe the previous release again.\n"
    line = "rekomenda completion fish 2>/dev/null | source; complete -C 'rekomenda report 20240616'"
    assert ask(home, "fish", "-c", line) == "20240616-aaaaaaaaaa\n"


@pytest.mark.needs_zsh
def test_zsh_completes_what_is_typed(home):
    typed = Typed(home, "zsh", "-f", "-i")
    typed.line("PS1=; autoload -Uz compinit && compinit -u -D; unsetopt zle_bracketed_paste")
    typed.line('eval "$(rekomenda completion zsh 2>/dev/null)"; echo rea"dy"')
    typed.until("ready")
    typed.write("echo rekomenda roll\t")
    typed.write("\x15rekomenda roll\t")
    typed.until("rekomenda rollback")
    typed.write("--to 20240616\t")
    typed.until("20240616-aaaaaaaaaa")
    typed.close()


class Typed:
    """A shell on a terminal of its own, and what it shows."""

    def __init__(self, home: Path, *command: str) -> None:
        self.shown = ""
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(home),
            cwd=home.parent, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.terminal = ours

    def write(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def line(self, text: str) -> None:
        self.write(text + "\n")

    def until(self, words: str) -> None:
        """Read until it shows these words, for at most a minute."""
        latest = time.monotonic() + 60
        while words not in self.shown:
            ready, _, _ = select.select([self.terminal], [], [], max(0, latest - time.monotonic()))
            assert ready, f"never shown: {words!r} in {self.shown!r}"
            self.shown += os.read(self.terminal, 4096).decode(errors="replace")
        self.shown = self.shown.split(words, 1)[1]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


def test_the_algorithms_offered_are_those_of_the_registry():
    from rekomenda.models.registry import names

    assert set(ALGORITHMS) == {"auto", *names()} - {"blend", "ranked_blend"}


def test_completing_imports_nothing_heavy(home):
    program = (
        "import json, sys\n"
        "from rekomenda.cli.main import run\n"
        "try: run([])\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sorted({'numpy', 'pydantic', 'pyarrow', 'duckdb', 'rich'} & set(sys.modules)))"
    )
    asked = {
        "_REKOMENDA_COMPLETE": "bash_complete",
        "COMP_WORDS": "rekomenda rollback --to 2",
        "COMP_CWORD": "3",
    }
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment(home), **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    *offered, loaded = answer.stdout.splitlines()
    assert [line.split(",")[1] for line in offered] == [
        "20240623-bbbbbbbbbb",
        "20240616-aaaaaaaaaa",
    ]
    assert loaded == "LOADED"
