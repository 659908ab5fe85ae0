"""An exam against a slow version of it in plain Python, and worlds worked by hand."""

import math

import numpy as np
import pytest

from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.compare import CHECKED, evaluate
from rekomenda.evaluation.definitions import DEFINITIONS, TASK_DEFINITIONS
from rekomenda.evaluation.difference import difference
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.segments import Partition
from rekomenda.evaluation.summary import Measure
from rekomenda.evaluation.tasks import Task
from support.evaluation_worlds import WrittenScores, catalogue, histories

approx = pytest.approx
QUICK = Bootstrap(n_resamples=100, seed=5)


def number(evaluation, task, metric, k, segment="overall"):
    rows = [
        row
        for row in evaluation.table.to_pylist()
        if (row["task"], row["metric"], row["k"], row["segment"]) == (task, metric, k, segment)
    ]
    return rows[0] if rows else None


# --- worked by hand -------------------------------------------------------------------------


@pytest.fixture
def tiny():
    """Three listeners, four tracks of artists 0 0 1 2; the third listener never comes back."""
    train = histories([[0, 1], [0], [0, 2]], 4)
    holdout = histories([[1, 2], [3], []], 4)
    return Exam.of(train, holdout, catalogue([0, 0, 1, 2]), cutoffs=[2], bootstrap=QUICK)


@pytest.fixture
def in_order():
    """Scores that rank 0 1 2 3 for the first listener and 3 2 1 0 for the others."""
    return WrittenScores(np.array([[4, 3, 2, 1], [1, 2, 3, 4], [1, 2, 3, 4]]))


def test_each_task_of_a_world_worked_by_hand(tiny, in_order):
    found = evaluate(in_order, "in_order", tiny)
    # all: {0, 1} against {1, 2}, {3, 2} against {3}
    assert found.mean(Task.ALL, "recall", 2) == approx((0.5 + 1) / 2)
    # again: only the first listener heard anything again: 1, behind 0
    assert number(found, "again", "mrr", 2)["value"] == approx(0.5)
    assert number(found, "again", "mrr", 2)["n_users"] == 1
    # unheard: {2, 3} against {2}, {3, 2} against {3}
    assert found.mean(Task.UNHEARD, "ndcg", 2) == approx(1.0)
    # new artists: {2, 3} against {2}, {3, 2} against {3}
    assert found.mean(Task.NEW_ARTISTS, "precision", 2) == approx(0.5)


def test_the_lists_of_every_task_are_kept_as_they_were_ranked(tiny, in_order):
    found = evaluate(in_order, "in_order", tiny, block_bytes=16)  # a listener at a time
    assert {str(task): lists.tolist() for task, lists in found.lists.items()} == {
        "all": [[0, 1], [3, 2]],
        "again": [[0, 1], [0, -1]],
        "unheard": [[2, 3], [3, 2]],
        "new_artists": [[2, 3], [3, 2]],
        "cold_tracks": [[2, 3], [3, 2]],  # with three listeners every track is cold
        "cold_among_all": [[2, 3], [3, 2]],
    }


def test_listeners_who_did_not_come_back_are_not_examined(tiny, in_order):
    assert tiny.rows.tolist() == [0, 1]
    assert tiny.facts["listeners"] == 3
    assert tiny.facts["listeners_after_cut"] == tiny.facts["listeners_examined"] == 2
    assert tiny.facts["listeners_by_task"] == {
        "all": 2,
        "again": 1,
        "unheard": 2,
        "new_artists": 2,
        "cold_tracks": 2,
        "cold_among_all": 2,
    }


