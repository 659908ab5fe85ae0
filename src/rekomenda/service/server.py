"""Listening: one process, one socket, until somebody ends it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Final

import uvicorn
from fastapi import FastAPI

from rekomenda.errors import CannotListenError, reason_of

LAST_ANSWERS: Final = 5
"""Seconds that requests under way are given when the service is asked to end."""


def serve(app: FastAPI, host: str, port: int, *, listening: Callable[[str], None]) -> None:
    """Answer until SIGTERM or SIGINT.

    Parameters
    ----------
    app : FastAPI
    host : str
    port : int
        0: any that is free.
    listening : callable
        Told the address once others can connect.

    Raises
    ------
    CannotListenError
        If the address is taken, or not ours.
    """
    with _listen(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        listening(f"http://{shown}:{listener.getsockname()[1]}")
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=LAST_ANSWERS,
        )
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        raise CannotListenError(host=host, port=port, why=reason_of(error)) from error
    return listener
