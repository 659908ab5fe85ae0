"""Every bad input of the catalogue gets the same verdict, accounting and quarantine on a cluster."""

from __future__ import annotations

import pytest

from support.bad_input import CASES
from support.staging_case import StagingCase

pytestmark = [pytest.mark.slow, pytest.mark.needs_java]


def test_every_case_is_told_alike_by_a_task(spark, embedded, tmp_path):
    reading = StagingCase(tmp_path)
    here, there = (list(engine.each(reading, CASES)) for engine in (embedded, spark))
    assert len(there) == len(CASES) > 60
    for case, ours, theirs in zip(CASES, here, there, strict=True):
        told, sent = ours.pop("refusal"), theirs.pop("refusal")
        assert type(told) is type(sent), case.id
        assert (told and told.code) == (sent and sent.code) == case.code
        assert theirs == ours, case.id


def test_an_error_of_a_task_is_said_with_its_cause(spark, tmp_path):
    from rekomenda.errors import SparkFailedError

    with pytest.raises(SparkFailedError, match="gone") as caught:
        list(spark.each(StagingCase(tmp_path / "gone"), CASES[:1]))
    assert caught.value.facts["master"] == spark.master
