"""Who may see and do what."""

from __future__ import annotations

import pytest

from rekomenda.errors import OpenToOthersError, WeakTokenError
from rekomenda.service.access import Access, is_from_here, is_loopback

SECRET, SCRAPE = "0123456789abcdef-operator", "0123456789abcdef-metrics"
BOTH = {"REKOMENDA_OPERATOR_TOKEN": SECRET, "REKOMENDA_METRICS_TOKEN": SCRAPE}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "::1"])
def test_this_machine_alone_needs_no_token(host):
    assert is_loopback(host)
    assert Access.of(host, {}).may_look(None)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "10.0.0.5", "music.example", "127.0.0.1.evil", ""]
)
@pytest.mark.parametrize(
    "lacking", [[*BOTH], ["REKOMENDA_METRICS_TOKEN"], ["REKOMENDA_OPERATOR_TOKEN"]]
)
def test_others_are_never_let_in_without_both_tokens(host, lacking):
    given = {name: value for name, value in BOTH.items() if name not in lacking}
    with pytest.raises(OpenToOthersError) as refused:
        Access.of(host, given)
    assert all(name in str(refused.value) for name in lacking)
    assert Access.of(host, BOTH).operator_token == SECRET


def test_a_token_that_can_be_guessed_is_refused_and_not_shown():
    with pytest.raises(WeakTokenError) as refused:
        Access.of("127.0.0.1", {"REKOMENDA_OPERATOR_TOKEN": "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_a_session_is_had_for_the_token_alone_and_ends(monkeypatch):
    access = Access(SECRET)
    assert access.session("something else") is None
    assert access.session("") is None
    session = access.session(SECRET)
    assert access.is_operator(session)
    assert SECRET not in session
    monkeypatch.setattr("rekomenda.service.access.time.time", lambda: float(session.split(".")[0]))
    assert not access.is_operator(session)


def test_a_session_that_was_tampered_with_is_none():
    session = Access(SECRET).session(SECRET)
    until, mark = session.split(".")
    for forged in (
        f"{int(until) + 1}.{mark}",
        f"{until}.",
        mark,
        "",
        None,
        f"{until}.x{mark}",
        "²." + mark,
    ):
        assert not Access(SECRET).is_operator(forged)
    assert not Access(SECRET + "x").is_operator(session)
    assert not Access(None).is_operator(session)


def test_metrics_are_given_for_their_own_token_only():
    access = Access(SECRET, SCRAPE)
    assert access.may_scrape(f"Bearer {SCRAPE}")
    for other in (None, "", SCRAPE, f"Bearer {SECRET}", f"Bearer {SCRAPE} "):
        assert not access.may_scrape(other)
    assert Access().may_scrape(None)


HOST = {"host": "127.0.0.1:9470"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:9470"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": ""},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1"},
        {"origin": "http://127.0.0.1:9471"},
        {"origin": "http://127.0.0.1:9470.evil.example"},
        {"origin": "http://evil.example/127.0.0.1:9470"},
        {"referer": "http://127.0.0.1:9470/operator"},
        {},
    ],
)
def test_twelve_requests_of_other_sites_are_known_as_such(headers):
    assert not is_from_here({**HOST, **headers})


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://127.0.0.1:9470"}]
)
def test_a_form_of_ours_is_known_with_either_header(headers):
    assert is_from_here({**HOST, **headers})
