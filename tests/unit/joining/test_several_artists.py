"""B48: a track of several artists or genres, from the lake to whoever uses the relation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.catalogue_tables import from_tables, to_tables
from rekomenda.domain.interactions import Histories
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.tastes import histories_of
from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.evaluation.ground import Ground
from rekomenda.evaluation.tasks import Task, eligible, relevant
from rekomenda.joining.apart import names_in
from rekomenda.joining.integrate import integrate
from rekomenda.models.factors.attributes import attributes_of
from rekomenda.pipeline.takedowns import Takedowns
from rekomenda.ranking.rerank import rerank
from rekomenda.ranking.shelves import ShelfRules
from rekomenda.settings import IntegrateSettings
from support.lake_parts import day, plays, write_plays, write_table

SEPARATORS = {"artist_separators": (" feat. ", " & "), "genre_separators": ("|",)}
# Item   0     1     2     3     4
TRACKS = ["t0", "t1", "t2", "t3", "t4"]


def joined(folder: Path, *files: list[dict], **options) -> Catalogue:
    engine = EmbeddedEngine(folder / "temp", memory_limit="200MB", threads=1)
    artists = [
        {"artist_id": "A", "name": "Ana", "region": "PE", "feature_1": 4.0},
        {"artist_id": "B", "name": "Bia", "region": "BA", "feature_1": 0.0},
    ]
    parts = {
        "plays": write_plays(folder, [plays(1, "u", "t0", 6), plays(1, "v", "t2", 2)]),
        "tracks": [write_table(folder, "tracks", rows) for rows in files],
        "artists": [write_table(folder, "artists", artists)],
    }
    found = integrate(
        engine, parts, home=folder, as_of=day(1), options=IntegrateSettings(**options)
    )
    return found.catalogue


def rows(**of_track: tuple[str, str | None]) -> list[dict]:
    return [{"track_id": t, "artist_id": a, "genre_id": g} for t, (a, g) in of_track.items()]


WORLD = rows(
    t0=("A feat. B", "forró|piseiro"),
    t1=("B", "piseiro"),
    t2=("A", None),
    t3=("C & B feat. C", "forró"),
    t4=("D", "rap|rap"),
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory) -> Catalogue:
    return joined(tmp_path_factory.mktemp("shared"), WORLD, **SEPARATORS)


def of_each(catalogue: Catalogue) -> dict[str, tuple[str, str]]:
    def names(shares, ids, item):
        return " ".join(ids.take(shares.groups[shares.items == item]).to_pylist())

    return {
        track: (
            names(catalogue.artists_of, catalogue.artists, item),
            names(catalogue.genres_of, catalogue.genres, item),
        )
        for item, track in enumerate(catalogue.items.ids.to_pylist())
    }


def test_a_declared_separator_parts_and_the_first_name_is_the_first_artist(catalogue):
    assert of_each(catalogue) == {
        "t0": ("A B", "forró piseiro"),
        "t1": ("B", "piseiro"),
        "t2": ("A", ""),
        "t3": ("C B", "forró"),
        "t4": ("D", "rap"),
    }
    assert catalogue.artists.take(catalogue.artist_of).to_pylist() == ["A", "B", "A", "C", "D"]
    assert catalogue.artists.ids.to_pylist() == ["A", "B", "C", "D"]


def test_without_a_declaration_nothing_is_parted(tmp_path):
    found = joined(tmp_path, WORLD)
    assert of_each(found)["t0"] == ("A feat. B", "forró|piseiro")
    assert (found.shared_artists, found.shared_genres) == (None, None)


def test_rows_of_one_file_share_a_track_and_a_newer_file_replaces_them_all(tmp_path):
    first = [
        *rows(t0=("B", "xote")),
        *rows(t0=("A", None)),
        *rows(t0=("B", "forró"), t1=("A", "x")),
    ]
    assert of_each(joined(tmp_path / "a", first))["t0"] == ("B A", "xote forró")
    newer = rows(t0=("C", "rap"))
    assert of_each(joined(tmp_path / "b", first, newer))["t0"] == ("C", "rap")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("A feat. B", ["A", "B"]),
        ("A feat.B", ["A feat.B"]),
        ("A & B & A", ["A", "B"]),
        (" & ", [" & "]),
        ("A & ", ["A"]),
        ("A &  & B", ["A", "B"]),
        ("R.E.M", ["R.E.M"]),
    ],
)
def test_names_are_cut_at_the_very_letters_of_a_separator(value, names):
    assert names_in(value, (" & ", " feat. ")) == names


def test_of_separators_that_begin_alike_the_longest_cuts():
    assert names_in("A//B/C", ("/", "//")) == ["A", "B", "C"]
    assert names_in("A, B", (",", ", ")) == ["A", "B"]


def test_it_survives_being_kept_and_shares_sum_to_one(catalogue):
    tables = to_tables(catalogue)
    assert tables["track_artists"].to_pylist()[:3] == [
        {"track_id": "t0", "artist_id": "A", "weight": 0.5},
        {"track_id": "t0", "artist_id": "B", "weight": 0.5},
        {"track_id": "t1", "artist_id": "B", "weight": 1.0},
    ]
    assert of_each(from_tables(tables)) == of_each(catalogue)
    older = {name: table for name, table in tables.items() if not name.startswith("track_")}
    assert of_each(from_tables(older))["t0"] == ("A", "forró")


@pytest.mark.parametrize(
    ("kind", "name", "gone"),
    [("artist", "B", "t0 t1 t3"), ("artist", "C", "t3"), ("genre", "piseiro", "t0 t1")],
)
def test_whoever_is_taken_down_takes_along_every_track_they_take_part_in(
    tmp_path, catalogue, kind, name, gone
):
    down = Takedowns.of(pa.table({"kind": [kind], "id": [name]}))
    assert [TRACKS[i] for i in np.flatnonzero(down.hide_in(catalogue).blocked)] == gone.split()


def test_a_list_counts_a_track_for_everybody_in_it(catalogue):
    candidates = np.array([[0, 1, 2, 3, 4], [1, 3, 0, 2, 4]], np.int32)
    # Two of B at most: t0 and t1 are B's, so t3 (C and B) is one too many; in the second list t0 is.
    assert rerank(candidates, catalogue, n=5, max_per_artist=2).tolist() == [
        [0, 1, 2, 4, -1],
        [0, 1, 3, 4, -1],
    ]


def heard(*cells: tuple[int, int], n_users: int = 3) -> Histories:
    users, items = zip(*cells, strict=True)
    return Histories.from_cells(
        np.array(users), np.array(items), n_users=n_users, n_items=len(TRACKS)
    )


def test_discover_holds_nothing_in_which_somebody_heard_takes_part(catalogue):
    histories = heard((0, 0), (1, 1), (2, 4))
    found = ShelfRules.of(catalogue, histories).eligible_for(Shelf.DISCOVER, histories)
    shown = found.apply(np.zeros((3, len(TRACKS)), np.float32)) > -np.inf
    assert [[TRACKS[i] for i in np.flatnonzero(row)] for row in shown] == [
        ["t4"],  # A and B were heard: t2 is A's, t1 and t3 are of B too
        ["t2", "t4"],  # B was heard: t0 and t3 are B's too
        ["t0", "t1", "t2", "t3"],
    ]


def test_the_exam_asks_for_new_artists_by_the_same_rule(catalogue):
    before, after = heard((0, 0), (1, 1), (2, 4)), heard((0, 3), (1, 2), (1, 3), (2, 0))
    asked = relevant(Task.NEW_ARTISTS, before, after, catalogue)
    assert [TRACKS[i] for i in asked.items] == ["t2", "t0"]
    rules = eligible(Task.NEW_ARTISTS, before, catalogue)
    shown = rules.apply(np.zeros((3, len(TRACKS)), np.float32)) > -np.inf
    assert np.flatnonzero(shown[1]).tolist() == [2, 4]


def test_features_genres_and_regions_are_shared_by_weight(catalogue):
    # constant | forró piseiro rap | BA PE | feature 1: 4 and 0, mean 2, deviation 2
    assert attributes_of(catalogue).toarray().tolist() == [
        [1, 0.5, 0.5, 0, 0.5, 0.5, 0],
        [1, 0, 1, 0, 1, 0, -1],
        [1, 0, 0, 0, 0, 1, 1],
        [1, 1, 0, 0, 0.5, 0, -0.5],  # of C nothing is known: an average feature
        [1, 0, 0, 1, 0, 0, 0],
    ]


def test_exposure_is_shared_out_too(catalogue):
    ground = Ground(catalogue=catalogue, train=heard((0, 0)), fitted_on=heard((0, 0)))
    assert ground.by_artist(np.array([4.0, 1, 1, 2, 9])).tolist() == [3, 4, 1, 9]
    assert ground.artist_listeners.tolist() == [1, 1, 0, 0]


def test_a_liked_artist_stands_for_what_they_take_part_in(catalogue):
    listeners = np.array([9, 1, 1, 1, 1])
    for_b = histories_of(catalogue, listeners, artists=[1])
    assert for_b.items.tolist() == [0, 1, 3]
    for_piseiro = histories_of(catalogue, listeners, genres=[1])
    assert for_piseiro.items.tolist() == [0, 1]


def test_an_older_catalogue_without_relations_is_what_it_was(catalogue):
    bare = replace(catalogue, shared_artists=None, shared_genres=None)
    assert of_each(bare)["t3"] == ("C", "forró")
