"""Files and folders become inputs whose names do not depend on where they lie."""

from __future__ import annotations

import os

import pytest

from rekomenda.data.layout import find_inputs
from rekomenda.errors import InputNotFoundError


def make(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def test_a_folder_is_looked_through_for_data_and_named_from_within(tmp_path):
    make(
        tmp_path,
        "in/dia=2024-02-19/df_transactional.csv",
        "in/tracks.PARQUET",
        "in/README.md",
        "in/_SUCCESS",
        "in/.hidden.csv",
        "in/_truth/plays.csv",
        "in/truth/truth.npz",
        "in/São João 2024.csv.gz",
    )
    found = find_inputs([tmp_path / "in"])
    names = ["São João 2024.csv.gz", "dia=2024-02-19/df_transactional.csv", "tracks.PARQUET"]
    assert [source.name for source in found.sources] == names


def test_b28_a_file_given_itself_keeps_its_partition_folder(tmp_path):
    make(tmp_path, "dia=2024-02-19/plays", "plays.csv")
    found = find_inputs([tmp_path / "dia=2024-02-19/plays", tmp_path / "plays.csv"])
    assert [source.name for source in found.sources] == ["dia=2024-02-19/plays", "plays.csv"]


def test_b22_a_file_that_is_being_written_is_left_out_and_named(tmp_path):
    make(tmp_path, "a.csv", "b.csv.tmp", "c.csv._COPYING_")
    found = find_inputs([tmp_path])
    assert [source.name for source in found.sources] == ["a.csv"]
    assert found.unfinished == ("b.csv.tmp", "c.csv._COPYING_")


def test_b27_names_that_are_no_text_or_command_a_terminal_are_escaped(tmp_path):
    make(tmp_path, "in/a\n\x1b[31m.csv", "in/pl\udcff.csv", "in/São João.csv")
    found = find_inputs([tmp_path / "in", tmp_path / "in/pl\udcff.csv"])
    names = [source.name for source in found.sources]
    assert names == ["São João.csv", "a\\n\\x1b[31m.csv", "pl\\udcff.csv"]


def test_what_is_no_file_is_not_waited_for(tmp_path):
    make(tmp_path, "a.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert [source.name for source in find_inputs([tmp_path]).sources] == ["a.csv"]


def test_a_home_is_not_taken_for_input_even_if_it_is_named(tmp_path):
    make(tmp_path, "home/lease", "home/lake/tracks/x.parquet", "a.csv")
    found = find_inputs([tmp_path / "home", tmp_path / "a.csv"])
    assert [source.name for source in found.sources] == ["a.csv"]


def test_b27_links_inside_a_folder_lead_nowhere(tmp_path):
    make(tmp_path, "secret.csv", "in/a.csv")
    (tmp_path / "in/link.csv").symlink_to(tmp_path / "secret.csv")
    assert [source.name for source in find_inputs([tmp_path / "in"]).sources] == ["a.csv"]


def test_files_of_one_name_are_told_apart_and_a_file_given_twice_is_one(tmp_path):
    make(tmp_path, "a/plays.csv", "b/plays.csv")
    paths = [tmp_path / "a/plays.csv", tmp_path / "b/plays.csv", tmp_path / "a/plays.csv"]
    names = [source.name for source in find_inputs(paths).sources]
    assert len(set(names)) == len(names) == 2
    assert [name[-11:] for name in names] == ["a/plays.csv", "b/plays.csv"]


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(InputNotFoundError):
        find_inputs([tmp_path / "nope.csv"])


def test_a_home_beside_the_files_is_not_taken_for_input(tmp_path):
    write = (
        tmp_path / "plays.csv",
        tmp_path / "rekomenda-data/lake/plays/dia=2024-02-19/1.parquet",
    )
    for path in (*write, tmp_path / "rekomenda-data/lease", tmp_path / "lake/tracks.csv"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    names = [source.name for source in find_inputs([tmp_path]).sources]
    assert names == ["lake/tracks.csv", "plays.csv"]
