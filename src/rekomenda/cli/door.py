"""What every command is given: the home, the language, and the ways to answer."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rekomenda.language import LANGUAGES, Language, Text, language_of_locale
from rekomenda.mirror import is_uri, place_of

if TYPE_CHECKING:
    from datetime import date

    from rekomenda.settings import Settings
    from rekomenda.telemetry.progress import Progress

DEFAULT_HOME = "rekomenda-data"


@dataclass
class Door:
    """The global options of one call, and standard output and error.

    Standard output is data: what was asked for, as text or as JSON. Standard error is for
    people: progress, notes, errors.
    """

    language: Language
    home: Path = field(default_factory=lambda: Path(_home_named()))
    config: Path | None = None
    as_json: bool = False
    json_line: bool = False
    log_level: str | None = None
    debug: bool = False
    _settings: Settings | None = None

    def settings(self, flags: Mapping[str, Any] | None = None) -> Settings:
        """Read the settings; flags that are None were not given."""
        from rekomenda.settings import load_settings

        given = {key: value for key, value in (flags or {}).items() if value is not None}
        return load_settings(file=self.config, flags=given)

    def given(self) -> dict[str, Any]:
        """Return the settings that global options of this call decide."""
        return {} if self.log_level is None else {"log.level": self.log_level}

    def configure_logs(self) -> None:
        """Set up logging as the settings and --log-level say."""
        from rekomenda.telemetry.logs import configure_logs

        log = self.settings().log
        configure_logs(level=self.log_level or log.level, log_format=log.format)

    def today(self) -> date:
        """Return the day it is in the service's time zone."""
        from datetime import UTC, datetime
        from zoneinfo import ZoneInfo

        return datetime.now(UTC).astimezone(ZoneInfo(self.settings().ingest.timezone)).date()

    def text(self, text: Text, /, **facts: Any) -> str:
        """Fill a text in the language of this call."""
        return text.render(self.language, facts)

    def print(self, text: Text | str, /, **facts: Any) -> None:
        """Write one answer for a person to standard output. Facts are never read as markup."""
        print(self.text(text, **facts) if isinstance(text, Text) else text)

    def print_json(self, answer: Any) -> None:
        """Write the answer as one JSON document to standard output; with --json-line on one line."""
        narrow = (sys.stdout.encoding or "utf-8").lower() not in {"utf-8", "utf8"}
        indent = None if self.json_line else 2
        print(json.dumps(answer, ensure_ascii=narrow, indent=indent, default=str))

    def say(self, text: Text, /, **facts: Any) -> None:
        """Tell the person at the terminal something that is not the answer."""
        print(self.text(text, **facts), file=sys.stderr)

    def progress(self) -> Progress:
        """Return the way this call shows progress."""
        from rekomenda.cli.progress import progress_for

        return progress_for(self.language)


def _home_named() -> str:
    named = os.environ.get("REKOMENDA_HOME") or DEFAULT_HOME
    return DEFAULT_HOME if is_uri(named) else named  # a bucket's is opened where errors are told


def home_at(named: str) -> Path:
    """Return the folder of a home: its own, or where one in a bucket is worked on.

    Raises
    ------
    HomeUriError
        If it names no bucket as it should.
    CannotWriteError, NoPermissionError
        If there can be no folder to work on it.
    """
    from rekomenda.errors import HomeUriError
    from rekomenda.refusals import guard

    if not is_uri(named):
        return Path(named)
    try:
        with guard(Path.home()):
            return place_of(named)
    except ValueError as error:
        raise HomeUriError(home=named) from error


def language_of_call(arguments: list[str], environment: Mapping[str, str]) -> Language:
    """Find the language before anything is parsed, because help and errors need it.

    `--lang` wins over `REKOMENDA_LANG`, and that over the locale. An unknown value is left for
    the option itself to refuse.
    """
    asked = environment.get("REKOMENDA_LANG", "")
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            asked = arguments[position + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    for language in LANGUAGES:
        if asked.lower() == language.lower():
            return language
    return language_of_locale(
        asked or None, *(environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    )
