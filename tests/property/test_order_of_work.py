"""Whatever the order of work, and wherever it is killed: nothing is lost, doubled or brought back.

Late and corrected files, backfills, reruns, going back, collecting, rebuilding, forgetting and
taking down are drawn in any order, each in a process of its own, some killed at a boundary and
simply run again. After every step the home is compared with a plain model of what must be true.
`REKOMENDA_ORDER_SEQUENCES` says how many sequences are tried, `REKOMENDA_ORDER_STEPS` how long
they may be, and `REKOMENDA_ORDER` replays one, as a failure prints it.
"""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from support.order_steps import CALM, Played, Step
from support.order_world import TRACKS, USERS, VERSIONS, write_world
from support.tiny_home import in_fresh_process

pytestmark = pytest.mark.slow

SEQUENCES = int(os.environ.get("REKOMENDA_ORDER_SEQUENCES", "50"))
STEPS = int(os.environ.get("REKOMENDA_ORDER_STEPS", "12"))
REPLAYED = os.environ.get("REKOMENDA_ORDER", "")
IN_MEMORY = Path("/dev/shm")
PLACE = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None


def kills(boundaries: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Draw where a command of about so many boundaries is killed: mostly nowhere, at times twice."""
    once = st.tuples(st.integers(0, boundaries))
    return st.one_of(
        st.just(()), st.just(()), once, once, st.tuples(*[st.integers(0, boundaries)] * 2)
    )


class Work(RuleBasedStateMachine):
    """Everything that is done to a home, in any order."""

    lists: dict[object, str] = {}  # noqa: RUF012 - shared: the same rows give the same lists
    world: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=PLACE)
        self.played = Played(Path(self.folder.name), self.world, Work.lists)
        self.failed = False

    def do(self, killed: tuple[int, ...], *words: object) -> None:
        self.failed = True
        self.played.do(Step(tuple(map(str, words)), killed))
        self.failed = False

    @rule(version=st.sampled_from(VERSIONS), killed=kills(45))
    def ingest(self, version: tuple[str, int], killed: tuple[int, ...]) -> None:
        self.do(killed, "ingest", *version)

    @rule(version=st.sampled_from(VERSIONS))
    def ingest_undisturbed(self, version: tuple[str, int]) -> None:
        self.do((), "ingest", *version)

    @rule(killed=kills(110))
    def run(self, killed: tuple[int, ...]) -> None:
        self.do(killed, "run")

    @rule(day=st.integers(1, 6), killed=kills(110))
    def backfill(self, day: int, killed: tuple[int, ...]) -> None:
        self.do(killed, "run", day)

    @rule(killed=kills(30))
    def roll_back(self, killed: tuple[int, ...]) -> None:
        self.do(killed, "rollback")

    @rule(place=st.integers(0, 3), killed=kills(30))
    def serve(self, place: int, killed: tuple[int, ...]) -> None:
        self.do(killed, "serve", place)

    @rule(killed=kills(25))
    def collect(self, killed: tuple[int, ...]) -> None:
        self.do(killed, "gc")

    @rule(killed=kills(55))
    def rebuild(self, killed: tuple[int, ...]) -> None:
        self.do(killed, "rebuild")

    @rule(user=st.sampled_from(USERS[:3]), killed=kills(350))
    def forget(self, user: str, killed: tuple[int, ...]) -> None:
        self.do(killed, "forget", user)

    @rule(track=st.sampled_from(TRACKS[:2]), down=st.booleans(), killed=kills(25))
    def take_down(self, track: str, down: bool, killed: tuple[int, ...]) -> None:
        self.do(killed, "block" if down else "unblock", track)

    def teardown(self) -> None:
        try:
            if not self.failed:
                self.played.end()
        finally:
            self.folder.cleanup()


def in_a_world(play: str, sequences: int, steps: int) -> str:
    """Draw sequences, or play the given one, in this process; return what broke, "" if nothing."""
    os.environ.update(CALM)
    with tempfile.TemporaryDirectory(dir=PLACE) as folder:
        os.chdir(folder)
        Work.world = Path(folder) / "world"
        write_world(Work.world)
        try:
            if play:
                replay(play, Path(folder))
            else:
                draw(sequences, steps)
        except BaseException as error:
            found = [each for each in _causes(error) if "repro: " in str(each)]
            return str(found[0]) if found else traceback.format_exc()
    return ""


def draw(sequences: int, steps: int) -> None:
    run_state_machine_as_test(
        Work,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def replay(text: str, folder: Path) -> None:
    played = Played(folder, Work.world)
    for step in text.split("; "):
        played.do(Step.read(step))
    played.end()


def _causes(error: BaseException) -> list[BaseException]:
    return [error, *(getattr(error, "exceptions", ()))]


def test_r1_r2_r5_r9_r12_hold_in_any_order_of_work_and_crashes():
    assert in_fresh_process(in_a_world, REPLAYED, SEQUENCES, STEPS) == ""
