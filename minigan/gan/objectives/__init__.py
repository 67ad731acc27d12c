"""Objectives: the losses of D and G as functions of D's output, each with its source and optimum.

>>> OBJECTIVES["hinge"].minimises
'2 TV(data, model)'
"""

from minigan.gan.objectives.f_gan import F_GANS
from minigan.gan.objectives.hinge_and_least_squares import hinge, least_squares
from minigan.gan.objectives.logistic import minimax, non_saturating, r1
from minigan.gan.objectives.objective import Objective, Optimum
from minigan.gan.objectives.penalties import R1, GradientPenalty, Penalty
from minigan.gan.objectives.wasserstein import wgan_clip, wgan_gp

OBJECTIVES = {
    objective.name: objective
    for objective in (
        non_saturating,
        minimax,
        least_squares,
        hinge,
        wgan_clip,
        wgan_gp,
        r1,
        *F_GANS,
    )
}

__all__ = [
    "OBJECTIVES",
    "Objective",
    "Optimum",
    "minimax",
    "non_saturating",
    "r1",
    "least_squares",
    "hinge",
    "wgan_clip",
    "wgan_gp",
    "F_GANS",
    "Penalty",
    "GradientPenalty",
    "R1",
]
