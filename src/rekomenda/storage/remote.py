"""What a commit does in the bucket of a home that lies in one, before it does it in the mirror.

Objects first, then the pointer: whoever reads the bucket follows a pointer to what is whole. Each
object is written on the condition that its key holds what was last seen there, and each batch
after a look at the lease, so that a writer who was paused and lost its turn changes nothing.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rekomenda.errors import ExtraMissingError, FencedError, StoreUnreachableError
from rekomenda.mirror import MARKER, Mirror, is_current, is_stand_in, mark, mirror_of
from rekomenda.refusals import guard
from rekomenda.storage.documents import sha256_of, unseal
from rekomenda.storage.turn import TURNS, Found, find

if TYPE_CHECKING:
    from rekomenda.storage.objects import Bucket

LAST: Final = ("manifest.json", "runs.parquet")
"""What makes a folder complete is written after all else in it, and goes before all else."""
THREADS: Final = 8
TRIES: Final = 4


def bucket_of(mirror: Mirror) -> Bucket:
    """Return the bucket of a mirror; raises as `bucket_named`."""
    return bucket_named(mirror.bucket)


def bucket_named(name: str) -> Bucket:
    """Return a bucket.

    Raises
    ------
    ExtraMissingError
        If there is nothing installed to reach one with.
    """
    try:
        from rekomenda.storage.objects import bucket  # noqa: PLC0415 - boto3 is an extra
    except ImportError as error:
        raise ExtraMissingError(what="boto3", extra="s3") from error
    return bucket(name)


def lease_of(mirror: Mirror) -> Found | None:
    """Return the lease as it lies in the bucket of a mirror, None before the first."""
    return find(bucket_of(mirror), mirror)


def push(moves: Iterable[tuple[Path, Path]]) -> None:
    """Send staged files to where their final names stand for; nothing for a home that is a folder.

    Raises
    ------
    FencedError
        If somebody else wrote there meanwhile.
    StoreUnreachableError, StoreDeniedError
        As `store_errors.told`.
    """
    remote = [
        (mirror, staged, final)
        for staged, final in moves
        if (mirror := mirror_of(final.parent)) is not None and mirror.tracks(final)
    ]
    if not remote:
        return
    _check(remote[0][0])
    together(_send, [each for each in remote if each[2].name not in LAST])
    for mirror, staged, final in remote:
        if final.name in LAST:
            _send(mirror, staged, final)


def push_folder(staged: Path, final: Path) -> None:
    """As `push` for every file of a folder; what makes it complete comes last."""
    push([(path, final / path.relative_to(staged)) for path in _files(staged)])


def swap(staged: Path, pointer: Path) -> None:
    """Replace a pointer in the bucket if it still says what it says in the mirror.

    This is the commit. A tag that a store told wrongly makes it look again, not fail.

    Raises
    ------
    FencedError
        If the pointer says something else by now.
    """
    mirror = mirror_of(pointer.parent)
    if mirror is None:
        return
    bucket, key = bucket_of(mirror), mirror.key_of(pointer)
    seen = pointer.read_bytes() if pointer.exists() else None
    wanted = staged.read_bytes()
    for _ in range(TRIES):
        found = bucket.get(key, known=seen is not None)
        body, tag = (None, None) if found is None else (found[0], found[1].etag)
        if body != wanted:
            if body != seen:
                raise _fenced(mirror, unseal(body, pointer)["token"] if body else 0)
            tag = bucket.put(key, staged, replacing=tag)
        if tag is not None:
            mark(staged, tag)
            return
    raise StoreUnreachableError(uri=f"{mirror.uri}/{pointer.name}", detail="it changes its tag")


def drop(paths: Sequence[Path]) -> None:
    """Remove objects that nothing names any more; what is gone already is no error."""
    for path in paths[:1]:
        mirror = mirror_of(path.parent)
        if mirror is None or not mirror.tracks(path):
            return
        _check(mirror)
        bucket_of(mirror).delete(mirror.key_of(path) for path in paths)


def drop_folder(path: Path) -> None:
    """Remove every object below a folder: first what makes it complete, then the rest."""
    mirror = mirror_of(path.parent)
    if mirror is None or not mirror.tracks(path):
        return
    _check(mirror)
    bucket = bucket_of(mirror)
    keys = [item.key for item in bucket.listing(f"{mirror.key_of(path)}/")]
    first = [key for key in keys if key.rpartition("/")[2] in LAST]
    bucket.delete(first)
    bucket.delete(key for key in keys if key not in first)


def unfinished(home: Path) -> list[tuple[Path, str]]:
    """Return uploads in parts that were begun and never finished: the file's path, and an id."""
    mirror = mirror_of(home)
    if mirror is None:
        return []
    found = bucket_of(mirror).unfinished(mirror.prefix)
    places = ((mirror.path_of(key), upload) for key, upload in found)
    return [(path, upload) for path, upload in places if path is not None]


def abort(home: Path) -> None:
    """Forget the uploads that were never finished; only for whoever holds the lease."""
    mirror = mirror_of(home)
    if mirror is not None:
        _check(mirror)
        for path, upload in unfinished(home):
            bucket_of(mirror).abort(mirror.key_of(path), upload)


def together(work: Callable[..., None], items: Sequence[tuple[Any, ...]]) -> None:
    """Do something with every item, some at once; after the first that fails nothing is begun."""
    failed = threading.Event()

    def one(item: tuple[Any, ...]) -> None:
        if failed.is_set():
            return
        try:
            work(*item)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(one, item) for item in items]:
            done.result()


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Be the only one who changes the files of a mirror on this machine, for a moment."""
    mirror = mirror_of(home)
    if mirror is None:
        yield
        return
    with guard(mirror.folder):
        descriptor = os.open(mirror.folder / MARKER, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _send(mirror: Mirror, staged: Path, final: Path) -> None:
    if is_stand_in(staged):
        raise ValueError(f"{staged} stands for a file that was not fetched")
    bucket, key = bucket_of(mirror), mirror.key_of(final)
    replacing = _there(mirror, final) if final.exists() else None
    for _ in range(TRIES):
        etag = bucket.put(key, staged, replacing=replacing)
        if etag is not None:
            mark(staged, etag)
            return
        # What lies there was left by a crash, unless we have lost our turn.
        _check(mirror)
        replacing = _there(mirror, final)
    raise _fenced(mirror)


def _there(mirror: Mirror, final: Path) -> str | None:
    """Return the tag of what is to be replaced: it must be what the mirror knows of."""
    there = bucket_of(mirror).head(mirror.key_of(final))
    if there is None:
        return None
    known = not final.exists() or is_current(final, there.etag)
    if not known and sha256_of(final) != there.sha256:
        raise _fenced(mirror)
    return there.etag


def _check(mirror: Mirror) -> None:
    turn = TURNS.get(mirror.folder)
    if turn is not None:
        turn.check()


def _fenced(mirror: Mirror, newest: int = 0) -> FencedError:
    turn, found = TURNS.get(mirror.folder), lease_of(mirror)
    token = turn.token if turn is not None else 0
    newest = max(newest, found.token if found is not None else 0)
    return FencedError(home=mirror.uri, token=token, newest=newest)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
