"""What models of time learn up to the cut depends on nothing that is played after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rekomenda.domain.training import TrainingData
from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.joining.integrate import integrate
from rekomenda.models import registry
from support.lake_parts import day, plays, write_plays

CUT, LAST = 9, 12


def log(later: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return forty listeners' plays up to the cut, drawn once, and some given ones after it."""
    rng = np.random.default_rng(4)
    rows = []
    for user in range(40):
        for _ in range(int(rng.integers(2, 14))):
            when, minute = int(rng.integers(1, CUT + 1)), int(rng.integers(0, 600))
            rows.append((when, minute, f"u{user}", f"t{int(rng.integers(0, 15)):02}"))
    rows += [(LAST, 5 * place, user, track) for place, (user, track) in enumerate(later)]
    rows += [(LAST, 0, "somebody", "t00")]  # so that both worlds have the same days
    midnight = datetime.combine(day(1), datetime.min.time(), UTC)
    return [
        {
            **plays(when, user, track),
            "played_at": midnight + timedelta(days=when - 1, minutes=minute),
        }
        for when, minute, user, track in rows
    ]


def learned_from(folder: Path, later: list[tuple[str, str]]) -> TrainingData:
    engine = EmbeddedEngine(folder / "spill", memory_limit="200MB", threads=1)
    parts = {"plays": write_plays(folder / "lake", log(later))}
    found = integrate(engine, parts, home=folder, as_of=day(LAST), cut=day(CUT)).at_cut
    assert found is not None
    return found


RANKED = {
    "members": [{"algorithm": "rp3beta", "unheard": 1}],
    # By trend, newcomers, days since anybody's first play, and the listener's rest.
    "trees": [[3, 0.5, [4, 0.4, 0.1, 0.3], -0.1], [6, 5.0, 0.2, [16, 2.0, -0.2, 0.1]]],
}


@pytest.mark.parametrize(
    ("algorithm", "knobs"), [("relisten", {}), ("next_play", {}), ("ranked_blend", RANKED)]
)
def test_plays_after_the_cut_change_nothing_that_is_learned(algorithm, knobs, tmp_path):
    again = [(f"u{user}", f"t{user % 15:02}") for user in range(40)]
    quiet = learned_from(tmp_path / "quiet", [])
    busy = learned_from(tmp_path / "busy", again)
    # Listeners and tracks are numbered alike: everybody of the later plays was there before.
    assert quiet.interactions.items.ids.equals(busy.interactions.items.ids)
    models = [registry.create(algorithm, knobs).fit(data) for data in (quiet, busy)]
    for name, values in models[0].arrays().items():
        np.testing.assert_array_equal(values, models[1].arrays()[name])
    scores = [
        model.score(data.interactions.histories)
        for model, data in zip(models, (quiet, busy), strict=True)
    ]
    np.testing.assert_array_equal(*scores)
    assert np.isfinite(scores[0]).any()
