"""The faults: which points there are, and what it means to try one."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import subprocess
import sys

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from comparison.stamp import ROOT
from rekomenda.language import Text
from support.chaos import full_disk, memory, mutants
from support.chaos.jobs import NAMES
from support.chaos.power import MODES
from support.chaos.race import RACERS, race
from support.chaos.readers import publish_while_read
from support.chaos.strikes import (
    ERRORS,
    NotReachedError,
    Undisturbed,
    cut_power,
    cuts,
    kill,
    kill_twice,
    refuse,
)
from support.chaos.traced import Call
from unrest.lab import Fault, Lab

N_SEQUENCES = 2000


def _spell(call: Call) -> str:
    return f"{call.name} {call.when} {call.thread}"


def _call(words: list[str]) -> Call:
    name, when, thread = words
    return Call(name, int(when), int(thread), (), "", 0)


def _all_boundaries(lab: Lab) -> list[str]:
    return [f"{name} {_spell(call)}" for name in NAMES for call in lab.case(name).points()]


def _kill(lab: Lab, point: str) -> list[str]:
    name, *call = point.split()
    return kill(lab.case(name), _call(call))


def _pairs(lab: Lab) -> list[str]:
    found = []
    for name in NAMES:
        commits = [c for c in lab.case(name).points() if c.name == "rename" and not c.thread]
        found += [f"{name} {a.when} {b.when}" for a in commits for b in commits]
    return found


def _kill_pair(lab: Lab, point: str) -> list[str]:
    name, first, second = point.split()
    calls = [Call("rename", int(when), 0, (), "", 0) for when in (first, second)]
    return kill_twice(lab.case(name), *calls)


def _kill_by_chance(lab: Lab, point: str) -> list[str]:
    name, _ = point.split()
    case = lab.case(name)
    calls = [c for c in case.calls if not c.thread and c.name in {p.name for p in case.points()}]
    return kill(case, random.Random(point).choice(calls))


def _errors(lab: Lab) -> list[str]:
    return [f"{point} {error}" for error in ERRORS for point in _all_boundaries(lab)]


def _refuse(lab: Lab, point: str) -> list[str]:
    name, *call, error = point.split()
    return refuse(lab.case(name), _call(call), error)


def _cuts(lab: Lab) -> list[str]:
    """At least 200: each command's end in every mode, and points before, the modes in turn."""
    found = []
    for name in NAMES:
        *before, end = cuts(lab.case(name))
        found += [f"{name} {end} {mode} 0" for mode in MODES]
        step = max(1, len(before) // 33)
        found += [f"{name} {a} {MODES[n % 3]} {n}" for n, a in enumerate(before[::step])]
    return found


def _cut(lab: Lab, point: str) -> list[str]:
    name, after, named, seed = point.split()
    (mode,) = (mode for mode in MODES if mode == named)
    return cut_power(lab.case(name), int(after), mode, int(seed))


def _files(lab: Lab) -> dict[str, mutants.Reader]:
    inputs = lab.work / "inputs"
    if not inputs.exists():
        inputs.mkdir()
        text = b"".join((lab.states / "world" / "plays.csv").open("rb").readlines()[:301])
        (inputs / "plays.csv.gz").write_bytes(gzip.compress(text, mtime=0))
        table = pyarrow.csv.read_csv(pa.BufferReader(text))
        pq.write_table(table, inputs / "plays.parquet", write_page_checksum=True)
    served = mutants.served_files(lab.states / "full")
    return {"home": served, "input": mutants.input_files(inputs)}


_BATCH = 100


def _mutants(_: Lab) -> list[str]:
    return [f"{kind} {first}" for first in range(0, 5000, _BATCH) for kind in ("home", "input")]


def _damage(lab: Lab, point: str) -> list[str]:
    """Try a hundred mutants: the point names the first, and the output which of them went wrong."""
    kind, first = point.split()
    reader = _files(lab)[kind]
    return mutants.try_mutants(reader, list(mutants.mutants(reader, _BATCH, int(first))), lab.tries)


def _race(lab: Lab, point: str) -> list[str]:
    name, _ = point.split()
    home = lab.jobs[name].start(lab.tries / f"race-{name}")
    codes = race(home, *lab.jobs[name].words)
    os.chdir(lab.states)
    return [] if codes == [0] + [75] * (RACERS - 1) else [f"they left with {codes}"]


def _read(lab: Lab, _: str) -> list[str]:
    home = lab.tries / "read"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(lab.states / "twice", home)
    found = publish_while_read(home, 20)
    return [f"{name}: {line}" for name, read in found.items() for line in read.wrong]


def _fill_up(lab: Lab, point: str) -> list[str]:
    name, percent = point.split()
    case = Undisturbed.of(lab.jobs[name], lab.tries)
    return full_disk.fill_up(case, int(percent))


def _narrow(lab: Lab, point: str) -> list[str]:
    name, mebibytes = point.split()
    return memory.narrow(lab.case(name), int(mebibytes))


def _orders(_: Lab, point: str) -> list[str]:
    """Try a hundred orders of work, each time others: a failure prints how to try its own again."""
    del point
    asked = {"REKOMENDA_ORDER_SEQUENCES": str(_BATCH), "REKOMENDA_ORDER_STEPS": "40"}
    return _tested("tests/property/test_order_of_work.py", asked)


def _everywhere(_: Lab, point: str) -> list[str]:
    return _tested("tests/e2e/test_same_everywhere.py", {"REKOMENDA_EVERYWHERE": point})


def _statements(_: Lab, point: str) -> list[str]:
    return _tested("tests/unit/storage/test_faults_of_servers.py", {"REKOMENDA_FAULTS": point})


def _on_spark(_: Lab, point: str) -> list[str]:
    return _tested("tests/spark", {"REKOMENDA_EVERYWHERE": point})


def _tested(tests: str, asked: dict[str, str]) -> list[str]:
    """Run tests that are told by the environment how much to try; return how they failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not needs_s3a", tests]
    ended = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **asked}, capture_output=True, text=True, check=False
    )
    if ended.returncode == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise NotReachedError(tests)
    return [] if ended.returncode == 0 else [ended.stdout[-2000:]]


_ONE_RERUN = Text("one rerun reaches the same content", "uma reexecução chega ao mesmo conteúdo")

FAULTS: dict[str, Fault] = {
    "kill": Fault(
        "F1",
        Text(
            "killed at a system call that changes the disk",
            "morto numa chamada de sistema que muda o disco",
        ),
        _ONE_RERUN,
        _all_boundaries,
        _kill,
    ),
    "pair": Fault(
        "F2",
        Text("killed, and killed again while recovering", "morto, e morto de novo ao se recuperar"),
        _ONE_RERUN,
        _pairs,
        _kill_pair,
    ),
    "random": Fault(
        "F3",
        Text("killed at calls drawn by chance", "morto em chamadas sorteadas"),
        _ONE_RERUN,
        lambda _: [f"{NAMES[seed % len(NAMES)]} {seed}" for seed in range(1000)],
        _kill_by_chance,
    ),
    "power": Fault(
        "F4",
        Text(
            "power cut: what was not flushed is gone or torn",
            "queda de energia: o que não foi descarregado some ou fica pela metade",
        ),
        Text("nothing confirmed is lost", "nada confirmado se perde"),
        _cuts,
        _cut,
    ),
    "errno": Fault(
        "F5",
        Text(
            "refused by the system: EIO, ENOSPC, EDQUOT, EMFILE, EROFS, EACCES",
            "recusado pelo sistema: EIO, ENOSPC, EDQUOT, EMFILE, EROFS, EACCES",
        ),
        Text(
            "documented exit code, path named, one rerun",
            "código de saída documentado, caminho dito, uma reexecução",
        ),
        _errors,
        _refuse,
    ),
    "disk": Fault(
        "F6",
        Text(
            "a disk of 10 % to 110 % of the room needed",
            "um disco de 10 % a 110 % do espaço necessário",
        ),
        Text("as F5", "como F5"),
        lambda _: [
            f"{name} {10 + 100 * step // 11}" for name in ("ingest", "run") for step in range(12)
        ],
        _fill_up,
    ),
    "memory": Fault(
        "F7",
        Text("a limit of memory", "um limite de memória"),
        Text(
            "the setting that lowers it is named, one rerun",
            "a configuração que a reduz é dita, uma reexecução",
        ),
        lambda _: [
            f"{name} {limit}" for name in ("ingest", "run") for limit in (1, 8, 32, 128, 512)
        ],
        _narrow,
    ),
    "race": Fault(
        "F9",
        Text("eight processes at once", "oito processos ao mesmo tempo"),
        Text("one does it, seven leave with 75", "um faz, sete saem com 75"),
        lambda _: [f"{name} {number}" for name in ("ingest", "run") for number in range(20)],
        _race,
    ),
    "mutants": Fault(
        "F14",
        Text("damaged files, 100 a point", "arquivos danificados, 100 por ponto"),
        Text(
            "never read as something else, no dead process, named",
            "nunca lidos como outra coisa, nenhum processo morto, nome dito",
        ),
        _mutants,
        _damage,
    ),
    "readers": Fault(
        "F15",
        Text(
            "release and warehouse read during 20 publishes",
            "release e warehouse lidos durante 20 publicações",
        ),
        Text("no mixed answer, no error", "nenhuma resposta misturada, nenhum erro"),
        lambda _: [str(number) for number in range(20)],
        _read,
    ),
    "server": Fault(
        "F10",
        Text(
            "PostgreSQL and the emulation of Redshift: a fault at every statement of a load",
            "PostgreSQL e a emulação do Redshift: uma falha em cada comando de uma carga",
        ),
        Text("no part of a run is shown", "nenhuma parte de uma run aparece"),
        lambda _: ["1000"],
        _statements,
    ),
    "spark": Fault(
        "F12",
        Text(
            "Spark: executor, worker and driver killed, six surroundings",
            "Spark: executor, worker e driver mortos, seis ambientes",
        ),
        Text("the content of one machine", "o conteúdo de uma máquina"),
        lambda _: ["all"],
        _on_spark,
    ),
    "clock": Fault(
        "F13",
        Text(
            "24 pairings of time zones, locales, hash seeds and threads",
            "24 combinações de fusos, locales, sementes de hash e threads",
        ),
        Text("one hash", "um hash só"),
        lambda _: ["all"],
        _everywhere,
    ),
    "order": Fault(
        "F16",
        Text(
            "orders of up to 40 commands, some killed, 100 a point",
            "ordens de até 40 comandos, alguns mortos, 100 por ponto",
        ),
        Text("no promise broken", "nenhuma promessa quebrada"),
        lambda _: [str(first) for first in range(0, N_SEQUENCES, _BATCH)],
        _orders,
    ),
}
