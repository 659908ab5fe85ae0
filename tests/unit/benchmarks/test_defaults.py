"""The rule by which a default is chosen among measured settings."""

import json
import sys

import pytest

from support.repository import ROOT


@pytest.fixture(scope="module")
def defaults():
    """The script, imported as it imports its neighbours."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import defaults as script

        yield script
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


def test_the_best_mean_relative_to_the_best_of_each_data_set_wins(defaults):
    # 0.8, 1.0 | 1.0, 0.9: a data set with large figures does not outvote one with small ones.
    found = {"small": [0.08, 0.10], "large": [0.50, 0.45]}
    assert defaults.relative(found) == pytest.approx([0.9, 0.95])
    assert defaults.choose(found) == 1


def test_of_settings_that_are_as_good_as_the_best_the_first_is_chosen(defaults):
    assert defaults.choose({"one": [0.900, 0.998, 1.0]}) == 1
    assert defaults.choose({"one": [0.900, 0.997, 1.0]}) == 2


def test_a_data_set_counts_only_when_every_setting_was_measured_on_it(defaults, tmp_path):
    grid = defaults.GRIDS["rp3beta"]
    for name, measured in (("whole", len(grid)), ("begun", 2), ("broken", len(grid))):
        for place, setting in enumerate(grid[:measured]):
            file = defaults.cell_file(tmp_path, name, "rp3beta", setting)
            file.parent.mkdir(parents=True, exist_ok=True)
            failed = name == "broken" and place == 1
            row = {"failed": "more than 200 s"} if failed else {"ndcg": 0.1 + place}
            file.write_text(json.dumps(row))
    found = defaults.collected(tmp_path, "rp3beta", ["whole", "begun", "broken", "absent"])
    assert found == {"whole": [0.1 + place for place in range(len(grid))]}


def test_each_setting_has_a_file_of_its_own(defaults, tmp_path):
    files = {
        defaults.cell_file(tmp_path, "world", algorithm, setting)
        for algorithm, grid in defaults.GRIDS.items()
        for setting in grid
    }
    assert len(files) == sum(map(len, defaults.GRIDS.values()))


def test_every_setting_of_a_grid_is_one_that_its_algorithm_accepts(defaults):
    for algorithm, grid in defaults.GRIDS.items():
        for setting in grid:
            defaults.registry.create(algorithm, setting)
