"""Rows numbered in order where they lie: no task sees all of them, and the driver sees none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_AT: Final = "_at"
_BITS: Final = 33
"""Of Spark's `monotonically_increasing_id` the lower bits count within a partition."""


def numbered(rows: DataFrame, number: str, by: str, folder: str) -> DataFrame:
    """Return rows with their place in the order of a column, from 0, as a last column of int32.

    Sorted by ranges, written down, and read back: each range is then numbered from the count of those
    before it. What is written down is the same whichever executor is lost later.

    Parameters
    ----------
    rows : DataFrame
    number, by : str
        The column that is made; the one that says the order, without repeats.
    folder : str
        Where to write; on storage that all executors see.
    """
    from pyspark.sql import Window  # noqa: PLC0415 - an extra
    from pyspark.sql import functions as f  # noqa: PLC0415 - an extra

    columns = rows.columns
    in_order = rows.orderBy(f.col(by).asc_nulls_last())
    placed = in_order.withColumn(_AT, f.monotonically_increasing_id())
    placed.write.parquet(folder)
    written = rows.sparkSession.read.schema(placed.schema).parquet(folder)
    sizes = written.groupBy(f.shiftright(_AT, _BITS).alias("_range")).agg(f.count("*").alias("_n"))
    before = f.sum("_n").over(Window.orderBy("_range")) - f.col("_n")  # a row for each range
    starts = sizes.select("_range", before.alias("_start"))
    within = f.col(_AT).bitwiseAND((1 << _BITS) - 1)
    return written.join(
        f.broadcast(starts), f.shiftright(written[_AT], _BITS) == starts["_range"]
    ).select(*columns, (within + f.col("_start")).cast("int").alias(number))
