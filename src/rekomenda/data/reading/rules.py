"""The rules a row can break: a stable code, and words in both languages."""

from __future__ import annotations

from enum import StrEnum

from rekomenda.language import Text


class Rule(StrEnum):
    """Why a row is set aside. The value is what quarantine files and `--json` say."""

    FIELD_COUNT = "E_FIELD_COUNT"
    QUOTE_UNCLOSED = "E_QUOTE_UNCLOSED"
    NUL = "E_NUL"
    TOO_LONG = "E_TOO_LONG"
    ID_MISSING = "E_ID_MISSING"
    IDS_ALTERED = "E_IDS_ALTERED"
    DATE_MISSING = "E_DATE_MISSING"
    DATE_INVALID = "E_DATE_INVALID"
    DATE_AMBIGUOUS = "E_DATE_AMBIGUOUS"
    DATE_TOO_OLD = "E_DATE_TOO_OLD"
    DATE_FUTURE = "E_DATE_FUTURE"
    PLAYS_MISSING = "E_PLAYS_MISSING"
    PLAYS_INVALID = "E_PLAYS_INVALID"
    PLAYS_NEGATIVE = "E_PLAYS_NEGATIVE"
    PLAYS_NOT_WHOLE = "E_PLAYS_NOT_WHOLE"
    PLAYS_RANGE = "E_PLAYS_RANGE"
    NUMBER_AMBIGUOUS = "E_NUMBER_AMBIGUOUS"
    NUMBER_INVALID = "E_NUMBER_INVALID"
    NUMBER_RANGE = "E_NUMBER_RANGE"
    TEXT_MISSING = "E_TEXT_MISSING"
    VALUE_UNKNOWN = "E_VALUE_UNKNOWN"
    FILE_HELD = "E_FILE_HELD"
    FILE_REJECTED = "E_FILE_REJECTED"

    @property
    def words(self) -> Text:
        """What the rule says, as a count of rows is followed by it."""
        return _WORDS[self]

    @property
    def number(self) -> int:
        """A number from 1 on, for arrays; 0 there means that nothing is wrong."""
        return _NUMBERS[self]


RULES: tuple[Rule, ...] = tuple(Rule)
_NUMBERS = {rule: place + 1 for place, rule in enumerate(RULES)}

HOLDS_THE_FILE = (Rule.IDS_ALTERED, Rule.NUMBER_AMBIGUOUS, Rule.DATE_AMBIGUOUS)
"""One row that breaks one of these speaks of the whole file."""

_WORDS = {
    Rule.FIELD_COUNT: Text("wrong number of fields", "número de campos"),
    Rule.QUOTE_UNCLOSED: Text("quote left open", "aspas não fechadas"),
    Rule.NUL: Text("NUL or control character", "NUL ou caractere de controle"),
    Rule.TOO_LONG: Text("value too long", "valor longo demais"),
    Rule.ID_MISSING: Text("id missing", "id ausente"),
    Rule.IDS_ALTERED: Text("id altered by a spreadsheet", "id alterado por uma planilha"),
    Rule.DATE_MISSING: Text("date missing", "data ausente"),
    Rule.DATE_INVALID: Text("not a date", "data inválida"),
    Rule.DATE_AMBIGUOUS: Text("date with two readings", "data com duas leituras"),
    Rule.DATE_TOO_OLD: Text("date before 2002-10-01", "data anterior a 01/10/2002"),
    Rule.DATE_FUTURE: Text("date in the future", "data no futuro"),
    Rule.PLAYS_MISSING: Text("plays missing", "plays ausente"),
    Rule.PLAYS_INVALID: Text("plays is not a number", "plays não é um número"),
    Rule.PLAYS_NEGATIVE: Text("plays negative", "plays negativo"),
    Rule.PLAYS_NOT_WHOLE: Text("plays not whole", "plays não inteiro"),
    Rule.PLAYS_RANGE: Text("plays out of range", "plays fora da faixa"),
    Rule.NUMBER_AMBIGUOUS: Text("number with two readings", "número com duas leituras"),
    Rule.NUMBER_INVALID: Text("not a number", "não é um número"),
    Rule.NUMBER_RANGE: Text("number out of range", "número fora da faixa"),
    Rule.TEXT_MISSING: Text("required value missing", "valor obrigatório ausente"),
    Rule.VALUE_UNKNOWN: Text("value not among those known", "valor desconhecido"),
    Rule.FILE_HELD: Text("held with their file", "retidas com o arquivo"),
    Rule.FILE_REJECTED: Text("rejected with their file", "rejeitadas com o arquivo"),
}
