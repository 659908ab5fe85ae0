"""Every command on a home in a bucket, from a machine that has seen nothing of it yet.

Each does and says what it does on a home that is a folder: the same releases, to the byte.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rekomenda.mirror import is_stand_in
from rekomenda.storage.releases import Releases
from support.byte_scan import hits
from support.command import Answer, call, done
from support.commands import commands
from support.s3_proxy import proxy_to
from support.s3_server import KEY, SECRET, Store, store_at
from support.tiny_home import SETTINGS, SIZE, content

pytestmark = pytest.mark.slow

BAD = "\n".join(
    [
        "id_date,user_id,id_tracks,plays",
        "2024-06-28,U000001,T001,-5",
        *(f"2024-06-28,U0000{n:02},T0{n:02},3" for n in range(1, 31)),
    ]
)
FORCED = ("--force", "--reason", "so few listeners prove nothing")
RELEASES = ("2024-06-29", "2024-06-30")

CASES: dict[str, tuple[str, ...]] = {
    "audience": ("TRACK", "--n", "3"),
    "block": ("track:TRACK",),
    "completion": ("bash",),
    "config show": (),
    "demo": SIZE,
    "doctor": (),
    "explain": ("LISTENER", "TRACK"),
    "export": ("LISTENER", "--out", "FOLDER/out.zip"),
    "forget": ("LISTENER", "--yes"),
    "fresh": ("--as-of", "2024-06-30"),
    "gc": (),
    "generate": ("--out", "FOLDER/world", *SIZE),
    "ingest": ("FOLDER/more.csv",),
    "plan": (),
    "publish": (),
    "quarantine retry": ("bad.csv", "FOLDER/fixed.csv"),
    "quarantine show": ("bad.csv",),
    "rebuild": (),
    "reconcile": (),
    "recommend": ("LISTENER", "--shelf", "for_you", "--n", "5"),
    "report": ("--out", "FOLDER/page.html"),
    "rollback": (),
    "schedule": (),
    "run": ("--as-of", "2024-06-28", *FORCED),
    "status": (),
    "tune": ("--budget", "1"),
    "unblock": ("track:TRACK",),
    "upload": ("s3://BUCKET/SIDE/daily",),
    "warehouse init": ("--dry-run",),
    "warehouse verify": (),
}
LITTLE_FETCHED = {"status", "config show", "completion"}
"""Commands that need no plays and no file of a release."""
LISTENS = {"serve"}
"""It goes on until somebody ends it."""
EMPTY_HOME = {"demo"}
"""Commands that want a home of their own."""


@pytest.fixture(scope="module")
def made(s3_server, tmp_path_factory):
    """The same job on a folder and on a bucket: two releases, and a file with a bad row."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        folder = tmp_path_factory.mktemp("made")
        for name, value in SETTINGS.items():
            monkeypatch.setenv(name, value)
        store = store_at(s3_server, folder, monkeypatch)
        done("generate", "--out", folder / "world", *SIZE)
        (folder / "bad.csv").write_text(BAD)
        for home in (folder / "home", store.home):
            done("--home", home, "ingest", folder / "world")
            done(
                "--home",
                home,
                "ingest",
                folder / "bad.csv",
                "--accept-quarantine",
                "--on-overlap",
                "sum",
            )
            for day in RELEASES:
                done("--home", home, "run", "--as-of", day, *FORCED)
        yield store, folder


