"""One operation explained: its arithmetic as text, and pictures of the arrays that it computes."""

from minigan.explain.convolution import explain_conv
from minigan.explain.readme_figure import transposed_convolution_figure
from minigan.explain.report import write_report

__all__ = ["explain_conv", "transposed_convolution_figure", "write_report"]
