"""The page in a real browser, as a person opens it: whole, quiet, and asking nobody for anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from rekomenda.language import LANGUAGES
from rekomenda.report.page import render
from support.browser import DESKTOP, PHONE, Browser, browser
from support.report_content import small_content

pytestmark = pytest.mark.needs_browser
TRUTH = [
    {"lists": name, "value": value, "low": value - 0.1, "high": value + 0.05, "listeners": 1900}
    for name, value in (("for_you", 0.625), ("popularity", 0.3), ("random", 0.1))
]
DRAWN = "[...document.querySelectorAll('.plotly-graph-div')].map(f => [f.id, f.querySelectorAll('.main-svg').length])"
CUT = """
[...document.querySelectorAll('.plotly-graph-div')].flatMap(figure => {
  const box = figure.getBoundingClientRect();
  return [...figure.querySelectorAll('.main-svg text')]
    .filter(text => text.textContent.trim() && text.getBoundingClientRect().width)
    .filter(text => { const r = text.getBoundingClientRect(); return r.left < box.left - 1 || r.right > box.right + 1 || r.bottom > box.bottom + 1; })
    .map(text => figure.id + ': ' + text.textContent);
})
"""
"""Words of a picture that reach beyond it, where nobody can read them."""
HIDDEN = """
[...document.querySelectorAll('.figure')].filter(e => e.scrollHeight > e.clientHeight + 1)
  .map(e => e.querySelector('.plotly-graph-div').id)
"""
"""Pictures of which a part is seen only by scrolling inside them."""
WIDE = """
[...document.querySelectorAll('body *')].filter(e => !e.closest('.plotly-graph-div'))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className)
"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    content = small_content(truth=TRUTH, set_aside={"date_unreadable": 12})
    tuned = dataclasses.replace(content, tuning=_tuning(content.report["choice"]))
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(render(tuned, request.param), encoding="utf-8")
    return file


def _tuning(choice):
    trials = [{**trial, "hyperparameters": {"n_factors": 256}} for trial in choice["trials"]]
    facts = {"tuning_id": "20240623-0123456789", "as_of": "2024-06-23", "snapshot_id": "000007-a"}
    said = {"code": "0.1.0", "budget": 600.0, "in_use": False, "sentence": choice["sentence"]}
    return {**facts, **said, "trials": trials}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_is_drawn_whole_and_asks_for_nothing(tab, page, size):
    tab.open(page, size)
    drawn = dict(tab.evaluate(DRAWN))
    assert len(drawn) == 11
    assert all(drawn.values())
    assert tab.requests == []
    assert tab.complaints == []
    assert tab.evaluate("document.documentElement.scrollWidth") == size[0], "nothing sticks out"
    assert tab.evaluate(WIDE) == []
    assert tab.evaluate(CUT) == []
    assert tab.evaluate(HIDDEN) == []


def test_a_picture_that_asks_elsewhere_and_an_error_would_be_seen(tab, page, tmp_path):
    spoiled = tmp_path / "spoiled.html"
    script = "<script>fetch('http://127.0.0.1:9/x').catch(() => {}); undefined.y</script></body>"
    spoiled.write_text(
        page.read_text(encoding="utf-8").replace("</body>", script), encoding="utf-8"
    )
    tab.open(spoiled, DESKTOP)
    assert tab.requests == ["http://127.0.0.1:9/x"]
    assert any("TypeError" in each for each in tab.complaints)


def test_panels_of_models_have_their_names_on_a_phone(tab, page):
    height = "document.getElementById('figure-models').getBoundingClientRect().height"
    names = "document.querySelectorAll('#figure-models .y2tick, #figure-models .y3tick').length"
    tab.open(page, DESKTOP)
    beside, unnamed = tab.evaluate(height), tab.evaluate(names)
    tab.open(page, PHONE)
    assert tab.evaluate(height) > beside
    assert (unnamed, tab.evaluate(names)) == (0, 4)  # two models in two more panels


def test_at_night_the_page_and_its_pictures_are_dark(tab, page):
    ground = "getComputedStyle(document.body).backgroundColor"
    ink = "getComputedStyle(document.querySelector('#figure-days .xtick text')).fill"
    tab.open(page, DESKTOP)
    assert (tab.evaluate(ground), tab.evaluate(ink)) == ("rgb(246, 247, 249)", "rgb(29, 36, 51)")
    tab.open(page, DESKTOP, dark=True)
    assert (tab.evaluate(ground), tab.evaluate(ink)) == ("rgb(15, 19, 27)", "rgb(232, 235, 241)")


def test_plotly_is_in_the_page_once(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("plotly.js v") == 1
    assert len(text.encode()) < 6_000_000
