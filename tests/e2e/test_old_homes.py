"""A home of every earlier format opens and works on; one of a later format is refused, untouched.

The homes lie packed in `tests/fixtures/homes`; `scripts/keep_home.py` wrote each in its time.
"""

from __future__ import annotations

import json
import shutil
import tarfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rekomenda.storage.documents import FORMAT, READ, digest
from rekomenda.storage.lake import Lake
from rekomenda.storage.releases import Releases
from support.byte_scan import hits
from support.command import call, done
from support.order_model import Model
from support.order_steps import CALM, plays_in
from support.order_world import USERS, path_of, write_world
from support.repository import ROOT

HOMES = ROOT / "tests" / "fixtures" / "homes"
GONE = USERS[-1]


def unpacked(number: int, folder: Path) -> Path:
    with tarfile.open(HOMES / f"format-{number}.tar.xz") as archive:
        archive.extractall(folder / "home", filter="data")
    return folder / "home"


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CALM.items():
        monkeypatch.setenv(name, value)


def test_a_home_of_every_format_is_kept():
    kept = {path.name for path in HOMES.iterdir()}
    assert kept == {f"format-{number}.tar.xz" for number in READ}
    assert READ[-1] == FORMAT


@pytest.mark.slow
@pytest.mark.parametrize("number", READ)
def test_r1_r9_an_old_home_answers_and_works_on(number: int, tmp_path: Path):
    home = unpacked(number, tmp_path)
    before = tree(home)
    truth = Model()
    assert (truth.ingest("early", 0), truth.ingest("third", 0), truth.forget(GONE)) == (0, 0, 0)
    assert plays_in(Lake(home)) == truth.plays()
    Lake(home).verify()
    answer = done("--home", home, "status", "--json").json
    assert (answer["as_of"], len(answer["releases"])) == ("2024-06-03", 2)
    assert answer["reconciliation"]["lagging"] is False
    served = Releases(home).current()
    assert served is not None
    served.verify()
    rows = pq.read_table(served.table("recommendations")).to_pylist()
    mine = [
        row["track_id"] for row in rows if (row["user_id"], row["shelf"]) == (USERS[0], "for_you")
    ]
    listed = done("--home", home, "recommend", USERS[0], "--json").json["tracks"]
    assert [row["track_id"] for row in listed] == mine[:20] != []
    told = done("--home", home, "explain", USERS[0], mine[0], "--json").json["listed"]
    assert (told[0]["shelf"], told[0]["rank"]) == ("for_you", 1)
    assert tree(home) == before  # looking changes nothing

    write_world(tmp_path / "world")
    for name, version in (("early", 0), ("early", 1), ("late", 0)):
        assert call("--home", home, "ingest", path_of(tmp_path / "world", name, version)).code == 0
        assert truth.ingest(name, version) == 0
    assert plays_in(Lake(home)) == truth.plays()
    done("--home", home, "run", "--as-of", "2024-06-06")
    done("--home", home, "rollback")
    assert done("--home", home, "status", "--json").json["as_of"] == "2024-06-03"
    shutil.rmtree(home / "warehouse")
    for words in (("rebuild",), ("gc",), ("forget", USERS[1], "--yes"), ("doctor",)):
        done("--home", home, *words)
    assert hits(home, USERS[1]) == hits(home, GONE) == []


COMMANDS = {
    "ingest": ("ingest", "new.csv"),
    "run": ("run",),
    "tune": ("tune",),
    "status": ("status",),
    "report": ("report", "--out", "page.html"),
    "recommend": ("recommend", USERS[0]),
    "hand-over": ("recommend", "--all", "--out", "lists.parquet"),
    "explain": ("explain", USERS[0], "t1"),
    "audience": ("audience", "t1"),
    "block": ("block", "track:t1"),
    "unblock": ("unblock", "track:t1"),
    "rollback": ("rollback",),
    "quarantine": ("quarantine", "show"),
    "rebuild": ("rebuild",),
    "export": ("export", USERS[0], "--out", "theirs.zip"),
    "forget": ("forget", USERS[0], "--yes"),
    "gc": ("gc",),
}


@pytest.fixture(scope="module")
def of_tomorrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which every document is of the next format, of which we know nothing."""
    home = unpacked(FORMAT, tmp_path_factory.mktemp("tomorrow"))
    for path in sealed_in(home):
        raise_format(path)
    (home.parent / "new.csv").write_text("id_date,user_id,id_tracks,plays\n2024-06-04,a,t1,2\n")
    return home


@pytest.mark.parametrize("name", COMMANDS)
def test_a_newer_home_is_refused_in_words_and_left_as_it_was(
    name: str, of_tomorrow: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(of_tomorrow.parent)
    before = tree(of_tomorrow.parent)
    answer = call("--home", of_tomorrow, *COMMANDS[name])
    assert tree(of_tomorrow.parent) == before
    assert answer.code == 74, answer
    assert f"was written in format {FORMAT + 1}; this version reads up to {FORMAT}" in answer.err
    answer = call("--home", of_tomorrow, *COMMANDS[name], language="pt-BR")
    assert "Instale um rekomenda mais novo" in answer.err


def test_the_doctor_names_a_newer_home_as_what_is_wrong(of_tomorrow: Path):
    before = tree(of_tomorrow)
    answer = call("--home", of_tomorrow, "doctor")
    assert (answer.code, f"format {FORMAT + 1}" in answer.out + answer.err) == (1, True), answer
    assert tree(of_tomorrow) == before


def test_one_newer_document_is_enough_to_keep_a_command_from_writing(tmp_path: Path):
    """Whatever a command that writes may meet first, it meets it before it writes."""
    home = unpacked(FORMAT, tmp_path)
    for name in ("fence", "lake/current", "releases/current", "warehouse/current"):
        untouched = (home / name).read_bytes()
        raise_format(home / name)
        before = tree(home)
        for words in (("run",), ("gc",), ("rollback",), ("rebuild",), ("block", "track:t1")):
            assert call("--home", home, *words).code == 74, (name, words)
            assert tree(home) == before, (name, words)
        (home / name).write_bytes(untouched)


def sealed_in(home: Path) -> list[Path]:
    """Return every document that knows its format."""
    found = [path for path in home.rglob("*") if path.is_file() and is_sealed(path)]
    kinds = Counter(path.relative_to(home).parts[0] for path in found)
    assert set(kinds) >= {"attempts", "erasures", "fence", "lake", "releases", "warehouse"}
    return found


def is_sealed(path: Path) -> bool:
    return path.read_bytes()[:1] == b"{" and '"checksum"' in path.read_text()


def raise_format(path: Path) -> None:
    document = json.loads(path.read_bytes())
    del document["checksum"]
    document["format"] = FORMAT + 1
    document["meaning"] = "something we do not know"
    document["checksum"] = digest(document)
    path.write_text(json.dumps(document))


def tree(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    """Return every file and folder below one, with when it was changed and what it holds."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else None,
        )
        for path in folder.rglob("*")
    }
