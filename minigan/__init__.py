"""minigan: transposed convolutions, auto-encoders and GANs from scratch in NumPy.

>>> import minigan
>>> x = minigan.tensor([1.0, 2.0], requires_grad=True)
>>> (x * x).sum().backward()
>>> x.grad
tensor([2., 4.])
"""

import sys as _sys

from minigan import interrupts as _interrupts  # first: Ctrl-C may come while all else is imported

# isort: split
from builtins import tuple as Size  # the type of a shape
from math import e as e
from math import inf as inf
from math import nan as nan
from math import pi as pi

from numpy import dtype as dtype
from numpy import finfo as finfo
from numpy import iinfo as iinfo

from minigan import cuda as cuda
from minigan import functions as functions
from minigan import nn as nn
from minigan import optim as optim
from minigan import utils as utils
from minigan.autograd import Op as Op
from minigan.autograd import Tape as Tape
from minigan.autograd import Tensor as Tensor
from minigan.autograd import enable_grad as enable_grad
from minigan.autograd import grad as grad
from minigan.autograd import inference_mode as inference_mode
from minigan.autograd import is_grad_enabled as is_grad_enabled
from minigan.autograd import no_grad as no_grad
from minigan.autograd import set_grad_enabled as set_grad_enabled
from minigan.autograd.dtypes import bool_ as bool
from minigan.autograd.dtypes import float16 as float16
from minigan.autograd.dtypes import float16 as half
from minigan.autograd.dtypes import float32 as float
from minigan.autograd.dtypes import float32 as float32
from minigan.autograd.dtypes import float64 as double
from minigan.autograd.dtypes import float64 as float64
from minigan.autograd.dtypes import int8 as int8
from minigan.autograd.dtypes import int16 as int16
from minigan.autograd.dtypes import int16 as short
from minigan.autograd.dtypes import int32 as int
from minigan.autograd.dtypes import int32 as int32
from minigan.autograd.dtypes import int64 as int64
from minigan.autograd.dtypes import int64 as long
from minigan.autograd.dtypes import uint8 as uint8
from minigan.backend import device as device
from minigan.functions.absent import AbsentModules as _AbsentModules
from minigan.functions.absent import no_name as _no_name
from minigan.functions.arithmetic import *
from minigan.functions.broadcasting import *
from minigan.functions.choosing import *
from minigan.functions.comparison import *
from minigan.functions.concatenation import *
from minigan.functions.copying import *
from minigan.functions.counting import *
from minigan.functions.creation import *
from minigan.functions.creation_like import *
from minigan.functions.diagonals import *
from minigan.functions.einstein_summation import *
from minigan.functions.elementwise import *
from minigan.functions.extrema import *
from minigan.functions.flipping import *
from minigan.functions.gathering import *
from minigan.functions.hyperbolic import *
from minigan.functions.metadata import *
from minigan.functions.order_statistics import *
from minigan.functions.powers import *
from minigan.functions.products import *
from minigan.functions.random import *
from minigan.functions.ranges import *
from minigan.functions.reductions import *
from minigan.functions.repetition import *
from minigan.functions.rounding import *
from minigan.functions.scattering import *
from minigan.functions.shaping import *
from minigan.functions.signs import *
from minigan.functions.softmaxes import *
from minigan.functions.sorting import *
from minigan.functions.special import *
from minigan.functions.statistics import *
from minigan.functions.trigonometry import *
from minigan.serialization import load as load
from minigan.serialization import save as save
from minigan.threads import get_num_threads as get_num_threads
from minigan.threads import set_num_threads as set_num_threads

newaxis = None
__version__ = "0.2.0"
globals()["__getattr__"] = _no_name  # type checkers shall still find misspelt names
if _AbsentModules not in _sys.meta_path:
    _sys.meta_path.append(_AbsentModules)
