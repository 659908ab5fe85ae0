"""Who played what, and when: the frame that all four scripts begin with."""

import numpy as np
import pandas as pd

_rng = np.random.default_rng(0)
_tastes = _rng.integers(0, 4, 300)
_users = _rng.integers(0, 300, 6000)
plays = pd.DataFrame(
    {
        "user_id": _users,
        "item_id": 50 * _tastes[_users] + _rng.zipf(1.5, 6000) % 60,
        "datetime": pd.Timestamp("2024-01-01") + pd.to_timedelta(_rng.integers(0, 40, 6000), "D"),
    }
).drop_duplicates(["user_id", "item_id"])
plays["weight"] = 1
