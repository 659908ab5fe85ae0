"""Names are found as people write them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain import names
from rekomenda.domain.ids import IdMap
from rekomenda.domain.names import find
from rekomenda.errors import UnknownNameError
from rekomenda.language import Text

IDS = IdMap.of(["007", "a", "b", "c", "d", "luiz"])
NAMES = pa.array(["Ana", "Luiz Gonzaga", None, "LUIZ  GONZAGA", "Forró do Zé", "a"])
LISTENERS = np.array([5, 3, 9, 4, 1, 0])


def found(wanted: str) -> int:
    return find(
        wanted,
        IDS,
        NAMES,
        what=Text("Artist", "O artista"),
        where=Text(" of release r1", ""),
        listeners=LISTENERS,
    )


def test_an_id_is_meant_before_a_name():
    assert found("a") == 1  # the id, not the artist whose name is "a"
    assert found("luiz") == 5


def test_case_accents_and_spaces_of_a_name_do_not_count():
    for wanted in ("forro do ze", "FORRÓ DO ZÉ", "  Forró   do Zé "):
        assert found(wanted) == 4


def test_of_those_who_share_a_name_the_most_listened_is_meant():
    assert found("luiz gonzaga") == 3


def test_ids_count_as_they_are_written():
    with pytest.raises(UnknownNameError):
        found("7")
    with pytest.raises(UnknownNameError):
        found("B")


@pytest.mark.parametrize("wanted", ["", "   ", "´"])
def test_nothing_is_no_name(wanted):
    with pytest.raises(UnknownNameError):
        found(wanted)


@pytest.mark.parametrize("most", [20_000, 3])
def test_a_name_nearly_right_is_answered_with_the_closest(monkeypatch, most):
    monkeypatch.setattr(names, "MOST_COMPARED", most)
    with pytest.raises(UnknownNameError) as caught:
        found("luis gonsaga")
    assert "Closest: Luiz Gonzaga." in caught.value.message("en")
    assert "O artista 'luis gonsaga' não está" in caught.value.message("pt-BR")
    assert "Mais parecidos: Luiz Gonzaga." in caught.value.message("pt-BR")


def test_what_is_like_nothing_gets_no_suggestion():
    with pytest.raises(UnknownNameError) as caught:
        found("qwxk")
    assert "Closest" not in caught.value.message("en")
