"""The reference says what the code says now, in both languages."""

from __future__ import annotations

from generate_reference import outdated
from reference import portuguese
from rekomenda.settings import Settings, load_settings
from support.repository import ROOT


def test_generated_pages_are_what_the_code_makes():
    assert not outdated(), "run `make reference`"


def test_the_example_file_holds_every_default():
    example = load_settings(file=ROOT / "rekomenda.example.toml", environment={})
    assert example == Settings()
    assert example.model_fields_set == set(Settings.model_fields)
    for _, section in example:
        assert section.model_fields_set == set(type(section).model_fields)


def test_nothing_is_translated_that_is_gone():
    settings = {f"{section}.{name}" for section, fields in Settings() for name, _ in fields}
    assert set(portuguese.SETTINGS) == settings
    assert set(portuguese.SECTIONS) == set(Settings.model_fields)
