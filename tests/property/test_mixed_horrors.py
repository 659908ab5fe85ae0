"""Files with several things wrong at once: no crash, a verdict, and every row accounted for.

`REKOMENDA_HORRORS=200` in the environment tries as many files; forty otherwise.
"""

from __future__ import annotations

import gzip
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekomenda.data.layout import Source
from rekomenda.data.quarantine import read_quarantine
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.verdict import Limits
from rekomenda.data.staging import stage

N_FILES = int(os.environ.get("REKOMENDA_HORRORS", "40"))
NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)

DAYS = [
    "2024-02-19",
    "19/02/2024",
    "05/02/2024",
    "2024-02-30",
    "1970-01-01",
    "2199-01-01",
    "45342",
    "",
    "2024-02-19 10:00:00",
    "1708300800",
    "2024-02-19T10:00:00Z",
]
IDS = [
    "u1",
    "000123",
    "1.23E+05",
    "123.0",
    "",
    " x ",
    "jose\u0301",
    "ForrÃ³",
    "<b>",
    "=CMD()",
    "../x",
    "a\x00b",
    "u" * 1001,
    '"t',
    "NULL",
    "\u202ex",
    "a;b",
]
COUNTS = ["1", "0", "-1", "3,0", "1.234", "NaN", "inf", "9" * 30, "", "n/d", "+2", "3.5"]
ENDS = ["\n", "\r\n", "\r", "\n\n"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"]
HEADERS = [
    ["id_date", "user_id", "id_tracks", "plays"],
    ["data_hora", "ouvinte", "faixa", "x"],
    ["id_artist", "id_tracks", "id_genre", "nome"],
    ["plays", "DATA", "id_usuario", "track"],
]
PACKINGS = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "zstd": lambda data: pa.Codec("zstd").compress(data, asbytes=True),
    "cut": lambda data: gzip.compress(data)[:-7],
    "half": lambda data: data[: len(data) // 2],
    "junk": lambda data: data + b"\xff\x00\x81",
}


@st.composite
def horrors(draw) -> bytes:
    """Make a file: some good rows, and some that are drawn from what goes wrong."""
    separator = draw(st.sampled_from(",;\t|"))
    header = draw(st.sampled_from(HEADERS))
    good = [["2024-02-19", f"u{n}", f"t{n}", "1"] for n in range(draw(st.integers(0, 60)))]
    value = st.sampled_from([*DAYS, *IDS, *COUNTS])
    bad = draw(st.lists(st.lists(value, min_size=0, max_size=6), max_size=12))
    rows = draw(st.permutations([*good, *bad])) if draw(st.booleans()) else [*good, *bad]
    quoted = draw(st.booleans())
    cells = [
        [f'"{cell}"' if quoted and n % 5 == 0 else cell for cell in row]
        for n, row in enumerate(rows)
    ]
    lines = [
        separator.join(row) for row in ([header] if draw(st.booleans()) or good else []) + cells
    ]
    text = "".join(line + draw(st.sampled_from(ENDS)) for line in lines)
    data = text.encode(draw(st.sampled_from(ENCODINGS)), errors="replace")
    return PACKINGS[draw(st.sampled_from(sorted(PACKINGS)))](data)


@pytest.mark.slow
@settings(max_examples=N_FILES, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=horrors(), block=st.sampled_from([64, 1 << 10, 8 << 20]), accept=st.booleans())
def test_a_file_with_many_things_wrong_gets_a_verdict_and_every_row_is_accounted_for(
    content, block, accept
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plays.csv"
        path.write_bytes(content)
        options = ReadOptions(now=NOW, block_bytes=block)
        staged = stage(
            Source(path.name, path), path.parent / "out", options, limits=Limits(accept=accept)
        )
        assert staged.rows_in == staged.loaded + staged.quarantined + staged.deduplicated
        assert sum(staged.reasons.values()) == staged.quarantined
        main = staged.plan.column_map.tables[0] if staged.plan else ""
        written = sum(part.rows for part in staged.parts if part.table == main)
        assert written == (staged.loaded - staged.merged if staged.verdict == "loaded" else 0)
        if staged.verdict == "loaded":
            assert staged.n_set_aside == staged.quarantined
        if staged.quarantine:
            lines = [row["line"] for row in read_quarantine(staged.quarantine)]
            assert len(lines) == staged.n_set_aside
        if staged.refusal:
            for language in ("en", "pt-BR"):
                assert "plays.csv" in staged.refusal.message(language)
