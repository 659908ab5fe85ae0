"""The chapters of a report, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from rekomenda.evaluation.definitions import DEFINITIONS
from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Column, Mark, Row, Section, Table, figure_html
from rekomenda.report.charts import accounting, exposure, listening, quality
from rekomenda.report.content import Content, Sample
from rekomenda.report.shelf_titles import SHELF_TITLES

_QUALITY: Final = Text("Is it good?", "Está bom?")
_QUALITY_LEAD: Final = Text(
    "Every model learned from the days before the cut and was asked for what people played after "
    "it. NDCG@{k}: 0 is no hit, 1 a perfect list. The bar is where the true value lies with 95 % "
    "confidence; the served model is in green.",
    "Cada modelo aprendeu com os dias antes do corte e teve de prever o que as pessoas ouviram "
    "depois. NDCG@{k}: 0 é nenhum acerto, 1 uma lista perfeita. A barra é onde o valor verdadeiro "
    "está com 95 % de confiança; o modelo no ar está em verde.",
)
_GROUPS: Final = Text("For whom is it good?", "Para quem está bom?")
_COST: Final = Text("Quality against cost", "Qualidade e custo")
_NUMBERS: Final = Text("all numbers of the served model", "todos os números do modelo no ar")
_REGIONS: Final = Text("By region", "Por região")
_GATE: Final = Text("What the gate checked", "O que o portão conferiu")
_LISTS: Final = Text("What people are shown", "O que as pessoas recebem")
_LISTS_LEAD: Final = Text(
    "A few listeners, drawn by their place among all, with the beginning of each list and the "
    "reason the model gives.",
    "Alguns ouvintes, sorteados pela posição entre todos, com o começo de cada lista e o motivo "
    "que o modelo dá.",
)
_FAVOURITES: Final = Text(
    "{plays:n} plays; most of all {tracks}", "{plays:n} plays; mais que tudo {tracks}"
)
_LISTENING: Final = Text("What people listen to", "O que as pessoas ouvem")
_BY_DAY: Final = Text("Plays by day", "Plays por dia")
_BY_GENRE: Final = Text("Genres: played and shown", "Gêneros: tocados e mostrados")
_TAIL: Final = Text("The long tail", "A cauda longa")
_CHANGES: Final = Text("What changed", "O que mudou")
_CHANGES_LEAD: Final = Text(
    "Against {since}, the release before: a listener keeps {kept:.0%} of their first ten tracks "
    "(median); {before:n} listeners had lists, now {now:n}; {tracks_before:n} tracks, now "
    "{tracks_now:n}.",
    "Em relação a {since}, a release anterior: um ouvinte mantém {kept:.0%} das suas dez primeiras "
    "faixas (mediana); {before:n} ouvintes tinham listas, agora {now:n}; {tracks_before:n} faixas, "
    "agora {tracks_now:n}.",
)
_RISEN: Final = Text("Shown to more people", "Mostradas a mais gente")
_FALLEN: Final = Text("Shown to fewer people", "Mostradas a menos gente")
_ROWS: Final = Text("Where the rows went", "Aonde foram as linhas")
_ROWS_LEAD: Final = Text(
    "{rows_in:n} rows = {loaded:n} loaded + {quarantined:n} in quarantine + {deduplicated:n} "
    "repeated.",
    "{rows_in:n} linhas = {loaded:n} carregadas + {quarantined:n} em quarentena + {deduplicated:n} "
    "repetidas.",
)
_METRIC_COLUMNS: Final = (
    Text("task", "tarefa"),
    Text("metric", "métrica"),
    Text("value", "valor"),
    Text("95 % interval", "intervalo de 95 %"),
    Text("listeners", "ouvintes"),
    Text("what it means", "o que significa"),
)
_CHECK_COLUMNS: Final = (Text("outcome", "resultado"), Text("check", "conferência"))
_OUTCOMES: Final = {
    "passed": Text("passed", "passou"),
    "failed": Text("failed", "reprovou"),
    "undecided": Text("undecided", "indeciso"),
    "unproven": Text("unproven", "sem prova"),
}
_MOVED_COLUMNS: Final = (
    Text("track", "faixa"),
    Text("listeners before", "ouvintes antes"),
    Text("now", "agora"),
)
_EXPOSURE: Final = Text("Who is shown", "Quem aparece")
_EXPOSURE_LEAD: Final = Text(
    "Emerging artists are those outside the few who make 80 % of the plays. Goals are aims, not "
    "conditions of the gate; what cannot be measured here is not counted as met.",
    "Artistas emergentes são os que estão fora dos poucos que fazem 80 % dos plays. As metas são "
    "alvos, não condições do portão; o que não dá para medir aqui não conta como atingido.",
)
_FLOOR: Final = Text(
    "Emerging artists, without and with their floor", "Artistas emergentes, sem e com o seu piso"
)
_DIAL: Final = Text("From familiar to new", "Do conhecido ao novo")
_GOALS: Final = Text("Goals", "Metas")
_GOAL_COLUMNS: Final = (
    Text("met", "atingida"),
    Text("goal", "meta"),
    Text("aim", "alvo"),
    Text("measured", "medido"),
    Text("95 % interval", "intervalo de 95 %"),
)
_MET: Final = {
    "yes": Text("met", "atingida"),
    "no": Text("not met", "não"),
    "not_measurable": Text("no measure", "sem medida"),
}
_NUMBER: Final = Text("{value:.4f}", "{value:.4f}")
_INTERVAL: Final = Text("{low:.4f} – {high:.4f}", "{low:.4f} – {high:.4f}")


def sections_of(content: Content, language: Language) -> list[Section]:
    """Return the chapters that this release has something to say in."""
    makers: Sequence[Callable[[Content, Language], Section]] = (
        _quality,
        _lists,
        _exposure,
        _gate,
        _listening,
        _changes,
        _rows,
    )
    made = (maker(content, language) for maker in makers)
    return [section for section in made if section.blocks]


def _quality(content: Content, language: Language) -> Section:
    figures = (
        (Text("", ""), "models", quality.models),
        (_GROUPS, "segments", quality.segments),
        (_REGIONS, "regions", listening.by_region),
        (_COST, "cost", quality.quality_and_cost),
    )
    blocks = _drawn(figures, content, language)
    table = _all_numbers(content, language)
    if table.rows:
        blocks.append(Block(table=table, folded=_NUMBERS.render(language)))
    lead = _QUALITY_LEAD.render(language, {"k": content.k})
    leaks = content.report["holdout"]["leaks"][language]
    return Section("quality", _QUALITY.render(language), f"{lead} {leaks}", blocks)


def _exposure(content: Content, language: Language) -> Section:
    figures = ((_FLOOR, "floor", exposure.floor), (_DIAL, "dial", exposure.dial))
    blocks = _drawn(figures, content, language)
    goals = (content.report.get("exposure") or {}).get("goals") or []
    if goals:
        kinds = ("mark", "", "number", "number", "number")
        columns = [
            Column(words.render(language), kind)
            for words, kind in zip(_GOAL_COLUMNS, kinds, strict=True)
        ]
        rows = [_goal_row(goal, language) for goal in goals]
        blocks.append(Block(title=_GOALS.render(language), table=Table(columns, rows)))
    lead = _EXPOSURE_LEAD.render(language)
    return Section("exposure", _EXPOSURE.render(language), lead, blocks)


def _goal_row(goal: Mapping[str, Any], language: Language) -> Row:
    met = str(goal["met"])
    sign = "≥" if goal["direction"] == "at_least" else "≤"
    limit = _NUMBER.render(language, {"value": float(goal["limit"])})
    note = f" ({goal['note'][language]})" if goal["note"] else ""
    known = goal["low"] is not None and goal["high"] is not None
    return Row(
        (
            Mark(met, _MET[met].render(language)),
            f"{goal['text'][language]}{note}",
            f"{sign} {limit}",
            _NUMBER.render(language, {"value": float(goal["measured"])})
            if goal["measured"] is not None
            else "–",
            _INTERVAL.render(language, {"low": goal["low"], "high": goal["high"]})
            if known
            else "–",
        )
    )


def _gate(content: Content, language: Language) -> Section:
    rows = [
        Row(
            (
                Mark(check["outcome"], _OUTCOMES[check["outcome"]].render(language)),
                check["text"][language],
            )
        )
        for check in content.gate
    ]
    columns = [
        Column(words.render(language), kind)
        for words, kind in zip(_CHECK_COLUMNS, ("mark", ""), strict=True)
    ]
    blocks = [Block(table=Table(columns, rows))] if rows else []
    return Section("gate", _GATE.render(language), blocks=blocks)


def _lists(content: Content, language: Language) -> Section:
    people = [_person(sample, language) for sample in content.samples]
    blocks = [Block(people=people)] if people else []
    return Section("lists", _LISTS.render(language), _LISTS_LEAD.render(language), blocks)


def _listening(content: Content, language: Language) -> Section:
    figures = (
        (_BY_DAY, "days", listening.by_day),
        (_BY_GENRE, "genres", listening.by_genre),
        (_TAIL, "tail", listening.long_tail),
    )
    blocks = _drawn(figures, content, language)
    return Section("listening", _LISTENING.render(language), blocks=blocks)


def _changes(content: Content, language: Language) -> Section:
    changes = content.changes
    if changes is None:
        return Section("changes", _CHANGES.render(language))
    lead = _CHANGES_LEAD.render(
        language,
        {
            "since": changes.since,
            "kept": changes.kept,
            "before": changes.listeners[0],
            "now": changes.listeners[1],
            "tracks_before": changes.tracks[0],
            "tracks_now": changes.tracks[1],
        },
    )
    columns = [
        Column(words.render(language), kind)
        for words, kind in zip(_MOVED_COLUMNS, ("", "number", "number"), strict=True)
    ]
    blocks = [
        Block(
            title=words.render(language),
            table=Table(
                columns,
                [
                    Row(
                        (
                            _named(track),
                            _count(track["before"], language),
                            _count(track["now"], language),
                        )
                    )
                    for track in moved
                ],
            ),
        )
        for words, moved in ((_RISEN, changes.risen), (_FALLEN, changes.fallen))
        if moved
    ]
    return Section("changes", _CHANGES.render(language), lead, blocks or [Block(lead="–")])


def _rows(content: Content, language: Language) -> Section:
    lead = _ROWS_LEAD.render(language, content.lake)
    figures = ((Text("", ""), "rows", accounting.rows_by_file),)
    return Section("rows", _ROWS.render(language), lead, _drawn(figures, content, language))


def _drawn(
    figures: Sequence[tuple[Text, str, Callable[[Content, Language], Any]]],
    content: Content,
    language: Language,
) -> list[Block]:
    """Return a block for each figure that there is something to draw in."""
    blocks = []
    for words, name, draw in figures:
        html = figure_html(draw(content, language), name)
        if html:
            blocks.append(Block(title=words.render(language), figure=html))
    return blocks


def _all_numbers(content: Content, language: Language) -> Table:
    found = content.metrics
    rows = found[(found["algorithm"] == content.algorithm) & (found["segment"] == "overall")]
    kinds = ("", "", "number", "number", "number", "")
    columns = [
        Column(words.render(language), kind)
        for words, kind in zip(_METRIC_COLUMNS, kinds, strict=True)
    ]
    return Table(columns, [_number_row(row, language) for _, row in rows.iterrows()])


def _number_row(row: pd.Series[Any], language: Language) -> Row:
    known = pd.notna(row["low"]) and pd.notna(row["high"])
    meaning = DEFINITIONS.get(row["metric"])
    return Row(
        (
            row["task"],
            f"{row['metric']}@{row['k']}",
            _NUMBER.render(language, {"value": float(row["value"])}),
            _INTERVAL.render(language, {"low": float(row["low"]), "high": float(row["high"])})
            if known
            else "–",
            _count(int(row["n_users"]), language),
            meaning.render(language) if meaning else "",
        )
    )


def _person(sample: Sample, language: Language) -> dict[str, Any]:
    tracks = ", ".join(_named(track) for track in sample.favourites)
    reason = "reason_pt" if language == "pt-BR" else "reason_en"
    return {
        "title": sample.listener,
        "favourites": _FAVOURITES.render(language, {"plays": sample.plays, "tracks": tracks}),
        "shelves": [
            {
                "title": SHELF_TITLES[shelf].render(language),
                "tracks": [
                    {
                        "title": track["title"] or track["track_id"],
                        "artist": track["artist"],
                        "reason": track[reason],
                    }
                    for track in tracks_of_shelf
                ],
            }
            for shelf, tracks_of_shelf in sample.shelves.items()
            if tracks_of_shelf
        ],
    }


def _named(track: Any) -> str:
    title = track["title"] or track["track_id"]
    return f"“{title}”" + (f" ({track['artist']})" if track["artist"] else "")


def _count(value: int, language: Language) -> str:
    return Text("{value:n}", "{value:n}").render(language, {"value": value})
