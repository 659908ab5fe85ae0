"""What its start does not settle is settled by the whole file, or asked; never by row."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from rekomenda.data.layout import Source
from rekomenda.data.quarantine import read_quarantine
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.verdict import Limits
from rekomenda.data.staging import stage

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)
PLAYS = "id_date,user_id,id_tracks,plays"


def staged(tmp_path, content: str | bytes, *, limits=None, name="f.csv", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    options = {"sample_bytes": 200, "block_bytes": 300, **options}
    chosen = ReadOptions(now=NOW, **options)
    return stage(Source(name, path), tmp_path / "out", chosen, limits=limits or Limits())


def lines(header: str, *rows: str) -> str:
    return "\n".join([header, *rows]) + "\n"


def test_b37_one_day_over_twelve_far_behind_settles_the_order_for_all(tmp_path):
    early = [f"05/{month:02d}/2024,u,t,1" for month in range(1, 13)] * 5
    result = staged(tmp_path, lines(PLAYS, *early, "13/02/2024,u,t,1"))
    assert result.verdict == "loaded"
    assert [day.day for day in result.days] == [5, 5, 13, *[5] * 10]


def test_b38_days_that_contradict_each_other_settle_nothing(tmp_path):
    result = staged(tmp_path, lines(PLAYS, *["13/02/2024,u,t,1"] * 3, "02/13/2024,u,t,1"))
    assert (result.verdict, result.refusal.code) == ("held", "E_DATE_AMBIGUOUS")
    assert "--date-format dmy" in result.refusal.message("pt-BR")


def test_b37_a_rare_slip_does_not_unsettle_a_file(tmp_path):
    result = staged(tmp_path, lines(PLAYS, *["13/02/2024,u,t,1"] * 30, "02/13/2024,u,t,1"))
    assert (result.loaded, dict(result.reasons)) == (30, {"E_DATE_INVALID": 1})


def test_b08_windows_text_that_begins_as_ascii_is_read_again_from_its_start(tmp_path):
    rows = [f"a{number},Nome {number}" for number in range(40)]
    content = lines("id_artist,nome", *rows, "a99,São João").encode("cp1252")
    result = staged(tmp_path, content)
    (part,) = result.parts
    assert pq.read_table(part.path)["name"].to_pylist()[-1] == "São João"
    assert result.plan.sniffed.encoding == "windows-1252"


def test_a_file_may_mislead_about_its_days_and_then_about_its_encoding(tmp_path):
    early = [f"2024-02-{day:02d},u{day},t,1" for day in range(1, 29)]
    late = [f"2024-02-{day:02d},v{day},t,1" for day in range(1, 29)]
    content = lines(PLAYS, *early, "25/12/2023,u,t,1", *late, "2024-02-01,forró,t,1")
    result = staged(tmp_path, content.encode("cp1252"))
    assert (result.verdict, result.loaded) == ("loaded", 58)
    assert (result.plan.sniffed.encoding, result.plan.habits.order) == ("windows-1252", "dmy")


def test_a_declared_encoding_is_not_second_guessed(tmp_path):
    content = lines("id_artist,nome", "a,São").encode("cp1252")
    result = staged(tmp_path, content, encoding="utf-8")
    assert (result.verdict, result.refusal.code) == ("rejected", "E_ENCODING")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["0.5", "1.234"], [0.5, 1.234]),
        (['"0,5"', '"1,234"'], [0.5, 1.234]),
        (['"0,5"', "1.234"], [0.5, 1234.0]),
        (["7", ""], [7.0, None]),
    ],
)
def test_features_follow_the_decimal_mark_that_their_file_shows(tmp_path, values, expected):
    filler = [f"f{number},1" for number in range(60)]
    rows = [f"a{place},{value}" for place, value in enumerate(values)]
    (part,) = staged(tmp_path, lines("id_artist,Feature1", *filler, *rows)).parts
    assert pq.read_table(part.path)["feature_1"].to_pylist()[-2:] == expected


def test_b34_a_feature_with_two_readings_holds_its_file(tmp_path):
    result = staged(tmp_path, lines("id_artist,Feature1", "a,1.234", "b,2"))
    assert (result.verdict, result.refusal.code) == ("held", "E_NUMBER_AMBIGUOUS")


def test_b42_epoch_numbers_are_of_the_unit_that_the_file_shows(tmp_path):
    rows = [f"17083{number:05d}000,u{number},t" for number in range(60)]
    result = staged(tmp_path, lines("ts,user_id,track_id", *rows))
    assert (result.loaded, result.plan.habits.unit) == (60, "ms")


def test_a_day_column_full_of_moments_is_a_log(tmp_path):
    rows = [f"2024-02-19T10:00:{number:02d},u,t" for number in range(50)]
    result = staged(tmp_path, lines("date,user_id,track_id", *rows))
    assert (result.loaded, result.merged, result.plan.column_map.timed) == (50, 0, True)


def test_b46_accepting_quarantine_loads_the_rows_whose_ids_are_whole(tmp_path):
    content = lines(PLAYS, "2024-02-19,1.23E+05,t,1", "2024-02-19,u,t,1")
    result = staged(tmp_path, content, limits=Limits(accept=True, reject=0.9))
    assert (result.verdict, result.loaded) == ("loaded", 1)
    assert dict(result.reasons) == {"E_IDS_ALTERED": 1}


@pytest.mark.parametrize("neighbour", ["plain", "not plain"])
def test_an_id_is_judged_alike_whatever_stands_beside_it(tmp_path, neighbour):
    content = lines(PLAYS, "2024-02-19,12e-34,t,1", f"2024-02-19,{neighbour},t,1")
    result = staged(tmp_path, content)
    assert (result.verdict, result.loaded) == ("loaded", 2)


@pytest.mark.parametrize(
    ("bad", "verdict", "code"),
    [
        (5, "loaded", None),
        (6, "held", "E_TOO_MANY_BAD_ROWS"),
        (25, "held", "E_TOO_MANY_BAD_ROWS"),
        (26, "rejected", "E_WRONG_FORMAT"),
    ],
)
def test_thresholds_are_over_five_and_over_twenty_five_percent(tmp_path, bad, verdict, code):
    good_rows = [f"2024-02-19,u{number},t,1" for number in range(100 - bad)]
    result = staged(tmp_path, lines(PLAYS, *good_rows, *["2024-02-19,u,t,-1"] * bad))
    assert result.verdict == verdict
    assert (result.refusal.code if result.refusal else None) == code
    assert result.rows_in == result.loaded + result.quarantined + result.deduplicated == 100


def test_quarantine_keeps_file_line_column_rule_and_original_text(tmp_path):
    rows = [f"2024-02-19;u{number};t;1" for number in range(40)]
    content = lines(PLAYS.replace(",", ";"), *rows[:20], "", '"2024-02-19";u;t;-1', *rows[20:])
    result = staged(tmp_path, content)
    assert list(read_quarantine(result.quarantine)) == [
        {
            "file": "f.csv",
            "line": 23,
            "column": "plays",
            "rule": "E_PLAYS_NEGATIVE",
            "text": '"2024-02-19";u;t;-1',
        }
    ]
