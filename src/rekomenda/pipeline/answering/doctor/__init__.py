"""What would stop or spoil a run, and what to do about each finding."""
