"""What a file is is told from its columns, in every spelling that is around."""

from __future__ import annotations

import pytest

from rekomenda.data.reading.mapping import detect
from rekomenda.errors import ColumnMissingError

SEED_PLAYS = ["id_date", "user_id", "id_tracks", "plays"]
SEED_FEATURES = ["id_artist", *(f"Feature{number}" for number in range(1, 11))]


@pytest.mark.parametrize(
    ("header", "tables"),
    [
        (SEED_PLAYS, ("plays",)),
        (["id_artist", "id_tracks", "id_genre"], ("tracks",)),
        (SEED_FEATURES, ("artists",)),
        ([*SEED_PLAYS, "id_artist", "id_genre"], ("plays", "tracks")),
        (
            [*SEED_PLAYS, "id_artist", "id_genre", *SEED_FEATURES[1:]],
            ("plays", "tracks", "artists"),
        ),
        (["timestamp", "usuario", "faixa"], ("plays",)),
        (["user_id", "region", "birth_year"], ("users",)),
        (["id_genre", "name", "parent"], ("genres",)),
        (["user_id", "kind", "id"], ("likes",)),
        (["usuario", "dial"], ("dials",)),
        (["user_id", "uf", "descoberta"], ("users", "dials")),
        (["user_id", "friend_id"], ("friends",)),
        (["kind", "id", "until"], ("blocked",)),
        (["artist_id", "name", "region"], ("artists",)),
        (["track_id", "artist_id", "name", "released_on"], ("tracks",)),
    ],
)
def test_columns_say_what_a_file_is(header, tables):
    assert detect("f.csv", header, {}).tables == tables


def test_b04_case_accents_spaces_and_marks_do_not_count():
    found = detect("f.csv", ["DATA", "Usuário", "ID-Tracks", "Plays "], {})
    assert found.places == {"day": 0, "user_id": 1, "track_id": 2, "plays": 3}


def test_b05_order_does_not_count_and_other_columns_are_listed():
    found = detect("f.csv", ["app", "plays", "id_tracks", "user_id", "id_date", ""], {})
    assert found.places == {"day": 4, "user_id": 3, "track_id": 2, "plays": 1}
    assert found.ignored == ("app", "")


def test_our_own_name_counts_more_than_an_alias():
    found = detect("f.csv", ["date", "day", "user_id", "track_id", "plays"], {})
    assert found.places["day"] == 1


def test_a_name_is_a_title_among_tracks_and_a_name_among_artists():
    assert detect("f.csv", ["id_tracks", "id_artist", "nome"], {}).names["title"] == "nome"
    assert detect("f.csv", ["id_artist", "nome"], {}).names["name"] == "nome"


@pytest.mark.parametrize("ours", ["user_id", "usuario"])
def test_b04_a_declared_name_wins_whichever_spelling_of_ours_it_is_declared_for(ours):
    header = ["id_date", "user_id", "quem", "id_tracks", "plays"]
    found = detect("f.csv", header, {ours: "QUEM", "artist_id": "not in this file"})
    assert found.names["user_id"] == "quem"
    assert found.ignored == ("user_id",)


def test_b04_a_missing_column_is_named_with_the_option_that_mends_it():
    with pytest.raises(ColumnMissingError) as caught:
        detect("plays.csv", ["id_date", "usuarioo", "id_tracks", "plays"], {})
    assert "'user_id' not found" in caught.value.message("en")
    assert "--map user_id=usuarioo" in caught.value.message("pt-BR")


def test_plays_need_a_moment_or_a_count():
    found = detect("f.csv", ["date", "user_id", "track_id"], {})
    assert found.settled(day_has_time=True).timed
    with pytest.raises(ColumnMissingError, match="'plays'"):
        found.settled(day_has_time=False)


def test_b57_a_hostile_header_cannot_command_the_terminal():
    with pytest.raises(ColumnMissingError) as caught:
        detect("f.csv", ["\x1b[31mred", "id_date"], {})
    assert "\x1b" not in caught.value.message("en")
    assert "\\x1b[31mred" in caught.value.message("en")
