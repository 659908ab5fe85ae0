"""The three-line Python face: what to learn with, and `fit`."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rekomenda.errors import NotFittedError, UnknownHyperparameterError
from rekomenda.language import Language, Text
from rekomenda.learning.recipe import AUTO
from rekomenda.models.registry import create
from rekomenda.recommender.checked import Account, Checking
from rekomenda.recommender.fitted import FittedRecommender
from rekomenda.recommender.frames import take_in
from rekomenda.recommender.learning import learn
from rekomenda.recommender.lists import Lists
from rekomenda.settings import ModelSettings, RecommendSettings, Settings
from rekomenda.telemetry.logs import stay_quiet

F = TypeVar("F")

_ASIDE = Text(
    "{name}: {set_aside:n} of {given:n} {given:row|rows} {set_aside:is|are} set aside ({reasons}); the others are learned from. "
    "See them in set_aside.",
    "{name}: {set_aside:n} de {given:n} {given:linha|linhas} {set_aside:ficou separada|ficaram separadas} ({reasons}); as outras são aprendidas. "
    "Veja em set_aside.",
)


class RowsSetAsideWarning(UserWarning):
    """Some rows of a frame cannot be learned from."""


class Recommender:
    """Music recommendations from any frame of plays.

    Parameters
    ----------
    algorithm : str, default "auto"
        A blend chosen on your own plays, or the name of a model: `als`, `ease`, `item_knn`…
    seed : int, optional
        The same seed and plays give the same lists. Default: that of the command line.
    budget_seconds : float, optional
        What `auto` may spend on trying models, as reckoned from the size of the data.
    max_per_artist : int, optional
        Tracks of one artist that a list may hold. Default: 3.
    language : {"en", "pt-BR"}
        Of reasons and of what is shown.
    **hyperparameters
        Of the algorithm, e.g. `Recommender("als", n_factors=64)`.

    Raises
    ------
    UnknownAlgorithmError, UnknownHyperparameterError, HyperparameterError
        With the closest known name.

    Examples
    --------
    >>> import pandas as pd
    >>> from rekomenda import Recommender
    >>> plays = pd.DataFrame({"user": ["ana", "ana", "bia", "bia", "caio"], "track": [7, 8, 8, 9, 7]})
    >>> recommender = Recommender().fit(plays)
    >>> recommender.recommend("caio", n=1)[["user", "track", "reason"]]
       user  track                      reason
    0  caio      8  because you played track 7
    """

    def __init__(
        self,
        algorithm: str = "auto",
        *,
        seed: int | None = None,
        budget_seconds: float | None = None,
        max_per_artist: int | None = None,
        language: Language = "en",
        **hyperparameters: Any,
    ) -> None:
        model = {"algorithm": algorithm, "seed": seed, "budget_seconds": budget_seconds}
        lists = {"max_per_artist": max_per_artist}
        self._settings = Settings(
            model=ModelSettings.model_validate(_given(model)),
            recommend=RecommendSettings.model_validate(_given(lists)),
        )
        self._hyperparameters = hyperparameters
        self._language = language
        if algorithm not in AUTO:
            create(algorithm, hyperparameters)
        elif hyperparameters:
            name = next(iter(hyperparameters))
            raise UnknownHyperparameterError(algorithm=algorithm, name=name, hint="", names="—")

    def fit(
        self,
        plays: F,
        *,
        tracks: Any = None,
        artists: Any = None,
        genres: Any = None,
        likes: Any = None,
        columns: Mapping[str, str] | None = None,
    ) -> FittedRecommender[F]:
        """Learn from plays.

        Rows that cannot be right (an id missing, a negative count, a day in the future) are set
        aside, counted and shown; the others are learned from.

        Parameters
        ----------
        plays : pandas, Polars or PyArrow frame
            A column of users and one of tracks; plays (how many; else each row is one) and a day or
            a moment where there are any.
        tracks : frame, optional
            Track, artist; genre, title, day of release where there are any. Tracks that it does not
            name are learned from and not shown.
        artists : frame, optional
            Artist; name, region, `feature_1` to `feature_10` where there are any.
        genres : frame, optional
            Genre and its name.
        likes : frame, optional
            User and track, or artist, or genre: what people say they like.
        columns : mapping, optional
            Our name of a column to yours, where it is not recognised: `{"user_id": "who"}`.

        Returns
        -------
        FittedRecommender
            The recommender itself is not changed.

        Raises
        ------
        FrameColumnError
            If a column is missing; it says what is there and what to pass.
        FrameKindError, FrameTypeError, FrameUnclearError
            If a frame cannot be read.
        NoRowsLeftError
            If no row of the plays is right.
        FitError
            If there is too little to learn from.
        """
        stay_quiet()
        named = {
            "plays": plays,
            "tracks": tracks,
            "artists": artists,
            "genres": genres,
            "likes": likes,
        }
        frames = [take_in(name, frame) for name, frame in named.items() if frame is not None]
        with tempfile.TemporaryDirectory(prefix="rekomenda-") as temporary:
            folder = Path(temporary)
            now = datetime.now(UTC)
            checked = Checking(folder, columns or {}, now, self._language).check(frames)
            _warn(checked.accounts, self._language)
            learned = learn(
                checked,
                self._settings.model.algorithm,
                self._hyperparameters,
                self._settings,
                folder,
            )
        return FittedRecommender(
            Lists(learned.bundle, learned.as_of_day, self._settings.recommend),
            checked.kind,
            checked.accounts,
            checked.kind.frame(checked.set_aside),
            self._language,
            learned.integrated.report.bots,
            learned,
        )

    @staticmethod
    def load(path: str | Path) -> FittedRecommender[Any]:
        """Read what `FittedRecommender.save` wrote."""
        stay_quiet()
        return FittedRecommender.load(path)

    def __repr__(self) -> str:
        said = [f"{name}={value!r}" for name, value in self._hyperparameters.items()]
        parts = [repr(self._settings.model.algorithm), *said]
        return f"Recommender({', '.join(parts)})"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Say what to ask instead: `fit` returns another object."""
            raise NotFittedError(name=name)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _warn(accounts: Sequence[Account], language: Language) -> None:
    for account in accounts:
        if account.set_aside:
            reasons = "; ".join(f"{n} × {words}" for words, n in account.reasons.items())
            text = _ASIDE.render(language, {**vars(account), "reasons": reasons})
            warnings.warn(text, RowsSetAsideWarning, stacklevel=3)
