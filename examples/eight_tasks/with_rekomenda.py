"""Eight tasks with rekomenda."""
# ruff: noqa: I001 - each task shows what it needs
# fmt: off

from plays import plays

# 1. Learn, and recommend for everybody
from rekomenda import Recommender
recommender = Recommender("item_knn").fit(plays)
lists = recommender.recommend()

# 2. Recommend for one
one = recommender.recommend(42)

# 3. Recommend for somebody new, without learning anew
new = recommender.recommend_for([7, 8])

# 4. Similar items
near = recommender.similar(7)

# 5. Leave some items out
fewer = recommender.recommend(42, exclude=[7, 8])

# 6. Evaluate on plays held back
measured = recommender.evaluate()

# 7. Save and load
recommender.save("model")
recommender = Recommender.load("model")

# 8. Explain one recommendation
why = recommender.explain(42, 7)
