"""What the operator's page says, in both languages."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Text

TITLE: Final = Text("Operation", "Operação")
PAGE: Final[dict[str, Text]] = {
    "served": Text("In service", "No ar"),
    "nothing": Text("Nothing is in service yet", "Ainda não há nada no ar"),
    "none": Text("Nothing was recorded yet.", "Nada foi registrado ainda."),
    "history": Text("How it went", "Como tem ido"),
    "releases": Text("Releases", "Releases"),
    "numbers": Text("The numbers", "Os números"),
    "compare": Text("Compare", "Comparar"),
    "compare_two": Text("Compare two releases", "Comparar duas releases"),
    "with": Text("with", "com"),
    "rollback": Text("Serve this one", "Pôr no ar"),
    "is_served": Text("in service", "no ar"),
    "withdrawn": Text("withdrawn", "retirada"),
    "refused": Text("Runs that published nothing", "Execuções que não publicaram"),
    "back": Text("Back to the overview", "Voltar à visão geral"),
    "enter": Text("Enter", "Entrar"),
    "leave": Text("Leave", "Sair"),
    "token": Text("Operator's token", "Token de operador"),
    "wrong_token": Text("That is not the token.", "O token não é esse."),
    "language": Text("Português", "English"),
    "skip": Text("Skip to the content", "Pular para o conteúdo"),
    "no_token": Text(
        "To serve another release from this page, start the service with REKOMENDA_OPERATOR_TOKEN set.",
        "Para pôr outra release no ar por esta página, inicie o serviço com REKOMENDA_OPERATOR_TOKEN definido.",
    ),
    "changed": Text(
        "Release {release} is in service now.", "A release {release} está no ar agora."
    ),
    "already": Text(
        "Release {release} was in service already: nothing changed.",
        "A release {release} já estava no ar: nada mudou.",
    ),
    "differ": Text("differs", "difere"),
    "what": Text("what", "o quê"),
    "change": Text("change", "mudança"),
}
COLUMNS: Final = {
    "release": Text("release", "release"),
    "as_of": Text("data up to", "dados até"),
    "created_at": Text("made", "feita em"),
    "algorithm": Text("model", "modelo"),
    "listeners": Text("listeners", "ouvintes"),
    "quality": Text("NDCG@{k}, unheard", "NDCG@{k}, não ouvidas"),
    "coverage": Text("artists shown", "artistas mostrados"),
    "gate": Text("gate", "gate"),
    "state": Text("state", "estado"),
}
STANDINGS: Final = {
    "proven": Text("proven", "provada"),
    "unproven": Text("unproven", "sem prova"),
    "forced": Text("forced", "forçada"),
}
DECISIONS: Final = {
    "published": Text("published", "publicada"),
    "ready": Text("ready, not served yet", "pronta, ainda fora do ar"),
    "unchanged": Text("unchanged", "sem mudança"),
    "kept": Text("kept", "guardada"),
    "refused": Text("refused", "recusada"),
    "failed": Text("failed", "falhou"),
}
SIGNS: Final = {
    "published": "●",
    "ready": "◇",
    "unchanged": "○",
    "kept": "◐",
    "refused": "▲",
    "failed": "✕",
}
"""A decision by shape, so that colour alone never tells it."""
TASKS: Final = {
    "unheard": Text("tracks not heard before", "faixas não ouvidas antes"),
    "again": Text("tracks heard before", "faixas já ouvidas"),
    "new_artists": Text("artists never heard", "artistas nunca ouvidos"),
}
VERDICTS: Final = {
    "loaded": Text("loaded", "carregadas"),
    "deduplicated": Text("repeated", "repetidas"),
    "quarantined": Text("in quarantine", "em quarentena"),
    "erased": Text("erased", "apagadas"),
    "unread": Text("in files held or rejected", "em arquivos retidos ou rejeitados"),
}
COVERAGE: Final = {
    "tracks": Text("tracks", "faixas"),
    "artists": Text("artists", "artistas"),
}
STEPS: Final = {
    "integrate": Text("joining", "juntar"),
    "evaluate": Text("comparing", "comparar"),
    "recommend": Text("lists", "listas"),
    "other": Text("the rest", "o resto"),
}
CHARTS: Final = {
    "quality": (
        Text("Quality", "Qualidade"),
        Text(
            "NDCG@{k} of each release, on days that were held back, by last day of its data; bars are 95 % intervals.",
            "NDCG@{k} de cada release, em dias reservados, pelo último dia dos seus dados; as barras são intervalos de 95 %.",
        ),
    ),
    "coverage": (
        Text("Coverage", "Cobertura"),
        Text(
            "Share of the catalogue that at least one listener is shown, release by release.",
            "Parcela do catálogo mostrada a pelo menos um ouvinte, release a release.",
        ),
    ),
    "gate": (
        Text("Gate", "Gate"),
        Text(
            "Checks of each run, in the order they were done. ● published, ◇ ready, ○ unchanged, ◐ kept, ▲ refused, ✕ failed.",
            "Verificações de cada execução, na ordem em que rodaram. ● publicada, ◇ pronta, ○ sem mudança, ◐ guardada, ▲ recusada, ✕ falhou.",
        ),
    ),
    "accounting": (
        Text("Accounting", "Contabilidade"),
        Text(
            "Rows of the files that came, by the day they came on.",
            "Linhas dos arquivos que chegaram, por dia de chegada.",
        ),
    ),
    "durations": (
        Text("Durations", "Durações"),
        Text("Minutes that each run took.", "Minutos que cada execução levou."),
    ),
}
CHECKS: Final = {
    "passed": Text("passed", "passaram"),
    "not_passed": Text("not passed", "não passaram"),
}
TILES: Final = {
    "healthy": Text(
        "every byte in service is as it was written", "cada byte no ar é o que foi gravado"
    ),
    "damaged": Text("the release in service is damaged", "a release no ar está danificada"),
    "last": Text("last run: {decision}, {when}", "última execução: {decision}, {when}"),
    "rows": Text("rows unaccounted for", "linhas sem destino conhecido"),
    "quarantine": Text("of the rows are in quarantine", "das linhas em quarentena"),
    "free": Text("GB free on the disk", "GB livres no disco"),
    "erasures": Text("erasures open", "apagamentos em aberto"),
    "whole": Text("Whole", "Íntegra"),
    "broken": Text("Damaged", "Danificada"),
    "never": Text("never", "nunca"),
}
AGES: Final = {
    "minutes": Text("{n:n} min ago", "há {n:n} min"),
    "hours": Text("{n:n} h ago", "há {n:n} h"),
    "days": Text("{n:n} {n:day|days} ago", "há {n:n} {n:dia|dias}"),
}
ABOUT: Final = {
    "release": Text("The release", "A release"),
    "size": Text("Size", "Tamanho"),
    "quality": Text("Quality", "Qualidade"),
    "coverage": Text("Coverage", "Cobertura"),
    "exposure": Text("Exposure, in “for you”", "Exposição, em “para você”"),
    "gate": Text("Gate", "Gate"),
}
FIELDS: Final = {
    **COLUMNS,
    "snapshot_id": Text("snapshot of the lake", "retrato do lake"),
    "bytes": Text("MB on the disk", "MB no disco"),
    **COVERAGE,
}
OUTCOMES: Final = {
    "passed": Text("passed", "passou"),
    "failed": Text("failed", "não passou"),
    "undecided": Text("undecided", "indecisa"),
    "unproven": Text("unproven", "sem prova"),
}
