"""A layer with a wrong argument or input raises an error that names layer, argument and value."""

import pytest

import minigan
from minigan import nn

X = minigan.ones(2, 3, 5, 5)
BAD = [
    (lambda: nn.Linear(0, 3), ValueError, "Linear: in_features=0 must be at least 1"),
    (lambda: nn.Linear(3, -1), ValueError, "Linear: out_features=-1"),
    (lambda: nn.Linear(2.5, 3), TypeError, "Linear: in_features=2.5 must be an integer"),
    (lambda: nn.Linear(3, 3, dtype="int64"), TypeError, "Linear: dtype=int64 must be a float"),
    (lambda: nn.Linear(3, 3, dtype="float33"), TypeError, "float33"),
    (lambda: nn.Linear(3, 3, device="tpu"), ValueError, "device='tpu'"),
    (lambda: nn.Linear(3, 3, generator="seed"), TypeError, "generator='seed'"),
    (lambda: nn.Linear(3, 3, generator=-1), ValueError, "generator=-1"),
    (lambda: nn.Linear(4, 3)(X), ValueError, "linear"),
    (lambda: nn.Linear(5, 3)(X.double()), TypeError, "dtype"),
    (lambda: nn.Conv2d(0, 3, 3), ValueError, "Conv2d: in_channels=0"),
    (lambda: nn.Conv2d(3, 4, 0), ValueError, "Conv2d: kernel_size=0"),
    (lambda: nn.Conv2d(3, 4, (3, 3, 3)), ValueError, "kernel_size=.* has 3 entries"),
    (lambda: nn.Conv2d(3, 4, 3, stride=0), ValueError, "Conv2d: stride=0"),
    (lambda: nn.Conv2d(3, 4, 3, padding=-1), ValueError, "Conv2d: padding=-1"),
    (lambda: nn.Conv2d(3, 4, 3, dilation=0), ValueError, "Conv2d: dilation=0"),
    (
        lambda: nn.Conv2d(3, 4, 3, groups=2),
        ValueError,
        "Conv2d: groups=2 must divide in_channels=3",
    ),
    (
        lambda: nn.Conv2d(4, 3, 3, groups=2),
        ValueError,
        "Conv2d: groups=2 must divide out_channels=3",
    ),
    (lambda: nn.Conv2d(3, 4, 3, padding="full"), ValueError, "padding='full' is not known"),
    (lambda: nn.Conv2d(3, 4, 3, 2, padding="same"), ValueError, "padding='same' needs stride=1"),
    (lambda: nn.Conv2d(3, 4, 3, padding_mode="mirror"), ValueError, "padding_mode='mirror'"),
    (lambda: nn.Conv2d(3, 4, 3, by="magic"), ValueError, "Conv2d: by='magic' is not legal"),
    (lambda: nn.Conv2d(4, 4, 3)(X), ValueError, "conv2d: input of shape"),
    (lambda: nn.Conv2d(3, 4, 7)(X), ValueError, "conv2d"),
    (
        lambda: nn.ConvTranspose2d(3, 4, 3, 2, output_padding=2),
        ValueError,
        r"ConvTranspose2d: output_padding=2 must be smaller than stride=2 or dilation=1 \(legal: "
        r"0, "
        r"1\)",
    ),
    (
        lambda: nn.ConvTranspose2d(3, 4, 3, padding_mode="reflect"),
        ValueError,
        "padding_mode='reflect'",
    ),
    (lambda: nn.ConvTranspose2d(3, 4, 3, padding="same"), TypeError, "padding='same' must be"),
    (
        lambda: nn.ConvTranspose2d(3, 4, 3, 2)(X, output_size=(20, 20)),
        ValueError,
        r"output_size=\(20, "
        r"20\)",
    ),
    (lambda: nn.BatchNorm2d(0), ValueError, "BatchNorm2d: num_features=0"),
    (lambda: nn.BatchNorm2d(3, eps="small"), TypeError, "eps='small'"),
    (
        lambda: nn.BatchNorm2d(4)(X),
        ValueError,
        "BatchNorm2d: input of shape .* has 3 channels, not 4",
    ),
    (lambda: nn.BatchNorm1d(3)(X), ValueError, "BatchNorm1d: input has shape .* 2 or 3 dimensions"),
    (lambda: nn.BatchNorm1d(3)(minigan.ones(1, 3)), ValueError, "one value per channel"),
    (lambda: nn.BatchNorm1d(3)([1.0]), TypeError, "BatchNorm1d: input must be a Tensor, not list"),
    (lambda: nn.InstanceNorm2d(4)(X), ValueError, "InstanceNorm2d"),
    (lambda: nn.LayerNorm(()), ValueError, "LayerNorm: normalized_shape"),
    (lambda: nn.LayerNorm((5, 4))(X), ValueError, "layer_norm"),
    (lambda: nn.GroupNorm(2, 3), ValueError, "GroupNorm: num_groups=2 must divide num_channels=3"),
    (lambda: nn.Dropout(1.5), ValueError, "Dropout: p=1.5"),
    (lambda: nn.Dropout("half"), TypeError, "Dropout: p='half'"),
    (lambda: nn.Embedding(3, 2, padding_idx=3), ValueError, "Embedding: padding_idx=3"),
    (lambda: nn.Embedding(3, 2)(minigan.tensor([3])), ValueError, "embedding"),
    (lambda: nn.Embedding(3, 2)(minigan.ones(1)), TypeError, "embedding"),
    (lambda: nn.LeakyReLU("a"), TypeError, "LeakyReLU: negative_slope='a' must be a number"),
    (lambda: nn.GELU("sigmoid"), ValueError, "GELU: approximate='sigmoid' is not legal"),
    (lambda: nn.Softmax(1.0), TypeError, "Softmax: dim=1.0 must be an integer"),
    (lambda: nn.Softmax(4)(X), ValueError, "softmax: dim=4"),
    (lambda: nn.MaxPool2d(0), ValueError, "MaxPool2d: kernel_size=0"),
    (lambda: nn.MaxPool2d(2, padding=2), ValueError, "MaxPool2d: padding=.* must be at most half"),
    (lambda: nn.AvgPool2d(2, divisor_override=0), ValueError, "AvgPool2d: divisor_override=0"),
    (lambda: nn.MaxPool2d(7)(X), ValueError, "max_pool2d"),
    (lambda: nn.Upsample(), ValueError, "Upsample: size=None, scale_factor=None"),
    (lambda: nn.PixelShuffle(0), ValueError, "PixelShuffle: upscale_factor=0"),
    (lambda: nn.PixelShuffle(2)(X), ValueError, "pixel_shuffle"),
    (lambda: nn.Flatten(1.5), TypeError, "Flatten: start_dim=1.5"),
    (lambda: nn.ZeroPad2d((1, 2)), ValueError, "ZeroPad2d: padding=.* has 2 entries"),
    (
        lambda: nn.MSELoss(reduction="average"),
        ValueError,
        "MSELoss: reduction='average' is not legal",
    ),
    (lambda: nn.BCEWithLogitsLoss(pos_weight=2.0), TypeError, "pos_weight must be a Tensor"),
    (lambda: nn.CrossEntropyLoss(label_smoothing="a"), TypeError, "label_smoothing='a'"),
    (
        lambda: nn.ModuleList(3),
        TypeError,
        "ModuleList: modules must be an iterable of Modules, not int",
    ),
    (
        lambda: nn.ModuleDict([nn.ReLU()]),
        TypeError,
        r"ModuleDict: modules must be a dict of Modules or pairs \(name, Module\), not list",
    ),
    (lambda: nn.spectral_norm(nn.ReLU()), ValueError, "spectral_norm: ReLU has no"),
    (lambda: nn.spectral_norm(nn.spectral_norm(nn.Linear(2, 2))), ValueError, "Linear has no"),
    (
        lambda: nn.spectral_norm(nn.Linear(2, 2), n_power_iterations=0),
        ValueError,
        "n_power_iterations=0",
    ),
    (lambda: nn.remove_spectral_norm(nn.Linear(2, 2)), ValueError, "Linear has no spectral norm"),
]


@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_errors_name_layer_argument_and_value(call, error, match):
    with pytest.raises(error, match=match):
        call()
