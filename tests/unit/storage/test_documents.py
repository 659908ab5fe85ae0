"""Sealed documents notice damage, and refuse what they do not understand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rekomenda.errors import CorruptError, NewerFormatError
from rekomenda.storage.documents import canonical, digest, seal, unseal

PATH = Path("current")
CONTENT = {"release_id": "r1", "token": 7, "nome": "Forró", "part": None}


def test_what_was_sealed_comes_back():
    assert unseal(seal(CONTENT), PATH) == CONTENT


def test_the_order_of_keys_means_nothing():
    assert canonical({"b": 1, "a": 2}) == b'{"a":2,"b":1}'
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


def test_every_flipped_bit_is_noticed_or_harmless():
    sealed = seal(CONTENT)
    wrong = []
    for place in range(len(sealed)):
        for bit in range(8):
            damaged = bytearray(sealed)
            damaged[place] ^= 1 << bit
            try:
                if unseal(bytes(damaged), PATH) != CONTENT:
                    wrong.append((place, bit))
            except (CorruptError, NewerFormatError):
                continue
    assert wrong == []


def test_a_document_cut_short_is_damaged_wherever_it_ends():
    sealed = seal(CONTENT).rstrip()
    for end in range(len(sealed)):
        with pytest.raises(CorruptError):
            unseal(sealed[:end], PATH)


def test_a_later_format_is_refused_even_if_its_checksum_is_of_another_kind():
    later = json.dumps({"format": 99, "checksum": {"blake3": "…"}}).encode()
    with pytest.raises(NewerFormatError) as caught:
        unseal(later, PATH)
    assert "99" in caught.value.message("pt-BR")


def test_the_message_says_what_to_do_in_both_languages():
    with pytest.raises(CorruptError) as caught:
        unseal(b"not json", PATH)
    assert "rekomenda rebuild" in caught.value.message("en")
    assert "não é JSON" in caught.value.message("pt-BR")
    assert "not JSON" not in caught.value.message("pt-BR")


def test_nan_cannot_be_sealed():
    with pytest.raises(ValueError, match="JSON"):
        seal({"ndcg": float("nan")})
