"""A warehouse before and after it is filled: what it needs is made, what it holds is compared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rekomenda.pipeline.bootstrap import House
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.publish import tables_of
from rekomenda.storage.reconcile import reconcile
from rekomenda.storage.warehouse.server import ServerWarehouse
from rekomenda.storage.warehouse.set_up import set_up, statements_of


def statements_for(house: House) -> list[str]:
    """Return the SQL that a warehouse needs run once; the one in the home needs none."""
    server = house.warehouse
    return statements_of(server) if isinstance(server, ServerWarehouse) else []


def prepare_warehouse(house: House, *, now: datetime, adopt: bool) -> None:
    """Make what is missing.

    Raises
    ------
    BusyError
        If another process is writing to this home.
    WarehouseOfAnotherHomeError
        If another home fills it, and `adopt` is not said.
    """
    if isinstance(house.warehouse, ServerWarehouse):
        with hold(house.home, Holder.here("warehouse init", now)) as lease:
            set_up(house.warehouse, lease, adopt=adopt)


def compare_warehouse(house: House) -> dict[str, Any]:
    """Compare every kept release with its rows; ready for JSON.

    `rows` and `differences` are by table, `agrees` is true where nothing differs and the release in
    service is shown.
    """
    compared = []
    for release in house.releases.list():
        found = reconcile(release.release_id, tables_of(release), house.warehouse)
        compared.append(
            {
                "run_id": release.release_id,
                "rows": {name: one.warehouse.rows for name, one in found.items()},
                "differences": {name: one.differences for name, one in found.items()},
            }
        )
    served = house.releases.current()
    shown = house.warehouse.current()
    differ = any(sum(one["differences"].values()) for one in compared)  # type: ignore[attr-defined]
    return {
        "warehouse": house.warehouse.place,
        "shown": shown,
        "releases": compared,
        "agrees": not differ and shown == (served.release_id if served else None),
    }
