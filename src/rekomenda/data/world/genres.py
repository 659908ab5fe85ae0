"""The genres of an invented world, which are those of Brazil."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Genre:
    """One genre.

    Parameters
    ----------
    genre_id, name : str
    family : str
        The id of the wider genre; the genre's own id if it is one.
    weight : float
        Share of the artists, unscaled.
    homes : tuple of str
        States where it is strongest; empty: everywhere alike.
    festive : float
        How much it gains at the June festivities, 0 (nothing) to 1 (most).
    bpm : int
        Its usual tempo.
    """

    genre_id: str
    name: str
    family: str
    weight: float
    homes: tuple[str, ...] = ()
    festive: float = 0.0
    bpm: int = 110


GENRES: Final[tuple[Genre, ...]] = (
    Genre("forro", "Forró", "forro", 9, ("CE", "PB", "RN", "PE"), 1.0, 128),
    Genre("piseiro", "Piseiro", "forro", 11, ("CE", "PI", "BA", "MA"), 0.5, 150),
    Genre("xote", "Xote", "forro", 4, ("PE", "PB", "CE"), 1.0, 96),
    Genre("vaquejada", "Vaquejada", "forro", 5, ("PE", "AL", "RN"), 0.6, 140),
    Genre("pe-de-serra", "Forró Pé de Serra", "forro", 4, ("PE", "PB", "SE"), 1.0, 118),
    Genre("quadrilha", "Quadrilha", "forro", 2, ("PB", "PE", "SE"), 1.0, 132),
    Genre("brega", "Brega", "brega", 7, ("PE", "PA"), 0.0, 104),
    Genre("brega-funk", "Brega Funk", "brega", 6, ("PE", "AL", "PB"), 0.0, 164),
    Genre("tecnobrega", "Tecnobrega", "brega", 4, ("PA", "AP"), 0.0, 170),
    Genre("arrocha", "Arrocha", "arrocha", 8, ("BA", "SE", "AL"), 0.0, 92),
    Genre("sofrencia", "Sofrência", "arrocha", 4, ("BA", "CE", "MA"), 0.0, 84),
    Genre("sertanejo", "Sertanejo", "sertanejo", 8, ("GO", "MG", "MT", "PR", "SP"), 0.1, 134),
    Genre("modao", "Modão", "sertanejo", 2, ("GO", "MS", "MG"), 0.0, 88),
    Genre("pagode", "Pagode", "samba", 6, ("RJ", "SP", "MA"), 0.0, 98),
    Genre("samba", "Samba", "samba", 2, ("RJ", "BA"), 0.0, 102),
    Genre("axe", "Axé", "axe", 3, ("BA",), 0.0, 136),
    Genre("swingueira", "Swingueira", "axe", 5, ("BA", "SE"), 0.0, 144),
    Genre("funk", "Funk", "funk", 7, ("RJ", "SP", "MG"), 0.0, 130),
    Genre("rap", "Rap", "rap", 4, ("SP", "DF", "CE"), 0.0, 90),
    Genre("trap", "Trap", "rap", 4, ("SP", "RJ", "BA"), 0.0, 140),
    Genre("gospel", "Gospel", "gospel", 6, (), 0.0, 76),
    Genre("mpb", "MPB", "mpb", 3, (), 0.0, 94),
    Genre("reggae", "Reggae", "reggae", 3, ("MA", "PA"), 0.0, 78),
)
"""A family's own genre stands before its other members."""

FAMILIES: Final = tuple(dict.fromkeys(genre.family for genre in GENRES))
