"""Eight tasks with implicit 0.7."""
# ruff: noqa: E402, I001 - each task shows what it needs
# fmt: off

import pandas as pd
from plays import plays

# 1. Learn, and recommend for everybody
import numpy as np
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
rows, users = pd.factorize(plays["user_id"])
columns, items = pd.factorize(plays["item_id"])
matrix = csr_matrix((plays["weight"], (rows, columns)))
model = AlternatingLeastSquares()
model.fit(matrix)
best, scores = model.recommend(np.arange(len(users)), matrix)
lists = pd.DataFrame({"user": users.repeat(10), "item": items[best.ravel()], "score": scores.ravel()})

# 2. Recommend for one
row = users.get_loc(42)
best, scores = model.recommend(row, matrix[row])
one = pd.DataFrame({"item": items[best], "score": scores})

# 3. Recommend for somebody new, without learning anew
liked = csr_matrix((np.ones(2), ([0, 0], items.get_indexer([7, 8]))), shape=(1, len(items)))
best, scores = model.recommend(0, liked, recalculate_user=True)
new = pd.DataFrame({"item": items[best], "score": scores})

# 4. Similar items
best, scores = model.similar_items(items.get_loc(7))
near = pd.DataFrame({"item": items[best], "score": scores})

# 5. Leave some items out
best, scores = model.recommend(row, matrix[row], filter_items=items.get_indexer([7, 8]))
fewer = pd.DataFrame({"item": items[best], "score": scores})

# 6. Evaluate on plays held back
from implicit.evaluation import ranking_metrics_at_k, train_test_split
before, after = train_test_split(matrix)
examined = AlternatingLeastSquares()
examined.fit(before)
measured = ranking_metrics_at_k(examined, before, after)

# 7. Save and load
model.save("model.npz")
np.savez("ids.npz", users=users, items=items)
model = type(model).load("model.npz")
users, items = (pd.Index(np.load("ids.npz")[name]) for name in ("users", "items"))

# 8. Explain one recommendation
total, parts, _ = model.explain(users.get_loc(42), matrix, items.get_loc(7))
why = [(items[item], part) for item, part in parts]
