"""`run --until judge`, `publish` and `reconcile` are `run` in three commands, each safe to repeat."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.pipeline import plan
from rekomenda.pipeline.schedule import tasks
from rekomenda.storage.erasures import Erasures
from support.command import Answer, call, done
from support.commands import commands
from support.crash import boundaries, crash, exit_code
from support.tiny_home import SETTINGS, SIZE, command, content, in_fresh_process, visible

JUDGE = ("run", "--until", "judge", "--json-line")


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`loaded`: only the lake; `judged`: a release that waits; `whole`: what one `run` makes."""
    folder = tmp_path_factory.mktemp("stages")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        done("generate", "--out", folder / "world", *SIZE)
        done("--home", folder / "loaded", "ingest", folder / "world")
        for name in ("judged", "whole"):
            shutil.copytree(folder / "loaded", folder / name)
        done("--home", folder / "judged", *JUDGE)
        done("--home", folder / "whole", "run")
    return folder


@pytest.fixture
def homes(worlds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of the homes, one's own to spoil."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    for name in ("loaded", "judged", "whole"):
        shutil.copytree(worlds / name, tmp_path / name)
    return tmp_path


def on_one_line(answer: Answer) -> Answer:
    assert len(answer.out.splitlines()) == 1
    return answer


def test_three_stages_come_to_what_one_run_comes_to(homes):
    home = homes / "loaded"
    judged = on_one_line(done("--home", home, *JUDGE)).json
    assert (judged["decision"], judged["served"]) == ("ready", None)
    assert visible(home)["served"] is None, "nobody sees it yet"
    published = on_one_line(done("--home", home, "publish", judged["release"], "--json-line")).json
    assert (published["decision"], published["served"]) == ("published", judged["release"])
    found = on_one_line(done("--home", home, "reconcile", "--json-line")).json
    assert set(found["differences"].values()) == {0}
    assert content(home) == content(homes / "whole")
    attempt = done("--home", home, "status", "--json").json["last_attempt"]
    assert (attempt["decision"], attempt["reconciliation"]) == ("published", found["differences"])
    assert list(attempt["seconds"]) == [hop.name for hop in plan.PLAN]


def test_each_stage_again_changes_nothing(homes):
    home = homes / "judged"
    assert done("--home", home, *JUDGE).json["decision"] == "ready"
    done("--home", home, "publish")
    before = content(home)
    for words, decision in ((JUDGE, "unchanged"), (("publish", "--json"), "unchanged")):
        assert done("--home", home, *words).json["decision"] == decision
    done("--home", home, "reconcile")
    assert content(home) == before


def test_a_release_that_waits_is_neither_success_nor_in_the_status(homes):
    home = homes / "judged"
    metrics = (home / "metrics" / "rekomenda.prom").read_text()
    assert 'last_attempt_timestamp_seconds{command="run"}' in metrics
    assert 'last_success_timestamp_seconds{command="run"}' not in metrics
    assert done("--home", home, "status", "--json").json["run_id"] is None
    done("--home", home, "publish")
    assert (
        'last_success_timestamp_seconds{command="run"}'
        in (home / "metrics" / "rekomenda.prom").read_text()
    )


def test_a_run_serves_what_waits(homes):
    done("--home", homes / "judged", "run")
    assert content(homes / "judged") == content(homes / "whole")


def test_a_later_day_in_service_stays(homes):
    home = homes / "whole"
    served = visible(home)["served"]
    early = done("--home", home, *JUDGE, "--as-of", "2024-06-29").json
    assert early["decision"] == "kept"
    answer = done("--home", home, "publish", early["release"], "--json").json
    assert answer["decision"] == "kept"
    assert "knows a later day" in answer["said"]
    assert visible(home)["served"] == served


def test_what_a_person_went_back_from_is_not_served_again(homes):
    home = homes / "whole"
    first = done("--home", home, "status", "--json").json["run_id"]
    second = done("--home", home, *JUDGE, "--algorithm", "popularity").json["release"]
    done("--home", home, "publish", second)
    done("--home", home, "rollback")
    assert done("--home", home, "publish", second, "--json").json["decision"] == "kept"
    assert done("--home", home, "status", "--json").json["run_id"] == first


def test_a_refusal_keeps_nothing_and_says_why_on_one_line(homes, monkeypatch):
    home = homes / "whole"
    good = "".join(f"2024-07-01,U{number:03d},T001,1\n" for number in range(1, 40))
    (homes / "more.csv").write_text(
        f"id_date,user_id,id_tracks,plays\n{good}2024-07-01,U041,T001,-1\n"
    )
    done("--home", home, "ingest", homes / "more.csv")
    before = content(home)
    monkeypatch.setenv("REKOMENDA_GATE__MAX_QUARANTINE", "0")
    answer = on_one_line(call("--home", home, *JUDGE))
    assert answer.code == 3
    assert answer.json["error"]["code"] == "E_GATE_REFUSED"
    assert answer.json["error"]["retryable"] is False
    assert content(home) == before


def test_nothing_to_publish_or_compare_is_said(homes):
    for words in (("publish",), ("reconcile",), ("publish", "20240101-0")):
        assert call("--home", homes / "loaded", *words).code == 69


def test_a_row_that_changed_in_the_warehouse_is_found_and_remembered(homes):
    home = homes / "whole"
    (rows,) = (home / "warehouse" / "runs").glob("*/artists.parquet")
    table = pq.read_table(rows)
    names = pa.array(["changed", *table["name"].to_pylist()[1:]])
    pq.write_table(table.set_column(table.schema.get_field_index("name"), "name", names), rows)
    answer = call("--home", home, "reconcile", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (74, "E_WAREHOUSE_DIFFERS")
    found = done("--home", home, "status", "--json").json["last_attempt"]["reconciliation"]
    assert {table: n for table, n in found.items() if n} == {"artists": 2}


def test_late_plays_are_waited_for_and_early_ones_are_no_excuse(homes):
    home = homes / "loaded"  # plays from 25 to 30 June
    assert done("--home", home, "fresh", "--as-of", "2024-06-27", "--json").json == {
        "last_day": "2024-06-27",
        "age_days": 0,
    }
    done("--home", home, "fresh", "--as-of", "2024-07-02", "--max-age", 2)
    for day, last in (("2024-07-03", "2024-06-30"), ("2024-06-24", "no day at all")):
        late = call("--home", home, "fresh", "--as-of", day, "--max-age", 2, "--json")
        assert (late.code, late.json["error"]["retryable"]) == (75, True)
        assert f"plays up to {last}" in late.err


def test_whoever_was_forgotten_is_looked_for_by_the_hash_alone(homes):
    home = homes / "whole"
    done("--home", home, "forget", "U001", "--yes")
    clean = done("--home", home, "forget", "--check", "--json").json
    assert (clean["found"], clean["listeners"]) == (0, 1)
    assert clean["files"] > 5
    planted = home / "lake" / "left.parquet"
    pq.write_table(pa.table({"user_id": ["U002", "U001"], "plays": [1, 2]}), planted)
    found = call("--home", home, "forget", "--check", "--json")
    assert (found.code, found.json["error"]["code"]) == (74, "E_ERASURE_INCOMPLETE")
    assert "lake/left.parquet" in found.err


def test_an_erasure_that_is_open_is_no_clean_check(homes):
    home = homes / "loaded"
    Erasures(home).begin(_request("U001"))
    assert call("--home", home, "forget", "--check", "--json").json["error"]["code"] == (
        "E_ERASURE_OPEN"
    )


def test_every_task_of_every_schedule_is_a_command_line_that_exists():
    known = commands()
    for task in tasks():
        name, *words = task.arguments
        options = {each for parameter in known[name].params for each in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, task
    hops = [hop for task in tasks() for hop in task.hops]
    assert hops == [hop.name for hop in plan.PLAN]


@pytest.mark.slow
def test_publish_killed_anywhere_is_finished_by_publish(worlds, tmp_path):
    assert in_fresh_process(_kill_everywhere, worlds, tmp_path) == []


def _kill_everywhere(worlds: Path, folder: Path) -> list[str]:
    undisturbed, wrong = folder / "undisturbed", []
    shutil.copytree(worlds / "judged", undisturbed)
    seen = boundaries(lambda: command(undisturbed, "publish"))
    old, expected = visible(worlds / "judged"), content(undisturbed)
    new = visible(undisturbed)
    for number, boundary in enumerate(seen):
        if boundary.call not in {"fsync", "replace", "rename"}:
            continue
        home = folder / f"killed-{number}"
        shutil.copytree(worlds / "judged", home)
        crash(lambda home=home: command(home, "publish"), number)
        left = visible(home)
        wrong += [f"{boundary}: {k} is torn" for k in left if left[k] not in {old[k], new[k]}]
        if exit_code(lambda home=home: command(home, "publish")):
            wrong.append(f"{boundary}: the rerun failed")
        if content(home) != expected:
            wrong.append(f"{boundary}: other content")
    return wrong


def _request(listener: str):
    from rekomenda.storage.erasures import Request

    return Request((listener,), "2024-06-30T12:00:00+00:00", {})
