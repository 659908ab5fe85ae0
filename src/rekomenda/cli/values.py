"""Kinds of values that options take, and what a shell may offer for them: read off names, nothing imported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

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


class _Offered(click.ParamType[Any]):
    """A text for which the home offers values."""

    name = "text"

    def offers(self, home: Path) -> Iterator[str]:
        """Yield what a shell may offer."""
        raise NotImplementedError

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return what begins like the word so far; a home that cannot be read offers nothing."""
        try:
            offered = list(self.offers(ctx.find_root().obj.home))
        except (OSError, ValueError, KeyError, TypeError):
            return []
        return [CompletionItem(each) for each in offered if each.startswith(incomplete)]


class _Algorithm(_Offered):
    def offers(self, home: Path) -> Iterator[str]:  # noqa: ARG002 - the same in every home
        yield from ALGORITHMS


class _Release(_Offered):
    def offers(self, home: Path) -> Iterator[str]:
        """Newest first, by the names of folders."""
        folders = {
            path.name.partition("~")[0] for path in (home / "releases").iterdir() if path.is_dir()
        }
        yield from sorted(folders, reverse=True)


class _File(_Offered):
    def offers(self, home: Path) -> Iterator[str]:
        """Files that the lake knows."""
        yield from dict.fromkeys(record["name"] for record in _lake(home)["inputs"])


class _Day(_Offered, click.DateTime):
    name = "datetime"

    def __init__(self) -> None:
        click.DateTime.__init__(self, ["%Y-%m-%d"])

    def offers(self, home: Path) -> Iterator[str]:
        """Days with plays, newest first."""
        days = {part["day"] for part in _lake(home)["parts"] if part["table"] == "plays"}
        yield from sorted(filter(None, days), reverse=True)[:_MOST_DAYS]


def _lake(home: Path) -> Any:
    """Read what the lake says of itself; only to offer names, so nothing is verified."""
    pointer = json.loads((home / "lake" / "current").read_bytes())
    return json.loads((home / "lake" / "snapshots" / f"{pointer['snapshot_id']}.json").read_bytes())


ALGORITHM: Final = _Algorithm()
RELEASE: Final = _Release()
FILE: Final = _File()
DAY: Final = _Day()
