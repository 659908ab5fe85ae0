"""`benchmarks/split.py` measures a split that can be worked out by hand."""

import importlib.util
import json
from types import ModuleType

import pytest

from support.repository import ROOT


@pytest.fixture(scope="module")
def split() -> ModuleType:
    spec = importlib.util.spec_from_file_location("split", ROOT / "benchmarks/split.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def files(tmp_path):
    """Item 0 has three listeners, 1 and 2 two each, 3 none; user 2 has nothing to be found."""
    (tmp_path / "train.txt").write_text("0 0 1\n1 0\n2 0 1 2 2\n3 2\n")
    (tmp_path / "test.txt").write_text("0 2 3\n1 1 \n2\n3 0 1\n")
    return ["--train", str(tmp_path / "train.txt"), "--test", str(tmp_path / "test.txt")]


def test_popularity_by_hand(split, files, capsys):
    assert split.main([*files, "--algorithm", "popularity", "--k", "2", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    # Lists: user 0 [2], user 1 [1, 2], user 3 [0, 1]; user 2 does not count.
    assert result["recall@2"] == pytest.approx((1 / 2 + 1 + 1) / 3)
    assert result["ndcg@2"] == pytest.approx((1 / (1 + 0.63093) + 1 + 1) / 3, abs=1e-5)
    assert (result["users"], result["test_users"], result["items"]) == (4, 3, 4)
    assert result["train_cells"] == 7  # the repeat is dropped
    assert result["peak_rss_mb"] > 10
    assert {"fit_seconds", "recommend_seconds"} <= result.keys()


def test_hyperparameters_are_set_by_name(split, files, capsys):
    settings = ["--set", "n_neighbours=1", "--set", "weighting=bm25"]
    assert split.main([*files, "--algorithm", "item_knn", "--json", *settings]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["hyperparameters"] == {"n_neighbours": 1, "weighting": "bm25"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--algorithm", "eas"], 78, "Did you mean ease?"),
        (["--algorithm", "ease", "--set", "regularization=-1"], 78, "must be a number > 0"),
        (["--algorithm", "popularity", "--train", "missing.txt"], 65, "missing.txt"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(split, files, capsys, arguments, code, words):  # noqa: PLR0917 - pytest names them
    assert split.main([*files, *arguments]) == code
    assert words in capsys.readouterr().err


def test_a_file_of_something_else_is_refused(split, files, tmp_path, capsys):
    (tmp_path / "train.txt").write_text("user_id,item_id\n")
    assert split.main([*files, "--algorithm", "popularity"]) == 65
    assert "user_id" in capsys.readouterr().err
