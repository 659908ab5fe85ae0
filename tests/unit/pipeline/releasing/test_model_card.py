"""The card says the release's own numbers, in both languages, and nothing it does not know."""

import pytest

from rekomenda.pipeline.releasing.model_card import model_card

INTEGRATION = {
    "first_day": "2024-05-02",
    "last_day": "2024-06-30",
    "plays": 1234,
    "listeners": 90,
    "bots": 1,
    "bot_plays": 20_000,
    "played_tracks": 40,
    "catalogue_tracks": 60,
    "unmatched_tracks": 2,
    "blocked_tracks": 3,
}
METRICS = [
    {
        "algorithm": name,
        "task": "unheard",
        "segment": segment,
        "metric": "ndcg",
        "k": k,
        "value": value,
        "low": value - 0.01,
        "high": value + 0.01,
        "n_users": n,
    }
    for name, segment, k, value, n in [
        ("ease", "overall", 10, 0.1234, 80),
        ("ease", "mainstream:low", 10, 0.0777, 60),
        ("ease", "overall", 20, 0.2222, 80),
        ("als", "overall", 10, 0.3333, 80),
    ]
]
GOAL = {
    "goal": "floor_price",
    "text": {"en": "Price", "pt-BR": "Preço"},
    "limit": 0.01,
    "direction": "at_most",
    "measured": 0.004,
    "low": None,
    "high": None,
    "met": "yes",
    "note": None,
}
EXPOSURE = {
    "served": [
        {
            "lists": "served:for_you",
            "segment": "overall",
            "measure": "artist_gini",
            "value": 0.75,
            "low": 0.71,
            "high": 0.78,
            "n": 50,
        },
        {
            "lists": "served:for_you",
            "segment": "overall",
            "measure": "genre_coverage",
            "value": 1.0,
            "low": None,
            "high": None,
            "n": 9,
        },
    ],
    "price": [
        {"shelf": "for_you", "loss": 0.0036, "low": -0.0126, "high": 0.0203, "listeners": 80},
        {"shelf": "discover", "loss": None, "low": None, "high": None, "listeners": 0},
    ],
    "goals": [
        GOAL,
        GOAL
        | {
            "goal": "declared_women",
            "measured": None,
            "met": "not_measurable",
            "note": {"en": "not declared", "pt-BR": "não declarado"},
        },
    ],
}


@pytest.fixture
def cards():
    card = model_card(
        name="ease",
        recipe={"algorithm": "ease", "hyperparameters": {}, "seed": 7},
        integration=INTEGRATION,
        popular=4,
        metrics=METRICS,
        k=10,
        exposure=EXPOSURE,
    )
    return dict(zip(("pt-BR", "en"), card.split("\n---\n"), strict=True))


def test_both_languages_tell_the_same_numbers_as_each_writes_them(cards):
    assert "1.234 plays de 90 ouvintes" in cards["pt-BR"]
    assert "1,234 plays by 90 listeners" in cards["en"]
    assert "| mainstream:low | 60 | 0,0777 | 0,0677 – 0,0877 |" in cards["pt-BR"]
    assert "| mainstream:low | 60 | 0.0777 | 0.0677 – 0.0877 |" in cards["en"]


def test_only_the_model_that_serves_is_on_its_card(cards):
    assert "0.3333" not in cards["en"]
    assert "0.2222" not in cards["en"]


def test_who_is_left_out_is_said(cards):
    assert "1 listener with more plays in a day" in cards["en"]
    assert "4 ouvintes sem histórico" in cards["pt-BR"]


def test_the_price_of_the_floor_is_said_where_it_was_measured(cards):
    assert "costs `for_you` 0.36% of its NDCG@10 (-1.26% to 2.03%, 80 listeners)" in cards["en"]
    assert "`discover`" not in cards["en"]


def test_goals_that_cannot_be_measured_say_why(cards):
    assert "| Price | ≤ 0.01 | 0.004 | yes |" in cards["en"]
    assert "| Preço (não declarado) | ≤ 0,01 | – | não mensurável |" in cards["pt-BR"]


def test_every_measure_that_is_shown_is_defined(cards):
    for card in cards.values():
        for measure in ("ndcg", "artist_gini", "genre_coverage"):
            assert f"- `{measure}`: " in card
        assert "| – |" in card  # no interval of a share of nine genres
