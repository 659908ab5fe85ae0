"""The door: languages, errors as words and exit codes, options anywhere."""

import errno
import io
import json
import os
import sys
from pathlib import Path

import pytest

from rekomenda.cli.door import language_of_call
from rekomenda.cli.main import run
from rekomenda.errors import BusyError


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("REKOMENDA_LANG", raising=False)
    monkeypatch.setenv("REKOMENDA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_the_option_wins_over_the_environment_and_that_over_the_locale():
    assert language_of_call(["status"], {"LANG": "pt_BR.UTF-8"}) == "pt-BR"
    assert language_of_call(["status"], {"LANG": "pt_BR.UTF-8", "REKOMENDA_LANG": "en"}) == "en"
    assert language_of_call(["--lang=pt-br", "status"], {"REKOMENDA_LANG": "en"}) == "pt-BR"
    assert language_of_call(["status", "--lang", "en"], {"LANG": "pt_BR.UTF-8"}) == "en"
    assert language_of_call([], {"LC_ALL": "C", "LANG": "pt_BR.UTF-8"}) == "en"


def test_a_mistyped_command_is_answered_with_the_one_meant(capsys):
    assert run(["recomend", "u1"]) == 2
    assert "Did you mean recommend?" in capsys.readouterr().err


def test_a_mistyped_option_is_answered_in_portuguese(capsys):
    assert run(["--lang", "pt-BR", "status", "--jsn"]) == 2
    assert "Não existe a opção --jsn. Você quis dizer --json?" in capsys.readouterr().err


def test_a_value_that_is_not_a_choice_is_answered_with_the_choices(capsys):
    assert run(["--lang", "klingon", "status"]) == 2
    assert "It takes one of pt-BR, en." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "--as-of", "2024-13-01"], "as_of: valor não aceito. Aceita um dia, AAAA-MM-DD."),
        (["demo", "--listeners", "abc"], "listeners: valor não aceito. Aceita um número inteiro."),
        (
            ["recommend", "u", "--n", "0"],
            "n: valor não aceito. Aceita um número inteiro de 1 a 1.000.",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_answered_in_portuguese(arguments, expected, capsys):
    assert run(["--lang", "pt-BR", *arguments]) == 2
    assert expected in capsys.readouterr().err


def test_global_options_may_stand_on_either_side_of_the_command(capsys):
    assert run(["--json", "config"]) == 0
    before = capsys.readouterr().out
    assert run(["config", "--json"]) == 0
    assert json.loads(before) == json.loads(capsys.readouterr().out)


def test_an_unknown_setting_in_the_environment_leaves_with_78(capsys, monkeypatch):
    monkeypatch.setenv("REKOMENDA_MODEL__SEDE", "1")
    assert run(["config"]) == 78
    error = capsys.readouterr().err
    assert "REKOMENDA_MODEL__SEDE" in error
    assert "model.seed" in error


def test_an_unexpected_error_is_words_and_not_a_traceback(capsys, monkeypatch):
    from rekomenda.cli.door import Door

    def broken(self, flags=None):
        raise ZeroDivisionError("seven by nothing")

    monkeypatch.setattr(Door, "settings", broken)
    assert run(["config"]) == 1
    error = capsys.readouterr().err
    assert "ZeroDivisionError: seven by nothing" in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (errno.EACCES, 77, "Sem permissão para ler p.csv"),
        (errno.ENOTDIR, 74, "p.csv: não é uma pasta"),
    ],
)
def test_what_the_system_refuses_is_named(capsys, monkeypatch, number, code, words):
    from rekomenda.cli.door import Door

    def refused(self, flags=None):
        raise OSError(number, os.strerror(number), "p.csv")

    monkeypatch.setattr(Door, "settings", refused)
    assert run(["--lang", "pt-BR", "config"]) == code
    assert words in capsys.readouterr().err


def test_an_empty_home_variable_is_none(monkeypatch):
    from rekomenda.cli.door import DEFAULT_HOME, Door

    monkeypatch.setenv("REKOMENDA_HOME", "")
    assert Door(language="en").home == Path(DEFAULT_HOME)


def test_letters_that_the_output_cannot_show_are_no_error(monkeypatch):
    told = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(told, "ascii"))
    assert run(["--lang", "pt-BR", "status"]) == 0
    sys.stdout.flush()
    assert b"Fa?a uma" in told.getvalue()


def test_a_catalogue_without_plays_is_not_an_empty_lake(capsys, tmp_path):
    (tmp_path / "tracks.csv").write_text("id_artist,id_tracks\na,t1\na,t2\n")
    (tmp_path / "bad.csv").write_text("x,y\n1,2\n")
    assert run(["ingest", "tracks.csv", "bad.csv"]) == 65
    capsys.readouterr()
    assert run(["status"]) == 0
    shown = capsys.readouterr().out
    assert "2 rows of 1 file, no plays among them" in shown
    assert "1 file was held or rejected" in shown


def test_an_error_is_json_where_json_was_asked_for(capsys, monkeypatch):
    from rekomenda.cli.door import Door

    def busy(self, flags=None):
        raise BusyError(holder="pid 7", home="h")

    monkeypatch.setattr(Door, "settings", busy)
    assert run(["config", "--json"]) == 75
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"]["code"] == "E_BUSY"
    assert answer["error"]["retryable"] is True
