"""A1: gradient checks, and a tape."""
