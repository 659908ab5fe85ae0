"""What lasts: lake, releases, warehouse, and the one module that makes anything visible."""
