"""What lies in a server's schema, and the statements about it that every server takes.

Public are a table for each of `WAREHOUSE`, a view `current_<table>` of the run in service, and the
view `current_run`. Behind them, with a name that starts with `_`: `_staged_<table>`, where a run is
loaded and checked; `_loads`, the runs there are and whether they are shown; `_pointer`, one row that
says which run is in service, whose home fills the schema and the token of its last writer; and
`_writer`, an empty table that a writer locks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rekomenda.domain.schema import Column, Kind, Table
from rekomenda.domain.warehouse_schema import RECOMMENDATIONS, RUN_ID, WAREHOUSE
from rekomenda.language import Text
from rekomenda.storage.warehouse.ddl import (
    TYPES,
    declared_columns,
    listed,
    literal,
    quoted,
    typed_columns,
)

ServerDialect = Literal["postgres", "redshift"]

LOADS: Final = Table(
    "_loads",
    (RUN_ID, Column("shown", Kind.FLAG, Text("In the tables.", "Nas tabelas."), True)),
    key=("run_id",),
)
POINTER: Final = Table(
    "_pointer",
    (
        Column("owner", Kind.ID, Text("Home that fills it.", "Home que o preenche."), True),
        Column(
            "token", Kind.COUNT, Text("Of its last writer.", "De quem gravou por último."), True
        ),
        Column("run_id", Kind.ID, Text("In service.", "No ar.")),
    ),
    key=(),
)
WRITER: Final = Table(
    "_writer", (Column("token", Kind.COUNT, Text("Never filled.", "Sempre vazia.")),), key=()
)

SPREAD: Final = {
    "recommendations": "DISTSTYLE KEY DISTKEY(user_id) COMPOUND SORTKEY(run_id, user_id, shelf, rank)",
    "impressions": "DISTSTYLE KEY DISTKEY(user_id) COMPOUND SORTKEY(run_id, user_id)",
    "similar_tracks": "DISTSTYLE KEY DISTKEY(track_id) COMPOUND SORTKEY(run_id, track_id, rank)",
    "similar_artists": "DISTSTYLE KEY DISTKEY(artist_id) COMPOUND SORTKEY(run_id, artist_id, rank)",
    "tracks": "DISTSTYLE KEY DISTKEY(track_id) COMPOUND SORTKEY(run_id, track_id)",
    "track_artists": "DISTSTYLE KEY DISTKEY(track_id) COMPOUND SORTKEY(run_id, track_id)",
    "track_genres": "DISTSTYLE KEY DISTKEY(track_id) COMPOUND SORTKEY(run_id, track_id)",
    "artists": "DISTSTYLE ALL COMPOUND SORTKEY(run_id, artist_id)",
    "plays_daily": "DISTSTYLE KEY DISTKEY(track_id) COMPOUND SORTKEY(run_id, day)",
    "runs": "DISTSTYLE ALL SORTKEY(run_id)",
    "model_metrics": "DISTSTYLE ALL COMPOUND SORTKEY(run_id, algorithm, task)",
}
"""How Redshift spreads and sorts each table. Lists lie with what was shown to the same listener, what
is said of a track with the track; small tables lie on every node. All are sorted by run first: a
query of one run, and the DELETE of an old one, skip the blocks of the others."""


@dataclass(frozen=True)
class Layout:
    """The names and statements of one schema.

    Parameters
    ----------
    schema : str
    dialect : {"postgres", "redshift"}
    """

    schema: str
    dialect: ServerDialect

    def name(self, table: str) -> str:
        """Return the full name of a table or view."""
        return f"{quoted(self.schema)}.{quoted(table)}"

    def staged(self, table: str) -> str:
        """Return the full name of the table in which rows of `table` wait."""
        return self.name(f"_staged_{table}")

    def create(self, owner: str, readers: tuple[str, ...]) -> list[str]:
        """Return what makes everything, and changes nothing where it is there."""
        return [
            f"CREATE SCHEMA IF NOT EXISTS {quoted(self.schema)}",
            *(self._table(table) for table in (*WAREHOUSE.values(), LOADS, POINTER, WRITER)),
            *(self._staging(table) for table in WAREHOUSE.values()),
            *self._indexes(),
            *self._views(),
            f"INSERT INTO {self.name('_pointer')} (owner, token, run_id) "
            f"SELECT {literal(owner)}, 0, CAST(NULL AS {TYPES[self.dialect][Kind.ID]}) "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self.name('_pointer')})",
            *self._grants(readers),
        ]

    def lock(self) -> str:
        """Return what keeps other writers, and nobody else, waiting until the transaction ends."""
        return f"LOCK TABLE {self.name('_writer')}"

    def rows_of(self, table: Table) -> str:
        """Return a run's rows, wherever they are, as what follows FROM; it takes the run twice."""
        columns = listed(table)
        return (
            f"(SELECT {columns} FROM {self.name(table.name)} WHERE run_id = %s UNION ALL "
            f"SELECT {columns} FROM {self.staged(table.name)} WHERE run_id = %s) AS run_rows"
        )

    def show_staged(self, runs: int) -> Iterator[str]:
        """Yield what puts the staged rows of so many runs in place of theirs in the tables."""
        these = f"WHERE run_id IN ({marks(runs)})"
        for table in WAREHOUSE.values():
            columns, full, staged = listed(table), self.name(table.name), self.staged(table.name)
            yield f"DELETE FROM {full} {these}"
            yield f"INSERT INTO {full} ({columns}) SELECT {columns} FROM {staged} {these}"
            yield f"DELETE FROM {staged} {these}"
        yield f"UPDATE {self.name('_loads')} SET shown = true {these}"

    def forget(self, runs: int) -> Iterator[str]:
        """Yield what removes so many runs."""
        these = f"WHERE run_id IN ({marks(runs)})"
        yield f"DELETE FROM {self.name('_loads')} {these}"
        for table in WAREHOUSE:
            yield f"DELETE FROM {self.name(table)} {these}"
            yield f"DELETE FROM {self.staged(table)} {these}"

    def _table(self, table: Table) -> str:
        head = f"CREATE TABLE IF NOT EXISTS {self.name(table.name)}"
        body = f"{head} ({declared_columns(table, self.dialect)})"
        if self.dialect == "postgres":
            return body
        return f"{body} {SPREAD.get(table.name, 'DISTSTYLE ALL')}"

    def _staging(self, table: Table) -> str:
        head = f"CREATE TABLE IF NOT EXISTS {self.staged(table.name)}"
        body = f"{head} ({declared_columns(table, self.dialect)})"
        # Not in snapshots of the cluster, and spread as its table is: rows then move on one node.
        return body if self.dialect == "postgres" else f"{body} BACKUP NO {SPREAD[table.name]}"

    def _indexes(self) -> Iterator[str]:
        if self.dialect == "redshift":
            return
        for table in WAREHOUSE.values():
            index = quoted(f"{table.name}_by_run")
            columns = ", ".join(map(quoted, table.key[:2]))
            yield f"CREATE INDEX IF NOT EXISTS {index} ON {self.name(table.name)} ({columns})"

    def _views(self) -> Iterator[str]:
        pointer = self.name("_pointer")
        yield (
            f"CREATE OR REPLACE VIEW {self.name('current_run')} AS "
            f"SELECT run_id FROM {pointer} WHERE run_id IS NOT NULL"
        )
        for table in WAREHOUSE.values():
            yield (
                f"CREATE OR REPLACE VIEW {self.name(f'current_{table.name}')} AS "
                f"SELECT {typed_columns(table, self.dialect)} FROM {self.name(table.name)} "
                f"WHERE run_id = (SELECT run_id FROM {pointer})"
            )

    def _grants(self, readers: tuple[str, ...]) -> Iterator[str]:
        shown = [*WAREHOUSE, *(f"current_{table}" for table in WAREHOUSE), "current_run"]
        tables = ", ".join(self.name(table) for table in shown)
        for reader in readers:
            role = "PUBLIC" if reader.lower() == "public" else quoted(reader)
            yield f"GRANT USAGE ON SCHEMA {quoted(self.schema)} TO {role}"
            yield f"GRANT SELECT ON {tables} TO {role}"


