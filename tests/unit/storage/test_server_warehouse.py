"""Warehouses on a server: published together, checked without keys, tried again with patience."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rekomenda.domain.warehouse_schema import WAREHOUSE
from rekomenda.errors import WarehouseBusyError
from rekomenda.storage.warehouse.layout import checks_of
from rekomenda.storage.warehouse.patience import Fault, Patience
from support.homes import holding, lists
from support.postgres import PostgresServer
from support.warehouses import ask, on_postgres, ready


@pytest.mark.needs_postgres
def test_published_by_four_at_once_the_rows_are_there_once(
    postgres: PostgresServer, tmp_path: Path
):
    ready(on_postgres(postgres, tmp_path))
    said: list[object] = []
    with holding(tmp_path) as lease:

        def publish() -> None:
            own = on_postgres(postgres, tmp_path)
            said.append(own.append("r1", {"recommendations": lists(4)})["recommendations"])
            own.set_current("r1", lease)

        threads = [threading.Thread(target=publish) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert said == [30] * 4
    assert ask(on_postgres(postgres, tmp_path), "SELECT count(*) FROM recommendations") == [(30,)]


@pytest.mark.needs_postgres
def test_a_shown_run_that_shrinks_is_replaced_at_once(postgres: PostgresServer, tmp_path: Path):
    """Somebody was forgotten: nobody waits for the next publish."""
    warehouse = ready(on_postgres(postgres, tmp_path))
    with holding(tmp_path) as lease:
        warehouse.append("r1", {"recommendations": lists(4)})
        warehouse.set_current("r1", lease)
        warehouse.append("r1", {"recommendations": lists(1)})
    assert ask(warehouse, "SELECT count(*) FROM current_recommendations") == [(12,)]


BROKEN = {
    "none": ([], (4, 0, 0, 0)),
    "a null": ([("u1", "again", 3, None)], (5, 1, 0, 0)),
    "a key twice": ([("u1", "again", 2, "t2")], (5, 0, 1, 1)),
    "a gap": ([("u1", "again", 4, "t4")], (5, 0, 0, 1)),
    "from zero": ([(None, "again", 0, "t4")], (5, 0, 0, 1)),
    "strangers begin where they like": ([(None, "again", 7, "t4")], (5, 0, 0, 0)),
}


@pytest.mark.needs_postgres
@pytest.mark.parametrize("case", BROKEN)
def test_checks_count_what_no_key_keeps_out(postgres: PostgresServer, tmp_path: Path, case: str):
    more, expected = BROKEN[case]
    whole = [("u1", "again", 1, "t1"), ("u1", "again", 2, "t2"), ("u2", "again", 1, "t1")]
    rows = [*whole, (None, "again", 1, "t9"), *more]
    warehouse = ready(on_postgres(postgres, tmp_path))
    staged = warehouse.layout.staged("recommendations")
    query, n = checks_of(warehouse.layout, WAREHOUSE["recommendations"])

    def found(cursor) -> tuple[int, ...]:
        cursor.executemany(
            f"INSERT INTO {staged} (run_id, user_id, shelf, rank, track_id, score, personalised) "
            "VALUES ('r1', %s, %s, %s, %s, 1, true)",
            rows,
        )
        cursor.execute(query, ("r1",) * n)
        return tuple(map(int, cursor.fetchone()))

    assert warehouse.do(found) == expected


def test_nothing_is_begun_after_the_deadline():
    now, waited, tries = [0.0], [], []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    def work(seconds: float) -> None:
        tries.append(seconds)
        now[0] += 30
        raise OSError

    patience = Patience(25, 70, pause=pause, clock=lambda: now[0])
    busy = WarehouseBusyError(place="here", tries=1, detail="lost")
    with pytest.raises(WarehouseBusyError):
        patience.tried(work, lambda error, n: Fault(busy, passes=True))
    assert len(tries) == 3  # at 0, 30 and 60 s and a little; a fourth would begin after 70
    assert tries[:2] == [25, 25]
    assert 0 < tries[2] < 10
    assert all(0.5 <= seconds <= 2 for seconds in waited)
