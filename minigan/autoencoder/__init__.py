"""Auto-encoders: min ||X - X'||^2 through a narrow h, and the linear bound on it."""

from minigan.autoencoder.pca import pca_error
from minigan.autoencoder.training import Step, Training

__all__ = [
    "pca_error",
    "Step",
    "Training",
]
