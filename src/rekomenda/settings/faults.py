"""Why a value is refused, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rekomenda.language import Text

_UNKNOWN = Text(en="unknown setting", pt="configuração desconhecida")
_NOT_ACCEPTED = Text(en="not a value it takes: {words}", pt="valor não aceito: {words}")
_FAULTS = {
    "greater_than_equal": Text(en="must be at least {ge}", pt="precisa ser no mínimo {ge}"),
    "greater_than": Text(en="must be more than {gt}", pt="precisa ser maior que {gt}"),
    "less_than_equal": Text(en="must be at most {le}", pt="precisa ser no máximo {le}"),
    "less_than": Text(en="must be less than {lt}", pt="precisa ser menor que {lt}"),
    "literal_error": Text(en="must be one of {choices}", pt="precisa ser um de {choices}"),
    "int_parsing": Text(en="must be a whole number", pt="precisa ser um número inteiro"),
    "int_from_float": Text(en="must be a whole number", pt="precisa ser um número inteiro"),
    "float_parsing": Text(en="must be a number", pt="precisa ser um número"),
    "bool_parsing": Text(en="must be true or false", pt="precisa ser true ou false"),
    "string_type": Text(en="must be text", pt="precisa ser texto"),
    "model_type": Text(en="must be a table", pt="precisa ser uma tabela"),
    "dict_type": Text(en="must be a table", pt="precisa ser uma tabela"),
    "tuple_type": Text(en="must be a list", pt="precisa ser uma lista"),
    "too_short": Text(en="must not be empty", pt="não pode ficar vazio"),
    "string_pattern_mismatch": Text(
        en="must match the pattern {pattern}", pt="precisa seguir o padrão {pattern}"
    ),
    "no_time_zone": Text(
        en="there is no such time zone; write it like America/Fortaleza",
        pt="não existe esse fuso; escreva como America/Fortaleza",
    ),
    "no_spark_setting": Text(
        en="holds a name that is not Spark's; they begin with spark.",
        pt="tem um nome que não é do Spark; eles começam com spark.",
    ),
    "secret_of_spark": Text(
        en="holds a secret, which has no place in settings: give the machines a role, or use the environment",
        pt="tem um segredo, que não cabe em configurações: dê um papel às máquinas, ou use o ambiente",
    ),
}
"""What pydantic found wrong, by its name for it."""


def words_of(kind: str, words: str, facts: Mapping[str, Any]) -> Text:
    """Say in both languages why a value is refused."""
    if kind == "extra_forbidden":
        return _UNKNOWN
    choices = str(facts.get("expected", "")).replace(" or ", ", ")
    return _FAULTS.get(kind, _NOT_ACCEPTED).filled(**facts, words=words, choices=choices)
