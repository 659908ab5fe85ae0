"""Lists for listeners: what is published."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Shelf(StrEnum):
    """A kind of list. Every listener may have one of each."""

    FOR_YOU = "for_you"
    """Tracks not yet played."""
    AGAIN = "again"
    """Played, and worth hearing again."""
    DISCOVER = "discover"
    """Tracks by artists this listener never played."""
    EXPLORE = "explore"
    """Tracks of genres outside this listener's habits, one step from what they know."""
    FRESH = "fresh"
    """Tracks not yet played that are new in the catalogue."""


LIST_SCHEMA = pa.schema(
    [
        pa.field("user_id", pa.dictionary(pa.int32(), pa.string())),
        pa.field("shelf", pa.dictionary(pa.int8(), pa.string())),
        pa.field("rank", pa.int16(), nullable=False),
        pa.field("track_id", pa.dictionary(pa.int32(), pa.string())),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("personalised", pa.bool_(), nullable=False),
        pa.field("reason_kind", pa.dictionary(pa.int8(), pa.string())),
        pa.field("reason_id", pa.dictionary(pa.int32(), pa.string())),
        pa.field("reason_share", pa.float32()),
        pa.field("reason_pt", pa.dictionary(pa.int32(), pa.string())),
        pa.field("reason_en", pa.dictionary(pa.int32(), pa.string())),
    ]
)
"""Columns of a published list. `rank` starts at 1 within (user_id, shelf); `user_id` is null in
the popular lists for people without history, which carry their region in `reason_id` where the
list is of one. `reason_kind` is the lower-case name of a `ReasonKind`, `reason_id` the id of the
track, artist, genre or region it speaks of; both languages' sentences are ready to show."""


@dataclass(frozen=True, eq=False)
class Recommendations:
    """Ranked lists as one Arrow table.

    Parameters
    ----------
    table : pa.Table with `LIST_SCHEMA`
        Ordered by user id (bytes), shelf, rank; no (user, shelf, rank) and no (user, shelf,
        track) twice.
    """

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)
