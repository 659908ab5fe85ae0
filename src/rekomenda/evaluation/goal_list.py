"""The goals, one after the other: what a release is meant to reach for artists and listeners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from rekomenda.language import Text


@dataclass(frozen=True)
class Goal:
    """One aim.

    Parameters
    ----------
    name : str
    text : Text
        What is to be reached.
    limit : float
    direction : {"at_least", "at_most"}
    """

    name: str
    text: Text
    limit: float
    direction: Literal["at_least", "at_most"]


GOALS: Final[tuple[Goal, ...]] = (
    Goal(
        "floor_price",
        Text(
            "NDCG@10 given up to the floor for emerging artists, relative",
            "NDCG@10 cedido ao piso para artistas emergentes, relativo",
        ),
        0.01,
        "at_most",
    ),
    Goal(
        "low_mainstream_lift",
        Text(
            "Popularity lift of the third of listeners with the least mainstream taste",
            "Aumento de popularidade do terço de ouvintes de gosto menos popular",
        ),
        0.0,
        "at_most",
    ),
    Goal(
        "emerging_exposure",
        Text(
            "Exposure of emerging artists over their share of the plays held back",
            "Exposição de artistas emergentes sobre sua parte dos plays reservados",
        ),
        1.0,
        "at_least",
    ),
    Goal(
        "emerging_exposure_worst",
        Text(
            "The same in the region or genre where it is lowest",
            "O mesmo na região ou no gênero em que é menor",
        ),
        0.8,
        "at_least",
    ),
    Goal(
        "artists_shown",
        Text(
            "Share of the artists with at least 5 listeners in somebody's first 10",
            "Parte dos artistas com ao menos 5 ouvintes entre os 10 primeiros de alguém",
        ),
        0.6,
        "at_least",
    ),
    Goal(
        "artists_discovered",
        Text(
            "Share of the artists with at least 5 listeners in at least 10 `discover` lists",
            "Parte dos artistas com ao menos 5 ouvintes em ao menos 10 listas `discover`",
        ),
        1.0,
        "at_least",
    ),
    Goal(
        "artist_gini",
        Text(
            "Gini of artist exposure over that of plain als",
            "Gini da exposição de artistas sobre o do als puro",
        ),
        0.9,
        "at_most",
    ),
    Goal(
        "local_share",
        Text(
            "Local share of `for_you` over that of the listener's own history",
            "Parte local de `for_you` sobre a do histórico da própria pessoa",
        ),
        0.95,
        "at_least",
    ),
    Goal(
        "genre_calibration",
        Text(
            "Genre miscalibration over that of plain als",
            "Descalibração de gênero sobre a do als puro",
        ),
        0.5,
        "at_most",
    ),
    Goal(
        "worst_group",
        Text(
            "NDCG@10 of the worst group, by activity or mainstreaminess, over the mean",
            "NDCG@10 do pior grupo, por atividade ou popularidade do gosto, sobre a média",
        ),
        0.85,
        "at_least",
    ),
    Goal(
        "useful_discovery",
        Text(
            "Useful discovery of `discover` over that of plain als's best unheard tracks",
            "Descoberta útil de `discover` sobre a das melhores faixas não ouvidas do als puro",
        ),
        1.5,
        "at_least",
    ),
    Goal(
        "declared_women",
        Text(
            "Exposure of artists who declare to be women over their share of the plays held back",
            "Exposição de artistas que se declaram mulheres sobre sua parte dos plays reservados",
        ),
        0.95,
        "at_least",
    ),
    Goal(
        "bot_influence",
        Text(
            "Share of honest first tens that 1 % fake listeners move a track into",
            "Parte dos 10 primeiros honestos em que 1 % de ouvintes falsos põe uma faixa",
        ),
        0.001,
        "at_most",
    ),
    Goal(
        "k_anonymity",
        Text(
            "Listeners behind every public similarity and regional list",
            "Ouvintes por trás de cada semelhança e lista regional publicada",
        ),
        10,
        "at_least",
    ),
)
