"""Which home fills a schema: a name that a home is given once, kept in the home and in the schema."""

from __future__ import annotations

import secrets
from pathlib import Path

from rekomenda.storage import commit
from rekomenda.storage.documents import seal
from rekomenda.storage.mirroring import at_hand


def owner_of(home: Path) -> str | None:
    """Return a home's name, None where it never had a warehouse on a server.

    Raises
    ------
    CorruptError
        If what says it is damaged.
    """
    said = commit.read_pointer(at_hand(_path(home)))
    return None if said is None else str(said["owner"])


def own(home: Path) -> str:
    """Return a home's name, given now if it has none. Whoever calls holds the lease."""
    known = owner_of(home)
    if known is not None:
        return known
    owner = secrets.token_hex(16)
    with commit.staging(home) as folder:
        commit.write_file(folder / "owner", seal({"owner": owner}))
        commit.install_file(folder / "owner", _path(home))
    return owner


def _path(home: Path) -> Path:
    return home / "warehouse" / "owner"
