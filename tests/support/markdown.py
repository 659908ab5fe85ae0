"""The fenced blocks of a page, and what invisible comments before them ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

_COMMENT = re.compile(
    r"<!--\s*(first|store|where|not run|output not compared|exits):\s*(.*?)\s*-->", re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Parameters
    ----------
    line : int
        Where it begins, 1-based.
    language : str
        The word behind the fence; empty for plain text.
    text : str
    asked : dict of str to str
        From comments directly before it: `first` (a command line run before it), `store` (a bucket
        that it is run with), `where` (what
        words in capitals stand for), `not run` and `output not compared` (each with the reason),
        `exits` (the exit code it shows).
    """

    line: int
    language: str
    text: str
    asked: dict[str, str]

    @property
    def filled(self) -> str:
        """The text with the words of `where` put in."""
        meant = dict(pair.split("=") for pair in self.asked.get("where", "").split())
        pattern = "|".join(rf"\b{word}\b" for word in meant) or "(?!)"
        return re.sub(pattern, lambda word: meant[word[0]], self.text)

    @property
    def commands(self) -> list[tuple[str, list[str]]]:
        """The command lines of a console block, each with the output shown under it."""
        found: list[tuple[str, list[str]]] = []
        for line in self.filled.splitlines():
            if found and found[-1][0].endswith("\\"):
                found[-1] = (f"{found[-1][0]}\n{line}", [])
            elif line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            elif found:
                found[-1][1].append(line)
        return found


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in order."""
    found: list[Block] = []
    asked: dict[str, str] = {}
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "html_block":
            asked |= dict(_COMMENT.findall(token.content))
        elif token.type == "fence":
            assert token.map is not None
            language = token.info.split()[0] if token.info.strip() else ""
            found.append(Block(token.map[0] + 1, language, token.content, asked))
            asked = {}
        elif token.type not in {"list_item_close", "bullet_list_close", "ordered_list_close"}:
            asked = {}
    return found


def headings(page: Path) -> list[str]:
    """Return the levels of a page's headings in order: `h1`, `h2`, `h2` …"""
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    return [token.tag for token in tokens if token.type == "heading_open"]


def links(page: Path) -> list[str]:
    """Return the targets of a page's links and pictures."""
    inline = [t for t in MarkdownIt().parse(page.read_text(encoding="utf-8")) if t.children]
    parts = [child for token in inline for child in token.children or []]
    targets = [part.attrGet("href") or part.attrGet("src") for part in parts]
    return [str(target) for target in targets if target]
