"""B54, B55, B58: names and ids that would command a page, a spreadsheet or a path stay text everywhere."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from support.browser import DESKTOP, Browser, browser
from support.command import Answer, call, done
from support.tiny_home import SETTINGS

pytestmark = pytest.mark.slow

IDS = [
    "../../etc/passwd",
    "CON",
    "a/b",
    "..",
    "/etc/shadow",
    "C:\\Windows\\x",
    "nul.txt",
    "~root",
    "%2e%2e%2f",
    "id;touch owned",
    "$(touch owned)",
    "<script>owned=1</script>",
]
"""Of listeners, tracks and artists alike."""
NAMES = [
    "<script>window.owned = 'script'</script>",
    '"><img src=x onerror="window.owned=\'img\'">',
    "{{7*7}}",
    "${7*7}",
    "javascript:window.owned='link'",
    "<svg onload=\"window.owned='svg'\"><script>owned=1</script></svg>",
    "</script><script>window.owned='closed'</script>",
    "<a href=\"javascript:window.owned='a'\">forró</a>",
    '=HYPERLINK("http://example.org")',
    "@SUM(1+1)",
    "--><b>bold</b>",
    "&lt;b&gt; &amp;",
]
FORMULA = re.compile(r"^[=+\-@\t\r]")
STAYS_TEXT = """
({
  owned: window.owned === undefined,
  elements: document.querySelectorAll('img[src="x"], svg[onload], [onerror], a[href^="javascript"], body b > b').length,
  scripts: [...document.scripts].filter(s => s.textContent.includes('owned=1')
    && !s.textContent.includes('Plotly') && s.type !== 'application/json').length,
  text: document.body.innerText,
})
"""


def _write(path: Path, *rows: list[object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Twelve listeners with hostile ids play twelve tracks with hostile ids, titles and artists on 9 days."""
    folder = tmp_path_factory.mktemp("hostile")
    n = len(IDS)
    plays = [
        [
            f"2024-01-{day + 1:02d}",
            IDS[user],
            IDS[(user * 5 + day * (user % 3 + 1)) % n],
            1 + day % 2,
        ]
        for day in range(9)
        for user in range(n)
    ]
    files = [
        _write(folder / "plays.csv", ["id_date", "user_id", "id_tracks", "plays"], *plays),
        _write(
            folder / "tracks.csv",
            ["id_artist", "id_tracks", "id_genre", "title"],
            *([IDS[t], IDS[t], NAMES[t % 3], NAMES[t]] for t in range(n)),
        ),
        _write(
            folder / "artists.csv",
            ["id_artist", "name", "region"],
            *([IDS[a], NAMES[-1 - a], NAMES[a % 2]] for a in range(n)),
        ),
        _write(folder / "genres.csv", ["id_genre", "name"], *([g, g] for g in NAMES[:3])),
    ]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        done("--home", folder / "home", "ingest", *files)
        done("--home", folder / "home", "run", "--force", "--reason", NAMES[0])
        yield folder


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.mark.needs_browser
@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_b55_names_are_text_on_the_page(folder, tab, language):
    page = folder / f"report-{language}.html"
    done("--home", folder / "home", "report", "--out", page, language=language)
    tab.open(page, DESKTOP)
    found = tab.evaluate(STAYS_TEXT)
    assert found["owned"], "something in a name was executed"
    assert (found["elements"], found["scripts"]) == (0, 0)
    assert tab.requests == []
    assert "{{7*7}}" in found["text"]
    assert "<script>window.owned" in found["text"]


@pytest.mark.needs_browser
def test_the_browser_would_tell_of_a_page_that_escapes_nothing(tab, tmp_path):
    page = tmp_path / "careless.html"
    page.write_text(f"<meta charset=utf-8><body>{''.join(NAMES)}</body>", encoding="utf-8")
    tab.open(page, DESKTOP)
    found = tab.evaluate(STAYS_TEXT)
    assert not found["owned"]
    assert found["elements"] > 2


def test_b54_exports_have_every_name_as_it_is_and_no_formula(folder):
    listener = IDS[0]
    out = folder / "export.zip"
    done("--home", folder / "home", "export", listener, "--out", out)
    seen: set[str] = set()
    with zipfile.ZipFile(out) as held:
        assert all(re.fullmatch(r"[\w./-]+", name) and ".." not in name for name in held.namelist())
        for name in held.namelist():
            if name.endswith(".csv"):
                rows = list(csv.reader(io.StringIO(held.read(name).decode())))
                cells = {cell for row in rows for cell in row}
                bad = {c for c in cells if FORMULA.match(c) and not re.fullmatch(r"-?[\d.e+-]+", c)}
                assert not bad, name
                seen |= cells
    titles = {name for name in NAMES if not FORMULA.match(name)}
    assert len(titles & seen) >= 5
    assert {cell for cell in seen if cell.startswith("'=") or cell.startswith("'@")}


def test_b55_lists_for_other_programs_have_every_name_as_it_is(folder):
    for name in ("lists.parquet", "lists.jsonl"):
        done("--home", folder / "home", "recommend", "--all", "--out", folder / name)
    parquet = pq.read_table(folder / "lists.parquet").to_pylist()
    lines = [json.loads(line) for line in (folder / "lists.jsonl").read_text().splitlines()]
    for rows in (parquet, lines):
        assert {row["title"] for row in rows} <= set(NAMES)
        assert {row["user_id"] for row in rows} - {None} <= set(IDS)


def test_b58_ids_are_never_part_of_a_path(folder):
    home = folder / "home"
    for listener in IDS[:4]:
        done("--home", home, "recommend", listener, "--json")
        _explained(home, listener)
    done("--home", home, "block", f"track:{IDS[2]}")
    done("--home", home, "forget", IDS[1], "--yes")
    paths = [path.relative_to(home) for path in home.rglob("*")]
    assert len(paths) > 20
    assert not [path for path in paths if not re.fullmatch(r"[\w.=~/-]+", str(path))]
    parts = {part for path in paths for part in path.parts}
    assert parts.isdisjoint({*IDS, "passwd", "shadow", "CON", "owned", "nul.txt"})
    made = {path.name for path in folder.iterdir()}
    assert made <= {
        *("home", "plays.csv", "tracks.csv", "artists.csv", "genres.csv", "export.zip"),
        *("lists.parquet", "lists.jsonl", "report-en.html", "report-pt-BR.html"),
    }
    assert not [path for path in home.rglob("*") if path.is_symlink()]


def _explained(home: Path, listener: str) -> Answer:
    answer = call("--home", home, "explain", listener, IDS[5])
    assert "Traceback" not in answer.err
    return answer
