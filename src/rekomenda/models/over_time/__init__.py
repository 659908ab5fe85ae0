"""Models of the order of plays: what comes next, and what is played again."""
