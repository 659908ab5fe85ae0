"""The nouns of the field and the protocols between them; knows nothing of files or engines."""
