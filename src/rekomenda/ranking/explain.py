"""The words of a reason, in both languages, for many rows at once."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.models import ReasonKind
from rekomenda.language import Language, Text

PERSONAL: Final = (ReasonKind.PLAYED, ReasonKind.AGAIN, ReasonKind.POPULAR_IN_GENRE)
"""The reasons that speak of the listener's own plays."""

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
}
"""By kind and detail."""

HAS_GENERAL: Final = (
    ReasonKind.POPULAR,
    ReasonKind.POPULAR_RECENTLY,
    ReasonKind.POPULAR_IN_REGION,
)
"""The kinds that a list for nobody in particular can give."""

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


@dataclass(frozen=True, eq=False)
class Reasons:
    """Why each of N rows is where it is, before it is put in words.

    Parameters
    ----------
    kind : ndarray of uint8, shape (N,)
        `ReasonKind`.
    subject : ndarray of int32, shape (N,)
        The item, genre or region it speaks of, -1 for none.
    detail : ndarray of uint8, shape (N,)
        `again_detail` for AGAIN; `GENERAL` for the kinds of `HAS_GENERAL` in a list for nobody in
        particular; `CONTROL` for NONE; 0 otherwise.
    """

    kind: NDArray[np.uint8]
    subject: NDArray[np.int32]
    detail: NDArray[np.uint8]

    def arrow(self, catalogue: Catalogue) -> dict[str, pa.DictionaryArray]:
        """Return the columns `reason_id`, `reason_pt` and `reason_en`, N rows each.

        Sentences are made once for each distinct reason, never once a row.
        """
        key = (self.kind.astype(np.int64) << 40) | (self.detail.astype(np.int64) << 32)
        encoded = pa.array(key | (self.subject.astype(np.int64) + 1)).dictionary_encode()
        distinct = np.asarray(encoded.dictionary)
        kind, detail = distinct >> 40, (distinct >> 32) & 0xFF
        subject = ((distinct & 0xFFFFFFFF) - 1).astype(np.int32)
        columns = {"reason_id": subject_ids(kind, subject, catalogue)}
        for language, name in (("pt-BR", "reason_pt"), ("en", "reason_en")):
            columns[name] = sentences(kind, subject, detail, catalogue, language)  # type: ignore[arg-type]
        return {name: _spread(values, encoded.indices) for name, values in columns.items()}


def _spread(values: pa.StringArray, indices: pa.Int32Array) -> pa.DictionaryArray:
    """Return `values[indices]` as a dictionary array that holds each text once."""
    compact = values.dictionary_encode()
    return pa.DictionaryArray.from_arrays(compact.indices.take(indices), compact.dictionary)


def subject_ids(
    kind: NDArray[np.integer[Any]], subject: NDArray[np.int32], catalogue: Catalogue
) -> pa.StringArray:
    """Return the id of what each reason speaks of; null where it speaks of nothing."""
    ids = pa.nulls(len(kind), pa.string())
    for kinds, ids_of in (
        ((ReasonKind.PLAYED, ReasonKind.AGAIN), catalogue.items),
        ((ReasonKind.POPULAR_IN_REGION,), catalogue.regions),
        ((ReasonKind.POPULAR_IN_GENRE,), catalogue.genres),
    ):
        rows = np.isin(kind, kinds)
        ids = pc.replace_with_mask(ids, pa.array(rows), ids_of.take(subject[rows]))
    return ids


def sentences(
    kind: NDArray[np.integer[Any]],
    subject: NDArray[np.int32],
    detail: NDArray[np.integer[Any]],
    catalogue: Catalogue,
    language: Language,
) -> pa.StringArray:
    """Put reasons in words.

    Parameters
    ----------
    kind, subject, detail : ndarray, shape (N,)
        As in `Reasons`.
    catalogue : Catalogue
        Gives titles and names; where they are missing the ids speak.
    language : {"pt-BR", "en"}

    Returns
    -------
    pa.StringArray, length N
        Never null, never empty.

    Notes
    -----
    One pass for each of the few dozen templates, none over rows.
    """
    facts = _facts(catalogue)
    texts = pa.nulls(len(kind), pa.string())
    for rows, text in _templates(kind, subject, detail, catalogue):
        template = text.pt if language == "pt-BR" else text.en
        texts = pc.replace_with_mask(texts, pa.array(rows), _fill(template, facts, subject[rows]))
    return texts


def _templates(
    kind: NDArray[np.integer[Any]],
    subject: NDArray[np.int32],
    detail: NDArray[np.integer[Any]],
    catalogue: Catalogue,
) -> list[tuple[NDArray[np.bool_], Text]]:
    """Return which rows each template is for; each row is in exactly one."""
    item = np.where(kind == ReasonKind.PLAYED, subject, -1)
    known = {
        "title": np.asarray(catalogue.titles.take(_places(item)).is_valid()),
        "artist": np.asarray(_artist_names(catalogue).take(_places(item)).is_valid()),
    }
    chosen = []
    for names, text in PLAYED.items():
        rows = kind == ReasonKind.PLAYED
        for name, is_known in known.items():
            rows = rows & (is_known if name in names else ~is_known)
        chosen.append((rows, text))
    for (of, extra), text in OTHERS.items():
        chosen.append(((kind == of) & (detail == extra), text))
    for extra, text in AGAIN.items():
        chosen.append(((kind == ReasonKind.AGAIN) & (detail == extra), text))
    return [(rows, text) for rows, text in chosen if rows.any()]


def _facts(catalogue: Catalogue) -> dict[str, Callable[[pa.Int32Array], pa.StringArray]]:
    """Return how to look up what a template may name."""
    genres = pc.coalesce(catalogue.genre_names, catalogue.genres.ids)
    return {
        "title": catalogue.titles.take,
        "artist": _artist_names(catalogue).take,
        "track": catalogue.items.ids.take,
        "region": catalogue.regions.ids.take,
        "genre": genres.take,
    }


def _artist_names(catalogue: Catalogue) -> pa.StringArray:
    """Return the name of each item's artist, null where artist or name is unknown."""
    return catalogue.artist_names.take(_places(catalogue.artist_of))


def _places(index: NDArray[np.int32]) -> pa.Int32Array:
    """Return places to `take`, null for -1."""
    return pa.array(index, pa.int32(), mask=index < 0)


def _fill(
    template: str,
    facts: Mapping[str, Callable[[pa.Int32Array], pa.StringArray]],
    subject: NDArray[np.int32],
) -> pa.StringArray:
    """Fill one template for many subjects."""
    parts: list[Any] = []
    for literal, field, _, _ in string.Formatter().parse(template):
        parts.append(pa.scalar(literal))
        if field is not None:
            parts.append(facts[field](_places(subject)))
    if len(parts) == 1:
        return pa.repeat(parts[0], len(subject))
    return pc.binary_join_element_wise(*parts, pa.scalar(""))
