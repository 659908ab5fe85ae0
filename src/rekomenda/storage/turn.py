"""Whose turn it is to write to a home in a bucket: what its lease says, and the turns of this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from rekomenda.mirror import Mirror
from rekomenda.storage.documents import unseal

if TYPE_CHECKING:
    from rekomenda.storage.objects import Bucket

NAME: Final = "lease"


class Turn(Protocol):
    """The right to write, while it lasts."""

    token: int

    def check(self) -> None:
        """Raise `FencedError` if somebody took over."""


TURNS: Final[dict[Path, Turn]] = {}
"""The leases that this process holds, by mirror."""


@dataclass(frozen=True)
class Found:
    """The lease as it lies in the bucket.

    Parameters
    ----------
    token : int
    owner : str
        A name that only one claim has.
    mirror : str
        Names the mirror it was claimed from.
    holder : mapping or None
        What others are told about who holds it; None: it was given back.
    seconds, age : float
        How long it counts, and how long ago it was written.
    etag : str
    """

    token: int
    owner: str
    mirror: str
    holder: Mapping[str, Any] | None
    seconds: float
    age: float
    etag: str

    @property
    def is_held(self) -> bool:
        """Whether somebody holds it who has shown a sign of life in time."""
        return self.holder is not None and self.age <= self.seconds


def find(where: Bucket, mirror: Mirror, *, known: bool = False) -> Found | None:
    """Return the lease as it lies in the bucket, None before the first; `known` as `Bucket.get`."""
    found = where.get(key_of(mirror), known=known)
    if found is None:
        return None
    body, facts = found
    said = unseal(body, mirror.folder / NAME)
    del said["written"]
    return Found(**said, age=facts.age, etag=facts.etag)


def key_of(mirror: Mirror) -> str:
    """Return the key of a home's lease."""
    return mirror.prefix + NAME
