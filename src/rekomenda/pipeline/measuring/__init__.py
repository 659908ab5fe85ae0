"""The state of a home in figures, read from what was committed."""
