"""The page says what the release says, in both languages, and needs nothing from anywhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from rekomenda.report.page import render
from support.report_content import small_content, trial

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Outline(HTMLParser):
    """Collects ids, links and visible words, and checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.sources: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []
        self.sources += [found[name] or "" for name in ("src", "href") if name in found]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"script", "style"}:
            self.words.append(data)


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    assert found.open == []
    return found


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_everything_stands_in_its_chapter_and_nothing_is_fetched(language: str) -> None:
    page = outline(render(small_content(), language))
    assert [name for name in page.ids if not name.startswith("figure-")] == [
        "quality",
        "choice",
        "lists",
        "exposure",
        "gate",
        "listening",
        "changes",
        "rows",
    ]
    assert {name for name in page.ids if name.startswith("figure-")} == {
        "figure-models",
        "figure-segments",
        "figure-regions",
        "figure-days",
        "figure-genres",
        "figure-tail",
        "figure-rows",
        "figure-cost",
        "figure-floor",
        "figure-dial",
    }
    assert all(source.startswith("#") for source in page.sources)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    portuguese = " ".join(outline(render(small_content(), "pt-BR")).words)
    english = " ".join(outline(render(small_content(), "en")).words)
    assert "12.345 linhas = 12.000 carregadas + 300 em quarentena + 45 repetidas" in portuguese
    assert "12,345 rows = 12,000 loaded + 300 in quarantine + 45 repeated" in english
    assert "2,5 ×" in portuguese  # 0.30 / 0.12
    assert "2.5 ×" in english
    assert "30/06/2024" in portuguese
    assert "als está à frente" in portuguese
    assert "because you played" in english
    assert "1 · als-256 4,0 s 0,2000 100% +0,2000 ± 0,0100" in " ".join(portuguese.split())
    assert "caro demais" in portuguese
    assert "Artistas mostrados ≥ 0,6000 0,7500 0,7000 – 0,8000" in " ".join(portuguese.split())


TUNING = {
    "tuning_id": "20240623-0123456789",
    "as_of": "2024-06-23",
    "snapshot_id": "000007-abcdef012345",
    "code": "0.1.0",
    "budget": 600.0,
    "in_use": False,
    "sentence": {"en": "auto chose slim", "pt-BR": "auto escolheu slim"},
    "trials": [
        trial("slim-2", 4.0, 0.21, unheard=1.0, hyperparameters={"l2": 2.5, "names": ["a"]}),
        trial("als", 1.0, 0.19, hyperparameters={}),
        trial("ease", 9.0, None, left_out={"en": "dear", "pt": "caro"}, hyperparameters={"x": 1}),
    ],
}


def test_the_last_tuning_stands_in_a_chapter_of_its_own() -> None:
    page = outline(render(small_content(tuning=TUNING), "en"))
    words = " ".join(" ".join(page.words).split())
    assert [name for name in page.ids if not name.startswith("figure-")][:3] == [
        "quality",
        "choice",
        "tuning",
    ]
    for said in ("20240623-0123456789", "000007-abcdef012345", "0.1.0", "2024-06-23", "600 s"):
        assert said in words
    assert 'slim-2 l2 = 2.5, names = ["a"] 4.0 s 0.2100 100%' in words
    assert "als – 1.0 s 0.1900 – –" in words
    assert "did not come from it" in words
    used = outline(render(small_content(tuning={**TUNING, "in_use": True}), "pt-BR"))
    portuguese = " ".join(" ".join(used.words).split())
    assert "Esta release veio dele." in portuguese
    assert "Auto escolheu slim" in portuguese
    assert "caro" in portuguese


def test_a_title_is_text_and_never_markup() -> None:
    page = render(small_content(), "en")
    assert "<Céu>" not in re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert "“Chão & <Céu>” (Zé do Baião)" in " ".join(outline(page).words)


def test_a_first_release_with_next_to_nothing_has_fewer_chapters_and_no_error() -> None:
    whole = small_content()
    bare = small_content(
        changes=None,
        samples=(),
        files=whole.files.head(0),
        days=whole.days.head(0),
        tracks=whole.tracks.head(0),
        regions=whole.regions.head(0),
        metrics=whole.metrics.head(0),
        report={name: whole.report[name] for name in ("integration", "holdout")},
    )
    page = outline(render(bare, "en"))
    assert page.ids == ["gate", "changes", "rows"]
    assert "there is none to compare it with" in " ".join(page.words)


def test_what_a_ranker_goes_by_is_listed_where_it_counts():
    page = outline(render(small_content(), "pt-BR"))
    words = " ".join(page.words)
    assert "Pelo que o ranker se guia" in words
    assert "dias desde o lançamento" in words
    assert "ouvintes recentes" not in words


def test_rows_that_were_set_aside_are_counted_by_rule_and_the_data_is_described() -> None:
    content = small_content(set_aside={"B01_odd": 2, "date_unreadable": 1204})
    report = {**content.report}
    report["integration"] = {**report["integration"], "bots": 3}
    page = outline(render(small_content(set_aside=content.set_aside, report=report), "pt-BR"))
    words = " ".join(" ".join(page.words).split())
    assert words.index("date_unreadable") < words.index("B01_odd"), "most rows first"
    assert "1.204" in words
    assert "bots: fora do aprendizado 3" in words


def test_a_made_world_tells_how_near_the_lists_come() -> None:
    rows = [
        {"lists": name, "value": value, "low": value - 0.1, "high": value + 0.05, "listeners": 1900}
        for name, value in (("for_you", 0.625), ("popularity", 0.3), ("random", 0.1))
    ]
    page = outline(render(small_content(truth=rows), "pt-BR"))
    words = " ".join(" ".join(page.words).split())
    assert "truth" in page.ids
    assert "1.900 ouvintes alcançam 62,5% (52,5% a 67,5%)" in words
