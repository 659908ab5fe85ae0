"""Releasing: what stands in a release, how it is written, and which one is served."""
