"""The SQL steps keep to what means the same on every engine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from rekomenda.data.sql import ALLOWED_FUNCTIONS, read_step, step_names

every_step = pytest.mark.parametrize("name", step_names())

ARITHMETIC = {"+", "-", "*", "//"}
ALLOWED_OPERATORS = {
    "OPERATOR_COALESCE",
    "OPERATOR_IS_NULL",
    "OPERATOR_IS_NOT_NULL",
    "OPERATOR_NOT",
}
ALLOWED_CASTS = {"BIGINT", "INTEGER", "DATE", "BOOLEAN"}  # TRUE and FALSE are casts to the parser


def parsed(text: str) -> dict[str, Any]:
    connection = duckdb.connect()
    (serialised,) = connection.execute(
        "SELECT json_serialize_sql($text)", {"text": text}
    ).fetchone()
    return json.loads(serialised)


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Walk through every node of a parsed statement."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for child in tree:
            yield from nodes(child)


def functions(tree: Any) -> set[str]:
    plain = {node["function_name"] for node in nodes(tree) if node.get("function_name")}
    return {"count" if name == "count_star" else name for name in plain} - ARITHMETIC


def operators(tree: Any) -> set[str]:
    return {node["type"] for node in nodes(tree) if node.get("class") == "OPERATOR"}


def test_there_are_steps():
    assert {"daily", "in_order", "tracks"} <= set(step_names())


@every_step
def test_a_step_is_one_select(name):
    tree = parsed(read_step(name))
    assert not tree["error"], tree.get("error_message")
    assert len(tree["statements"]) == 1


@every_step
def test_a_step_calls_only_functions_that_every_engine_has(name):
    assert functions(parsed(read_step(name))) <= ALLOWED_FUNCTIONS


@every_step
def test_a_step_uses_only_operators_that_every_engine_has(name):
    assert operators(parsed(read_step(name))) <= ALLOWED_OPERATORS


@every_step
def test_a_step_casts_only_to_types_that_every_engine_has(name):
    tree = parsed(read_step(name))
    casts = {node["cast_type"]["id"] for node in nodes(tree) if node.get("cast_type")}
    assert casts <= ALLOWED_CASTS
    assert "::" not in read_step(name)


@every_step
def test_sums_are_whole_numbers(name):
    """A bare SUM of whole numbers has another type on each engine (HUGEINT, DECIMAL, BIGINT)."""
    text = re.sub(r"--.*", "", read_step(name))
    sums = len(re.findall(r"\bSUM\(", text))
    assert len(re.findall(r"CAST\(\s*SUM\(", text)) == sums


@every_step
def test_a_step_says_first_what_it_makes(name):
    assert re.match(r"-- [A-Z]", read_step(name))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT strip_accents(name) FROM t", "strip_accents"),
        ("SELECT try_strptime(x, '%d') FROM t", "try_strptime"),
        ("SELECT a FROM (SELECT hash(a) AS a FROM t) AS s", "hash"),
        ("SELECT x[1:2] FROM t", "ARRAY_SLICE"),
        ("SELECT x AT TIME ZONE 'UTC' FROM t", "timezone"),
        ("SELECT a FROM t QUALIFY lag(a) OVER (ORDER BY a) = 1", "lag"),
    ],
)
def test_what_is_not_allowed_would_be_seen(text, found):
    tree = parsed(text)
    assert functions(tree) | operators(tree) == {found}
    assert found not in ALLOWED_FUNCTIONS | ALLOWED_OPERATORS
