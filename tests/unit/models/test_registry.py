"""Algorithms are made by name; a slip of the pen gets a suggestion in both languages."""

import numpy as np
import pytest

from rekomenda.errors import (
    ConfigError,
    HyperparameterError,
    UnknownAlgorithmError,
    UnknownHyperparameterError,
)
from rekomenda.models import registry


def test_hyperparameters_that_are_not_given_keep_their_default():
    assert registry.create("ease") == registry.create("ease", {})
    assert registry.create("ease", {"regularization": 7.5}).regularization == 7.5


def test_a_whole_number_will_do_where_a_number_is_wanted():
    for given in (80, np.int32(80), np.float32(80)):
        value = registry.create("ease", {"regularization": given}).regularization
        assert (value, type(value)) == (80.0, float)


def test_an_unknown_model_is_refused_with_the_closest_name():
    with pytest.raises(UnknownAlgorithmError) as raised:
        registry.create("popularty")
    assert isinstance(raised.value, ConfigError)
    assert raised.value.exit_code == 78
    assert "Did you mean popularity?" in raised.value.message("en")
    assert "Você quis dizer popularity?" in raised.value.message("pt-BR")
    assert "ease" in raised.value.message("en")


def test_an_unknown_hyperparameter_is_refused_with_the_closest_name():
    with pytest.raises(UnknownHyperparameterError) as raised:
        registry.create("ease", {"regularisation": 3})
    assert "Did you mean regularization?" in raised.value.message("en")


def test_nothing_is_suggested_where_nothing_is_close():
    with pytest.raises(UnknownHyperparameterError) as raised:
        registry.create("popularity", {"zzz": 3})
    assert "Did you mean" not in raised.value.message("en")
    assert "It has: —." in raised.value.message("en")


@pytest.mark.parametrize(
    ("name", "value", "allowed", "permitido"),
    [
        ("regularization", 0, "a number > 0", "um número > 0"),
        ("regularization", "80", "a number > 0", "um número > 0"),
        ("regularization", True, "a number > 0", "um número > 0"),
        ("regularization", float("nan"), "a number > 0", "um número > 0"),
        ("values", "plays", "one of weights, binary", "um destes: weights, binary"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name, value, allowed, permitido):
    with pytest.raises(HyperparameterError) as raised:
        registry.create("ease", {name: value})
    assert allowed in raised.value.message("en")
    assert permitido in raised.value.message("pt-BR")


def test_whole_numbers_stay_whole():
    with pytest.raises(HyperparameterError, match="a whole number >= 1"):
        registry.create("popularity_recent", {"window_days": 7.5})
