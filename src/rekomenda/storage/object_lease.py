"""Who may write to a home in a bucket: an object that is taken and renewed by conditional writes.

It holds the token, who holds it, and for how many seconds it counts after it was last written: by
the store's own clock, so that no machine's matters. While its holder lives, a thread writes it
again in time. A holder that was paused longer than that may find that somebody else has taken
over: every commit looks at the lease, and is itself a conditional write, so it comes too late.

What this machine's `flock` on the mirror says counts more than the seconds: whoever holds that
knows that an earlier holder on this mirror is dead, and takes over at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rekomenda.errors import BusyError, FencedError, RekomendaError
from rekomenda.language import Text
from rekomenda.mirror import Mirror
from rekomenda.storage.documents import seal
from rekomenda.storage.objects import bucket
from rekomenda.storage.remote import bucket_of
from rekomenda.storage.turn import NAME, TURNS, find, key_of
from rekomenda.telemetry.logs import get_logger

SECONDS: Final = 60
"""How long a lease counts after it was written; it is written again three times as often."""
_TRIES: Final = 3
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")

log = get_logger(__name__)


class Claim:
    """The right to write to a home in a bucket, while its `claim` block lasts."""

    def __init__(self, mirror: Mirror, holder: Mapping[str, Any]) -> None:
        self.mirror = mirror
        self.token = 0
        self._holder = dict(holder)
        self._owner = secrets.token_hex(8)
        self._etag: str | None = None
        self._bucket = bucket_of(mirror)
        self._lock = threading.Lock()
        self._over = threading.Event()

    def take(self, words_of: Callable[[Mapping[str, Any]], Text]) -> None:
        """Write our name into the lease, or leave at once.

        Raises
        ------
        BusyError
            If somebody else holds it, or was quicker.
        """
        for _ in range(_TRIES):
            found = find(self._bucket, self.mirror)
            here = found is not None and found.mirror == _name_of(self.mirror)
            if found is not None and found.holder is not None and found.is_held and not here:
                raise BusyError(home=self.mirror.uri, holder=words_of(found.holder))
            self.token = 1 + (found.token if found is not None else 0)
            if self._write(found.etag if found is not None else None):
                return
        raise BusyError(home=self.mirror.uri, holder=_QUICKER)

    def exceed(self, token: int) -> None:
        """Take a token above another one: the lease object may have been deleted by hand."""
        with self._lock:
            if token >= self.token:
                self.token = token + 1
                if not self._write(self._etag):
                    raise FencedError(home=self.mirror.uri, token=self.token, newest=token)

    def check(self) -> None:
        """Make sure that nobody took over.

        Raises
        ------
        FencedError
            If somebody did.
        """
        found = find(self._bucket, self.mirror, known=True)
        if found is None or found.owner != self._owner:
            newest = found.token if found is not None else 0
            raise FencedError(home=self.mirror.uri, token=self.token, newest=newest)

    def renew(self) -> bool:
        """Write it again, so that it goes on counting; return whether it is still ours."""
        with self._lock:
            if self._write(self._etag):
                return True
            found = find(self._bucket, self.mirror, known=True)
            if found is None or found.owner != self._owner:
                return False
            return self._write(found.etag)

    def keep(self) -> None:
        """Renew it until `give_back`; a store that does not answer now may do so next time."""
        while not self._over.wait(SECONDS / 3):
            try:
                if not self.renew():
                    return  # the next commit says so
            except RekomendaError as error:
                log.warning("lease not renewed", error=str(error))

    def give_back(self) -> None:
        """Say that nobody holds it; where that fails, it runs out by itself."""
        self._over.set()
        try:
            quick = bucket(self.mirror.bucket, attempts=1)
            with self._lock:
                self._bucket, self._holder = quick, {}
                self._write(self._etag)
        except RekomendaError as error:
            log.warning("lease not given back", error=str(error))

    def _write(self, replacing: str | None) -> bool:
        content = {
            "token": self.token,
            "owner": self._owner,
            "mirror": _name_of(self.mirror),
            "holder": self._holder or None,
            "seconds": SECONDS,
            "written": secrets.token_hex(4),  # another tag each time
        }
        etag = self._bucket.put(key_of(self.mirror), seal(content), replacing=replacing)
        self._etag = etag or self._etag
        return etag is not None


@contextmanager
def claim(
    mirror: Mirror, holder: Mapping[str, Any], words_of: Callable[[Mapping[str, Any]], Text]
) -> Iterator[Claim]:
    """Hold the lease of a home in a bucket for a `with` block, or leave at once.

    Whoever calls holds the lock of the mirror.

    Parameters
    ----------
    mirror : Mirror
    holder : mapping
        What others are told, ready for JSON.
    words_of : callable
        Puts that into words.

    Raises
    ------
    BusyError
        If another machine holds it.
    """
    taken = Claim(mirror, holder)
    taken.take(words_of)
    TURNS[mirror.folder] = taken
    thread = threading.Thread(target=taken.keep, name="lease", daemon=True)
    thread.start()
    try:
        yield taken
    finally:
        del TURNS[mirror.folder]
        taken.give_back()


def _name_of(mirror: Mirror) -> str:
    """Name a mirror: no other machine, and no other folder of this one, has the same."""
    try:
        boot = _BOOT.read_text(encoding="ascii")
        file = (mirror.folder / NAME).stat()
    except OSError:
        return secrets.token_hex(8)
    facts = [boot, socket.gethostname(), str(mirror.folder), file.st_dev, file.st_ino, os.getuid()]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


_QUICKER: Final = Text(en="it was quicker", pt="foi mais rápido")
