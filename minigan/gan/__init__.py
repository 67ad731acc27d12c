"""The game: two players, what each wants, and the steps in which they take turns."""

from minigan.gan.average import Average
from minigan.gan.game import Game, Step
from minigan.gan.objectives import OBJECTIVES, Objective, minimax, non_saturating

__all__ = [
    "Average",
    "Game",
    "Step",
    "OBJECTIVES",
    "Objective",
    "minimax",
    "non_saturating",
]
