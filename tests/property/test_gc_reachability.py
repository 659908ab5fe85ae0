"""Whatever the order of commits, crashes and collections: what is reachable survives gc."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekomenda.errors import CorruptError
from rekomenda.storage import commit
from rekomenda.storage.gc import collect, plan
from rekomenda.storage.lake import Lake
from rekomenda.storage.snapshots import LakeChange, Snapshot
from support.homes import NOW, holding, record, staged_part

DAYS = [date(2024, 6, 1) + timedelta(days=number) for number in range(3)]

brought = st.tuples(st.just("bring"), st.sets(st.sampled_from(DAYS), min_size=1), st.booleans())
crashed = st.tuples(st.just("crash"), st.sets(st.sampled_from(DAYS), min_size=1), st.booleans())
collected = st.tuples(st.just("gc"), st.integers(1, 4), st.booleans())
histories = st.lists(st.one_of(brought, crashed, collected), min_size=1, max_size=8)


def change(lake: Lake, folder: Path, number: int, days: set[date], replaces: bool) -> LakeChange:
    """Bring a file; when it `replaces`, the newest file before it loses those days."""
    inputs = lake.snapshot().inputs
    removed = {inputs[-1].input_id: frozenset(days)} if replaces and inputs else {}
    return LakeChange(
        run_key=f"work {number}",
        created_at=NOW,
        added=tuple(staged_part(folder, f"i{number}", day, 1 + number) for day in sorted(days)),
        inputs=(record(f"i{number}"),),
        removed_inputs=removed,
    )


def readable(lake: Lake, snapshot: Snapshot) -> bool:
    try:
        lake.verify(lake.snapshot_of(snapshot.snapshot_id).parts)
    except CorruptError:
        return False
    return True


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(histories)
def test_the_last_snapshots_survive_and_the_rest_goes(history: list[tuple]):
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        lake = Lake(home)
        committed: list[Snapshot] = []
        kept = 0  # how many of the newest must still be readable
        for number, (what, argument, replaces) in enumerate(history):
            with holding(home) as lease, commit.staging(home) as folder:
                if what == "bring":
                    changed = change(lake, folder, number, argument, replaces)
                    committed.append(lake.commit(changed, lease))
                    kept += 1
                elif what == "crash":
                    leave_unpointed(lake, change(lake, folder, number, argument, replaces))
            if what == "gc":
                with holding(home) as lease:
                    collect(home, lease, snapshots=argument, releases=1)
                kept = min(kept, argument)
                assert plan(home, snapshots=argument, releases=1) == []
                assert files(lake) == named(lake, committed[len(committed) - kept :])
            newest = committed[len(committed) - kept :]
            assert all(readable(lake, snapshot) for snapshot in newest)
            assert lake.snapshot().number == len(committed)


def leave_unpointed(lake: Lake, changed: LakeChange) -> None:
    """Do all of a commit but the swap of the pointer, as a crash there does."""

    class Crashed(Exception):  # noqa: N818 - not an error of ours
        pass

    def crash(*_: object) -> None:
        raise Crashed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commit, "swap_pointer", crash)
        with pytest.raises(Crashed):
            lake.commit(changed, None)


def files(lake: Lake) -> set[Path]:
    return {path for path in lake.path.rglob("*") if path.suffix in {".parquet", ".json"}}


def named(lake: Lake, snapshots: list[Snapshot]) -> set[Path]:
    parts = {part.path for snapshot in snapshots for part in snapshot.parts}
    return parts | {lake.manifest_of(snapshot.snapshot_id) for snapshot in snapshots}
