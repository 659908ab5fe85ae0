"""What a user reads is there in both languages, level with each other, and leads somewhere."""

from __future__ import annotations

import re

import pytest

from support.markdown import Block, blocks, headings, links
from support.repository import ROOT, documents, relative

ENGLISH_ONLY = re.compile(r"CHANGELOG|docs/(adr/|architecture|dependencies|performance)")
"""For people who change the code, and the record of changes."""

TWINNED = [
    relative(page)
    for page in documents()
    if not page.name.endswith(".pt-BR.md") and not ENGLISH_ONLY.match(relative(page))
]

twinned = pytest.mark.parametrize("name", TWINNED)


def _twin(name: str) -> str:
    return name.removesuffix(".md") + ".pt-BR.md"


def _said(block: Block) -> tuple[object, ...]:
    """Return what both languages share of a block: comments and shown output are translated."""
    if block.language == "console":
        return block.language, [command for command, _ in block.commands]
    if block.language in {"", "text"}:
        return (block.language,)
    uncommented = re.sub(r"(?m)(^|\s+)#.*$", "", block.text)
    return block.language, [line for line in uncommented.splitlines() if line.strip()]


@twinned
def test_a_page_and_its_twin_have_the_same_headings(name):
    assert headings(ROOT / name) == headings(ROOT / _twin(name))


@twinned
def test_a_page_and_its_twin_have_the_same_blocks(name):
    mine, theirs = blocks(ROOT / name), blocks(ROOT / _twin(name))
    assert [_said(block) for block in mine] == [_said(block) for block in theirs]


def test_no_twin_is_without_its_page():
    twins = [page for page in documents() if page.name.endswith(".pt-BR.md")]
    assert not [t for t in twins if not t.with_name(t.name.replace(".pt-BR", "")).exists()]


@pytest.mark.parametrize("page", documents(), ids=relative)
def test_links_lead_to_files_that_are_there(page):
    targets = [link.partition("#")[0] for link in links(page) if "://" not in link]
    assert not [t for t in targets if t and not (page.parent / t).exists()]


def test_every_page_is_linked_from_another():
    pages = {page.resolve() for page in documents()}
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in documents()
        for link in links(page)
        if "://" not in link and not link.startswith("#")
    }
    starts = {ROOT / "README.md", ROOT / "README.pt-BR.md"}
    assert not {relative(page) for page in pages - linked - starts}
