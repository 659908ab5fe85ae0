"""The chapter of what people are shown."""

from __future__ import annotations

from typing import Any, Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Section
from rekomenda.report.content import Content, Sample
from rekomenda.report.sections.words import named
from rekomenda.report.shelf_titles import SHELF_TITLES

_LISTS: Final = Text("What people are shown", "O que as pessoas recebem")
_LISTS_LEAD: Final = Text(
    "A few listeners, drawn by their place among all, with the beginning of each list and the "
    "reason the model gives.",
    "Alguns ouvintes, sorteados pela posição entre todos, com o começo de cada lista e o motivo "
    "que o modelo dá.",
)
_FAVOURITES: Final = Text(
    "{plays:n} {plays:play|plays}; most of all {tracks}",
    "{plays:n} {plays:play|plays}; mais que tudo {tracks}",
)


def section(content: Content, language: Language) -> Section:
    """Show a few listeners with their lists."""
    people = [_person(sample, language) for sample in content.samples]
    blocks = [Block(people=people)] if people else []
    return Section("lists", _LISTS.render(language), _LISTS_LEAD.render(language), blocks)


def _person(sample: Sample, language: Language) -> dict[str, Any]:
    tracks = ", ".join(named(track) for track in sample.favourites)
    reason = "reason_pt" if language == "pt-BR" else "reason_en"
    return {
        "title": sample.listener,
        "favourites": _FAVOURITES.render(language, {"plays": sample.plays, "tracks": tracks}),
        "shelves": [
            {
                "title": SHELF_TITLES[shelf].render(language),
                "tracks": [
                    {
                        "title": track["title"] or track["track_id"],
                        "artist": track["artist"],
                        "reason": track[reason],
                    }
                    for track in tracks_of_shelf
                ],
            }
            for shelf, tracks_of_shelf in sample.shelves.items()
            if tracks_of_shelf
        ],
    }
