"""The eight-tasks page: what the Python face takes, beside what three libraries take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from reference.markdown import code, page, table, words
from rekomenda.language import Language, Text

SCRIPTS: Final = Path(__file__).resolve().parents[2] / "examples" / "eight_tasks"
LIBRARIES: Final = {
    "rekomenda": "rekomenda",
    "implicit": "implicit 0.7",
    "rectools": "RecTools 0.19",
    "lenskit": "LensKit 2025.8",
}
"""By the name of the script, what it was written for and run with."""

_TITLE = Text("Eight tasks in Python", "Oito tarefas em Python")
_INTRODUCTION = Text(
    "What eight common tasks take with rekomenda, implicit, RecTools and LensKit: lines that are neither "
    "empty nor comments, imports counted where they are first needed. All begin with the same pandas "
    "frame and end with ids of the caller's, not row numbers. The scripts lie in "
    "`examples/eight_tasks/`; those of rekomenda and implicit are run by the tests, those of RecTools "
    "and LensKit were run with the versions named here, in environments of their own.",
    "O que oito tarefas comuns pedem com rekomenda, implicit, RecTools e LensKit: linhas que não são "
    "vazias nem comentários, com os imports contados onde são necessários pela primeira vez. Todas "
    "começam com o mesmo frame do pandas e terminam com os ids de quem chama, não números de linha. Os "
    "scripts estão em `examples/eight_tasks/`; os do rekomenda e do implicit são executados pelos testes, "
    "os do RecTools e do LensKit foram executados com as versões citadas, cada um em seu ambiente.",
)
_HEADER = Text("task", "tarefa")
_NONE = Text("not in its documentation", "não consta da documentação")
TITLES: Final = (
    Text("Learn, and recommend for everybody", "Aprender e recomendar para todos"),
    Text("Recommend for one", "Recomendar para uma pessoa"),
    Text(
        "Recommend for somebody new, without learning anew",
        "Recomendar para alguém novo, sem aprender de novo",
    ),
    Text("Similar items", "Itens parecidos"),
    Text("Leave some items out", "Deixar itens de fora"),
    Text("Evaluate on plays held back", "Avaliar com plays reservados"),
    Text("Save and load", "Salvar e carregar"),
    Text("Explain one recommendation", "Explicar uma recomendação"),
)
_NOTES: Final[dict[int, Text]] = {
    1: Text(
        "rekomenda's list says why each item is there.",
        "A lista do rekomenda diz por que cada item está lá.",
    ),
    3: Text(
        "RecTools maps the ids of a data set that is built again; the model stays.",
        "O RecTools mapeia os ids de um conjunto montado de novo; o modelo fica.",
    ),
    4: Text(
        "LensKit has no call for it: somebody who played this one item is asked for.",
        "O LensKit não tem chamada para isso: pergunta-se por alguém que só ouviu este item.",
    ),
    5: Text(
        "LensKit does not leave out what was heard where items are named.",
        "O LensKit não tira o que já foi ouvido quando os itens são citados.",
    ),
    6: Text(
        "rekomenda, RecTools and LensKit cut in time; implicit has no such cut, so its tracks are "
        "drawn at random. rekomenda measures popularity beside it, and gives an interval for each number.",
        "rekomenda, RecTools e LensKit cortam no tempo; o implicit não tem esse corte, e sorteia as "
        "faixas. O rekomenda mede a popularidade ao lado, e dá um intervalo para cada número.",
    ),
    7: Text(
        "RecTools keeps the model without its data set. LensKit's way is pickle, which runs what it reads.",
        "O RecTools guarda o modelo sem o conjunto de dados. No LensKit usa-se pickle, que executa o que lê.",
    ),
    8: Text("implicit explains its ALS only.", "O implicit só explica o seu ALS."),
}


def snippets(library: str) -> dict[int, str]:
    """Return the code of each task, by number, from a library's script."""
    text = (SCRIPTS / f"with_{library}.py").read_text(encoding="utf-8")
    parts = re.split(r"^# (\d)\. (.*)\n", text, flags=re.MULTILINE)[1:]
    tasks = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    found = {}
    for number, title, body in tasks:
        assert title == TITLES[int(number) - 1].en, f"{library}: task {number} is called {title!r}"
        found[int(number)] = body.strip()
    return found


def lines(snippet: str) -> int:
    """Count the lines that are neither empty nor comments."""
    written = [line.strip() for line in snippet.splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in written)


def python_tasks_page(language: Language) -> str:
    """Return the page in one language."""
    of = {library: snippets(library) for library in LIBRARIES}
    rows = []
    parts: list[str] = []
    for number, title in enumerate(TITLES, start=1):
        counts = [str(lines(found[number])) if number in found else "–" for found in of.values()]
        rows.append([words(title, language), *counts])
        parts.append(f"## {number}. {words(title, language)}")
        if number in _NOTES:
            parts.append(words(_NOTES[number], language))
        for library, name in LIBRARIES.items():
            snippet = of[library].get(number, f"# {words(_NONE, language)}")
            parts.append(f"```text\n# {name}\n{snippet}\n```")
    counted = table([words(_HEADER, language), *map(code, LIBRARIES.values())], rows)
    introduction = words(_INTRODUCTION, language)
    return page(
        words(_TITLE, language), [introduction, counted, *parts], other=(language, "eight-tasks")
    )
