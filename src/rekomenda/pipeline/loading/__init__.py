"""Files into the lake: read, judged, accounted for, committed once."""
