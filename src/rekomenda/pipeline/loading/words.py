"""What a load came to, in words: the numbers of `report`, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rekomenda.data.reading.mapping import printable
from rekomenda.data.reading.rules import Rule
from rekomenda.data.reading.twice_encoded import mend
from rekomenda.errors import InputHeldError, InputRejectedError
from rekomenda.language import Language, Text
from rekomenda.pipeline.loading.contract import SCHEMA_CHANGE, words_of_change
from rekomenda.pipeline.loading.report import TWICE_ENCODED, FileOutcome, IngestReport
from rekomenda.storage.snapshots import InputRecord

Said = tuple[Text, Mapping[str, Any]]


def lines_of(report: IngestReport, language: Language) -> Iterator[str]:
    """Yield what a person reads after a load, line by line."""
    for file in report.files:
        for text, facts in _said_of(file):
            yield text.render(language, facts)
    for name in report.unfinished:
        yield _UNFINISHED.render(language, {"file": name})
    if not report.files and not report.unfinished:
        yield _NOTHING.render(language)


def accounting(record: InputRecord) -> Said:
    """Return the line that adds the rows of a file up."""
    return _ADDS_UP, _counts(record)


def _counts(record: InputRecord) -> dict[str, Any]:
    return {
        **{name: getattr(record, name) for name in _COUNTS},
        "ratio": record.quarantined / record.rows_in if record.rows_in else 0.0,
        "erased_too": _filled(_AND_ERASED, {"erased": record.erased}) if record.erased else "",
    }


def _said_of(file: FileOutcome) -> Iterator[Said]:
    record = file.record
    facts = {**_counts(record), "file": record.name, "how": _how(record.facts)}
    if file.refusal is not None:
        yield _REFUSED[record.verdict], {"why": _message(file.refusal)}
    elif file.known_as is not None:
        when = file.known_as.ingested_at.date()
        yield _KNOWN, {**facts, "when": when, "name": file.known_as.name}
    else:
        yield _HEADLINE, facts
        yield (_COUNTED if record.rows_in else _NO_ROWS), facts
        yield from _remarks(file, facts)


def _remarks(file: FileOutcome, facts: Mapping[str, Any]) -> Iterator[Said]:
    """Yield what is worth a line besides the counts."""
    record, unmatched = file.record, file.unmatched
    ignored = ", ".join(printable(name) for name in record.facts["ignored_columns"] if name)
    if record.erased:
        yield _ERASED, facts
    if record.merged:
        yield _MERGED, facts
    if record.quarantined:
        yield _SET_ASIDE, {**facts, "reasons": _reasons(record.reasons)}
    if unmatched and unmatched.tracks:
        yield _UNMATCHED, {"plays": unmatched.plays, "tracks": unmatched.tracks}
    if file.misplaced_rows:
        yield _MISPLACED, {"rows": file.misplaced_rows}
    if SCHEMA_CHANGE in record.facts:
        yield from words_of_change(record.facts[SCHEMA_CHANGE])
    if found := record.facts.get(TWICE_ENCODED):
        text = _MENDED if found["mended"] else _TWICE_ENCODED
        example, meant = printable(found["example"]), printable(mend(found["example"]))
        such_as = _SUCH_AS.filled(example=example, meant=meant) if example else ""
        yield text, {"rows": found["rows"], "such_as": such_as}
    if ignored:
        yield _IGNORED, {"columns": ignored}
    if record.quarantined:
        yield _SEE, facts


_COUNTS = ("rows_in", "loaded", "merged", "quarantined", "deduplicated", "erased")
_SEPARATORS = {
    ",": Text("separator ','", "separador ','"),
    ";": Text("separator ';' (Excel in Brazil)", "separador ';' (Excel em português)"),
    "\t": Text("separator tab", "separador tabulação"),
    "|": Text("separator '|'", "separador '|'"),
}
_ORDERS = {
    "dmy": Text("dates dd/mm/yyyy", "datas dd/mm/aaaa"),
    "mdy": Text("dates mm/dd/yyyy", "datas mm/dd/aaaa"),
}
_WINDOWS = Text(
    "read as Windows-1252 (confirm with --encoding)",
    "lido como Windows-1252 (confirme com --encoding)",
)
_READ_AS = Text("read as {encoding}", "lido como {encoding}")
_PARQUET = Text("read as Parquet", "lido como Parquet")

_HEADLINE = Text("{file}  {how}", "{file}  {how}")
_ADDS_UP = Text(
    "{rows_in:n} {rows_in:row|rows} = {loaded:n} loaded + {deduplicated:n} repeated + "
    "{quarantined:n} in quarantine ({ratio:.2%}){erased_too}",
    "{rows_in:n} {rows_in:linha|linhas} = {loaded:n} {loaded:carregada|carregadas} + {deduplicated:n} {deduplicated:repetida|repetidas} + "
    "{quarantined:n} em quarentena ({ratio:.2%}){erased_too}",
)
_COUNTED = Text(f"  {_ADDS_UP.en}", f"  {_ADDS_UP.pt}")
_NO_ROWS = Text("  0 rows in {file}", "  0 linhas em {file}")
_AND_ERASED = Text(" + {erased:n} erased", " + {erased:n} {erased:apagada|apagadas}")
_ERASED = Text(
    "  {erased:n} of listeners who were forgotten: kept nowhere",
    "  {erased:n} de ouvintes que foram esquecidos: não ficam em lugar nenhum",
)
_MERGED = Text(
    "  {merged:n} of those loaded {merged:was|were} added to another row of the same listener, track and day",
    "  {merged:n} das carregadas {merged:foi somada|foram somadas} a outra linha do mesmo ouvinte, faixa e dia",
)
_SET_ASIDE = Text(
    "  {quarantined:n} in quarantine: {reasons}", "  {quarantined:n} em quarentena: {reasons}"
)
_UNMATCHED = Text(
    "  {plays:n} {plays:play|plays} of {tracks:n} {tracks:track|tracks} not in the catalogue yet (kept)",
    "  {plays:n} {plays:play|plays} de {tracks:n} {tracks:faixa|faixas} ainda sem artista no catálogo ({plays:mantido|mantidos})",
)
_MISPLACED = Text(
    "  {rows:n} {rows:row is|rows are} of other days than the folder says",
    "  {rows:n} {rows:linha é|linhas são} de outros dias que não o da pasta",
)
_IGNORED = Text("  columns not used: {columns}", "  colunas não usadas: {columns}")
_SUCH_AS = Text(" ({example!r} was {meant!r})", " ({example!r} era {meant!r})")
_TWICE_ENCODED = Text(
    "  {rows:n} {rows:row holds|rows hold} text that was encoded twice{such_as}: load "
    "it again with --repair-encoding to mend it",
    "  {rows:n} {rows:linha tem|linhas têm} texto codificado duas vezes{such_as}: "
    "carregue de novo com --repair-encoding para consertar",
)
_MENDED = Text(
    "  {rows:n} {rows:row|rows} with text that was encoded twice mended{such_as}",
    "  {rows:n} {rows:linha|linhas} com texto codificado duas vezes consertadas{such_as}",
)
_SEE = Text(
    "  see: rekomenda quarantine show {file:sh}    correct: add --out fix.csv, edit that, then "
    "rekomenda quarantine retry {file:sh} fix.csv",
    "  veja: rekomenda quarantine show {file:sh}    corrija: acrescente --out fix.csv, edite, e rode "
    "rekomenda quarantine retry {file:sh} fix.csv",
)
_KNOWN = Text(
    "{file}  loaded already on {when} as {name}: {deduplicated:n} {deduplicated:row|rows} repeated, nothing changed",
    "{file}  já carregado em {when} como {name}: {deduplicated:n} {deduplicated:linha repetida|linhas repetidas}, nada mudou",
)
_REFUSED = {
    "held": Text("Held: {why}", "Retido: {why}"),
    "rejected": Text("Rejected: {why}", "Rejeitado: {why}"),
}
_UNFINISHED = Text(
    "{file}  is still being written: left out",
    "{file}  ainda está sendo gravado: ficou de fora",
)
_NOTHING = Text("No input files found there.", "Nenhum arquivo de entrada encontrado ali.")


def _how(facts: Mapping[str, Any]) -> Text:
    """Say how a file was read."""
    if facts.get("container") == "parquet":
        return _PARQUET
    encoding = str(facts.get("encoding", "utf-8"))
    named = {"encoding": encoding.upper()}
    said = [_WINDOWS if encoding == "windows-1252" else _filled(_READ_AS, named)]
    separator = facts.get("separator", ",")
    if separator in _SEPARATORS:
        said.append(_SEPARATORS[separator])
    if facts.get("order") in _ORDERS:
        said.append(_ORDERS[facts["order"]])
    return _joined(", ", said)


def _reasons(reasons: Mapping[str, int]) -> Text:
    """Say how many rows broke which rule, most first."""
    ranked = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))
    return _joined(
        " | ", [_filled(_REASON, {"rows": n, "rule": Rule(rule).words}) for rule, n in ranked]
    )


_REASON = Text("{rows:n} {rule}", "{rows:n} {rule}")
_EMPTY = Text(" ", " ")


def _filled(text: Text, facts: Mapping[str, Any]) -> Text:
    return replace(text, en=text.render("en", facts), pt=text.render("pt-BR", facts))


def _joined(mark: str, texts: list[Text]) -> Text:
    return replace(
        _EMPTY, en=mark.join(text.en for text in texts), pt=mark.join(text.pt for text in texts)
    )


def _message(error: InputHeldError | InputRejectedError) -> Text:
    return replace(_EMPTY, en=error.message("en"), pt=error.message("pt-BR"))
