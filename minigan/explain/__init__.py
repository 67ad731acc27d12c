"""One operation explained: its arithmetic in words, and pictures of the arrays it computes."""

from minigan.explain.convolution import explain_conv
from minigan.explain.stills import transposed_convolution_figure

__all__ = ["explain_conv", "transposed_convolution_figure"]
