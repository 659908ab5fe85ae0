"""Watches a Python process from its first line: what it unpickles, executes, starts and calls.

Python imports a module of this name by itself where it finds one, so processes that the watched
one starts are watched too. What is not known goes, a line each, to the file that `AUDITED` names.
What is known: imports, libraries that make code of their own words, Numba's own cache of what it
compiled (it lies beside our source, not in a home), and the one process that a run starts.
"""

from __future__ import annotations

import os
import sys
from typing import Any

LOG = os.environ.get("AUDITED", "")
IMPORTS = ("importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport", "runpy")
MAKE_CODE = (
    *("dataclasses", "typing", "collections", "ast", "attr", "typing_inspection"),
    *("numpy", "scipy", "numba", "pydantic", "_plotly_utils", "prometheus_client", "jinja2", "six"),
)
KNOWN = {
    "marshal.load": IMPORTS,
    "marshal.loads": IMPORTS,
    "compile": (*IMPORTS, *MAKE_CODE),
    "exec": (*IMPORTS, *MAKE_CODE),
    "pickle.find_class": ("numba.core.caching", "numba.core.serialize"),
    "ctypes.dlopen": ("ctypes", "numba", "llvmlite", "threadpoolctl"),
}
"""Events, and the modules (with what is below them) that may cause them."""
NEVER = {
    *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"),
    *("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"),
    *("os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "os.forkpty"),
}
REHEARSAL = [sys.executable, "-P", "-m", "rekomenda.pipeline.judging.rehearse"]


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Write down what is not known."""
    if event in KNOWN:
        who = caller()
        if not any(who == name or who.startswith(f"{name}.") for name in KNOWN[event]):
            tell(event, who)
    elif event in NEVER or (event == "subprocess.Popen" and list(arguments[1]) != REHEARSAL):
        tell(event, caller())


def caller() -> str:
    """Return the module whose line caused an event."""
    frame = sys._getframe(1).f_back
    return "importlib" if frame is None else frame.f_globals.get("__name__", "?")


def tell(event: str, who: str) -> None:
    """Write a line, whole even where two processes write."""
    descriptor = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, f"{event} by {who}\n".encode())
    os.close(descriptor)


if LOG:
    sys.addaudithook(watch)
