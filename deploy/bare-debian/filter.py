"""Start a program under a filter of system calls, as systemd does: filter.py FILE PROGRAM [ARGUMENT...]."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path

ALLOW = 0x7FFF_0000
REFUSE = 0x0005_0000 | errno.EPERM
UNKNOWN = -1


def confine(names: Iterable[str]) -> None:
    """Let this process and its children make the named system calls; any other fails with EPERM."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(REFUSE)))
    numbers = {library.seccomp_syscall_resolve_name(name.encode()) for name in names}
    for number in numbers - {UNKNOWN}:
        library.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), ctypes.c_int(number), 0)
    if library.seccomp_load(context) != 0:
        raise SystemExit("the filter of system calls could not be loaded")


if __name__ == "__main__":
    confine(Path(sys.argv[1]).read_text(encoding="utf-8").split())
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is what is wanted
