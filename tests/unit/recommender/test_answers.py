"""What a recommender answers, in a world small enough to check by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from rekomenda import Recommender
from rekomenda.errors import ListLengthError, UnknownIdError, UnknownNameError, UnknownShelfError
from rekomenda.recommender import page

PLAYS = pd.DataFrame(
    # ana and bia share two tracks; caio has one of them; dudu plays something of his own
    [
        ("ana", "x"),
        ("ana", "y"),
        ("bia", "x"),
        ("bia", "y"),
        ("bia", "z"),
        ("caio", "x"),
        ("dudu", "w"),
    ],
    columns=["user", "track"],
)
TRACKS = pd.DataFrame(
    {
        "track": ["w", "x", "y", "z", "new"],
        "artist": ["B", "A", "A", "B", "B"],
        "genre": ["rock", "forró", "forró", "rock", "rock"],
        "title": ["Doble", "Xote", "Baião", "Zabumba", "Inédita"],
    }
)
ARTISTS = pd.DataFrame({"artist": ["A", "B"], "name": ["Luiz Gonzaga", "Os Outros"]})


@pytest.fixture(scope="module")
def bare():
    return Recommender("item_knn").fit(PLAYS)


@pytest.fixture(scope="module")
def told():
    return Recommender("item_knn").fit(PLAYS, tracks=TRACKS, artists=ARTISTS)


def tracks(frame: pd.DataFrame) -> list[str]:
    return frame["track"].tolist()


def test_lists_hold_what_was_not_played_best_first(bare):
    answer = bare.recommend("caio", n=2)
    assert tracks(answer) == ["y", "z"]  # both of x's listeners play y, one plays z
    assert answer["rank"].tolist() == [1, 2]
    assert answer["score"].is_monotonic_decreasing
    assert answer["reason"].tolist() == ["because you played track x"] * 2


def test_everybody_has_a_list_and_nobody_gets_what_they_know(bare):
    answer = bare.recommend(n=4)
    assert set(answer["user"]) == set(PLAYS["user"])
    assert answer.merge(PLAYS, on=["user", "track"]).empty


def test_users_come_in_the_order_asked_for_each_once(bare):
    answer = bare.recommend(["dudu", "nobody", "ana", "dudu"], n=2)
    assert list(dict.fromkeys(answer["user"])) == ["dudu", "nobody", "ana"]
    assert (
        answer.groupby("user")["rank"].apply(list).map(lambda ranks: ranks == sorted(ranks)).all()
    )


def test_whole_numbers_come_in_the_order_of_numbers():
    plays = PLAYS.assign(user=PLAYS["user"].map({"ana": 9, "bia": 100, "caio": 20, "dudu": 3}))
    answer = Recommender("item_knn").fit(plays).recommend(n=1)
    assert answer["user"].tolist() == [3, 9, 20, 100]


def test_who_is_not_known_gets_what_is_popular_and_is_told_so(bare):
    answer = bare.recommend("nobody", n=2)
    assert tracks(answer) == ["x", "y"]  # three and two listeners
    assert answer["reason"].str.contains("not a personal one").all()
    assert bare.recommend("nobody", shelf="again").empty


def test_excluded_tracks_are_in_no_list_and_reasons_still_name_them(bare):
    assert tracks(bare.recommend("caio", n=1, exclude="y")) == ["z"]
    answer = bare.recommend("caio", n=2, exclude=["y", "x", "not there"])
    assert tracks(answer)[0] == "z"
    assert answer["reason"][0] == "because you played track x"


def test_lists_can_be_made_of_some_tracks_only(bare):
    assert tracks(bare.recommend("caio", n=3, only=["z", "x"])) == ["z"]


def test_again_holds_what_was_played(bare):
    assert set(tracks(bare.recommend("bia", shelf="again"))) == {"x", "y", "z"}


def test_plays_without_a_day_tell_nothing_of_time(bare):
    assert set(bare.recommend("bia", shelf="again")["reason"]) == {"you played it once"}
    assert "Plays until" not in repr(bare)
    dated = PLAYS.assign(day=pd.Timestamp("2024-05-01"))
    dated.loc[0, "day"] = pd.Timestamp("2024-06-20")
    fitted = Recommender("item_knn").fit(dated)
    assert fitted.recommend("bia", shelf="again")["reason"].str.contains("a month ago").all()
    assert "2024-06-20" in repr(fitted)


def test_the_dial_turns_from_known_to_new(told):
    known = told.recommend("caio", n=1, dial=0.0)
    new = told.recommend("caio", n=1, dial=1.0)
    assert tracks(known) == ["x"]
    assert tracks(new) == ["z"], "the only other artist whom caio's tracks lead to"


def test_discover_holds_other_artists_only(told):
    assert not {"x", "y"} & set(tracks(told.recommend("ana", shelf="discover")))


def test_names_of_the_catalogue_stand_in_reasons(told):
    assert told.recommend("caio", n=1)["reason"][0] == "because you played “Xote” by Luiz Gonzaga"
    portuguese = Recommender("item_knn", language="pt-BR").fit(
        PLAYS, tracks=TRACKS, artists=ARTISTS
    )
    reason = portuguese.recommend("caio", n=1)["reason"][0]
    assert reason == "porque você ouviu “Xote”, de Luiz Gonzaga"


def test_one_artist_does_not_fill_a_list():
    one = Recommender("item_knn", max_per_artist=1).fit(PLAYS, tracks=TRACKS)
    answer = one.recommend("dudu", n=5).merge(TRACKS, on="track")
    assert answer["artist"].is_unique


def test_a_track_that_the_catalogue_lacks_is_learned_from_and_not_shown():
    fewer = TRACKS[TRACKS["track"] != "y"]
    assert tracks(Recommender("item_knn").fit(PLAYS, tracks=fewer).recommend("caio"))[0] == "z"


def test_likes_make_a_list_without_learning_anew(told):
    by_id, by_title = told.recommend_for(["z"], n=1), told.recommend_for(["ZABUMBA"], n=1)
    assert list(by_id) == ["rank", "track", "score", "reason"]
    pd.testing.assert_frame_equal(by_id, by_title)
    assert tracks(by_id) != ["z"]
    assert len(told.recommend_for(artists=["luiz gonzaga"], n=2))
    assert len(told.recommend_for(genres=["forró"], n=2))


def test_a_genre_is_found_by_its_name():
    genres = pd.DataFrame({"genre": ["rock", "forró"], "name": ["Rock", "Forró pé de serra"]})
    named = Recommender("item_knn").fit(PLAYS, tracks=TRACKS, genres=genres)
    by_name = named.recommend_for(genres=["forro pe de serra"])
    pd.testing.assert_frame_equal(by_name, named.recommend_for(genres=["forró"]))


def test_a_like_that_nobody_knows_is_said(told):
    with pytest.raises(UnknownNameError, match="Closest: Xote") as caught:
        told.recommend_for(["xotes"])
    assert "release" not in str(caught.value)


def test_what_people_say_they_like_is_learned_from():
    likes = pd.DataFrame({"user": ["eva"], "artist": ["B"]})
    answer = Recommender("item_knn").fit(PLAYS, tracks=TRACKS, likes=likes).recommend("eva")
    assert "goes with what you like" in answer["reason"][0]
    liked = Recommender("item_knn").fit(
        PLAYS, likes=pd.DataFrame({"user": ["eva"], "track": ["x"]})
    )
    assert tracks(liked.recommend("eva", n=1)) == ["y"]


def test_similar_tracks_share_listeners(bare):
    answer = bare.similar(["z", "x"], n=3)
    assert answer["track"].tolist() == ["z", "z", "x", "x"]
    assert answer["rank"].tolist() == [1, 2, 1, 2]
    assert answer["similar"].tolist()[2:] == ["y", "z"]
    assert set(answer["similar"][:2]) == {"x", "y"}


def test_the_parts_of_an_explanation_add_up_to_the_score(bare):
    why = bare.explain("ana", "z")
    assert why.additive
    assert why.contributions["amount"].sum() == pytest.approx(why.score, rel=1e-4)
    assert why.contributions["share"].sum() == pytest.approx(1)
    assert set(why.contributions["track"]) == {"x", "y"}
    assert why.position == 1
    assert "Place 1 of" in str(why)
    assert why._repr_html_().startswith("<pre>")


def test_an_explanation_of_somebody_or_something_unknown_is_refused(bare):
    with pytest.raises(UnknownIdError, match="Listener 'nobody'"):
        bare.explain("nobody", "x")
    with pytest.raises(UnknownIdError, match="Track 'nothing'"):
        bare.explain("ana", "nothing")


@pytest.mark.parametrize(
    "wrong", [{"n": 0}, {"n": 2.5}, {"dial": 1.5}, {"dial": 0.9, "shelf": "again"}]
)
def test_a_list_that_cannot_be_is_refused(bare, wrong):
    with pytest.raises(ListLengthError):
        bare.recommend("ana", **wrong)


def test_a_shelf_that_there_is_not_is_refused(bare):
    with pytest.raises(UnknownShelfError, match="for_you, again"):
        bare.recommend("ana", shelf="for-you")


def test_the_same_seed_gives_the_same_lists():
    first, second = (Recommender("als", n_factors=2, seed=5).fit(PLAYS) for _ in range(2))
    pd.testing.assert_frame_equal(first.recommend(), second.recommend())
    other = Recommender("als", n_factors=2, seed=6).fit(PLAYS).recommend()
    assert not first.recommend()["score"].equals(other["score"])


def test_auto_says_what_it_chose_and_why():
    recommender = Recommender().fit(PLAYS)
    assert recommender.choice is not None
    assert "auto took ease" in repr(recommender)


def test_a_notebook_shows_one_small_table_with_nothing_to_run(bare):
    page = bare._repr_html_()
    assert page.startswith('<table lang="en"><caption>Recommender</caption>')
    assert '<th scope="row"' in page
    assert "item_knn" in page
    assert "7 given = 7 learned from + 0 repeated + 0 set aside" in page
    assert "<script" not in page
    assert "http" not in page


def test_names_are_text_and_never_markup():
    tracks_ = TRACKS.assign(title=["<b>", "<script>", "<i>", "<u>", "<s>"])
    assert "<b>" not in page.as_html([("a", "<b>")], "en")
    why = Recommender("item_knn").fit(PLAYS, tracks=tracks_).explain("caio", "y")
    assert "<script>" in str(why)
    assert "<script>" not in why._repr_html_()
