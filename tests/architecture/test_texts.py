"""Everything a person reads is there in both languages, over the same facts."""

from __future__ import annotations

import ast
import re
import string

import pytest

from rekomenda.language import Text
from support.repository import calls, relative, source_files


def _texts() -> list[tuple[str, dict[str, ast.expr]]]:
    """Return every `Text(...)` written in the package: its place, and its words by language."""
    found = []
    for path in source_files():
        for name, call in calls(path):
            if name == "Text":
                words = dict(zip(("en", "pt"), call.args, strict=False))
                words |= {str(word.arg): word.value for word in call.keywords}
                found.append((f"{relative(path)}:{call.lineno}", words))
    return found


def _is_joined(words: dict[str, ast.expr]) -> bool:
    """Recognise a text joined from others: `Text(a.en + b.en, a.pt + b.pt)`."""
    return all(isinstance(node, ast.BinOp | ast.Attribute) for node in words.values())


def _fields(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}


WRITTEN = [(place, words) for place, words in _texts() if not _is_joined(words)]
"""Facts belong in fields: an f-string is neither literal nor joined, and fails below."""

texts = pytest.mark.parametrize(
    "words", [words for _, words in WRITTEN], ids=[place for place, _ in WRITTEN]
)


@pytest.fixture
def text(words: dict[str, ast.expr]) -> Text:
    return Text(**{language: ast.literal_eval(node) for language, node in words.items()})


def test_there_are_texts_to_check():
    assert len(WRITTEN) > 100


@texts
def test_both_languages_say_something(text):
    assert text.en.strip()
    assert text.pt.strip()


@texts
def test_both_languages_name_the_same_facts(text):
    assert _fields(text.en) == _fields(text.pt)


UNACCENTED = re.compile(
    r"\b(nao|voce|ja|ate|so|numero|codigo|pagina|ultim[oa]s?|musicas?|catalogo|tambem|possivel|"
    r"invalid[oa]s?|valid[oa]|execucao|versao|memoria|opcao|opcoes|genero|lingua|inicio|"
    r"historico|padrao|configuracao|periodo|maximo|minimo|proxim[oa]|necessari[oa])\b"
)


@texts
def test_portuguese_is_written_with_its_accents(text):
    prose = re.sub(r"`[^`]*`|\{[^}]*\}", "", text.pt.lower())
    assert not UNACCENTED.findall(prose)
