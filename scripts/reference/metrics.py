"""The metrics page, from the registries that a run and the service write."""

from __future__ import annotations

from prometheus_client.metrics import MetricWrapperBase

from reference import portuguese
from reference.markdown import code, page, table, words
from rekomenda.language import Language, Text
from rekomenda.telemetry.metrics import RunMetrics, ServiceMetrics

_TITLE = Text(en="Metrics", pt="Métricas")
_INTRODUCTION = Text(
    en="""\
`rekomenda serve` answers with these at `/metrics`, read from what was committed each time it is
asked. Every `rekomenda run` and `rekomenda forget` also leaves them in `metrics/rekomenda.prom` of
the home, for node_exporter's textfile collector. All are gauges, because a batch job states how
things are; what was done well stays said when a later run fails. Labels come from short closed
lists; no metric carries the id of a listener, a track or an artist, and there are under 1,000 series
whatever the number of listeners. How to watch them: [operations](../operations.md).""",
    pt="""\
`rekomenda serve` responde com estas em `/metrics`, lidas do que foi gravado a cada pergunta. Todo
`rekomenda run` e `rekomenda forget` também as deixa em `metrics/rekomenda.prom` na pasta de trabalho,
para o coletor textfile do node_exporter. Todas são gauges, porque um trabalho em lote diz como as
coisas estão; o que terminou bem continua dito quando uma execução posterior falha. Rótulos vêm de
listas curtas e fechadas; nenhuma métrica leva o id de um ouvinte, de uma faixa ou de um artista, e há
menos de 1.000 séries seja qual for o número de ouvintes. Como vigiá-las:
[operação](../operations.pt-BR.md).""",
)
_SERVICE = Text(
    en="What the service counts of its own work; they begin at 0 when it starts.",
    pt="O que o serviço conta do próprio trabalho; começa em 0 quando ele inicia.",
)
_HEADER = Text(en="metric|labels|meaning", pt="métrica|rótulos|significado")


def metrics_page(language: Language) -> str:
    """Return the page: a row a metric."""
    header = words(_HEADER, language).split("|")
    parts = [
        words(_INTRODUCTION, language),
        table(header, _rows(RunMetrics(), language)),
        words(_SERVICE, language),
        table(header, _rows(ServiceMetrics(), language)),
    ]
    return page(words(_TITLE, language), parts, other=(language, "metrics"))


def _rows(metrics: RunMetrics | ServiceMetrics, language: Language) -> list[tuple[str, str, str]]:
    rows = []
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            labels = ", ".join(code(label) for label in metric._labelnames)
            in_english = language == "en"
            meaning = family.documentation if in_english else portuguese.METRICS[family.name]
            name = f"{family.name}_total" if family.type == "counter" else family.name
            rows.append((code(name), labels, meaning))
    return rows
