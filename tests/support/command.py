"""Calls the command line in this process, as the shell would."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from rekomenda.cli.main import run


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


def call(*arguments: object, language: str = "en") -> Answer:
    """Run one command line; standard output and error are kept apart."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(["--lang", language, *map(str, arguments)])
    answer = Answer(code, out.getvalue(), err.getvalue())
    assert "Traceback" not in answer.err, answer.err
    return answer


def done(*arguments: object, language: str = "en") -> Answer:
    """Run one command line that has to end well."""
    answer = call(*arguments, language=language)
    assert answer.code == 0, answer.err
    return answer
