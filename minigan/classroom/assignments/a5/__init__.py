"""A5: the theory of the game."""
