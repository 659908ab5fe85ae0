"""Choosing: who sits the exam, and who would be published."""
