"""The sentences of reasons, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.models import ReasonKind
from rekomenda.language import Text

PERSONAL: Final = (
    ReasonKind.PLAYED,
    ReasonKind.AGAIN,
    ReasonKind.POPULAR_IN_GENRE,
    ReasonKind.ARTIST_LISTENERS,
    ReasonKind.NEW_IN_GENRE,
    ReasonKind.LIKED,
    ReasonKind.GENRE_LISTENERS,
)
"""The reasons that speak of the listener's own plays, or of what they said they like."""

GENERAL: Final = 1
"""Detail of a popular reason in a list made for nobody in particular; it says so."""

CONTROL: Final = 1
"""Detail of NONE where the model is the control, whose order means nothing at all."""
CONTROL_ALGORITHM: Final = "random"

PLAYED: Final[Mapping[frozenset[str], Text]] = {
    frozenset({"title", "artist"}): Text(
        "because you played “{title}” by {artist}", "porque você ouviu “{title}”, de {artist}"
    ),
    frozenset({"title"}): Text("because you played “{title}”", "porque você ouviu “{title}”"),
    frozenset({"artist"}): Text(
        "because you played track {track} by {artist}",
        "porque você ouviu a faixa {track}, de {artist}",
    ),
    frozenset(): Text("because you played track {track}", "porque você ouviu a faixa {track}"),
}
"""By what the catalogue knows of the track."""

HEARD_LATELY: Final = 1
"""Detail of NEW_RELEASE where no date of release tells it, only the first play of anybody."""
OWN_ARTIST: Final = 2
"""Added to the detail of NEW_RELEASE by an artist whom the listener plays; detail of
ARTIST_LISTENERS where the track is by that very artist."""
STARTED: Final = 1
"""Detail of NEW_IN_GENRE where the listener has played the genre for a few weeks only."""

RELEASES: Final[Mapping[tuple[int, bool], Text]] = {
    (0, True): Text("new release by {name}", "lançamento de {name}"),
    (0, False): Text("new release", "lançamento"),
    (OWN_ARTIST, True): Text(
        "new release by {name}, whom you play", "lançamento de {name}, que você ouve"
    ),
    (HEARD_LATELY | OWN_ARTIST, True): Text(
        "by {name}, whom you play; first played here these days",
        "novidade de {name}, que você ouve; tocada há poucos dias",
    ),
    (HEARD_LATELY, True): Text(
        "by {name}, first played here these days", "novidade de {name}, tocada há poucos dias"
    ),
    (HEARD_LATELY, False): Text(
        "first played here these days", "novidade, tocada pela primeira vez há poucos dias"
    ),
}
"""NEW_RELEASE, by detail and whether it names an artist."""

STEPS: Final[Mapping[bool, Text]] = {
    True: Text(
        "people who play {genre}, as you do, also play {target}",
        "quem ouve {genre}, como você, também ouve {target}",
    ),
    False: Text(
        "people who play {genre}, as you do, also play this",
        "quem ouve {genre}, como você, também ouve esta",
    ),
}
"""GENRE_LISTENERS, by whether the track's own genre is known."""

