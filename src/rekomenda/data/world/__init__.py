"""Invented worlds of listeners and music, whose true preferences are known."""
