"""Judging: what the gate looks at besides the exam."""
