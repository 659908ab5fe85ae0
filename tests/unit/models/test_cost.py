"""Costs follow from sizes alone and grow with them."""

import numpy as np
import pytest

from model_worlds import crooked_world, random_world
from rekomenda.models import registry
from rekomenda.models.cost import Size
from rekomenda.models.linear.base import value_matrix
from rekomenda.models.linear.co_listening import co_listening


def test_the_sizes_are_those_of_what_is_liked():
    size = Size.of(crooked_world())
    assert (size.n_users, size.n_items, size.n_cells) == (8, 9, 20)
    assert size.n_pairs == 3**2 + 3**2 + 3**2 + 4**2 + 4**2 + 3**2


def test_no_more_pairs_share_a_listener_than_are_reckoned():
    data = random_world(n_users=60, n_items=300, n_cells=700, seed=4)
    found = co_listening(value_matrix(data.interactions.histories, "binary"))
    assert len(found.items) <= Size.of(data).n_linked <= 300 * 300


@pytest.mark.parametrize("name", registry.names())
def test_more_data_costs_more_and_the_same_data_the_same(name):
    few = random_world(n_users=60, n_items=50, n_cells=700, seed=4)
    many = random_world(n_users=600, n_items=200, n_cells=9000, seed=4)
    algorithm = registry.create(name)
    cost = algorithm.cost(many)
    assert cost == algorithm.cost(many)
    assert 0 < algorithm.cost(few).seconds < cost.seconds < 60
    assert 0 < algorithm.cost(few).n_bytes < cost.n_bytes < 1e9


def test_large_sizes_are_told_apart():
    large = Size(
        n_users=1_000_000, n_items=100_000, n_cells=50_000_000, n_pairs=10**10, n_linked=10**9
    )
    costs = {name: registry.create(name)._cost(large) for name in ("ease", "rp3beta", "als")}
    assert costs["ease"].n_bytes == pytest.approx(4e10 + 8e8, rel=0.1)
    assert costs["rp3beta"].n_bytes < 3e9
    assert costs["ease"].seconds > 1000
    assert np.isfinite([cost.seconds for cost in costs.values()]).all()
