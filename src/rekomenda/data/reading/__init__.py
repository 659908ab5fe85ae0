"""One file, from bytes to checked rows: how it is written, what it says, what is wrong with it."""
