"""How long work tells whoever waits how far it is. Doors decide how that looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rekomenda.language import Text


class Step(Protocol):
    """One step under way."""

    def advance(self, done: int, total: int | None = None) -> None:
        """Say how many units are done, of how many if that is known."""

    def note(self, text: Text, **facts: object) -> None:
        """Say something worth a line about this step when it ends."""


class Progress(Protocol):
    """The steps of one command, one after the other."""

    def step(self, name: str, title: Text, **facts: object) -> AbstractContextManager[Step]:
        """Begin a step; it ends with the block. `name` is the step's label in metrics."""


class _Silence:
    """A step nobody watches."""

    def advance(self, done: int, total: int | None = None) -> None:
        """Say nothing."""

    def note(self, text: Text, **facts: object) -> None:
        """Say nothing."""


class Silent:
    """Progress for callers that want none: Python, tests."""

    @contextmanager
    def step(self, name: str, title: Text, **facts: object) -> Iterator[Step]:  # noqa: ARG002 - the protocol's signature
        """Run the block."""
        yield _Silence()
