"""The words of a reason, in both languages, for many rows at once."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.models import ReasonKind
from rekomenda.language import Language, Text
from rekomenda.ranking.reason_words import (
    AGAIN,
    ARTIST_KINDS,
    GENRE_KINDS,
    OTHERS,
    PLAYED,
    RELEASES,
    STEPS,
    TARGET,
)


@dataclass(frozen=True, eq=False)
class Reasons:
    """Why each of N rows is where it is, before it is put in words.

    Parameters
    ----------
    kind : ndarray of uint8, shape (N,)
        `ReasonKind`.
    subject : ndarray of int32, shape (N,)
        The item, artist, genre or region it speaks of, -1 for none.
    detail : ndarray of uint8, shape (N,)
        `again_detail` for AGAIN; `GENERAL` for the kinds of `HAS_GENERAL` in a list for nobody in
        particular; `CONTROL` for NONE; `HEARD_LATELY`, `OWN_ARTIST` or their sum for NEW_RELEASE; `STARTED` for NEW_IN_GENRE;
        0 otherwise.
    items : ndarray of int32, shape (N,)
        The tracks themselves: GENRE_LISTENERS names the genre of its own.
    """

    kind: NDArray[np.uint8]
    subject: NDArray[np.int32]
    detail: NDArray[np.uint8]
    items: NDArray[np.int32]

    def arrow(self, catalogue: Catalogue) -> dict[str, pa.DictionaryArray]:
        """Return the columns `reason_id`, `reason_pt` and `reason_en`, N rows each.

        Sentences are made once for each distinct reason, never once a row.
        """
        steps = self.kind == ReasonKind.GENRE_LISTENERS
        target = np.where(steps, catalogue.genre_of[self.items], -1)
        key = (self.kind.astype(np.int64) << 40) | (self.detail.astype(np.int64) << 32)
        key |= self.subject.astype(np.int64) + 1
        key |= (target.astype(np.int64) + 1) << 44  # the kinds take four bits, genres the rest
        encoded = pa.array(key).dictionary_encode()
        distinct = np.asarray(encoded.dictionary)
        kind, detail = (distinct >> 40) & 0xF, (distinct >> 32) & 0xFF
        subject = ((distinct & 0xFFFFFFFF) - 1).astype(np.int32)
        target = ((distinct >> 44) - 1).astype(np.int32)
        columns = {"reason_id": subject_ids(kind, subject, catalogue)}
        languages: tuple[tuple[Language, str], ...] = (("pt-BR", "reason_pt"), ("en", "reason_en"))
        for language, name in languages:
            columns[name] = sentences(kind, subject, detail, catalogue, language, target=target)
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
        (GENRE_KINDS, catalogue.genres),
        (ARTIST_KINDS, catalogue.artists),
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
    *,
    target: NDArray[np.int32] | None = None,
) -> pa.StringArray:
    """Put reasons in words.

    Parameters
    ----------
    kind, subject, detail : ndarray, shape (N,)
        As in `Reasons`.
    catalogue : Catalogue
        Gives titles and names; where they are missing the ids speak.
    language : {"pt-BR", "en"}
    target : ndarray of int32, shape (N,), optional
        Genre of the track that each GENRE_LISTENERS reason is for, -1 unknown. Default: unknown.

    Returns
    -------
    pa.StringArray, length N
        Never null, never empty.

    Notes
    -----
    One pass for each of the few dozen templates, none over rows.
    """
    facts = _facts(catalogue)
    target = np.full(len(kind), -1, np.int32) if target is None else target
    texts = pa.nulls(len(kind), pa.string())
    for rows, text in _templates(kind, subject, detail, target, catalogue):
        template = text.pt if language == "pt-BR" else text.en
        filled = _fill(template, facts, subject[rows], target[rows])
        texts = pc.replace_with_mask(texts, pa.array(rows), filled)
    return texts


def _templates(
    kind: NDArray[np.integer[Any]],
    subject: NDArray[np.int32],
    detail: NDArray[np.integer[Any]],
    target: NDArray[np.int32],
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
    for (extra, named), text in RELEASES.items():
        rows = (kind == ReasonKind.NEW_RELEASE) & (detail == extra)
        chosen.append((rows & ((subject >= 0) == named), text))
    for named, text in STEPS.items():
        chosen.append(((kind == ReasonKind.GENRE_LISTENERS) & ((target >= 0) == named), text))
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
        "name": pc.coalesce(catalogue.artist_names, catalogue.artists.ids).take,
        TARGET: genres.take,
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
    target: NDArray[np.int32],
) -> pa.StringArray:
    """Fill one template for many subjects, and targets where it names them."""
    parts: list[Any] = []
    for literal, field, _, _ in string.Formatter().parse(template):
        parts.append(pa.scalar(literal))
        if field is not None:
            parts.append(facts[field](_places(target if field == TARGET else subject)))
    if len(parts) == 1:
        return pa.repeat(parts[0], len(subject))
    return pc.binary_join_element_wise(*parts, pa.scalar(""))
