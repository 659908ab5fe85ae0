"""The table of faults in docs/reliability.md and its twin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from comparison.marks import fill
from rekomenda.language import LANGUAGES, Language, Text
from unrest.faults import FAULTS

_HEADS = Text(
    "| fault | | points tried | of | target | went wrong | when |",
    "| falha | | pontos tentados | de | meta | deu errado | quando |",
)
_ELSEWHERE = {
    "F8": (
        Text("object storage: twelve faults", "armazenamento de objetos: doze falhas"),
        "tests/unit/storage/test_store_faults.py",
    ),
    "F11": (
        Text("what Redshift lacks (emulation)", "o que falta ao Redshift (emulação)"),
        "tests/unit/storage/test_redshift_rules.py",
    ),
    "F20": (
        Text("Airflow: killed, repeated", "Airflow: morto, repetido"),
        "tests/e2e/test_airflow.py",
    ),
}
"""What `make test` tries in full, and where."""
_LATER = {"F21": Text("an API under abuse", "uma API sob abuso")}
_IN_TESTS = Text("in every `make test`: `{path}`", "em todo `make test`: `{path}`")
_NOT_YET = Text("not part of this release yet", "ainda não faz parte desta versão")


def fill_pages(figures: dict[str, Any], docs: Path) -> None:
    """Write the table into both pages."""
    for language in LANGUAGES:
        fill(docs, "reliability", language, fragment(figures, language))


def fragment(figures: dict[str, Any], language: Language) -> str:
    """Return the table; a fault that was not tried says so."""
    lines = [_HEADS.render(language), "| --- | --- | ---: | ---: | --- | ---: | --- |"]
    for name, fault in FAULTS.items():
        found = figures.get(name)
        tried = found or {"tried": "–", "all": "–", "wrong": "–"}
        when = f"{found['date']}, `{found['commit']}`" if found else "–"
        cells = [
            f"{fault.row} `{name}`",
            fault.title.render(language),
            tried["tried"],
            tried["all"],
        ]
        cells += [fault.target.render(language), tried["wrong"], when]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += [
        f"| {row} | {words.render(language)} | – | – | {_IN_TESTS.filled(path=path).render(language)} | – | – |"
        for row, (words, path) in _ELSEWHERE.items()
    ]
    not_yet = _NOT_YET.render(language)
    lines += [
        f"| {row} | {words.render(language)} | – | – | {not_yet} | – | – |"
        for row, words in _LATER.items()
    ]
    return "\n".join([*lines, ""])
