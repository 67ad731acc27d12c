"""Auto-encoders: the training min ||X - X'||^2, its bound by PCA, and decoders for each layer."""

from minigan.autoencoder.layers import Decoders, Encoder, decoder_of, orthonormal_bank, prefixes
from minigan.autoencoder.pca import pca_error
from minigan.autoencoder.reconstruction import Reconstruction, ReconstructionStep

__all__ = [
    "Reconstruction",
    "ReconstructionStep",
    "pca_error",
    "Encoder",
    "Decoders",
    "decoder_of",
    "orthonormal_bank",
    "prefixes",
]
