"""What is kept back for testing, where it is not simply the days after a cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.time_order import places_in_time
from rekomenda.language import Text

RANDOM_LEAKS: Final = Text(
    "Random holdout: this data has no time, so the models learn from plays that may be later than "
    "those they are asked for, and from what people of the same days played. The figures are too "
    "good, say nothing of new releases or changing tastes, and must not be compared with those of "
    "a cut in time. A track is on one side only: listening again cannot be measured.",
    "Holdout aleatório: estes dados não têm tempo, então os modelos aprendem com plays que podem "
    "ser posteriores aos que se pedem, e com o que outras pessoas ouviram nos mesmos dias. Os "
    "números saem otimistas, não dizem nada de lançamentos ou de gostos que mudam e não devem ser "
    "comparados com os de um corte no tempo. Cada faixa fica de um lado só: não dá para medir o "
    "ouvir de novo.",
)
SESSION_LEAKS: Final = Text(
    "Session holdout: the models learn from sessions that ended by the cut only; of each later "
    "session they see the first half and are asked for the rest. Nothing after the cut is learned "
    "from. Sessions are short and by unknown people: the figures say nothing of long histories. A "
    "track is on one side only: listening again cannot be measured.",
    "Holdout por sessão: os modelos aprendem só com sessões terminadas até o corte; de cada sessão "
    "posterior veem a primeira metade e devem prever o resto. Nada depois do corte é aprendido. As "
    "sessões são curtas e de pessoas desconhecidas: os números não dizem nada de históricos "
    "longos. Cada faixa fica de um lado só: não dá para medir o ouvir de novo.",
)


@dataclass(frozen=True, eq=False)
class Split:
    """Two parts of the same histories: what is seen, and what is asked for.

    Parameters
    ----------
    train, test : Histories, the same users over the same items
        No cell is in both, every cell in one.
    leaks : Text
        What this way of splitting lets through; to be printed beside the numbers.
    """

    train: Histories
    test: Histories
    leaks: Text


def random_holdout(
    histories: Histories, share: float, seed: int, *, n_users: int | None = None
) -> Split:
    """Hold out a share of each listener's tracks at random: for data without time.

    Parameters
    ----------
    histories : Histories
    share : float, 0 to 1
        Of n tracks heard, `share` n are held out, rounded (half up), but never all of them.
    seed : int
        The same seed and histories give the same split.
    n_users : int, optional
        Of how many listeners, drawn at random; nothing of the others is held out. Default: all.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(histories.items))
    order[~histories.known] = len(order)  # behind all others: nobody heard these
    lengths = histories.heard.lengths
    held = np.minimum(np.floor(share * lengths + 0.5), np.maximum(lengths - 1, 0))
    if n_users is not None and n_users < len(histories):
        held[rng.permutation(len(histories))[n_users:]] = 0
    return _split(
        histories, _rank_in_user(histories, order) < held[histories.users_of_cells], RANDOM_LEAKS
    )


@dataclass(frozen=True, eq=False)
class SessionSplit:
    """Sessions before a cut, and those after it in two halves.

    Parameters
    ----------
    train_rows, test_rows : ndarray of int64
        Which sessions ended by the cut, and which did not; rows of the histories given.
    train : Histories, len(train_rows) sessions
        What models are fitted on.
    later : Split, len(test_rows) sessions
        `later.train` is folded in, `later.test` asked for.
    """

    train_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]
    train: Histories
    later: Split


def split_sessions(
    sessions: Histories, cut_day: int, order: NDArray[np.integer[Any]] | None = None
) -> SessionSplit:
    """Train on the sessions that ended by a day; split each later one into a first half and a rest.

    A session that was under way at the cut is a later one, whole: none of it is learned from.

    Parameters
    ----------
    sessions : Histories
        One user is one session.
    cut_day : int
        The last day of training, days since 1970-01-01.
    order : ndarray of int, shape (nnz,), optional
        When each cell was first played within its session (any ascending number). Default: its
        first day; equal ones by item.

    Notes
    -----
    Of n tracks the first (n + 1) // 2 are folded in, in the order of their first plays; a session
    of one track asks for nothing and is therefore not examined.
    """
    last = np.full(len(sessions), -1, np.int64)
    np.maximum.at(last, sessions.users_of_cells, sessions.last_day)
    ended = last <= cut_day
    train_rows, test_rows = np.flatnonzero(ended), np.flatnonzero(~ended)
    later = sessions.rows(test_rows)
    moments = sessions.first_day if order is None else np.asarray(order)
    of_later = moments[~ended[sessions.users_of_cells]]  # rows() keeps the cells in their order
    # When a track was played last may be told by the half that is asked for: order by the first.
    told = None if order is None else of_later.astype(np.int64)
    later = replace(later, order=places_in_time(later.indptr, later.first_day, told))
    second_half = _rank_in_user(later, of_later) >= ((later.lengths + 1) // 2)[later.users_of_cells]
    return SessionSplit(
        train_rows, test_rows, sessions.rows(train_rows), _split(later, second_half, SESSION_LEAKS)
    )


def _rank_in_user(histories: Histories, keys: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Return the place (from 0) of each cell among its user's, ascending by key, then by item."""
    users = histories.users_of_cells
    ranked = np.lexsort((histories.items, keys, users))
    places = np.empty(len(users), np.int64)
    places[ranked] = np.arange(len(users)) - histories.indptr[users]  # users ascend in both orders
    return places


def _split(histories: Histories, held: NDArray[np.bool_], leaks: Text) -> Split:
    return Split(histories.cells(~held), histories.cells(held), leaks)
