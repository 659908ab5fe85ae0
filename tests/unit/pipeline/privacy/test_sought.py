"""Listeners found in columns and in lines, whatever stands beside them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.data.staging import words_of
from rekomenda.pipeline.privacy.files import erase_from_files, rows_in_files
from rekomenda.pipeline.privacy.parquet import count_rows, write_without
from rekomenda.pipeline.privacy.sought import Sought
from support.byte_scan import hits

ZE = "zé 0012"
THEM = Sought.of([" ze\u0301 0012 ", "b/7", ""])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2024-01-01,zé 0012,t1", True),
        ('{"user_id":"zé 0012"}', True),
        ("zé 00123", False),
        ("azé 0012", False),
        ("(zé 0012).", True),
        ("ze\u0301 0012", True),
        ("b/7", True),
        ("b/77", False),
        ("ab/7", False),
        ("", False),
    ],
)
def test_an_id_is_found_in_a_line_where_it_is_a_word_of_its_own(line, found):
    assert THEM.listeners == ("b/7", ZE)
    assert THEM.stands_in(line.encode()) is found


@pytest.mark.parametrize(
    ("columns", "searched"),
    [
        (["day", "user_id", "track_id"], ["user_id"]),
        (["user_id", "friend_id", "line"], ["user_id", "friend_id"]),
        (["track_id", "title"], []),
        (["file", "line", "column", "rule", "text"], ["file", "text"]),
        (["Id_Usuario", "musica"], ["Id_Usuario"]),
        (["who", "what"], ["who", "what"]),
    ],
)
def test_ids_are_looked_for_where_they_can_stand(columns, searched):
    schema = pa.schema([(name, pa.string()) for name in columns])
    assert THEM.columns_of(schema) == searched


def test_a_track_of_the_same_name_is_no_listener(tmp_path: Path):
    rows = pa.table({"user_id": ["a", ZE, None], "track_id": [ZE, "t", ZE]})
    pq.write_table(rows, tmp_path / "one.parquet")
    assert count_rows(tmp_path / "one.parquet", THEM) == 1


def test_what_is_written_again_has_the_same_types_groups_and_no_trace(tmp_path: Path):
    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([("user_id", text), ("rank", pa.int16()), ("reason", text)])
    users = ["a", ZE, "c", ZE, "b/7", "d"]
    rows = pa.table({"user_id": users, "rank": range(6), "reason": users}, schema=schema)
    source, target = tmp_path / "one.parquet", tmp_path / "two.parquet"
    layout = {"use_dictionary": ["user_id", "reason"], "write_statistics": ["user_id"]}
    pq.write_table(rows, source, row_group_size=2, compression="zstd", **layout)
    assert write_without(source, target, Sought.of([ZE, "b/7"])) == 3
    with pq.ParquetFile(target) as file:
        assert file.schema_arrow == schema
        assert file.num_row_groups == 3
        columns = [file.metadata.row_group(0).column(number) for number in range(3)]
        assert [column.compression for column in columns] == ["ZSTD"] * 3
        assert [column.has_dictionary_page for column in columns] == [True, False, True]
        assert [column.is_stats_set for column in columns] == [True, False, False]
        found = file.read()
    assert found["user_id"].to_pylist() == ["a", "c", "d"]
    assert found["rank"].to_pylist() == [0, 2, 5]
    assert hits(tmp_path, ZE) == ["one.parquet"]
    for chunk in found["reason"].chunks:
        assert ZE not in chunk.dictionary.to_pylist()


def test_lines_go_alone_and_what_has_no_lines_goes_whole(tmp_path: Path):
    files = {
        "a.log": f"{ZE} came\nzé 00123 came\n",
        "deep/b.jsonl": "".join(
            json.dumps({"user_id": name}).replace("/", "\\/") + "\n" for name in (ZE, "b/7", "c")
        ),
        "page.html": f"<p>{ZE}</p>",
        "other.html": "<p>nobody</p>",
        f"{ZE}.txt": "nothing",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(f"x\n{ZE}\ny\n".encode()))
    (tmp_path / "d.csv.zst").write_bytes(pa.compress(f"x\n{ZE}\n".encode(), "zstd", asbytes=True))
    (tmp_path / ".lists.parquet.part").write_bytes(b"PAR1" + b"half of an export" * 9)
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(b"x\ny\n" * 99)[:-9])
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "not-mine.txt").write_text(ZE)
    found = {path.name: rows for path, _, rows in rows_in_files(tmp_path, THEM)}
    assert found == {
        **{"a.log": 1, "b.jsonl": 2, "page.html": 1, f"{ZE}.txt": 1, "c.csv.gz": 1},
        **{"d.csv.zst": 1, ".lists.parquet.part": 1, "cut.csv.gz": 1},
    }
    erase_from_files(tmp_path, THEM)
    assert list(rows_in_files(tmp_path, THEM)) == []
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert left == {
        *("a.log", "deep/b.jsonl", "other.html", "c.csv.gz", "d.csv.zst", "lake/not-mine.txt"),
    }
    assert (tmp_path / "a.log").read_text() == "zé 00123 came\n"
    assert gzip.decompress((tmp_path / "c.csv.gz").read_bytes()) == b"x\ny\n"
    assert json.loads((tmp_path / "deep" / "b.jsonl").read_text()) == {"user_id": "c"}


def test_an_id_in_original_text_is_a_field_or_a_word():
    assert words_of('2024;"ze\u0301 0012" ;-3') == ["-3", "0012", "2024", "3", "zé", "zé 0012"]
