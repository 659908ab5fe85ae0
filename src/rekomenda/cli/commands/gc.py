"""`rekomenda gc`: remove what nothing needs any more."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.language import Text
from rekomenda.mirror import shown

_DONE = Text(
    en="{n:n} {n:thing|things} removed, {mb:.1f} MB free again.",
    pt="{n:n} {n:item removido|itens removidos}, {mb:.1f} MB livres de novo.",
)
_WOULD = Text(
    en="{n:n} {n:thing|things} would be removed, {mb:.1f} MB.",
    pt="{n:n} {n:item seria removido|itens seriam removidos}, {mb:.1f} MB.",
)
_ITEM = Text(en="{kind:<15}{path}", pt="{kind:<15}{path}")


@make_command(
    "gc",
    Text(
        "Remove what nothing needs any more.",
        "Remove o que nada mais usa.",
    ),
    how=Text(
        "Goes: releases and lake snapshots beyond those that [keep] holds, and whatever a"
        " crash left behind. The release in service and the one before it always stay.",
        "Saem: releases e snapshots além dos que [keep] guarda, e o que uma queda tenha "
        "deixado. A release no ar e a anterior ficam sempre.",
    ),
    exits=(BUSY,),
    examples=("rekomenda gc --dry-run", "rekomenda gc --json"),
)
@option("--dry-run", is_flag=True, words=Text("Only list it.", "Só lista."))
def command(door: Door, dry_run: bool) -> None:
    """Collect."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.releasing.serve import collect_garbage

    garbage = collect_garbage(
        open_house(door.home, door.settings().warehouse),
        door.settings().keep,
        now=datetime.now(UTC),
        dry_run=dry_run,
    )
    items = [
        {"kind": str(item.kind), "path": str(shown(item.path)), "bytes": item.bytes}
        for item in garbage
    ]
    if door.as_json:
        door.print_json({"removed": not dry_run, "items": items})
        return
    for item in items:
        door.print(_ITEM, **item)
    total = sum(item.bytes for item in garbage) / 1e6
    door.print(_WOULD if dry_run else _DONE, n=len(garbage), mb=total)
