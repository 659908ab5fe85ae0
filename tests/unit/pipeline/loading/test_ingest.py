"""Files reach the lake whole or not at all, once, and later ones take the place they are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.errors import BusyError
from rekomenda.pipeline.bootstrap import House, open_house
from rekomenda.pipeline.loading.ingest import ingest
from rekomenda.pipeline.loading.report import IngestReport
from rekomenda.pipeline.loading.words import lines_of
from rekomenda.settings import IngestSettings
from rekomenda.storage.lease import Holder, hold
from rekomenda.telemetry.progress import Silent

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)
PLAYS = "id_date,user_id,id_tracks,plays"
LOG = "played_at,user_id,id_tracks"


@pytest.fixture
def house(tmp_path) -> House:
    return open_house(tmp_path / "home")


@pytest.fixture
def write(tmp_path):
    """Write an input file; the same name in another folder is the same input."""

    def write_file(name, header, *rows, folder="in"):
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    return write_file


def load(house: House, *paths, now=NOW, **settings) -> IngestReport:
    return ingest(house, paths, IngestSettings(**settings), now=now, progress=Silent())


def held(house: House, table: str = "plays") -> list[tuple]:
    """Return what the lake holds of a table: for plays (day, user, track, plays)."""
    parts = house.lake.parts(table)
    rows = pa.concat_tables([pq.read_table(part.path) for part in parts]) if parts else None
    columns = ["day", "user_id", "track_id", "plays"] if table == "plays" else None
    return (
        []
        if rows is None
        else sorted(tuple(row.values()) for row in rows.select(columns).to_pylist())
        if columns
        else rows.to_pylist()
    )


def day(number: int) -> date:
    return date(2024, 2, number)


def test_every_good_file_of_a_command_appears_in_one_commit(house, write):
    report = load(
        house,
        write("plays.csv", PLAYS, "2024-02-19,007,t1,3", "2024-02-20,u,t2,1"),
        write("tracks.csv", "id_artist,id_tracks,id_genre", "a,t1,g"),
        write("broken.csv", "id_date,user_id,plays", "x,y,z"),
    )
    snapshot = house.lake.snapshot()
    assert snapshot.number == 1
    assert held(house) == [(day(19), "007", "t1", 3), (day(20), "u", "t2", 1)]
    assert held(house, "tracks")[0]["genre_id"] == "g"
    assert report.exit_code == 65
    verdicts = {record.name: (record.verdict, record.code) for record in snapshot.inputs}
    assert verdicts == {
        "plays.csv": ("loaded", None),
        "tracks.csv": ("loaded", None),
        "broken.csv": ("rejected", "E_COLUMN_MISSING"),
    }


def test_r2_the_same_command_again_changes_nothing(house, write):
    paths = [
        write("plays.csv", PLAYS, "2024-02-19,u,t1,3"),
        write("bad.csv", PLAYS, *["2024-02-19,u,t1,-3"] * 3),
    ]
    load(house, *paths)
    before = house.lake.snapshot()
    again = load(house, *paths, now=NOW + timedelta(days=1))
    assert house.lake.snapshot() == before
    assert again.files[0].record.verdict == "rejected"


def test_b23_the_same_content_under_another_name_is_already_loaded(house, write):
    rows = ["2024-02-19,u,t1,3", "2024-02-19,u,t1,4"]
    load(house, write("plays-01.csv", PLAYS, *rows))
    report = load(house, write("plays-02.csv", PLAYS, *rows), now=NOW + timedelta(days=3))
    answer = report.files[0].to_json()
    assert (answer["verdict"], answer["code"]) == ("loaded", "E_ALREADY_LOADED")
    assert (answer["rows_in"], answer["loaded"], answer["deduplicated"]) == (2, 0, 2)
    assert answer["known_as"]["file"] == "plays-01.csv"
    assert list(lines_of(report, "pt-BR")) == [
        "plays-02.csv  já carregado em 12/03/2026 como plays-01.csv: 2 linhas repetidas, nada mudou"
    ]
    assert held(house) == [(day(19), "u", "t1", 7)]


def test_b23_the_same_content_twice_in_one_command_is_loaded_once(house, write):
    paths = [write(name, PLAYS, "2024-02-19,u,t1,3") for name in ("a.csv", "b.csv")]
    report = load(house, *paths)
    assert [file.record.deduplicated for file in report.files] == [0, 1]
    assert held(house) == [(day(19), "u", "t1", 3)]


def test_b24_a_new_version_replaces_only_the_days_it_covers(house, write):
    load(house, write("p.csv", PLAYS, "2024-02-18,u,t,1", "2024-02-19,u,t,1"))
    load(house, write("p.csv", PLAYS, "2024-02-19,u,t,5", "2024-02-20,u,t,5"))
    assert held(house) == [(day(18), "u", "t", 1), (day(19), "u", "t", 5), (day(20), "u", "t", 5)]


def test_b24_an_earlier_version_brought_back_is_loaded_again(house, write):
    first = ["2024-02-19,u,t,1"]
    load(house, write("p.csv", PLAYS, *first))
    load(house, write("p.csv", PLAYS, "2024-02-19,u,t,5"))
    report = load(house, write("p.csv", PLAYS, *first))
    assert report.files[0].record.loaded == 1
    assert held(house) == [(day(19), "u", "t", 1)]


def test_b24_a_new_catalogue_replaces_the_old_one_and_leaves_other_files(house, write):
    header = "id_artist,id_tracks"
    load(house, write("tracks.csv", header, "a,t1", "a,t2"), write("more.csv", header, "b,t9"))
    load(house, write("tracks.csv", header, "a,t1"))
    assert sorted(row["track_id"] for row in held(house, "tracks")) == ["t1", "t9"]


def test_b24_a_version_without_rows_replaces_nothing(house, write):
    load(house, write("tracks.csv", "id_artist,id_tracks", "a,t1"))
    report = load(house, write("tracks.csv", "id_artist,id_tracks"))
    assert report.files[0].warnings == ["E_NO_ROWS"]
    assert [row["track_id"] for row in held(house, "tracks")] == ["t1"]


@pytest.mark.parametrize(
    ("on_overlap", "verdict", "expected"),
    [
        ("hold", "held", [(18, 1), (19, 1)]),
        ("sum", "loaded", [(18, 1), (19, 1), (19, 5), (20, 5)]),
        ("replace", "loaded", [(18, 1), (19, 5), (20, 5)]),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_b24_totals_of_days_that_another_file_brought_follow_the_setting(
    house, write, *, on_overlap, verdict, expected, together
):
    a = write("a.csv", PLAYS, "2024-02-18,u,t,1", "2024-02-19,u,t,1")
    b = write("b.csv", PLAYS, "2024-02-19,u,t,5", "2024-02-20,u,t,5")
    if together:
        outcome = load(house, a, b, on_overlap=on_overlap).files[1]
    else:
        load(house, a)
        outcome = load(house, b, on_overlap=on_overlap).files[0]
    record = outcome.record
    assert record.verdict == verdict
    assert [(row[0].day, row[3]) for row in held(house)] == expected
    assert record.rows_in == record.loaded + record.quarantined + record.deduplicated == 2
    if verdict == "held":
        assert record.code == "E_OVERLAP"
        assert "--on-overlap sum" in outcome.refusal.message("pt-BR")
        assert "a.csv" in outcome.refusal.message("en")


def test_r1_rows_set_aside_stay_when_a_new_version_brings_other_days(house, write):
    good = [f"2024-02-18,u{n},t,1" for n in range(30)]
    load(house, write("p.csv", PLAYS, *good, "2024-02-18,x,t,-1"))
    load(house, write("p.csv", PLAYS, "2024-02-19,u,t,5"))
    (set_aside,) = house.lake.parts("quarantine")
    assert set_aside.rows == 1
    load(house, write("p.csv", PLAYS, *good))
    assert not house.lake.parts("quarantine")  # nothing of the version that brought it is left


def test_r1_the_same_rows_set_aside_from_two_versions_are_two_versions_rows(house, write):
    bad = "2024-02-18,x,t,-1"
    versions = [[bad, *(f"2024-02-{day},u{n},t,1" for n in range(30))] for day in (18, 19, 18)]
    versions[2] = versions[2][:-1]
    for rows in versions[:2]:
        load(house, write("p.csv", PLAYS, *rows))
    assert len(house.lake.parts("quarantine")) == 2
    load(house, write("p.csv", PLAYS, *versions[2]))
    load(house, write("p.csv", PLAYS, *versions[0]))
    assert len(house.lake.parts("quarantine")) == 2


def test_r2_a_file_that_was_partly_replaced_and_comes_again_stays_what_it_is(house, write):
    a = write("a.csv", PLAYS, "2024-02-18,u,t,1", "2024-02-19,u,t,1")
    b = write("b.csv", PLAYS, "2024-02-19,u,t,5")
    load(house, a)
    load(house, b, on_overlap="replace")
    before = house.lake.snapshot()
    assert load(house, a, b).exit_code == 4  # its other day is b.csv's
    assert house.lake.snapshot() == before


def test_r1_replacing_totals_leaves_the_logs_that_they_stand_beside(house, write):
    ten, eleven = (f"2024-02-18 {hour}:00:00,u,t" for hour in (10, 11))
    load(house, write("log.csv", LOG, ten, eleven), write("tot.csv", PLAYS, "2024-02-19,u,t,5"))
    more = write("more.csv", LOG, ten, "2024-02-18 12:00:00,u,t", "2024-02-19 10:00:00,u,t")
    record = load(house, more, on_overlap="replace").files[0].record
    assert (record.loaded, record.deduplicated) == (3, 0)
    assert [(row[0].day, row[3]) for row in held(house)] == [(18, 1)] * 4 + [(19, 1)]


def test_b53_each_of_two_logs_that_overlap_is_kept_whole(house, write):
    ten, eleven, noon = (f"2024-02-19 {hour}:00:00,u,t" for hour in (10, 11, 12))
    load(house, write("a.csv", LOG, ten, eleven))
    report = load(house, write("b.csv", LOG, eleven, noon))
    record = report.files[0].record
    assert (record.rows_in, record.loaded, record.deduplicated) == (2, 2, 0)
    assert len(held(house)) == 4


def test_b53_a_new_version_of_a_log_is_not_compared_with_its_old_one(house, write):
    ten, eleven = (f"2024-02-19 {hour}:00:00,u,t" for hour in (10, 11))
    load(house, write("a.csv", LOG, ten))
    report = load(house, write("a.csv", LOG, ten, eleven))
    assert report.files[0].record.loaded == 2
    assert len(held(house)) == 2


def test_totals_of_days_that_a_log_covers_are_held_too(house, write):
    load(house, write("log.csv", LOG, "2024-02-19 10:00:00,u,t"))
    report = load(house, write("totals.csv", PLAYS, "2024-02-19,u,t,1"))
    assert report.files[0].record.code == "E_OVERLAP"


def test_b28_rows_of_other_days_than_their_folder_are_loaded_and_counted(house, write, tmp_path):
    write("dia=2024-02-19/df_transactional.csv", PLAYS, "2023-01-05,u,t,1", "2024-02-19,u,t,1")
    report = load(house, tmp_path / "in")
    answer = report.files[0].to_json()
    assert answer["file"] == "dia=2024-02-19/df_transactional.csv"
    assert (answer["loaded"], answer["rows_of_other_days"]) == (2, 1)
    assert "E_OTHER_DAYS" in answer["warnings"]


def test_b49_plays_of_unknown_tracks_are_kept_and_counted(house, write):
    report = load(
        house,
        write("plays.csv", PLAYS, "2024-02-19,u,t1,3", "2024-02-19,v,t2,4", "2024-02-20,v,t2,1"),
        write("tracks.csv", "id_artist,id_tracks", "a,t1"),
    )
    assert len(held(house)) == 3
    assert report.files[0].to_json()["unmatched"] == {"plays": 5, "tracks": 1}


def test_a_held_file_is_loaded_once_its_question_is_answered(house, write):
    path = write("plays.csv", PLAYS, "05/02/2024,u,t,1")
    assert load(house, path).exit_code == 4
    assert load(house, path, date_format="dmy").exit_code == 0
    assert held(house) == [(day(5), "u", "t", 1)]
    assert [record.verdict for record in house.lake.snapshot().inputs] == ["loaded"]
    assert not house.lake.parts("quarantine")


def test_nothing_is_left_in_staging(house, write):
    load(house, write("a.csv", PLAYS, "2024-02-19,u,t,1"), write("b.csv", "x", "y"))
    assert list((house.home / "staging").iterdir()) == []


def test_r6_a_second_writer_leaves_at_once(house, write):
    path = write("a.csv", PLAYS, "2024-02-19,u,t,1")
    with hold(house.home, Holder.here("test", NOW)), pytest.raises(BusyError):
        load(house, path)


def test_the_screen_shows_the_numbers_of_the_json(house, write):
    rows = [f"{number % 28 + 1:02d}/02/2024;u{number};t;3" for number in range(60)]
    path = write(
        "plays.csv",
        PLAYS.replace(",", ";") + ";app",
        *(f"{row};x" for row in rows),
        "19/02/2024;u;t;;x",
        "31/04/2024;u;t;1;x",
        f"{rows[0]};x",
    )
    report = load(house, path)
    assert list(lines_of(report, "pt-BR")) == [
        "plays.csv  lido como UTF-8, separador ';' (Excel em português), datas dd/mm/aaaa",
        "  63 linhas = 61 carregadas + 0 repetidas + 2 em quarentena (3,17%)",
        "  1 das carregadas foi somada a outra linha do mesmo ouvinte, faixa e dia",
        "  2 em quarentena: 1 data inválida | 1 plays ausente",
        "  183 plays de 1 faixa ainda sem artista no catálogo (mantidos)",
        "  colunas não usadas: app",
        "  veja: rekomenda quarantine show plays.csv    corrija: acrescente --out fix.csv, edite, e "
        "rode rekomenda quarantine retry plays.csv fix.csv",
    ]
    answer = report.files[0].to_json()
    counts = ("rows_in", "loaded", "merged", "quarantined", "deduplicated")
    assert [answer[name] for name in counts] == [63, 61, 1, 2, 0]
    assert answer["unmatched"] == {"plays": 183, "tracks": 1}


def test_b10_text_that_was_encoded_twice_is_told_kept_and_mended_where_asked(house, write):
    path = write(
        "artists.csv", "id_artist,nome", "a1,ForrÃ³ â€œpÃ©â€\x9d de serra", "a2,CÂMARA", "a3,x"
    )
    (file,) = load(house, path).files
    assert file.warnings == ["E_TEXT_TWICE_ENCODED"]
    assert file.record.facts["twice_encoded"]["rows"] == 1
    told = "\n".join(lines_of(IngestReport((file,)), "en"))
    assert "1 row holds text that was encoded twice" in told
    assert "was 'Forró “pé” de serra'" in told
    assert held(house, "artists")[0]["name"].startswith("ForrÃ³")

    (file,) = load(house, path, repair_encoding=True).files  # the same file, read again
    assert (file.record.verdict, file.warnings) == ("loaded", [])
    assert [row["name"] for row in held(house, "artists")] == ["Forró “pé” de serra", "CÂMARA", "x"]
    (file,) = load(house, path, repair_encoding=True).files
    assert file.known_as is not None


def test_b10_an_example_never_names_a_listener(house, write):
    """Facts of a file are kept for good, and a listener may be forgotten."""
    (file,) = load(house, write("plays.csv", PLAYS, "2024-02-19,JosÃ©,t1,3")).files
    assert file.record.facts["twice_encoded"] == {"rows": 1, "example": "", "mended": False}


def of_a_day(write, number: int, ids: str, header: str = PLAYS, more: str = ""):
    """Write an export of plays whose listeners' ids look so."""
    rows = [f"2024-{number:02d}-01,{ids.format(n=n)},t{n},1{more}" for n in range(30)]
    return write(f"plays-2024-{number:02d}.csv", header, *rows)


