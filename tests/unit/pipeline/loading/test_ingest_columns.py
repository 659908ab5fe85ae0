"""The first sketch's artist file: an id and nothing but numbers."""

import pyarrow.parquet as pq

from support.command import call, done


def test_a_file_whose_columns_show_no_habits_is_read_as_text_all_the_same(tmp_path):
    (tmp_path / "df_artist_features.csv").write_text(
        "id_artist,Feature1,Feature2\n007,-135,1592\n12,1749,\n", encoding="utf-8"
    )
    answer = done("--home", tmp_path / "h", "ingest", tmp_path / "df_artist_features.csv", "--json")
    assert answer.json["files"][0]["loaded"] == 2
    rows = pq.read_table(next(tmp_path.glob("h/lake/artists/*.parquet"))).to_pylist()
    assert [row["artist_id"] for row in rows] == ["007", "12"]
    assert [row["feature_1"] for row in rows] == [-135, 1749]
    assert [row["feature_2"] for row in rows] == [1592, None]


def test_mapping_onto_a_column_that_is_not_ours_is_refused_with_the_closest(tmp_path):
    (tmp_path / "a.csv").write_text("id_artist,name\n1,x\n", encoding="utf-8")
    for more in ((), ("--dry-run", "--save", tmp_path / "m.toml")):
        answer = call(
            "--home", tmp_path / "h", "ingest", tmp_path / "a.csv", "--map", "usr_id=x", *more
        )
        assert answer.code == 2
        assert "Did you mean user_id?" in answer.err
    assert not (tmp_path / "h").exists()
