"""Why a blend lists an item: the play, or else the member, that adds most to its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, Naming, ReasonKind
from rekomenda.models.additive import Additive
from rekomenda.models.base import Float32, Int32
from rekomenda.models.blocks import pad, padded_rows, run_blocks
from rekomenda.models.naming import named


@dataclass(frozen=True, eq=False)
class _Plays:
    """The play that adds most to each item, (B, n) each.

    Parameters
    ----------
    kind : ndarray of uint8
        PLAYED, or ARTIST_LISTENERS where an artist's plays are named; NONE without one.
    subject : ndarray of int32
        The played item or artist, -1 where no play adds anything.
    most : ndarray of float32
        What it adds, 0 without one.
    total : ndarray of float32
        All that plays add, those that take away left out.
    """

    kind: NDArray[np.uint8]
    subject: Int32
    most: Float32
    total: Float32


def reasons(
    models: Sequence[FittedModel],
    factors: Sequence[Float32],
    histories: Histories,
    items: Int32,
    naming: Naming | None = None,
) -> Evidence:
    """Return the strongest reason for each of `items` (B, n).

    A play's part is summed over the members whose scores add up from plays. Any other member's part
    is all it adds, and its reason the one it gives itself. Where nothing adds anything, the first
    member that knows a reason is asked.

    Parameters
    ----------
    models : sequence of FittedModel
    factors : sequence of ndarray of float32, shape (B, n)
        What each one's score of each item is multiplied by.
    histories : Histories, B users
    items : ndarray of int32, shape (B, n)
        -1 for no item.
    naming : Naming, optional
        What may be named; default: any track, and no artist.
    """
    pairs = list(zip(models, factors, strict=True))
    plays = _plays(
        [pair for pair in pairs if isinstance(pair[0], Additive)], histories, items, naming
    )
    parts = [_part(model, factor, histories, items) for model, factor in pairs]
    whole = np.stack(parts) if parts else np.zeros((0, *items.shape), np.float32)
    total = plays.total + np.maximum(whole, 0).sum(axis=0)
    by_play = (plays.most > 0) & (plays.most >= whole.max(axis=0, initial=0))
    share = np.where(by_play, plays.most / np.where(total > 0, total, 1), np.nan)
    kind = np.where(by_play, plays.kind, ReasonKind.NONE).astype(np.uint8)
    subject = np.where(by_play, plays.subject, -1).astype(np.int32)
    found = Evidence(kind, subject, share.astype(np.float32))
    order = np.argsort(-whole, axis=0, kind="stable")  # (M, B, n): who adds most comes first
    for rank in range(len(models)):
        _fill(found, models, order[rank], histories, items)
    return found


def _part(model: FittedModel, factor: Float32, histories: Histories, items: Int32) -> Float32:
    """Return what a member adds as a whole, (B, n); 0 for one whose plays speak for themselves."""
    if isinstance(model, Additive) or not (factor > 0).any():
        return np.zeros(items.shape, np.float32)
    scores = model.score(histories, items)
    said = np.where(scores > -np.inf, scores, np.float32(0))
    part: Float32 = said * factor
    return part


def _fill(
    found: Evidence,
    models: Sequence[FittedModel],
    turn: NDArray[np.intp],
    histories: Histories,
    items: Int32,
) -> None:
    """Take, in place, the reasons of whichever member's turn it is where there is none yet."""
    for place, model in enumerate(models):
        rows = np.flatnonzero(
            ((found.kind == ReasonKind.NONE) & (items >= 0) & (turn == place)).any(axis=1)
        )
        if not len(rows):
            continue
        evidence = model.explain(histories.rows(rows), items[rows])
        open_ = (found.kind[rows] == ReasonKind.NONE) & (turn[rows] == place)
        for name in ("kind", "subject", "share"):
            array = getattr(found, name)
            array[rows] = np.where(open_, getattr(evidence, name), array[rows])


def _plays(
    additive: Sequence[tuple[FittedModel, Float32]],
    histories: Histories,
    items: Int32,
    naming: Naming | None,
) -> _Plays:
    found = _Plays(
        np.zeros(items.shape, np.uint8),
        np.full(items.shape, -1, np.int32),
        np.zeros(items.shape, np.float32),
        np.zeros(items.shape, np.float32),
    )
    models = [(model, factor) for model, factor in additive if isinstance(model, Additive)]

    def work(block: tuple[NDArray[np.intp], int]) -> None:
        users = pad(histories, *block)
        rows, listed = users.rows, items[users.rows] >= 0
        parts = np.zeros((*users.items.shape, items.shape[1]), np.float32)
        for model, factor in models:
            amounts = model._contributions(users, np.maximum(items[rows], 0))
            amounts *= factor[rows][:, None, :]
            parts += amounts
        said = named(parts, users.items, naming)
        speaks = listed & (said.kind != ReasonKind.NONE)
        np.maximum(parts, 0, out=parts)
        found.kind[rows] = np.where(speaks, said.kind, ReasonKind.NONE)
        found.subject[rows] = np.where(speaks, said.subject, -1)
        found.most[rows] = np.where(speaks, said.amount, 0)
        found.total[rows] = np.where(speaks, parts.sum(axis=1), 0)

    if models:
        per_cell = (12 if naming is None else 52) * items.shape[1] + max(
            model._bytes_per_cell for model, _ in models
        )
        per_user = max(model._bytes_per_user for model, _ in models)
        run_blocks(work, list(padded_rows(histories, per_cell, per_user)))
    return found
