"""Who is writing to a home at this moment, found out without touching the lease."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rekomenda.language import Text
from rekomenda.mirror import mirror_of
from rekomenda.storage.lease import Holder, holder_in
from rekomenda.storage.locks import is_locked
from rekomenda.storage.remote import lease_of

_JUST_STARTED: Final = Text(en="just started", pt="acabou de começar")


@dataclass(frozen=True)
class Writer:
    """Who holds the lease of a home.

    Parameters
    ----------
    holder : Holder or None
        What it wrote about itself; None: nothing that can be read.
    gone : bool
        Whether that process of this machine has ended, so that somebody else, such as a child that
        it left behind, keeps the lease.
    """

    holder: Holder | None
    gone: bool = False

    @property
    def words(self) -> Text:
        """What a person is told."""
        return _JUST_STARTED if self.holder is None else self.holder.words


def writer_of(home: Path) -> Writer | None:
    """Return who is writing to a home; None: nobody.

    Of a home in a bucket, whoever writes from any machine.
    """
    path = home / "lease"
    if not is_locked(path):
        return _writer_elsewhere(home)
    holder = _described(path)
    return Writer(holder, gone=holder is not None and _is_gone(holder))


def _writer_elsewhere(home: Path) -> Writer | None:
    mirror = mirror_of(home)
    if mirror is None:
        return None
    found = lease_of(mirror)
    return Writer(holder_in(found.holder)) if found is not None and found.is_held else None


def _described(path: Path) -> Holder | None:
    try:
        return holder_in(json.loads(path.read_bytes()))
    except (OSError, ValueError):
        return None


def _is_gone(holder: Holder) -> bool:
    if holder.host != socket.gethostname():
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
