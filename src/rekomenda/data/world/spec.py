"""What world is asked for: its shape, sizes and seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, Self, get_args

from rekomenda.errors import WorldDayError, WorldSizeError

Shape = Literal["believable", "original"]
SHAPES: Final[tuple[Shape, ...]] = get_args(Shape)

_BOUNDS: Final = {
    "listeners": (5, 5_000_000),
    "tracks": (5, 1_000_000),
    "artists": (2, 200_000),
    "days": (2, 3_650),
    "plays": (1, 200_000_000),
    "seed": (0, 2**63 - 1),
}
_SHAPE_DEFAULTS: Final[dict[Shape, dict[str, Any]]] = {
    "believable": {},
    # The first sketch: users 1 to 49 and January 2023; 3,999 ids are played, of which about
    # 3,500 are in the catalogue.
    "original": {
        "listeners": 49,
        "tracks": 3_500,
        "artists": 500,
        "days": 31,
        "last_day": date(2023, 1, 31),
    },
}
_LAST_DAYS: Final = (date(2000, 1, 1), date(2100, 12, 31))
_PLAYS_PER_LISTENER_DAY: Final = 5 / 3


@dataclass(frozen=True)
class WorldSpec:
    """The sizes of a world. The same spec gives the same world, byte for byte.

    Parameters
    ----------
    shape : {"believable", "original"}
        Taste, seasons and oddities; or uniform noise with nothing to learn.
    listeners : int, default 20,000
        Rows of `users`, those without plays and bots included.
    tracks : int, default 5,000
        Rows of `tracks`. Some more ids appear in plays only, as in reality.
    artists : int, default 600
        Rows of `artists`; at most `tracks`.
    days : int, default 60
        Days that have plays.
    seed : int
    last_day : date, default 2024-06-30
        The last of those days. A world has no clock; the default lies behind the June
        festivities.
    plays : int or None
        Plays by people, exactly: the sum of the column, not its rows. Bots and obsessive days
        come on top. None: five for each listener and three days (2 million by default). The
        original shape has its own rate and refuses another.

    Raises
    ------
    WorldSizeError
        If a size is out of bounds or they contradict each other.
    WorldDayError
        If the last day is far from our time.
    """

    shape: Shape = "believable"
    listeners: int = 20_000
    tracks: int = 5_000
    artists: int = 600
    days: int = 60
    seed: int = 20_240_630
    last_day: date = date(2024, 6, 30)
    plays: int | None = None

    def __post_init__(self) -> None:
        for name, (low, high) in _BOUNDS.items():
            self._check(name, getattr(self, name), low, high)
        self._check("artists", self.artists, 2, self.tracks)
        first, last = _LAST_DAYS
        if not first <= self.last_day <= last:
            raise WorldDayError(day=self.last_day, first=first, last=last)
        if self.shape == "original":
            self._check("plays", self.plays, 0, 0)
        else:
            self._check("plays", self.n_plays, 1, _BOUNDS["plays"][1])

    @classmethod
    def of(cls, shape: Shape = "believable", **sizes: Any) -> Self:
        """Return the spec of a shape; sizes that are None take that shape's default."""
        given = {name: size for name, size in sizes.items() if size is not None}
        return cls(shape=shape, **(_SHAPE_DEFAULTS[shape] | given))

    @property
    def n_plays(self) -> int:
        """Plays by people."""
        if self.plays is not None:
            return self.plays
        return round(self.listeners * self.days * _PLAYS_PER_LISTENER_DAY)

    @property
    def first_day(self) -> date:
        """The first day that has plays."""
        return self.last_day - timedelta(days=self.days - 1)

    def facts(self) -> dict[str, Any]:
        """Return the spec as JSON values, under the names of the parameters."""
        return asdict(self) | {"last_day": self.last_day.isoformat()}

    @staticmethod
    def _check(name: str, value: int | None, low: int, high: int) -> None:
        if value is not None and not low <= value <= high:
            raise WorldSizeError(name=name, value=value, low=low, high=high)
