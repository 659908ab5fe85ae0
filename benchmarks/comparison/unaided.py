"""What stands beside a weekly run: pandas with implicit, and Spark's MLlib, each as it comes."""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

import numpy as np

# ruff: noqa: PLC0415 - each imports what it needs: a child's peak memory starts at its parent's


def pandas_and_implicit(options: argparse.Namespace) -> dict[str, Any]:
    """Add up plays with pandas, fit `implicit`'s ALS and list 50 tracks for everybody."""
    import pandas as pd
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_array, csr_matrix
    from threadpoolctl import threadpool_limits

    began = time.perf_counter()
    columns = ["user_id", "id_tracks", "plays"]
    files = sorted((options.folder / "input").glob("plays-*.csv"))
    kinds = {"user_id": "string[pyarrow]", "id_tracks": "string[pyarrow]"}
    days = (pd.read_csv(file, usecols=columns, dtype=kinds, engine="pyarrow") for file in files)
    table = pd.concat(days).groupby(columns[:2], sort=False)["plays"].sum().reset_index()
    users, tracks = (pd.factorize(table[name])[0] for name in columns[:2])
    weights = np.log2(1 + table["plays"].to_numpy(np.float32))
    matrix = csr_matrix(csr_array((weights, (users, tracks))))
    read = time.perf_counter()
    model = AlternatingLeastSquares(factors=64, iterations=10, random_state=1, num_threads=0)
    with threadpool_limits(1, "blas"):
        model.fit(matrix, show_progress=False)
        fitted = time.perf_counter()
        for start in range(0, matrix.shape[0], 10_000):
            batch = np.arange(start, min(start + 10_000, matrix.shape[0]))
            model.recommend(batch, matrix[batch], N=50)
    listed = time.perf_counter()
    return {
        "cells": int(matrix.nnz),
        "read_s": round(read - began, 1),
        "fit_s": round(fitted - read, 1),
        "lists_s": round(listed - fitted, 1),
    }


def mllib(options: argparse.Namespace) -> dict[str, Any]:
    """Add up plays with Spark SQL, fit MLlib's ALS and let it list 50 tracks for everybody."""
    from pyspark.ml.recommendation import ALS
    from pyspark.sql import functions as f

    from rekomenda.engines.spark.session import open_session

    cores = len(os.sched_getaffinity(0))
    spark = open_session(f"local[{cores}]", {"spark.driver.memory": "8g"})
    began = time.perf_counter()
    columns = "id_date DATE, user_id STRING, id_tracks STRING, plays BIGINT"
    plays = spark.read.csv(str(options.folder / "input" / "plays-*.csv"), columns, header=True)
    table = plays.groupBy("user_id", "id_tracks").agg(f.log2(1 + f.sum("plays")).alias("weight"))
    for name in ("user_id", "id_tracks"):
        numbered = plays.select(name).distinct().rdd.map(lambda row: row[0]).zipWithIndex()
        numbers = numbered.toDF([name, f"{name}_n"]).withColumn(
            f"{name}_n", f.col(f"{name}_n").cast("int")
        )
        table = table.join(numbers, name)
    table = table.select("user_id_n", "id_tracks_n", "weight").persist()
    cells = table.count()
    read = time.perf_counter()
    als = ALS(
        rank=64,
        maxIter=10,
        implicitPrefs=True,
        userCol="user_id_n",
        itemCol="id_tracks_n",
        ratingCol="weight",
        seed=1,
    )
    model = als.fit(table)
    fitted = time.perf_counter()
    model.recommendForAllUsers(50).write.format("noop").mode("overwrite").save()
    listed = time.perf_counter()
    spark.stop()
    return {
        "cells": cells,
        "read_s": round(read - began, 1),
        "fit_s": round(fitted - read, 1),
        "lists_s": round(listed - fitted, 1),
    }
