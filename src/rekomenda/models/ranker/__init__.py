"""The ranker behind a blend: what it is told, its trees, and the model they order."""
