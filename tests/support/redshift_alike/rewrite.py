"""Redshift's SQL as PostgreSQL takes it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

_ONLY_THERE: Final = re.compile(
    r"\s+(DISTSTYLE\s+(KEY|ALL|EVEN|AUTO)|DISTKEY\s*\([^)]*\)|BACKUP\s+(NO|YES)"
    r"|((COMPOUND|INTERLEAVED)\s+)?SORTKEY\s*\([^)]*\)|ENCODE\s+\w+)",
    re.I,
)
_DATEDIFF: Final = re.compile(r"\bDATEDIFF\(\s*(\w+)\s*,", re.I)
_COPY: Final = re.compile(
    r"^\s*COPY\s+(?P<table>\S+)\s+FROM\s+'(?P<url>s3://[^']+)'\s+IAM_ROLE\s+(?P<role>'[^']+'|default)"
    r"\s+FORMAT\s+(AS\s+)?PARQUET\s+MANIFEST\s*;?\s*$",
    re.I,
)


class UnknownStatementError(Exception):
    """A COPY that this emulation does not know."""


def as_postgres(statement: str, helper: str) -> str:
    """Return a statement as PostgreSQL takes it; `helper` is where the files of a COPY come from.

    Raises
    ------
    UnknownStatementError
        For a COPY of another form than ours.
    """
    if re.match(r"\s*COPY\b", statement, re.I):
        return _copy(statement, helper)
    if re.match(r"\s*CREATE\s+TABLE\b", statement, re.I):
        return _ONLY_THERE.sub("", statement)
    return _DATEDIFF.sub(r"DATEDIFF('\1',", statement)


def _copy(statement: str, helper: str) -> str:
    found = _COPY.match(statement)
    if found is None:
        raise UnknownStatementError(statement)
    asked = urlencode(
        {"table": found["table"], "url": found["url"], "role": found["role"].strip("'")}
    )
    # The server's user runs it, who may not enter our environment: hence curl.
    program = f'curl --silent --fail "{helper}/?{asked}"'.replace("'", "''")
    return f"COPY {found['table']} FROM PROGRAM '{program}' (FORMAT csv)"


BUILT_IN: Final = """
CREATE OR REPLACE FUNCTION pg_catalog.strtol(text, integer) RETURNS bigint LANGUAGE sql IMMUTABLE
  AS $$ SELECT ('x' || lpad($1, 16, '0'))::bit(64)::bigint $$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(text, date, date) RETURNS bigint LANGUAGE sql IMMUTABLE
  AS $$ SELECT ($3 - $2)::bigint $$;
CREATE OR REPLACE FUNCTION pg_catalog.datediff(text, timestamp, timestamp) RETURNS bigint
  LANGUAGE sql IMMUTABLE AS $$ SELECT (extract(epoch FROM $3 - $2) * 1000000)::bigint $$;
SET allow_system_table_mods = on;
CREATE TABLE IF NOT EXISTS pg_catalog.sys_load_error_detail (
  query_id bigint GENERATED ALWAYS AS IDENTITY, file_name text, line_number bigint, column_name text,
  error_message text);
CREATE OR REPLACE FUNCTION pg_catalog.pg_last_copy_id() RETURNS bigint LANGUAGE sql
  AS $$ SELECT max(query_id) FROM pg_catalog.sys_load_error_detail $$;
"""
"""What Redshift has built in and our statements call. Of COPYs only those that failed have a number."""
