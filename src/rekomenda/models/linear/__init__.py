"""Linear item-to-item models, and the sparse weights and large matrices they are made of."""
