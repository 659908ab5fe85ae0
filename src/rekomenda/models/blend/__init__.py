"""A blend: several models on a common scale, added up, listed and explained."""
