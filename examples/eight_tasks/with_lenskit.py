"""Eight tasks with LensKit 2025.8."""
# ruff: noqa: E402, I001, S301 - each task shows what it needs; pickle is that library's way
# fmt: off

import numpy as np
import pandas as pd
from plays import plays

# 1. Learn, and recommend for everybody
from lenskit import batch, recommend, topn_pipeline
from lenskit.data import from_interactions_df
from lenskit.knn import ItemKNNScorer
data = from_interactions_df(plays, timestamp_col="datetime")
pipeline = topn_pipeline(ItemKNNScorer(feedback="implicit"), n=10)
pipeline.train(data)
lists = batch.recommend(pipeline, data.users.ids(), n_jobs=1).to_df()

# 2. Recommend for one
one = recommend(pipeline, 42).to_df()

# 3. Recommend for somebody new, without learning anew
from lenskit.data import ItemList, RecQuery
new = recommend(pipeline, RecQuery(history_items=ItemList(item_ids=[7, 8]))).to_df()

# 4. Similar items
near = recommend(pipeline, RecQuery(history_items=ItemList(item_ids=[7]))).to_df()

# 5. Leave some items out
seen = plays.loc[plays["user_id"] == 42, "item_id"]
kept = np.setdiff1d(data.items.ids(), [7, 8, *seen])
fewer = recommend(pipeline, 42, items=kept).to_df()

# 6. Evaluate on plays held back
from lenskit.metrics import NDCG, RunAnalysis
from lenskit.splitting import split_global_time
split = split_global_time(data, plays["datetime"].max() - pd.Timedelta(days=7))
pipeline.train(split.train)
found = batch.recommend(pipeline, split.test.keys(), n_jobs=1)
measured = RunAnalysis(NDCG(10)).measure(found, split.test).list_summary()

# 7. Save and load
import pickle
from pathlib import Path
Path("model.pkl").write_bytes(pickle.dumps(pipeline))
pipeline = pickle.loads(Path("model.pkl").read_bytes())
