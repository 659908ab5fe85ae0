"""Eight tasks with RecTools 0.19."""
# ruff: noqa: E402, I001 - each task shows what it needs
# fmt: off

import numpy as np
import pandas as pd
from plays import plays

# 1. Learn, and recommend for everybody
from implicit.nearest_neighbours import CosineRecommender
from rectools.dataset import Dataset
from rectools.models import ImplicitItemKNNWrapperModel
dataset = Dataset.construct(plays)
model = ImplicitItemKNNWrapperModel(CosineRecommender()).fit(dataset)
lists = model.recommend(plays["user_id"].unique(), dataset, k=10, filter_viewed=True)

# 2. Recommend for one
one = model.recommend([42], dataset, k=10, filter_viewed=True)

# 3. Recommend for somebody new, without learning anew
told = pd.DataFrame({"user_id": -1, "item_id": [7, 8], "weight": 1, "datetime": plays["datetime"].max()})
extended = Dataset.construct(pd.concat([plays, told]))
new = model.recommend([-1], extended, k=10, filter_viewed=True)

# 4. Similar items
near = model.recommend_to_items([7], dataset, k=10)

# 5. Leave some items out
kept = np.setdiff1d(plays["item_id"], [7, 8])
fewer = model.recommend([42], dataset, k=10, filter_viewed=True, items_to_recommend=kept)

# 6. Evaluate on plays held back
from rectools.metrics import NDCG
from rectools.model_selection import TimeRangeSplitter, cross_validate
split, metrics = TimeRangeSplitter("7D"), {"ndcg@10": NDCG(k=10)}
measured = cross_validate(dataset, split, metrics, {"knn": model}, k=10, filter_viewed=True)

# 7. Save and load
from rectools.models import load_model
model.save("model.bin")
model = load_model("model.bin")
