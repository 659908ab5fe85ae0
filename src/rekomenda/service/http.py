"""What is done to every request and answer: counted, bounded, and sent with strict headers."""

from __future__ import annotations

import time
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rekomenda.service.access import is_from_here, is_loopback
from rekomenda.telemetry.metrics import ServiceMetrics

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
COUNTED: Final = frozenset({"GET", "HEAD", "POST"})
"""Methods that are told apart; whoever tries others makes no more series than one."""
LARGEST_BODY: Final = 16_384
"""Bytes: a form here has two short fields."""
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
"""On every answer. No script is allowed: no page here has one."""


class Guarded:
    """Refuses what no page of ours asks for, adds the headers, and counts.

    Parameters
    ----------
    app : ASGIApp
    metrics : ServiceMetrics
    loopback : bool
        Then only names of this machine are answered to: a page elsewhere whose name was pointed at
        this machine (DNS rebinding) reads nothing.
    """

    def __init__(self, app: ASGIApp, *, metrics: ServiceMetrics, loopback: bool) -> None:
        self.app, self.metrics, self.loopback = app, metrics, loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            refusal = self._refusal(scope)
            if refusal is None:
                await self.app(scope, receive, answer)
            else:
                self.metrics.refused.labels(reason=refusal[0]).inc()
                await refusal[1](scope, receive, answer)
        finally:
            self._count(scope, status, time.perf_counter() - started)

    def _refusal(self, scope: Scope) -> tuple[str, PlainTextResponse] | None:
        headers = Headers(scope=scope)
        if self.loopback and not is_loopback(_name_of(headers.get("host", ""))):
            return "host", PlainTextResponse("unknown host\n", 421)
        if scope["method"] in SAFE:
            return None
        if not is_from_here(headers):
            return "cross_site", PlainTextResponse("cross-site request refused\n", 403)
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > LARGEST_BODY:
            return "body", PlainTextResponse("body too large, or of no stated length\n", 413)
        return None

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        known = scope["method"] in COUNTED
        path = getattr(scope.get("route"), "path", "unmatched") if known else "unmatched"
        method = scope["method"] if known else "OTHER"
        code = f"{status // 100}xx"
        self.metrics.requests.labels(route=path, method=method, code=code).observe(seconds)


def _name_of(host: str) -> str:
    """Return a Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
