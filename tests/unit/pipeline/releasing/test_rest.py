"""Which release showed what before: found from the one in service backwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from rekomenda.errors import ReleaseNotFoundError
from rekomenda.pipeline.releasing.rest import release_before


def release(number: int, before: str | None, *, facts: bool = True):
    report = {"rest": {"before": before}} if facts else {}
    as_of = date(2024, 6, 2) + timedelta(weeks=number)
    manifest = SimpleNamespace(as_of=as_of, about={"report": report})
    return SimpleNamespace(release_id=f"r{number}", manifest=manifest)


@dataclass
class Kept:
    """Releases by id; what is not among them is kept no more."""

    served: str | None
    kept: dict

    def current(self):
        return self.kept[self.served] if self.served else None

    def get(self, release_id):
        if release_id not in self.kept:
            raise ReleaseNotFoundError(release_id=release_id, home="here", kept="")
        return self.kept[release_id]


CHAIN = {
    "r1": release(1, None),
    "r2": release(2, "r1"),
    "r3": release(3, "r2"),
    "r4": release(4, "r2"),  # r3 was rolled back before r4 was made
}


@pytest.mark.parametrize(
    ("served", "week", "expected"),
    [
        (None, 1, None),  # the first
        ("r1", 2, "r1"),  # the next
        ("r2", 2, "r1"),  # the same day's work again
        ("r2", 1, None),  # an earlier day than anything served
        ("r4", 5, "r4"),
        ("r4", 4, "r2"),  # not r3, which nobody is served any more
        ("r4", 3, "r2"),
        ("r4", 2, "r1"),
    ],
)
def test_what_served_before_is_found_along_the_chain(served, week, expected):
    found = release_before(Kept(served, CHAIN), date(2024, 6, 2) + timedelta(weeks=week))
    assert (found and found.release_id) == expected


def test_where_the_chain_leads_to_what_is_kept_no_more_nothing_served_before():
    kept = {"r3": CHAIN["r3"]}
    assert release_before(Kept("r3", kept), CHAIN["r3"].manifest.as_of) is None


def test_a_release_that_says_nothing_of_rest_ends_the_chain():
    old = release(3, "r2", facts=False)
    kept = {**CHAIN, "r3": old}
    assert release_before(Kept("r3", kept), old.manifest.as_of) is None
    assert release_before(Kept("r3", kept), date(2024, 12, 1)).release_id == "r3"
