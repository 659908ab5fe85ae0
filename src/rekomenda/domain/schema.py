"""Every column, defined once: inputs, the lake, the integrated tables and the warehouse.

CSV checks, Parquet files, warehouse tables and the data dictionary are all made from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from rekomenda.language import Text


class Kind(StrEnum):
    """What a value is. Ids are text, always."""

    ID = "id"
    TEXT = "text"
    DAY = "day"
    TIME = "time"
    COUNT = "count"
    NUMBER = "number"
    FLAG = "flag"
    RANK = "rank"
    SCORE = "score"


ARROW_TYPES: dict[Kind, pa.DataType] = {
    Kind.ID: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.DAY: pa.date32(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.COUNT: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.FLAG: pa.bool_(),
    Kind.RANK: pa.int16(),
    Kind.SCORE: pa.float32(),
}


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    name : str
        Its canonical name, the same everywhere inside.
    kind : Kind
    meaning : Text
    required : bool
        An input without it is rejected; elsewhere: not null.
    aliases : tuple of str
        Other spellings accepted in a header; compared without case, accents, spaces and `_-.`.
    span : (float, float), optional
        Smallest and largest value of a number in an input; a row with another is set aside.
    """

    name: str
    kind: Kind
    meaning: Text
    required: bool = False
    aliases: tuple[str, ...] = ()
    span: tuple[float, float] | None = None


@dataclass(frozen=True)
class Table:
    """A named set of columns; `key` names those that identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema of these columns."""
        return pa.schema([pa.field(c.name, ARROW_TYPES[c.kind]) for c in self.columns])


N_FEATURES = 10

PLAYS = Table(
    "plays",
    (
        Column(
            "day",
            Kind.DAY,
            Text(
                "Day of the plays, in the service's time zone.",
                "Dia dos plays, no fuso do serviço.",
            ),
            required=True,
            aliases=("id_date", "date", "data", "dia", "dt", "day"),
        ),
        Column(
            "user_id",
            Kind.ID,
            Text("Who listened.", "Quem ouviu."),
            required=True,
            aliases=(
                "user",
                "id_user",
                "userid",
                "usuario",
                "id_usuario",
                "ouvinte",
                "listener",
                "listener_id",
                "session_id",
            ),
        ),
        Column(
            "track_id",
            Kind.ID,
            Text("What was played.", "O que tocou."),
            required=True,
            aliases=(
                "id_tracks",
                "id_track",
                "track",
                "trackid",
                "tracks",
                "faixa",
                "id_faixa",
                "musica",
                "id_musica",
                "song_id",
                "item_id",
            ),
        ),
        Column(
            "plays",
            Kind.COUNT,
            Text(
                "Plays that day; 1 in a log with one row a play.",
                "Plays no dia; 1 num log de um play por linha.",
            ),
            aliases=(
                "n_plays",
                "play_count",
                "playcount",
                "reproducoes",
                "execucoes",
                "qtd_plays",
                "count",
                "total",
            ),
        ),
        Column(
            "played_at",
            Kind.TIME,
            Text(
                "Moment of the play, in logs with one row a play.",
                "Momento do play, em logs de um play por linha.",
            ),
            aliases=("timestamp", "ts", "time", "datetime", "data_hora", "listened_at", "played"),
        ),
    ),
    key=("day", "user_id", "track_id"),
)
"""Either `day` and `plays` (daily totals) or `played_at` (one row a play) is required."""

TRACKS = Table(
    "tracks",
    (
        Column(
            "track_id",
            Kind.ID,
            Text("The track.", "A faixa."),
            required=True,
            aliases=PLAYS["track_id"].aliases,
        ),
        Column(
            "artist_id",
            Kind.ID,
            Text("Its artist.", "O artista."),
            required=True,
            aliases=("id_artist", "artist", "artista", "id_artista", "artistid"),
        ),
        Column(
            "genre_id",
            Kind.ID,
            Text("Its genre.", "O gênero."),
            aliases=("id_genre", "genre", "genero", "id_genero"),
        ),
        Column(
            "title",
            Kind.TEXT,
            Text("Its title.", "O título."),
            aliases=("titulo", "name", "track_name", "nome", "nome_faixa"),
        ),
        Column(
            "released_on",
            Kind.DAY,
            Text("Day of release.", "Dia do lançamento."),
            aliases=("release_date", "lancamento", "data_lancamento", "released"),
        ),
        Column(
            "duration_ms",
            Kind.COUNT,
            Text("Length in milliseconds.", "Duração em milissegundos."),
            aliases=("duration", "duracao_ms", "duracao"),
        ),
        Column(
            "version_of",
            Kind.ID,
            Text(
                "The track this one is a version of (live, remix).",
                "A faixa da qual esta é versão (ao vivo, remix).",
            ),
            aliases=("versao_de", "original_id"),
        ),
        Column(
            "cover_url",
            Kind.TEXT,
            Text("Address of its cover.", "Endereço da capa."),
            aliases=("cover", "capa", "capa_url"),
        ),
        Column(
            "play_url",
            Kind.TEXT,
            Text("Address where it can be played.", "Endereço onde pode ser ouvida."),
            aliases=("url", "link"),
        ),
    ),
    key=("track_id",),
)

