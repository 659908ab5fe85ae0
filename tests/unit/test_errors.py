"""An error holds facts; its words come out in either language."""

from __future__ import annotations

import pytest

from rekomenda.errors import BusyError, NoOverlapError, RekomendaError

OVERLAP = NoOverlapError(plays=1200, tracks=50, play_ids="7, 12", track_ids="0007, 0012")


def test_the_same_facts_are_told_in_both_languages():
    assert "None of the 1,200 played tracks is in the catalogue of 50" in OVERLAP.message("en")
    assert "Nenhuma das 1.200 faixas ouvidas está no catálogo de 50" in OVERLAP.message("pt-BR")


def test_as_an_exception_it_reads_in_english():
    assert str(OVERLAP) == OVERLAP.message("en")


def test_facts_stay_available_to_programs():
    assert OVERLAP.facts["plays"] == 1200


def test_only_errors_that_may_pass_by_themselves_are_retryable():
    assert BusyError.retryable
    assert not NoOverlapError.retryable


def test_a_message_without_its_facts_is_not_half_told():
    with pytest.raises(KeyError):
        BusyError(holder="pid 7")


def test_the_base_carries_any_detail():
    assert str(RekomendaError(detail="sunspots")) == "sunspots"
