"""What the page and the pictures say, in both languages, and how they write numbers."""

from __future__ import annotations

from typing import Any, Final

from rekomenda.language import Language, Text

QUESTION: Final = {
    "unheard": Text("NDCG@20, unheard", "NDCG@20, inéditas"),
    "unheard_recall": Text("Recall@20, unheard", "Recall@20, inéditas"),
    "again": Text("again", "de novo"),
    "new_artists": Text("new artists", "artistas novos"),
    "cold_listeners": Text("cold listeners", "ouvintes frios"),
    "cold_tracks": Text("cold tracks, among themselves", "faixas frias, entre si"),
    "cold_among_all": Text("cold tracks, among all", "faixas frias, entre todas"),
}


def title(name: str) -> Text:
    """Name a data set as people know it."""
    kind, _, size = name.partition("-")
    if kind == "world":
        return Text("Generated world, {n:n} listeners", "Mundo gerado, {n:n} ouvintes").filled(
            n=int(size)
        )
    return {
        "hetrec": Text("HetRec Last.fm", "HetRec Last.fm"),
        "nowplaying": Text("#nowplaying, sessions", "#nowplaying, sessões"),
        "gowalla": Text("Gowalla, the split of LightGCN", "Gowalla, a divisão do LightGCN"),
    }[name]


def about(name: str, facts: dict[str, Any]) -> Text:
    """Say what was learned from and who was asked."""
    how = {
        "world": Text(
            "the last seven days held out", "com os últimos sete dias separados para o teste"
        ),
        "hetrec": Text(
            "a fifth of each listener's artists held out at random, {splits:n} times (seeds 0 to {last:n}); a "
            "listener's figures are averaged over the splits, then listeners are drawn",
            "com um quinto dos artistas de cada ouvinte separado ao acaso, {splits:n} vezes (sementes 0 a {last:n}); os "
            "números de cada ouvinte são a média das divisões, e depois se sorteiam ouvintes",
        ).filled(splits=facts["splits"], last=facts["splits"] - 1),
        "nowplaying": Text(
            "the second half of each later session asked for",
            "com a segunda metade de cada sessão posterior como pergunta",
        ),
        "gowalla": Text(
            "places, not music; everybody with test items asked",
            "lugares, não música; a pergunta vai a todos que têm itens de teste",
        ),
    }[name.partition("-")[0]]
    return Text(
        "{tracks:n} tracks, {listeners:n} listeners, {examined:n} of them examined: {how}.",
        "{tracks:n} faixas, {listeners:n} ouvintes, {examined:n} deles examinados: {how}.",
    ).filled(**{**facts, "how": how})


def number(value: float, digits: int, language: Language) -> str:
    """Write a number: `1,234.5`, or `1.234,5` in Portuguese; a true minus sign."""
    text = f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")  # no minus before zero
    return text.translate(str.maketrans(",.", ".,")) if language == "pt-BR" else text


def interval(found: dict[str, float] | None, language: Language, *, signed: bool = False) -> str:
    """Write a mean with its interval; a dash where there is none."""
    if found is None:
        return "–"
    value, low, high = (number(found[end], 4, language) for end in ("value", "low", "high"))
    sign = "+" if signed and found["value"] > 0 else ""
    joined = f"{low} {_TO.render(language)} {high}" if signed else f"{low}–{high}"
    return f"{sign}{value} ({joined})"


_TO: Final = Text("to", "a")
