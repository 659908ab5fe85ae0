"""Where each value comes from, in which line it stands, and what is not shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekomenda.cli.main import run
from rekomenda.settings import Settings, load_settings
from rekomenda.settings.lines import lines_of_keys
from rekomenda.settings.origins import DEFAULT, HIDDEN, Origin, masked, shown_settings

CROOKED = '''# [gate]
evaluate.holdout_days = 3

[model]
seed = 1
compare = [
  "popularity", # seed = 7
  "als",
]

[ model.hyperparameters."als" ]
n_factors = 8

[log] # text = """
"level" = "info"
'''
"""Comments, lists over lines, dotted keys and keys in quotes: what a search for words would get wrong."""


def test_keys_are_found_where_they_are_set():
    assert lines_of_keys(CROOKED) == {
        ("evaluate", "holdout_days"): 2,
        ("model",): 4,
        ("model", "seed"): 5,
        ("model", "compare"): 6,
        ("model", "hyperparameters"): 11,
        ("log",): 14,
        ("log", "level"): 15,
    }


def test_a_text_over_lines_and_a_table_on_one_line_are_understood():
    text = '[ingest]\nencoding = """\n[model]\nseed = 3\n"""\n'
    assert lines_of_keys(text) == {("ingest",): 1, ("ingest", "encoding"): 2}
    assert lines_of_keys("\nmodel = { seed = 7, ranker = 'off' }\n") == {
        ("model",): 2,
        ("model", "seed"): 2,
        ("model", "ranker"): 2,
    }


def shown(file: Path, **more):
    given = {"file": file, "environment": {}, **more}
    return shown_settings(load_settings(**given), **given)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(CROOKED)
    return path


def test_each_setting_names_the_last_place_that_sets_it(file):
    found = shown(
        file,
        environment={"REKOMENDA_MODEL__SEED": "2", "REKOMENDA_KEEP__RELEASES": "9"},
        flags={"log.level": "debug"},
    )
    assert found["model"]["seed"] == (2, Origin("environment", "REKOMENDA_MODEL__SEED"))
    assert found["keep"]["releases"] == (9, Origin("environment", "REKOMENDA_KEEP__RELEASES"))
    assert found["log"]["level"] == ("debug", Origin("option", "--log-level"))
    assert found["model"]["compare"] == (["popularity", "als"], Origin("file", str(file), 6))
    assert found["evaluate"]["holdout_days"] == (3, Origin("file", str(file), 2))
    assert found["gate"]["cutoff"] == (20, DEFAULT)


def test_every_setting_there_is_has_an_origin(file):
    found = shown(file)
    assert {section: set(values) for section, values in found.items()} == {
        section: set(type(values).model_fields) for section, values in Settings()
    }


@pytest.mark.parametrize("key", ["password", "db_password", "secret", "API_KEY", "token", "senha"])
def test_a_secret_is_hidden_at_any_depth(key):
    assert masked("options", {"inner": [{key: "hunter2"}]}) == {"inner": [{key: HIDDEN}]}
    assert masked(key, "") == "", "nothing is no secret"


def test_what_only_looks_like_a_secret_is_shown_and_a_password_in_an_address_is_not():
    assert masked("max_tokens_seen", 3) == 3
    assert masked("key_column", "id") == "id"
    address = "postgres://ana:hunter2@db.example/plays"
    assert masked("address", address) == f"postgres://ana:{HIDDEN}@db.example/plays"
    assert masked("address", "https://example.org/a:b@c") == "https://example.org/a:b@c"


def test_the_command_hides_secrets_with_and_without_origins(file, capsys, monkeypatch):
    monkeypatch.setenv("REKOMENDA_MODEL__HYPERPARAMETERS__X__PASSWORD", "hunter2")
    for words in (["config"], ["config", "show"], ["config", "show", "--origin", "--json"]):
        assert run(["--config", str(file), *words]) == 0
        told = capsys.readouterr().out
        assert "hunter2" not in told
        assert HIDDEN in told
    assert run(["--lang", "pt-BR", "--config", str(file), "config", "show", "--origin"]) == 0
    told = capsys.readouterr().out
    assert f"seed = 1  # {file}, linha 5" in told
    assert "cutoff = 20  # padrão" in told
