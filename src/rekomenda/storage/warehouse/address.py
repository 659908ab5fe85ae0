"""Where a server is, and who logs in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Server:
    """Where a server is, and who logs in. The password is looked up when it is needed.

    Parameters
    ----------
    host, database, schema, user, sslmode : str
    port : int
    readers : tuple of str
        Roles that may read.
    """

    host: str
    port: int
    database: str
    schema: str
    user: str = ""
    sslmode: str = "prefer"
    readers: tuple[str, ...] = ()
