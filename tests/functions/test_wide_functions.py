"""The functions beside op_suite_wide.py: absurd sizes, wrong arguments, draws, counts and masks."""

import numpy as np
import pytest
from surroundings import little_memory

import minigan
from minigan import Tensor, tensor

X = tensor([[1.0, 2.0], [3.0, 4.0]])
BIG = 10**13

# ---------------------------------------------------------------------------------- absurd sizes

ABSURD = {
    "zeros": lambda: minigan.zeros(BIG, BIG),
    "zeros of one": lambda: minigan.zeros(10**16),
    "zeros beyond 64 bits": lambda: minigan.zeros(10**30),
    "ones": lambda: minigan.ones(BIG),
    "empty": lambda: minigan.empty(2**40, 2**40),
    "full": lambda: minigan.full((BIG, 3), 1.5),
    "eye": lambda: minigan.eye(10**8),
    "arange": lambda: minigan.arange(10**15),
    "linspace": lambda: minigan.linspace(0, 1, 10**15),
    "randn": lambda: minigan.randn(BIG),
    "logspace": lambda: minigan.logspace(0, 1, 10**15),
    "rand": lambda: minigan.rand(BIG, BIG),
    "randint": lambda: minigan.randint(5, (BIG,)),
    "randperm": lambda: minigan.randperm(10**15),
    "expand": lambda: minigan.zeros(1).expand(2**40, 2**40),
    "tile": lambda: X.tile(10**8, 10**8),
    "broadcast_to": lambda: minigan.broadcast_to(X[0, 0], (2**40, 2**40)),
    "repeat": lambda: X.repeat(10**8, 10**8),
    "new_zeros": lambda: X.new_zeros(BIG),
    "new_ones": lambda: X.new_ones(BIG, 2),
    "new_full": lambda: X.new_full((BIG,), 3.0),
    "new_empty": lambda: X.new_empty(10**16),
    "tril_indices": lambda: minigan.tril_indices(10**8, 10**8),
    "normal": lambda: minigan.normal(0.0, 1.0, (BIG,)),
}


@pytest.mark.parametrize("name", ABSURD)
def test_an_absurd_size_names_the_function(name):
    function = {"normal": "randn", "tile": "(tile|repeat)"}.get(name, name.split()[0])
    words = rf"^{function}: .*(memory for shape|less than 2\^63)"
    with little_memory(), pytest.raises(ValueError, match=words):
        ABSURD[name]()


def test_an_op_whose_output_has_no_room_is_named():
    x = minigan.zeros(1).expand(10**7)
    with pytest.raises(MemoryError, match="Add: there is no memory for the output"):
        _ = x[:, None] + x


# --------------------------------------------------------------------------------- wrong arguments

REFUSED = [
    (lambda: minigan.meshgrid(X[0], indexing="ab"), ValueError, "meshgrid: indexing='ab'"),
    (lambda: minigan.meshgrid(X), ValueError, r"meshgrid: shapes \[\(2, 2\)\]"),
    (lambda: X.kthvalue(3), ValueError, r"kthvalue: k=3 must be in 1\.\.2"),
    (lambda: X.quantile(1.5), ValueError, "quantile: q=1.5"),
    (lambda: X.quantile(0.5, interpolation="a"), ValueError, "quantile: interpolation='a'"),
    (lambda: X[:0].median(0), IndexError, "median: input has shape"),
    (lambda: X.bincount(), TypeError, "bincount: input has shape"),
    (lambda: tensor([-1]).bincount(), ValueError, "bincount: input holds a negative number"),
    (lambda: X.histc(0), ValueError, "histc: bins=0"),
    (lambda: X.mv(X), ValueError, r"mv: shapes \(2, 2\) and \(2, 2\)"),
    (lambda: minigan.addmm(minigan.ones(3), X, X), ValueError, "addmm: shapes"),
    (lambda: minigan.tensordot(X, minigan.ones(3), 1), ValueError, "tensordot: shapes"),
    (lambda: minigan.trace(X[0]), ValueError, "trace: input has shape"),
    (lambda: minigan.cdist(X, minigan.ones(2, 3)), ValueError, "cdist: shapes"),
    (lambda: X.diagonal(0, 1, 1), ValueError, "diagonal: dim1=1 and dim2=1"),
    (lambda: X.rot90(1, (0, 0)), ValueError, "rot90: dims=.*two different"),
    (lambda: X.repeat_interleave(tensor([1, 2, 3]), 0), ValueError, "repeat_interleave: 3 repeats"),
    (lambda: X.repeat_interleave(-1), ValueError, "repeat_interleave: size -1"),
    (lambda: minigan.normal(0.0, 1.0), TypeError, "normal: two numbers need a size"),
    (lambda: minigan.normal(0.0, -1.0, (2,)), ValueError, "normal: std=-1.0"),
    (lambda: minigan.randint(5), TypeError, "randint: give randint"),
    (lambda: minigan.multinomial(X * 0, 1), ValueError, "multinomial: weights"),
    (lambda: X.scatter_add(0, tensor([0]), X), ValueError, "scatter_add: index of shape"),
    (lambda: X.index_add(0, tensor([0]), X), ValueError, "index_add: source has shape"),
    (lambda: X.index_fill(0, tensor([5]), 1.0), IndexError, "out of range"),
    (lambda: tensor(1.0).diff(), ValueError, "diff: a tensor without dimensions"),
    (lambda: minigan.atan2(X, "a"), TypeError, "atan2: other='a'"),
    (lambda: minigan.tan(2.0), TypeError, "tan: input must be a Tensor, not float"),
    (lambda: X.clone().requires_grad_().unsqueeze_(0), RuntimeError, "unsqueeze_: a leaf"),
    (lambda: X.clone().bernoulli_(1.5), ValueError, "bernoulli_: p must be a probability"),
    (lambda: X.clone().random_(3, 2), ValueError, "random_: low=3 must be < high=2"),
    (lambda: X.round(decimals=0.5), TypeError, "round: decimals=0.5 must be an integer"),
]


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED, ids=range(len(REFUSED)))
def test_a_wrong_argument_is_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