def test_numbers_about_the_catalogue(tiny, in_order):
    found = evaluate(in_order, "in_order", tiny)
    # all: lists {0, 1} and {3, 2}: every track and every artist is shown
    assert number(found, "all", "coverage", 2)["value"] == 1.0
    # unheard: lists {2, 3} and {3, 2}: artists 1 and 2 alike, artist 0 never
    assert number(found, "unheard", "coverage", 2)["value"] == 0.5
    assert number(found, "unheard", "artist_coverage", 2)["value"] == approx(2 / 3)
    # exposures 0, 1 + 1/log2(3) twice: (0 * e + 2 * e) / (3 * 2e)
    assert number(found, "unheard", "artist_gini", 2)["value"] == approx(1 / 3)
    # phi = 3 1 1 0 of 3 people. unheard lists {2, 3}, {3, 2}: log2(3) each, 3 as if heard by one
    assert number(found, "unheard", "novelty", 2)["value"] == approx(math.log2(3))
    # lists of mean phi 0.5 and 0.5, profiles of mean phi 2 and 3
    assert number(found, "unheard", "popularity_lift", 2)["value"] == approx(1 / 5 - 1)


def test_hidden_tracks_are_no_part_of_coverage_nor_of_what_is_relevant():
    train, holdout = histories([[0]], 4), histories([[1, 3]], 4)
    exam = Exam.of(
        train, holdout, catalogue([0, 1, 1, 2], hidden=[3]), cutoffs=[1], bootstrap=QUICK
    )
    found = evaluate(WrittenScores(np.array([[1, 2, 0, 9]])), "m", exam)
    assert exam.facts["tracks_after_cut_hidden"] == 1
    assert found.mean(Task.ALL, "recall", 1) == 1.0
    assert number(found, "all", "coverage", 1)["value"] == approx(1 / 3)
    assert number(found, "all", "artist_coverage", 1)["value"] == 0.5


def test_nobody_to_examine_gives_an_empty_table():
    exam = Exam.of(histories([[0], []], 2), histories([[], []], 2), catalogue([0, 0]))
    found = evaluate(WrittenScores(np.ones((2, 2))), "m", exam)
    assert found.table.num_rows == 0
    assert math.isnan(found.mean(Task.ALL, "ndcg", 10))
    assert difference(found, found, Measure(Task.ALL, "ndcg", 10)).n_listeners == 0


def test_a_task_without_anything_relevant_has_no_row_about_it():
    exam = Exam.of(histories([[0]], 2), histories([[1]], 2), catalogue([0, 0]), bootstrap=QUICK)
    found = evaluate(WrittenScores(np.ones((1, 2))), "m", exam)
    assert number(found, "again", "ndcg", 10) is None
    assert number(found, "unheard", "ndcg", 10)["value"] == 1.0


def test_scores_that_are_no_numbers_are_counted(tiny):
    scores = np.array([[np.nan, 3, 2, 1], [np.inf, -np.inf, np.inf, 4], [np.nan] * 4])
    assert evaluate(WrittenScores(scores), "m", tiny).bad_scores == 3  # the third is not examined


def test_of_many_listeners_some_have_all_their_scores_looked_at_and_all_what_is_listed():
    n_users = 2 * CHECKED  # every second one is looked at
    world = [[0]] * n_users, [[1]] * n_users
    exam = Exam.of(*(histories(cells, 3) for cells in world), catalogue([0, 0, 0]), bootstrap=QUICK)
    scores = np.ones((n_users, 3))
    scores[7, 1] = np.inf  # listed: by every task but re-listening and new artists
    scores[9, 2] = scores[10, 2] = scores[12, :] = np.nan
    tasks = sum(task not in {Task.AGAIN, Task.NEW_ARTISTS} for task in Task)
    for block_bytes in (1, 1000, 1 << 20):
        found = evaluate(WrittenScores(scores), "m", exam, block_bytes=block_bytes)
        assert found.bad_scores == tasks + 1 + 3


def test_a_model_sees_nothing_of_what_it_is_asked_for(tiny):
    class Watched(WrittenScores):
        def score(self, given, candidates=None):
            seen.append((given.region.tolist(), given.items.tolist(), given.plays.tolist()))
            return super().score(given)

    seen = []
    evaluate(Watched(np.ones((3, 4))), "m", tiny)
    # The training cells of those who came back: for their lists, and to look at all scores.
    assert seen == 2 * [([0, 1], [0, 1, 0], [1, 1, 1])]


def test_histories_of_other_people_are_refused():
    with pytest.raises(ValueError, match="same users"):
        Exam.of(histories([[0]], 2), histories([[0], [1]], 2), catalogue([0, 0]))


