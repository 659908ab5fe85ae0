"""What Redshift lacks of PostgreSQL, or must not be used on it, as patterns of statements.

From the Amazon Redshift Database Developer Guide: "Unsupported PostgreSQL features", "Unsupported
PostgreSQL data types", "Unsupported PostgreSQL functions", "Features that are implemented
differently", and the pages of INSERT, MERGE, TRUNCATE, COPY and CREATE TABLE.
"""

from __future__ import annotations

import re
from typing import Final

_PATTERNS: Final = {
    "ON CONFLICT (INSERT)": r"\bON\s+CONFLICT\b",
    "RETURNING": r"\bRETURNING\b",
    "TRUNCATE commits the transaction (TRUNCATE)": r"\bTRUNCATE\b",
    "MERGE, of which only a part is there (MERGE)": r"\bMERGE\b",
    "indexes": r"\bCREATE\s+(UNIQUE\s+)?INDEX\b",
    "keys that look enforced and are not": r"\b(PRIMARY\s+KEY|FOREIGN\s+KEY|REFERENCES|UNIQUE)\b",
    "CHECK and exclusion constraints": r"\b(CHECK\s*\(|EXCLUDE\s+USING)",
    "serial types": r"\b(SMALL|BIG)?SERIAL\b",
    "generated columns": r"\bGENERATED\s+ALWAYS\s+AS\s*\(",
    "JSON types": r"\bJSONB?\b",
    "array types and functions": r"\bARRAY\s*\[|\w\[\]|\b(ANY|ALL)\s*\(\s*(\$|%s|ARRAY)|\bUNNEST\s*\(",
    "types: bit, bytea, money, uuid, xml, inet, enum": (
        r"\b(BIT\s*\(|VARBIT|BYTEA|MONEY|UUID|XML|CIDR|INET|MACADDR|TSVECTOR|TSQUERY)|AS\s+ENUM\b"
    ),
    "TEXT is VARCHAR(256) there": r"\bTEXT\b",
    "table partitioning, inheritance, tablespaces": r"\bPARTITION\s+OF\b|\bINHERITS\b|\bTABLESPACE\b",
    "unlogged tables": r"\bUNLOGGED\b",
    "LATERAL": r"\bLATERAL\b",
    "FOR UPDATE and FOR SHARE": r"\bFOR\s+(NO\s+KEY\s+)?(UPDATE|SHARE|KEY\s+SHARE)\b",
    "lock modes": r"\bIN\s+(ACCESS|ROW|SHARE|EXCLUSIVE)\b.*\bMODE\b",
    "savepoints": r"\b(SAVEPOINT|ROLLBACK\s+TO)\b",
    "advisory locks, LISTEN and NOTIFY": r"\bpg_(try_)?advisory_|^\s*(LISTEN|NOTIFY)\b",
    "triggers, rules, sequences, domains": r"\bCREATE\s+(TRIGGER|RULE|SEQUENCE|DOMAIN|TYPE|EXTENSION)\b",
    "anonymous blocks": r"^\s*DO\s",
    "FILTER and WITHIN GROUP of aggregates": r"\bFILTER\s*\(\s*WHERE\b",
    "DISTINCT ON": r"\bDISTINCT\s+ON\s*\(",
    "generate_series, string_agg, format, lpad of bits": (
        r"\b(generate_series|string_agg|array_agg|json_agg|jsonb_\w+|format|to_hex)\s*\("
        r"|::\s*bit\b"
    ),
    "COPY from the client": r"\bFROM\s+STDIN\b|\bTO\s+STDOUT\b",
    "COPY of columnar files takes no such option": (
        r"\bCOPY\b.*\bPARQUET\b.*\b(REGION|MAXERROR|DELIMITER|IGNOREHEADER|ENCRYPTED)\b"
    ),
    "credentials in a statement": r"\b(ACCESS_KEY_ID|SECRET_ACCESS_KEY|CREDENTIALS)\b",
}
LACKS: Final = {name: re.compile(text, re.I | re.S) for name, text in _PATTERNS.items()}
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")


def lacking(statement: str) -> list[str]:
    """Return what a statement uses that Redshift lacks; words in quotes are nobody's business."""
    bare = _QUOTED.sub("''", statement)
    return [name for name, pattern in LACKS.items() if pattern.search(bare)]
