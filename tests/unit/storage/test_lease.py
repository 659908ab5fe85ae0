"""One writer at a time, no clean-up after a dead one, and no way back for a lost one."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from rekomenda.errors import BusyError, FencedError
from rekomenda.storage import commit
from rekomenda.storage.lease import Holder, hold
from support.homes import NOW, holding


def child(work: Callable[[], None]) -> int:
    """Start a process that runs `work` and leaves with 0; its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BusyError as error:
            code = error.exit_code
        finally:
            os._exit(code)
    return pid


def exit_code(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_r6_a_second_holder_is_turned_away_at_once_and_told_who_holds_it(tmp_path: Path):
    first, second = holding(tmp_path, "rekomenda run"), holding(tmp_path)
    with first, pytest.raises(BusyError) as caught, second:
        pass
    assert caught.value.exit_code == 75
    assert f"rekomenda run, pid {os.getpid()}" in caught.value.message("pt-BR")
    assert "since 2024-06-30 12:00" in caught.value.message("en")
    assert "desde 30/06/2024 12:00" in caught.value.message("pt-BR")


def test_another_process_is_turned_away_too(tmp_path: Path):
    def try_to_hold() -> None:
        with holding(tmp_path):
            pass

    with holding(tmp_path):
        assert exit_code(child(try_to_hold)) == 75
    assert exit_code(child(try_to_hold)) == 0


def test_tokens_only_grow_and_outlive_their_holders(tmp_path: Path):
    tokens = []
    for _ in range(3):
        with holding(tmp_path) as lease:
            tokens.append(lease.token)
    assert tokens == [1, 2, 3]


def test_tokens_grow_even_when_the_fence_is_lost(tmp_path: Path):
    """The pointers remember what the fence forgot."""
    for _ in range(4):
        with holding(tmp_path) as lease:
            commit.swap_pointer(tmp_path / "lake" / "current", {"snapshot_id": "s"}, lease)
    (tmp_path / "fence").unlink()
    with holding(tmp_path) as lease:
        assert lease.token == 5


def test_r5_a_killed_holder_is_no_obstacle(tmp_path: Path):
    reader, writer = os.pipe()

    def hold_until_killed() -> None:
        with holding(tmp_path):
            os.write(writer, b"held")
            signal.pause()

    pid = child(hold_until_killed)
    assert os.read(reader, 4) == b"held"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with holding(tmp_path) as lease:
        assert lease.token == 2


def test_r5_a_worker_that_outlives_its_killed_parent_does_not_keep_the_lease(tmp_path: Path):
    reader, writer = os.pipe()

    def hold_and_fork() -> None:
        with holding(tmp_path):
            worker = os.fork()
            if worker == 0:
                signal.pause()
            os.write(writer, worker.to_bytes(8))
            signal.pause()

    pid = child(hold_and_fork)
    worker = int.from_bytes(os.read(reader, 8))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    try:
        with holding(tmp_path) as lease:
            assert lease.token == 2
    finally:
        os.kill(worker, signal.SIGKILL)


def test_a_holder_whose_lease_file_was_replaced_learns_that_it_lost_its_turn(tmp_path: Path):
    with holding(tmp_path) as first:
        first.check()
        (tmp_path / "lease").unlink()
        with holding(tmp_path), pytest.raises(FencedError) as caught:
            first.check()
        with pytest.raises(FencedError):
            first.check()
    assert (caught.value.facts["token"], caught.value.facts["newest"]) == (1, 2)


def test_a_lease_file_replaced_while_it_is_being_locked_is_opened_again(
    tmp_path: Path, monkeypatch
):
    """Otherwise our lock would be on a file that nobody else looks at."""
    lock = fcntl.flock

    def replace_and_lock(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        (tmp_path / "lease").unlink()
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", replace_and_lock)
    with holding(tmp_path), pytest.raises(BusyError), holding(tmp_path):
        pass


def test_a_lease_file_full_of_nonsense_is_no_obstacle(tmp_path: Path):
    (tmp_path / "lease").write_bytes(b"\xff{not json")
    with holding(tmp_path):
        (tmp_path / "lease").write_bytes(b"{}")
        with pytest.raises(BusyError) as caught, holding(tmp_path):
            pass
    assert "acabou de começar" in caught.value.message("pt-BR")


def test_r6_of_eight_that_race_only_one_is_inside_at_any_time(tmp_path: Path):
    """Each that gets in makes a folder that must not be there, and takes it away again."""
    inside, entered = tmp_path / "inside", tmp_path / "entered"
    entered.mkdir()
    start, go = os.pipe()

    def race() -> None:
        os.close(go)
        os.read(start, 1)  # returns for all at once, when the last writer is closed
        for _ in range(30):
            try:
                with hold(tmp_path, Holder.here("race", NOW)) as lease:
                    inside.mkdir()
                    (entered / f"{lease.token:06d}").mkdir()
                    inside.rmdir()
            except BusyError:
                os.sched_yield()

    racers = [child(race) for _ in range(8)]
    os.close(start)
    os.close(go)
    assert [exit_code(pid) for pid in racers] == [0] * 8
    tokens = sorted(int(path.name) for path in entered.iterdir())
    assert tokens == list(range(1, len(tokens) + 1))
    assert tokens