# --- against plain Python -------------------------------------------------------------------


def slowly(scores, train, holdout, artist_of, *, hidden, task, k):
    """Every mean of one task, from the definitions, one listener at a time."""
    phi = [sum(item in user for user in train) for item in range(len(artist_of))]
    n_listeners = sum(bool(user) for user in train)
    found = {name: [] for name in ("ndcg", "recall", "precision", "mrr", "map", "hit_rate")}
    novelties, lifts, exposed = [], [], {}
    for user, wanted in enumerate(holdout):
        if not wanted:
            continue
        heard_by = {artist_of[item] for item in train[user]}
        may = {
            "all": lambda item: True,
            "again": lambda item, user=user: item in train[user],
            "unheard": lambda item, user=user: item not in train[user],
            "cold_tracks": lambda item, user=user: item not in train[user] and phi[item] <= 3,
            "cold_among_all": lambda item, user=user: item not in train[user],
            "new_artists": lambda item, by=heard_by: (
                artist_of[item] >= 0 and artist_of[item] not in by
            ),
        }[task]
        shown = [i for i in range(len(artist_of)) if i not in hidden and may(i)]
        ranked = [i for i in shown if np.isfinite(scores[user][i])]
        ranked = sorted(ranked, key=lambda i, user=user: (-scores[user][i], i))[:k]
        right = {item for item in wanted if item in shown}
        if task == "cold_among_all":
            right = {item for item in right if phi[item] <= 3}
        if right:
            hits = [item in right for item in ranked]
            gain = sum(1 / math.log2(rank + 2) for rank, hit in enumerate(hits) if hit)
            ideal = sum(1 / math.log2(rank + 2) for rank in range(min(k, len(right))))
            ranks = [rank + 1 for rank, hit in enumerate(hits) if hit]
            found["ndcg"].append(gain / ideal)
            found["recall"].append(len(ranks) / len(right))
            found["precision"].append(len(ranks) / k)
            found["mrr"].append(1 / ranks[0] if ranks else 0)
            found["map"].append(
                sum((n + 1) / rank for n, rank in enumerate(ranks)) / min(k, len(right))
            )
            found["hit_rate"].append(float(bool(ranks)))
        if ranked:
            novelties.append(np.mean([-math.log2(max(phi[i], 1) / n_listeners) for i in ranked]))
            if train[user]:
                lifts.append(
                    (np.mean([phi[i] for i in ranked]), np.mean([phi[i] for i in train[user]]))
                )
        for rank, item in enumerate(ranked):
            exposed[item] = exposed.get(item, 0) + 1 / math.log2(rank + 2)
    means = {name: np.mean(values) for name, values in found.items() if values}
    if novelties:
        means["novelty"] = np.mean(novelties)
    if lifts:
        means["popularity_lift"] = sum(a for a, _ in lifts) / sum(b for _, b in lifts) - 1
    means["coverage"] = len(exposed) / (len(artist_of) - len(hidden))
    artists = {artist_of[i]: 0.0 for i in range(len(artist_of)) if i not in hidden}
    artists.pop(-1, None)
    for item, exposure in exposed.items():
        if artist_of[item] >= 0:
            artists[artist_of[item]] += exposure
    values = sorted(artists.values())
    means["artist_coverage"] = sum(value > 0 for value in values) / len(values)
    spread = sum(abs(a - b) for a in values for b in values)  # G = mean |a - b| / (2 mean)
    means["artist_gini"] = spread / (2 * len(values) * sum(values))
    return means


