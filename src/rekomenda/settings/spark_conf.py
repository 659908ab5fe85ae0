"""Settings of Spark's own, as a file gives them: names that are Spark's, and no secret among them."""

from __future__ import annotations

import re
from typing import Any, Final

from pydantic_core import PydanticCustomError

_SECRET: Final = re.compile(
    r"(?i)[.](access[.]key|secret([.]key)?|session[.]token|(key)?password)$"
)


def spark_conf(conf: Any) -> Any:
    """Take names with and without quotes: without, TOML makes tables of their parts.

    Raises
    ------
    PydanticCustomError
        If a name is not Spark's, or that of a secret: those come from the standard chain of AWS, or from
        Spark's own files.
    """
    flat = _flattened(conf) if isinstance(conf, dict) else conf
    if isinstance(flat, dict):
        if not all(name.startswith("spark.") for name in flat):
            raise PydanticCustomError("no_spark_setting", "not a setting of Spark")
        if any(map(_SECRET.search, flat)):
            raise PydanticCustomError("secret_of_spark", "a secret among the settings of Spark")
    return flat


def _flattened(tables: dict[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in tables.items():
        if isinstance(value, dict):
            found |= _flattened(value, f"{before}{name}.")
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            found[before + name] = text
    return found
