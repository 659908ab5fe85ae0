"""Defaults < file < environment < flags; a setting nobody knows is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from rekomenda.errors import ConfigError
from rekomenda.settings import Settings, load_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text('[model]\nseed = 1\nalgorithm = "als"\n\n[recommend]\nfor_you = 30\n')
    return path


def test_without_anything_the_defaults_are_in_force(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings(environment={}) == Settings()


def test_a_file_changes_only_what_it_names(file):
    settings = load_settings(file=file, environment={})
    assert (settings.model.seed, settings.recommend.for_you) == (1, 30)
    assert settings.model.compare == Settings().model.compare
    assert settings.recommend.again == Settings().recommend.again


def test_the_environment_wins_over_the_file_and_a_flag_over_both(file):
    environment = {"REKOMENDA_MODEL__SEED": "2", "REKOMENDA_RECOMMEND__FOR_YOU": "40"}
    settings = load_settings(file=file, environment=environment, flags={"model.seed": 3})
    assert (settings.model.seed, settings.recommend.for_you) == (3, 40)
    assert settings.model.algorithm == "als"


def test_the_file_in_the_current_folder_is_found(tmp_path, monkeypatch):
    (tmp_path / "rekomenda.toml").write_text("[keep]\nreleases = 9\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings(environment={}).keep.releases == 9


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("REKOMENDA_EVALUATE__CUTOFFS", "[5, 50]", lambda s: s.evaluate.cutoffs == (5, 50)),
        ("REKOMENDA_INGEST__ACCEPT_QUARANTINE", "true", lambda s: s.ingest.accept_quarantine),
        ("REKOMENDA_INGEST__LOCALE", "pt-BR", lambda s: s.ingest.locale == "pt-BR"),
        ("REKOMENDA_INGEST__LOCALE", '"pt-BR"', lambda s: s.ingest.locale == "pt-BR"),
        (
            "REKOMENDA_MODEL__HYPERPARAMETERS",
            "{als = {n_factors = 8}}",
            lambda s: s.model.hyperparameters == {"als": {"n_factors": 8}},
        ),
        (
            "REKOMENDA_MODEL__HYPERPARAMETERS__ALS__N_FACTORS",
            "8",
            lambda s: s.model.hyperparameters == {"als": {"n_factors": 8}},
        ),
    ],
)
def test_variables_are_written_as_toml_and_bare_words_are_text(name, value, read, tmp_path):
    assert read(load_settings(file=_empty(tmp_path), environment={name: value}))


def test_other_variables_are_left_alone(tmp_path):
    environment = {"REKOMENDA_HOME": "x", "MODEL__SEED": "7", "PATH": "/bin"}
    assert load_settings(file=_empty(tmp_path), environment=environment) == Settings()


def test_an_unknown_setting_is_refused_with_the_closest_one(tmp_path):
    file = tmp_path / "rekomenda.toml"
    file.write_text("[recommend]\nfor_yuo = 30\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(file=file, environment={})
    message = caught.value.message("en")
    assert str(file) in message
    assert "recommend.for_yuo: unknown setting." in message
    assert "Did you mean recommend.for_you?" in message
    assert "desconhecida. Você quis dizer recommend.for_you?" in caught.value.message("pt-BR")


def test_an_unknown_section_is_refused():
    with pytest.raises(ConfigError, match=r"REKOMENDA_MODLE__SEED: modle: .*mean model\?"):
        load_settings(environment={"REKOMENDA_MODLE__SEED": "7"})


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("recommend.for_you", 0, "precisa ser no mínimo 1"),
        ("recommend.for_you", 1001, "precisa ser no máximo 1000"),
        ("recommend.for_you", "many", "precisa ser um número inteiro"),
        ("recommend.for_you", 2.5, "precisa ser um número inteiro"),
        ("recommend", 3, "precisa ser uma tabela"),
        ("ingest.date_format", "ydm", "precisa ser um de 'auto', 'ymd', 'dmy', 'mdy', 'excel'"),
        ("ingest.encoding", 8, "precisa ser texto"),
        ("ingest.accept_quarantine", "perhaps", "precisa ser true ou false"),
        ("ingest.columns", "x", "precisa ser uma tabela"),
        ("evaluate.confidence", 1.0, "precisa ser menor que 1.0"),
        ("evaluate.confidence", 0.5, "precisa ser maior que 0.5"),
        ("evaluate.confidence", "high", "precisa ser um número"),
        ("evaluate.cutoffs", 10, "precisa ser uma lista"),
        ("evaluate.cutoffs", [], "não pode ficar vazio"),
        ("evaluate.holdout_days", 999_999_999, "precisa ser no máximo 36500"),
        ("gate.tolerance", float("inf"), "precisa ser no máximo 1.0"),
        (
            "gate.metric",
            "coverage",
            "precisa ser um de 'ndcg', 'recall', 'precision', 'mrr', 'map', 'hit_rate'",
        ),
        ("model.seed", -1, "precisa ser no mínimo 0"),
        ("ingest.timezone", "Mars", "não existe esse fuso; escreva como America/Fortaleza"),
        ("ingest.timezone", "America", "não existe esse fuso; escreva como America/Fortaleza"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(key, value, words, tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_settings(file=_empty(tmp_path), environment={}, flags={key: value})
    assert caught.value.message("pt-BR") == f"--{key}: {key}: {words}."
    assert caught.value.exit_code == 78


@pytest.mark.parametrize("separator", ["", ";;", '"', "\n", "ç"])
def test_what_cannot_separate_columns_is_refused(separator, tmp_path):
    with pytest.raises(ConfigError, match=r"ingest\.separator"):
        load_settings(file=_empty(tmp_path), environment={}, flags={"ingest.separator": separator})
    kept = load_settings(file=_empty(tmp_path), environment={}, flags={"ingest.separator": "\t"})
    assert kept.ingest.separator == "\t"


def test_the_layer_at_fault_is_named_and_not_the_one_above_it(file):
    environment = {"REKOMENDA_MODEL__SEED": "none"}
    with pytest.raises(ConfigError, match=r"REKOMENDA_MODEL__SEED: model\.seed"):
        load_settings(file=file, environment=environment, flags={"recommend.for_you": 9})


def test_a_file_that_was_asked_for_must_be_there(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load_settings(file=tmp_path / "absent.toml", environment={})


@pytest.mark.parametrize("content", [b"[model\n", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_refused(tmp_path, content):
    file = tmp_path / "rekomenda.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match="TOML"):
        load_settings(file=file, environment={})


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValidationError):
        Settings().model.seed = 2  # type: ignore[misc]


def _empty(folder: Path) -> Path:
    path = folder / "empty.toml"
    path.touch()
    return path


@pytest.mark.parametrize("line", ['"spark.executor.cores" = 2', "spark.executor.cores = 2"])
def test_settings_of_spark_are_taken_with_quotes_and_without(tmp_path, line):
    path = tmp_path / "mine.toml"
    path.write_text(f'[engine]\nkind = "spark"\n\n[engine.conf]\n{line}\nspark.ui.enabled = true\n')
    conf = load_settings(file=path, environment={}).engine.conf
    assert conf == {"spark.executor.cores": "2", "spark.ui.enabled": "true"}


def test_what_is_no_setting_of_spark_is_refused(tmp_path):
    environment = {"REKOMENDA_ENGINE__CONF": '{ "executor.cores" = "2" }'}
    with pytest.raises(ConfigError, match="they begin with spark"):
        load_settings(environment=environment)


@pytest.mark.parametrize(
    "name", ["hadoop.fs.s3a.secret.key", "hadoop.fs.s3a.access.key", "ssl.keyPassword"]
)
def test_a_secret_of_spark_has_no_place_in_settings_and_is_not_said(name):
    environment = {"REKOMENDA_ENGINE__CONF": f'{{ "spark.{name}" = "canary-1" }}'}
    with pytest.raises(ConfigError, match="holds a secret") as refused:
        load_settings(environment=environment)
    assert "canary-1" not in str(refused.value)
