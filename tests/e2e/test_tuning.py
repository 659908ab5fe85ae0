"""A tuning, from the search to the release that serves its winner, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekomenda.storage.releases import Releases
from support.command import call, done

pytestmark = pytest.mark.slow

WORLD = ("--listeners", 500, "--tracks", 150, "--artists", 40, "--days", 24)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home with a release that `auto` chose, and then a tuning that is not in use."""
    folder = tmp_path_factory.mktemp("tuned")
    done("generate", "--out", folder / "world", *WORLD)
    done("--home", folder / "home", "ingest", folder / "world")
    done("--home", folder / "home", "run")
    return folder / "home"


@pytest.fixture(scope="module")
def tuning(home) -> dict:
    before = (home / "releases" / "current").read_bytes()
    found = done("--home", home, "tune", "--budget", "20", "--json").json
    assert (home / "releases" / "current").read_bytes() == before
    return found


def test_every_trial_is_told_with_day_data_and_code(home, tuning):
    told = done("--home", home, "status", "--json").json["tuning"]
    assert told["in_use"] is False
    assert told["tuning_id"] == tuning["tuning_id"]
    assert (told["as_of"], told["snapshot_id"]) == (
        "2024-06-30",
        done("--home", home, "status", "--json").json["lake"]["snapshot_id"],
    )
    assert told["code"]
    tried = [trial for trial in told["trials"] if trial["left_out"] is None]
    assert sum(0 < (trial["unheard_ndcg"] or 0) <= 1 for trial in tried) > 1
    for trial in tried:  # one that knows nothing of unheard tracks has no number for them
        assert {"hyperparameters", "heard_ndcg", "unheard", "unheard_adds"} <= set(trial)
    assert any(trial["unheard"] > 0 for trial in tried)
    left_out = [trial for trial in told["trials"] if trial["left_out"] is not None]
    assert all(trial["left_out"]["pt"] for trial in left_out)


def test_the_report_shows_the_trials_and_that_the_release_is_of_another_origin(home, tuning):
    page = home.parent / "page.html"
    done("--home", home, "report", "--out", page)
    text = page.read_text(encoding="utf-8")
    assert tuning["tuning_id"] in text
    for trial in tuning["trials"]:
        assert trial["name"] in text
    assert "did not come from it" in text
    assert tuning["tuning_id"] in done("--home", home, "status").out


def test_the_winner_is_served_and_its_release_says_where_it_is_from(home, tuning, monkeypatch):
    assert tuning["toml"].splitlines()[-1] == f'tuning = "{tuning["tuning_id"]}"'
    monkeypatch.setenv("REKOMENDA_MODEL__TUNING", tuning["tuning_id"])
    done("--home", home, "run", "--force", "--reason", "to try the tuning")
    manifest = Releases(home).current().manifest
    assert manifest.about["tuning"]["tuning_id"] == tuning["tuning_id"]
    assert manifest.about["tuning"]["as_of"] == "2024-06-30"
    members = manifest.about["recipe"]["hyperparameters"]["members"]
    assert members == tuning["hyperparameters"]["members"]
    told = done("--home", home, "status", "--json").json
    assert told["tuning"]["in_use"] is True
    assert told["tuned_by"]["tuning_id"] == tuning["tuning_id"]
    assert tuning["tuning_id"] in told["choice"]["sentence"]["pt-BR"]


def test_a_tuning_that_is_not_there_is_said(home, monkeypatch):
    monkeypatch.setenv("REKOMENDA_MODEL__TUNING", "20240101-0000000000")
    answer = call("--home", home, "run")
    assert (answer.code, "20240101-0000000000" in answer.err) == (69, True)


def test_an_earlier_day_than_the_tuning_knows_is_refused(home, tuning, monkeypatch):
    monkeypatch.setenv("REKOMENDA_MODEL__TUNING", tuning["tuning_id"])
    answer = call("--home", home, "run", "--as-of", "2024-06-25")
    assert (answer.code, tuning["tuning_id"] in answer.err) == (78, True)
