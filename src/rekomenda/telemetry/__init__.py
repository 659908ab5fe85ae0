"""What the program says about itself: structured logs and metrics."""
