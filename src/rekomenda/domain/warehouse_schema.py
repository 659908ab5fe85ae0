"""The tables of the warehouse: what a release looks like to whoever queries it.

Rows are appended by run and never changed, so every table starts with `run_id`. Which run is the
one in service says `current_run`; the view `current_<table>` holds that run's rows.
"""

from __future__ import annotations

from rekomenda.domain.schema import ARTISTS, TRACKS, Column, Kind, Table
from rekomenda.language import Text

RUN_ID = Column(
    "run_id",
    Kind.ID,
    Text(
        "The run that made this row; also its release.", "A run que fez a linha; também a release."
    ),
    required=True,
)
_RANK = Column(
    "rank",
    Kind.RANK,
    Text("Place in the list, 1 is best.", "Posição na lista; 1 é a melhor."),
    True,
)


def _plain(table: Table, *left_out: str) -> tuple[Column, ...]:
    """Return an input table's columns as the warehouse has them: without the ways to spell them."""
    return tuple(
        Column(column.name, column.kind, column.meaning, required=column.name in table.key)
        for column in table.columns
        if column.name not in left_out
    )


RUNS = Table(
    "runs",
    (
        RUN_ID,
        Column("as_of", Kind.DAY, Text("Last day it knows.", "Último dia que conhece."), True),
        Column(
            "created_at",
            Kind.TIME,
            Text("When it was made (UTC).", "Quando foi feita (UTC)."),
            True,
        ),
        Column("snapshot_id", Kind.ID, Text("Lake snapshot read.", "Snapshot do lake lido."), True),
        Column("algorithm", Kind.TEXT, Text("Model that serves.", "Modelo em serviço."), True),
        Column(
            "listeners", Kind.COUNT, Text("Listeners with lists.", "Ouvintes com listas."), True
        ),
        Column(
            "recommendations",
            Kind.COUNT,
            Text("Rows of all lists.", "Linhas de todas as listas."),
            True,
        ),
        Column("gate", Kind.TEXT, Text("Verdict of the gate.", "Veredito do gate.")),
        Column(
            "content_hash",
            Kind.TEXT,
            Text("Same content, same hash.", "Mesmo conteúdo, mesmo hash."),
            True,
        ),
    ),
    key=("run_id",),
)

RECOMMENDATIONS = Table(
    "recommendations",
    (
        RUN_ID,
        Column(
            "user_id",
            Kind.ID,
            Text(
                "The listener; null in popular lists for people without history.",
                "O ouvinte; nulo nas listas populares para quem não tem histórico.",
            ),
        ),
        Column("shelf", Kind.TEXT, Text("Kind of list.", "Tipo de lista."), True),
        _RANK,
        Column("track_id", Kind.ID, Text("The track.", "A faixa."), True),
        Column(
            "score",
            Kind.SCORE,
            Text(
                "Only its order within a list means something.", "Só a ordem na lista tem sentido."
            ),
            True,
        ),
        Column(
            "personalised",
            Kind.FLAG,
            Text("False in popular lists.", "Falso nas listas populares."),
            True,
        ),
        Column("reason_kind", Kind.TEXT, Text("Kind of reason.", "Tipo de motivo.")),
        Column(
            "reason_id",
            Kind.ID,
            Text(
                "Track, artist, genre or region that the reason names.",
                "Faixa, artista, gênero ou região que o motivo cita.",
            ),
        ),
        Column(
            "reason_share",
            Kind.SCORE,
            Text("Its part of the evidence, 0 to 1.", "Sua parte da evidência, de 0 a 1."),
        ),
        Column("reason_pt", Kind.TEXT, Text("Reason in Portuguese.", "Motivo em português.")),
        Column("reason_en", Kind.TEXT, Text("Reason in English.", "Motivo em inglês.")),
    ),
    key=("run_id", "user_id", "shelf", "reason_id", "rank"),
)

IMPRESSIONS = Table(
    "impressions",
    (
        RUN_ID,
        Column("user_id", Kind.ID, Text("The listener.", "O ouvinte."), True),
        Column("shelf", Kind.TEXT, Text("Kind of list.", "Tipo de lista."), True),
        Column("track_id", Kind.ID, Text("The track.", "A faixa."), True),
        Column(
            "first_day",
            Kind.DAY,
            Text(
                "As-of day of the first release in a row of weeks that showed it.",
                "Dia da primeira release que a mostrou nas últimas semanas.",
            ),
            True,
        ),
        Column(
            "last_day",
            Kind.DAY,
            Text("As-of day of the last that did.", "Dia da última que a mostrou."),
            True,
        ),
        Column(
            "times",
            Kind.COUNT,
            Text("Releases that did.", "Quantas releases a mostraram."),
            True,
        ),
    ),
    key=("run_id", "user_id", "shelf", "track_id"),
)

