"""Auto-encoders: min ||X - X'||^2 through a narrow h, the linear bound on it, and what each layer
remembers.
"""

from minigan.autoencoder.layers import Decoders, Encoder, decoder_of, orthonormal_bank, prefixes
from minigan.autoencoder.pca import pca_error
from minigan.autoencoder.training import ReconstructionStep, Training

__all__ = [
    "ReconstructionStep",
    "Training",
    "pca_error",
    "Encoder",
    "Decoders",
    "decoder_of",
    "orthonormal_bank",
    "prefixes",
]
