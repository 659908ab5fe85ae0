import numpy as np
import pytest

from rekomenda.domain.top_n import top_n
from rekomenda.evaluation.lists import rank
from rekomenda.evaluation.tasks import Task, eligible, heard_artists
from support.evaluation_worlds import catalogue, histories


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n", [1, 3, 30])
def test_one_walk_gives_the_lists_that_four_would(seed, n):
    rng = np.random.default_rng(seed)
    n_users, n_items = 41, 67
    tracks = catalogue(
        rng.integers(-1, 1 + 9 * (seed % 3), n_items).tolist(),
        hidden=rng.choice(n_items, 8, replace=False).tolist(),
    )
    lengths = rng.integers(0, 50, n_users) * rng.integers(0, 2, n_users)
    train = histories(
        [rng.choice(n_items, length, replace=False).tolist() for length in lengths], n_items
    )
    # Few distinct scores, so that ties are everywhere; some items without an opinion.
    scores = rng.integers(0, 6, (n_users, n_items)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    cold = rng.random(n_items) < 0.3
    artists = heard_artists(train, tracks)
    found = rank(scores.copy(), train, artists, tracks, n=n, tasks=list(Task), cold=cold)
    for task in Task:
        expected = top_n(eligible(task, train, tracks, cold).apply(scores.copy()), n)
        assert found[task].items.tolist() == expected.items.tolist(), task
        assert found[task].scores.tolist() == expected.scores.tolist(), task


@pytest.mark.parametrize("task", Task)
def test_a_task_alone_gives_the_same_list(task):
    rng = np.random.default_rng(3)
    tracks = catalogue([0, 1, 2, 0, 1, 2, -1])
    train = histories([[0, 1], [], [2, 3, 6]], 7)
    scores = rng.random((3, 7)).astype(np.float32)
    artists = heard_artists(train, tracks)
    together = rank(scores.copy(), train, artists, tracks, n=2, tasks=list(Task))
    alone = rank(scores.copy(), train, artists, tracks, n=2, tasks=[task])
    assert list(alone) == [task]
    assert alone[task].items.tolist() == together[task].items.tolist()