OTHERS: Final[Mapping[tuple[ReasonKind, int], Text]] = {
    (ReasonKind.NONE, 0): Text(
        "completes the list: nothing you played speaks for it",
        "completa a lista: nada do que você ouviu fala por ela",
    ),
    (ReasonKind.NONE, CONTROL): Text(
        "control model: random order", "modelo de controle: ordem ao acaso"
    ),
    (ReasonKind.POPULAR, 0): Text("popular with all listeners", "popular entre todos os ouvintes"),
    (ReasonKind.POPULAR, GENERAL): Text(
        "popular with all listeners; a list for everybody, not a personal one",
        "popular entre todos os ouvintes; lista geral, não pessoal",
    ),
    (ReasonKind.POPULAR_RECENTLY, 0): Text(
        "played by many in the last few days", "muito ouvida nos últimos dias"
    ),
    (ReasonKind.POPULAR_RECENTLY, GENERAL): Text(
        "played by many in the last few days; a list for everybody, not a personal one",
        "muito ouvida nos últimos dias; lista geral, não pessoal",
    ),
    (ReasonKind.POPULAR_IN_REGION, 0): Text(
        "popular in your region ({region})", "popular na sua região ({region})"
    ),
    (ReasonKind.POPULAR_IN_REGION, GENERAL): Text(
        "popular in the region {region}; a list for everybody there, not a personal one",
        "popular na região {region}; lista geral, não pessoal",
    ),
    (ReasonKind.POPULAR_IN_GENRE, 0): Text(
        "popular in {genre}, a genre you play", "popular em {genre}, gênero que você ouve"
    ),
    (ReasonKind.ARTIST_LISTENERS, 0): Text(
        "people who play {name}, as you do, also play this",
        "quem ouve {name}, como você, também ouve esta",
    ),
    (ReasonKind.ARTIST_LISTENERS, OWN_ARTIST): Text(
        "because you play {name}", "porque você ouve {name}"
    ),
    (ReasonKind.NEW_IN_GENRE, 0): Text(
        "new in {genre}, a genre you play", "novidade em {genre}, gênero que você ouve"
    ),
    (ReasonKind.NEW_IN_GENRE, STARTED): Text(
        "new in {genre}, a genre you started to play",
        "novidade em {genre}, gênero que você começou a ouvir",
    ),
    (ReasonKind.LIKED, 0): Text(
        "goes with what you like, such as {name}", "combina com o que você curte, como {name}"
    ),
}
"""By kind and detail."""

HAS_GENERAL: Final = (
    ReasonKind.POPULAR,
    ReasonKind.POPULAR_RECENTLY,
    ReasonKind.POPULAR_IN_REGION,
)
"""The kinds that a list for nobody in particular can give."""

GENRE_KINDS: Final = (
    ReasonKind.POPULAR_IN_GENRE,
    ReasonKind.NEW_IN_GENRE,
    ReasonKind.GENRE_LISTENERS,
)
"""The kinds whose subject is a genre."""
ARTIST_KINDS: Final = (ReasonKind.ARTIST_LISTENERS, ReasonKind.NEW_RELEASE, ReasonKind.LIKED)
"""The kinds whose subject is an artist."""
TARGET: Final = "target"
"""What a template may name besides its subject."""

_TIMES: Final = (
    (1, Text("you played it once", "você ouviu uma vez")),
    (2, Text("you played it a few times", "você ouviu algumas vezes")),
    (5, Text("you played it 5 times or more", "você ouviu 5 vezes ou mais")),
    (20, Text("you played it 20 times or more", "você ouviu 20 vezes ou mais")),
)
_AGO: Final = (
    (0, Text("a few days ago", "há poucos dias")),
    (7, Text("a week ago or more", "há uma semana ou mais")),
    (30, Text("a month ago or more", "há um mês ou mais")),
    (90, Text("three months ago or more", "há três meses ou mais")),
    (365, Text("a year ago or more", "há um ano ou mais")),
)


def _again_texts() -> dict[int, Text]:
    """Make the sentence of each detail that `again_detail` gives."""
    texts = {}
    for (t, (_, times)), (a, (_, ago)) in product(enumerate(_TIMES), enumerate(_AGO)):
        last = Text(", ", ", ") if t == 0 else Text(", last ", "; a última, ")
        texts[t * (len(_AGO) + 1) + a + 1] = Text(
            times.en + last.en + ago.en, times.pt + last.pt + ago.pt
        )
    for t, (_, times) in enumerate(_TIMES):
        texts[t * (len(_AGO) + 1)] = times
    return texts


AGAIN: Final[Mapping[int, Text]] = _again_texts()
"""How often and how long ago, in steps, so that few different sentences are stored."""


def again_detail(
    plays: NDArray[np.int64], last_day: NDArray[np.int32], as_of_day: int
) -> NDArray[np.uint8]:
    """Return the detail of AGAIN reasons, arrays of any one shape: a key of `AGAIN`."""
    times = np.searchsorted([least for least, _ in _TIMES], plays, side="right") - 1
    days = np.maximum(as_of_day - last_day, 0)
    ago = np.searchsorted([least for least, _ in _AGO], days, side="right")
    ago = np.where(last_day < 0, 0, ago)  # data without time
    return (np.maximum(times, 0) * (len(_AGO) + 1) + ago).astype(np.uint8)
