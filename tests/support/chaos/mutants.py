"""Files with damaged bytes: cut off, single bits turned, blocks swapped or blanked; and who reads them."""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from rekomenda.errors import RekomendaError
from rekomenda.storage.lake import Lake
from rekomenda.storage.releases import Releases
from support.command import call

Kind = str
KINDS: tuple[Kind, ...] = ("flip", "cut", "swap", "blank", "grow")


class Mutant(NamedTuple):
    """A file of a folder, and how it is damaged."""

    file: str
    kind: Kind
    seed: int

    def __str__(self) -> str:
        return f"{self.file}/{self.kind}/{self.seed}"


class Reader(NamedTuple):
    """A folder with whole files, which of them are damaged, and the command that reads each."""

    whole: Path
    files: list[str]
    answer: Callable[[Path, str], tuple[int, str, str]]
    """Given the folder and the damaged file: exit code, answer, what was said."""


def damage(data: bytes, kind: Kind, seed: int) -> bytes:
    """Return other bytes than these."""
    chance = random.Random(f"{kind} {seed}")
    at = chance.randrange(len(data))
    if kind == "flip":
        return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
    if kind == "cut":
        return data[:at]
    if kind == "grow":
        return data + chance.randbytes(chance.randint(1, 64))
    size = max(1, min(len(data) // 4, chance.choice((1, 16, 256))))
    first = chance.randrange(len(data) - size + 1)
    if kind == "blank":
        changed = data[:first] + bytes(size) + data[first + size :]
    else:
        second = chance.randrange(len(data) - size + 1)
        one, two = data[first : first + size], data[second : second + size]
        changed = bytearray(data)
        changed[first : first + size], changed[second : second + size] = two, one
    return bytes(changed) if bytes(changed) != data else data[:-1]


def mutants(reader: Reader, count: int, first: int = 0) -> Iterator[Mutant]:
    """Name so many mutants, files and kinds in turn."""
    for number in range(first, first + count):
        file = reader.files[number % len(reader.files)]
        yield Mutant(file, KINDS[number // len(reader.files) % len(KINDS)], number)


def try_mutants(reader: Reader, chosen: list[Mutant], folder: Path) -> list[str]:
    """Let a child process read each; return what is wrong with which, a dead child too.

    Right is the answer of the whole file, or a refusal (no exit code 0 or 1) that names the file.
    """
    wrong: list[str] = []
    rest = list(chosen)
    while rest:
        told, teller = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(told)
            _read_each(reader, rest, folder, teller)
        os.close(teller)
        lines = b"".join(iter(lambda told=told: os.read(told, 1 << 16), b"")).splitlines()
        os.close(told)
        _, status = os.waitpid(child, 0)
        found = [json.loads(line) for line in lines]
        wrong += [line for lines_of_one in found for line in lines_of_one]
        if status:
            wrong.append(f"repro: mutant {rest[len(found)]}: the process died ({status})")
            found.append([])
        rest = rest[len(found) :]
    return wrong


def _read_each(reader: Reader, chosen: list[Mutant], folder: Path, teller: int) -> None:
    code = 1
    try:
        copy = Path(tempfile.mkdtemp(dir=folder))
        shutil.copytree(reader.whole, copy, dirs_exist_ok=True)
        right: dict[str, str] = {}
        for mutant in chosen:
            if mutant.file not in right:
                code, right[mutant.file], said = reader.answer(copy, mutant.file)
                assert code == 0, said
            line = json.dumps(_judge(reader, copy, mutant, right[mutant.file]))
            os.write(teller, line.encode() + b"\n")
        shutil.rmtree(copy)
        code = 0
    finally:
        os._exit(code)


def _judge(reader: Reader, copy: Path, mutant: Mutant, right: str) -> list[str]:
    path = copy / mutant.file
    data = path.read_bytes()
    path.unlink()  # it may have another name in the whole folder's copy
    path.write_bytes(damage(data, mutant.kind, mutant.seed))
    try:
        code, answer, said = reader.answer(copy, mutant.file)
    except AssertionError as error:  # a traceback where words belong
        code, answer, said = 1, "", str(error)
    finally:
        path.write_bytes(data)
    last = said.strip().splitlines()[-1:] or [""]
    if code == 0:
        return [] if answer == right else [f"repro: mutant {mutant}: another answer, in silence"]
    if code == 1 or Path(mutant.file).name not in said:
        return [f"repro: mutant {mutant}: left with {code}: {last[0]}"]
    return []


def served_files(home: Path) -> Reader:
    """Read a home: lists and models as `recommend` does, the lake as `run` does."""
    served = Releases(home).current()
    assert served is not None
    release = f"releases/{served.path.name}"
    names = [
        *("releases/current", "lake/current", f"{release}/manifest.json"),
        *(f"{release}/model/{p.name}" for p in sorted((home / release / "model").iterdir())),
        *(
            f"{release}/histories/{p.name}"
            for p in sorted((home / release / "histories").iterdir())
        ),
        *(
            f"{release}/catalogue/{p.name}"
            for p in sorted((home / release / "catalogue").iterdir())
        ),
        f"{release}/lists/recommendations.parquet",
        f"{release}/listeners.parquet",
        *sorted(str(p.relative_to(home)) for p in (home / "lake").glob("plays/*/*.parquet")),
        *sorted(str(p.relative_to(home)) for p in (home / "lake").glob("snapshots/*.json"))[-1:],
    ]
    return Reader(home, names, _ask_home)


def _ask_home(home: Path, file: str) -> tuple[int, str, str]:
    if file.startswith("lake/"):
        try:
            Lake(home).verify()
            return 0, Lake(home).snapshot().content_hash, ""
        except RekomendaError as error:
            return error.exit_code, "", str(error)
    dialled = () if "/lists/" in file else ("--dial", "0.5")  # by the model, not from the lists
    answer = call("--home", home, "recommend", "U004", *dialled, "--json")
    return answer.code, answer.out, answer.err


def input_files(folder: Path) -> Reader:
    """Read files from outside: plays as CSV in gzip, and as Parquet whose pages carry checksums."""
    return Reader(folder, sorted(path.name for path in folder.iterdir()), _ask_ingest)


def _ask_ingest(folder: Path, file: str) -> tuple[int, str, str]:
    home = folder.with_name(f"{folder.name}.home")
    shutil.rmtree(home, ignore_errors=True)
    answer = call("--home", home, "ingest", folder / file, "--json")
    if answer.code:
        return answer.code, "", answer.err + answer.out
    parts = sorted((part.path.name, part.rows) for part in Lake(home).snapshot().parts)
    return 0, json.dumps(parts), answer.err
