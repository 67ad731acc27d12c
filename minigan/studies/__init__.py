"""Studies: measurements of trained runs, and small trainings that show one fact."""

from minigan.studies.bijection import Bijection, learned_bijection, train_generator
from minigan.studies.comparison import Comparison, compare
from minigan.studies.decoders import ENCODERS, LayerStudy, layers_table, study_layers
from minigan.studies.discriminators import (
    TrainedDiscriminator,
    train_discriminator,
    trained_discriminators,
)
from minigan.studies.evaluation import USUAL_COUNTS, compared_count, evaluate, usual_count
from minigan.studies.inversion import Inverted, invert

__all__ = [
    "evaluate",
    "USUAL_COUNTS",
    "usual_count",
    "compared_count",
    "compare",
    "Comparison",
    "invert",
    "Inverted",
    "ENCODERS",
    "LayerStudy",
    "layers_table",
    "study_layers",
    "Bijection",
    "learned_bijection",
    "train_generator",
    "TrainedDiscriminator",
    "train_discriminator",
    "trained_discriminators",
]
