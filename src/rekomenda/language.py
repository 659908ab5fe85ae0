"""Texts people read, in both languages, side by side."""

from __future__ import annotations

import shlex
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any, Final, Literal, get_args

from rekomenda.mirror import shown

Language = Literal["pt-BR", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
UNKNOWN: Final = "–"
"""What stands for a number that there is none of: nobody reads "nan%"."""


@dataclass(frozen=True, slots=True)
class Text:
    """One message in English and in Brazilian Portuguese.

    Both are `str.format` templates over the same facts. Besides Python's own format
    specifications a field may say `{n:n}` (a number as that language writes it: 1,234.5 or
    1.234,5), `{ratio:.2%}` (likewise), `{n:row|rows}` (the word that fits the number) and
    `{file:sh}` (as a shell takes it, for commands to be pasted). A fact that is itself a `Text`
    is put in as it stands, in that language.
    """

    en: str
    pt: str

    def render(self, language: Language, facts: Mapping[str, Any] | None = None) -> str:
        """Fill the template of one language.

        Raises
        ------
        KeyError
            If the template names a fact that was not given.
        """
        template = self.pt if language == "pt-BR" else self.en
        return _FORMATTERS[language].vformat(template, (), facts or {})

    def both(self) -> dict[str, str]:
        """Return the text, which needs no more facts, by language: what JSON keeps."""
        return {language: self.render(language) for language in LANGUAGES}

    def filled(self, **facts: Any) -> Text:
        """Return the text with its facts put in, to be a fact of another text."""
        return Text(self.render("en", facts), self.render("pt-BR", facts))


class _Formatter(string.Formatter):
    """`str.format` with numbers, days and plurals as one language writes them."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002 - the base class's signature
        """Look facts up by name only."""
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        """Format one fact."""
        if isinstance(value, Text):
            return value.pt if self._language == "pt-BR" else value.en
        value = shown(value)
        if "|" in format_spec:
            singular, plural = format_spec.split("|")
            return singular if value == 1 else plural
        if format_spec == "sh":
            return shlex.quote(str(value))
        if type(value) is date and format_spec == "":
            return value.strftime("%d/%m/%Y" if self._language == "pt-BR" else "%Y-%m-%d")
        counted = format_spec == "n"
        if isinstance(value, float) and format_spec:
            return UNKNOWN if isnan(value) else self._localised(format(value, _plain(format_spec)))
        written = str(format(value, "," if counted else format_spec))
        return self._localised(written) if counted else written

    def _localised(self, number: str) -> str:
        if self._language == "pt-BR":
            return number.translate(_SWAP_MARKS)
        return number


def _plain(format_spec: str) -> str:
    """Return Python's own way to write a number, marks of English and all."""
    return "," if format_spec == "n" else format_spec


_SWAP_MARKS: Final = str.maketrans({",": ".", ".": ","})
_FORMATTERS: Final = {language: _Formatter(language) for language in LANGUAGES}


def language_of_locale(*values: str | None) -> Language:
    """Return the language that the first set value of LC_ALL, LC_MESSAGES, LANG asks for.

    Examples
    --------
    >>> language_of_locale(None, "pt_BR.UTF-8")
    'pt-BR'
    >>> language_of_locale("C.UTF-8")
    'en'
    """
    chosen = next((value for value in values if value), "")
    return "pt-BR" if chosen.lower().startswith("pt") else "en"