def marks(n: int) -> str:
    """Return so many places for values."""
    return ", ".join(["%s"] * n)


def checks_of(layout: Layout, table: Table) -> tuple[str, int]:
    """Return a query over a run's staged rows, and how often it takes the run.

    It answers with one row: rows, nulls where none may be, keys that stand twice, lists whose ranks
    do not count 1, 2, 3. Nothing of this is left to keys: Redshift does not enforce them.
    """
    staged = f"{layout.staged(table.name)} WHERE run_id = %s"
    required = [quoted(column.name) for column in table.columns if column.required]
    holes = " OR ".join(f"{column} IS NULL" for column in required)
    keys = ", ".join(map(quoted, table.key))
    twice = f"SELECT {keys} FROM {staged} GROUP BY {keys} HAVING count(*) > 1"
    counted = [f"(SELECT count(*) FROM ({twice}) AS twice)", "0"]
    ranks = _broken_lists(staged, table)
    if ranks:
        counted[1] = f"(SELECT count(*) FROM ({ranks}) AS broken)"
    nulls = f"coalesce(sum(CASE WHEN {holes} THEN 1 ELSE 0 END), 0)"
    query = f"SELECT count(*), {nulls}, {', '.join(counted)} FROM {staged}"
    return query, query.count("%s")


def _broken_lists(staged: str, table: Table) -> str:
    """Return the lists whose ranks have gaps; popular lists of strangers only have ranks from 1 on.

    What a stranger is given may be of a region or a genre, and only its reasons tell them apart.
    """
    if "rank" not in table.key:
        return ""
    of_list = [name for name in table.key if name not in {"rank", "reason_id"}]
    keys = ", ".join(map(quoted, of_list))
    gaps = "min(rank) < 1"
    full = "min(rank) <> 1 OR max(rank) <> count(*)"
    if table is RECOMMENDATIONS:
        return (
            f"SELECT {keys} FROM {staged} GROUP BY {keys} "
            f"HAVING (max(user_id) IS NULL AND {gaps}) OR (max(user_id) IS NOT NULL AND ({full}))"
        )
    return f"SELECT {keys} FROM {staged} GROUP BY {keys} HAVING {full}"