def test_b26_new_and_missing_columns_are_named(house, write):
    load(house, of_a_day(write, 1, "u{n}", f"{PLAYS},app", ",web"))
    (file,) = load(house, of_a_day(write, 2, "u{n}", f"{PLAYS},device", ",phone")).files
    assert file.warnings == ["E_COLUMNS_CHANGED"]
    told = list(lines_of(IngestReport((file,)), "en"))
    assert "  new since plays-2024-01.csv: device" in told
    assert "  gone since plays-2024-01.csv: app" in told
    (file,) = load(house, of_a_day(write, 3, "u{n}", f"{PLAYS},device", ",phone")).files
    assert file.warnings == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("{n}", "u{n}"), ("u{n}", "00{n}"), ("{n}", "{n:08x}-0000-0000-0000-{n:012x}")],
)
def test_b26_ids_that_become_others_hold_the_file_until_somebody_says_so(
    house, write, before, after
):
    load(house, of_a_day(write, 1, before))
    (file,) = load(house, of_a_day(write, 2, after)).files
    assert (file.record.verdict, file.record.code) == ("held", "E_SCHEMA_CHANGED")
    assert file.record.quarantined == file.record.rows_in == 30
    for language in ("en", "pt-BR"):
        assert "'user_id'" in file.refusal.message(language)
        assert "plays-2024-01.csv" in file.refusal.message(language)
    (file,) = load(house, of_a_day(write, 2, after), on_schema_change="accept").files
    assert (file.record.loaded, file.warnings) == (30, ["E_COLUMNS_CHANGED"])