# --------------------------------------------------------------------------------- values of draws


def test_draws():
    for form in (
        minigan.randint(5, (1000,), generator=0),
        minigan.randint(5, size=(1000,), generator=0),
        minigan.randint(0, 5, (1000,), generator=0),
        minigan.randint(low=0, high=5, size=[1000], generator=0),
        minigan.randint(high=5, size=(1000,), generator=0),
    ):
        assert form.dtype == np.int64 and set(form.tolist()) == {0, 1, 2, 3, 4}
    assert minigan.randint(2, 5, (9,), dtype="float32", generator=0).dtype == np.float32
    x = minigan.normal(tensor([0.0, 100.0]).expand(1000, 2), tensor([1.0, 0.1]), generator=0)
    assert x.shape == (1000, 2) and abs(x.mean(0)[1] - 100) < 0.1 and 0.9 < x.std(0)[0] < 1.1
    assert minigan.normal(mean=0.0, std=2.0, size=(3,), generator=1).shape == (3,)
    draws = minigan.multinomial(tensor([0.0, 1.0, 3.0]), 4000, replacement=True, generator=0)
    assert abs((draws == 2).float().mean() - 0.75) < 0.03 and not (draws == 0).any()
    rows = minigan.multinomial(minigan.ones(50, 4), 4, generator=0)
    assert rows.shape == (50, 4) and (rows.sort(1)[0] == minigan.arange(4)).all()
    assert 0.4 < minigan.zeros(1000).bernoulli_(0.5, generator=0).mean() < 0.6
    assert 0.9 < minigan.zeros(1000).exponential_(2.0, generator=0).mean() * 2 < 1.1


UNIQUE = [[3, 1, 2], [1, 3, 1]]


def test_unique_and_counts_are_pytorchs():
    torch = pytest.importorskip("torch")
    for ours, theirs in (
        (f(minigan, minigan.tensor(UNIQUE)), f(torch, torch.tensor(UNIQUE)))
        for f in (
            lambda m, x: m.unique(x),
            lambda m, x: x.unique(return_inverse=True, return_counts=True),
            lambda m, x: m.unique(x, dim=1, return_inverse=True),
            lambda m, x: m.unique_consecutive(x, return_inverse=True, return_counts=True),
            lambda m, x: m.bincount(x.reshape(-1), minlength=6),
            lambda m, x: m.bincount(x[0], weights=m.tensor([0.5, 1.0, 2.0])),
            lambda m, x: m.histc(x.float(), bins=3, min=1, max=3),
            lambda m, x: m.searchsorted(m.tensor([1, 2, 3]), x, right=True),
            lambda m, x: m.bucketize(x, m.tensor([1, 2])),
            lambda m, x: m.isin(x, m.tensor([2, 3])),
            lambda m, x: m.heaviside(m.tensor([float("nan"), -1.0, 0.0, 2.0]), m.tensor(0.5)),
            lambda m, x: m.median(m.tensor([[1.0, float("nan"), 0.0], [4.0, 5.0, 6.0]]), dim=1)[1],
            lambda m, x: m.xlogy(m.tensor([0.0, 0.0, 0.0]), m.tensor([-1.0, 0.0, float("inf")])),
            lambda m, x: m.median(x, dim=1),
            lambda m, x: (m.tril_indices(3, 4, 1), m.triu_indices(4, 3, -1)),
            lambda m, x: (x.tril().tolist() == x.tril().tolist(), (x > 1).tril(), (x > 1).triu(1)),
            lambda m, x: (x.bool().diff(), x.stride(), x.T.is_contiguous(), x.nelement()),
        )
    ):
        for a, b in zip(flat(ours), flat(theirs), strict=True):
            if isinstance(a, Tensor):
                assert a.dtype == b.numpy().dtype
                np.testing.assert_array_equal(a.numpy(), b.numpy())
            else:
                assert a == b


def flat(value):
    return list(value) if isinstance(value, tuple) else [value]


def test_triangles_of_masks_are_masks():
    mask = minigan.ones(3, 3).bool()
    lower = minigan.tril(mask)
    assert lower.dtype == np.bool_ and (~lower).tolist() == minigan.triu(mask, 1).tolist()
    assert minigan.arange(9).reshape(3, 3)[lower].tolist() == [0, 3, 4, 6, 7, 8]
    for make in (Tensor.tril, Tensor.triu):
        for dtype in ("bool", "uint8", "int8", "int32", "float16", "float64"):
            assert make(mask.to(dtype)).dtype == np.dtype(dtype)
        assert make(minigan.zeros(2, 0, 3).bool(), -1).dtype == np.bool_
    assert mask.clone().tril_(-1).sum() == 3
