"""`rekomenda doctor`: find what would stop a run."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.language import LANGUAGES, Text

_LINE = Text(en="{mark} {text}", pt="{mark} {text}")
_FIX = Text(en="    → {fix}", pt="    → {fix}")
_MARKS = {"ok": "ok     ", "warning": "!      ", "problem": "PROBLEM"}
_PROBLEM = 1


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
def command(door: Door) -> int:
    """Examine."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.answering.doctor import examine
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.work import day_in

    zone = door.settings().ingest.timezone
    findings = examine(open_house(door.home), today=day_in(zone, datetime.now(UTC)))
    if door.as_json:
        door.print_json(
            {
                "findings": [
                    {
                        "name": finding.name,
                        "level": finding.level,
                        "text": {lang: finding.text.render(lang) for lang in LANGUAGES},
                        "fix": {lang: finding.fix.render(lang) for lang in LANGUAGES}
                        if finding.fix
                        else None,
                    }
                    for finding in findings
                ]
            }
        )
    else:
        for finding in findings:
            door.print(_LINE, mark=_MARKS[finding.level], text=finding.text)
            if finding.fix:
                door.print(_FIX, fix=finding.fix)
    return _PROBLEM if any(finding.level == "problem" for finding in findings) else 0
