"""A2: the transposed convolution, in five ways."""
