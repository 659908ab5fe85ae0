"""The worth of each place is learned from what listeners of the validation played, and only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_worlds import random_world
from rekomenda.domain.recommendations import Shelf
from rekomenda.evaluation.tasks import Task
from rekomenda.language import Text
from rekomenda.learning.auto import random_validation
from rekomenda.learning.exam import Examination
from rekomenda.learning.recipe import Recipe
from rekomenda.pipeline.choosing.floor_study import floor_price_of
from rekomenda.ranking.floor_price import falling
from rekomenda.settings import Settings

POPULAR = Recipe("popularity")


@pytest.fixture(scope="module")
def examination() -> Examination:
    data = random_world(n_users=320, n_items=60, n_cells=4200, seed=3)
    return Examination(data, None, "random", Text("", ""))  # its answers must not be needed


def study(examination, settings=None, model=None, recipe=POPULAR):
    return floor_price_of(recipe, model, None, examination, settings or Settings())


def by_hand(model, validation, n_places):
    """One listener at a time: their unheard tracks by score, and what each place was worth."""
    exam, n_items = validation.exam, validation.data.interactions.histories.n_items
    sums, counts = np.zeros(n_places), np.zeros(n_places)
    answers = {divmod(int(key), n_items) for key in exam.relevant[Task.UNHEARD].keys}
    hidden = validation.data.catalogue.hidden
    songs = validation.data.catalogue.song_of
    for row in range(len(exam)):
        right = {item for user, item in answers if user == row}
        if not right:
            continue
        history = exam.train.rows(slice(row, row + 1))
        heard = {int(songs[item]) for item in history.items}
        scores = model.score(history)[0]
        order = [
            item
            for item in sorted(range(n_items), key=lambda item: (-scores[item], item))
            if not hidden[item] and int(songs[item]) not in heard and scores[item] > -np.inf
        ]
        ideal = sum(1 / np.log2(place + 2) for place in range(min(len(right), 10)))
        for place, item in enumerate(order[:n_places]):
            counts[place] += 1
            sums[place] += (item in right) / ideal
    return falling(sums / np.maximum(counts, 1), counts)


def test_the_worth_of_places_is_what_was_played_there(examination):
    price = study(examination)
    validation = random_validation(examination.data, 0.2, Settings().model.seed)
    model = POPULAR.fit(validation.data)
    worth = price.worth[Shelf.FOR_YOU]
    assert worth[:60] == pytest.approx(by_hand(model, validation, 60), abs=1e-9)
    assert worth[0] > 0
    assert (np.diff(worth) <= 0).all()
    assert price.limit == 0.01


def test_a_model_that_was_fitted_already_is_not_fitted_again(examination):
    validation = random_validation(examination.data, 0.2, Settings().model.seed)
    fitted = POPULAR.fit(validation.data)
    unknown = Recipe("no such model")
    price = study(examination, model=fitted, recipe=unknown)
    assert price.worth[Shelf.FOR_YOU] == pytest.approx(study(examination).worth[Shelf.FOR_YOU])


def test_without_a_floor_or_with_too_few_listeners_nothing_is_learned(examination):
    none = Settings.model_validate({"recommend": {"emerging_share": 0}})
    assert study(examination, none) is None
    few = random_world(n_users=150, n_items=60, n_cells=2000, seed=3)
    assert study(replace(examination, data=few)) is None
