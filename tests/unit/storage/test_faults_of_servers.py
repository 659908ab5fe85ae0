"""F10: whatever breaks while a run is loaded and shown, readers see the old run or the new one, whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rekomenda.domain.warehouse_schema import WAREHOUSE
from rekomenda.errors import (
    RekomendaError,
    WarehouseBusyError,
    WarehouseRefusedError,
    WarehouseTimeoutError,
    WarehouseUnreachableError,
)
from rekomenda.storage.reconcile import reconcile
from rekomenda.storage.warehouse.patience import Patience
from rekomenda.storage.warehouse.server import ServerWarehouse
from support.homes import holding, lists
from support.postgres import PostgresServer
from support.warehouses import AT_ONCE, DATABASE, on_postgres, on_redshift_alike, ready, schema_of
from support.wire import Fault, Proxy

pytestmark = [pytest.mark.slow, pytest.mark.needs_postgres]

POINTS = int(os.environ.get("REKOMENDA_FAULTS", "15"))
"""Statements of the load at which something breaks; as many as there are: all of them."""
ONCE = Patience(retries=0, pause=lambda seconds: None)
OLD, NEW = lists(4, "old"), lists(1, "new")
BEFORE = ("old", {"old": 30})
AFTER = ("new", {"old": 30, "new": 12})

LOST = (Fault("end"), Fault("reset"), Fault("reset after"))
FAULTS = {
    "postgres": (*LOST, Fault("state", "40001"), Fault("state", "40P01")),
    "redshift-alike": (
        *LOST,
        # As redshift_connector showed it to users of aws/aws-sdk-pandas (issue 665).
        Fault("state", "XX000", "1023", "Serializable isolation violation on table - 119371"),
        Fault("state", "XX000", "1018", "Relation does not exist"),
        Fault(
            "state", "XX000", "could not complete because of conflict with concurrent transaction"
        ),
    ),
}


@dataclass(frozen=True)
class Bench:
    """A warehouse behind a proxy that can break it, with one run shown."""

    home: Path
    kind: str
    proxy: Proxy
    postgres: PostgresServer
    open: Callable[[Patience], ServerWarehouse]

    def seen(self) -> tuple[str, dict[str, int]]:
        """Return the run in service and the rows that a reader finds, past the proxy."""
        schema = schema_of(self.home)
        with self.postgres.connect(DATABASE) as connection:
            ((run,),) = connection.execute(f"SELECT run_id FROM {schema}.current_run").fetchall()
            rows = connection.execute(
                f"SELECT run_id, count(*) FROM {schema}.recommendations GROUP BY run_id"
            ).fetchall()
            shown = connection.execute(
                f"SELECT run_id, left(min(track_id), 3), count(*) "
                f"FROM {schema}.current_recommendations GROUP BY run_id"
            ).fetchall()
        assert shown == [(run, run, dict(rows)[run])]
        return run, dict(rows)

    def publish(self, patience: Patience) -> None:
        """Load and show the new run."""
        warehouse = self.open(patience)
        with holding(self.home) as lease:
            warehouse.append("new", {"recommendations": NEW})
            warehouse.set_current("new", lease)

    def back(self) -> None:
        """Show the old run again, and remove the new one."""
        self.proxy.watch()
        warehouse = self.open(AT_ONCE)
        with holding(self.home) as lease:
            warehouse.set_current("old", lease)
            warehouse.delete(["new"], lease)
        assert self.seen() == BEFORE


@pytest.fixture(params=FAULTS)
def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    postgres = request.getfixturevalue("postgres")
    if request.param == "postgres":
        proxy = Proxy(postgres.port, connect=postgres.connect)
        port = proxy.start()
        made = Bench(
            tmp_path,
            request.param,
            proxy,
            postgres,
            lambda patience: on_postgres(postgres, tmp_path, port=port, patience=patience),
        )
    else:
        alike = request.getfixturevalue("redshift_alike")
        for name, value in alike.environment.items():
            monkeypatch.setenv(name, value)
        made = Bench(
            tmp_path,
            request.param,
            alike.proxy,
            postgres,
            lambda patience: on_redshift_alike(alike, tmp_path, patience=patience),
        )
    warehouse = ready(made.open(AT_ONCE))
    with holding(tmp_path) as lease:
        warehouse.append("old", {"recommendations": OLD})
        warehouse.set_current("old", lease)
    assert made.seen() == BEFORE
    yield made
    made.proxy.watch()
    if request.param == "postgres":
        made.proxy.stop()


def points(bench: Bench) -> list[tuple[int, Fault]]:
    """Return statements of a publish, spread evenly, each with the next kind of fault."""
    bench.proxy.watch()
    bench.publish(ONCE)
    n = len(bench.proxy.seen)
    bench.back()
    chosen = sorted({1 + round(place * (n - 1) / (POINTS - 1)) for place in range(min(POINTS, n))})
    kinds = FAULTS[bench.kind]
    if n > POINTS:
        return [(at, kinds[turn % len(kinds)]) for turn, at in enumerate(chosen)]
    return [(at, fault) for at in range(1, n + 1) for fault in kinds]


def once(at: int, fault: Fault) -> Callable[[int, str], Fault | None]:
    return lambda number, text: fault if number == at else None


def finishes(bench: Bench) -> bool:
    """Publish without trying again; whatever breaks it off must be worth trying again."""
    try:
        bench.publish(ONCE)
    except RekomendaError as error:
        if not error.retryable:
            raise
        return False
    return True


def test_f10_a_fault_at_any_statement_leaves_the_old_run_or_the_new_and_a_rerun_finishes(
    bench: Bench,
):
    chosen, stopped = points(bench), 0
    for at, fault in chosen:
        bench.proxy.watch(once(at, fault))
        stopped += not finishes(bench)
        assert len(bench.proxy.seen) >= at
        assert bench.seen() in (BEFORE, AFTER), (at, fault)
        bench.proxy.watch()
        bench.publish(ONCE)
        assert bench.seen() == AFTER, (at, fault)
        bench.back()
    assert stopped > len(chosen) / 2


def test_f10_what_passes_by_itself_is_tried_again_without_a_word(bench: Bench):
    for at, fault in points(bench):
        bench.proxy.watch(once(at, fault))
        bench.publish(AT_ONCE)
        assert bench.seen() == AFTER, (at, fault)
        found = reconcile("new", {"recommendations": NEW}, bench.open(AT_ONCE))
        assert not any(one.differences for one in found.values()), (at, fault)
        bench.back()


@pytest.mark.parametrize("which", [0, 1, 3])
def test_f10_what_does_not_pass_is_tried_four_times_and_named(bench: Bench, which: int):
    fault = FAULTS[bench.kind][which]
    tries = []

    def at_every_delete(number: int, text: str) -> Fault | None:
        if "_staged_recommendations" in text and text.startswith("DELETE"):
            tries.append(number)
            return fault
        return None

    bench.proxy.watch(at_every_delete)
    expected = WarehouseBusyError if fault.what == "state" else RekomendaError
    with pytest.raises(expected) as caught:
        bench.publish(AT_ONCE)
    assert isinstance(caught.value, WarehouseBusyError | WarehouseUnreachableError)
    assert len(tries) == 4
    assert bench.seen() == BEFORE


def test_f10_a_full_disk_is_no_reason_to_try_again(bench: Bench):
    full = Fault("state", "53100", "could not extend file: No space left on device")
    bench.proxy.watch(lambda number, text: full if text.startswith("INSERT INTO") else None)
    with pytest.raises(WarehouseRefusedError, match="No space left on device"):
        bench.publish(AT_ONCE)
    assert sum(text.startswith("INSERT INTO") for text in bench.proxy.seen) == 1
    assert bench.seen() == BEFORE


def test_f10_a_statement_that_waits_too_long_is_broken_off(bench: Bench):
    with bench.postgres.connect(DATABASE) as other:
        other.execute("BEGIN")
        other.execute(f"LOCK TABLE {schema_of(bench.home)}._writer")
        with pytest.raises(WarehouseTimeoutError, match=r"statement_seconds"):
            bench.publish(Patience(statement_seconds=0.2, pause=lambda seconds: None))
    assert bench.seen() == BEFORE
    bench.publish(ONCE)
    assert bench.seen() == AFTER


def test_f10_a_server_that_restarts_meanwhile_is_waited_for(bench: Bench):
    """At a statement in the middle of the load, and as it is shown: each time from its start again."""
    restarted = []

    def restart(number: int, text: str) -> None:
        half_way = text.startswith("DELETE") and "_staged_similar_tracks" in text
        if (half_way, number > 40) not in restarted and (half_way or text.startswith("UPDATE")):
            restarted.append((half_way, number > 40))
            bench.postgres.stop()
            bench.postgres.start()

    bench.proxy.watch(restart)
    bench.publish(AT_ONCE)
    assert len(restarted) >= 2
    assert bench.seen() == AFTER


def test_every_table_is_part_of_what_is_broken(bench: Bench):
    """The faults above meet every table of the warehouse, should somebody try all statements."""
    bench.proxy.watch()
    bench.publish(ONCE)
    said = "\n".join(bench.proxy.seen)
    assert all(f'"_staged_{name}"' in said for name in WAREHOUSE)
