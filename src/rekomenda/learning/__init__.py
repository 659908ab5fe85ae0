"""Learning: where days are cut, what is asked, what `auto` stands for, and a fitted model with all it needs."""
