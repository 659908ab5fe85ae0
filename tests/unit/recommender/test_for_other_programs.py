"""What other people's programs rely on: a cheap import, types, quiet logs, no command line."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

HEAVY = (
    "numpy",
    "pandas",
    "pyarrow",
    "duckdb",
    "scipy",
    "numba",
    "polars",
    "rekomenda.recommender",
)


def run(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", ["rekomenda", "rekomenda.cli.main"])
def test_importing_loads_nothing_heavy(module):
    ran = run(f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])")
    assert ran.stdout.strip() == "[]", ran.stderr


def test_polars_is_not_needed():
    ran = run("""
        import sys
        sys.modules["polars"] = None
        import pandas as pd
        from rekomenda import Recommender
        plays = pd.DataFrame({"user": [1, 1, 2], "track": [1, 2, 1]})
        print(len(Recommender("item_knn").fit(plays).recommend(2)))
    """)
    assert ran.stdout.strip() == "1", ran.stderr


def test_learning_says_nothing_of_its_steps():
    ran = run("""
        import pandas as pd
        from rekomenda import Recommender
        Recommender("item_knn").fit(pd.DataFrame({"user": [1, 1, 2], "track": [1, 2, 1]}))
    """)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_an_unknown_name_of_the_package_is_said_as_python_says_it():
    ran = run("from rekomenda import Recomender")
    assert "ImportError" in ran.stderr


SNIPPET = """
import pandas as pd
import polars as pl
import pyarrow as pa

from rekomenda import Recommender

of_pandas: pd.DataFrame = Recommender().fit(pd.DataFrame()).recommend(["a"], n=3)
of_polars: pl.DataFrame = Recommender("als", n_factors=8).fit(pl.DataFrame()).similar(7)
of_arrow: pa.Table = Recommender(language="pt-BR").fit(pa.table({})).evaluate()
parts: pd.DataFrame = Recommender().fit(pd.DataFrame()).explain("a", 1).contributions
Recommender.load("model").recommend(shelf="again")
"""
WRONG = """
import pandas as pd

from rekomenda import Recommender

fitted = Recommender().fit(pd.DataFrame())
a: int = fitted.recommend()
fitted.recommend(shelf="for-you")
Recommender().recommend()
Recommender(language="fr")
"""


@pytest.mark.slow
def test_a_users_program_is_typed(tmp_path):
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(SNIPPET)
    wrong.write_text(WRONG)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", tmp_path]
    command += ["--disable-error-code=import-untyped", "--follow-imports=silent", right, wrong]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "right.py" not in checked.stdout
    places = {line.split(":")[1] for line in checked.stdout.splitlines() if "wrong.py" in line}
    assert places == {"7", "8", "9", "10"}, checked.stdout
