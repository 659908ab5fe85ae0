"""The tables of docs/models.md and its twin, between two marks, from docs/data/models.json alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from comparison.marks import fill
from comparison.words import QUESTION, about, interval, number, title
from rekomenda.evaluation.segments import MIN_LISTENERS
from rekomenda.language import LANGUAGES, Language, Text

MORE: Final = ("again", "new_artists", "cold_listeners", "cold_tracks", "cold_among_all")

_MODEL = Text("model", "modelo")
_FIT = Text("fit, s", "ajuste, s")
_PEAK = Text("peak, GB", "pico, GB")
_LISTS = Text("lists/s", "listas/s")
_LOAD = Text("load", "carga")
_OTHER = Text("`auto` less", "`auto` menos")
_MEMBER = Text("member", "membro")
_LEFT_OUT = Text("`{name}` left out: {why}", "`{name}` de fora: {why}")
_CHOSE = Text("Split {n:n}: {sentence}.", "Divisão {n:n}: {sentence}.")
_MEASURED = Text(
    "Measured {dates}, at {commits}, on {cores:n} cores and {memory:n} GB.",
    "Medido em {dates}, em {commits}, com {cores:n} núcleos e {memory:n} GB.",
)
_LOADED = Text(
    "Other work ran on the machine (load up to {load}): seconds are too many.",
    "Havia outro trabalho na máquina (carga de até {load}): os segundos são demais.",
)
_PICTURE = Text(
    "Quality against seconds to fit, a panel for each data set: `auto` and the models beside it",
    "Qualidade e segundos de ajuste, um quadro por conjunto de dados: `auto` e os outros modelos",
)


def fill_pages(result: dict[str, Any], docs: Path) -> None:
    """Write the tables into both pages, whatever stood between the marks before."""
    for language in LANGUAGES:
        fill(docs, "models", language, fragment(result, language))


def fragment(result: dict[str, Any], language: Language) -> str:
    """Return all tables."""
    twin = "" if language == "en" else f".{language}"
    parts = [f"![{_PICTURE.render(language)}](img/quality-and-cost{twin}.svg)\n"]
    parts += [_section(name, each, language) for name, each in result["data"].items()]
    return "\n".join([*parts, _measured(result, language)])


def _section(name: str, entry: dict[str, Any], language: Language) -> str:
    models = {name: row for name, row in entry["models"].items() if "metrics" in row}
    lines = [
        f"### {title(name).render(language)}",
        "",
        about(name, entry["facts"]).render(language),
    ]
    lines += ["", *_quality(models, language), ""]
    more = further_questions(models)
    if more:
        lines += [*_further(models, more, language), ""]
    if entry["differences"]:
        questions = ["unheard", "unheard_recall", *more]
        lines += [*_differences(entry["differences"], questions, language), ""]
    return "\n".join([*lines, *_notes(entry["models"], language)])


def _quality(models: dict[str, Any], language: Language) -> list[str]:
    """Return the first table, best on top; models without an opinion of unheard tracks are not in it."""
    asked = {name: row for name, row in models.items() if _value(row, "unheard") > 0}
    heads = [_MODEL, QUESTION["unheard"], QUESTION["unheard_recall"], _FIT, _PEAK, _LISTS]
    rows = [
        [
            f"`{name}`",
            interval(row["metrics"]["unheard"], language),
            interval(row["metrics"]["unheard_recall"], language),
            number(row["fit_seconds"], 2 if row["fit_seconds"] < 10 else 0, language),
            number(row["peak_mb"] / 1024, 2, language),
            number(row["lists_per_second"], 0, language),
        ]
        for name, row in sorted(asked.items(), key=lambda each: -_value(each[1], "unheard"))
    ]
    return _grid([head.render(language) for head in heads], rows)


def _further(models: dict[str, Any], asked: list[str], language: Language) -> list[str]:
    rows = [
        [f"`{name}`", *(interval(_known(row, question), language) for question in asked)]
        for name, row in sorted(models.items(), key=lambda each: -_value(each[1], asked[0]))
    ]
    heads = [_MODEL, *(QUESTION[question] for question in asked)]
    return _grid([head.render(language) for head in heads], rows)


def further_questions(models: dict[str, Any]) -> list[str]:
    """Return what else a data set can tell: of enough listeners, and not the same thing once more."""
    found = []
    for question in MORE:
        pairs = [(_known(row, question), _known(row, "unheard")) for row in models.values()]
        told = [(own, plain) for own, plain in pairs if own and own["people"] >= MIN_LISTENERS]
        if any(own != plain for own, plain in told):
            found.append(question)
    return found


def _differences(
    differences: list[dict[str, Any]], asked: list[str], language: Language
) -> list[str]:
    cells = {(each["other"], each["question"]): each for each in differences}
    heads = [_OTHER, *(QUESTION[question] for question in asked)]
    names = {each["other"]: each["member"] for each in differences}
    rows = [
        [
            _named(other, names[other], language),
            *(_difference(cells.get((other, question)), language) for question in asked),
        ]
        for other in names
    ]
    return _grid([head.render(language) for head in heads], rows)


def _named(other: str, member: bool, language: Language) -> str:
    return f"`{other}`, {_MEMBER.render(language)}" if member else f"`{other}`"


def _difference(found: dict[str, Any] | None, language: Language) -> str:
    """Write a difference: bold where `auto` is behind, in italics where nobody can tell."""
    text = interval(found, language, signed=True)
    if found is None:
        return text
    mark = {1: "", 0: "*", -1: "**"}[verdict(found)]
    return f"{mark}{text}{mark}"


def verdict(difference: dict[str, Any]) -> int:
    """Return 1 where the whole interval is above 0, -1 where it is below, else 0."""
    return int(difference["low"] > 0) - int(difference["high"] < 0)


def _notes(models: dict[str, Any], language: Language) -> list[str]:
    choices = models.get("auto", {}).get("choices", [])
    sentences = [choice[language] for choice in choices]
    notes = [
        f"{sentence[0].upper()}{sentence[1:]}."
        if len(sentences) == 1
        else _CHOSE.filled(n=split, sentence=sentence).render(language)
        for split, sentence in enumerate(sentences)
    ]
    notes += [
        _LEFT_OUT.filled(name=name, why=row["left_out"][language]).render(language)
        for name, row in models.items()
        if "left_out" in row
    ]
    return [line for note in notes for line in (note, "")]


def _measured(result: dict[str, Any], language: Language) -> str:
    rows = [row for entry in result["data"].values() for row in entry["models"].values()]
    facts = {
        "dates": ", ".join(sorted({row["date"] for row in rows})),
        "commits": ", ".join(f"`{each}`" for each in sorted({row["commit"] for row in rows})),
        "cores": result["machine"]["cores"],
        "memory": result["machine"]["memory_gb"],
    }
    text = _MEASURED.filled(**facts).render(language)
    load = max((row.get("load", 0) for row in rows), default=0)
    if load > result["machine"]["cores"] + 1:
        text += " " + _LOADED.filled(load=number(load, 1, language)).render(language)
    return text + "\n"


def _known(row: dict[str, Any], question: str) -> dict[str, float] | None:
    """Return a mean; None where it is not asked, or of a model that ranks heard tracks only."""
    found: dict[str, float] | None = row["metrics"].get(question)
    again_only = row["metrics"]["unheard"]["value"] == 0
    return None if again_only and question != "again" else found


def _value(row: dict[str, Any], question: str) -> float:
    found = _known(row, question)
    return 0.0 if found is None else found["value"]


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
