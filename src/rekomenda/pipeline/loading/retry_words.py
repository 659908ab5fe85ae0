"""What a retry came to, in words."""

from __future__ import annotations

from collections.abc import Iterator

from rekomenda.data.reading.mapping import printable
from rekomenda.data.reading.rules import Rule
from rekomenda.language import Language, Text
from rekomenda.pipeline.loading.retry import RetryReport
from rekomenda.pipeline.loading.words import accounting

MAX_WRONG = 20
"""Rows that are still wrong and shown."""


def lines_of_retry(report: RetryReport, language: Language) -> Iterator[str]:
    """Yield what a person reads after a retry, line by line."""
    facts = {**vars(report), "file": report.record.name, "n_wrong": len(report.wrong)}
    if report.again:
        yield _AGAIN.render(language, facts)
    elif not report.tried and not report.left:
        yield _NOTHING.render(language, facts)
    else:
        yield (_TRIED if report.tried else _NONE_TRIED).render(language, facts)
        for row in report.wrong[:MAX_WRONG]:
            said = {**row, "why": Rule(row["rule"]).words, "text": printable(row["text"])}
            yield _WRONG.render(language, said)
        more = len(report.wrong) - MAX_WRONG
        notes = (
            (_MORE, more > 0),
            (_ERASED, report.erased),
            (_LEFT, report.left and report.tried),
            (_UNKNOWN, report.unknown),
        )
        for text, holds in notes:
            if holds:
                yield text.render(language, {**facts, "more": more})
    text, counts = accounting(report.record)
    yield _NOW.render(language, {"counted": text.filled(**counts)})


_TRIED = Text(
    "{file}  {tried:n} {tried:row|rows} checked again = {loaded:n} loaded + {deduplicated:n} repeated + "
    "{n_wrong:n} still wrong",
    "{file}  {tried:n} {tried:linha conferida|linhas conferidas} de novo = {loaded:n} {loaded:carregada|carregadas} + "
    "{deduplicated:n} {deduplicated:repetida|repetidas} + {n_wrong:n} ainda com problema",
)
_NONE_TRIED = Text(
    "{file}  nothing to check: none of its {left:n} set-aside {left:row|rows} was corrected, and no setting "
    "changes them",
    "{file}  nada a conferir: nenhuma das {left:n} {left:linha separada|linhas separadas} foi corrigida, e "
    "nenhuma opção as muda",
)
_WRONG = Text(
    "  line {line}, {column}: {why}: {text}",
    "  linha {line}, {column}: {why}: {text}",
)
_MORE = Text("  … and {more:n} more", "  … e mais {more:n}")
_ERASED = Text(
    "  {erased:n} of listeners who were forgotten: kept nowhere",
    "  {erased:n} de ouvintes que foram esquecidos: não ficam em lugar nenhum",
)
_LEFT = Text(
    "  {left:n} {left:row was|rows were} not corrected and {left:stays|stay} in quarantine",
    "  {left:n} {left:linha não foi corrigida e fica|linhas não foram corrigidas e ficam} em quarentena",
)
_UNKNOWN = Text(
    "  {unknown:n} corrected {unknown:row is|rows are} not in quarantine (any more): left alone",
    "  {unknown:n} {unknown:linha corrigida não está|linhas corrigidas não estão} (mais) em quarentena: "
    "ficam como estão",
)
_AGAIN = Text(
    "{file}  these corrections were loaded already: nothing changed",
    "{file}  estas correções já foram carregadas: nada mudou",
)
_NOTHING = Text(
    "{file}  nothing of it is in quarantine: nothing changed",
    "{file}  nada dele está em quarentena: nada mudou",
)
_NOW = Text("  now {counted}", "  agora {counted}")