ARTISTS = Table(
    "artists",
    (
        Column(
            "artist_id",
            Kind.ID,
            Text("The artist.", "O artista."),
            required=True,
            aliases=TRACKS["artist_id"].aliases,
        ),
        Column(
            "name",
            Kind.TEXT,
            Text("Their name.", "O nome."),
            aliases=("artist_name", "nome", "nome_artista"),
        ),
        Column(
            "region",
            Kind.TEXT,
            Text("Where they are from (state).", "De onde é (estado)."),
            aliases=("regiao", "estado", "uf", "state"),
        ),
        *(
            Column(
                f"feature_{number}",
                Kind.NUMBER,
                Text("A number that describes the artist.", "Um número que descreve o artista."),
                aliases=(f"feature{number}", f"feat{number}", f"feat_{number}"),
            )
            for number in range(1, N_FEATURES + 1)
        ),
    ),
    key=("artist_id",),
)

USERS = Table(
    "users",
    (
        Column(
            "user_id",
            Kind.ID,
            Text("The listener.", "O ouvinte."),
            required=True,
            aliases=PLAYS["user_id"].aliases,
        ),
        Column(
            "region",
            Kind.TEXT,
            Text("Where they live (state).", "Onde mora (estado)."),
            aliases=ARTISTS["region"].aliases,
        ),
        Column(
            "birth_year",
            Kind.COUNT,
            Text("Year of birth.", "Ano de nascimento."),
            aliases=("ano_nascimento", "nascimento"),
        ),
    ),
    key=("user_id",),
)

GENRES = Table(
    "genres",
    (
        Column(
            "genre_id",
            Kind.ID,
            Text("The genre.", "O gênero."),
            required=True,
            aliases=TRACKS["genre_id"].aliases,
        ),
        Column(
            "name",
            Kind.TEXT,
            Text("Its name.", "O nome."),
            required=True,
            aliases=("nome", "genre_name", "nome_genero"),
        ),
        Column(
            "parent",
            Kind.ID,
            Text("The wider genre.", "O gênero mais amplo."),
            aliases=("parent_id", "pai", "id_parent"),
        ),
    ),
    key=("genre_id",),
)

LIKES = Table(
    "likes",
    (
        Column(
            "user_id",
            Kind.ID,
            Text("Who likes.", "Quem gosta."),
            required=True,
            aliases=PLAYS["user_id"].aliases,
        ),
        Column(
            "kind",
            Kind.TEXT,
            Text("track, artist or genre.", "track, artist ou genre."),
            required=True,
            aliases=("tipo", "type"),
        ),
        Column(
            "id",
            Kind.ID,
            Text("What is liked.", "Do que gosta."),
            required=True,
            aliases=("liked_id",),
        ),
        Column(
            "until",
            Kind.DAY,
            Text(
                "Last day of the like; empty: it still holds.",
                "Último dia em que gosta; vazio: ainda gosta.",
            ),
            aliases=("ate", "until_day"),
        ),
    ),
    key=("user_id", "kind", "id"),
)

DIALS = Table(
    "dials",
    (
        Column(
            "user_id",
            Kind.ID,
            Text("Whose dial.", "De quem."),
            required=True,
            aliases=PLAYS["user_id"].aliases,
        ),
        Column(
            "dial",
            Kind.NUMBER,
            Text(
                "From familiar (0) to new (1), what `for_you` is mixed of for them; "
                "empty: as for everybody again.",
                "Do conhecido (0) ao novo (1), de que `for_you` é feita para a pessoa; "
                "vazio: volta a ser como a de todos.",
            ),
            aliases=("discovery", "descoberta"),
            span=(0.0, 1.0),
        ),
    ),
    key=("user_id",),
)

FRIENDS = Table(
    "friends",
    (
        Column(
            "user_id",
            Kind.ID,
            Text("One listener.", "Um ouvinte."),
            required=True,
            aliases=PLAYS["user_id"].aliases,
        ),
        Column(
            "friend_id",
            Kind.ID,
            Text("A friend of theirs.", "Um amigo."),
            required=True,
            aliases=("friend", "id_friend", "friendid", "amigo", "id_amigo"),
        ),
    ),
    key=("user_id", "friend_id"),
)

BLOCKED = Table(
    "blocked",
    (
        Column(
            "kind",
            Kind.TEXT,
            Text("track, artist or genre.", "track, artist ou genre."),
            required=True,
            aliases=LIKES["kind"].aliases,
        ),
        Column(
            "id",
            Kind.ID,
            Text("What is taken down.", "O que sai do ar."),
            required=True,
            aliases=("blocked_id",),
        ),
        Column(
            "until",
            Kind.DAY,
            Text(
                "Last day of the block; empty: for good.", "Último dia do bloqueio; vazio: de vez."
            ),
            aliases=("ate", "until_day"),
        ),
    ),
    key=("kind", "id"),
)

INPUTS: dict[str, Table] = {
    table.name: table
    for table in (PLAYS, TRACKS, ARTISTS, USERS, GENRES, LIKES, DIALS, FRIENDS, BLOCKED)
}
"""What can be ingested, and what the lake holds under the same names. In the lake every table but
`plays` carries `line` (int64, the line in its file) after these columns."""

LISTENERS = ("user_id", "friend_id")
"""Columns that name a listener."""

WEIGHT_SCALE = 1_000_000
"""Weights are summed as integers of this scale, so that every engine gets the same sums."""
