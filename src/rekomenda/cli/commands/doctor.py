"""`rekomenda doctor`: find what would stop a run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from rekomenda.cli.door import DEFAULT_HOME, Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.language import Text
from rekomenda.mirror import shown

if TYPE_CHECKING:
    from rekomenda.pipeline.answering.doctor.finding import Finding

_LINE = Text(en="{mark} {text}", pt="{mark} {text}")
_FIX = Text(en="    → {fix}", pt="    → {fix}")
_MARKS = {"ok": "ok     ", "warning": "!      ", "problem": "PROBLEM"}
_WRONG = 1


@make_command(
    "doctor",
    Text(
        "Look for what would stop or spoil a run.",
        "Procura o que impediria ou estragaria uma execução.",
    ),
    how=Text(
        "Looks at Python, settings, disk, permissions, clock, lease, lake, release and "
        "warehouse; each finding that is not well has a line that says what to do. "
        "Nothing is changed.",
        "Examina Python, configuração, disco, permissões, relógio, lease, lake, release e"
        " warehouse; cada achado que não está bem traz uma linha que diz o que fazer. "
        "Nada é alterado.",
    ),
    exits=(
        Exit(0, Text("nothing would stop a run", "nada impediria uma execução")),
        Exit(
            1,
            Text(
                "something would; with --strict also: something is not well",
                "algo impediria; com --strict também: algo não está bem",
            ),
        ),
    ),
    examples=("rekomenda doctor", "rekomenda doctor --json"),
)
@option(
    "--strict",
    is_flag=True,
    words=Text("Leave with 1 for warnings too.", "Sai com 1 também por avisos."),
)
def command(door: Door, *, strict: bool) -> int:
    """Examine."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.answering.doctor.examine import examine
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.settings import Settings
    from rekomenda.settings.loading import faults_in

    faults = faults_in(file=door.config)
    settings = Settings() if faults else door.settings()
    found = examine(
        open_house(door.home, settings.warehouse, look=False),
        settings,
        faults=faults,
        now=datetime.now(UTC),
    )
    wrong = {"problem", "warning"} if strict else {"problem"}
    code = _WRONG if any(finding.level in wrong for finding in found) else 0
    if door.as_json:
        door.print_json(
            {"exit_code": code, "findings": [_as_json(door, finding) for finding in found]}
        )
        return code
    for finding in found:
        door.print(_LINE, mark=_MARKS[finding.level], text=finding.text)
        if finding.fix:
            door.print(_FIX, fix=_pasteable(door, finding.fix))
    return code


def _pasteable(door: Door, fix: Text) -> Text:
    """Name the home in commands where it is not the default one."""
    if str(door.home) == DEFAULT_HOME:
        return fix
    ours = f"`rekomenda --home {shlex.quote(str(shown(door.home)))} "

    def named(said: str) -> str:
        return said.replace("`rekomenda ", ours).replace(f"{ours}--home ", "`rekomenda --home ")

    return Text(en=named(fix.en), pt=named(fix.pt))


def _as_json(door: Door, finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "level": finding.level,
        "text": finding.text.both(),
        "fix": _pasteable(door, finding.fix).both() if finding.fix else None,
    }
