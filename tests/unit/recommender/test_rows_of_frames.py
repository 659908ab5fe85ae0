"""Bad rows are counted and shown and never cost the good ones; what cannot be read is said plainly."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from rekomenda import Recommender
from rekomenda.errors import (
    FrameColumnError,
    FrameKindError,
    FrameTypeError,
    FrameUnclearError,
    HyperparameterError,
    NoRowsLeftError,
    NotFittedError,
    RekomendaError,
    UnknownAlgorithmError,
    UnknownHyperparameterError,
)

GOOD = [("ana", "x", 2), ("ana", "y", 1), ("bia", "x", 1), ("bia", "z", 4)]


def plays(*more: tuple[object, object, object]) -> pd.DataFrame:
    return pd.DataFrame([*GOOD, *more], columns=["ouvinte", "faixa", "qtd_plays"])


def test_bad_rows_are_set_aside_and_the_others_learned_from():
    bad = [(None, "x", 1), ("caio", None, 1), ("caio", "x", -2), ("caio", "y", 1.5)]
    with pytest.warns(UserWarning, match="plays: 4 of 8 rows are set aside"):
        recommender = Recommender("item_knn").fit(plays(*bad))
    (account,) = recommender.accounts
    assert (account.given, account.learned, account.set_aside) == (8, 4, 4)
    assert recommender.set_aside.to_dict("records") == [
        {"frame": "plays", "row": 4, "column": "ouvinte", "why": "id missing"},
        {"frame": "plays", "row": 5, "column": "faixa", "why": "id missing"},
        {"frame": "plays", "row": 6, "column": "qtd_plays", "why": "plays negative"},
        {"frame": "plays", "row": 7, "column": "qtd_plays", "why": "plays not whole"},
    ]
    pd.testing.assert_frame_equal(
        recommender.recommend(), Recommender("item_knn").fit(plays()).recommend()
    )


def test_nothing_is_said_of_rows_that_are_right():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Recommender("item_knn").fit(plays())


def test_a_missing_number_leaves_the_other_ids_what_they_were():
    frame = pd.DataFrame({"user": [1, 1, 2, 2, np.nan], "track": [5, 6, 5, 7, 5]})
    with pytest.warns(UserWarning, match="1 × id missing"):
        answer = Recommender("item_knn").fit(frame).recommend(n=1)
    assert answer["user"].tolist() == [1.0, 2.0]
    assert answer["track"].tolist() == [7, 6]


def test_a_row_counts_once_where_there_is_no_count():
    once = pd.DataFrame({"user": ["a", "a", "a", "b", "b"], "track": ["x", "x", "y", "x", "z"]})
    counted = pd.DataFrame(
        {"user": ["a", "a", "b", "b"], "track": ["x", "y", "x", "z"], "plays": [2, 1, 1, 1]}
    )
    as_rows, as_counts = (Recommender("item_knn").fit(each) for each in (once, counted))
    assert as_rows.explain("a", "z").contributions["plays"].tolist() == [2, 1][:1]
    pd.testing.assert_frame_equal(as_rows.recommend(), as_counts.recommend())


def test_a_missing_column_says_what_is_there_and_what_to_pass():
    with pytest.raises(FrameColumnError) as caught:
        Recommender().fit(plays().rename(columns={"faixa": "wat"}))
    assert str(caught.value) == (
        "plays has no column 'track_id'; it has: ouvinte, wat, qtd_plays. "
        "Say which one it is: columns={'track_id': 'YOURS'}."
    )
    named = plays().rename(columns={"faixa": "wat"})
    assert "wat" in Recommender("item_knn").fit(named, columns={"track_id": "wat"}).recommend()


def test_a_named_column_that_no_frame_has_is_not_guessed_around():
    with pytest.raises(FrameColumnError, match="no column 'nobody'"):
        Recommender().fit(plays(), columns={"user_id": "nobody"})


def test_a_bot_is_left_out_and_said_and_a_total_without_days_is_none():
    frame = plays(("robô", "x", 50_000))
    dated = Recommender("item_knn").fit(frame.assign(day=pd.Timestamp("2024-05-01")))
    assert dated.bots == 1
    assert "Left out as bots      1" in repr(dated)
    assert set(dated.recommend()["ouvinte"]) == {"ana", "bia"}
    assert Recommender("item_knn").fit(frame).bots == 0


ONE_DAY = {"user": ["a", "b"], "track": ["x", "x"]}


@pytest.mark.parametrize(
    ("frame", "error", "words"),
    [
        ([("a", "x")], FrameKindError, "plays is a list"),
        (pd.DataFrame({"user": [1, "a"], "track": [1, 2]}), FrameTypeError, "user"),
        (pd.DataFrame({**ONE_DAY, "day": ["01/02/2024"] * 2}), FrameUnclearError, "two readings"),
        (pd.DataFrame({**ONE_DAY, "dia": [["x"]] * 2}), FrameUnclearError, "'dia' has type list"),
        (pd.DataFrame({**ONE_DAY, "plays": [-1, -2]}), NoRowsLeftError, "2 × plays negative"),
        (pd.DataFrame({**ONE_DAY, "day": pd.Timestamp("1997-09-20")}), NoRowsLeftError, "2002"),
        (pd.DataFrame({"user": [], "track": []}), NoRowsLeftError, "none of its 0 rows"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_what_cannot_be_read_is_said_plainly(frame, error, words):
    with pytest.raises(error, match=words) as caught:
        Recommender().fit(frame)
    assert isinstance(caught.value, RekomendaError)
    assert "--" not in str(caught.value), "no option of the command line helps here"


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Recommender("alz"), UnknownAlgorithmError, "Did you mean als"),
        (lambda: Recommender("als", n_factor=2), UnknownHyperparameterError, "n_factors"),
        (lambda: Recommender("als", n_factors=-2), HyperparameterError, "n_factors = -2"),
        (lambda: Recommender(n_factors=2), UnknownHyperparameterError, "auto"),
        (lambda: Recommender().recommend(), NotFittedError, "Use what fit returns"),
    ],
)
def test_what_was_asked_wrongly_is_said_at_once(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_hasattr_says_no_of_a_recommender_that_has_not_learned():
    assert not hasattr(Recommender(), "recommend")
    assert hasattr(Recommender(), "fit")
