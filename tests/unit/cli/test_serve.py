"""`rekomenda serve` before it listens: what it refuses, and with which words."""

from __future__ import annotations

import socket
import sys

import pytest

from support.command import call


def test_it_does_not_listen_to_others_without_tokens(tmp_path):
    answer = call("--home", tmp_path, "serve", "--host", "0.0.0.0", "--port", "0")
    assert answer.code == 78
    assert "REKOMENDA_OPERATOR_TOKEN" in answer.err
    assert "REKOMENDA_METRICS_TOKEN" in answer.err


def test_a_short_token_is_refused_in_both_languages_and_never_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("REKOMENDA_OPERATOR_TOKEN", "hunter2")
    for language, words in (("en", "too short"), ("pt-BR", "curto demais")):
        answer = call("--home", tmp_path, "serve", "--port", "0", language=language)
        assert (answer.code, words in answer.err) == (78, True)
        assert "hunter2" not in answer.err + answer.out


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = call("--home", tmp_path, "serve", "--port", port)
    assert answer.code == 69
    assert f"port {port}" in answer.err
    assert "--port 0" in answer.err


@pytest.mark.parametrize("package", ["fastapi", "uvicorn"])
def test_without_the_extra_it_says_how_to_install_it(tmp_path, monkeypatch, package):
    for name in [name for name in sys.modules if name.startswith("rekomenda.service")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    answer = call("--home", tmp_path, "serve", "--port", "0")
    assert answer.code == 78
    assert "rekomenda[serve]" in answer.err
    assert package in answer.err
