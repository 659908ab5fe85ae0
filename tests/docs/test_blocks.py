"""Every block of every page does what the page says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rekomenda.settings import load_settings
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.markdown import Block, blocks
from support.repository import documents, relative
from support.s3_server import ACCESS, make_bucket
from support.sessions import Session, differs

SHOWN_ONLY = {"", "text", "mermaid"}
"""Diagrams, trees and excerpts: nothing to run."""

NOT_RUN = {
    "CONTRIBUTING.md": 4,
    "CONTRIBUTING.pt-BR.md": 4,
    "README.md": 1,
    "README.pt-BR.md": 1,
    "docs/how-to/search-wider.md": 1,
    "docs/how-to/search-wider.pt-BR.md": 1,
    "docs/operations.md": 1,
    "docs/operations.pt-BR.md": 1,
    "docs/production-guide.md": 3,
    "docs/production-guide.pt-BR.md": 3,
    "docs/production.md": 6,
    "docs/production.pt-BR.md": 6,
    "docs/real-data.md": 2,
    "docs/real-data.pt-BR.md": 2,
    "docs/reference/cli.md": 3,
    "docs/reference/cli.pt-BR.md": 3,
    "docs/s3.md": 3,
    "docs/s3.pt-BR.md": 3,
    "docs/same-everywhere.md": 2,
    "docs/same-everywhere.pt-BR.md": 2,
    "docs/spark.md": 2,
    "docs/spark.pt-BR.md": 2,
    "docs/scaling.md": 1,
    "docs/scaling.pt-BR.md": 1,
    "docs/scheduling.md": 3,
    "docs/scheduling.pt-BR.md": 3,
    "docs/tutorial.md": 1,
    "docs/tutorial.pt-BR.md": 1,
    "docs/warehouses.md": 2,
    "docs/warehouses.pt-BR.md": 2,
}
"""Blocks that say they are not run, by page; each gives its reason in the page."""


def check(block: Block, session: Session) -> str | None:
    """Run or read one block and return what is wrong with it."""
    if block.language in {"console", "bash"}:
        return _run_commands(block, session)
    if block.language == "python":
        return _run_python(block, session)
    if block.language == "sql":
        return _run_sql(block, session)
    if block.language == "toml":
        return _read_settings(block, session)
    if block.language == "json":
        json.loads(block.text)
        return None
    return f"no rule for {block.language!r}"


def _run_commands(block: Block, session: Session) -> str | None:
    commands = block.commands if block.language == "console" else [(block.filled, [])]
    for number, (command, shown) in enumerate(commands, start=1):
        result = session.run(command)
        last = number == len(commands)
        expected = int(block.asked.get("exits", 0)) if last else 0
        if result.returncode != expected:
            return f"`{command}` left with {result.returncode}:\n{result.stdout}"
        lacking = (
            differs(shown, result.stdout) if "output not compared" not in block.asked else None
        )
        if lacking is not None:
            return f"`{command}` does not print: {lacking}\nIt printed:\n{result.stdout}"
    return None


def _run_python(block: Block, session: Session) -> str | None:
    command = [sys.executable, "-c", block.text]
    result = subprocess.run(
        command, cwd=session.folder, capture_output=True, text=True, check=False
    )
    return result.stderr if result.returncode else None


def _run_sql(block: Block, session: Session) -> str | None:
    with DuckDBWarehouse(session.folder / "rekomenda-data").connect_read_only() as connection:
        rows = connection.execute(block.text).fetchall()
    return None if rows else "the query finds nothing"


def _read_settings(block: Block, session: Session) -> str | None:
    file = session.folder / "from-the-page.toml"
    file.write_text(block.text, encoding="utf-8")
    load_settings(file=file, environment={})
    return None


def _is_checked(block: Block) -> bool:
    return block.language not in SHOWN_ONLY and "not run" not in block.asked


def _is_worth_running(page: Path) -> bool:
    """Leave out pages without blocks to check, and twins that show no output of their own."""
    checked = [block for block in blocks(page) if _is_checked(block)]
    shows = any(output for block in checked for _, output in block.commands)
    return bool(checked) and (shows or not page.name.endswith(".pt-BR.md"))


PAGES = [page for page in documents() if _is_worth_running(page)]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], str | None]:
    """Bring an empty folder to where a page begins; many pages begin at the same place."""
    made: dict[str, Path] = {}

    def prepare(command: str, folder: Path) -> str | None:
        if command not in made:
            made[command] = tmp_path_factory.mktemp("prepared")
            result = Session(made[command], "en").run(command)
            if result.returncode:
                return result.stdout
        shutil.copytree(made[command], folder, dirs_exist_ok=True)
        return None

    return prepare


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_the_blocks_of_a_page_work_in_order(page: Path, tmp_path: Path, prepared, s3_server: str):
    session = Session(tmp_path, "pt-BR" if page.name.endswith(".pt-BR.md") else "en")
    for block in blocks(page):
        place = f"{relative(page)}:{block.line}"
        if bucket := block.asked.get("store"):
            session.environment |= {**ACCESS, "AWS_ENDPOINT_URL": s3_server}
            session.environment["REKOMENDA_HOME"] = f"s3://{bucket}/rekomenda"
            make_bucket(s3_server, bucket)
        if first := block.asked.get("first"):
            if any(tmp_path.iterdir()):
                result = session.run(first)
                assert result.returncode == 0, f"{place}: {result.stdout}"
            else:
                wrong = prepared(first, tmp_path)
                assert wrong is None, f"{place}: {wrong}"
        if _is_checked(block):
            wrong = check(block, session)
            assert wrong is None, f"{place}: {wrong}"


def test_blocks_that_are_not_run_are_few_and_say_why():
    reasons = {
        relative(page): [b.asked["not run"] for b in blocks(page) if "not run" in b.asked]
        for page in documents()
    }
    assert all(map(all, reasons.values()))
    assert {page: len(given) for page, given in reasons.items() if given} == NOT_RUN
