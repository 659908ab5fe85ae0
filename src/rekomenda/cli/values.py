"""Kinds of values that options take, and what a shell may offer for them: read off names, nothing imported."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import click
from click.shell_completion import CompletionItem

ALGORITHMS: Final = (
    "auto",
    "random",
    "popularity",
    "popularity_recent",
    "popularity_genre",
    "popularity_region",
    "item_knn",
    "rp3beta",
    "graph_filter",
    "slim",
    "ease",
    "als",
    "content",
    "next_play",
    "relisten",
)
"""Names that `--algorithm` takes, said again here because the registry takes a second to import."""
_MOST_DAYS: Final = 60


Offers: TypeAlias = Callable[[Path], Iterator[str]]
"""What a shell may offer of a home."""


class _Text(click.ParamType[Any]):
    """A text for which there are values to offer."""

    name = "text"

    def __init__(self, offers: Offers) -> None:
        self._offers = offers

    def shell_complete(
        self, ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return what begins like the word so far."""
        return _begun(self._offers, ctx, incomplete)


class _Day(click.DateTime):
    """A day, offered from those with plays."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def shell_complete(
        self, ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return what begins like the word so far."""
        return _begun(_days, ctx, incomplete)


def _begun(offers: Offers, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return what begins like a word; a home that cannot be read offers nothing."""
    try:
        offered = list(offers(ctx.find_root().obj.home))
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [CompletionItem(each) for each in offered if each.startswith(incomplete)]


def _algorithms(_home: Path) -> Iterator[str]:
    yield from ALGORITHMS


def _releases(home: Path) -> Iterator[str]:
    """Newest first, by the names of folders."""
    folders = {
        path.name.partition("~")[0] for path in (home / "releases").iterdir() if path.is_dir()
    }
    yield from sorted(folders, reverse=True)


def _files(home: Path) -> Iterator[str]:
    """Files that the lake knows."""
    yield from dict.fromkeys(record["name"] for record in _lake(home)["inputs"])


def _days(home: Path) -> Iterator[str]:
    """Days with plays, newest first."""
    days = {part["day"] for part in _lake(home)["parts"] if part["table"] == "plays"}
    yield from sorted(filter(None, days), reverse=True)[:_MOST_DAYS]


def _lake(home: Path) -> Any:
    """Read what the lake says of itself; only to offer names, so nothing is verified."""
    pointer = json.loads((home / "lake" / "current").read_bytes())
    return json.loads((home / "lake" / "snapshots" / f"{pointer['snapshot_id']}.json").read_bytes())


ALGORITHM: Final = _Text(_algorithms)
RELEASE: Final = _Text(_releases)
FILE: Final = _Text(_files)
DAY: Final = _Day()
