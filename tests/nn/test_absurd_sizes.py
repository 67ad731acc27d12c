"""A size for which there is no memory is refused at once, by an error that names the function."""

import pytest
from surroundings import little_memory

import minigan
from minigan import nn
from minigan.nn import functional as F

X = minigan.ones(1, 1, 4, 4)
ONE = minigan.ones(1, 1, 2, 2)
PLACES = minigan.zeros(1, 1, 4, 4).long()
CALLS = [
    ("Linear: there is no memory", lambda: nn.Linear(10**12, 10**12)),
    ("Linear: size 1000.* must be less than 2\\^63", lambda: nn.Linear(10**30, 3)),
    ("Bilinear: there is no memory", lambda: nn.Bilinear(10**5, 10**5, 10**6)),
    ("Conv2d: there is no memory", lambda: nn.Conv2d(10**6, 10**6, 3)),
    ("Conv1d: there is no memory", lambda: nn.Conv1d(10**6, 10**6, 10**3)),
    ("ConvTranspose3d: there is no memory", lambda: nn.ConvTranspose3d(10**6, 10**6, 9)),
    ("Embedding: there is no memory", lambda: nn.Embedding(10**12, 100)),
    ("BatchNorm1d: there is no memory", lambda: nn.BatchNorm1d(10**14)),
    ("InstanceNorm2d: there is no memory", lambda: nn.InstanceNorm2d(10**14, affine=True)),
    ("LayerNorm: there is no memory", lambda: nn.LayerNorm((10**7, 10**7))),
    ("GroupNorm: there is no memory", lambda: nn.GroupNorm(1, 10**14)),
    ("PReLU: there is no memory", lambda: nn.PReLU(10**14)),
    ("pad: pad=.* makes an output", lambda: F.pad(X, (10**9, 10**9, 10**9, 10**9))),
    ("pad: pad=.* makes an output", lambda: F.pad(X, (10**30, 0))),
    ("pad: pad=.* makes an output", lambda: F.pad(X, (10**9,) * 4, "replicate")),
    ("one_hot: there is no memory", lambda: F.one_hot(minigan.tensor([1, 2]), 10**14)),
    ("one_hot: there is no memory", lambda: F.one_hot(minigan.tensor([1, 10**14]))),
    ("one_hot: there is no memory", lambda: F.one_hot(minigan.tensor([1]), 10**30)),
    ("conv2d: there is no memory", lambda: F.conv2d(X, ONE, padding=10**8)),
    ("conv_transpose2d: there is no", lambda: F.conv_transpose2d(X, ONE, stride=10**8)),
    ("conv_transpose2d: there is no", lambda: F.conv_transpose2d(X, ONE, dilation=10**8)),
    ("interpolate: size=", lambda: F.interpolate(X, 10**8)),
    ("interpolate: scale_factor=", lambda: F.interpolate(X, scale_factor=1e30)),
    ("unfold: this makes an output", lambda: F.unfold(X, 2, padding=10**8)),
    ("fold: output_size=", lambda: F.fold(minigan.ones(1, 4, 1), 10**9, 2, stride=10**9)),
    ("adaptive_avg_pool2d: output_size=", lambda: F.adaptive_avg_pool2d(X, 10**8)),
    ("adaptive_max_pool2d: output_size=", lambda: F.adaptive_max_pool2d(X, 10**8)),
    ("max_unpool2d: output_size=", lambda: F.max_unpool2d(X, PLACES, 10**8)),
    ("avg_pool2d: kernel_size=", lambda: F.avg_pool2d(X, 10**9, padding=5 * 10**8)),
    ("max_pool2d: kernel_size=", lambda: F.max_pool2d(X, 10**5, 1, padding=5 * 10**4)),
    ("pdist: there is no memory", lambda: F.pdist(minigan.zeros(10**7, 1))),
]


@pytest.mark.parametrize(("match", "call"), CALLS)
def test_absurd_sizes(match, call):
    with little_memory(), pytest.raises(ValueError, match=f"^{match}"):
        call()
