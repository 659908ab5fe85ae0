"""Colours that stand for something are told apart by everybody, on white and on dark paper."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from rekomenda.report import theme

COLORS = {name: getattr(theme, name) for name in ("SERVED", "OTHER", "ACCENT", "SECOND", "THIRD")}

# Machado, Oliveira and Fernandes 2009, severity 1: what linear RGB becomes for who lacks a cone.
SIGHT = {
    "everybody": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
LEAST_DIFFERENCE = 15
"""In CIELAB; about 2 is just seen side by side."""
LEAST_CONTRAST = 3
"""What WCAG 2.1 asks of graphics."""


def linear(color: str) -> np.ndarray:
    values = np.array([int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(color: str, sight: str) -> np.ndarray:
    seen = np.clip(np.array(SIGHT[sight]) @ linear(color), 0, 1)
    x, y, z = np.array(TO_XYZ) @ seen / np.array([0.9505, 1.0, 1.089])
    f = [np.cbrt(v) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(color: str) -> float:
    return float(np.array(TO_XYZ)[1] @ linear(color))


@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_colours_look_alike(sight):
    near = {
        (one, other): round(
            float(np.linalg.norm(lab(COLORS[one], sight) - lab(COLORS[other], sight)))
        )
        for one, other in combinations(COLORS, 2)
    }
    assert {pair: d for pair, d in near.items() if d < LEAST_DIFFERENCE} == {}


@pytest.mark.parametrize("paper", [theme.PAPER, theme.DARK_PAPER])
def test_every_colour_stands_out_from_the_paper(paper):
    ground = luminance(paper)
    contrasts = {
        name: (max(luminance(color), ground) + 0.05) / (min(luminance(color), ground) + 0.05)
        for name, color in COLORS.items()
    }
    assert {name: round(c, 2) for name, c in contrasts.items() if c < LEAST_CONTRAST} == {}


def test_the_contrast_of_black_and_white_is_known():
    assert (luminance("#ffffff") + 0.05) / (luminance("#000000") + 0.05) == pytest.approx(21)
