"""Architectures: generators, discriminators, auto-encoders and a classifier, as lists of layers.

`outputs` applies a trained model to many inputs.
"""

from minigan.models.autoencoder import Autoencoder, ConvAutoencoder, MLPAutoencoder
from minigan.models.channels import joined, packed
from minigan.models.classifier import Classifier, train_classifier
from minigan.models.dcgan import DCGANDiscriminator, DCGANEncoder, DCGANGenerator, layer_norm
from minigan.models.inference import evaluating, outputs
from minigan.models.mirrored_decoder import mirror
from minigan.models.mlp import Gain, MLPDiscriminator, MLPEncoder, MLPGenerator
from minigan.models.pairs import PairDiscriminator

__all__ = [
    "Autoencoder",
    "ConvAutoencoder",
    "MLPAutoencoder",
    "mirror",
    "Classifier",
    "train_classifier",
    "DCGANDiscriminator",
    "DCGANEncoder",
    "DCGANGenerator",
    "Gain",
    "MLPDiscriminator",
    "MLPEncoder",
    "MLPGenerator",
    "PairDiscriminator",
    "joined",
    "packed",
    "layer_norm",
    "evaluating",
    "outputs",
]
