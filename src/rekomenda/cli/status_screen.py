"""One screen: how things stand in a home."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rekomenda.cli.door import Door
from rekomenda.cli.frame import printable
from rekomenda.language import Text

_LAKE = Text(
    en="Lake      {rows_in:n} {rows_in:row|rows} of {files:n} {files:file|files} = {loaded:n} loaded + "
    "{quarantined:n} in quarantine + {deduplicated:n} repeated{erased_too}; plays from {first_day} to "
    "{last_day}",
    pt="Lake      {rows_in:n} {rows_in:linha|linhas} de {files:n} {files:arquivo|arquivos} = {loaded:n} {loaded:carregada|carregadas} "
    "+ {quarantined:n} em quarentena + {deduplicated:n} {deduplicated:repetida|repetidas}{erased_too}; plays de {first_day} a "
    "{last_day}",
)
_AND_ERASED = Text(en=" + {erased:n} erased", pt=" + {erased:n} {erased:apagada|apagadas}")
_NO_LAKE = Text(
    en="Lake      empty. Load files: `rekomenda ingest FOLDER`.",
    pt="Lake      vazio. Carregue arquivos: `rekomenda ingest PASTA`.",
)
_NO_PLAYS = Text(
    en="Lake      {rows_in:n} {rows_in:row|rows} of {files:n} {files:file|files}, no plays among them. Load some: "
    "`rekomenda ingest FOLDER`.",
    pt="Lake      {rows_in:n} {rows_in:linha|linhas} de {files:n} {files:arquivo|arquivos}, sem nenhum play. "
    "Carregue os plays: `rekomenda ingest PASTA`.",
)
_NOT_LOADED = Text(
    en="          {n:n} {n:file was|files were} held or rejected",
    pt="          {n:n} {n:arquivo ficou|arquivos ficaram} de fora",
)
_RELEASE = Text(
    en="Release   {run_id}, {algorithm}, as of {as_of}: {personal:n} {personal:listener|listeners} with lists of their "
    "own, {popular:n} with popular lists",
    pt="Release   {run_id}, {algorithm}, até {as_of}: {personal:n} {personal:ouvinte|ouvintes} com listas próprias, "
    "{popular:n} com listas populares",
)
_NO_RELEASE = Text(
    en="Release   none yet. Make one: `rekomenda run`.",
    pt="Release   nenhuma ainda. Faça uma: `rekomenda run`.",
)
_CHOICE = Text(en="Choice    {said}", pt="Escolha   {said}")
_TUNING = Text(
    en="Tuning    {tuning_id} (data up to {as_of}) tried {n:n} {n:candidate|candidates}; {standing}",
    pt="Tuning    {tuning_id} (dados até {as_of}) testou {n:n} {n:candidato|candidatos}; {standing}",
)
_IN_USE = Text(en="this release came from it", pt="esta release veio dele")
_NOT_IN_USE = Text(
    en='not in use. To use it: model.tuning = "{tuning_id}"',
    pt='não está em uso. Para usar: model.tuning = "{tuning_id}"',
)
_LISTS = Text(
    en="Lists     {shelves}; {tracks:.1%} of the tracks and {artists:.1%} of the artists are shown "
    "to somebody",
    pt="Listas    {shelves}; {tracks:.1%} das faixas e {artists:.1%} dos artistas aparecem para "
    "alguém",
)
_QUALITY = Text(
    en="Quality   NDCG@{k} on {held}, with 95 % intervals",
    pt="Qualidade NDCG@{k} {held}, com intervalos de 95 %",
)
_HELD = {
    "time": Text(en="the days held back", pt="nos dias reservados"),
    "random": Text(en="tracks held back at random", pt="em faixas reservadas ao acaso"),
    "sessions": Text(
        en="the second halves of later sessions", pt="nas segundas metades das sessões posteriores"
    ),
}
_LEAKS = Text(en="          {said}", pt="          {said}")
_HEAD = Text(
    en="{model:<31}{unheard:>24}{again:>24}{artists:>24}",
    pt="{model:<31}{unheard:>24}{again:>24}{artists:>24}",
)
_COLUMNS = (
    ("unheard", Text("unheard tracks", "faixas não ouvidas")),
    ("again", Text("heard tracks", "faixas já ouvidas")),
    ("new_artists", Text("artists never heard", "artistas nunca ouvidos")),
)
_NUMBER = Text(en="{value:.4f} ({low:.4f}–{high:.4f})", pt="{value:.4f} ({low:.4f}–{high:.4f})")
_GATE = Text(en="Gate      {said}", pt="Gate      {said}")
_MORE = Text(en="          {said}", pt="          {said}")
_BLESSING = Text(en="{about} {passed:n} of {all:n}", pt="{about} {passed:n} de {all:n}")
_BLESSINGS = {
    "quality": Text(en="quality", pt="qualidade"),
    "mechanics": Text(en="mechanics", pt="mecânica"),
    "data": Text(en="data", pt="dados"),
    "behaviour": Text(en="behaviour", pt="comportamento"),
    "exposure": Text(en="exposure", pt="exposição"),
}
_OUTCOMES = {
    "failed": Text(en="failed", pt="falhou"),
    "undecided": Text(en="undecided", pt="indecisa"),
    "unproven": Text(en="unproven", pt="sem prova"),
}
_FORCED = Text(
    en="Gate      a person published it in spite of: {names}. Reason: {reason}",
    pt="Gate      uma pessoa publicou apesar de: {names}. Motivo: {reason}",
)
_NO_REASON = Text(en="none given", pt="não informado")
_REFUSED = Text(
    en="Last run  {run_id} was refused: {said}", pt="Última     {run_id} foi recusada: {said}"
)
_FAILED = Text(en="Last run  {run_id} failed: {said}", pt="Última     {run_id} falhou: {said}")
_AGREES = Text(
    en="Warehouse agrees row by row with the release",
    pt="Warehouse confere linha a linha com a release",
)
_LAKE_DIFFERS = Text(
    en="Lake differs from the release on {n:n} {n:day|days}: {lake_plays:n} {lake_plays:play|plays} there, "
    "{release_plays:n} here. Look: `rekomenda doctor`.",
    pt="Lake difere da release em {n:n} {n:dia|dias}: {lake_plays:n} {lake_plays:play|plays} lá, "
    "{release_plays:n} aqui. Veja: `rekomenda doctor`.",
)
_DIFFERS = Text(
    en="Warehouse differs from the release in {n:n} {n:row|rows}. Mend it: `rekomenda rebuild`.",
    pt="Warehouse difere da release em {n:n} {n:linha|linhas}. Corrija: `rekomenda rebuild`.",
)
_LAGS = Text(
    en="Warehouse lags behind the release. Mend it: `rekomenda rebuild`.",
    pt="Warehouse está atrás da release. Corrija: `rekomenda rebuild`.",
)


_BLOCKED = Text(
    en="Blocked   {tracks:n} {tracks:track|tracks}, {artists:n} {artists:artist|artists} and "
    "{genres:n} {genres:genre|genres} are taken down",
    pt="Fora      {tracks:n} {tracks:faixa|faixas}, {artists:n} {artists:artista|artistas} e "
    "{genres:n} {genres:gênero|gêneros} estão fora do ar",
)
_FOR_GOOD = Text(en="{what} by hand, for good", pt="{what} à mão, de vez")
_UNTIL = Text(en="{what} by hand, until {until}", pt="{what} à mão, até {until}")
_LIFTED = Text(en="{what} may be shown again", pt="{what} pode aparecer de novo")
_ERASURE_OPEN = Text(
    en="Erasure   of {n:n} {n:listener|listeners}, asked for on {day}, is not finished. Finish it: "
    "`rekomenda forget --yes`.",
    pt="Apagamento de {n:n} {n:ouvinte|ouvintes}, pedido em {day}, não terminou. Termine: "
    "`rekomenda forget --yes`.",
)
_GOALS = Text(
    en="Goals     {met:n} of {all:n} met; not met: {missed}",
    pt="Metas     {met:n} de {all:n} atingidas; não atingidas: {missed}",
)
_NOT_MEASURED = Text(
    en="          not measurable here: {names}", pt="          não mensuráveis aqui: {names}"
)


def show_status(door: Door, status: dict[str, Any]) -> None:
    """Print the same numbers as `status --json`, for a person."""
    _show_lake(door, status["lake"])
    if status["run_id"] is None:
        door.print(_NO_RELEASE)
    else:
        _show_release(door, status)
        _show_quality(door, status)
        _show_gate(door, status["gate"])
        _show_goals(door, status["goals"])
        _show_warehouse(door, status["reconciliation"])
    _show_tuning(door, status["tuning"])
    _show_blocked(door, status["blocked"])
    if status["erasures"]["open"] is not None:
        begun = status["erasures"]["open"]
        day = datetime.fromisoformat(begun["asked_at"]).date()
        door.print(_ERASURE_OPEN, n=begun["listeners"], day=day)
    last = status["last_attempt"]
    if last is not None and last["decision"] == "failed":
        said = last["error"]["message"]["pt" if door.language == "pt-BR" else "en"]
        door.print(_FAILED, run_id=last["run_id"], said=said)
    if last is not None and last["decision"] == "refused":
        _show_refused(door, last)


def _show_tuning(door: Door, tuning: dict[str, Any] | None) -> None:
    if tuning is None:
        return
    tuning_id, n = tuning["tuning_id"], len(tuning["trials"])
    standing = door.text(_IN_USE if tuning["in_use"] else _NOT_IN_USE, tuning_id=tuning_id)
    day = date.fromisoformat(tuning["as_of"])
    door.print(_TUNING, tuning_id=tuning_id, as_of=day, n=n, standing=standing)


def _show_blocked(door: Door, blocked: dict[str, Any]) -> None:
    """Say how much is taken down, and what somebody decided by hand."""
    counts = {kind: blocked[kind] for kind in ("tracks", "artists", "genres")}
    if any(counts.values()):
        door.print(_BLOCKED, **counts)
    for decision in blocked["by_hand"]:
        until = date.fromisoformat(decision["until"]) if decision["until"] else None
        words = _FOR_GOOD if until is None else _LIFTED if decision["lifted"] else _UNTIL
        facts = {"what": f"{decision['kind']}:{decision['id']}", "until": until}
        reason = f" ({decision['reason']})" if decision["reason"] else ""
        door.print(_MORE, said=printable(door.text(words, **facts) + reason))


def _show_lake(door: Door, lake: dict[str, Any]) -> None:
    loaded = {**lake, "files": lake["files"] - lake["files_not_loaded"]}
    if lake["first_day"] is None:
        door.print(_NO_PLAYS if loaded["files"] else _NO_LAKE, **loaded)
    else:
        days = {name: date.fromisoformat(lake[name]) for name in ("first_day", "last_day")}
        erased = _AND_ERASED.filled(erased=lake["erased"]) if lake["erased"] else ""
        door.print(_LAKE, **{**loaded, **days, "erased_too": erased})
    if lake["files_not_loaded"]:
        door.print(_NOT_LOADED, n=lake["files_not_loaded"])


def _show_release(door: Door, status: dict[str, Any]) -> None:
    door.print(
        _RELEASE,
        run_id=status["run_id"],
        algorithm=status["algorithm"],
        as_of=date.fromisoformat(status["as_of"]),
        personal=status["listeners"]["personalised"],
        popular=status["listeners"]["popular"],
    )
    if status["choice"] is not None:
        door.print(_CHOICE, said=status["choice"]["sentence"][door.language])
    number = Text("{shelf} {n:n}", "{shelf} {n:n}")
    shelves = ", ".join(
        door.text(number, shelf=shelf, n=n) for shelf, n in status["recommendations"].items()
    )
    door.print(_LISTS, shelves=shelves, **status["coverage"])


def _show_quality(door: Door, status: dict[str, Any]) -> None:
    """One line a model, best first on unheard tracks; the served one is marked."""
    ndcg = [row for row in status["metrics"] if row["metric"] == "ndcg"]
    if not ndcg:
        return
    cutoffs = {row["k"] for row in ndcg}
    k = status["cutoff"] if status["cutoff"] in cutoffs else max(cutoffs)
    found = {(row["algorithm"], row["task"]): row for row in ndcg if row["k"] == k}
    door.print(_QUALITY, k=k, held=_HELD[status["holdout"]["kind"]])
    heads = {name: door.text(title) for (_, title), name in zip(_COLUMNS, _PLACES, strict=True)}
    door.print(_HEAD, model="", **heads)
    models = dict.fromkeys(row["algorithm"] for row in ndcg)
    for model in sorted(models, key=lambda name: -_value(found, name, "unheard")):
        cells = {
            place: _cell(door, found.get((model, task)))
            for (task, _), place in zip(_COLUMNS, _PLACES, strict=True)
        }
        mark = "* " if model == status["algorithm"] else "  "
        door.print(_HEAD, model=f"          {mark}{model}"[:31], **cells)
    if status["holdout"]["kind"] != "time":
        door.print(_LEAKS, said=status["holdout"]["leaks"][door.language])


_PLACES = ("unheard", "again", "artists")


def _value(found: dict[tuple[str, str], dict[str, Any]], model: str, task: str) -> float:
    row = found.get((model, task))
    return row["value"] if row else -1.0


def _cell(door: Door, row: dict[str, Any] | None) -> str:
    if row is None or row["low"] is None:
        return "-"
    return door.text(_NUMBER, value=row["value"], low=row["low"], high=row["high"])


def _show_gate(door: Door, gate: dict[str, Any]) -> None:
    """Print the gate as a small table, its two sentences on quality, and whatever did not pass."""
    checks = gate["checks"]
    parts = [
        door.text(
            _BLESSING,
            about=title,
            passed=sum(check["passed"] for check in checks if check["about"] == about),
            all=sum(check["about"] == about for check in checks),
        )
        for about, title in _BLESSINGS.items()
        if any(check["about"] == about for check in checks)
    ]
    door.print(_GATE, said=" · ".join(parts))
    for check in checks:
        if check["name"] in _ALWAYS_SAID or not check["passed"]:
            door.print(_MORE, said=check["text"][door.language])
    _show_forced(door, gate.get("forced"))


_ALWAYS_SAID = {"beats_popularity", "not_worse_than_served", "candidate_held"}


def _show_goals(door: Door, goals: list[dict[str, Any]]) -> None:
    """Count the goals for artists and listeners that are met, and name the others."""
    if not goals:
        return
    named = {
        met: ", ".join(goal["goal"] for goal in goals if goal["met"] == met) or "-"
        for met in ("no", "not_measurable")
    }
    met = sum(goal["met"] == "yes" for goal in goals)
    door.print(_GOALS, met=met, all=len(goals), missed=named["no"])
    door.print(_NOT_MEASURED, names=named["not_measurable"])


def _show_forced(door: Door, forced: dict[str, Any] | None) -> None:
    if forced is not None:
        reason = forced["reason"] or door.text(_NO_REASON)
        door.print(_FORCED, names=", ".join(forced["overruled"]), reason=reason)


def _show_refused(door: Door, last: dict[str, Any]) -> None:
    """Say why the last run was refused: the reasons, and the checks by name."""
    said = " ".join(reason[door.language] for reason in last["gate"]["reasons"])
    door.print(_REFUSED, run_id=last["run_id"], said=said)
    names = ", ".join(
        f"{check['name']} ({door.text(_OUTCOMES[check['outcome']])})"
        for check in last["gate"]["checks"]
        if check["outcome"] in _OUTCOMES
    )
    door.print(_MORE, said=names)


def _show_warehouse(door: Door, reconciliation: dict[str, Any]) -> None:
    differences, lake = reconciliation["differences"], reconciliation["lake"]
    if lake and lake["differences"]:
        door.print(_LAKE_DIFFERS, **{**lake, "n": lake["differences"]})
    if reconciliation["error"]:
        door.print(_MORE, said=reconciliation["error"]["message"][door.language])
    elif reconciliation["lagging"]:
        door.print(_LAGS)
    elif differences and sum(differences.values()):
        door.print(_DIFFERS, n=sum(differences.values()))
    elif differences is not None:
        door.print(_AGREES)