SIMILAR_TRACKS = Table(
    "similar_tracks",
    (
        RUN_ID,
        Column("track_id", Kind.ID, Text("A track.", "Uma faixa."), True),
        _RANK,
        Column("similar_id", Kind.ID, Text("A track like it.", "Uma faixa parecida."), True),
    ),
    key=("run_id", "track_id", "rank"),
)
"""Without scores: exact similarities that change over time can betray a single listener
(Calandrino et al., "You Might Also Like", IEEE S&P 2011)."""

SIMILAR_ARTISTS = Table(
    "similar_artists",
    (
        RUN_ID,
        Column("artist_id", Kind.ID, Text("An artist.", "Um artista."), True),
        _RANK,
        Column("similar_id", Kind.ID, Text("An artist like them.", "Um artista parecido."), True),
    ),
    key=("run_id", "artist_id", "rank"),
)

MODEL_METRICS = Table(
    "model_metrics",
    (
        RUN_ID,
        Column("algorithm", Kind.TEXT, Text("The model.", "O modelo."), True),
        Column("task", Kind.TEXT, Text("What was predicted.", "O que foi previsto."), True),
        Column("segment", Kind.TEXT, Text("For whom.", "Para quem."), True),
        Column("metric", Kind.TEXT, Text("Its name.", "O nome."), True),
        Column("k", Kind.COUNT, Text("Its cutoff.", "O corte."), True),
        Column("value", Kind.NUMBER, Text("The number.", "O número."), True),
        Column("low", Kind.NUMBER, Text("Its interval starts.", "Início do intervalo.")),
        Column("high", Kind.NUMBER, Text("Its interval ends.", "Fim do intervalo.")),
        Column("n_users", Kind.COUNT, Text("Listeners behind it.", "Ouvintes por trás."), True),
    ),
    key=("run_id", "algorithm", "task", "segment", "metric", "k"),
)

RELEASED_TRACKS = Table("tracks", (RUN_ID, *_plain(TRACKS)), key=("run_id", "track_id"))
RELEASED_ARTISTS = Table("artists", (RUN_ID, *_plain(ARTISTS)), key=("run_id", "artist_id"))

_SHARE = Column(
    "weight",
    Kind.NUMBER,
    Text(
        "Its share of the track; those of a track sum to 1.",
        "Sua parte da faixa; as de uma faixa somam 1.",
    ),
    True,
)
TRACK_ARTISTS = Table(
    "track_artists",
    (
        RUN_ID,
        Column("track_id", Kind.ID, Text("The track.", "A faixa."), True),
        Column("artist_id", Kind.ID, Text("Who takes part in it.", "Quem participa dela."), True),
        _SHARE,
    ),
    key=("run_id", "track_id", "artist_id"),
)
TRACK_GENRES = Table(
    "track_genres",
    (
        RUN_ID,
        Column("track_id", Kind.ID, Text("The track.", "A faixa."), True),
        Column("genre_id", Kind.ID, Text("A genre of it.", "Um gênero dela."), True),
        _SHARE,
    ),
    key=("run_id", "track_id", "genre_id"),
)
"""`tracks` has the first artist and the first genre of each track; these have all of them."""

PLAYS_DAILY = Table(
    "plays_daily",
    (
        RUN_ID,
        Column("day", Kind.DAY, Text("The day.", "O dia."), True),
        Column("track_id", Kind.ID, Text("The track.", "A faixa."), True),
        Column("plays", Kind.COUNT, Text("Plays by people.", "Plays de pessoas."), True),
        Column("listeners", Kind.COUNT, Text("People who played it.", "Quantas pessoas."), True),
        Column("bot_plays", Kind.COUNT, Text("Plays by bots.", "Plays de robôs."), True),
    ),
    key=("run_id", "day", "track_id"),
)

WAREHOUSE: dict[str, Table] = {
    table.name: table
    for table in (
        RUNS,
        RECOMMENDATIONS,
        IMPRESSIONS,
        SIMILAR_TRACKS,
        SIMILAR_ARTISTS,
        MODEL_METRICS,
        RELEASED_TRACKS,
        RELEASED_ARTISTS,
        TRACK_ARTISTS,
        TRACK_GENRES,
        PLAYS_DAILY,
    )
}
"""Every table that is appended to. Besides them a warehouse has `current_run` (one row, `run_id`)
and a view `current_<table>` for each."""

NEWER = frozenset((TRACK_ARTISTS.name, TRACK_GENRES.name))
"""Tables that runs appended by earlier versions are without."""
