"""Joining: checked plays, tracks and artists become what models learn from."""
