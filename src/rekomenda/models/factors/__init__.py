"""Items as points in a space of few factors, found from plays or from the catalogue."""
