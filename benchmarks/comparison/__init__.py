"""What `models.py` is made of: the data sets, one measured cell, the table, the page, the pictures."""
