"""A file that is larger than what may be held of it is streamed: memory does not grow with it (B21)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

LOAD = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from rekomenda.data.layout import Source
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.verdict import Limits
from rekomenda.data.staging import stage
from rekomenda.storage.documents import sha256_of

path, folder, memory = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
told = []
options = ReadOptions(now=datetime(2026, 3, 12, tzinfo=UTC), block_bytes=1 << 20, sample_bytes=1 << 18)
staged = stage(Source(path.name, path), folder, options, limits=Limits(), memory_bytes=memory,
               advance=lambda done, total: told.append((done, total)))
print(json.dumps({
    "rows": [staged.rows_in, staged.loaded, staged.merged, staged.quarantined, staged.deduplicated],
    "parts": sorted(sha256_of(part.path) for part in staged.parts),
    "spills": len(list(folder.rglob("spill-*"))),
    "told": told[len(told) // 2],
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""
ROW = "2024-02-{day:02d},listener-{user:06d},track-{track:05d},{plays}\n"


def load(path: Path, folder: Path, memory: int) -> dict:
    command = [sys.executable, "-c", LOAD, str(path), str(folder), str(memory)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.slow
def test_b21_memory_does_not_grow_with_the_file_and_spilling_changes_no_byte(tmp_path):
    rows = [
        ROW.format(day=n % 28 + 1, user=n * 7919 % 90_000, track=n * 31 % 4_999, plays=n % 5 + 1)
        for n in range(600_000)
    ]
    header = "id_date,user_id,id_tracks,plays\n"
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    small.write_text(header + "".join(rows[:300_000]))
    large.write_text(header + "".join(rows) * 14)  # 8.4 million rows, 330 MB
    held = load(large, tmp_path / "held", 1 << 30)
    spilled = load(large, tmp_path / "spilled", 16 << 20)
    assert (held["spills"], spilled["spills"] > 3) == (0, True)
    assert spilled["parts"] == held["parts"]
    assert spilled["rows"] == held["rows"] == [8_400_000, 8_400_000, 7_800_000, 0, 0]
    done, total = spilled["told"]
    assert abs(total - 8_400_000) < 84_000  # how many there will be is known half-way
    assert done < total
    peak = load(small, tmp_path / "small-held", 16 << 20)["peak_mb"]
    assert spilled["peak_mb"] < peak + 400 < peak + large.stat().st_size / 2**20 * 1.5
