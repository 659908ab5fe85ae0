"""Write a small home as this version writes them, for the tests of every later version.

`python scripts/keep_home.py` writes `tests/fixtures/homes/format-N.tar.xz`, N being the format of
today. A home that is kept is never written again: see CONTRIBUTING.md.
"""

from __future__ import annotations

import os
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from rekomenda.pipeline.bootstrap import open_house  # noqa: E402
from rekomenda.pipeline.loading.ingest import ingest  # noqa: E402
from rekomenda.pipeline.privacy.forget import forget  # noqa: E402
from rekomenda.pipeline.run import run  # noqa: E402
from rekomenda.settings import load_settings  # noqa: E402
from rekomenda.storage.documents import FORMAT  # noqa: E402
from rekomenda.telemetry.logs import configure_logs  # noqa: E402
from rekomenda.telemetry.progress import Silent  # noqa: E402
from support.order_steps import CALM  # noqa: E402
from support.order_world import USERS, path_of, write_world  # noqa: E402

HOMES = ROOT / "tests" / "fixtures" / "homes"
NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)
OF_A_MACHINE = {"lease", "staging"}


def main() -> None:
    """Write the home, packed."""
    kept = HOMES / f"format-{FORMAT}.tar.xz"
    if kept.exists():
        sys.exit(f"{kept.relative_to(ROOT)} is kept as it is")
    with tempfile.TemporaryDirectory() as folder:
        pack(make_home(Path(folder)), kept)
    print(kept.relative_to(ROOT))


def make_home(folder: Path) -> Path:
    """Load two files, publish two releases, forget somebody."""
    os.environ.update(CALM)
    configure_logs(level="warning", log_format="text")
    settings, house = load_settings(), open_house(folder / "home")
    write_world(folder / "world")
    files = [folder / "world" / "tracks.csv"]
    files += [path_of(folder / "world", name, 0) for name in ("early", "third")]
    ingest(house, files, settings.ingest, now=NOW, progress=Silent())
    for as_of in (datetime(2024, 6, 2, tzinfo=UTC).date(), None):
        run(house, settings, as_of=as_of, now=NOW, progress=Silent())
    forget(house, USERS[-1:], now=NOW, progress=Silent())
    return house.home


def pack(home: Path, packed: Path) -> None:
    """Pack a home without what is of this machine or of this moment."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if member.name in OF_A_MACHINE or member.name.split("/")[0] in OF_A_MACHINE:
            return None
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = int(NOW.timestamp())
        return member

    packed.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(packed, "w:xz") as archive:
        for path in sorted(home.iterdir()):
            archive.add(path, path.name, filter=plain)


if __name__ == "__main__":
    main()
