"""An op to start from, as a text."""

TEMPLATE = '''\
import numpy as np
from minigan import Op

class Swish(Op):
    """y = x / (1 + exp(-x))"""
    def forward(self, x):        # NumPy arrays in, a NumPy array out
        return x / (1 + np.exp(-x))
    def backward_x(self, g, x):  # tensors in, a tensor out: g is the gradient of y
        s = x.sigmoid()
        return g * (s + x * s * (1 - s))
'''
