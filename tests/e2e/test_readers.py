"""Whoever reads while releases are published sees one release at a time, and no error."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.chaos.readers import AT_LEAST, Read, publish_while_read
from support.command import done
from support.crash import exit_code
from support.tiny_home import SIZE, command, in_fresh_process

PUBLISHES = 20


def two_releases_read(folder: Path, times: int) -> dict[str, Read]:
    done("generate", "--out", folder / "world", *SIZE)
    home = folder / "home"
    for words in (("ingest", folder / "world"), ("run", "--as-of", "2024-06-28"), ("run",)):
        assert exit_code(lambda words=words: command(home, *words)) == 0
    return publish_while_read(home, times)


@pytest.mark.slow
def test_r3_answers_are_of_one_release_while_twenty_are_published(tmp_path: Path):
    found = in_fresh_process(two_releases_read, tmp_path, PUBLISHES)
    assert {name: read.wrong for name, read in found.items()} == {"release": [], "warehouse": []}
    assert all(read.answers >= PUBLISHES * AT_LEAST for read in found.values())
