"""A command that may have only so much memory, and then as much as it likes."""

from __future__ import annotations

import resource
from pathlib import Path

from support.chaos.full_disk import in_child
from support.chaos.jobs import Job
from support.chaos.strikes import Undisturbed, clear
from support.command import Answer

SETTING = "memory_limit"
"""What a message must speak of, among others."""


class _Narrow(Job):
    """A job whose process may map only so much beyond what it has at its start."""

    def do(self, home: Path, words: tuple[str, ...]) -> Answer:
        status = Path("/proc/self/statm").read_text(encoding="ascii")
        now = int(status.split()[0]) * resource.getpagesize()
        limit = now + self.more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        return super().do(home, words)

    more = 0


def narrow(case: Undisturbed, mebibytes: int) -> list[str]:
    """Do a job with so much more memory; return what is wrong then and after a rerun without limit."""
    clear(case)
    home = case.job.start(case.home)
    kind = type("Narrow", (_Narrow,), {"more": mebibytes << 20})
    job = kind(case.job.name, case.job.before, case.job.words, case.job.seen)
    code, said = in_child(job, home)
    last = said.strip().splitlines()[-1:] or [""]
    wrong = case.job.torn(home, case.old, case.new)
    if code > 0 and not (code == 78 and SETTING in last[0]):
        wrong.append(f"it left with {code}: {last[0]}")
    return wrong + case.rerun()
