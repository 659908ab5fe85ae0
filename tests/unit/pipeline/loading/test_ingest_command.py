"""`rekomenda ingest` as its users meet it: exit codes, JSON, both languages, no traceback."""

from __future__ import annotations

import json
import tomllib

import pytest

from rekomenda.cli.main import run
from support.bad_input import CASES, Case, good, plays

FLAGS = {
    "locale": lambda value: ["--locale", value],
    "date_format": lambda value: ["--date-format", value],
    "names": lambda value: ["--columns", ",".join(value)],
    "repair_encoding": lambda _: ["--repair-encoding"],
    "columns": lambda value: [
        word for ours, yours in value.items() for word in ("--map", f"{ours}={yours}")
    ],
}
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@pytest.fixture
def rekomenda(tmp_path, monkeypatch, capsys):
    """Run a command line in an empty folder: (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        code = run(["--home", "home", *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def flags_of(case: Case) -> list[str]:
    return [word for name, value in case.options.items() for word in FLAGS[name](value)]


@every_case
def test_the_catalogue_holds_on_the_command_line(case, rekomenda, tmp_path):
    (tmp_path / case.file).write_bytes(case.content)
    code, out, err = rekomenda("ingest", case.file, "--json", *flags_of(case))
    (answer,) = json.loads(out)["files"]
    assert code == case.exit_code
    assert (answer["file"], answer["verdict"], answer["code"]) == (
        case.file,
        case.verdict,
        case.code,
    )
    names = ("rows_in", "loaded", "merged", "quarantined", "deduplicated")
    assert [answer[name] for name in names] == [getattr(case, name) for name in names]
    assert answer["reasons"] == dict(case.reasons)
    assert "Traceback" not in err


@pytest.mark.parametrize(("language", "word"), [("en", "Held"), ("pt-BR", "Retido")])
def test_a_held_file_is_told_in_the_language_of_the_call(rekomenda, tmp_path, language, word):
    (tmp_path / "plays.csv").write_bytes(plays("2024-02-19,u1,t1,1.234"))
    code, out, _ = rekomenda("ingest", "plays.csv", "--lang", language)
    assert code == 4
    assert out.startswith(f"{word}: plays.csv: ")
    assert "--locale pt-BR" in out


def test_quarantine_shows_the_rows_of_a_file(rekomenda, tmp_path):
    (tmp_path / "plays.csv").write_bytes(plays("2024-02-19,u\x1b[31m1,t1,-3"))
    rekomenda("ingest", "plays.csv")
    assert rekomenda("quarantine", "show", "plays.csv")[1] == (
        "62\tuser_id\tE_NUL\t2024-02-19,u\\x1b[31m1,t1,-3\n"
    )
    answer = json.loads(rekomenda("quarantine", "show", "plays.csv", "--json")[1])
    assert (answer["total"], answer["rows"][0]["rule"]) == (1, "E_NUL")
    files = json.loads(rekomenda("quarantine", "show", "--json")[1])["files"]
    assert [(file["file"], file["quarantined"]) for file in files] == [("plays.csv", 1)]
    code, _, err = rekomenda("quarantine", "show", "nope.csv", "--lang", "en")
    assert code == 2
    assert "plays.csv" in err


def test_a_dry_run_loads_nothing_and_saves_what_it_found(rekomenda, tmp_path):
    rows = good(separator=";")
    (tmp_path / "plays.csv").write_bytes(plays(rows=rows, header="dia;usuario;faixa;total\n"))
    code, out, _ = rekomenda("ingest", "plays.csv", "--dry-run", "--save", "mine.toml")
    saved = tomllib.loads((tmp_path / "mine.toml").read_text())
    assert code == 0
    assert tomllib.loads(out) == saved
    assert saved["ingest"]["columns"] == {
        "day": "dia",
        "user_id": "usuario",
        "track_id": "faixa",
        "plays": "total",
    }
    assert not (tmp_path / "home").exists()


def test_a_saved_mapping_is_read_as_configuration(rekomenda, tmp_path):
    (tmp_path / "plays.csv").write_bytes(plays(header="a,b,c,d\n"))
    names = ("day=a", "user_id=b", "track_id=c", "plays=d")
    maps = [word for name in names for word in ("--map", name)]
    rekomenda("ingest", "plays.csv", *maps, "--dry-run", "--save", "rekomenda.toml")
    code, out, _ = rekomenda("ingest", "plays.csv", "--json")
    assert (code, json.loads(out)["files"][0]["loaded"]) == (0, 60)


@pytest.mark.parametrize("encoding", ["rot13", "hex", "undefined", "klingon", "idna", "punycode"])
def test_what_is_no_encoding_of_this_text_is_refused_by_its_name(rekomenda, tmp_path, encoding):
    (tmp_path / "plays.csv").write_bytes(plays("2024-02-19,ação,t1,3"))
    code, out, err = rekomenda("ingest", "plays.csv", "--encoding", encoding, "--json")
    (answer,) = json.loads(out)["files"]
    assert (code, answer["code"]) == (65, "E_ENCODING")
    assert f"cannot be read as {encoding}" in out + err


@pytest.mark.parametrize("words", [["--map", "user_id"], ["nope.csv"], ["--on-overlap", "add"]])
def test_what_cannot_be_understood_is_a_usage_error(rekomenda, tmp_path, words):
    (tmp_path / "plays.csv").write_bytes(plays())
    assert rekomenda("ingest", "plays.csv", *words)[0] == 2
