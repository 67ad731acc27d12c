"""Errors and corner cases of functions, each as a call and the beginning of its message."""

import numpy as np
import pytest

import minigan
import minigan.nn.functional as F
from minigan import nn, tensor

X, V = minigan.ones(2, 3), minigan.ones(3)
ONE, LONG = tensor(1.0), tensor([0, 1])
leaf = lambda: minigan.ones(2, 3, requires_grad=True)

REFUSED = [
    (
        lambda: minigan.grad(
            leaf().sum(), leaf(), allow_unused=False, materialize_grads=True
        ),
        ValueError, "grad: materialize_grads=True needs allow_unused=True",
    ),
    (lambda: ONE.tensor_split(2), ValueError, "tensor_split: a tensor without dimensions"),
    (lambda: ONE.split(2), ValueError, "split: a tensor without dimensions"),
    (lambda: ONE.unbind(), ValueError, "unbind: a tensor without dimensions"),
    (lambda: minigan.bincount(LONG, V), ValueError, r"bincount: weights of shape \(3,\)"),
    (lambda: V.histc(3, 2, 1), ValueError, "histc: min=2 must not be larger than max=1"),
    (lambda: minigan.searchsorted(X, V), ValueError, "searchsorted: sorted_sequence has shape"),
    (lambda: minigan.from_numpy([1.0]), TypeError, "from_numpy: list is not an array"),
    (lambda: minigan.diag_embed(ONE), ValueError, "diag_embed: input has no dimensions"),
    (lambda: minigan.einsum(3, X), TypeError, "einsum: equation=3 must be a string"),
    (lambda: minigan.einsum("ijk", X), ValueError, r"einsum: 'ijk': operand 0 has shape \(2, 3\)"),
    (lambda: minigan.einsum("i...j...", X), ValueError, "einsum: .*letters and at most one"),
    (lambda: minigan.einsum("ii", X), ValueError, "einsum: 'ii': sizes 2 and 3 of one"),
    (lambda: V.fliplr(), ValueError, "fliplr: input has shape"),
    (lambda: X.rot90(1, (0, 1, 1)), ValueError, r"rot90: dims=\(0, 1, 1\) must be two"),
    (lambda: X.gather(0, tensor([[-1]])), IndexError, "gather: index must not be negative"),
    (lambda: X.take(V), TypeError, "take: index has dtype float32"),
    (lambda: X[True], TypeError, "getitem: a single bool is not an index"),
    (lambda: V.clone().add_(X), ValueError, r"add_: a result of shape \(2, 3\) does not fit"),
    (lambda: LONG.clone().add_(0.5), TypeError, "add_: a result of dtype float32 does not fit"),
    (lambda: V.clone().exponential_(0), ValueError, "exponential_: lambd=0"),
    (lambda: leaf().resize_(2), RuntimeError, "resize_: a tensor that requires grad"),
    (lambda: minigan.ones(2, 3).T.resize_(2), RuntimeError, "resize_: the memory .* has gaps"),
    (lambda: (leaf() * 1)[0].detach_(), RuntimeError, "detach_: a view cannot be detached"),
    (lambda: tensor([1], dtype="uint8") + 300, ValueError, "number 300 does not fit into uint8"),
    (lambda: tensor([2]) ** -1, RuntimeError, "pow: integers to the negative power exponent=-1"),
    (lambda: tensor([2]) ** tensor([-1]), RuntimeError, "pow: integers to a negative power"),
    (lambda: minigan.bmm(X[None], minigan.ones(2, 3, 2)), ValueError, "bmm: input of shape"),
    (lambda: minigan.outer(X, V), ValueError, "outer: shapes"),
    (lambda: minigan.inner(X, LONG.float()), ValueError, "inner: shapes"),
    (lambda: minigan.addmm(minigan.ones(4, 4), X, X.T), ValueError, "addmm: "),
    (lambda: minigan.multinomial(LONG, 1), ValueError, "multinomial: input has shape"),
    (lambda: minigan.nanmean(LONG), TypeError, "nanmean: input has dtype int64"),
    (lambda: X.index_add(0, LONG[None], X), ValueError, "index_add: index has shape"),
    (lambda: minigan.t(X[None]), ValueError, "t: input has shape"),
    (lambda: X.movedim((0, 1), 0), ValueError, "movedim: source="),
    (lambda: minigan.cov(X[None]), ValueError, "cov: input has shape"),
    (lambda: nn.Softmax2d()(X), ValueError, "Softmax2d: input has shape"),
    (lambda: F.lp_pool1d(X[None], 0, 2), ValueError, "lp_pool1d: norm_type=0"),
    (lambda: F.gaussian_nll_loss(X, X, X[:, :2]), ValueError, "gaussian_nll_loss: var of shape"),
    (lambda: F.gaussian_nll_loss(X, X, -X), ValueError, "gaussian_nll_loss: var holds a negative"),
    (lambda: F.gaussian_nll_loss(X, X, X, eps=0), ValueError, "gaussian_nll_loss: eps=0"),
    (lambda: F.one_hot(LONG, 0), ValueError, "one_hot: num_classes=0"),
    (lambda: F.cosine_embedding_loss(X, V, ONE), ValueError, "cosine_embedding_loss: input1"),
    (lambda: F.triplet_margin_loss(X, X, X, margin=0), ValueError, "triplet_margin_loss: margin=0"),
    (lambda: F.max_unpool1d(X[None], X[None], 2), TypeError, "max_unpool1d: indices has dtype"),
    (lambda: F.max_unpool1d(X[None], LONG[None, None], 2), ValueError, "max_unpool1d: indices of"),
    (
        lambda: F.max_unpool1d(X[None], X[None].long() * 99, 2), IndexError,
        r"max_unpool1d: indices holds a place that is not in 0\.\.5",
    ),
    (
        lambda: F.max_unpool1d(X[None], X[None].long(), 2, output_size=(9,)), ValueError,
        r"max_unpool1d: output_size=.* does not fit \(legal: 5\.\.7\)",
    ),
    (
        lambda: F.max_unpool1d(X[None], X[None].long(), 2, output_size=(9, 9, 9, 9)), ValueError,
        "max_unpool1d: output_size=.* must be 1 sizes",
    ),
    (lambda: F.channel_shuffle(X, 2), ValueError, "channel_shuffle: input of shape"),
    (lambda: F.bilinear(X, X, minigan.ones(2, 3, 4)), ValueError, "bilinear: input1 of shape"),
    (lambda: F.bilinear(X, X, minigan.ones(2, 3, 3), V), ValueError, "bilinear: bias has shape"),
    (lambda: F.pdist(V), ValueError, "pdist: input has shape"),
    (lambda: F.local_response_norm(V, 2), ValueError, "local_response_norm: input has shape"),
    (lambda: F.celu(X, 0), ValueError, "celu: alpha=0"),
    (lambda: F.glu(ONE), ValueError, r"glu: input has shape \(\)"),
    (lambda: F.glu(X), ValueError, "glu: dim=-1 .* must have an even size"),
    (lambda: F.softmax(X), TypeError, "softmax: dim is missing"),
    (lambda: F.gumbel_softmax(X, 0), ValueError, "gumbel_softmax: tau=0"),
    (lambda: nn.init.sparse_(minigan.ones(3), 0.5), ValueError, "sparse_: a tensor of shape"),
    (lambda: nn.ZeroPad2d(1)(V), ValueError, "ZeroPad2d: input has shape"),
    (lambda: nn.ConstantPad1d(1, "a"), TypeError, "ConstantPad1d: value='a' must be a number"),
    (
        lambda: nn.utils.weight_norm(nn.ReLU()), ValueError, "weight_norm: ReLU has no parameter",
    ),
    (
        lambda: nn.utils.vector_to_parameters("text", []), TypeError,
        "vector_to_parameters: vec must be a Tensor",
    ),
    (
        lambda: nn.utils.remove_weight_norm(nn.Linear(2, 2)), ValueError,
        "remove_weight_norm: Linear has no weight norm",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED, ids=range(len(REFUSED)))
def test_an_error_names_function_and_argument(call, kind, words):
    with pytest.raises(kind, match=f"^{words}"):
        call()


HALF = [
    lambda x: minigan.add(x, x, alpha=0.3),
    lambda x: x.lerp(x * 2, 0.3),
    lambda x: minigan.addmm(x, x, x, beta=0.5),
    lambda x: minigan.cdist(x, x.flip(0)),
    lambda x: (x * 10).round(decimals=1),
    lambda x: x.logsumexp(0),
    lambda x: minigan.addcmul(x, x, x, value=0.3),
    lambda x: minigan.addcdiv(x, x, x + 2, value=0.3),
    lambda x: F.gelu(x),
    lambda x: F.hardswish(x * 4),
    lambda x: F.rms_norm(x, (2,)),
]


@pytest.mark.parametrize("number", range(len(HALF)))
def test_float16_is_computed_in_float32_and_rounded_once(number):
    x = tensor([[0.3, -1.7], [2.3, 0.6]]).half()
    wanted = HALF[number](x.float()).numpy().astype(np.float16)
    found = HALF[number](x)
    assert found.dtype == np.float16 and found.tolist() == wanted.tolist()


def test_corner_cases_of_values():
    assert ONE.sort()[1].item() == 0 and ONE.sort()[0].item() == 1
    assert ONE.median(0).indices.item() == 0 and ONE.mode(0).values.item() == 1
    assert np.isnan(minigan.zeros(0).median().item())
    assert ONE.quantile(0.5).item() == 1 and ONE.quantile(0.5, dim=0).shape == ()
    x = tensor([1.0, 2.0, 4.0, 8.0])
    assert x.quantile(0.5, interpolation="nearest").item() == 4
    assert x.quantile(0.4, interpolation="nearest").item() == 2
    assert ONE.gather(0, tensor(0)).item() == 1
    assert minigan.inner(ONE, tensor(3.0)).item() == 3
    assert V.histc(3).tolist() == [0, 3, 0]  # all numbers are equal: the range is widened by 1
    assert minigan.where(np.array([True, False, True]), V, 0.0).tolist() == [1, 0, 1]
    assert x[: tensor(2)].tolist() == [1, 2]
    assert LONG.nan_to_num().tolist() == [0, 1] and LONG.nan_to_num() is not LONG
    assert minigan.einsum("...i,...i->...", ONE[None], ONE[None]).item() == 1
    assert nn.init.orthogonal_(minigan.zeros(0, 3)).shape == (0, 3)
    assert minigan.einsum("ij,k->ijk", X, LONG.float()).shape == (2, 3, 2)
    assert F.interpolate(X[None], size=3, mode="linear").tolist() == X[None].tolist()
    soft = F.gumbel_softmax(X, generator=0)
    np.testing.assert_allclose(soft.sum(1).numpy(), [1, 1], rtol=1e-6)
    one, two = (F.gumbel_softmax(X, tau, generator=0).log() for tau in (1.0, 2.0))
    np.testing.assert_allclose((two - two[:, :1]) * 2, one - one[:, :1], rtol=1e-5)
    largest = {"float32": 2**24, "int8": 127, "bool": 1, "uint8": 255, "int64": 2**62}
    for dtype, most in largest.items():
        drawn = minigan.zeros(2000, dtype=dtype).random_(generator=0)
        assert drawn.min() >= 0 and 0.9 * most < drawn.max().item() <= most
    np.testing.assert_allclose(
        F.multilabel_soft_margin_loss(X, X, weight=tensor([2.0, 0.0, 1.0])).item(),
        np.log1p(np.exp(-1)), rtol=1e-6,
    )  # fmt: skip
