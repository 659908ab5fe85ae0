"""The routes: what each answers, to whom, and with which headers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rekomenda.pipeline.bootstrap import open_house
from rekomenda.service.access import COOKIE, Access
from rekomenda.service.app import create_app
from support.asking import SAME_ORIGIN, ask
from support.homes import NOW, holding, publish_one

SECRET, SCRAPE = "0123456789abcdef-operator", "0123456789abcdef-metrics"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease, label="a")
        publish_one(tmp_path, "r2", lease, label="b")
    return tmp_path


@pytest.fixture
def app(home):
    return create_app(open_house(home), Access(SECRET, SCRAPE), now=lambda: NOW)


@pytest.fixture
def cookie(app) -> str:
    answer = ask(app, "/operator/login", method="POST", form={"token": SECRET}, **SAME_ORIGIN)
    assert answer.status == 303
    return answer.headers["set-cookie"].split(";")[0]


def served(home: Path) -> str:
    return open_house(home).releases.current().release_id


def test_it_is_alive_whatever_the_home_is_like(tmp_path):
    app = create_app(open_house(tmp_path / "nothing"), Access())
    assert ask(app, "/live").status == 200
    assert ask(app, "/ready").status == 503


def test_it_is_ready_only_while_the_release_in_service_is_as_it_was_written(app, home):
    assert json.loads(ask(app, "/ready").text) == {"status": "ready", "release": "r2"}
    (home / "releases" / "r2" / "report.json").write_text("{}")
    answer = ask(app, "/ready")
    assert (answer.status, json.loads(answer.text)["release"]) == (503, None)


def test_metrics_are_for_who_has_their_token(app):
    assert ask(app, "/metrics").status == 401
    assert ask(app, "/metrics", authorization=f"Bearer {SECRET}").status == 401
    answer = ask(app, "/metrics", authorization=f"Bearer {SCRAPE}")
    assert answer.status == 200
    assert 'rekomenda_release_info{algorithm="als",release="r2"} 1.0' in answer.text
    assert 'route="/metrics"' in ask(app, "/metrics", authorization=f"Bearer {SCRAPE}").text


def test_requests_nobody_foresaw_make_few_series(app):
    for method in ("GET", "PUT", "PROPFIND", "X" * 50):
        for path in ("/a", "/b", "/operator/../c", "/operator"):
            ask(app, path, method=method, **SAME_ORIGIN)
    text = ask(app, "/metrics", authorization=f"Bearer {SCRAPE}").text
    counted = [line for line in text.splitlines() if "_http_request_duration_seconds_count" in line]
    assert len(counted) <= 4


@pytest.mark.parametrize(
    "path",
    [
        "/live",
        "/ready",
        "/metrics",
        "/operator",
        "/operator/login",
        "/operator/style.css",
        "/nothing",
    ],
)
def test_every_answer_has_the_strict_headers(app, path):
    headers = ask(app, path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_a_name_that_was_pointed_at_this_machine_is_not_answered(app):
    assert ask(app, "/operator/login", host="evil.example:9470").status == 421
    assert ask(app, "/operator/login", host="localhost:9470").status == 200
    assert ask(app, "/operator/login", host="[::1]:9470").status == 200


def test_the_page_asks_for_the_token_first(app):
    answer = ask(app, "/operator", accept_language="en-GB")
    assert (answer.status, answer.headers["location"]) == (303, "/operator/login?lang=en")
    wrong = ask(app, "/operator/login", method="POST", form={"token": "x"}, **SAME_ORIGIN)
    assert wrong.status == 403
    assert "set-cookie" not in wrong.headers


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app):
    answer = ask(app, "/operator/login", method="POST", form={"token": SECRET}, **SAME_ORIGIN)
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert "path=/operator" in flags
    assert SECRET not in answer.headers["set-cookie"]


def test_an_operator_serves_another_release_with_one_form(app, home, cookie):
    form = {"release": "r1"}
    answer = ask(
        app, "/operator/rollback?lang=en", method="POST", form=form, cookie=cookie, **SAME_ORIGIN
    )
    assert (answer.status, answer.headers["location"]) == (303, "/operator?lang=en&done=r1")
    assert served(home) == "r1"
    page = ask(app, answer.headers["location"], cookie=cookie).text
    assert "Release r1 is in service now." in page


@pytest.mark.parametrize(
    "headers", [{"sec_fetch_site": "cross-site"}, {"origin": "https://evil.example"}, {}]
)
def test_another_site_cannot_make_an_operators_browser_do_it(app, home, cookie, headers):
    form = {"release": "r1"}
    answer = ask(app, "/operator/rollback", method="POST", form=form, cookie=cookie, **headers)
    assert answer.status == 403
    assert served(home) == "r2"


@pytest.mark.parametrize("cookie_given", ["", f"{COOKIE}=9999999999.forged"])
def test_nobody_does_it_without_having_shown_the_token(app, home, cookie_given):
    form = {"release": "r1"}
    answer = ask(
        app, "/operator/rollback", method="POST", form=form, cookie=cookie_given, **SAME_ORIGIN
    )
    assert answer.status == 403
    assert served(home) == "r2"


def test_without_a_token_everybody_on_this_machine_looks_and_nobody_changes(home):
    app = create_app(open_house(home), Access(), now=lambda: NOW)
    page = ask(app, "/operator?lang=en").text
    assert "REKOMENDA_OPERATOR_TOKEN" in page
    assert "<button aria-label" not in page
    answer = ask(app, "/operator/rollback", method="POST", form={"release": "r1"}, **SAME_ORIGIN)
    assert answer.status == 403
    assert served(home) == "r2"


def test_a_release_that_is_not_kept_or_damaged_is_told_and_nothing_changes(app, home, cookie):
    def roll_back(release: str):
        form = {"release": release}
        return ask(
            app,
            "/operator/rollback?lang=en",
            method="POST",
            form=form,
            cookie=cookie,
            **SAME_ORIGIN,
        )

    for name in ("nope", "../../etc", "", "<script>alert(1)</script>"):
        answer = roll_back(name)
        assert answer.status == 404
        assert "<script>" not in answer.text
    (home / "releases" / "r1" / "report.json").write_text("{}")
    assert roll_back("r1").status == 500
    with holding(home, "run"):
        busy = roll_back("r2")
    assert busy.status == 409
    assert "Another rekomenda (run" in busy.text
    assert served(home) == "r2"


def test_a_body_that_is_large_or_of_no_length_is_not_read(app):
    large = ask(app, "/operator/login", method="POST", body=b"x" * 20_000, **SAME_ORIGIN)
    nameless = ask(app, "/operator/login", method="POST", **SAME_ORIGIN)
    assert (large.status, nameless.status) == (413, 413)


def test_two_releases_are_compared_line_by_line(app, cookie):
    page = ask(app, "/operator/compare?one=r1&other=r2&lang=en", cookie=cookie)
    assert page.status == 200
    assert "listeners" in page.text
    assert ask(app, "/operator/compare?one=r1&other=nope", cookie=cookie).status == 404
    assert ask(app, "/operator/compare?one=r1&other=r2").status == 303


def test_only_metrics_leaves_the_page_out(home):
    app = create_app(open_house(home), Access(), operator=False)
    assert ask(app, "/metrics").status == 200
    assert ask(app, "/operator").status == 404
    assert ask(app, "/docs").status == 404
