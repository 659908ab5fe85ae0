"""The chapter of where the rows of input went."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Section
from rekomenda.report.charts import accounting
from rekomenda.report.content import Content
from rekomenda.report.sections.words import drawn

_ROWS: Final = Text("Where the rows went", "Aonde foram as linhas")
_ROWS_LEAD: Final = Text(
    "{rows_in:n} rows = {loaded:n} loaded + {quarantined:n} in quarantine + {deduplicated:n} "
    "repeated{erased_too}.",
    "{rows_in:n} linhas = {loaded:n} carregadas + {quarantined:n} em quarentena + {deduplicated:n} "
    "repetidas{erased_too}.",
)
_AND_ERASED: Final = Text(
    " + {erased:n} of listeners who were forgotten",
    " + {erased:n} de ouvintes que foram esquecidos",
)


def section(content: Content, language: Language) -> Section:
    """Say where the rows of input went."""
    erased = content.lake["erased"]
    too = _AND_ERASED.filled(erased=erased) if erased else ""
    lead = _ROWS_LEAD.render(language, {**content.lake, "erased_too": too})
    figures = ((Text("", ""), "rows", accounting.rows_by_file),)
    return Section("rows", _ROWS.render(language), lead, drawn(figures, content, language))
