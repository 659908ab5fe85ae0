"""`rekomenda generate` from the command line."""

from __future__ import annotations

import json

import pytest

from rekomenda.cli.main import run

TINY = ["--listeners", "30", "--tracks", "40", "--artists", "12", "--days", "9"]


def test_it_writes_the_files_and_says_where(tmp_path, capsys):
    out = tmp_path / "mundo"
    assert run(["--lang", "pt-BR", "generate", "--out", str(out), *TINY]) == 0
    assert (out / "plays.csv").exists()
    printed = capsys.readouterr().out
    assert "30 ouvintes, 40 faixas" in printed
    assert f"rekomenda ingest {out}" in printed


def test_json_names_every_file_and_the_spec(tmp_path, capsys):
    arguments = ["generate", "--out", str(tmp_path / "w"), *TINY, "--seed", "4", "--plays", "333"]
    assert run([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["files"]) == 8
    assert answer["files"][0] == str(tmp_path / "w" / "plays.csv")
    assert (answer["spec"]["seed"], answer["spec"]["plays"]) == (4, 333)
    lines = (tmp_path / "w" / "plays.csv").read_text().splitlines()
    assert answer["rows"] == len(lines) - 1
    assert answer["plays"] == sum(int(line.rsplit(",", 1)[1]) for line in lines[1:])


@pytest.mark.parametrize("last", ["2000-01-01", "2024-03-03", "2100-12-31"])
def test_a_world_ends_on_the_day_that_was_asked_for(tmp_path, last):
    assert run(["generate", "--out", str(tmp_path / "w"), *TINY, "--last-day", last]) == 0
    lines = (tmp_path / "w" / "plays.csv").read_text().splitlines()[1:]
    days = sorted({line.partition(",")[0] for line in lines})
    assert (len(days), days[-1]) == (9, last)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--artists", "41", "--tracks", "40"], "E_WORLD_SIZE", "artists = 41"),
        (["--shape", "original", "--plays", "9"], "E_WORLD_SIZE", "plays = 9"),
        (["--last-day", "1999-12-31"], "E_WORLD_DAY", "1999-12-31"),
        (["--last-day", "2101-01-01"], "E_WORLD_DAY", "2100-12-31"),
    ],
)
def test_impossible_sizes_leave_with_code_two_and_nothing_written(
    tmp_path, capsys, arguments, code, words
):
    out = tmp_path / "never"
    assert run(["generate", "--out", str(out), *arguments, "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"]["code"] == code
    assert words in answer["error"]["message"]
    assert not out.exists()


def test_somebody_elses_folder_is_refused_before_the_work(tmp_path, capsys):
    (tmp_path / "thesis.docx").write_text("mine")
    assert run(["generate", "--out", str(tmp_path)]) == 2
    assert "thesis.docx" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]
