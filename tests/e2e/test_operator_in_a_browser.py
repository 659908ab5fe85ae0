"""The operator's page in a real browser: no complaints, no script, fits a phone, goes back with one press."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from rekomenda.pipeline.bootstrap import open_house
from support.browser import DESKTOP, PHONE, Browser, browser
from support.homes import NOW, holding, ingest, publish_one
from support.watching import service

pytestmark = [pytest.mark.slow, pytest.mark.needs_browser]

SECRET = "0123456789abcdef-operator"
HOSTILE = "<script>document.title='taken'</script><img src=x onerror=alert(1)>{x}"
NARROW = (320, 640)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, and a run that was refused with words nobody can trust."""
    folder = tmp_path_factory.mktemp("operated")
    with holding(folder) as lease:
        ingest(folder, "one", {NOW.date(): 5}, lease)
        publish_one(folder, "r1", lease, label="a")
        publish_one(folder, "r2", lease, label="b")
    said = {"en": HOSTILE, "pt-BR": HOSTILE}
    quality = {task: {"value": 0.3, "low": 0.2, "high": 0.4} for task in ("unheard", "again")}
    for number, (run, decision) in enumerate(
        [("r1", "published"), ("r2", "published"), ("x", "refused")]
    ):
        attempt = {
            "decision": decision,
            "attempted_at": (NOW + timedelta(hours=number)).isoformat(),
            "as_of": "2024-06-29",
            "seconds": {"evaluate": 60.0 + number, "publish": 5.0},
            "headline": {"k": 20, "quality": quality, "coverage": {"tracks": 0.4, "artists": 0.6}},
            "gate": {"reasons": [said], "checks": [{"name": "c", "passed": decision != "refused"}]},
        }
        open_house(folder).attempts.record(run, attempt)
    return folder


@pytest.fixture(scope="module")
def address(home):
    with service(home, REKOMENDA_OPERATOR_TOKEN=SECRET) as answering:
        yield answering


@pytest.fixture(scope="module")
def tab(address, tmp_path_factory):
    """A browser in which the operator has shown the token, with no script run."""
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        opened.ask("DOM.enable")
        opened.turn_scripts_off()
        opened.open(f"{address}/operator?lang=en", DESKTOP)
        opened.write("#token", SECRET)
        opened.press("main form button")
        yield opened


def _asked_elsewhere(tab: Browser, address: str) -> list[str]:
    return [url for url in tab.requests if not url.startswith(f"{address}/operator")]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROW], ids=["desktop", "phone", "narrow"])
@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_every_page_is_shown_without_a_complaint_and_fits(tab, address, language, size, dark):
    for path in ("/operator?", "/operator/compare?one=r1&other=r2&", "/operator/login?"):
        tab.open(f"{address}{path}lang={language}", size, dark=dark)
        assert tab.complaints == []
        assert _asked_elsewhere(tab, address) == []
        assert tab.width <= size[0]


def test_words_of_others_stay_words(tab, address):
    tab.open(f"{address}/operator?lang=en", DESKTOP)
    page = tab.html()
    assert "&lt;script&gt;document.title" in page
    assert "<script" not in page
    assert "<img" not in page


def test_one_press_serves_another_release_with_scripts_off(tab, address, home):
    tab.open(f"{address}/operator?lang=pt-BR", PHONE)
    assert open_house(home).releases.current().release_id == "r2"
    tab.press("td.state form button")
    assert tab.complaints == []
    assert open_house(home).releases.current().release_id == "r1"
    assert "A release r1 está no ar agora." in tab.html()
    tab.press("header nav form button")  # leaves
    tab.open(f"{address}/operator?lang=pt-BR", PHONE)
    assert "Token de operador" in tab.html()
