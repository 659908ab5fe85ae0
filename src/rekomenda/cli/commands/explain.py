"""`rekomenda explain`: where a track stands on a listener's shelves and why, play by play."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import NO_RELEASE, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option, printable
from rekomenda.language import Text

if TYPE_CHECKING:
    from rekomenda.pipeline.answering.explaining import Answer

_HEAD = Text(
    en="{track} for {listener} (release {run_id}, {algorithm})",
    pt="{track} para {listener} (release {run_id}, {algorithm})",
)
_MORE = Text(en="  … and {n:n} more.", pt="  … e mais {n:n}.")


@make_command(
    "explain",
    Text(
        "Say why a listener is shown a track, or is not.",
        "Diz por que um ouvinte recebe uma faixa, ou não.",
    ),
    how=Text(
        "Names the shelves that hold it, with the reason that stands there, and what "
        "speaks for it and against it, computed from the model in service. Works for "
        "tracks outside the lists and for listeners without plays too.",
        "Nomeia as prateleiras em que ela está, com o motivo que está lá, e o que fala a "
        "favor e contra, calculado do modelo no ar. Vale também para faixas fora das "
        "listas e para ouvintes sem plays.",
    ),
    exits=(
        Exit(2, Text("no track or listener of that id", "nenhuma faixa ou ouvinte com esse id")),
        NO_RELEASE,
    ),
    examples=("rekomenda explain LISTENER TRACK", "rekomenda explain LISTENER TRACK --json"),
)
@click.argument("listener")
@click.argument("track")
@option(
    "--n",
    type=click.IntRange(1, 1000),
    default=10,
    words=Text("How many plays to name.", "Quantos plays citar."),
)
def command(door: Door, listener: str, track: str, n: int) -> None:
    """Explain."""
    from rekomenda.pipeline.answering.explaining import explain_to
    from rekomenda.pipeline.bootstrap import open_house

    answer = explain_to(open_house(door.home), listener, track, today=door.today())
    release = answer.release
    if door.as_json:
        about = {"run_id": release.release_id, "listener": listener, "track_id": track}
        door.print_json({**about, **_to_json(answer)})
        return
    facts = {"run_id": release.release_id, "algorithm": release.manifest.algorithm}
    door.print(_HEAD, track=printable(track), listener=printable(listener), **facts)
    lines = answer.lines(door.language)
    parts = () if answer.explanation is None else answer.explanation.contributions
    rest = max(0, len(parts) - n)
    for line in lines[: len(lines) - rest]:
        door.print(printable(line))
    if rest:
        door.print(_MORE, n=rest)


def _to_json(answer: Answer) -> dict[str, Any]:
    """Return where the track stands, and what the model says: nothing for who has no plays."""
    listed = [
        {
            "shelf": each.shelf,
            "rank": each.rank,
            "reason_kind": each.reason_kind,
            "reason": each.reason.both(),
        }
        for each in answer.listed
    ]
    told = answer.explanation
    if told is None:
        names = ("score", "reason_kind", "reason", "additive", "position", "eligible")
        return {"listed": listed, **dict.fromkeys(names), "contributions": []}
    return {
        "listed": listed,
        "score": told.score,
        "reason_kind": told.kind.name.lower(),
        "reason": told.reason.both(),
        "additive": told.additive,
        "position": told.position,
        "eligible": told.eligible,
        "contributions": [
            {
                "track_id": part.track_id,
                "amount": part.amount,
                "share": part.share,
                "plays": part.plays,
                "reason": part.reason.both(),
            }
            for part in told.contributions
        ],
    }
