"""The steps in Spark's words: what is kept here is what runs, and what is not known to agree is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("sqlglot")

from rekomenda.data.sql import read_step, step_names
from rekomenda.engines.spark.dialect import Translation, translate

GOLDEN = Path(__file__).parent / "golden"
KEEP = os.environ.get("REKOMENDA_KEEP_GOLDEN") == "1"
"""Write the files anew, after a step or sqlglot has changed; then read the difference."""


def as_file(translation: Translation) -> str:
    head = ""
    if translation.number:
        head = f"-- {translation.number}: counted from 0 in the order of {translation.by}\n"
    return f"{head}{translation.text}\n"


@pytest.mark.parametrize("name", step_names())
def test_the_text_that_spark_runs_is_the_one_that_was_reviewed(name):
    text, path = as_file(translate(read_step(name))), GOLDEN / f"{name}.sql"
    if KEEP:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_no_text_is_kept_of_a_step_that_is_gone():
    assert sorted(path.stem for path in GOLDEN.iterdir()) == step_names()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SELECT strip_accents(name) FROM t", "strip_accents"),
        ("SELECT hash(a) FROM t", "hash"),
        ("SELECT a FROM t QUALIFY lag(a) OVER (ORDER BY a) = 1", "lag"),
        ("SELECT x AT TIME ZONE 'UTC' FROM t", "AtTimeZone"),
        ("SELECT date_diff('day', a, b) FROM t", "date_diff of DAY"),
        ("SELECT nfc_normalize(a) FROM (SELECT a FROM t)", "nfc_normalize"),
    ],
)
def test_what_is_not_known_to_agree_is_refused_by_name(text, named):
    with pytest.raises(ValueError, match=named):
        translate(text)


def test_seconds_are_counted_as_they_begin_not_as_they_pass():
    text = translate("SELECT date_diff('second', a, b) AS s FROM t").text
    assert "UNIX_SECONDS(b) - UNIX_SECONDS(a)" in text


def test_numbering_all_rows_is_no_window_over_all_of_them():
    text = "SELECT k, v, CAST(ROW_NUMBER() OVER (ORDER BY k) - 1 AS INTEGER) AS n FROM t ORDER BY n"
    found = translate(text)
    assert (found.number, found.by) == ("n", "k")
    assert "OVER" not in found.text
    assert "ORDER" not in found.text


def test_numbers_within_groups_stay_a_window():
    text = "SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS n FROM t"
    found = translate(text)
    assert found.number is None
    assert "PARTITION BY k" in found.text


def test_numbering_from_another_start_is_refused():
    with pytest.raises(ValueError, match="numbers all rows"):
        translate("SELECT k, ROW_NUMBER() OVER (ORDER BY k) AS n FROM t")
