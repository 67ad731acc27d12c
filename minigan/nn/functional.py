"""Layers as functions, under torch.nn.functional's names; each stands beside its derivative in
`minigan.ops`.
"""

from minigan.ops.activations import (
    elu,
    gelu,
    hardtanh,
    leaky_relu,
    log_softmax,
    logsigmoid,
    mish,
    prelu,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from minigan.ops.batchnorm import batch_norm, batch_norm_act
from minigan.ops.convolution import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
)
from minigan.ops.crossentropy import cross_entropy, nll_loss
from minigan.ops.dropout import dropout, dropout1d, dropout2d, dropout3d
from minigan.ops.embedding import embedding, one_hot
from minigan.ops.folding import fold, unfold
from minigan.ops.linear import linear, linear_act
from minigan.ops.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    smooth_l1_loss,
)
from minigan.ops.normalization import group_norm, instance_norm, layer_norm
from minigan.ops.padding import pad
from minigan.ops.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from minigan.ops.resizing import interpolate, pixel_shuffle, pixel_unshuffle
from minigan.ops.similarity import cosine_similarity, normalize, pairwise_distance

__all__ = [
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
    "unfold", "fold",
    "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d",
    "pad", "interpolate", "pixel_shuffle", "pixel_unshuffle",
    "linear", "linear_act", "embedding", "one_hot", "dropout", "dropout1d", "dropout2d",
    "dropout3d",
    "relu", "leaky_relu", "prelu", "relu6", "hardtanh", "elu", "selu", "gelu", "silu", "mish",
    "sigmoid", "logsigmoid",
    "softplus", "tanh", "softmax", "log_softmax",
    "batch_norm", "batch_norm_act", "layer_norm", "instance_norm", "group_norm",
    "normalize", "cosine_similarity", "pairwise_distance",
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "nll_loss",
]  # fmt: skip
