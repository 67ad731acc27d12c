"""Architectures, a page each: what a layer list says is all there is to say; and `outputs`, to apply them."""

from minigan.models.application import outputs
from minigan.models.autoencoder import ConvAutoencoder
from minigan.models.classifier import Classifier
from minigan.models.dcgan import DCGANDiscriminator, DCGANGenerator
from minigan.models.mlp import MLPDiscriminator, MLPGenerator

__all__ = [
    "ConvAutoencoder",
    "Classifier",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "MLPDiscriminator",
    "MLPGenerator",
    "outputs",
]
