"""The release gate: a file for each blessing that a release needs, and the verdict over all."""
