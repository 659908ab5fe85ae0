"""The chapter of what changed."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Row, Section, Table
from rekomenda.report.content import Content
from rekomenda.report.sections.words import columns, count, named

_CHANGES: Final = Text("What changed", "O que mudou")
_CHANGES_LEAD: Final = Text(
    "Against {since}, the release before: a listener keeps {kept:.0%} of their first ten tracks "
    "(median); {before:n} {before:listener|listeners} had lists, now {now:n}; {tracks_before:n} {tracks_before:track|tracks}, now "
    "{tracks_now:n}.",
    "Em relação a {since}, a release anterior: um ouvinte mantém {kept:.0%} das suas dez primeiras "
    "faixas (mediana); {before:n} {before:ouvinte tinha|ouvintes tinham} listas, agora {now:n}; {tracks_before:n} {tracks_before:faixa|faixas}, "
    "agora {tracks_now:n}.",
)
_FIRST: Final = Text(
    "This is the oldest release that is kept: there is none to compare it with.",
    "Esta é a release mais antiga guardada: não há com qual comparar.",
)
_SAME: Final = Text(
    "No track is shown to more or fewer people.", "Nenhuma faixa aparece para mais ou menos gente."
)
_RISEN: Final = Text("Shown to more people", "Mostradas a mais gente")
_FALLEN: Final = Text("Shown to fewer people", "Mostradas a menos gente")
_MOVED_COLUMNS: Final = (
    Text("track", "faixa"),
    Text("listeners before", "ouvintes antes"),
    Text("now", "agora"),
)


def section(content: Content, language: Language) -> Section:
    """Say what is new against the release before."""
    changes = content.changes
    if changes is None:
        return Section(
            "changes", _CHANGES.render(language), blocks=[Block(lead=_FIRST.render(language))]
        )
    lead = _CHANGES_LEAD.render(
        language,
        {
            "since": changes.since,
            "kept": changes.kept,
            "before": changes.listeners[0],
            "now": changes.listeners[1],
            "tracks_before": changes.tracks[0],
            "tracks_now": changes.tracks[1],
        },
    )
    heads = columns(_MOVED_COLUMNS, ("", "number", "number"), language)
    blocks = [
        Block(
            title=words.render(language),
            table=Table(
                heads,
                [
                    Row(
                        (
                            named(track),
                            count(track["before"], language),
                            count(track["now"], language),
                        )
                    )
                    for track in moved
                ],
            ),
        )
        for words, moved in ((_RISEN, changes.risen), (_FALLEN, changes.fallen))
        if moved
    ]
    return Section(
        "changes", _CHANGES.render(language), lead, blocks or [Block(lead=_SAME.render(language))]
    )
