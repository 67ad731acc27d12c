"""GANs: the game of G and D, its objectives, and the measurement of a game while it is played."""

from minigan.gan.average import Average
from minigan.gan.bijection import exact_generator
from minigan.gan.game import Game, GameStep
from minigan.gan.generator_density import density_of, jsd_gradient
from minigan.gan.interpolation import lerp, slerp
from minigan.gan.inversion import Inversion, inversions, invert, jacobian, recovery
from minigan.gan.objectives import (
    F_GANS,
    OBJECTIVES,
    R1,
    GradientPenalty,
    Objective,
    Optimum,
    Penalty,
    hinge,
    least_squares,
    minimax,
    non_saturating,
    r1,
    wgan_clip,
    wgan_gp,
)
from minigan.gan.recorder import LineRecorder, PlaneRecorder, Recorder, recorder_of
from minigan.gan.records import Record
from minigan.gan.relu_breakpoints import breakpoints_of

__all__ = [
    "Average",
    "Game",
    "GameStep",
    "OBJECTIVES",
    "F_GANS",
    "Objective",
    "Optimum",
    "Penalty",
    "GradientPenalty",
    "R1",
    "minimax",
    "non_saturating",
    "r1",
    "least_squares",
    "hinge",
    "wgan_clip",
    "wgan_gp",
    "Inversion",
    "inversions",
    "invert",
    "recovery",
    "jacobian",
    "exact_generator",
    "density_of",
    "jsd_gradient",
    "breakpoints_of",
    "Record",
    "Recorder",
    "LineRecorder",
    "PlaneRecorder",
    "recorder_of",
    "lerp",
    "slerp",
]
