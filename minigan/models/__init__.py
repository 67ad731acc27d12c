"""Architectures, a page each: what a layer list says is all there is to say; and `outputs`, to
apply them.
"""

from minigan.models.application import outputs
from minigan.models.autoencoder import Autoencoder, ConvAutoencoder, MLPAutoencoder
from minigan.models.channels import joined, packed
from minigan.models.classifier import Classifier
from minigan.models.dcgan import DCGANDiscriminator, DCGANEncoder, DCGANGenerator, layer_norm
from minigan.models.mirrored_decoder import mirror
from minigan.models.mlp import Gain, MLPDiscriminator, MLPEncoder, MLPGenerator
from minigan.models.pairs import PairDiscriminator

__all__ = [
    "Autoencoder",
    "ConvAutoencoder",
    "MLPAutoencoder",
    "mirror",
    "Classifier",
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
    "outputs",
]