def test_b26_other_kinds_of_file_and_mixed_or_few_ids_are_not_compared(house, write):
    load(house, of_a_day(write, 1, "{n}"))
    mixed = [f"2024-03-01,{n if n % 2 else f'u{n}'},t{n},1" for n in range(30)]
    few = [f"2024-04-01,u{n},t{n},1" for n in range(19)]
    other = [f"2024-05-01,u{n},t{n},1" for n in range(30)]
    report = load(
        house,
        write("plays-2024-03.csv", PLAYS, *mixed),
        write("plays-2024-04.csv", PLAYS, *few),
        write("app.csv", PLAYS, *other),
    )
    assert [file.record.verdict for file in report.files] == ["loaded"] * 3


@pytest.mark.parametrize(
    ("bad", "verdict", "code"),
    [
        (0, "loaded", None),
        (1, "loaded", None),
        (5, "loaded", None),  # 5 % is not over 5 %
        (6, "held", "E_TOO_MANY_BAD_ROWS"),
        (25, "held", "E_TOO_MANY_BAD_ROWS"),  # 25 % is not over 25 %
        (26, "rejected", "E_WRONG_FORMAT"),
    ],
)
def test_a_file_is_warned_of_held_or_rejected_by_its_share_of_bad_rows(
    house, write, bad, verdict, code
):
    of = 100
    rows = [f"2024-02-{n % 28 + 1:02d},u{n},t,{-1 if n < bad else 1}" for n in range(of)]
    path = write("plays.csv", PLAYS, *rows)
    (file,) = load(house, path).files
    assert (file.record.verdict, file.record.code) == (verdict, code)
    assert file.record.quarantined == (bad if verdict == "loaded" else of)
    warned = ["E_ROWS_QUARANTINED"] if bad and verdict == "loaded" else []
    assert file.warnings == warned

    accepted = open_house(house.home.parent / "accepting")
    (file,) = load(accepted, path, accept_quarantine=True).files
    assert file.record.verdict == ("rejected" if verdict == "rejected" else "loaded")
    wider = open_house(house.home.parent / "wider")
    (file,) = load(wider, path, max_quarantine_ratio=0.3, reject_ratio=0.3).files
    assert (file.record.loaded, file.record.quarantined) == (of - bad, bad)
