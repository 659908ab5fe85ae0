"""Choosing a recipe: which members, how weighted, on a validation cut inside the training days."""
