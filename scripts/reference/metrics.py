"""The metrics page, from the registry that a run writes."""

from __future__ import annotations

from prometheus_client import Gauge

from reference import portuguese
from reference.markdown import code, page, table, words
from rekomenda.language import Language, Text
from rekomenda.telemetry.metrics import RunMetrics

_TITLE = Text(en="Metrics", pt="Métricas")
_INTRODUCTION = Text(
    en="""\
`rekomenda ingest` and `rekomenda run` leave these in `metrics/rekomenda.prom` of the home, in
Prometheus' text format: point node_exporter's textfile collector at that folder. All are gauges,
because a batch job states how things are. Labels come from short closed lists; no metric carries
the id of a listener, a track or an artist.""",
    pt="""\
`rekomenda ingest` e `rekomenda run` deixam estas em `metrics/rekomenda.prom` na pasta de trabalho,
no formato de texto do Prometheus: aponte o coletor textfile do node_exporter para essa pasta. Todas
são gauges, porque um trabalho em lote diz como as coisas estão. Rótulos vêm de listas curtas e
fechadas; nenhuma métrica leva o id de um ouvinte, de uma faixa ou de um artista.""",
)
_HEADER = Text(en="metric|labels|meaning", pt="métrica|rótulos|significado")


def metrics_page(language: Language) -> str:
    """Return the page: a row a metric."""
    gauges = [value for value in vars(RunMetrics()).values() if isinstance(value, Gauge)]
    rows = []
    for gauge in gauges:
        (family,) = gauge.describe()
        labels = ", ".join(code(label) for label in gauge._labelnames)
        meaning = family.documentation if language == "en" else portuguese.METRICS[family.name]
        rows.append((code(family.name), labels, meaning))
    parts = [words(_INTRODUCTION, language), table(words(_HEADER, language).split("|"), rows)]
    return page(words(_TITLE, language), parts, other=(language, "metrics"))
