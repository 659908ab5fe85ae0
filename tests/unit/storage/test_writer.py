"""Who is writing to a home is told without touching the lease."""

from __future__ import annotations

import os
from pathlib import Path

from rekomenda.storage.writer import writer_of
from support.homes import NOW, holding


def test_who_holds_it_is_told_without_taking_it(tmp_path: Path):
    assert writer_of(tmp_path) is None
    with holding(tmp_path, "rekomenda run"):
        found = writer_of(tmp_path)
        assert found is not None
        assert not found.gone
        holder = found.holder
        assert holder is not None
        assert (holder.command, holder.pid, holder.since) == ("rekomenda run", os.getpid(), NOW)
    assert writer_of(tmp_path) is None


def test_asking_who_holds_it_never_turns_anybody_away(tmp_path: Path):
    for _ in range(20):
        writer_of(tmp_path)
        with holding(tmp_path):
            writer_of(tmp_path)
