"""A proxy in front of a store that makes chosen answers go wrong, each in one of twelve ways.

What fails on the way back has been done by the store: that is the hard case of a conditional write.
"""

from __future__ import annotations

import http.client
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

_XML: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{0}</Code><Message>{0}</Message></Error>'
)
REFUSED: Final = {
    "internal error": (500, "InternalError"),
    "slow down": (503, "SlowDown"),
    "denied": (403, "AccessDenied"),
    "not found": (404, "NoSuchKey"),
    "expired": (400, "ExpiredToken"),
}
"""Answers in the store's place; it is not asked."""
SPOILT: Final = ("timeout", "reset", "truncated", "wrong tag", "error as 200", "slow", "stale")
"""Answers of the store that arrive otherwise than it gave them."""
FAULTS: Final = (*REFUSED, *SPOILT)
PASSING: Final = tuple(fault for fault in FAULTS if fault not in {"denied", "expired"})
"""Those that a second attempt may get over; the others say that nobody may."""


@dataclass(frozen=True)
class Asked:
    """A request: its number, from 1, and what it does."""

    number: int
    method: str
    path: str

    @property
    def operation(self) -> str:
        """`get`, `put`, `list`, `delete` or something else."""
        if self.method == "GET":
            return "list" if "list-type" in self.path else "get"
        if self.method == "POST" and self.path.endswith("?delete"):
            return "delete"
        return {"PUT": "put", "HEAD": "head"}.get(self.method, "other")


Choose = Callable[[Asked], str | None]


@dataclass
class Proxy:
    """The running proxy. `choose` says which fault a request meets; None: none."""

    upstream: str
    choose: Choose = lambda _: None
    before: Callable[[Asked], None] = lambda _: None
    after: Callable[[Asked], None] = lambda _: None
    asked: list[Asked] = field(default_factory=list)
    met: list[tuple[Asked, str]] = field(default_factory=list)
    listings: dict[str, bytes] = field(default_factory=dict)
    port: int = 0
    _lock: Any = field(default_factory=threading.Lock)

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def next(self, method: str, path: str) -> tuple[Asked, str | None]:
        """Count a request and choose its fault."""
        with self._lock:
            asked = Asked(len(self.asked) + 1, method, path)
            self.asked.append(asked)
            fault = self.choose(asked)
            if fault is not None:
                self.met.append((asked, fault))
        return asked, fault


@contextmanager
def proxy_to(upstream: str):
    """Run a proxy for a `with` block."""
    proxy = Proxy(upstream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    proxy.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def once(fault: str, operation: str, *, at: int = 1) -> Choose:
    """Return a choice: the fault meets the first request (or another one) of its kind, once."""
    seen = [0]

    def choose(asked: Asked) -> str | None:
        if asked.operation != operation:
            return None
        seen[0] += 1
        return fault if seen[0] == at else None

    return choose


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def _serve(self) -> None:
        body = self._body()
        asked, fault = self.proxy.next(self.command, self.path)
        self.proxy.before(asked)
        if fault in REFUSED:
            status, code = REFUSED[fault]
            self._answer(status, {"Content-Type": "application/xml"}, _XML.format(code).encode())
            return
        status, headers, answer = self._ask(body)
        self.proxy.after(asked)
        if asked.operation == "list":
            old = self.proxy.listings.get(self.path, _emptied(answer))
            self.proxy.listings.setdefault(self.path, answer)
            if fault == "stale":
                answer = old
        if fault == "timeout":
            self._wait_until_they_leave()
        elif fault == "reset":
            self._cut(status, headers, answer, reset=True)
        elif fault == "truncated":
            self._cut(status, headers, answer, reset=False)
        elif fault == "error as 200":
            self._answer(
                200, {"Content-Type": "application/xml"}, _XML.format("InternalError").encode()
            )
        else:
            if fault == "wrong tag" and "ETag" in headers:
                headers["ETag"] = f'"{"f" * 32}"'
            self._answer(status, headers, answer, slow=fault == "slow")

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815 - the base class's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            pieces = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(pieces)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        where = urlsplit(self.proxy.upstream)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
        headers = {
            k: v for k, v in self.headers.items() if k not in {"Transfer-Encoding", "Expect"}
        }
        headers["Content-Length"] = str(len(body))
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        said = {
            k: v for k, v in answer.getheaders() if k not in {"Connection", "Transfer-Encoding"}
        }
        connection.close()
        return answer.status, said, data

    def _head(self, status: int, headers: dict[str, str], size: int) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if self.command == "HEAD" or name != "Content-Length":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(size))
        self.end_headers()

    def _answer(self, status: int, headers: dict[str, str], body: bytes, *, slow: bool = False):
        self._head(status, headers, len(body))
        if self.command == "HEAD":
            return
        if not slow:
            self.wfile.write(body)
            return
        try:
            for start in range(0, len(body), 100):  # 1 kB a second
                self.wfile.write(body[start : start + 100])
                time.sleep(0.1)
        except OSError:  # they lost patience
            self.close_connection = True

    def _cut(self, status: int, headers: dict[str, str], body: bytes, *, reset: bool) -> None:
        self.close_connection = True
        if len(body) > 1:
            self._head(status, headers, len(body))
            self.wfile.write(body[: len(body) // 2])
        if reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        else:
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def _wait_until_they_leave(self) -> None:
        self.close_connection = True
        self.connection.settimeout(30)
        self.connection.recv(1)

    def finish(self) -> None:
        """Close, whether or not that was done already."""
        with suppress(OSError, ValueError):
            super().finish()


def _emptied(listing: bytes) -> bytes:
    return re.sub(rb"<Contents>.*?</Contents>", b"", listing, flags=re.DOTALL)
