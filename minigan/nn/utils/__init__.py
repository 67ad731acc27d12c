"""Tools for the parameters and gradients of a model.

>>> from minigan import nn
>>> nn.utils.parameters_to_vector(nn.Linear(3, 2).parameters()).shape
(8,)
"""

from minigan.nn.absent import no_tool
from minigan.nn.spectral import remove_spectral_norm as remove_spectral_norm
from minigan.nn.spectral import spectral_norm as spectral_norm
from minigan.nn.utils import parametrizations as parametrizations
from minigan.nn.utils.gradients import clip_grad_norm_ as clip_grad_norm_
from minigan.nn.utils.gradients import clip_grad_value_ as clip_grad_value_
from minigan.nn.utils.vectors import parameters_to_vector as parameters_to_vector
from minigan.nn.utils.vectors import vector_to_parameters as vector_to_parameters
from minigan.nn.weightnorm import remove_weight_norm as remove_weight_norm
from minigan.nn.weightnorm import weight_norm as weight_norm

globals()["__getattr__"] = no_tool  # type checkers shall still find misspelt names
