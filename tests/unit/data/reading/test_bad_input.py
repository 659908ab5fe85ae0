"""Every bad input of the catalogue gets its verdict, code and exact accounting."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rekomenda.data.layout import Source
from rekomenda.data.quarantine import read_quarantine
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.verdict import Limits
from rekomenda.data.staging import Staged, stage
from support.bad_input import CASES, Case

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@pytest.fixture
def staged(case: Case, tmp_path) -> Staged:
    path = tmp_path / case.file
    path.write_bytes(case.content)
    options = ReadOptions(now=NOW, **case.options)
    return stage(Source(case.file, path), tmp_path / "staged", options, limits=Limits())


@every_case
def test_the_verdict_and_code_are_those_of_the_catalogue(case, staged):
    code = staged.refusal.code if staged.refusal else None
    assert (staged.verdict, code) == (case.verdict, case.code)


@every_case
def test_every_row_is_accounted_for(case, staged):
    counts = (staged.loaded, staged.merged, staged.quarantined, staged.deduplicated)
    assert counts == (case.loaded, case.merged, case.quarantined, case.deduplicated)
    assert staged.rows_in == case.rows_in
    assert dict(staged.reasons) == dict(case.reasons)


@every_case
def test_quarantine_names_the_lines_of_the_file(case, staged):
    if case.lines:
        assert tuple(row["line"] for row in read_quarantine(staged.quarantine)) == case.lines


@every_case
def test_a_refused_file_leaves_no_parts(case, staged):
    in_parts = sum(part.rows for part in staged.parts)
    assert in_parts == (case.loaded - case.merged if case.verdict == "loaded" else 0)


@every_case
@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_a_refusal_says_which_file_in_both_languages(case, staged, language):
    if staged.refusal:
        assert case.file in staged.refusal.message(language)
