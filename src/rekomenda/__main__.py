"""`python -m rekomenda` is the `rekomenda` command."""

from rekomenda.cli.main import main

main()
