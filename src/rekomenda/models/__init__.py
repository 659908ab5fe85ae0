"""Algorithms: hyperparameters in, fitted models out."""
