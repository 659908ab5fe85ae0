"""Naming artists and tracks: invented, distinct, and sounding as they should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count

import numpy as np

from rekomenda.data.world import words

_REDRAWS = 3


def artist_names(rng: np.random.Generator, families: Sequence[str]) -> list[str]:
    """Return one distinct name for each artist, in the manner of its genre family."""
    choose = _Chooser(rng, words.SLOTS)
    suffixes = words.SURNAME_SUFFIXES
    taken: set[str] = set()
    return [_distinct(choose, words.ARTIST_TEMPLATES[f], suffixes, taken) for f in families]


def track_titles(rng: np.random.Generator, families: Sequence[str]) -> list[str]:
    """Return one distinct title for each song, in the manner of its genre family."""
    choose = _Chooser(rng, words.TITLE_SLOTS)
    taken: set[str] = set()
    return [
        _distinct(
            choose,
            words.FAITH_TEMPLATES if family == words.FAITHFUL_FAMILY else words.TITLE_TEMPLATES,
            (),
            taken,
        )
        for family in families
    ]


class _Chooser:
    """Fills templates from lists of words, with random numbers drawn in blocks."""

    def __init__(self, rng: np.random.Generator, slots: Mapping[str, tuple[str, ...]]) -> None:
        self._slots = slots
        self._numbers = _numbers(rng)

    def name(self, templates: Sequence[str]) -> str:
        """Return one filled template."""
        template = templates[next(self._numbers) % len(templates)]
        numbers = self._numbers
        filled = {slot: some[next(numbers) % len(some)] for slot, some in self._slots.items()}
        return template.format_map(filled)


def _numbers(rng: np.random.Generator) -> Iterator[int]:
    while True:
        yield from rng.integers(0, 2**31, size=4096).tolist()


def _distinct(
    choose: _Chooser, templates: Sequence[str], suffixes: Sequence[str], taken: set[str]
) -> str:
    """Draw again while the name is taken, then tell it apart by a suffix, then by a number."""
    name = choose.name(templates)
    for _ in range(_REDRAWS):
        if name not in taken:
            break
        name = choose.name(templates)
    endings = chain([""], suffixes, (f" {number}" for number in count(2)))
    name = next(name + ending for ending in endings if name + ending not in taken)
    taken.add(name)
    return name
