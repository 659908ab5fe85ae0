"""Faults by the thousand: what `chaos.py` tries, keeps and tells."""
