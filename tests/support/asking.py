"""Asks an application as a browser would, without a network in between."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.types import ASGIApp, Message

HERE = "http://127.0.0.1:9470"
SAME_ORIGIN = {"sec-fetch-site": "same-origin", "origin": HERE}


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


def ask(
    app: ASGIApp,
    path: str,
    *,
    method: str = "GET",
    form: dict[str, str] | None = None,
    body: bytes | None = None,
    **headers: str,
) -> Reply:
    """Send one request; names of headers are given with `_` for `-`."""
    sent = urlencode(form).encode() if form is not None else body or b""
    given = {"host": "127.0.0.1:9470", **{k.replace("_", "-"): v for k, v in headers.items()}}
    if form is not None or body is not None:
        given.setdefault("content-length", str(len(sent)))
    parts = urlsplit(path)
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": method, "path": parts.path, "raw_path": parts.path.encode(), "root_path": "",
        "query_string": parts.query.encode(), "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 9470),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(app(scope, receive, send))
    start = messages[0]
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], found, b"".join(m.get("body", b"") for m in messages[1:]))
