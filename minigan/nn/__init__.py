"""Neural networks: modules with parameters, layers, losses, and PyTorch's functional interface.

>>> import minigan
>>> from minigan import nn
>>> net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
>>> net(minigan.ones(5, 2)).shape
(5, 1)
"""

from minigan.nn import functional as functional
from minigan.nn import init as init
from minigan.nn import utils as utils
from minigan.nn.absent import no_layer
from minigan.nn.activation import *
from minigan.nn.container import *
from minigan.nn.convolution import *
from minigan.nn.dropout import *
from minigan.nn.layer_normalization import *
from minigan.nn.linear import *
from minigan.nn.loss import *
from minigan.nn.margin_loss import *
from minigan.nn.module import *
from minigan.nn.normalization import *
from minigan.nn.padding import *
from minigan.nn.pairs import *
from minigan.nn.parameter import *
from minigan.nn.parameters import *
from minigan.nn.pooling import *
from minigan.nn.shaping import *
from minigan.nn.shrinkage import *
from minigan.nn.spectral import *

globals()["__getattr__"] = no_layer  # type checkers shall still find misspelt names
