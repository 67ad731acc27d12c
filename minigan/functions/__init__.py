"""Functions of tensors, by family; `methods` installs them as methods of Tensor."""

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
from minigan.functions.methods import FAMILIES as FAMILIES
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
