"""A world on disk: the same bytes each time, in a folder of its own."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from rekomenda.data.world.generate import World, generate_world
from rekomenda.data.world.spec import WorldSpec
from rekomenda.data.world.truth import Truth
from rekomenda.data.world.write import write_world
from rekomenda.errors import CannotWriteError, FolderInUseError


@pytest.fixture(scope="module")
def world() -> World:
    return generate_world(WorldSpec.of(listeners=30, tracks=40, artists=12, days=9))


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_same_spec_gives_the_same_bytes(world, tmp_path):
    write_world(world, tmp_path / "one")
    write_world(generate_world(world.spec), tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert set(digests(tmp_path / "one")) == {
        *(f"{name}.csv" for name in world.tables),
        "truth/truth.npz",
        "truth/world.json",
    }


def test_files_hold_what_the_tables_hold(world, tmp_path):
    files = write_world(world, tmp_path)
    lines = files[0].read_text(encoding="utf-8").splitlines()
    assert files[0].name == "plays.csv"
    assert lines[0] == "id_date,user_id,id_tracks,plays"
    first = world.tables["plays"].slice(0, 1).to_pylist()[0]
    assert lines[1] == "{id_date},{user_id},{id_tracks},{plays}".format(**first)
    assert len(lines) == 1 + world.tables["plays"].num_rows
    genres = (tmp_path / "genres.csv").read_text(encoding="utf-8").splitlines()
    assert genres[:3] == ["id_genre,name,parent", "forro,Forró,", "piseiro,Piseiro,forro"]


def test_days_go_into_folders_that_together_hold_everything(world, tmp_path):
    files = write_world(world, tmp_path, by_day=True)
    folders = [path.parent.name for path in files if path.name == "plays.csv"]
    assert folders == [f"dia=2024-06-{day}" for day in range(22, 31)]
    one_file = write_world(world, tmp_path.with_name(tmp_path.name + "-whole"))[0]
    rows = [line for path in files[:9] for line in path.read_text().splitlines()[1:]]
    assert rows == one_file.read_text().splitlines()[1:]


@pytest.mark.parametrize("compress", ["gz", "zst"])
def test_compressed_files_hold_the_same(world, tmp_path, compress):
    plain = write_world(world, tmp_path / "plain")
    packed = write_world(world, tmp_path / compress, compress=compress)
    again = write_world(world, tmp_path / "again", compress=compress)
    assert [path.name for path in packed] == [f"{path.name}.{compress}" for path in plain]
    assert [path.read_bytes() for path in packed] == [path.read_bytes() for path in again]
    if compress == "gz":
        assert gzip.decompress(packed[0].read_bytes()) == plain[0].read_bytes()
    else:
        with pa.input_stream(str(packed[0]), compression="zstd") as stream:
            assert stream.read() == plain[0].read_bytes()


def test_the_truth_lies_beside_the_inputs_and_is_none(world, tmp_path):
    files = write_world(world, tmp_path)
    assert not any("truth" in path.parts for path in files)
    truth = Truth.load(tmp_path / "truth")
    assert truth.preference(["U001"]).shape == (1, 40)


def test_an_earlier_world_leaves_nothing_behind(world, tmp_path):
    write_world(world, tmp_path, by_day=True)
    other = generate_world(WorldSpec.of("original", listeners=20, tracks=35, artists=5))
    files = write_world(other, tmp_path)
    assert [path.name for path in files] == [
        "df_transactional.csv",
        "df_dimensional.csv",
        "df_artist_features.csv",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"truth", *(path.name for path in files)}


def test_a_folder_with_anything_else_is_refused_untouched(world, tmp_path):
    write_world(world, tmp_path)
    (tmp_path / "my-plays.csv").write_text("mine")
    before = digests(tmp_path)
    with pytest.raises(FolderInUseError, match=r"my-plays\.csv"):
        write_world(world, tmp_path)
    assert digests(tmp_path) == before


def test_an_earlier_worlds_list_cannot_reach_outside_its_folder(world, tmp_path):
    outside = tmp_path / "precious.csv"
    outside.write_text("keep me")
    folder = tmp_path / "world"
    (folder / "truth").mkdir(parents=True)
    (folder / "truth" / "world.json").write_text('{"files": ["../precious.csv"]}')
    write_world(world, folder)
    assert outside.read_text() == "keep me"


def test_a_crash_half_way_is_mended_by_the_same_call(world, tmp_path):
    write_world(world, tmp_path / "whole")
    write_world(world, tmp_path / "half")
    (tmp_path / "half" / "likes.csv").unlink()
    (tmp_path / "half" / "plays.csv").write_text("id_date,user")
    (tmp_path / "half" / "truth" / "truth.npz").unlink()
    write_world(world, tmp_path / "half")
    assert digests(tmp_path / "half") == digests(tmp_path / "whole")


def test_a_place_that_cannot_be_written_is_said(world, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWriteError):
        write_world(world, tmp_path / "file" / "inside")
