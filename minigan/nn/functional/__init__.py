"""Layers as functions, under the names of torch.nn.functional; each file holds one family.

>>> import minigan
>>> from minigan.nn import functional as F
>>> F.conv_transpose2d(minigan.ones(1, 1, 2, 3), minigan.ones(1, 1, 4, 4), stride=2).shape
(1, 1, 6, 8)
"""

from minigan.nn.absent import no_function
from minigan.nn.functional.activations import *
from minigan.nn.functional.adaptive_pooling import *
from minigan.nn.functional.affine import *
from minigan.nn.functional.average_pooling import *
from minigan.nn.functional.batchnorm import *
from minigan.nn.functional.convolution import *
from minigan.nn.functional.crossentropy import *
from minigan.nn.functional.dropouts import *
from minigan.nn.functional.folding import *
from minigan.nn.functional.likelihood_losses import *
from minigan.nn.functional.lookup import *
from minigan.nn.functional.losses import *
from minigan.nn.functional.margin_losses import *
from minigan.nn.functional.max_pooling import *
from minigan.nn.functional.max_unpooling import *
from minigan.nn.functional.mixing import *
from minigan.nn.functional.normalization import *
from minigan.nn.functional.padding import *
from minigan.nn.functional.resizing import *
from minigan.nn.functional.shrinkage import *
from minigan.nn.functional.similarity import *
from minigan.nn.functional.smooth_activations import *
from minigan.nn.functional.softmaxes import *

globals()["__getattr__"] = no_function  # type checkers shall still find misspelt names
