"""Nothing becomes visible before it is whole and flushed, and refusals say where."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from rekomenda.errors import CannotWriteError, DeviceError, FencedError, NoPermissionError
from rekomenda.refusals import guard
from rekomenda.storage import commit
from rekomenda.storage.lease import Lease
from support.crash import Boundary, boundaries
from support.homes import holding


def places(seen: list[Boundary], call: str, path: Path) -> list[int]:
    return [n for n, b in enumerate(seen) if b.call == call and str(path) in b.paths]


def test_r4_a_file_is_flushed_before_it_is_named_and_its_folder_after(tmp_path: Path):
    staged, final = tmp_path / "staged", tmp_path / "a" / "b" / "final"
    staged.write_text("x")
    seen = boundaries(lambda: commit.install_file(staged, final))
    (named,) = places(seen, "replace", final)
    assert places(seen, "fsync", staged)[0] < named < places(seen, "fsync", final.parent)[-1]
    # New folders outlive a power cut only if the folders that name them are flushed.
    assert places(seen, "mkdir", tmp_path / "a")[0] < places(seen, "fsync", tmp_path)[0]
    assert places(seen, "mkdir", tmp_path / "a" / "b")[0] < places(seen, "fsync", tmp_path / "a")[0]


def test_r4_a_folder_is_flushed_to_its_last_file_before_it_is_named(tmp_path: Path):
    staged, final = tmp_path / "staged", tmp_path / "releases" / "r1"
    (staged / "lists" / "deep").mkdir(parents=True)
    files = [staged / "manifest.json", staged / "lists" / "deep" / "x.parquet"]
    for path in files:
        path.write_text("x")
    seen = boundaries(lambda: commit.install_folder(staged, final))
    (named,) = places(seen, "rename", final)
    for path in [*files, staged, staged / "lists", staged / "lists" / "deep"]:
        assert places(seen, "fsync", path)[0] < named
    assert places(seen, "fsync", final.parent)[-1] > named


def test_r4_a_pointer_is_swapped_by_one_rename_between_two_flushes(tmp_path: Path):
    pointer = tmp_path / "lake" / "current"
    with holding(tmp_path) as lease:
        seen = boundaries(lambda: commit.swap_pointer(pointer, {"snapshot_id": "s"}, lease))
    (swapped,) = places(seen, "replace", pointer)
    staged = Path(seen[swapped].paths[0])
    assert places(seen, "fsync", staged)[0] < swapped < places(seen, "fsync", pointer.parent)[-1]
    assert staged.parent.parent == tmp_path / "staging"


def test_a_pointer_carries_the_token_of_who_wrote_it(tmp_path: Path):
    pointer = tmp_path / "current"
    assert commit.read_pointer(pointer) is None
    with holding(tmp_path) as lease:
        commit.swap_pointer(pointer, {"release_id": "r1"}, lease)
        assert commit.read_pointer(pointer) == {"release_id": "r1", "token": lease.token}


def test_r6_a_writer_that_was_overtaken_cannot_swap(tmp_path: Path):
    """Two leases at once, as when somebody deletes the lease file of a paused process."""
    pointer = tmp_path / "releases" / "current"
    with holding(tmp_path) as slow:
        (tmp_path / "lease").unlink()
        with holding(tmp_path) as quick:
            commit.swap_pointer(pointer, {"release_id": "new"}, quick)
        with pytest.raises(FencedError):
            commit.swap_pointer(pointer, {"release_id": "late"}, slow)
    assert commit.read_pointer(pointer) == {"release_id": "new", "token": quick.token}


def test_r6_an_overtaken_writer_is_refused_before_the_newer_one_has_written(tmp_path: Path):
    pointer = tmp_path / "releases" / "current"
    with holding(tmp_path) as slow:
        (tmp_path / "lease").unlink()
        with holding(tmp_path), pytest.raises(FencedError):
            commit.swap_pointer(pointer, {"release_id": "late"}, slow)
    assert commit.read_pointer(pointer) is None


def test_the_token_in_the_pointer_is_enough_to_refuse(tmp_path: Path):
    """The fence file is lost, so only the pointer itself knows that a newer writer was here."""
    pointer = tmp_path / "elsewhere" / "current"
    newer, older = Lease(tmp_path, token=9), Lease(tmp_path, token=8)
    commit.swap_pointer(pointer, {"release_id": "new"}, newer)
    with pytest.raises(FencedError) as caught:
        commit.swap_pointer(pointer, {"release_id": "late"}, older)
    assert caught.value.facts["newest"] == 9


def test_a_damaged_pointer_can_be_replaced(tmp_path: Path):
    pointer = tmp_path / "lake" / "current"
    with holding(tmp_path) as lease:
        commit.swap_pointer(pointer, {"snapshot_id": "a"}, lease)
        pointer.write_text("torn")
        commit.swap_pointer(pointer, {"snapshot_id": "b"}, lease)
    assert commit.read_pointer(pointer)["snapshot_id"] == "b"


def test_staging_leaves_nothing_behind_even_on_error(tmp_path: Path):
    def fail_halfway() -> None:
        with commit.staging(tmp_path) as folder:
            (folder / "half").write_text("x")
            raise KeyError("x")

    with pytest.raises(KeyError):
        fail_halfway()
    assert list((tmp_path / "staging").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "expected", "exit_code"),
    [
        (errno.ENOSPC, CannotWriteError, 73),
        (errno.EDQUOT, CannotWriteError, 73),
        (errno.EROFS, CannotWriteError, 73),
        (errno.EMFILE, CannotWriteError, 73),
        (errno.EACCES, NoPermissionError, 77),
        (errno.EPERM, NoPermissionError, 77),
        (errno.EIO, DeviceError, 74),
    ],
)
def test_refusals_of_the_system_name_the_path(tmp_path: Path, number, expected, exit_code):
    path = tmp_path / "lake" / "x.parquet"
    with pytest.raises(expected) as caught, guard(path):
        raise OSError(number, os.strerror(number))
    assert caught.value.exit_code == exit_code
    assert str(path) in caught.value.message("pt-BR")


def test_a_full_disk_says_how_much_is_free(tmp_path: Path):
    with pytest.raises(CannotWriteError) as caught, guard(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert "MiB free" in caught.value.message("en")
    assert "não há espaço livre no disco (" in caught.value.message("pt-BR")
    assert "MiB livres" in caught.value.message("pt-BR")


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path):
    (tmp_path / "staging").write_text("in the way")
    with pytest.raises(CannotWriteError, match="staging"):
        commit.stage(tmp_path)


def test_retiring_what_is_gone_is_no_error(tmp_path: Path):
    commit.retire_files([tmp_path / "gone", tmp_path / "never" / "was"])
