"""The benchmark of the ETL measures what it says it measures."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from support.repository import ROOT


@pytest.mark.slow
def test_the_etl_benchmark_measures_the_same_work_three_times(tmp_path):
    command = [sys.executable, str(ROOT / "benchmarks" / "etl.py"), "--rows", "30000"]
    command += ["--folder", str(tmp_path), "--from-bare-lake", "--json"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result = json.loads(output)
    measured = result["measured"]
    assert set(measured) == {"bare_csv_to_parquet", "lake_to_interactions", "pandas_aggregation"}
    assert all(facts["seconds"] > 0 and facts["peak_rss_mb"] > 50 for facts in measured.values())
    cells = measured["lake_to_interactions"]["cells"]
    assert 0 < cells == measured["pandas_aggregation"]["cells"] <= result["rows"]
    assert list(tmp_path.iterdir()) == []
