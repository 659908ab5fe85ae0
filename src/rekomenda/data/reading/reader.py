"""A source file read into checked blocks, on several threads and in the order of the file."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rekomenda.data.layout import Source
from rekomenda.data.reading.checks import Checker
from rekomenda.data.reading.csv_blocks import parse_csv, raw_blocks, sampled
from rekomenda.data.reading.habits import HAVE_HABITS, KINDS, Evidence, Habits, UnsettledError
from rekomenda.data.reading.mapping import ColumnMap, detect
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.parquet import parse_parquet, read_batches, row_count
from rekomenda.data.reading.rules import RULES
from rekomenda.data.reading.sniff import WINDOWS, Sniffed, sniff
from rekomenda.data.reading.text_blocks import TextBlock
from rekomenda.data.reading.twice_encoded import NEVER, TwiceEncoded

Parse = Callable[[], TextBlock]


@dataclass(frozen=True)
class Plan:
    """How one file will be read.

    Parameters
    ----------
    sniffed : Sniffed
    column_map : ColumnMap
    habits : Habits
    """

    sniffed: Sniffed
    column_map: ColumnMap
    habits: Habits


@dataclass(frozen=True, eq=False)
class Block:
    """Checked rows of a file, in its order.

    Parameters
    ----------
    rows : pa.Table
        The right ones: canonical columns, and `line` (int64). Ids are text.
    rejects : pa.Table
        The wrong ones: `line`, `column` (as the file calls it), `rule`, `text`.
    twice_encoded : TwiceEncoded
        Rows with letters that were encoded twice, mended or not.
    """

    rows: pa.Table
    rejects: pa.Table
    twice_encoded: TwiceEncoded = NEVER


def plan_for(source: Source, options: ReadOptions) -> Plan:
    """Find out how to read a file, from its start.

    Raises
    ------
    InputRejectedError
        If it cannot be read at all.
    """
    sniffed = sniff(source, options)
    plan = Plan(sniffed, detect(source.name, sniffed.header, options.columns), Habits())
    if sniffed.container == "parquet":
        return _with_habits(plan, _parses(source, plan, options, _names(plan)), options, True)
    blocks = sampled(source, sniffed)
    parses = (partial(parse_csv, b, sniffed, plan.column_map, _names(plan)) for b in blocks)
    return _with_habits(plan, parses, options, sniffed.whole)


def look_again(source: Source, plan: Plan, options: ReadOptions, error: UnsettledError) -> Plan:
    """Find out how to read a file whose start has misled, from all of it."""
    if error.not_utf8:
        sniffed = sniff(source, replace(options, encoding=WINDOWS))
        return replace(plan, sniffed=replace(sniffed, declared=False))
    try:
        return _with_habits(plan, _parses(source, plan, options, _names(plan)), options, True)
    except UnsettledError as doubt:  # the encoding, further on than what was read so far
        return look_again(source, plan, options, doubt)


def read(source: Source, plan: Plan, options: ReadOptions) -> Iterator[Block]:
    """Read a file as planned.

    Raises
    ------
    UnsettledError
        If the plan was made from a start that misled; `look_again` makes a better one.
    InputRejectedError
        If the file is damaged.
    """
    checker = Checker(plan.column_map, plan.habits, options)
    parses = _parses(source, plan, options, list(plan.column_map.places))
    waiting: deque[Future[Block]] = deque()
    with ThreadPoolExecutor(options.threads) as pool:
        try:
            for parse in parses:
                waiting.append(pool.submit(_check, parse, checker, plan.column_map))
                if len(waiting) > options.threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def expected_rows(source: Source, plan: Plan) -> int | None:
    """Return about how many rows a file has, by its size; None where that cannot be told."""
    sniffed = plan.sniffed
    if sniffed.container == "parquet":
        return row_count(source)
    if sniffed.compression or sniffed.encoding.startswith("utf-16") or not sniffed.sample:
        return None
    lines = sniffed.sample.count(b"\n") or sniffed.sample.count(b"\r") or 1
    return round(source.path.stat().st_size * lines / len(sniffed.sample))


def _names(plan: Plan) -> list[str]:
    """Return the columns whose values show habits; none would ask Arrow for all of them."""
    places = list(plan.column_map.places)
    return [name for name in places if KINDS[name] in HAVE_HABITS] or places[:1]


def _parses(
    source: Source, plan: Plan, options: ReadOptions, names: Sequence[str]
) -> Iterator[Parse]:
    """Yield the work of parsing a file, a block at a time."""
    if plan.sniffed.container == "parquet":
        for batch in read_batches(source, plan.column_map, names):
            yield partial(parse_parquet, batch, source, plan.column_map, names)
    else:
        for block in raw_blocks(source, plan.sniffed, options.block_bytes):
            yield partial(parse_csv, block, plan.sniffed, plan.column_map, names)


def _with_habits(plan: Plan, parses: Iterator[Parse], options: ReadOptions, final: bool) -> Plan:
    """Complete a plan with the habits that some blocks show."""
    evidence = Evidence(options)
    for parse in parses:
        for name, column in parse().columns.items():
            if KINDS[name] not in HAVE_HABITS:
                continue
            counted = pc.value_counts(column)
            values, rows = counted.field("values"), counted.field("counts")
            if pa.types.is_dictionary(values.type):
                values = values.dictionary_decode()
            evidence.add(name, dict(zip(values.to_pylist(), rows.to_pylist(), strict=True)))
    habits = evidence.habits(final=final)
    return replace(
        plan,
        habits=habits,
        column_map=plan.column_map.settled(day_has_time=habits.day_has_time),
    )


def _check(parse: Parse, checker: Checker, column_map: ColumnMap) -> Block:
    """Parse and check one block, and part its rows."""
    texts = parse()
    n_rows = len(texts.lines)
    checked = checker.check(texts.columns, n_rows)
    columns = dict(checked.columns)
    if column_map.timed and "plays" not in columns:
        columns["plays"] = pa.array(np.ones(n_rows, np.int64))
    rows = pa.table({**columns, "line": texts.lines})
    wrong = np.flatnonzero(checked.faults)
    if len(wrong):
        texts.rejects.add(
            lines=texts.lines[wrong],
            columns=[column_map.header[place] for place in checked.places[wrong]],
            rules=[RULES[fault - 1] for fault in checked.faults[wrong]],
            texts=texts.original(wrong),
        )
        rows = rows.filter(pa.array(checked.faults == 0))
    return Block(rows, texts.rejects.to_arrow(), checked.twice_encoded)
