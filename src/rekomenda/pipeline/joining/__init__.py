"""Joining: plays, tracks and artists of the lake become what models learn from."""
