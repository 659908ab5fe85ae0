"""Arrays come back bit for bit, mapped, or not at all; nothing in them is ever executed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rekomenda.errors import CorruptError
from rekomenda.storage.arrays import read_arrays, write_arrays
from rekomenda.storage.documents import seal, sha256_of

ARRAYS = {
    "item_weights": np.array([[0.0, 1.5, -2.0], [np.nan, np.inf, 4.0]], np.float32),
    "indptr": np.array([0, 2, 5], np.int64),
    "nothing": np.zeros((0, 7), np.float32),
    "scalar": np.array(3.5),
    "flags": np.array([True, False, True]),
}


@pytest.mark.parametrize("mapped", [True, False])
def test_arrays_come_back_as_they_were(tmp_path: Path, mapped: bool):
    write_arrays(tmp_path, "model", ARRAYS, {"algorithm": "ease", "seed": 7})
    about, arrays = read_arrays(tmp_path / "model", mapped=mapped)
    assert about == {"algorithm": "ease", "seed": 7}
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_mapped_arrays_cannot_be_written(tmp_path: Path):
    _, arrays = read_arrays(write_arrays(tmp_path, "model", ARRAYS, {}))
    assert isinstance(arrays["indptr"], np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        arrays["indptr"][0] = 1


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path):
    one = write_arrays(tmp_path, "one", ARRAYS, {"seed": 7})
    other = write_arrays(tmp_path, "other", dict(reversed(ARRAYS.items())), {"seed": 7})
    for path in one.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes()


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove"])
def test_a_damaged_array_is_named(tmp_path: Path, damage: str):
    path = write_arrays(tmp_path, "model", ARRAYS, {}) / "item_weights.npy"
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[-1] ^= 1
        path.write_bytes(data)
    elif damage == "truncate":
        path.write_bytes(data[:-3])
    else:
        path.unlink()
    with pytest.raises(CorruptError, match=r"item_weights\.npy"):
        read_arrays(tmp_path / "model")


def test_an_array_cut_short_is_damaged_even_unverified(tmp_path: Path):
    path = write_arrays(tmp_path, "model", ARRAYS, {}) / "item_weights.npy"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(CorruptError):
        read_arrays(tmp_path / "model", verify=False)


def test_an_array_of_objects_is_neither_written_nor_read(tmp_path: Path):
    evil = np.array([{"a": 1}], dtype=object)
    with pytest.raises(ValueError, match=r"[Oo]bject"):
        write_arrays(tmp_path, "evil", {"x": evil}, {})
    folder = write_arrays(tmp_path, "model", {"x": np.arange(3)}, {})
    np.save(folder / "x.npy", evil, allow_pickle=True)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["arrays"]["x"]["sha256"] = sha256_of(folder / "x.npy")
    del manifest["checksum"], manifest["format"]
    (folder / "manifest.json").write_bytes(seal(manifest))
    with pytest.raises(CorruptError):
        read_arrays(folder)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden"])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="cannot name"):
        write_arrays(tmp_path, "model", {name: np.arange(3)}, {})


def test_a_folder_without_a_manifest_is_damaged(tmp_path: Path):
    with pytest.raises(CorruptError, match="manifest"):
        read_arrays(tmp_path)
