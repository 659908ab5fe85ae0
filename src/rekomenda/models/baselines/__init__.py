"""What every model has to beat: chance, and popularity in its kinds."""
