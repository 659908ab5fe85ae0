"""Where releases are queried."""
