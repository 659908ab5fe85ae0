"""One command of rekomenda as a task: its JSON is the XCom, its exit code decides what comes next."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from rekomenda_airflow.where import Where

REFUSED = 3
"""The gate's exit code: an answer, not a failure."""
PATIENCE = 20
"""Seconds that a command has to end in when it is told to."""


class RekomendaCommand(BaseOperator):
    """Run one command line of rekomenda, without a shell.

    It is tried again only where its JSON error says `retryable`, or where a signal ended it. A
    refusal of the gate is the answer `{"decision": "refused", "reason": …}`; what comes after it is
    skipped with that reason.

    Parameters
    ----------
    arguments : sequence of str
        After `rekomenda`; `{inbox}`, `{arrived}`, `{as_of}`, `{release}` and `{report}` are filled in.
    timezone : str
        In which an interval ends with a day.
    """

    template_fields: Sequence[str] = ("arguments",)
    ui_color = "#e8f3ec"

    def __init__(self, *, arguments: Sequence[str], timezone: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = list(arguments)
        self.timezone = timezone
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Context) -> dict[str, Any]:
        """Run it and return what it answered."""
        where = Where.of()
        words = [self._filled(word, where, context) for word in self.arguments]
        words += self._asked_for(words[0], context)
        self.log.info("$ cd %s && %s", where.folder, " ".join(["rekomenda", *words, "--json-line"]))
        code, answer = self._run([where.program, *words, "--json-line"], where)
        return self._judged(code, answer, context)

    def on_kill(self) -> None:
        """End the command and whatever it started; what it wrote so far is seen by nobody."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)

    def _run(self, command: list[str], where: Where) -> tuple[int, dict[str, Any]]:
        """Run a command; its notes go to the log line by line as they come."""
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as answer,
            subprocess.Popen(  # noqa: S603 - a list of words, no shell; the program is the deployment's
                command,
                cwd=where.folder,
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            ) as self._process,
        ):
            for line in self._process.stderr or ():
                self.log.info("%s", line.rstrip())
            code = self._process.wait()
            answer.seek(0)
            lines = answer.read().strip().splitlines()
        try:
            told = json.loads(lines[-1]) if lines else {}
        except ValueError:
            told = {}
        return code, told

    def _judged(self, code: int, answer: dict[str, Any], context: Context) -> dict[str, Any]:
        """Return the answer, or leave as the exit code and the error in it say."""
        if code == 0 and answer.get("decision") == "kept" and self.arguments[0] == "publish":
            self._skip(answer["said"], context)
        if code == 0:
            return answer
        error = answer.get("error", {})
        said = f"rekomenda left with {code}: {error.get('message', 'see the lines above')}"
        if code == REFUSED:
            return {"decision": "refused", "reason": error.get("message", "")}
        if code < 0 or code > signal.NSIG + 63 or error.get("retryable"):
            raise AirflowException(said)
        raise AirflowFailException(said)

    def _skip(self, reason: str, context: Context) -> None:
        """Skip this task and say why where a page and the REST API show it."""
        self.log.warning("Skipped: %s", reason)  # Airflow's own line is folded away on its page
        context["ti"].xcom_push(key="skipped_because", value=reason)
        raise AirflowSkipException(reason)

    def _filled(self, word: str, where: Where, context: Context) -> str:
        day = as_of(context, self.timezone)
        if word == "{arrived}":
            arrived = where.arrived(day)
            if arrived is None:
                raise AirflowException(f"nothing has arrived for {day} in {where.inbox} yet")
            return str(arrived)
        if word == "{release}":
            return str(self._learned(context)["release"])
        if word == "{report}":
            return str(where.reports / f"{self._learned(context)['release']}.html")
        return {"{inbox}": str(where.inbox), "{as_of}": day.isoformat()}.get(word, word)

    def _learned(self, context: Context) -> dict[str, Any]:
        """Return what `learn` answered; where the gate refused, there is nothing to go on with."""
        learned: dict[str, Any] = context["ti"].xcom_pull(task_ids="learn")
        if learned["decision"] == "refused":
            self._skip(learned["reason"], context)
        return learned

    def _asked_for(self, command: str, context: Context) -> list[str]:
        """Return options that whoever started the run by hand chose."""
        params = context["params"]
        if command != "run":
            return []
        named = [name for name in ("algorithm", "engine") if params.get(name)]
        chosen = [word for name in named for word in (f"--{name}", params[name])]
        if params.get("force"):
            chosen += ["--force", "--reason", params.get("reason") or ""]
        return chosen


def as_of(context: Context, timezone: str) -> date:
    """Return the day that a run is about: the parameter, else the last day of its interval.

    A run that was started by hand has no interval: its day is the one before it was asked for. All
    of them are the same when it is tried again, cleared or backfilled.
    """
    chosen = context["params"].get("date")
    if chosen:
        return date.fromisoformat(chosen)
    end = context.get("data_interval_end") or context["dag_run"].run_after
    return end.astimezone(ZoneInfo(timezone)).date() - timedelta(days=1)
