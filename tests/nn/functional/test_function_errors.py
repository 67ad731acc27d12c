"""Wrong arguments of functions in nn.functional raise errors that name function and value."""

import pytest

import minigan
import minigan.nn.functional as F

T = minigan.tensor
I = T([0, 1])
ONES = minigan.ones
BAD = [
    (lambda: F.relu([1.0]), TypeError, "relu: input must be a Tensor"),
    (lambda: F.leaky_relu(I), TypeError, "leaky_relu: input has dtype int64"),
    (lambda: F.leaky_relu(ONES(2), "0.2"), TypeError, "negative_slope='0.2'"),
    (lambda: F.gelu(ONES(2), "erf"), ValueError, "approximate='erf'"),
    (lambda: F.hardtanh(ONES(2), 2, 1), ValueError, "min_val=2 must be <= max_val=1"),
    (lambda: F.softplus(ONES(2), 0), ValueError, "beta=0"),
    (lambda: F.prelu(ONES(2, 3), ONES(2)), ValueError, r"weight of shape \(2,\).*\(2, 3\)"),
    (lambda: F.softmax(ONES(2), 1), IndexError, "dim=1"),
    (lambda: F.linear(ONES(2, 3), ONES(4, 2)), ValueError, r"\(2, 3\).*\(4, 2\)"),
    (lambda: F.linear(ONES(2, 3), ONES(4, 3), ONES(3)), ValueError, r"bias of shape \(3,\)"),
    (lambda: F.linear(ONES(2, 3), ONES(4, 3).double()), TypeError, "float32 and weight float64"),
    (lambda: F.linear(T([[1, 2]]), ONES(4, 2)), TypeError, "input has dtype int64"),
    (lambda: F.dropout(ONES(2), 1.5), ValueError, "p=1.5"),
    (lambda: F.dropout(ONES(2), float("nan")), ValueError, "p=nan"),
    (lambda: F.dropout2d(ONES(2, 2)), ValueError, "3 or 4 dimensions"),
    (lambda: F.embedding(T([2]), ONES(2, 3)), IndexError, r"0\.\.1"),
    (lambda: F.embedding(T([-1]), ONES(2, 3)), IndexError, r"0\.\.1"),
    (lambda: F.embedding(ONES(2), ONES(2, 3)), TypeError, "input has dtype float32"),
    (lambda: F.embedding(I, ONES(2)), ValueError, "weight has shape"),
    (lambda: F.embedding(I, ONES(2, 3), padding_idx=2), ValueError, "padding_idx=2"),
    (lambda: F.one_hot(T([3]), 3), ValueError, "holds 3"),
    (lambda: F.one_hot(T([-1])), ValueError, "holds -1"),
    (lambda: F.one_hot(ONES(2)), TypeError, "dtype float32"),
    (lambda: F.one_hot(minigan.zeros(0, dtype="int64")), ValueError, "num_classes=-1"),
    (lambda: F.normalize(ONES(2), dim=1), IndexError, "dim=1"),
    (lambda: F.cosine_similarity(ONES(2, 3), ONES(2, 4)), ValueError, r"\(2, 3\) and \(2, 4\)"),
    (
        lambda: F.batch_norm(ONES(1, 3), None, None, training=True),
        ValueError,
        "one value per channel",
    ),
    (lambda: F.batch_norm(ONES(2, 3), None, None), ValueError, "running_mean and running_var"),
    (lambda: F.batch_norm(ONES(3), None, None, training=True), ValueError, "at least 2 dimensions"),
    (
        lambda: F.batch_norm(ONES(2, 3), None, None, ONES(2), training=True),
        ValueError,
        r"weight of "
        r"shape \(2,\)",
    ),
    (
        lambda: F.batch_norm(ONES(2, 3), ONES(3).double(), None, training=True),
        TypeError,
        "running_mean float64",
    ),
    (
        lambda: F.batch_norm(ONES(2, 3), None, None, None, None, True, None),
        TypeError,
        "momentum=None",
    ),
    (lambda: F.layer_norm(ONES(2, 3), [2]), ValueError, r"normalized_shape=\(2,\).*\(2, 3\)"),
    (lambda: F.layer_norm(ONES(2, 3), []), ValueError, r"normalized_shape=\(\)"),
    (lambda: F.layer_norm(ONES(2, 3), [3], ONES(2)), ValueError, r"weight has shape \(2,\)"),
    (lambda: F.group_norm(ONES(2, 4), 3), ValueError, "num_groups=3"),
    (lambda: F.group_norm(ONES(1, 4), 4), ValueError, "one value per group"),
    (lambda: F.instance_norm(ONES(2, 4, 1)), ValueError, "one value per channel"),
    (lambda: F.instance_norm(ONES(2, 4)), ValueError, "at least 3 dimensions"),
    (lambda: F.mse_loss(ONES(2, 1), ONES(2)), ValueError, r"\(2,\).*\(2, 1\)"),
    (lambda: F.mse_loss(I, ONES(2)), TypeError, "input has dtype int64"),
    (lambda: F.mse_loss(ONES(2), ONES(2), reduction="average"), ValueError, "reduction='average'"),
    (lambda: F.mse_loss(ONES(2), ONES(2), weight=ONES(1)), ValueError, r"weight of shape \(1,\)"),
    (lambda: F.huber_loss(ONES(2), ONES(2), delta=0), ValueError, "delta=0"),
    (lambda: F.smooth_l1_loss(ONES(2), ONES(2), beta=-1), ValueError, "beta=-1"),
    (
        lambda: F.binary_cross_entropy(ONES(2) * 1.5, ONES(2)),
        ValueError,
        "input holds a number outside",
    ),
    (
        lambda: F.binary_cross_entropy(ONES(2), ONES(2) * -1),
        ValueError,
        "target holds a number outside",
    ),
    (
        lambda: F.binary_cross_entropy(T([float("nan")]), ONES(1)),
        ValueError,
        "input holds a number outside",
    ),
    (lambda: F.binary_cross_entropy(ONES(2), I), TypeError, "target has dtype int64"),
    (lambda: F.binary_cross_entropy_with_logits(ONES(2), I), TypeError, "target has dtype int64"),
    (
        lambda: F.binary_cross_entropy_with_logits(ONES(2, 1), ONES(2)),
        ValueError,
        r"\(2,\).*\(2, "
        r"1\)",
    ),
    (
        lambda: F.binary_cross_entropy_with_logits(ONES(2), ONES(2), pos_weight=ONES(3)),
        ValueError,
        "pos_weight",
    ),
    (lambda: F.cross_entropy(ONES(2, 3), T([0, 3])), IndexError, r"0\.\.2"),
    (lambda: F.cross_entropy(ONES(2, 3), T([0, -1])), ValueError, r"0\.\.2"),
    (lambda: F.cross_entropy(ONES(2, 3), T([0.0, 1.0])), TypeError, "dtype float32"),
    (lambda: F.cross_entropy(ONES(2, 3), T([True, False])), TypeError, "dtype bool"),
    (lambda: F.cross_entropy(ONES(2, 3), T([0, 1, 2])), ValueError, r"shape \(3,\)"),
    (lambda: F.cross_entropy(ONES(2, 3), I, ONES(2)), ValueError, r"weight has shape \(2,\)"),
    (
        lambda: F.cross_entropy(ONES(2, 3), I, label_smoothing=1.1),
        ValueError,
        "label_smoothing=1.1",
    ),
    (lambda: F.cross_entropy(T(1.0), T(0)), ValueError, r"input has shape \(\)"),
    (lambda: F.nll_loss(ONES(2, 3), ONES(2, 3)), ValueError, r"\(2, 3\)"),
    (lambda: F.kl_div(ONES(2), ONES(3)), ValueError, r"\(3,\)"),
    (
        lambda: F.batch_norm(None, None, None, training=True),
        TypeError,
        "batch_norm: input must be a Tensor",
    ),
    (lambda: F.group_norm(None, 2), TypeError, "group_norm: input must be a Tensor"),
    (lambda: F.layer_norm(None, 2), TypeError, "layer_norm: input must be a Tensor"),
    (lambda: F.layer_norm(ONES(2, 3), None), TypeError, "layer_norm: size None"),
    (lambda: F.layer_norm(ONES(2, 3), 3, eps=-1.0), ValueError, "layer_norm: eps=-1.0"),
    (
        lambda: F.batch_norm(ONES(2, 3), None, None, training=True, eps=-1.0),
        ValueError,
        "batch_norm: eps=-1.0",
    ),
    (lambda: F.linear(None, ONES(2, 3)), TypeError, "linear: input must be a Tensor"),
    (lambda: F.linear(ONES(2, 3), None), TypeError, "linear: weight must be a Tensor"),
    (lambda: F.prelu(ONES(2, 3), None), TypeError, "prelu: weight must be a Tensor"),
    (
        lambda: F.conv2d(ONES(1, 1, 3, 3), ONES(1, 1, 2, 2), by=["im2col"]),
        ValueError,
        r"by=\['im2col'\]",
    ),
    (
        lambda: F.conv2d(ONES(1, 1, 3, 3), ONES(1, 1, 2, 2), stride=2**40),
        ValueError,
        "stride=1099511627776",
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), BAD, ids=range(len(BAD)))
def test_bad_arguments_are_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


@pytest.mark.parametrize("name", ["batch_norm", "instance_norm"])
@pytest.mark.parametrize("settings", [{"eps": "a"}, {"eps": -1.0}, {"momentum": None}])
def test_a_refused_norm_leaves_the_running_moments_alone(name, settings):
    mean, var = minigan.zeros(3), minigan.ones(3)
    train = {"training": True} if name == "batch_norm" else {}
    with pytest.raises((TypeError, ValueError), match=f"{name}: {next(iter(settings))}="):
        getattr(F, name)(minigan.randn(2, 3, 4, generator=0), mean, var, **train, **settings)
    assert mean.tolist() == [0.0] * 3 and var.tolist() == [1.0] * 3
