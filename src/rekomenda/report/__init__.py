"""What a run looks like to people: figures and pages made from what releases keep."""
