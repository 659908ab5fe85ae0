"""Of 300 damaged files none is read as something else, none kills a process, each is named."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from support.chaos.mutants import KINDS, damage, input_files, mutants, served_files, try_mutants
from support.command import call, done
from support.crash import exit_code
from support.tiny_home import SIZE, command, in_fresh_process

EACH = 150
ROWS = 300


def prepare(folder: Path) -> None:
    """Make a home with a release, and plays as others would send them."""
    done("generate", "--out", folder / "world", *SIZE)
    home = folder / "home"
    for words in (("ingest", folder / "world"), ("run",)):
        assert exit_code(lambda words=words: command(home, *words)) == 0
    inputs = folder / "inputs"
    inputs.mkdir()
    text = b"".join((folder / "world" / "plays.csv").open("rb").readlines()[: ROWS + 1])
    (inputs / "plays.csv.gz").write_bytes(gzip.compress(text, mtime=0))
    table = pyarrow.csv.read_csv(pa.BufferReader(text))
    pq.write_table(table, inputs / "plays.parquet", write_page_checksum=True)


def try_both(folder: Path, each: int) -> list[str]:
    prepare(folder)
    tries = folder / "tries"
    tries.mkdir()
    readers = (served_files(folder / "home"), input_files(folder / "inputs"))
    return [
        line
        for reader in readers
        for line in try_mutants(reader, list(mutants(reader, each)), tries)
    ]


@pytest.mark.slow
def test_damaged_files_are_refused_by_name_and_never_read_as_something_else(tmp_path: Path):
    assert in_fresh_process(try_both, tmp_path, EACH) == []
    shutil.rmtree(tmp_path)


def test_a_page_header_that_ends_a_column_early_is_found(tmp_path: Path):
    """Arrow skips a page of an unknown kind without a word; checksums are of what follows a header."""
    table = pa.table({"user_id": ["a", "b"], "track_id": ["t", "t"], "plays": [1, 2]})
    days = pa.array([19000, 19001], pa.int32()).cast(pa.date32())
    path = tmp_path / "plays.parquet"
    pq.write_table(table.append_column("id_date", days), path, write_page_checksum=True)
    whole = path.read_bytes()
    at = pq.read_metadata(path).row_group(0).column(0).data_page_offset
    assert whole[at : at + 2] == b"\x15\x00"  # the kind of page: 0, data
    path.write_bytes(whole[: at + 1] + b"\x20" + whole[at + 2 :])
    answer = call("--home", tmp_path / "home", "ingest", path)
    assert answer.code == 65
    assert "plays.parquet" in answer.err + answer.out


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_damaged_differs(kind: str):
    data = bytes(range(200))
    assert all(damage(data, kind, seed) != data for seed in range(300))
