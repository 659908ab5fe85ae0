"""Write the pages of docs/reference/, rekomenda.example.toml and the plan of the DAGs from the code.

`--check` writes nothing and fails, naming the files, if any differs from what it would write.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from reference.cli import cli_page
from reference.data_dictionary import data_dictionary_page
from reference.errors import errors_page
from reference.man import man_page
from reference.measures import measures_page
from reference.metrics import metrics_page
from reference.models import models_page
from reference.python_tasks import python_tasks_page
from reference.schedules import schedules_file
from reference.settings import example_file, settings_page
from rekomenda.language import Language

ROOT = Path(__file__).resolve().parents[1]


PAGES: dict[str, Callable[[Language], str]] = {
    "cli": cli_page,
    "data-dictionary": data_dictionary_page,
    "eight-tasks": python_tasks_page,
    "errors": errors_page,
    "measures": measures_page,
    "metrics": metrics_page,
    "models": models_page,
    "settings": settings_page,
}


def generated_files() -> dict[str, str]:
    """Return the content of every generated file by its path in the repository."""
    files = {"rekomenda.example.toml": example_file()}
    for name, render in PAGES.items():
        files[f"docs/reference/{name}.md"] = render("en")
        files[f"docs/reference/{name}.pt-BR.md"] = render("pt-BR")
    files["deploy/airflow/dags/rekomenda_plan.json"] = schedules_file()
    files["docs/man/man1/rekomenda.1"] = man_page("en")
    files["docs/man/pt_BR/man1/rekomenda.1"] = man_page("pt-BR")
    return files


def outdated() -> list[str]:
    """Return the generated files that are missing or differ from the code."""
    return [
        name
        for name, content in generated_files().items()
        if not (ROOT / name).exists() or (ROOT / name).read_text(encoding="utf-8") != content
    ]


def main() -> None:
    differing = outdated()
    if "--check" in sys.argv[1:]:
        sys.exit(f"Run `make reference`: {', '.join(differing)}" if differing else 0)
    contents = generated_files()
    for name in differing:
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(contents[name], encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
