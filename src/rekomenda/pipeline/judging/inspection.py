"""Everything the gate looks at besides the exam: the data, the files, and what they would show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.schema import PLAYS
from rekomenda.domain.training import TrainingData
from rekomenda.evaluation.check import Check
from rekomenda.evaluation.exposure import measures
from rekomenda.evaluation.gate.behaviour import BehaviourFacts, Shown, behaviour_checks
from rekomenda.evaluation.gate.data import DataFacts, data_checks
from rekomenda.evaluation.gate.exposure import exposure_checks
from rekomenda.evaluation.gate.mechanics import LOADS, rehearsal_checks, reproduction_check
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.gate.support import liked_artists, liked_tracks, support
from rekomenda.evaluation.ground import Ground
from rekomenda.learning.bundle import Bundle, read_catalogue
from rekomenda.pipeline.judging.rehearsal import rehearse, sample_rows
from rekomenda.pipeline.judging.reproduce import repeat_training
from rekomenda.pipeline.judging.shown import read_for_you, shown_ids
from rekomenda.pipeline.releasing.draft import LISTS, TABLES
from rekomenda.pipeline.work import Work
from rekomenda.storage.erasures import Tombstones
from rekomenda.storage.release_manifest import Release

LISTENERS: Final = 5_000
"""Whose lists are held against those in service."""
PAIRS: Final = 20_000
"""Published similarities that are counted again."""
DEPTH: Final = 20
"""Places of a list that exposure is measured on."""


def inspect_data(
    work: Work, *, leaked: int, today: date, day_named: bool, rules: GateRules
) -> tuple[Check, ...]:
    """Check what a run learns from.

    Parameters
    ----------
    work : Work
    leaked : int
        Cells that are learned from and asked for as well.
    today : date
    day_named : bool
        Whether whoever started the run said as of which day: then its age is wanted.
    rules : GateRules
    """
    rows_by_day: dict[date, int] = {}
    for part in work.snapshot.parts_of(PLAYS.name):
        if part.day is not None and part.day <= work.as_of:
            rows_by_day[part.day] = rows_by_day.get(part.day, 0) + part.rows
    inputs = work.snapshot.inputs_present
    ages = [(record.ingested_at.date() - max(record.days)).days for record in inputs if record.days]
    facts = DataFacts(
        rows_by_day=rows_by_day,
        as_of=work.as_of,
        rows_in=sum(record.rows_in for record in inputs),
        loaded=sum(record.loaded for record in inputs),
        quarantined=sum(record.quarantined for record in inputs),
        deduplicated=sum(record.deduplicated for record in inputs),
        erased=sum(record.erased for record in inputs),
        leaked=leaked,
        age_days=None if day_named else (today - work.as_of).days,
        usual_age_days=min(ages, default=None),
    )
    return data_checks(facts, rules)


@dataclass(frozen=True, eq=False)
class Inspection:
    """A written release under the eyes of the gate.

    Parameters
    ----------
    folder : Path
        Its files, before they are installed.
    bundle : Bundle
        What was written there, in memory.
    data : TrainingData
        What it was fitted on.
    served : Release or None
        What is in service.
    rules : GateRules
    list_length : int
        Tracks in `for_you`.
    min_support : int
        Listeners that every published similarity needs.
    resting : ItemSets or None
        Tracks that `for_you` leaves out for now, for each listener of the bundle.
    """

    folder: Path
    bundle: Bundle
    data: TrainingData
    served: Release | None
    rules: GateRules
    list_length: int
    min_support: int
    resting: ItemSets | None = None

    def checks(
        self, fit_seconds: float, *, blocked: pa.Table, erased: Tombstones
    ) -> tuple[Check, ...]:
        """Check the files, and what they would show; files that cannot be read show nothing.

        Parameters
        ----------
        fit_seconds : float
            What training took at the cut.
        blocked : pa.Table
            `kind, id` of what is taken down on the day.
        erased : Tombstones
            Of those who asked to be forgotten.
        """
        mechanics = self.mechanics(fit_seconds)
        if any(check.name == LOADS and not check.passed for check in mechanics):
            return mechanics
        return (*mechanics, *self.behaviour(blocked=blocked, erased=erased))

    def mechanics(self, fit_seconds: float) -> tuple[Check, ...]:
        """Check that the files work by themselves, and that training repeats."""
        found = None
        if self.rules.rehearsal_listeners:
            found = rehearse(
                self.folder,
                self.bundle,
                served=self.served.path if self.served else None,
                listeners=self.rules.rehearsal_listeners,
                n=self.list_length,
            )
        repeated = repeat_training(
            self.bundle.recipe,
            self.data,
            seconds=fit_seconds,
            limit=self.rules.reproduce_seconds,
        )
        return (*rehearsal_checks(found, self.rules), reproduction_check(repeated))

    def behaviour(self, *, blocked: pa.Table, erased: Tombstones) -> tuple[Check, ...]:
        """Check what listeners would see, and whom it is fair to; parameters as `checks`."""
        rows = sample_rows(self.bundle.interactions.histories, LISTENERS)
        ours, _ = self._read(self.folder / LISTS, rows)
        shown = self._beside_served(rows, ours)
        lost, listeners_then = self._lost(erased)
        pairs, weak = self._similarities()
        facts = BehaviourFacts(
            ours=ours,
            shown=shown,
            listeners_then=listeners_then,
            listeners_lost=lost,
            erased=self._known(erased),
            blocked=self._blocked(blocked),
            pairs=pairs,
            weak_pairs=weak,
            min_support=self.min_support,
        )
        exposure = exposure_checks(
            self._exposure(rows, ours),
            self._exposure(rows, shown.theirs) if shown is not None else None,
            self.rules,
        )
        return (*behaviour_checks(facts, self.rules), *exposure)

    def _read(
        self, lists: Path, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        users, catalogue = self.bundle.interactions.users, self.bundle.catalogue
        return read_for_you(lists, users, catalogue, rows, self.list_length)

    def _beside_served(self, rows: NDArray[np.int64], ours: NDArray[np.int32]) -> Shown | None:
        if self.served is None:
            return None
        theirs, personal = self._read(self.served.table("recommendations"), rows)
        return Shown(
            ours=ours,
            theirs=theirs,
            personal=personal,
            barred=self._barred(rows),
            known_then=self._known_then(self.served),
            hidden=self.bundle.catalogue.hidden,
        )

    def _barred(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what the lists of some listeners could not hold, as place * I + item, ascending."""
        heard = self.bundle.interactions.histories.heard
        place_of = np.full(len(heard), -1, np.int64)
        place_of[rows] = np.arange(len(rows))
        keys = []
        for sets in (ItemSets(heard.indptr, heard.items), self.resting):
            if sets is not None:
                places = place_of[sets.users_of_cells]
                keys.append((places * heard.n_items + sets.items)[places >= 0])
        return np.sort(np.concatenate(keys))

    def _known_then(self, served: Release) -> NDArray[np.bool_]:
        """Mark the tracks that the release in service could show."""
        catalogue = read_catalogue(served.path)
        index = catalogue.items.index_of(self.bundle.catalogue.items.ids)
        return np.asarray((index >= 0) & ~np.append(catalogue.hidden, True)[index])

    def _lost(self, erased: Tombstones) -> tuple[int, int]:
        """Count the listeners in service, and those of them who are no longer known."""
        if self.served is None:
            return 0, 0
        then = pq.read_table(self.served.file("listeners.parquet"))["user_id"].combine_chunks()
        then = then.filter(pc.invert(erased.among(then)))
        now = self.bundle.interactions.users.index_of(then)
        return int(np.count_nonzero(now < 0)), len(then)

    def _known(self, erased: Tombstones) -> int:
        return int(np.count_nonzero(np.asarray(erased.among(self.bundle.interactions.users.ids))))

    def _blocked(self, blocked: pa.Table) -> tuple[str, ...]:
        """Name what is shown and taken down, by the lake's own words."""
        catalogue = self.bundle.catalogue
        tracks, artists = shown_ids(self.folder, TABLES)
        items = catalogue.items.index_of(tracks)
        of_artist = catalogue.artist_of[items[items >= 0]]
        of_genre = catalogue.genre_of[items[items >= 0]]
        artists_of_tracks = catalogue.artists.take(np.unique(of_artist[of_artist >= 0]))
        named = {
            "track": tracks,
            "artist": pc.unique(pa.concat_arrays([artists.cast(pa.string()), artists_of_tracks])),
            "genre": catalogue.genres.take(np.unique(of_genre[of_genre >= 0])),
        }
        found: list[str] = []
        for kind, ids in named.items():
            down = blocked.filter(pc.equal(blocked["kind"], kind))["id"]
            found += ids.filter(pc.is_in(ids, value_set=down)).to_pylist()
        return tuple(found)

    def _similarities(self) -> tuple[int, int]:
        """Count again how many listeners stand behind published similarities."""
        histories, catalogue = self.bundle.interactions.histories, self.bundle.catalogue
        checked, weak = 0, 0
        for table, column, ids, liked in (
            ("similar_tracks", "track_id", catalogue.items, liked_tracks(histories)),
            (
                "similar_artists",
                "artist_id",
                catalogue.artists,
                liked_artists(histories, catalogue),
            ),
        ):
            pairs = pq.read_table(self.folder / TABLES[table], columns=[column, "similar_id"])
            step = max(1, -(-pairs.num_rows // PAIRS))
            pairs = pairs.take(np.arange(0, pairs.num_rows, step))
            ones, others = ids.index_of(pairs[column]), ids.index_of(pairs["similar_id"])
            checked += len(ones)
            weak += int(np.count_nonzero(support(liked, ones, others) < self.min_support))
        return checked, weak

    def _exposure(self, rows: NDArray[np.int64], lists: NDArray[np.int32]) -> dict[str, float]:
        everybody = self.bundle.interactions.histories
        ground = Ground(
            train=everybody.rows(rows), catalogue=self.bundle.catalogue, fitted_on=everybody
        )
        return measures(lists[:, :DEPTH], ground)
