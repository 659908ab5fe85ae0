"""Honest numbers: holdout, metrics, intervals, the gate."""
