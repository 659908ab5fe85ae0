"""A listener's rights: everything about them handed over, and everything about them erased."""
