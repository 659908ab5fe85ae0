"""What a picture is drawn from is what the release says: values worked by hand."""

from __future__ import annotations

import numpy as np

from rekomenda.report.charts import accounting, exposure, listening, quality, truth
from support.report_content import small_content


def test_days_are_split_into_people_and_bots() -> None:
    people, bots, listeners = listening.by_day(small_content(), "en").data
    assert list(people.y) == [100, 200]
    assert list(bots.y) == [0, 60]
    assert list(listeners.y) == [10, 11]


def test_a_genre_has_its_share_of_plays_and_of_the_lists() -> None:
    shown, plays = listening.by_genre(small_content(), "en").data
    assert list(shown.y) == ["Forró", "unknown", "Xote"]  # Xote, most played, is drawn on top
    np.testing.assert_allclose(plays.x, [0.1, 0.2, 0.7])
    np.testing.assert_allclose(shown.x, [0.5, 0.4, 0.1])


def test_the_tail_begins_with_the_most_played_track_and_ends_at_everything() -> None:
    plays, shown = listening.long_tail(small_content(), "en").data
    assert list(plays.x) == [1, 2, 3]
    np.testing.assert_allclose(plays.y, [0.7, 0.9, 1.0])
    np.testing.assert_allclose(shown.y, [0.1, 0.5, 1.0])


def test_models_stand_best_on_top_with_their_intervals() -> None:
    unheard, again, _ = quality.models(small_content(), "en").data
    assert list(unheard.y) == ["popularity", "als"]
    np.testing.assert_allclose(unheard.x, [0.12, 0.30])
    np.testing.assert_allclose(unheard.error_x.array, [0.02, 0.02])
    np.testing.assert_allclose(unheard.error_x.arrayminus, [0.01, 0.01])
    np.testing.assert_allclose(again.x, [np.nan, 0.5])


def test_groups_that_were_not_measured_are_left_out() -> None:
    ours, theirs = quality.segments(small_content(), "en").data
    assert (list(ours.x), list(theirs.x)) == ([0.28], [0.11])
    assert (list(ours.y), list(theirs.y)) == ([0.12], [-0.12])  # one row, ours above
    layout = quality.segments(small_content(), "pt-BR").layout
    assert list(layout.yaxis.ticktext) == ["ouvintes intensos"]


def test_a_region_without_a_number_still_shows_its_listeners() -> None:
    listeners, numbers = listening.by_region(small_content(), "en").data
    assert (list(listeners.y), list(listeners.x)) == (["PB", "CE"], [3, 6])
    np.testing.assert_allclose(numbers.x, [np.nan, 0.33])


def test_cost_is_drawn_of_who_was_tried() -> None:
    points = quality.quality_and_cost(small_content(), "en").data[0]
    assert list(points.customdata) == ["als-256", "popularity_recent"]
    assert list(points.text) == ["1", "2"]  # as the table under it names them
    assert list(points.x) == [4.0, 0.01]  # a logarithm has no zero
    assert list(points.y) == [0.2, 0.05]


def test_rows_of_a_file_add_up_to_the_whole() -> None:
    parts = accounting.rows_by_file(small_content(), "en").data
    assert [list(part.customdata) for part in parts] == [[12000], [45], [300]]
    np.testing.assert_allclose(sum(float(part.x[0]) for part in parts), 1.0)


def test_the_dial_is_drawn_stop_by_stop() -> None:
    never_heard, *_ = exposure.dial(small_content(), "en").data
    assert (list(never_heard.x), list(never_heard.y)) == ([0.0, 1.0], [0.2, 0.9])


def test_a_floor_is_drawn_beside_what_it_aims_at() -> None:
    before, after, target = exposure.floor(small_content(), "pt-BR").data
    assert list(before.y) == ["Para você"]
    assert [list(trace.x) for trace in (before, after, target)] == [[0.1], [0.3], [0.25]]


def test_panels_of_models_stand_under_each_other_on_a_narrow_page() -> None:
    figure = quality.models(small_content(), "en")
    wide, narrow = figure.layout.meta["wide"], figure.layout.meta["narrow"]
    assert wide["xaxis.domain"][1] < wide["xaxis2.domain"][0]
    assert narrow["xaxis.domain"] == narrow["xaxis2.domain"] == [0, 1]
    assert narrow["yaxis3.domain"][1] < narrow["yaxis2.domain"][0] < narrow["yaxis.domain"][0]
    assert narrow["height"] > wide["height"]


def test_the_recipe_that_stayed_is_named_so() -> None:
    whole = small_content()
    kept = whole.metrics.replace({"algorithm": {"als": "served:als"}})
    content = small_content(release={**whole.release, "algorithm": "served:als"}, metrics=kept)
    ticks = quality.models(content, "pt-BR").layout.yaxis.ticktext
    assert list(ticks) == ["popularity", "<b>als, mantida</b>"]


def test_nearness_to_the_truth_is_drawn_of_made_worlds_only() -> None:
    assert truth.nearness(small_content(), "en") is None
    rows = [
        {"lists": name, "value": value, "low": value - 0.1, "high": value + 0.05, "listeners": 9}
        for name, value in (("for_you", 0.6), ("popularity", 0.3), ("random", 0.1))
    ]
    (points,) = truth.nearness(small_content(truth=rows), "en").data
    assert list(points.x) == [0.1, 0.3, 0.6]  # the last is drawn on top
    np.testing.assert_allclose(points.error_x.arrayminus, [0.1, 0.1, 0.1])
