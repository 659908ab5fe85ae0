"""From scores to lists: candidates, ranker, re-ranker, reasons."""
