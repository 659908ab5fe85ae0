"""One listener and one track: everything that speaks for it and against it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel, ReasonKind
from rekomenda.domain.recommendations import Shelf
from rekomenda.language import Language, Text
from rekomenda.ranking.explain import sentences
from rekomenda.ranking.liked import only_said
from rekomenda.ranking.named import artist_detail, named_reasons
from rekomenda.ranking.reason_words import CONTROL, CONTROL_ALGORITHM, again_detail
from rekomenda.ranking.shelves import ShelfRules

TOLERANCE: Final = 1e-4
"""Relative difference to the score up to which contributions count as adding up to it."""

_SUMS: Final = Text(
    "Parts of the score, track by track; they add up to it:",
    "Partes da nota, faixa por faixa; a soma delas é a nota:",
)
_WEIGHS: Final = Text(
    "What speaks for it, track by track; these do not add up to the score:",
    "O que fala por ela, faixa por faixa; a soma não é a nota:",
)
_NOTHING: Final = Text(
    "The score does not come from single plays, so it has no parts.",
    "A nota não vem de plays um a um, então não tem partes.",
)
_PART: Final = Text(
    "{share:+.1%}  {reason} ({plays:n} {plays:play|plays})",
    "{share:+.1%}  {reason} ({plays:n} {plays:play|plays})",
)
_SCORE: Final = Text("Score {score:.4f}: {reason}.", "Nota {score:.4f}: {reason}.")
_NO_OPINION: Final = Text(
    "The model has no opinion of this track for this listener.",
    "O modelo não tem opinião sobre esta faixa para este ouvinte.",
)
_PLACE: Final = Text(
    "Place {position:n} of {eligible:n} among the tracks that `for_you` may hold.",
    "Posição {position:n} de {eligible:n} entre as faixas que `for_you` pode ter.",
)
_PLAYED: Final = Text(
    "Already played, so no list for new tracks holds it: {reason}.",
    "Já foi ouvida, então nenhuma lista de novidades a tem: {reason}.",
)
_LIKED: Final = Text(
    "You said that you like it, so no list for new tracks holds it.",
    "Você disse que curte, então nenhuma lista de novidades a tem.",
)
_VERSION: Final = Text(
    "Another version of it was played, so no shelf holds it.",
    "Outra versão dela já foi ouvida, então nenhuma lista a tem.",
)
_HIDDEN: Final = Text(
    "Taken down or not in the catalogue, so no shelf holds it.",
    "Fora do ar ou fora do catálogo, então nenhuma lista a tem.",
)


@dataclass(frozen=True)
class Contribution:
    """What one played track says for another.

    Parameters
    ----------
    track_id : str
    amount : float
        Part of the score; negative when it speaks against.
    share : float
        `amount` over the sum of all positive amounts.
    plays : int
    reason : Text
        "because you played ..."
    """

    track_id: str
    amount: float
    share: float
    plays: int
    reason: Text


@dataclass(frozen=True)
class Explanation:
    """Why a track has the place it has for one listener.

    Parameters
    ----------
    track_id : str
    score : float or None
        None where the model has no opinion.
    kind : ReasonKind
        The model's strongest reason.
    reason : Text
    additive : bool
        The amounts of `contributions` add up to the score.
    contributions : tuple of Contribution
        Largest first; those of no weight are left out.
    position, eligible : int or None, int
        Place among the tracks that `for_you` may hold and the model has an opinion of, before
        re-ranking, and how many those are; None for a track that `for_you` may not hold.
    standing : Text
        What that means in words.
    """

    track_id: str
    score: float | None
    kind: ReasonKind
    reason: Text
    additive: bool
    contributions: tuple[Contribution, ...]
    position: int | None
    eligible: int
    standing: Text

    def lines(self, language: Language) -> list[str]:
        """Return the explanation as lines of text."""
        facts = {"position": self.position, "eligible": self.eligible}
        lines = [self.standing.render(language, facts)]
        if self.score is not None:
            reason = self.reason.render(language)
            lines.insert(0, _SCORE.render(language, {"score": self.score, "reason": reason}))
        head = _NOTHING if not self.contributions else _SUMS if self.additive else _WEIGHS
        lines.append(head.render(language))
        for part in self.contributions:
            reason = part.reason.render(language)
            amount = {"share": part.share, "plays": part.plays, "reason": reason}
            lines.append("  " + _PART.render(language, amount))
        return lines


def explain_one(
    model: FittedModel, history: Histories, item: int, catalogue: Catalogue, *, as_of_day: int
) -> Explanation:
    """Explain one track to one listener, whether it is in a list of theirs or not.

    Parameters
    ----------
    model : FittedModel
        The one that made the lists.
    history : Histories, 1 user
    item : int
        Item index of the track.
    catalogue : Catalogue
    as_of_day : int
        Days since 1970-01-01 of the day the lists are for; -1 where the data has no time.
    """
    scores = model.score(history)[0]
    score = float(scores[item])
    items = np.array([[item]], np.int32)
    evidence = named_reasons(model, history, items, catalogue)
    kind = ReasonKind(int(evidence.kind[0, 0]))
    detail = int(artist_detail(evidence, items, catalogue)[0, 0])
    if kind is ReasonKind.NONE and model.algorithm == CONTROL_ALGORITHM:
        detail = CONTROL
    elif kind is ReasonKind.AGAIN:
        detail = _again_detail(history.heard, item, as_of_day)
    amounts = model.contributions(history, item).astype(np.float64)
    eligible = ShelfRules.of(catalogue).eligible_for(Shelf.FOR_YOU, history)
    shown = eligible.apply(scores[None].copy())[0]
    position = None
    if shown[item] > -np.inf:
        ahead = (shown > shown[item]) | ((shown == shown[item]) & (np.arange(len(shown)) < item))
        position = int(ahead.sum()) + 1
    return Explanation(
        track_id=catalogue.items[item],
        score=score if np.isfinite(score) else None,
        kind=kind,
        reason=_words(kind, int(evidence.subject[0, 0]), detail, catalogue),
        additive=bool(abs(amounts.sum() - score) <= TOLERANCE * max(np.abs(amounts).sum(), 1e-9)),
        contributions=_contributions(history, amounts, catalogue),
        position=position,
        eligible=int((shown > -np.inf).sum()),
        standing=_standing(history, item, catalogue, position, as_of_day),
    )


def _contributions(
    history: Histories, amounts: np.ndarray, catalogue: Catalogue
) -> tuple[Contribution, ...]:
    """Return what has weight, largest first, ties by id."""
    total = amounts[amounts > 0].sum() or 1.0
    cells = [c for c in np.lexsort((history.items, -amounts)) if amounts[c] != 0]
    said = only_said(history)

    def reason(cell: int) -> Text:
        item = int(history.items[cell])
        artist = int(catalogue.artist_of[item])
        if said[cell] and artist >= 0:
            return _words(ReasonKind.LIKED, artist, 0, catalogue)
        return _words(ReasonKind.NONE if said[cell] else ReasonKind.PLAYED, item, 0, catalogue)

    return tuple(
        Contribution(
            track_id=catalogue.items[history.items[cell]],
            amount=float(amounts[cell]),
            share=float(amounts[cell] / total),
            plays=int(history.plays[cell]),
            reason=reason(cell),
        )
        for cell in cells
    )


def _standing(
    history: Histories, item: int, catalogue: Catalogue, position: int | None, as_of_day: int
) -> Text:
    """Say where the track stands, or what keeps it from standing anywhere."""
    if catalogue.hidden[item]:
        return _HIDDEN
    history = history.heard
    cell = np.flatnonzero(history.items == item)
    if len(cell) and not history.plays[cell[0]]:
        return _LIKED
    if len(cell):
        detail = _again_detail(history, item, as_of_day)
        reason = _words(ReasonKind.AGAIN, item, detail, catalogue)
        return Text(_PLAYED.en.format(reason=reason.en), _PLAYED.pt.format(reason=reason.pt))
    if catalogue.song_of[item] in catalogue.song_of[history.items]:
        return _VERSION
    return _NO_OPINION if position is None else _PLACE


def _again_detail(heard: Histories, item: int, as_of_day: int) -> int:
    """Return how often and how long ago a track was heard, as a detail of AGAIN; 0 for never."""
    cell = np.flatnonzero(heard.items == item)
    detail = again_detail(heard.plays[cell], heard.last_day[cell], as_of_day)
    return int(detail[0]) if len(detail) else 0


def _words(kind: ReasonKind, subject: int, detail: int, catalogue: Catalogue) -> Text:
    """Return one reason in both languages, with braces doubled so that it renders as it is."""

    def of(language: Language) -> str:
        one = np.array([kind]), np.array([subject], np.int32), np.array([detail])
        return str(sentences(*one, catalogue, language)[0]).replace("{", "{{").replace("}", "}}")

    return Text(en=of("en"), pt=of("pt-BR"))
