"""`rekomenda explain`: why a track suits a listener, play by play."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option, printable
from rekomenda.language import Text

if TYPE_CHECKING:
    from rekomenda.ranking.explain_one import Explanation

_HEAD = Text(
    en="{track} for {listener} (release {run_id}, {algorithm})",
    pt="{track} para {listener} (release {run_id}, {algorithm})",
)
_MORE = Text(en="  … and {n:n} more.", pt="  … e mais {n:n}.")


@make_command(
    "explain",
    Text(
        "Say what speaks for a track and against it for one listener, computed from the model in "
        "service. Works for tracks outside the lists too.",
        "Diz o que fala a favor e contra uma faixa para um ouvinte, calculado do modelo no ar. "
        "Vale também para faixas fora das listas.",
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
    from rekomenda.pipeline.answering.lookup import explain_to
    from rekomenda.pipeline.bootstrap import open_house

    release, explanation = explain_to(open_house(door.home), listener, track, today=door.today())
    if door.as_json:
        door.print_json(
            {"run_id": release.release_id, "listener": listener, **_to_json(explanation)}
        )
        return
    facts = {"run_id": release.release_id, "algorithm": release.manifest.algorithm}
    door.print(_HEAD, track=printable(track), listener=printable(listener), **facts)
    lines = explanation.lines(door.language)
    rest = max(0, len(explanation.contributions) - n)
    for line in lines[: len(lines) - rest]:
        door.print(printable(line))
    if rest:
        door.print(_MORE, n=rest)


def _to_json(explanation: Explanation) -> dict[str, object]:
    return {
        "track_id": explanation.track_id,
        "score": explanation.score,
        "reason_kind": explanation.kind.name.lower(),
        "reason": explanation.reason.both(),
        "additive": explanation.additive,
        "position": explanation.position,
        "eligible": explanation.eligible,
        "contributions": [
            {
                "track_id": part.track_id,
                "amount": part.amount,
                "share": part.share,
                "plays": part.plays,
                "reason": part.reason.both(),
            }
            for part in explanation.contributions
        ],
    }
