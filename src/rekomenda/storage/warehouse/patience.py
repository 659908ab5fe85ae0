"""Trying again what passes by itself, at most three times and never after the deadline."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from rekomenda.errors import RekomendaError
from rekomenda.telemetry.logs import get_logger

RETRIES: Final = 3
LONGEST_PAUSE: Final = 10.0

T = TypeVar("T")
log = get_logger(__name__)


class Fault(NamedTuple):
    """What a driver's error means.

    Parameters
    ----------
    error : RekomendaError
        What a person is told when it stays.
    passes : bool
        Whether trying again can help.
    """

    error: RekomendaError
    passes: bool


@dataclass(frozen=True)
class Patience:
    """How long work may take, and how often it is tried again.

    Parameters
    ----------
    statement_seconds, deadline_seconds : float
        Of one statement, and of the whole piece of work with its retries.
    retries : int
    pause, clock : callable
        Wait some seconds; tell the time.
    """

    statement_seconds: float = 1800
    deadline_seconds: float = 3600
    retries: int = RETRIES
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def tried(
        self, work: Callable[[float], T], meaning: Callable[[Exception, int], Fault | None]
    ) -> T:
        """Do a piece of work that may be repeated from its start.

        Parameters
        ----------
        work : callable
            Takes the seconds that its longest statement may last.
        meaning : callable
            Takes an error and how often the work was tried; None: not for us, raised as it is.

        Raises
        ------
        RekomendaError
            What `meaning` makes of the last error.
        """
        end = self.clock() + self.deadline_seconds
        tries = 0
        while True:
            tries += 1
            try:
                return work(max(0.001, min(self.statement_seconds, end - self.clock())))
            except Exception as error:
                fault = meaning(error, tries)
                if fault is None:
                    raise
                # Jitter, lest two that met once meet again (Brooker, "Exponential Backoff And Jitter").
                wait = min(LONGEST_PAUSE, 0.5 * 2**tries) * random.uniform(0.5, 1)  # noqa: S311
                if not fault.passes or tries > self.retries or self.clock() + wait >= end:
                    raise fault.error from error
                log.warning("warehouse broke off, trying again", tries=tries, error=str(error))
            self.pause(wait)
