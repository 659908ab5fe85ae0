"""The chapter of who is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Mark, Row, Section, Table
from rekomenda.report.charts import exposure
from rekomenda.report.content import Content
from rekomenda.report.sections.words import INTERVAL, NUMBER, columns, drawn

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


def section(content: Content, language: Language) -> Section:
    """Say who is shown, and which goals are met."""
    figures = ((_FLOOR, "floor", exposure.floor), (_DIAL, "dial", exposure.dial))
    blocks = drawn(figures, content, language)
    goals = (content.report.get("exposure") or {}).get("goals") or []
    if goals:
        kinds = ("mark", "", "number", "number", "number")
        heads = columns(_GOAL_COLUMNS, kinds, language)
        rows = [_goal_row(goal, language) for goal in goals]
        blocks.append(Block(title=_GOALS.render(language), table=Table(heads, rows)))
    lead = _EXPOSURE_LEAD.render(language)
    return Section("exposure", _EXPOSURE.render(language), lead, blocks)


def _goal_row(goal: Mapping[str, Any], language: Language) -> Row:
    met = str(goal["met"])
    sign = "≥" if goal["direction"] == "at_least" else "≤"
    limit = NUMBER.render(language, {"value": float(goal["limit"])})
    note = f" ({goal['note'][language]})" if goal["note"] else ""
    known = goal["low"] is not None and goal["high"] is not None
    return Row(
        (
            Mark(met, _MET[met].render(language)),
            f"{goal['text'][language]}{note}".replace("`", ""),
            f"{sign} {limit}",
            NUMBER.render(language, {"value": float(goal["measured"])})
            if goal["measured"] is not None
            else "–",
            INTERVAL.render(language, {"low": goal["low"], "high": goal["high"]}) if known else "–",
        )
    )