@pytest.fixture
def s3(made, s3_server, tmp_path, monkeypatch) -> Store:
    """A bucket with a copy of that home, and a machine that has not seen it."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    store = store_at(s3_server, tmp_path, monkeypatch)
    store.fill_from(made[0].bucket)
    return store


@pytest.fixture
def local(made, tmp_path) -> Path:
    shutil.copytree(made[1] / "home", tmp_path / "home")
    return tmp_path / "home"


def test_no_command_is_forgotten():
    assert set(CASES) == set(commands()) - LISTENS


def test_the_releases_of_both_homes_have_the_same_content(made):
    store, folder = made
    done("--home", store.home, "status")
    there, here = Releases(store.mirror), Releases(folder / "home")
    assert [r.content_hash for r in there.list()] == [r.content_hash for r in here.list()]
    assert len(here.list()) == 2


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_command_does_and_says_on_a_bucket_what_it_does_on_a_folder(
    s3: Store, local: Path, made, tmp_path: Path, name: str
):
    there = run(name, s3.home, s3, tmp_path / "there", made)
    here = run(name, str(local), s3, tmp_path / "here", made)
    assert (there.code, here.code) == (0, 0), there.err + here.err
    if name not in EMPTY_HOME:
        assert plain(there, s3.home, s3) == plain(here, str(local), s3)
    if name in LITTLE_FETCHED:
        fetched = [p for p in s3.mirror.rglob("*.parquet") if not is_stand_in(p)]
        places = {path.relative_to(s3.mirror).parts[:2] for path in fetched}
        assert places <= {("warehouse", "runs"), ("lake", "blocked")}
    if name not in EMPTY_HOME:
        s3.on_machine("reader")
        done("--home", s3.home, "status")
        done("--home", s3.home, "rebuild")
        done("--home", local, "rebuild")
        assert {**content(s3.mirror), "lake": 0} == {**content(local), "lake": 0}


def run(name: str, home: str, s3: Store, folder: Path, made) -> Answer:
    """Run a case, its placeholders filled in."""
    folder.mkdir()
    (folder / "more.csv").write_text("id_date,user_id,id_tracks,plays\n2024-06-23,U000001,T001,2\n")
    (folder / "fixed.csv").write_text("id_date,user_id,id_tracks,plays\n")
    served = Releases(made[1] / "home").current()
    assert served is not None
    lists = pq.read_table(served.table("recommendations")).to_pylist()
    first = next(row for row in lists if row["user_id"] and row["shelf"] == "for_you")
    words = {
        "LISTENER": first["user_id"],
        "TRACK": first["track_id"],
        "FOLDER": str(folder),
        "BUCKET": s3.bucket,
        "SIDE": folder.name,
    }
    arguments = [re.sub("|".join(words), lambda m: words[m[0]], each) for each in CASES[name]]
    if name in EMPTY_HOME:
        home += "-new"
    if name == "quarantine retry":
        done("--home", home, "quarantine", "show", "bad.csv", "--out", folder / "fixed.csv")
        text = (folder / "fixed.csv").read_text()
        (folder / "fixed.csv").write_text(text.replace("-5", "5"))
        arguments += ["--on-overlap", "sum"]
    if name == "unblock":
        done("--home", home, "block", *arguments)
    as_json = () if name in {"completion", "demo"} else ("--json",)
    return call("--home", home, *name.split(), *arguments, *as_json)


CHANGING = r"seconds|_at|created|moment|took|minutes|bytes|receipt|hashes|token|free|lag|memory"


def plain(answer: Answer, home: str, s3: Store) -> object:
    """What was said, without clocks, sizes and the name of the home."""
    text = answer.out.replace(str(s3.mirror), "HOME").replace(home, "HOME")
    text = re.sub(r"/(there|here)\b", "/FOLDER", text).replace("HOME-new", "HOME")
    try:
        return without_clocks(json.loads(text))
    except ValueError:
        return sorted(re.sub(r"\d[\d.,:]*", "0", line) for line in text.splitlines())


def without_clocks(said: object) -> object:
    if isinstance(said, dict):
        return {k: without_clocks(v) for k, v in said.items() if not re.search(CHANGING, str(k))}
    if isinstance(said, list):
        return [
            without_clocks(each)
            for each in said
            if not (isinstance(each, dict) and each.get("name") in {"store", "home", "disk"})
        ]
    return said


def test_whoever_is_forgotten_is_in_no_object_and_in_no_mirror(s3: Store, tmp_path: Path):
    listener = "U000001"
    done("--home", s3.home, "recommend", "--all", "--out", tmp_path / "lists.parquet")
    s3.on_machine("other")
    done("--home", s3.home, "export", listener, "--out", tmp_path / "before.zip")
    s3.client.create_multipart_upload(Bucket=s3.bucket, Key="team/home/lake/plays/half.parquet")
    assert scanned(s3, tmp_path / "before", listener)
    s3.on_machine("one")
    done("--home", s3.home, "forget", listener, "--yes")
    assert scanned(s3, tmp_path / "after", listener) == []
    assert s3.client.list_multipart_uploads(Bucket=s3.bucket).get("Uploads", []) == []
    assert hits(s3.mirror, listener) == []
    s3.on_machine("other")
    done("--home", s3.home, "status")
    assert hits(s3.mirror, listener) == []


def scanned(s3: Store, folder: Path, word: str) -> list[str]:
    """Return the objects of the bucket in which a word stands."""
    for key, body in s3.objects().items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return hits(folder, word)


def test_no_credential_is_written_or_said_anywhere(s3: Store, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("AWS_SESSION_TOKEN", "canary-session-token")
    said = [
        call("--home", s3.home, "--log-level", "debug", "--debug", *command)
        for command in (["status"], ["doctor"], ["config", "show"], ["gc"], ["ingest", tmp_path])
    ]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://name:canary-word@127.0.0.1:9")
    said.append(call("--home", s3.home, "--log-level", "debug", "status"))
    assert said[-1].code == 69
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    text = "".join(answer.out + answer.err for answer in said)
    for secret in (SECRET, KEY, "canary-session-token", "canary-word"):
        assert secret not in text
        assert scanned(s3, tmp_path / "objects", secret) == []
        assert hits(s3.machines, secret) == []


@pytest.mark.parametrize(
    "point",
    [
        ("lake/plays", 1, False),
        ("lake/plays", 3, True),
        ("lake/snapshots", 1, True),
        ("lake/current", 1, False),
        ("lake/current", 1, True),
        ("lease", 2, False),
    ],
)
def test_a_process_killed_in_the_middle_of_an_upload_leaves_old_or_new_and_the_next_finishes(
    s3: Store, s3_server, tmp_path: Path, monkeypatch, point: tuple[str, int, bool]
):
    """Killed as a write of that object arrives, or (late) once it was done and not yet answered."""
    word, at, late = point
    days = [f"2024-06-{day:02}" for day in range(10, 18)]
    rows = [f"{day},U000001,T001,2" for day in days]
    more = tmp_path / "more.csv"
    more.write_text("\n".join(["id_date,user_id,id_tracks,plays", *rows]))
    before = lake_of(s3)
    with proxy_to(s3_server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        process: list[subprocess.Popen[bytes]] = []
        seen, lock = [0], threading.Lock()

        def kill(asked) -> None:
            if asked.operation != "put" or word not in asked.path:
                return
            with lock:
                seen[0] += 1
                if seen[0] == at:
                    process[0].send_signal(signal.SIGKILL)
                    process[0].wait()

        setattr(proxy, "after" if late else "before", kill)
        line = [sys.executable, "-m", "rekomenda", "--home", s3.home, "ingest", str(more)]
        process.append(subprocess.Popen(line, env=os.environ.copy(), stderr=subprocess.DEVNULL))
        assert process[0].wait() == -signal.SIGKILL
        monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    after = lake_of(s3)
    assert after in (before, before + 8)
    again = call("--home", s3.home, "ingest", more)
    if again.code == 75:  # another machine: the lease has a minute to run out
        s3.client.delete_object(Bucket=s3.bucket, Key="team/home/lease")
        again = call("--home", s3.home, "ingest", more)
    assert again.code == 0, again.err
    assert lake_of(s3) == before + 8
    done("--home", s3.home, "gc")
    assert [
        i for i in done("--home", s3.home, "gc", "--json").json["items"] if i["kind"] == "part"
    ] == []


def lake_of(s3: Store) -> int:
    """How many rows a machine sees that has seen nothing before."""
    s3.on_machine(f"reader-{os.urandom(4).hex()}")
    return int(done("--home", s3.home, "status", "--json").json["lake"]["loaded"])
