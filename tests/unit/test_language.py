"""Numbers, days and plurals, as each language writes them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from rekomenda.language import LANGUAGES, Text, language_of_locale


def both(template: str, **facts: object) -> tuple[str, str]:
    text = Text(en=template, pt=template)
    return text.render("en", facts), text.render("pt-BR", facts)


@pytest.mark.parametrize(
    ("template", "value", "en", "pt"),
    [
        ("{x:n}", 7, "7", "7"),
        ("{x:n}", 1234567, "1,234,567", "1.234.567"),
        ("{x:n}", -1234, "-1,234", "-1.234"),
        ("{x:n}", 1234.5, "1,234.5", "1.234,5"),
        ("{x:.2f}", 3.14159, "3.14", "3,14"),
        ("{x:,.1f}", 9876.54, "9,876.5", "9.876,5"),
        ("{x:.2%}", 0.0024, "0.24%", "0,24%"),
        ("{x}", date(2024, 2, 9), "2024-02-09", "09/02/2024"),
        ("{x:%Y}", date(2024, 2, 9), "2024", "2024"),
        ("{x}", "1.5", "1.5", "1.5"),
        ("{x!r}", "0012", "'0012'", "'0012'"),
        ("{x:.2%}", float("nan"), "–", "–"),
        ("{x:+.4f}", float("nan"), "–", "–"),
        ("{x:n}", float("nan"), "–", "–"),
        ("{x:sh}", "plays.csv", "plays.csv", "plays.csv"),
        ("{x:sh}", "plays março.csv", "'plays março.csv'", "'plays março.csv'"),
    ],
)
def test_a_fact_is_written_as_the_language_writes_it(template, value, en, pt):
    assert both(template, x=value) == (en, pt)


@pytest.mark.parametrize(("count", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows")])
def test_a_word_fits_its_number(count, words):
    assert both("{n:n} {n:row|rows}", n=count) == (words, words)


def test_a_moment_is_not_mistaken_for_a_day():
    moment = datetime(2024, 2, 9, 13, 5)  # noqa: DTZ001 - how it is written is the point
    rendered, _ = both("{x}", x=moment)
    assert "13:05" in rendered


def test_each_language_has_its_own_words():
    text = Text(en="nothing", pt="nada")
    assert [text.render(language) for language in LANGUAGES] == ["nada", "nothing"]


def test_a_missing_fact_is_an_error_and_not_an_empty_place():
    with pytest.raises(KeyError, match="x"):
        both("{x}")


def test_a_text_can_be_a_fact_of_another_text():
    reason = Text(en="{n:n} rows are bad", pt="{n:n} linhas são ruins").filled(n=1500)
    assert both("{file}: {reason}.", file="{a}.csv", reason=reason) == (
        "{a}.csv: 1,500 rows are bad.",
        "{a}.csv: 1.500 linhas são ruins.",
    )


def test_a_fact_with_braces_is_only_text():
    assert both("{x}", x="{y}") == ("{y}", "{y}")


@pytest.mark.parametrize(
    ("values", "language"),
    [
        (("pt_BR.UTF-8",), "pt-BR"),
        (("pt_PT",), "pt-BR"),
        (("PT-BR",), "pt-BR"),
        (("C.UTF-8",), "en"),
        (("es_ES",), "en"),
        ((None, "", "pt_BR"), "pt-BR"),
        (("en_US", "pt_BR"), "en"),
        ((), "en"),
    ],
)
def test_the_first_locale_that_is_set_decides(values, language):
    assert language_of_locale(*values) == language
