"""Who may see and do what: tokens, sessions, and requests that other sites forged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from rekomenda.errors import OpenToOthersError, WeakTokenError

OPERATOR_TOKEN: Final = "REKOMENDA_OPERATOR_TOKEN"  # noqa: S105 - a variable's name
METRICS_TOKEN: Final = "REKOMENDA_METRICS_TOKEN"  # noqa: S105
SHORTEST: Final = 16
"""Characters of a token: fewer can be tried out."""
SESSION_SECONDS: Final = 8 * 3600
COOKIE: Final = "rekomenda_operator"


@dataclass(frozen=True)
class Access:
    """The tokens of one service, and the questions they answer.

    Parameters
    ----------
    operator_token, metrics_token : str or None
        None: none is set.
    loopback : bool
        Whether only this machine can reach the service.
    """

    operator_token: str | None = None
    metrics_token: str | None = None
    loopback: bool = True

    @classmethod
    def of(cls, host: str, environment: Mapping[str, str] = os.environ) -> Access:
        """Return the access of a service that will listen on `host`.

        Raises
        ------
        OpenToOthersError
            If other machines could reach it and a token is missing.
        WeakTokenError
            If a token can be guessed.
        """
        tokens = {name: environment.get(name) or None for name in (OPERATOR_TOKEN, METRICS_TOKEN)}
        for name, token in tokens.items():
            if token is not None and len(token) < SHORTEST:
                raise WeakTokenError(name=name, shortest=SHORTEST)
        loopback = is_loopback(host)
        missing = [name for name, token in tokens.items() if token is None]
        if missing and not loopback:
            raise OpenToOthersError(host=host, names=", ".join(missing))
        return cls(tokens[OPERATOR_TOKEN], tokens[METRICS_TOKEN], loopback)

    def may_scrape(self, authorization: str | None) -> bool:
        """Whether a request for metrics carries what it must."""
        return self.metrics_token is None or _same(
            authorization or "", f"Bearer {self.metrics_token}"
        )

    def may_look(self, cookie: str | None) -> bool:
        """Whether a request for the operator's page carries what it must."""
        return self.operator_token is None or self.is_operator(cookie)

    def is_operator(self, cookie: str | None) -> bool:
        """Whether a request comes from somebody who has shown the token and whose time is not over."""
        if self.operator_token is None or not cookie:
            return False
        until, _, mark = cookie.partition(".")
        if not until.isascii() or not until.isdigit() or not _same(mark, self._mark(until)):
            return False
        return time.time() < int(until)

    def session(self, token: str) -> str | None:
        """Return the cookie of whoever shows the right token, None for a wrong one."""
        if self.operator_token is None or not _same(token, self.operator_token):
            return None
        until = str(int(time.time()) + SESSION_SECONDS)
        return f"{until}.{self._mark(until)}"

    def _mark(self, until: str) -> str:
        key = hashlib.sha256((self.operator_token or "").encode()).digest()
        mark = hmac.digest(key, f"rekomenda operator {until}".encode(), "sha256")
        return base64.urlsafe_b64encode(mark).decode().rstrip("=")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a service that listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Whether a request that changes something was made on a page of this very service.

    Browsers say so in `Sec-Fetch-Site`; over plain HTTP from another machine they leave it out, and
    `Origin` has to name the host that was asked. A request with neither is refused.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin, host = headers.get("origin"), headers.get("host")
    return bool(origin and host) and urlsplit(origin or "").netloc == host


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
