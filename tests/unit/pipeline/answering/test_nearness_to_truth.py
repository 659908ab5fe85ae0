"""How near lists come to what a made world knows: the same as reckoning listener by listener."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from rekomenda.data.world.truth import Truth
from rekomenda.errors import CorruptError
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline.answering.truth import K, truth_of
from rekomenda.pipeline.bootstrap import open_house
from support.command import done
from support.tiny_home import SETTINGS, SIZE


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world and its home beside it, one release published."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in SETTINGS.items():
            patched.setenv(name, value)
        done("generate", "--out", folder / "world", *SIZE)
        done("--home", folder / "home", "ingest", folder / "world")
        done("--home", folder / "home", "run")
    return folder


def found(made: Path, folder: Path | None):
    release = open_house(made / "home").releases.current()
    return truth_of(made / "home", release, Bundle.read(release.path), folder)


def test_lists_are_worth_what_counting_them_one_by_one_says(made):
    ours, popularity, random = found(made, made / "world" / "truth")
    release = open_house(made / "home").releases.current()
    bundle = Bundle.read(release.path)
    truth = Truth.load(made / "world" / "truth")
    cells, items = bundle.interactions.histories, bundle.catalogue.items
    rows = pq.read_table(release.table("recommendations")).to_pylist()
    listed: dict[str, dict[int, str]] = {}
    for row in rows:
        if row["shelf"] == "for_you" and row["user_id"] is not None and row["rank"] <= K:
            listed.setdefault(row["user_id"], {})[row["rank"]] = row["track_id"]
    hidden = {items[place] for place in np.flatnonzero(bundle.catalogue.hidden)}
    reached = best = 0.0
    known = set(truth.user_ids.tolist())
    users = bundle.interactions.users.ids.to_pylist()
    for place, user in enumerate(users):
        if user not in known:
            continue
        own = cells.rows(np.array([place]))
        heard = {items[item] for item in own.items[own.known]}
        liked = dict(
            zip(truth.track_ids.tolist(), truth.preference([user])[0].tolist(), strict=True)
        )
        worth = {t: p for t, p in liked.items() if t not in heard | hidden}
        for rank, track in listed.get(user, {}).items():
            reached += worth.get(track, 0.0) / np.log2(1 + rank)
        top = sorted(worth.values(), reverse=True)[:K]
        best += sum(p / np.log2(2 + rank) for rank, p in enumerate(top))
    assert ours["value"] == pytest.approx(reached / best, rel=1e-5)
    assert ours["listeners"] == sum(user in known for user in users)
    assert ours["low"] < ours["value"] < ours["high"] < 1
    assert random["value"] < ours["value"]
    assert [each["lists"] for each in (ours, popularity, random)] == [
        "for_you",
        "popularity",
        "random",
    ]


def test_where_nobody_knows_the_truth_nothing_is_said(made, tmp_path):
    assert found(made, None) == []
    truth = Truth.load(made / "world" / "truth")
    strangers = dataclasses.replace(truth, user_ids=np.char.add("x", truth.user_ids))
    (tmp_path / "other").mkdir()
    strangers.save(tmp_path / "other", {})
    assert found(made, tmp_path / "other") == [], "it is of other people"
    with pytest.raises(CorruptError):
        found(made, tmp_path / "nowhere")


def test_the_demo_keeps_its_truth_where_the_report_looks(made, tmp_path):
    from rekomenda.pipeline.world import truth_folder

    target = truth_folder(made / "home")
    target.parent.mkdir(exist_ok=True)
    target.symlink_to(made / "world" / "truth")
    page = tmp_path / "report.html"
    done("--home", made / "home", "report", "--out", page)
    assert 'id="truth"' in page.read_text(encoding="utf-8")
    target.unlink()
    done("--home", made / "home", "report", "--out", page)
    assert 'id="truth"' not in page.read_text(encoding="utf-8")
