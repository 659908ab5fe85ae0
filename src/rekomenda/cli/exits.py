"""The exit codes of the command line, and what each command means by its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rekomenda.language import Text


@dataclass(frozen=True)
class Exit:
    """A code that a command leaves with, and what it means there."""

    code: int
    words: Text


EXIT_CODES: Final = {
    0: Text("done", "feito"),
    1: Text("something unexpected", "algo inesperado"),
    2: Text("the command line was not understood", "a linha de comando não foi entendida"),
    3: Text("the gate refused the candidate", "o gate recusou a candidata"),
    4: Text("data is held until a person decides", "dados retidos até uma pessoa decidir"),
    65: Text("bad data", "dados ruins"),
    69: Text("something needed is not there", "falta algo necessário"),
    73: Text("cannot write", "não foi possível gravar"),
    74: Text("damaged file or failing disk", "arquivo danificado ou disco com falha"),
    75: Text("temporary: try again", "temporário: tente de novo"),
    77: Text("no permission", "sem permissão"),
    78: Text("settings that cannot be used", "configuração que não pode ser usada"),
    130: Text("interrupted from the keyboard", "interrompido pelo teclado"),
}
"""All of them, as the reference lists them."""

OF_EVERY_COMMAND: Final = (0, 1, 2, 73, 74, 77, 78, 130)

BUSY: Final = Exit(75, Text("another rekomenda is writing here", "outro rekomenda está gravando"))
NO_DATA: Final = Exit(65, Text("there is nothing to learn from", "não há de que aprender"))
GATE: Final = Exit(3, Text("the gate refused; nothing changed", "o gate recusou; nada mudou"))
NO_RELEASE: Final = Exit(69, Text("nothing is published yet", "ainda não há nada publicado"))
NO_RELEASE_OF_THAT_NAME: Final = Exit(
    69,
    Text("nothing is published, or no such release", "nada publicado, ou não existe essa release"),
)


def exits_of(own: Sequence[Exit]) -> list[Exit]:
    """Return every code that a command may leave with, in order; its own words win."""
    words = {code: EXIT_CODES[code] for code in OF_EVERY_COMMAND}
    words |= {each.code: each.words for each in own}
    return [Exit(code, words[code]) for code in sorted(words)]
