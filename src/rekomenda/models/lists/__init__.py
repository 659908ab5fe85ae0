"""Compiled loops that fill lists with the best items, and the rules they obey."""
