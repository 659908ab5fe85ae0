"""Logs: an event and its facts, on standard error only."""

from __future__ import annotations

import json

from rekomenda.telemetry.logs import configure_logs, get_logger


def test_json_lines_hold_event_level_time_and_facts(capsys):
    configure_logs(level="info", log_format="json")
    get_logger("test").info("model fitted", algorithm="ease", title="Forró")
    output = capsys.readouterr()
    assert output.out == ""
    line = json.loads(output.err)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "model fitted", "level": "info", "algorithm": "ease", "title": "Forró",
    }  # fmt: skip


def test_what_is_less_severe_is_left_out(capsys):
    configure_logs(level="warning")
    get_logger("test").info("a detail")
    get_logger("test").warning("a concern")
    assert "a detail" not in (written := capsys.readouterr().err)
    assert "a concern" in written


def test_text_for_people_has_no_colours_off_a_terminal(capsys):
    configure_logs(level="info", log_format="text")
    get_logger("test").info("model fitted", algorithm="ease")
    assert "\x1b[" not in (written := capsys.readouterr().err)
    assert "algorithm=ease" in written
