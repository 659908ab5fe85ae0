"""Everything a person reads is there in both languages, over the same facts."""

from __future__ import annotations

import ast
import re
import string

import pytest

from support.repository import calls, relative, source_files


def _texts() -> list[tuple[str, dict[str, ast.expr]]]:
    """Return every `Text(...)` written in the package: its place, and its words by language."""
    found = []
    for path in source_files():
        for name, call in calls(path) if path.name != "language.py" else ():
            if name == "Text":
                words = dict(zip(("en", "pt"), call.args, strict=False))
                words |= {str(word.arg): word.value for word in call.keywords}
                found.append((f"{relative(path)}:{call.lineno}", words))
    return found


def _is_joined(words: dict[str, ast.expr]) -> bool:
    """Recognise a text made of others or read, as `Text(a.en + b.en, a.pt + b.pt)`."""
    made = ast.BinOp | ast.Attribute | ast.Call | ast.Subscript
    return all(isinstance(node, made) for node in words.values())


def _prose(node: ast.expr) -> str:
    """Return the words of a literal, facts left out."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_prose(part) for part in node.values if isinstance(part, ast.Constant))
    return "".join(words for words, *_ in string.Formatter().parse(ast.literal_eval(node)))


def _facts(node: ast.expr) -> set[str]:
    """Return what a literal names: the fields of a template, the expressions of an f-string."""
    if isinstance(node, ast.JoinedStr):
        values = (part.value for part in node.values if isinstance(part, ast.FormattedValue))
        return {re.sub(r"\.(en|pt)$", "", ast.unparse(value)) for value in values}
    parsed = string.Formatter().parse(ast.literal_eval(node))
    return {field for _, field, _, _ in parsed if field is not None}


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, dict[str, ast.expr]]]:
    written = [(place, words) for place, words in _texts() if not _is_joined(words)]
    assert len(written) > 100
    return written


def test_both_languages_say_something_or_neither(texts):
    assert not [
        place
        for place, words in texts
        if set(words) != {"en", "pt"}
        or bool(_prose(words["en"]).strip()) != bool(_prose(words["pt"]).strip())
    ]


def test_both_languages_name_the_same_facts(texts):
    assert not [place for place, words in texts if _facts(words["en"]) != _facts(words["pt"])]


def test_a_plural_is_two_words(texts):
    """`{n:row|rows}`; a number in front of it is a field of its own."""
    templates = [
        (place, node) for place, words in texts for node in words.values() if _is_template(node)
    ]
    specs = [
        (place, spec)
        for place, node in templates
        for _, _, spec, _ in string.Formatter().parse(ast.literal_eval(node))
    ]
    assert not [(place, spec) for place, spec in specs if spec and spec.count("|") > 1]


def _templates(texts, language: str) -> list[tuple[str, str]]:
    return [
        (place, ast.literal_eval(words[language]))
        for place, words in texts
        if language in words and _is_template(words[language])
    ]


def _plurals(templates: list[tuple[str, str]]) -> set[str]:
    """Return every word that some template says of several things and not of one."""
    specs = (
        spec.split("|")
        for _, template in templates
        for _, _, spec, _ in string.Formatter().parse(template)
        if spec and "|" in spec
    )
    return {plural for singular, plural in specs if singular != plural and " " not in plural}


@pytest.mark.parametrize("language", ["en", "pt"])
def test_one_thing_is_never_said_to_be_several(texts, language):
    """A number is 1 at times: what stands behind it as a fixed word must fit that too."""
    templates = _templates(texts, language)
    plurals = _plurals(templates)
    assert {"rows", "listeners"} <= plurals or {"linhas", "ouvintes", "carregadas"} <= plurals
    assert not [
        (place, f"1 {word}")
        for place, template in templates
        for word in re.findall(r"\{\w+:n\} (\w+)", template)
        if word in plurals
    ]


def _is_template(node: ast.expr) -> bool:
    return not isinstance(node, ast.JoinedStr)


UNACCENTED = re.compile(
    r"\b(nao|voce|ja|ate|so|numero|codigo|pagina|ultim[oa]s?|musicas?|catalogo|tambem|possivel|"
    r"invalid[oa]s?|valid[oa]|execucao|versao|memoria|opcao|opcoes|genero|lingua|inicio|"
    r"historico|padrao|configuracao|periodo|maximo|minimo|proxim[oa]|necessari[oa])\b"
)


def test_portuguese_is_written_with_its_accents(texts):
    found = [
        (place, UNACCENTED.findall(re.sub(r"`[^`]*`", "", _prose(words["pt"]).lower())))
        for place, words in texts
    ]
    assert not [(place, words) for place, words in found if words]
