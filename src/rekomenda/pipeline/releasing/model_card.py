"""The model card of a release: what it learned from, whom it leaves out, how it does for whom.

After M. Mitchell et al., "Model Cards for Model Reporting", FAT* 2019. Both languages stand in one
file, `model_card.md`, made of the numbers of the release and of nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from rekomenda.evaluation.definitions import DEFINITIONS
from rekomenda.evaluation.exposure_words import EXPOSURE_DEFINITIONS
from rekomenda.language import LANGUAGES, Language, Text

_TITLE: Final = Text(
    "# Model card: {algorithm}, as of {last_day}", "# Cartão do modelo: {algorithm}, até {last_day}"
)
_FOR: Final = Text(
    "Ranks tracks for listeners of a music service, from what they and others played. Not made to "
    "judge artists or people: its numbers say what is played and shown, not what is worth hearing.",
    "Ordena faixas para ouvintes de um serviço de música, a partir do que eles e outros ouviram. "
    "Não serve para julgar artistas ou pessoas: os números dizem o que se ouve e se mostra, não o "
    "que vale a pena ouvir.",
)
_RECIPE: Final = Text(
    "Recipe: `{algorithm}`, hyperparameters {hyperparameters}, seed {seed}.",
    "Receita: `{algorithm}`, hiperparâmetros {hyperparameters}, semente {seed}.",
)
_DATA: Final = Text("## Data", "## Dados")
_WINDOW: Final = Text(
    "{plays:n} {plays:play|plays} by {listeners:n} {listeners:listener|listeners} of {played_tracks:n} {played_tracks:track|tracks}, {first_day} to "
    "{last_day}. The catalogue names {catalogue_tracks:n} {catalogue_tracks:track|tracks}.",
    "{plays:n} {plays:play|plays} de {listeners:n} {listeners:ouvinte|ouvintes} em {played_tracks:n} {played_tracks:faixa|faixas}, de {first_day} a "
    "{last_day}. O catálogo tem {catalogue_tracks:n} {catalogue_tracks:faixa|faixas}.",
)
_LEFT_OUT: Final = Text("## Who and what is left out", "## Quem e o que fica de fora")
_OUTSIDE: Final = (
    Text(
        "- {bots:n} {bots:listener|listeners} with more plays in a day than a person can hear "
        "({bot_plays:n} {bot_plays:play|plays}), flagged as bots.",
        "- {bots:n} {bots:ouvinte|ouvintes} com mais plays num dia do que alguém consegue ouvir "
        "({bot_plays:n} {bot_plays:play|plays}), marcados como robôs.",
    ),
    Text(
        "- {unmatched_tracks:n} played {unmatched_tracks:track|tracks} that no catalogue names: learned from, never shown.",
        "- {unmatched_tracks:n} {unmatched_tracks:faixa ouvida|faixas ouvidas} que nenhum catálogo nomeia: servem ao aprendizado, "
        "nunca aparecem.",
    ),
    Text(
        "- {blocked_tracks:n} {blocked_tracks:track that was|tracks that were} taken down: never shown.",
        "- {blocked_tracks:n} {blocked_tracks:faixa retirada: nunca aparece|faixas retiradas: nunca aparecem}.",
    ),
    Text(
        "- {popular:n} {popular:listener|listeners} without a history of their own: they see what is popular.",
        "- {popular:n} {popular:ouvinte|ouvintes} sem histórico próprio: {popular:vê|veem} o que é popular.",
    ),
    Text(
        "- People who do not use the service, and music it does not carry.",
        "- Quem não usa o serviço, e a música que ele não tem.",
    ),
)
_QUALITY: Final = Text("## Quality by group of listeners", "## Qualidade por grupo de ouvintes")
_HEADER: Final = Text(
    "| group | listeners | NDCG@{k}, unheard tracks | interval |\n|---|---:|---:|---|",
    "| grupo | ouvintes | NDCG@{k}, faixas não ouvidas | intervalo |\n|---|---:|---:|---|",
)
_GROUP: Final = Text(
    "| {segment} | {n:n} | {value:.4f} | {low:.4f} – {high:.4f} |",
    "| {segment} | {n:n} | {value:.4f} | {low:.4f} – {high:.4f} |",
)
_NO_GROUPS: Final = Text(
    "No group has enough listeners in the days held back.",
    "Nenhum grupo tem ouvintes suficientes nos dias reservados.",
)
_SHOWN: Final = Text("## Who is shown", "## Quem aparece")
_SHOWN_HEADER: Final = Text(
    "| list | artists | measure | value | interval |\n|---|---|---|---:|---|",
    "| lista | artistas | medida | valor | intervalo |\n|---|---|---|---:|---|",
)
_SHOWN_ROW: Final = Text(
    "| {lists} | {segment} | {measure} | {value:.3f} | {interval} |",
    "| {lists} | {segment} | {measure} | {value:.3f} | {interval} |",
)
_ENDS: Final = Text("{low:.3f} – {high:.3f}", "{low:.3f} – {high:.3f}")
_PRICE: Final = Text(
    "The floor for emerging artists costs `{shelf}` {loss:.2%} of its NDCG@10 ({low:.2%} to "
    "{high:.2%}, {listeners:n} {listeners:listener|listeners}); below 0 it gains.",
    "O piso para artistas emergentes custa a `{shelf}` {loss:.2%} do NDCG@10 ({low:.2%} a "
    "{high:.2%}, {listeners:n} {listeners:ouvinte|ouvintes}); abaixo de 0, ganha.",
)
_GOALS: Final = Text("## Goals", "## Metas")
_GOAL_HEADER: Final = Text(
    "| goal | aim | measured | met |\n|---|---|---:|---|",
    "| meta | alvo | medido | atingida |\n|---|---|---:|---|",
)
_GOAL: Final = Text(
    "| {text}{note} | {sign} {limit:g} | {measured} | {met} |",
    "| {text}{note} | {sign} {limit:g} | {measured} | {met} |",
)
_MET: Final = {
    "yes": Text("yes", "sim"),
    "no": Text("no", "não"),
    "not_measurable": Text("not measurable", "não mensurável"),
}
_LIMITS: Final = Text("## Known limits", "## Limites conhecidos")
_KNOWN: Final = (
    Text(
        "- What was played after the cut is what people could find then: a track that nothing "
        "showed them counts as not wanted. Numbers favour what was easy to find.",
        "- O que se ouviu depois do corte é o que dava para achar então: uma faixa que nada mostrou "
        "conta como não desejada. Os números favorecem o que era fácil de achar.",
    ),
    Text(
        "- Daily totals do not tell a skip from a whole listen.",
        "- Totais diários não distinguem um pulo de uma escuta inteira.",
    ),
    Text(
        "- Gender, race and age of artists and listeners are neither used nor inferred; nothing is "
        "said of groups under 50.",
        "- Gênero, raça e idade de artistas e ouvintes não são usados nem deduzidos; nada se diz de "
        "grupos com menos de 50.",
    ),
    Text(
        "- Who has played at most three tracks gets lists that are much weaker: see the group "
        "`activity:new`, where it is large enough to be shown.",
        "- Quem ouviu no máximo três faixas recebe listas bem mais fracas: veja o grupo "
        "`activity:new`, quando é grande o bastante para aparecer.",
    ),
)
_DEFINED: Final = Text("## Definitions", "## Definições")


def model_card(
    *,
    name: str,
    recipe: Mapping[str, Any],
    integration: Mapping[str, Any],
    popular: int,
    metrics: Sequence[Mapping[str, Any]],
    k: int,
    exposure: Mapping[str, Any],
) -> str:
    """Return the card, first in Portuguese and then in English.

    Parameters
    ----------
    name : str
        Under which the model sat the exam.
    recipe : mapping
        `Recipe.to_json()`.
    integration : mapping
        The `integration` of the report.
    popular : int
        Listeners who are shown popular lists.
    metrics : sequence of mapping
        Rows of `summary.SCHEMA`.
    k : int
        Cutoff of the quality that is shown.
    exposure : mapping
        The `exposure` of the report.
    """
    facts = {
        **integration,
        **recipe,
        "popular": popular,
        "first_day": date.fromisoformat(integration["first_day"]),
        "last_day": date.fromisoformat(integration["last_day"]),
        "hyperparameters": dict(recipe["hyperparameters"]) or "–",
    }
    quality = [
        row
        for row in metrics
        if (row["algorithm"], row["task"], row["metric"], row["k"]) == (name, "unheard", "ndcg", k)
        and row["low"] is not None
    ]
    cards = (_card(language, facts, quality, k, exposure) for language in LANGUAGES)
    return "\n---\n\n".join(cards)


def _card(
    language: Language,
    facts: Mapping[str, Any],
    quality: Sequence[Mapping[str, Any]],
    k: int,
    exposure: Mapping[str, Any],
) -> str:
    def say(*texts: Text) -> str:
        return "\n".join(text.render(language, facts) for text in texts)

    parts = [
        say(_TITLE),
        say(_FOR),
        say(_RECIPE),
        say(_DATA),
        say(_WINDOW),
        say(_LEFT_OUT),
        say(*_OUTSIDE),
        say(_QUALITY),
        _quality(language, quality, k),
        say(_SHOWN),
        _shown(language, exposure),
        *_prices(language, exposure),
        say(_GOALS),
        _goals(language, exposure),
        say(_LIMITS),
        say(*_KNOWN),
        say(_DEFINED),
        _definitions(language, exposure),
    ]
    return "\n\n".join(parts) + "\n"


def _quality(language: Language, quality: Sequence[Mapping[str, Any]], k: int) -> str:
    if not quality:
        return _NO_GROUPS.render(language)
    rows = [_GROUP.render(language, {**row, "n": row["n_users"]}) for row in quality]
    return "\n".join([_HEADER.render(language, {"k": k}), *rows])


def _shown(language: Language, exposure: Mapping[str, Any]) -> str:
    rows = [
        _SHOWN_ROW.render(
            language,
            {
                **row,
                "lists": row["lists"].removeprefix("served:"),
                "interval": "–" if row["low"] is None else _ENDS.render(language, row),
            },
        )
        for row in exposure["served"]
    ]
    return "\n".join([_SHOWN_HEADER.render(language), *rows])


def _prices(language: Language, exposure: Mapping[str, Any]) -> list[str]:
    measured = [price for price in exposure["price"] if price["loss"] is not None]
    return [_PRICE.render(language, price) for price in measured]


def _goals(language: Language, exposure: Mapping[str, Any]) -> str:
    number = Text("{value:.3f}", "{value:.3f}")
    rows = [
        _GOAL.render(
            language,
            {
                "text": goal["text"][language],
                "note": f" ({goal['note'][language]})" if goal["note"] else "",
                "sign": "≥" if goal["direction"] == "at_least" else "≤",
                "limit": goal["limit"],
                "measured": "–"
                if goal["measured"] is None
                else number.render(language, {"value": goal["measured"]}),
                "met": _MET[goal["met"]],
            },
        )
        for goal in exposure["goals"]
    ]
    return "\n".join([_GOAL_HEADER.render(language), *rows])


def _definitions(language: Language, exposure: Mapping[str, Any]) -> str:
    used = dict.fromkeys(row["measure"] for row in exposure["served"])
    lines = [f"- `ndcg`: {DEFINITIONS['ndcg'].render(language)}"]
    lines += [f"- `{name}`: {EXPOSURE_DEFINITIONS[name].render(language)}" for name in used]
    return "\n".join(lines)
