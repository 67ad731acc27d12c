from minigan.explain.convolution import explain_conv as explain_conv
from minigan.explain.report import write_report as write_report

__all__ = ["explain_conv", "write_report"]
