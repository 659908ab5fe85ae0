"""Every example in a docstring gives what it shows."""

from __future__ import annotations

import doctest
import importlib
import re

import pandas as pd
import pytest

from rekomenda import Recommender
from rekomenda.recommender.fitted import FittedRecommender
from support.repository import PACKAGE, relative, source_files

WITH_EXAMPLES = [path for path in source_files() if ">>> " in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=relative)
def test_the_examples_of_a_module_are_right(path):
    name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    module = importlib.import_module(re.sub(r"\.__init__$", "", name))
    with pd.option_context("display.width", 200, "display.max_columns", None):
        found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_every_question_has_an_example():
    asked = ("recommend", "recommend_for", "similar", "explain", "evaluate")
    assert not [name for name in asked if ">>>" not in (getattr(FittedRecommender, name).__doc__)]
    assert ">>>" in Recommender.__doc__
