"""Structured logs: an event and its facts, one line each, on standard error."""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal

import structlog

LogFormat = Literal["text", "json"]


def get_logger(name: str) -> Any:
    """Return the logger of a module; `log.info("model fitted", algorithm="ease")`."""
    return structlog.get_logger(name)


def configure_logs(*, level: str = "warning", log_format: LogFormat = "text") -> None:
    """Send logs of at least `level` to standard error. Only doors call this.

    Parameters
    ----------
    level : str
        `debug`, `info`, `warning` or `error`.
    log_format : {"text", "json"}
        For people, or one JSON object a line.
    """
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def stay_quiet() -> None:
    """Log warnings only, in a program that is somebody else's; one that configures logs has its way."""
    if not structlog.is_configured():
        configure_logs()