@pytest.mark.parametrize("seed", range(4))
def test_every_number_is_that_of_the_slow_version(seed):
    rng = np.random.default_rng(seed)
    n_users, n_items = 23, 31
    artist_of = rng.integers(-1, 9, n_items).tolist()
    hidden = rng.choice(n_items, 4, replace=False).tolist()

    def some(longest):
        sizes = rng.integers(0, longest, n_users) * rng.integers(0, 2, n_users)
        return [sorted(rng.choice(n_items, n, replace=False).tolist()) for n in sizes]

    train, holdout = some(12), some(9)
    scores = rng.integers(0, 9, (n_users, n_items)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.2] = -np.inf
    exam = Exam.of(
        histories(train, n_items),
        histories(holdout, n_items),
        catalogue(artist_of, hidden),
        cutoffs=[4, 9],
        bootstrap=QUICK,
    )
    # Five listeners at a time; with two threads, in two batches at once.
    n_threads = 1 + seed % 2
    block = 4 * n_items * 5 * n_threads
    found = evaluate(WrittenScores(scores), "m", exam, block_bytes=block, threads=n_threads)
    for task in Task:
        for k in (4, 9):
            expected = slowly(scores, train, holdout, artist_of, hidden=hidden, task=str(task), k=k)
            got = {
                row["metric"]: row["value"]
                for row in found.table.to_pylist()
                if (row["task"], row["k"], row["segment"]) == (str(task), k, "overall")
            }
            assert got == approx(expected, rel=1e-5), (task, k)


# --- segments, samples, intervals -----------------------------------------------------------


