"""Choosing: what `auto` stands for, who sits the exam, and who would be published."""
