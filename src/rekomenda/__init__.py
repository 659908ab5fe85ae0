"""rekomenda: music recommendations from listening logs."""

__version__ = "0.1.0"
