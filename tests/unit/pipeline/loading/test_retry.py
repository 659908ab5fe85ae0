"""Rows that were set aside are corrected, or read otherwise, and loaded once and only once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rekomenda.data.fixes import read_fixes
from rekomenda.errors import (
    FixesUnreadableError,
    NotInQuarantineError,
    RetryNotLoadedError,
    RetryOverlapError,
)
from rekomenda.pipeline.bootstrap import House, open_house
from rekomenda.pipeline.loading.ingest import ingest
from rekomenda.pipeline.loading.quarantine import fixes_of
from rekomenda.pipeline.loading.retry import RetryReport, retry
from rekomenda.pipeline.loading.retry_words import lines_of_retry
from rekomenda.settings import IngestSettings
from rekomenda.storage.snapshots import QUARANTINE
from rekomenda.telemetry.progress import Silent

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)
PLAYS = "id_date,user_id,id_tracks,plays"
GOOD = [f"2024-02-{day:02d},u{day % 5},t{day % 3},2" for day in range(1, 25)]


@pytest.fixture
def house(tmp_path) -> House:
    return open_house(tmp_path / "home")


def write(folder: Path, name: str, header: str, *rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def load(house: House, *paths: Path, **settings) -> None:
    settings = {"max_quarantine_ratio": 1.0, "reject_ratio": 1.0, **settings}
    report = ingest(house, paths, IngestSettings(**settings), now=NOW, progress=Silent())
    assert report.exit_code == 0, [file.refusal for file in report.files]


def again(house: House, name: str, fixes: Path | None = None, **settings) -> RetryReport:
    return retry(house, name, fixes, IngestSettings(**settings), now=NOW)


def corrected(house: House, name: str, path: Path, *changes: tuple[str, str]) -> Path:
    """Write a file's set-aside rows and correct them as a person would: in place."""
    text = fixes_of(house.lake.snapshot(), name)[0].decode("utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, newline="")
    return path


def accounts(house: House) -> dict[str, tuple[int, ...]]:
    records = house.lake.snapshot().inputs
    for r in records:
        assert r.rows_in == r.loaded + r.quarantined + r.deduplicated + r.erased
        assert sum(r.reasons.values()) == r.quarantined
    return {r.name: (r.loaded, r.merged, r.quarantined, r.deduplicated) for r in records}


def parts(house: House) -> set[tuple[str, str, str]]:
    """Return the rows of the lake but for quarantine, as hashes of its parts."""
    held = house.lake.snapshot().parts
    house.lake.verify()
    return {(p.table, str(p.day), p.sha256) for p in held if p.table != QUARANTINE}


WORLDS = {
    "totals": (
        "plays.csv",
        PLAYS,
        [*GOOD, "2024-02-30,u1,t1,3", "2024-02-03,u3,t0,n/d", "2024-03-01,u1,t1,-1"],
        [("2024-02-30", "2024-02-29"), ("n/d", "5"), (",-1", ",1")],
    ),
    "single plays": (
        "log.csv",
        "data_hora,user_id,id_tracks",
        [
            *(f"2024-02-{day:02d} 10:00:00,u{day % 5},t{day % 3}" for day in range(1, 25)),
            "2024-02-31 10:00:00,u1,t1",
            "2024-02-30 10:00:00,u1,t1",
        ],
        [("2024-02-31", "2024-02-29"), ("2024-02-30 10:00:00,u1,t1", "2024-02-01 10:00:00,u1,t1")],
    ),
    "tracks": (
        "tracks.csv",
        "id_artist,id_tracks,id_genre",
        ["a1,t1,g1", ",t1,g2", *(f"a{n % 3},t{n},g" for n in range(2, 25)), "a2,t3,x,y"],
        [(",,t1,g2", ",a2,t1,g2"), ("a2,t3,x,y", "a2,t3,x")],
    ),
    "already joined": (
        "joined.csv",
        "id_date,user_id,id_tracks,plays,id_artist,id_genre",
        [
            *(f"2024-02-{d:02d},u{d % 5},t{d % 3},2,a{d % 3},g" for d in range(1, 25)),
            "2024-02-02,u9,t9,n/d,a9,g9",
        ],
        [("n/d", "4")],
    ),
}


@pytest.mark.parametrize("world", WORLDS)
def test_rows_that_were_corrected_are_as_if_they_had_been_right_from_the_start(
    world, house, tmp_path
):
    name, header, rows, changes = WORLDS[world]
    load(house, write(tmp_path / "in", name, header, *rows))
    set_aside = house.lake.snapshot().inputs[0].quarantined
    fixes = corrected(house, name, tmp_path / "fix.csv", *changes)
    report = again(house, name, fixes)
    assert (report.tried, report.wrong, report.left) == (set_aside, (), 0)

    right = "\n".join([header, *rows]) + "\n"
    for line, fields in read_fixes(fixes, house.lake.snapshot().inputs[0].input_id).items():
        right = right.replace(([header, *rows])[line - 1] + "\n", ",".join(fields) + "\n")
    (tmp_path / "right").mkdir()
    (tmp_path / "right" / name).write_text(right)
    other = open_house(tmp_path / "other")
    load(other, tmp_path / "right" / name)
    assert accounts(house) == accounts(other)
    assert parts(house) == parts(other)


def test_doing_it_again_changes_nothing(house, tmp_path):
    load(house, write(tmp_path, "plays.csv", PLAYS, *GOOD, "2024-02-30,u1,t1,3", "x,u1,t1,3"))
    fixes = corrected(house, "plays.csv", tmp_path / "fix.csv", ("2024-02-30", "2024-02-29"))
    assert again(house, "plays.csv", fixes).loaded == 1
    after = house.lake.snapshot()
    assert again(house, "plays.csv", fixes).again
    assert again(house, "plays.csv").loaded == 0
    fixes.write_text(fixes.read_text().replace("x,u1", "2024-02-28,u1"))  # the rest of it, later
    report = again(house, "plays.csv", fixes)
    assert (report.loaded, report.unknown) == (1, 1)
    assert house.lake.snapshot().number == after.number + 1
    assert accounts(house) == {"plays.csv": (26, 0, 0, 0)}
    assert again(house, "plays.csv", fixes).again
    assert (again(house, "plays.csv").tried, again(house, "plays.csv").left) == (0, 0)


def test_what_was_not_corrected_stays_as_it_was(house, tmp_path):
    bad = ["2024-02-30,u1,t1,3", '2024-02-28,u1,"t1,3', "2024-02-28,u2,t2,3"]
    load(house, write(tmp_path, "plays.csv", PLAYS, *GOOD, *bad))
    before = house.lake.snapshot()
    fixes = corrected(house, "plays.csv", tmp_path / "fix.csv")
    report = again(house, "plays.csv", fixes)
    assert (report.tried, report.loaded, report.left) == (1, 0, 2)
    assert [row["rule"] for row in report.wrong] == ["E_DATE_INVALID"]
    kept = fixes.read_text().replace('"""t1"', "t1").splitlines()[:-1]
    fixes.write_text("\n".join(kept))
    report = again(house, "plays.csv", fixes)  # the quote mended, the last row taken out
    assert (report.tried, report.loaded, report.left) == (2, 1, 1)
    assert accounts(house) == {"plays.csv": (25, 0, 2, 0)}
    assert before.inputs[0].reasons == {"E_DATE_INVALID": 1, "E_QUOTE_UNCLOSED": 2}
    assert house.lake.snapshot().inputs[0].reasons == {"E_DATE_INVALID": 1, "E_QUOTE_UNCLOSED": 1}


def test_without_corrections_rows_are_read_as_the_settings_say_now(house, tmp_path):
    load(house, write(tmp_path, "plays.csv", PLAYS, *GOOD, "45345,u1,t1,3", "2024-02-30,u1,t1,3"))
    assert again(house, "plays.csv").loaded == 0
    report = again(house, "plays.csv", date_format="excel")
    assert (report.loaded, [row["line"] for row in report.wrong]) == (1, [27])
    assert accounts(house) == {"plays.csv": (25, 0, 1, 0)}
    assert any(str(day) == "2024-02-23" for day in house.lake.snapshot().inputs[0].days)


def test_a_spreadsheet_may_save_the_corrections_in_its_own_way(house, tmp_path):
    """Windows-1252, CRLF, rows filled up with empty fields; what looks like a formula came escaped."""
    header = "data;ouvinte;faixa;plays"
    rows = [f"{day}/02/2024;u{day};t1;2" for day in range(1, 25)]
    load(house, write(tmp_path, "p.csv", header, *rows, "30/02/2024;=joão();t1;2", "2/2/2024;u2"))
    text = fixes_of(house.lake.snapshot(), "p.csv")[0].decode("utf-8-sig")
    assert ";'=joão();" in text
    lines = [line + ";" * (6 - line.count(";")) for line in text.splitlines()]
    saved = "\r\n".join(lines).replace("30/02", "29/02").replace("u2;;", "u2;t1;7")
    (tmp_path / "fix.csv").write_bytes((saved + "\r\n").encode("cp1252"))
    assert again(house, "p.csv", tmp_path / "fix.csv").loaded == 2
    assert accounts(house) == {"p.csv": (26, 1, 0, 0)}


def test_an_old_catalogue_that_is_corrected_does_not_outrank_a_newer_one(house, tmp_path):
    header = "id_artist,id_tracks"
    many = [f"a,t{n}" for n in range(30)]
    load(house, write(tmp_path, "old.csv", header, *many, "old,x,y"))
    load(house, write(tmp_path, "new.csv", header, *many, "new,x"))
    again(house, "old.csv", corrected(house, "old.csv", tmp_path / "fix.csv", ("old,x,y", "old,x")))
    assert [record.name for record in house.lake.snapshot().inputs] == ["old.csv", "new.csv"]


def test_corrections_of_another_file_are_refused(house, tmp_path):
    bad = "2024-02-30,u1,t1,3"
    load(house, write(tmp_path, "a.csv", PLAYS, *GOOD, bad))
    later = [row.replace("2024", "2025") for row in GOOD]
    load(house, write(tmp_path, "b.csv", PLAYS, *later, bad))
    fixes = corrected(house, "a.csv", tmp_path / "fix.csv", ("2024-02-30", "2024-02-29"))
    with pytest.raises(FixesUnreadableError):
        again(house, "b.csv", fixes)
    with pytest.raises(FixesUnreadableError):
        again(house, "a.csv", write(tmp_path, "plain.csv", PLAYS, "2024-02-29,u1,t1,3"))
    with pytest.raises(NotInQuarantineError):
        again(house, "c.csv", fixes)


def test_bad_rows_of_a_file_that_is_held_are_not_loaded_by_themselves(house, tmp_path):
    path = write(tmp_path, "plays.csv", PLAYS, *GOOD, "2024-02-30,u1,t1,3", "2024-02-30,u2,t1,3")
    ingest(house, [path], IngestSettings(), now=NOW, progress=Silent())
    fixes = corrected(house, "plays.csv", tmp_path / "fix.csv", ("2024-02-30", "2024-02-29"))
    with pytest.raises(RetryNotLoadedError):
        again(house, "plays.csv", fixes)
    load(house, path, accept_quarantine=True)
    assert again(house, "plays.csv", fixes).loaded == 2


def test_days_that_only_other_files_brought_are_asked_about(house, tmp_path):
    load(house, write(tmp_path, "feb.csv", PLAYS, *GOOD, "2024-02-30,u1,t1,3"))
    load(house, write(tmp_path, "march.csv", PLAYS, "2024-03-01,u1,t1,3"))
    fixes = corrected(house, "feb.csv", tmp_path / "fix.csv", ("2024-02-30", "2024-03-01"))
    before = house.lake.snapshot()
    with pytest.raises(RetryOverlapError, match=r"march\.csv"):
        again(house, "feb.csv", fixes)
    assert house.lake.snapshot() == before
    assert again(house, "feb.csv", fixes, on_overlap="sum").loaded == 1


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_the_screen_adds_up_in_both_languages(house, tmp_path, language):
    load(house, write(tmp_path, "plays.csv", PLAYS, *GOOD, "2024-02-30,u1,t1,3", "x,u1,t1,3"))
    fixes = corrected(house, "plays.csv", tmp_path / "fix.csv", ("2024-02-30", "2024-02-29"))
    screen = list(lines_of_retry(again(house, "plays.csv", fixes), language))
    words = {
        "en": (
            "2 rows checked again = 1 loaded",
            "line 27, id_date: not a date",
            "26 rows = 25 loaded",
        ),
        "pt-BR": (
            "2 linhas conferidas de novo = 1",
            "linha 27, id_date: data inv",
            "26 linhas = 25 carre",
        ),
    }
    for line, expected in zip(screen, words[language], strict=True):
        assert expected in line
