"""The chapter of what people truly like: only of made worlds, which know it."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Section
from rekomenda.report.charts import truth
from rekomenda.report.content import Content
from rekomenda.report.sections.words import drawn

_TITLE: Final = Text("How near to what people truly like?", "Quão perto do que as pessoas gostam?")
_LEAD: Final = Text(
    "This world is made up, so the chance of every track to be somebody's next choice is known. The "
    "first ten tracks of {listeners:n} {listeners:listener|listeners} reach {value:.1%} ({low:.1%} to {high:.1%}) of what "
    "the best possible lists of unheard tracks are worth. The truth is that of the world's last day. "
    "Of real listeners nobody knows this.",
    "Este mundo é inventado, e por isso se sabe a chance de cada faixa ser a próxima escolha de "
    "alguém. As dez primeiras faixas de {listeners:n} {listeners:ouvinte|ouvintes} alcançam {value:.1%} ({low:.1%} a "
    "{high:.1%}) do que valem as melhores listas possíveis de faixas não ouvidas. A verdade é a do "
    "último dia do mundo. De ouvintes reais ninguém sabe isso.",
)


def section(content: Content, language: Language) -> Section:
    """Say how much of the best possible the lists reach."""
    title = _TITLE.render(language)
    if not content.truth:
        return Section("truth", title)
    lead = _LEAD.render(language, dict(content.truth[0]))
    figures = ((Text("", ""), "truth", truth.nearness),)
    return Section("truth", title, lead, drawn(figures, content, language))
