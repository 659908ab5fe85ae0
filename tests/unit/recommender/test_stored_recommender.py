"""A recommender that was saved answers as it did, in another process too, and nothing is pickled."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import polars as pl
import pytest

from rekomenda import Recommender
from rekomenda.errors import CorruptError, InputNotFoundError, NothingHeldBackError, PathTakenError

PLAYS = pd.DataFrame(
    {
        "user": [1, 1, 2, 2, 2, 3, 4],
        "track": ["x", "y", "x", "y", "z", "x", "w"],
        "day": pd.to_datetime(["2024-01-01"] * 3 + ["2024-01-20"] * 4),
    }
)
ASK = """
import sys
from rekomenda import Recommender
print(Recommender.load(sys.argv[1]).recommend(3)["track"].tolist())
"""


@pytest.fixture
def fitted():
    return Recommender("item_knn", language="pt-BR", max_per_artist=2).fit(PLAYS)


def test_a_loaded_one_answers_as_it_did(fitted, tmp_path):
    fitted.save(tmp_path / "deep" / "model")
    loaded = Recommender.load(str(tmp_path / "deep" / "model"))
    pd.testing.assert_frame_equal(loaded.recommend(), fitted.recommend())
    pd.testing.assert_frame_equal(loaded.similar("x"), fitted.similar("x"))
    assert str(loaded.explain(3, "y")) == str(fitted.explain(3, "y"))
    assert repr(loaded) == repr(fitted)


def test_another_process_loads_it(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    command = [sys.executable, "-c", ASK, str(tmp_path / "model")]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == str(fitted.recommend(3)["track"].tolist())


def test_the_kind_of_frame_is_kept(tmp_path):
    Recommender("item_knn").fit(pl.from_pandas(PLAYS)).save(tmp_path / "model")
    answer = Recommender.load(tmp_path / "model").recommend()
    assert answer.schema["user"] == pl.Int64


def test_saving_again_replaces_it_whole(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    Recommender("popularity").fit(PLAYS).save(tmp_path / "model")
    assert Recommender.load(tmp_path / "model").algorithm == "popularity"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_nothing_else_is_ever_replaced(fitted, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(PathTakenError):
        fitted.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_flipped_byte_is_noticed(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    file = next((tmp_path / "model").rglob("*.npy"))
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(CorruptError):
        Recommender.load(tmp_path / "model")


def test_where_nothing_was_saved_nothing_is_loaded(tmp_path):
    with pytest.raises(InputNotFoundError):
        Recommender.load(tmp_path)


def test_a_loaded_one_has_nothing_to_be_examined_on(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    with pytest.raises(NothingHeldBackError, match="before you save"):
        Recommender.load(tmp_path / "model").evaluate()
