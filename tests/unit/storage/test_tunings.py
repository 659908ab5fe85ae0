"""Tunings are kept whole, in order, and not for ever."""

from __future__ import annotations

import pytest

from rekomenda.errors import CorruptError, TuningNotFoundError
from rekomenda.storage.tunings import KEPT, Tunings


def test_what_was_recorded_is_read_back_with_its_name(tmp_path):
    kept = Tunings(tmp_path)
    kept.record("20240630-0123456789", {"tuned_at": "2024-07-01T10:00:00+00:00", "code": "1"})
    found = kept.get("20240630-0123456789")
    assert found == {
        "tuned_at": "2024-07-01T10:00:00+00:00",
        "code": "1",
        "tuning_id": "20240630-0123456789",
    }
    assert kept.list() == [found]


def test_they_stand_by_moment_and_the_oldest_are_forgotten(tmp_path):
    kept = Tunings(tmp_path)
    for number in range(KEPT + 2):  # ids fall while moments rise
        kept.record(f"20240630-{99 - number:010d}", {"tuned_at": f"2024-07-{number + 1:02d}"})
    moments = [each["tuned_at"] for each in kept.list()]
    assert moments == [f"2024-07-{number + 1:02d}" for number in range(2, KEPT + 2)]


def test_the_same_search_again_replaces_it(tmp_path):
    kept = Tunings(tmp_path)
    for moment in ("2024-07-01", "2024-07-02"):
        kept.record("20240630-0123456789", {"tuned_at": moment})
    assert [each["tuned_at"] for each in kept.list()] == ["2024-07-02"]


def test_one_that_is_not_kept_is_named_with_those_that_are(tmp_path):
    kept = Tunings(tmp_path)
    kept.record("20240630-0123456789", {"tuned_at": "2024-07-01"})
    with pytest.raises(TuningNotFoundError) as raised:
        kept.get("20240701-0000000000")
    assert "20240630-0123456789" in raised.value.message("en")
    assert "20240701-0000000000" in raised.value.message("pt-BR")


def test_a_damaged_one_is_refused_by_name_and_left_out_of_the_list(tmp_path):
    kept = Tunings(tmp_path)
    kept.record("20240630-0123456789", {"tuned_at": "2024-07-01", "code": "1"})
    path = kept.path / "20240630-0123456789.json"
    path.write_text(path.read_text().replace('"code": "1"', '"code": "2"'))
    with pytest.raises(CorruptError):
        kept.get("20240630-0123456789")
    assert kept.list() == []
