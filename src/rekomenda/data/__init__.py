"""Bytes in, checked rows out: reading files, generating worlds, the SQL that joins them."""
