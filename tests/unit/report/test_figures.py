"""Pictures as files: all of them where there is something to draw, none where there is not."""

from __future__ import annotations

from pathlib import Path

import matplotlib.image

from rekomenda.report.figures import write_figures
from support.report_content import small_content


def test_every_picture_is_a_png_of_the_stated_size_and_not_blank(tmp_path: Path) -> None:
    written = write_figures(small_content(), tmp_path, "pt-BR")
    assert [path.name for path in written] == ["models.png", "days.png", "genres.png", "tail.png"]
    for path in written:
        pixels = matplotlib.image.imread(path)
        assert pixels.shape[:2] == (720, 1350)
        assert pixels[..., :3].std() > 0.02


def test_the_same_release_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    for one, other in zip(
        write_figures(small_content(), first, "en"),
        write_figures(small_content(), second, "en"),
        strict=True,
    ):
        assert one.read_bytes() == other.read_bytes()


def test_nothing_is_drawn_of_nothing(tmp_path: Path) -> None:
    whole = small_content()
    bare = small_content(
        days=whole.days.head(0), tracks=whole.tracks.head(0), metrics=whole.metrics.head(0)
    )
    assert write_figures(bare, tmp_path, "en") == []
