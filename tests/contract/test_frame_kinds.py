"""Every kind of frame: the same content in gives the same content out, in that kind."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from rekomenda import Recommender

ROWS = [
    # who, what, day, times: three people agree on x and y; two on z
    (7, "x", dt.date(2024, 3, 1), 2),
    (7, "y", dt.date(2024, 3, 2), 1),
    (12, "x", dt.date(2024, 3, 1), 5),
    (12, "y", dt.date(2024, 3, 3), 1),
    (12, "z", dt.date(2024, 3, 4), 1),
    (100, "x", dt.date(2024, 3, 5), 1),
    (100, "z", dt.date(2024, 3, 5), 3),
    (101, "008", dt.date(2024, 3, 5), 1),
]
NAMES = ("who", "song_id", "date", "count")
COLUMNS = {"user_id": "who"}
TABLE = pa.table(
    {
        "who": pa.array([row[0] for row in ROWS], pa.int32()),
        "song_id": [row[1] for row in ROWS],
        "date": pa.array([row[2] for row in ROWS], pa.date32()),
        "count": [row[3] for row in ROWS],
    }
)
KINDS = {
    "pandas": TABLE.to_pandas,
    "pandas with moments at midnight": lambda: TABLE.to_pandas().astype({"date": "datetime64[ns]"}),
    "pandas of Arrow": lambda: TABLE.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda: pl.from_arrow(TABLE),
    "polars, lazy": lambda: pl.from_arrow(TABLE).lazy(),
    "pyarrow": lambda: TABLE,
}


def rows_of(frame) -> list[dict]:
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pd.DataFrame):
        return frame.to_dict("records")
    return frame.to_dicts() if isinstance(frame, pl.DataFrame) else frame.to_pylist()


@pytest.fixture(scope="module", params=KINDS, ids=list(KINDS))
def frame(request):
    return KINDS[request.param]()


@pytest.fixture(scope="module")
def expected():
    return Recommender("item_knn").fit(TABLE, columns=COLUMNS)


@pytest.fixture(scope="module")
def recommender(frame):
    return Recommender("item_knn").fit(frame, columns=COLUMNS)


ANSWERS = {
    "recommend": lambda r: r.recommend(n=2),
    "recommend for some": lambda r: r.recommend([100, 7, 999]),
    "recommend for somebody new": lambda r: r.recommend_for(["z"]),
    "similar": lambda r: r.similar(["z", "x"]),
    "explain": lambda r: r.explain(7, "z").contributions,
    "evaluate": lambda r: r.evaluate(),
    "set aside": lambda r: r.set_aside,
}


@pytest.mark.parametrize("ask", ANSWERS.values(), ids=list(ANSWERS))
def test_the_answer_is_of_the_same_kind_and_the_same(frame, recommender, expected, ask):
    answer = ask(recommender)
    assert type(answer) is type(frame)
    pd.testing.assert_frame_equal(
        pd.DataFrame(rows_of(answer)), pd.DataFrame(rows_of(ask(expected))), check_dtype=False
    )


def test_columns_carry_the_callers_names_and_types(frame, recommender):
    answer = recommender.recommend(n=1)
    if isinstance(answer, pd.DataFrame):
        assert list(answer) == ["who", "rank", "song_id", "score", "reason"]
        assert answer["who"].dtype == frame["who"].dtype
        assert answer["song_id"].dtype == frame["song_id"].dtype
        assert len(answer.merge(frame, on="who"))
    elif isinstance(answer, pa.Table):
        assert answer.schema.field("who").type == pa.int32()
        assert answer.schema.field("song_id").type == pa.string()
    else:
        schema = answer.collect_schema()
        assert (schema["who"], schema["song_id"]) == (pl.Int32, pl.String)


def test_a_frame_is_not_changed():
    frame = TABLE.to_pandas()
    before = frame.copy(deep=True)
    Recommender("item_knn").fit(frame, columns=COLUMNS)
    pd.testing.assert_frame_equal(frame, before)


IDS = {
    "text with leading zeros": ["007", "7", "010", "b"],
    "large whole numbers": np.array([2**60, 2**60 + 1, 3, -4]),
    "whole floats, as a missing id makes them": np.array([10.0, 9.0, 3.0, 4.0]),
    "categories": pd.Categorical(["a", "c", "b", "d"]),
    "pandas' own integers": pd.array([10, 9, 3, 4], dtype="Int64"),
    "unsigned": np.array([1, 2, 3, 2**63], np.uint64),
}


@pytest.mark.parametrize("ids", IDS.values(), ids=list(IDS))
def test_ids_come_back_as_they_were(ids):
    plays = pd.DataFrame(
        {"user": list("aabbcc"), "track": pd.Series(ids)[[0, 1, 1, 2, 0, 3]].array}
    )
    answer = Recommender("item_knn").fit(plays).recommend(n=3)
    assert answer["track"].dtype == plays["track"].dtype
    assert set(answer["track"]) <= set(plays["track"])
    assert len(answer.merge(plays, on="track")) >= len(answer)
