"""Making what a warehouse on a server needs: database, schema, tables, views, grants."""

from __future__ import annotations

from contextlib import closing
from typing import Any, Final

from rekomenda.errors import WarehouseOfAnotherHomeError, WarehouseRefusedError
from rekomenda.errors import WarehouseUnreachableError as UnreachableError
from rekomenda.language import Text
from rekomenda.storage.commit import Fence
from rekomenda.storage.warehouse.ddl import literal, quoted
from rekomenda.storage.warehouse.layout import ServerDialect
from rekomenda.storage.warehouse.owner import own, owner_of
from rekomenda.storage.warehouse.server import ServerWarehouse

FIRST_DATABASE: Final[dict[ServerDialect, str]] = {"postgres": "postgres", "redshift": "dev"}
"""The database that every server has, from which others are made."""
_CREATE: Final[dict[ServerDialect, str]] = {
    "postgres": "CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0",
    "redshift": "CREATE DATABASE {name}",
}
_NOT_MADE_YET: Final = "(given by the first init)"
_ENCODING: Final = Text(
    "database {database} is encoded in {found}, and must be in UTF8",
    "o banco {database} está em {found}, e precisa estar em UTF8",
)


def statements_of(warehouse: ServerWarehouse) -> list[str]:
    """Return what `set_up` would run where nothing is there yet, in order."""
    owner = owner_of(warehouse.home) or _NOT_MADE_YET
    database = _CREATE[warehouse.dialect].format(name=quoted(warehouse.server.database))
    return [database, *warehouse.layout.create(owner, warehouse.server.readers)]


def set_up(warehouse: ServerWarehouse, lease: Fence, *, adopt: bool = False) -> None:
    """Make what is missing, and change nothing else.

    Parameters
    ----------
    warehouse : ServerWarehouse
    lease : Fence
    adopt : bool, optional
        Take the schema over from the home that filled it.

    Raises
    ------
    WarehouseOfAnotherHomeError
        If another home fills it, and `adopt` is not said.
    """
    lease.check()
    owner = own(warehouse.home)
    _make_database(warehouse)
    warehouse.do(lambda cursor: _make(cursor, warehouse, owner, adopt=adopt))


def _make(cursor: Any, warehouse: ServerWarehouse, owner: str, *, adopt: bool) -> None:
    for statement in warehouse.layout.create(owner, warehouse.server.readers):
        cursor.execute(statement)
    cursor.execute(warehouse.layout.lock())
    pointer = warehouse.layout.name("_pointer")
    cursor.execute(f"SELECT owner FROM {pointer}")
    if cursor.fetchone()[0] == owner:
        return
    if not adopt:
        raise WarehouseOfAnotherHomeError(place=warehouse.place, home=warehouse.home)
    # Tokens of that home say nothing of ours.
    cursor.execute(f"UPDATE {pointer} SET owner = {literal(owner)}, token = 0")


def _make_database(warehouse: ServerWarehouse) -> None:
    """Make the database where the server has none of that name."""
    try:
        warehouse.do(lambda cursor: _check_encoding(cursor, warehouse))
    except (UnreachableError, WarehouseRefusedError):
        if not _is_missing(warehouse):
            raise
        name = quoted(warehouse.server.database)
        with warehouse.logged_in(FIRST_DATABASE[warehouse.dialect]) as connection:
            connection.autocommit = True  # no transaction makes a database
            with closing(connection.cursor()) as cursor:
                cursor.execute(_CREATE[warehouse.dialect].format(name=name))


def _check_encoding(cursor: Any, warehouse: ServerWarehouse) -> None:
    """Refuse another encoding: checksums are of the UTF-8 of texts."""
    if warehouse.dialect == "redshift":
        return  # it has no other
    cursor.execute("SHOW server_encoding")
    found = cursor.fetchone()[0]
    if found != "UTF8":
        detail = _ENCODING.filled(database=warehouse.server.database, found=found)
        raise WarehouseRefusedError(place=warehouse.place, detail=detail)


def _is_missing(warehouse: ServerWarehouse) -> bool:
    """Whether the server answers and has no such database; False where nobody can tell."""
    try:
        with (
            warehouse.logged_in(FIRST_DATABASE[warehouse.dialect]) as connection,
            closing(connection.cursor()) as cursor,
        ):
            cursor.execute(
                "SELECT count(*) FROM pg_database WHERE datname = %s", (warehouse.server.database,)
            )
            return int(cursor.fetchone()[0]) == 0
    except Exception:  # whatever it is, the first error says more
        return False
