"""What became of a home over time: runs, loads and releases, read from manifests and attempts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from rekomenda.language import Text
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.loading.taking_down import BY_HAND
from rekomenda.pipeline.measuring.headline import headline_of
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.snapshots import Snapshot

LOADS: Final = 30
"""Days on which files came that are told."""
VERDICTS: Final = ("loaded", "deduplicated", "quarantined", "erased", "unread")


@dataclass(frozen=True)
class Run:
    """What is remembered of a run.

    Parameters
    ----------
    run_id, decision : str
    as_of : date
    when : datetime
        UTC.
    algorithm : str or None
    seconds : mapping
        By step.
    headline : mapping
        As `headline_of` gives it; empty where nothing was published.
    checks : tuple of mapping
        What the gate found.
    why : tuple of Text
        Why it was refused, or what ended it.
    """

    run_id: str
    decision: str
    as_of: date
    when: datetime
    algorithm: str | None
    seconds: Mapping[str, float]
    headline: Mapping[str, Any]
    checks: tuple[Mapping[str, Any], ...] = ()
    why: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Load:
    """What the files that came on one day (UTC) brought, in rows by verdict."""

    day: date
    rows: Mapping[str, int]


@dataclass(frozen=True)
class History:
    """All of it, oldest first."""

    runs: tuple[Run, ...] = ()
    loads: tuple[Load, ...] = ()
    releases: tuple[Release, ...] = ()
    served: str | None = None
    withdrawn: frozenset[str] = field(default_factory=frozenset)


def history_of(house: House) -> History:
    """Return what is remembered of a home.

    Raises
    ------
    CorruptError, NewerFormatError
        If a pointer or the lake's manifest cannot be trusted.
    """
    releases = tuple(house.releases.list())
    by_id = {release.release_id: release for release in releases}
    served = house.releases.current()
    return History(
        runs=tuple(_run(attempt, by_id) for attempt in house.attempts.list()),
        loads=_loads(house.lake.snapshot()),
        releases=releases,
        served=served.release_id if served else None,
        withdrawn=house.releases.withdrawn(),
    )


def _run(attempt: Mapping[str, Any], releases: Mapping[str, Release]) -> Run:
    gate = attempt.get("gate", {})
    release = releases.get(attempt["run_id"])
    headline = attempt.get("headline") or (headline_of(release) if release else {})
    said = [*gate.get("reasons", ())] if attempt["decision"] == "refused" else []
    if "error" in attempt:
        said.append(attempt["error"]["message"])
    moment = datetime.fromisoformat(attempt["attempted_at"])
    return Run(
        run_id=attempt["run_id"],
        decision=attempt["decision"],
        as_of=date.fromisoformat(attempt["as_of"]),
        when=moment.astimezone(UTC),
        algorithm=attempt.get("algorithm"),
        seconds=attempt["seconds"],
        headline=headline,
        checks=tuple(gate.get("checks", ())),
        why=tuple(_text(words) for words in said),
    )


def _text(words: Mapping[str, str]) -> Text:
    portuguese = words.get("pt-BR") or words.get("pt") or words["en"]
    return Text(en=_kept(words["en"]), pt=_kept(portuguese))


def _kept(words: str) -> str:
    """Keep a brace that stands in an id from being taken for a field."""
    return words.replace("{", "{{").replace("}", "}}")


def _loads(snapshot: Snapshot) -> tuple[Load, ...]:
    by_day: dict[date, dict[str, int]] = {}
    for record in snapshot.inputs:
        if BY_HAND in record.facts:
            continue
        day = record.ingested_at.astimezone(UTC).date()
        rows = by_day.setdefault(day, dict.fromkeys(VERDICTS, 0))
        if record.verdict == "loaded":
            for verdict in VERDICTS[:-1]:
                rows[verdict] += getattr(record, verdict)
        else:
            rows["unread"] += record.rows_in
    return tuple(Load(day, by_day[day]) for day in sorted(by_day)[-LOADS:])
