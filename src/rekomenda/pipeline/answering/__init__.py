"""Answering: what commands ask of a home and of the release in service."""
