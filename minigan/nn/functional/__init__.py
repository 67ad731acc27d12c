"""Layers as functions, under torch.nn.functional's names; each stands beside its derivative in
`minigan.nn.functional`.
"""

from minigan.nn.functional.activations import (
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
from minigan.nn.functional.affine import linear, linear_act
from minigan.nn.functional.batchnorm import batch_norm, batch_norm_act
from minigan.nn.functional.convolution import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
)
from minigan.nn.functional.crossentropy import cross_entropy, nll_loss
from minigan.nn.functional.dropouts import dropout, dropout1d, dropout2d, dropout3d
from minigan.nn.functional.folding import fold, unfold
from minigan.nn.functional.lookup import embedding, one_hot
from minigan.nn.functional.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    smooth_l1_loss,
)
from minigan.nn.functional.normalization import group_norm, instance_norm, layer_norm
from minigan.nn.functional.padding import pad
from minigan.nn.functional.pooling import (
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
from minigan.nn.functional.resizing import interpolate, pixel_shuffle, pixel_unshuffle
from minigan.nn.functional.similarity import cosine_similarity, normalize, pairwise_distance

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
