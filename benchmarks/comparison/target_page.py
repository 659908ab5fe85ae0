"""The table of docs/targets.md and its twin: aim, measured, met or not, from which day and commit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from comparison.marks import fill
from comparison.measurements import MEASUREMENTS
from comparison.target_list import targets
from comparison.targets import Facts
from rekomenda.language import LANGUAGES, Language, Text

_HEADS = (
    Text("target", "meta"),
    Text("aim", "alvo"),
    Text("measured", "medido"),
    Text("met", "alcançada"),
    Text("when", "quando"),
    Text("by", "por"),
)
_MET = {
    True: Text("yes", "sim"),
    False: Text("**no**", "**não**"),
    None: Text("not measured", "não medida"),
}
_COUNT = Text(
    "{yes:n} met, {no:n} not met, {unknown:n} not measured.",
    "{yes:n} {yes:alcançada|alcançadas}, {no:n} {no:não alcançada|não alcançadas}, {unknown:n} {unknown:não medida|não medidas}.",
)
_COMMANDS = Text(
    "The commands, each after `python`; `models` is `python benchmarks/models.py --data PUBLIC_SETS`, the others are run by "
    "`python benchmarks/targets.py --data PUBLIC_SETS --measure NAME`:",
    "Os comandos, cada um depois de `python`; `models` é `python benchmarks/models.py --data CONJUNTOS`, os outros rodam com "
    "`python benchmarks/targets.py --data CONJUNTOS --measure NOME`:",
)


def fill_pages(facts: Facts, docs: Path) -> None:
    """Write the table into both pages."""
    for language in LANGUAGES:
        fill(docs, "targets", language, fragment(facts, language))


def fragment(facts: Facts, language: Language) -> str:
    """Return what is known, and the commands behind it."""
    rows, counted = [], Counter[bool | None]()
    for target in targets():
        judged = target.judge(facts)
        met = None if judged is None else judged.met
        counted[met] += 1
        rows.append(
            [
                target.name.render(language),
                target.aim.render(language),
                "–" if judged is None else judged.shown.render(language),
                _MET[met].render(language),
                "–" if judged is None else judged.when,
                f"`{target.command}`",
            ]
        )
    count = _COUNT.filled(yes=counted[True], no=counted[False], unknown=counted[None])
    lines = [count.render(language), "", _row([head.render(language) for head in _HEADS])]
    lines += [_row(["---"] * len(_HEADS)), *map(_row, rows), "", _COMMANDS.render(language), ""]
    lines += [f"- `{name}`: `{each.command}`" for name, each in MEASUREMENTS.items()]
    return "\n".join([*lines, ""])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