@pytest.fixture(scope="module")
def crowd():
    """260 listeners of two regions, 40 tracks; who plays much is served better."""
    rng = np.random.default_rng(8)
    n_users, n_items = 260, 40
    lengths = np.where(np.arange(n_users) < 60, 2, rng.integers(4, 20, n_users))
    train = [rng.choice(n_items, n, replace=False).tolist() for n in lengths]
    holdout = [rng.choice(n_items, 5, replace=False).tolist() for _ in range(n_users)]
    cells = [(user, item) for user, items in enumerate(train) for item in items]
    before = Histories.from_cells(
        *np.array(cells).T, n_users=n_users, n_items=n_items, region=np.arange(n_users) % 5 // 4
    )
    scores = rng.random((n_users, n_items))
    for user, items in enumerate(holdout):
        scores[user, items] += 0.01 * lengths[user]

    class Numbered(WrittenScores):
        """Takes its listeners in order: all of them in one block, or evenly spread ones."""

        def score(self, given, candidates=None):
            assert n_users % len(given) == 0
            return self.scores[:: n_users // len(given)].astype(np.float32)

    tracks = catalogue((np.arange(n_items) % 7).tolist())
    tracks = type(tracks)(**{**vars(tracks), "regions": IdMap.of(["BA", "CE"])})
    after = histories(holdout, n_items)
    return Numbered(scores), before, after, tracks


def test_segments_are_measured_apart_and_small_ones_not_at_all(crowd):
    model, before, after, tracks = crowd
    exam = Exam.of(before, after, tracks, cutoffs=[5], bootstrap=QUICK)
    found = evaluate(model, "m", exam)
    values = found.values[Task.ALL, "ndcg", 5]
    plays = before.lengths
    border = np.median(plays[60:])
    assert exam.facts["light_max_plays"] == border
    heavy = number(found, "all", "ndcg", 5, "activity:heavy")
    assert heavy["value"] == approx(values[plays > border].mean(), rel=1e-6)
    assert heavy["n_users"] == (plays > border).sum()
    new = number(found, "all", "ndcg", 5, "activity:new")
    assert new["value"] == approx(values[:60].mean(), rel=1e-6)
    assert new["n_users"] == 60
    bahia = number(found, "all", "ndcg", 5, "region:BA")
    assert bahia["value"] == approx(values[np.arange(260) % 5 < 4].mean(), rel=1e-6)
    # Ceará has 52 listeners, of whom fewer than 50 have anything to hear again.
    assert number(found, "all", "ndcg", 5, "region:CE")["n_users"] == 52
    assert number(found, "again", "ndcg", 5, "region:CE") is None


def test_further_groups_can_be_named(crowd):
    model, before, after, tracks = crowd
    odd = Partition(("odd",), np.where(np.arange(261) % 2, 0, -1).astype(np.int32), {"odd": True})
    # One listener before all others does not come back, so places in the exam are not rows.
    first = np.r_[0, np.arange(260)]
    before, after = before.rows(first), after.rows(first)
    after.plays[: after.indptr[1]] = 0
    exam = Exam.of(before, after, tracks, cutoffs=[5], bootstrap=QUICK, partitions=[odd])
    found = evaluate(model, "m", exam)
    values = found.values[Task.ALL, "ndcg", 5]
    assert exam.rows.tolist() == list(range(1, 261))
    assert number(found, "all", "ndcg", 5, "odd")["value"] == approx(values[::2].mean(), rel=1e-6)
    assert exam.facts["odd"] is True


def test_a_sample_is_drawn_by_seed_and_said(crowd):
    _, before, after, tracks = crowd
    first, again, other = (
        Exam.of(before, after, tracks, max_users=30, bootstrap=Bootstrap(seed=seed))
        for seed in (1, 1, 2)
    )
    assert first.facts["sampled"]
    assert (first.facts["listeners_after_cut"], first.facts["listeners_examined"]) == (260, 30)
    assert first.rows.tolist() == again.rows.tolist() == sorted(set(first.rows.tolist()))
    assert first.rows.tolist() != other.rows.tolist()
    assert first.same_as(again)
    assert not first.same_as(other)


def test_every_number_lies_in_its_interval_and_has_a_definition(crowd):
    model, before, after, tracks = crowd
    found = evaluate(model, "m", Exam.of(before, after, tracks, bootstrap=QUICK)).table.to_pylist()
    assert {row["metric"] for row in found} == set(DEFINITIONS)
    assert set(TASK_DEFINITIONS) == {str(task) for task in Task}
    assert {row["task"] for row in found} >= {"all", "again", "unheard", "new_artists"}
    for row in found:
        assert row["low"] <= row["value"] + 1e-9, row
        assert row["value"] <= row["high"] + 1e-9, row
        if row["metric"] == "ndcg":
            assert row["low"] < row["high"]


def test_phi_comes_from_what_the_models_were_fitted_on(crowd):
    _, before, after, tracks = crowd
    exam = Exam.of(before, after, tracks, fitted_on=histories([[1, 2], [2], []], 40))
    assert exam.listeners[:4].tolist() == [0, 1, 2, 0]
    assert exam.n_listeners == 2


# --- pairing --------------------------------------------------------------------------------


def test_a_model_does_not_differ_from_itself(crowd):
    model, before, after, tracks = crowd
    found = evaluate(model, "m", Exam.of(before, after, tracks, cutoffs=[5], bootstrap=QUICK))
    same = difference(found, found, Measure(Task.ALL, "ndcg", 5))
    assert (same.value, same.low, same.high, same.relative, same.relative_error) == (0, 0, 0, 0, 0)
    assert same.identical


def test_pairing_sees_a_small_gain_that_two_intervals_would_hide(crowd):
    model, before, after, tracks = crowd
    exam = Exam.of(before, after, tracks, cutoffs=[5], bootstrap=QUICK)
    scores = model.scores.copy()
    for user in range(0, 260, 8):  # one hit more for an eighth of the listeners
        scores[user, after.items[after.indptr[user]]] = 5
    better = evaluate(type(model)(scores), "better", exam)
    worse = evaluate(model, "m", exam)
    apart = [number(found, "all", "ndcg", 5) for found in (better, worse)]
    assert apart[0]["low"] < apart[1]["high"]  # the two intervals overlap
    paired = difference(better, worse, Measure(Task.ALL, "ndcg", 5))
    assert paired.low > 0
    assert not paired.identical
    gains = better.values[Task.ALL, "ndcg", 5] - worse.values[Task.ALL, "ndcg", 5]
    assert paired.value == approx(gains.mean(), rel=1e-5)
    assert paired.relative == approx(paired.candidate / paired.other - 1)
    assert paired.relative_low < paired.relative < paired.relative_high
    # The spread of the resamples is that of a mean of independent differences.
    assert paired.high - paired.low == approx(2 * 1.96 * gains.std() / 260**0.5, rel=0.35)


def test_results_of_different_exams_are_not_compared(crowd):
    model, before, after, tracks = crowd
    found = [
        evaluate(model, "m", Exam.of(before, given, tracks, cutoffs=[5]))
        for given in (after, histories([[1]] * 260, 40))
    ]
    with pytest.raises(ValueError, match="different exams"):
        difference(*found, Measure(Task.ALL, "ndcg", 5))
