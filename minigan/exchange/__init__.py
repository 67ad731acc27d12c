"""Weights that travel: safetensors files, which PyTorch and other tools read, and ONNX graphs.

Names, shapes and layouts are PyTorch's, so a file that `save_weights` writes fits the same model in
PyTorch. The packages `safetensors` and `onnx` are imported when they are used:
`pip install safetensors` and `pip install onnx`.
"""

from minigan.exchange.onnx_graph import save_onnx as save_onnx
from minigan.exchange.weights import load_weights as load_weights
from minigan.exchange.weights import read_weights as read_weights
from minigan.exchange.weights import save_weights as save_weights
