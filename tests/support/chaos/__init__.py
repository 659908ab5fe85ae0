"""Faults put into real commands: kills, refusals, power cuts, full disks, damaged files, races."""
