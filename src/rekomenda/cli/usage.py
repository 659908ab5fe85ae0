"""Click's complaints about a command line, in both languages."""

from __future__ import annotations

from difflib import get_close_matches

import click

from rekomenda.language import Language, Text

_NO_SUCH_OPTION = Text(
    en="There is no option {name}.{hint} See `{command} --help`.",
    pt="Não existe a opção {name}.{hint} Veja `{command} --help`.",
)
_NO_SUCH_COMMAND = Text(
    en="There is no command {name!r}.{hint} See `rekomenda --help`.",
    pt="Não existe o comando {name!r}.{hint} Veja `rekomenda --help`.",
)
_MISSING = Text(
    en="{name} is missing. See `{command} --help`.",
    pt="Falta {name}. Veja `{command} --help`.",
)
_BAD_VALUE = Text(
    en="{name}: {detail} See `{command} --help`.",
    pt="{name}: {detail} Veja `{command} --help`.",
)
_ONE_OF = Text(
    en="not a value it takes. It takes one of {choices}.",
    pt="valor não aceito. Aceita um destes: {choices}.",
)
_WHOLE_NUMBER = Text(
    en="not a value it takes. It takes a whole number{bounds}.",
    pt="valor não aceito. Aceita um número inteiro{bounds}.",
)
_DAY = Text(
    en="not a value it takes. It takes a day, YYYY-MM-DD.",
    pt="valor não aceito. Aceita um dia, AAAA-MM-DD.",
)
_BOUNDS = Text(en=" from {low:n} to {high:n}", pt=" de {low:n} a {high:n}")
_AT_LEAST = Text(en=" of at least {low:n}", pt=" a partir de {low:n}")
_OTHER = Text(
    en="The command line was not understood: {detail} See `{command} --help`.",
    pt="A linha de comando não foi entendida: {detail} Veja `{command} --help`.",
)
_DID_YOU_MEAN = Text(en=" Did you mean {names}?", pt=" Você quis dizer {names}?")


def usage_message(error: click.ClickException, language: Language) -> str:
    """Say in one language what click found wrong."""
    context = getattr(error, "ctx", None)
    facts = {"command": context.command_path if context else "rekomenda", "hint": ""}
    if isinstance(error, click.NoSuchOption):
        nearest = get_close_matches(error.option_name, error.possibilities or (), n=1)
        facts |= {"name": error.option_name, "hint": _hint(nearest, language)}
        return _NO_SUCH_OPTION.render(language, facts)
    if isinstance(error, click.MissingParameter):
        name = error.param.human_readable_name if error.param else ""
        return _MISSING.render(language, facts | {"name": name})
    if isinstance(error, click.BadParameter):
        name = error.param.human_readable_name if error.param else ""
        detail = _expected(error, language)
        return _BAD_VALUE.render(language, facts | {"name": name, "detail": detail})
    if isinstance(error, click.exceptions.NoSuchCommand):
        hint = _hint(_close_commands(error), language)
        return _NO_SUCH_COMMAND.render(language, facts | {"name": error.command_name, "hint": hint})
    return _OTHER.render(language, facts | {"detail": error.format_message()})


def _hint(names: object, language: Language) -> str:
    listed = ", ".join(names) if isinstance(names, (list, tuple, set, frozenset)) else ""
    return _DID_YOU_MEAN.render(language, {"names": listed}) if listed else ""


def _close_commands(error: click.exceptions.NoSuchCommand) -> list[str]:
    """Return what may have been meant; click itself knows only commands already imported."""
    context = error.ctx
    if context is None or not isinstance(context.command, click.Group):
        return []
    return get_close_matches(error.command_name, context.command.list_commands(context), n=2)


def _expected(error: click.BadParameter, language: Language) -> str:
    """Say what the option or argument takes."""
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return _ONE_OF.render(language, {"choices": ", ".join(kind.choices)})
    if isinstance(kind, click.IntRange) and kind.max is not None:
        bounds = _BOUNDS.render(language, {"low": kind.min or 0, "high": kind.max})
        return _WHOLE_NUMBER.render(language, {"bounds": bounds})
    if isinstance(kind, click.IntRange) and kind.min is not None:
        bounds = _AT_LEAST.render(language, {"low": kind.min})
        return _WHOLE_NUMBER.render(language, {"bounds": bounds})
    if isinstance(kind, click.types.IntParamType):
        return _WHOLE_NUMBER.render(language, {"bounds": ""})
    if isinstance(kind, click.DateTime):
        return _DAY.render(language)
    return error.message
