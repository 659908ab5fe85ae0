"""The data sets of the comparison, each as something to learn from and an exam to sit.

The way is the product's own: files are ingested into a home (once, kept in the work folder),
integrated, and held out as a run does, with the settings that `examples/real_data` states for them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.tasks import Task
from rekomenda.joining.integrate import Integrated, integrate
from rekomenda.language import Text
from rekomenda.learning.auto import choose_blend
from rekomenda.learning.exam import Examination, set_exam
from rekomenda.pipeline.bootstrap import open_engine, open_house
from rekomenda.pipeline.work import plan_work
from rekomenda.settings import Settings, load_settings
from rekomenda.telemetry.progress import Silent
from rekomenda.tuning.choice import Choice
from split import chosen, read

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples" / "real_data"
K: Final = 20
SPLITS: Final = 5
"""Random splits of HetRec, seeds 0 to 4, pooled."""
LONG_AGO: Final = date(2999, 1, 1)
"""A today on which every day of the data is over."""
_CHOOSING: Final = Text("Choosing", "Escolhendo")


@dataclass(frozen=True, eq=False)
class Case:
    """One data set, held out once.

    Parameters
    ----------
    settings : Settings
    data : TrainingData
        What models learn from.
    exam : Exam
    choose : callable
        What `auto` stands for on this data; to be called when it is wanted.
    """

    settings: Settings
    data: TrainingData
    exam: Exam
    choose: Callable[[], Choice]


def cases(name: str, data: Path, work: Path) -> Iterator[Case]:
    """Yield the cases of a data set: one, or as many as it has splits.

    Parameters
    ----------
    name : str
        `world-5000` (listeners), `hetrec`, `nowplaying` or `gowalla`.
    data : Path
        The folder that holds the public sets.
    work : Path
        Where homes are kept.
    """
    if name == "gowalla":
        yield _gowalla(data / "gowalla")
        return
    home, settings = prepare(name, data, work)
    integrated = _integrated(home, settings)
    for seed in range(SPLITS if name == "hetrec" else 1):
        examination = set_exam(integrated, settings.evaluate, seed=seed)
        choose = partial(_choice, integrated, examination, settings)
        yield Case(settings, examination.data, examination.exam, choose)


def prepare(name: str, data: Path, work: Path) -> tuple[Path, Settings]:
    """Ingest what a data set is made of, unless that is done; return its home and settings."""
    files, home = work / name / "files", work / name / "home"
    if name.startswith("world-"):
        settings = Settings()
        made = ["generate", "--out", str(files), "--listeners", name.removeprefix("world-")]
        steps = [_rekomenda(*made), _rekomenda("--home", str(home), "ingest", str(files))]
    elif name == "hetrec":
        config = EXAMPLES / "hetrec.toml"
        settings = load_settings(file=config, environment={})
        raw = str(data / "hetrec2011-lastfm-2k")
        steps = [[sys.executable, str(EXAMPLES / "hetrec.py"), raw, str(files)]]
        steps += [_rekomenda("--home", str(home), "--config", str(config), "ingest", str(files))]
    elif name == "nowplaying":
        config = EXAMPLES / "nowplaying.toml"
        settings = load_settings(file=config, environment={})
        logs = [str(data / "nowplaying1m" / file) for file in ("train.csv", "valid.csv")]
        steps = [_rekomenda("--home", str(home), "--config", str(config), "ingest", *logs)]
    else:
        raise ValueError(f"no data set is called {name!r}")
    done = work / name / "ready"
    if not done.exists():
        files.parent.mkdir(parents=True, exist_ok=True)
        for command in steps:
            _do(command)
        done.touch()
    evaluate = settings.evaluate.model_copy(update={"cutoffs": (K,)})
    return home, settings.model_copy(update={"evaluate": evaluate})


def _rekomenda(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rekomenda", *arguments]


def _do(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.strip()}")


def _integrated(home: Path, settings: Settings) -> Integrated:
    house = open_house(home)
    work = plan_work(house.lake.snapshot(), settings, home=home, as_of=None, today=LONG_AGO)
    with tempfile.TemporaryDirectory() as spill:
        return integrate(
            open_engine(settings, Path(spill)),
            work.parts,
            home=home,
            as_of=work.as_of,
            cut=work.cut,
            validation_cut=work.validation_cut,
            options=settings.integrate,
            moments=settings.evaluate.holdout == "sessions",
        )


def _choice(integrated: Integrated, examination: Examination, settings: Settings) -> Choice:
    with Silent().step("choose", _CHOOSING) as step:
        return choose_blend(integrated, examination, settings, step)


def _gowalla(folder: Path) -> Case:
    """Read LightGCN's split, measured as `split.py` does: everybody with test items is asked."""
    train, test = read(folder / "train.txt"), read(folder / "test.txt")
    n_users, n_items = (int(max(a.max(), b.max())) + 1 for a, b in zip(train, test, strict=True))
    seen, asked = (
        Histories.from_cells(*cells, n_users=n_users, n_items=n_items) for cells in (train, test)
    )
    users, items = (
        IdMap.of([f"{row:09d}" for row in range(count)]) for count in (n_users, n_items)
    )
    data = TrainingData(Interactions(users, items, seen), Catalogue.bare(items), as_of_day=-1)
    exam = Exam.of(
        seen, asked, data.catalogue, tasks=(Task.UNHEARD,), cutoffs=(K,), max_users=n_users
    )
    return Case(Settings(), data, exam, lambda: chosen(data, seed=0))
