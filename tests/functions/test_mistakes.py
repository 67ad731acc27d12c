"""Mistakes of users: each error names the function, the argument and its value."""

import numpy as np
import pytest

import minigan
from minigan import tensor

X, V, N = minigan.ones(2, 3), minigan.ones(3), minigan.arange(6).reshape(2, 3)
NAN, INF = float("nan"), float("inf")
MISTAKES = {
    r"add: shapes \(2, 3\) and \(2,\)": lambda: X + minigan.ones(2),
    r"mul: other='a'": lambda: X * "a",
    r"matmul: input of shape \(2, 3\) and other of shape \(2, 3\)": lambda: X @ X,
    r"matmul: input has dtype float32 and other float64": lambda: X @ X.T.double(),
    r"mm: shapes": lambda: minigan.mm(X, minigan.ones(3)),
    r"reshape: shape \(4, 2\)": lambda: X.reshape(4, 2),
    r"reshape: shape \(-1, 4\)": lambda: X.reshape(-1, 4),
    r"reshape: size 2.5": lambda: X.reshape(2.5, 1),
    r"permute: dims=\(0, 0\)": lambda: X.permute(0, 0),
    r"transpose: dim1=2 .*legal: -2..1": lambda: X.transpose(0, 2),
    r"sum: dim=5": lambda: X.sum(5),
    r"sum: dim=\(0, 0\)": lambda: X.sum((0, 0)),
    r"sum: dim='a'": lambda: X.sum("a"),
    r"mean: input has dtype int64": lambda: N.mean(),
    r"std: input has dtype int64": lambda: N.std(),
    r"softmax: input has dtype int64": lambda: N.softmax(0),
    r"amax: .*shape \(0,\)": lambda: minigan.zeros(0).amax(),
    r"argmax: .*shape \(0, 3\)": lambda: minigan.zeros(0, 3).argmax(0),
    r"expand: shape \(2, 3\) cannot be repeated to shape \(3, 3\)": lambda: X.expand(3, 3),
    r"flatten: start_dim=1": lambda: X.flatten(1, 0),
    r"unflatten: the product of sizes \(2, 2\) must be size 3": lambda: X.unflatten(1, (2, 2)),
    r"cat: shapes": lambda: minigan.cat([X, minigan.ones(3, 2)]),
    r"cat: tensors is empty": lambda: minigan.cat([]),
    r"cat: tensors must be a list": lambda: minigan.cat(X),
    r"cat: tensors\[1\]": lambda: minigan.cat([X, 3]),
    r"stack: shapes": lambda: minigan.stack([X, X.T]),
    r"split: sections \(1, 1\)": lambda: X.split([1, 1], 1),
    r"split: split_size=0": lambda: X.split(0),
    r"chunk: chunks=0": lambda: X.chunk(0),
    r"repeat: sizes \(2,\)": lambda: X.repeat(2),
    r"getitem: index 2 is out of range for size 2 of dimension 0": lambda: X[2],
    r"getitem: key .* has 3 indices": lambda: X[0, 0, 0],
    r"getitem: an index array is out of range for dimension 0 \(legal: -2..1\)": lambda: X[[0, 5]],
    r"getitem: an index array has dtype float32": lambda: X[X],
    r"getitem: a mask of shape \(3,\)": lambda: X[tensor([True, False, True])],
    r"getitem: slice step=-1": lambda: X[::-1],
    r"getitem: .*one Ellipsis": lambda: X[..., ...],
    r"getitem: 'a'": lambda: X["a"],
    r"getitem: \[\[0\]\]": lambda: X[[[0]]],
    r"dtype uint8": lambda: X[tensor([1, 0], dtype="uint8")],
    r"getitem: the numbers of slice\(0.5, None, None\) must be integers": lambda: X[0.5:],
    r"gather: index of shape \(3, 3\)": lambda: X.gather(1, minigan.zeros(3, 3, dtype="int64")),
    r"gather: index has dtype float32": lambda: X.gather(1, X),
    r"index_select: index has shape": lambda: X.index_select(0, N),
    r"where: condition has dtype float32": lambda: minigan.where(X, X, X),
    r"clamp: give min": lambda: X.clamp(),
    r"clamp: min='a'": lambda: X.clamp("a"),
    r"div: rounding_mode='up'": lambda: minigan.div(X, 2, rounding_mode="up"),
    r"pow: .*negative": lambda: N**-1,
    r"floor_divide: an integer": lambda: N // 0,
    r"sub: bool": lambda: (X > 0) - (X > 0),
    r"neg: .*bool": lambda: -(X > 0),
    r"bitwise_and: dtype float32": lambda: X & X,
    r"norm: p=-1": lambda: X.norm(-1),
    r"einsum: .*names 1 operands": lambda: minigan.einsum("ij", X, X),
    r"einsum: .*sizes 3 and 2": lambda: minigan.einsum("ij,jk->ik", X, X),
    r"einsum: .*each letter": lambda: minigan.einsum("ij->z", X),
    r"einsum: .*dtypes": lambda: minigan.einsum("ij,ij", X, X.double()),
    r"topk: k=4 .*0..3": lambda: X.topk(4),
    r"narrow: start=2": lambda: X.narrow(1, 2, 2),
    r"arange: step=0": lambda: minigan.arange(0, 3, 0),
    r"zeros: size -1": lambda: minigan.zeros(-1),
    r"randint: low=5": lambda: minigan.randint(5, 2, (3,)),
    r"randn: dtype=int64": lambda: minigan.randn(2, dtype="int64"),
    r"size: dim=2": lambda: X.size(2),
    r"tril: input has shape": lambda: minigan.ones(3).tril(),
    r"setitem: .*shape": lambda: X.clone().__setitem__(0, minigan.ones(5)),
    r"exp: input must be a Tensor": lambda: minigan.exp([1.0]),
    r"sum: input must be a Tensor": lambda: minigan.sum(np.ones(3)),
    r"isnan: input must be": lambda: minigan.isnan(3.0),
    r"set_num_threads: threads=0": lambda: minigan.set_num_threads(0),
}


@pytest.mark.parametrize("match", MISTAKES)
def test_mistakes(match):
    with pytest.raises((TypeError, ValueError, RuntimeError), match=match):
        MISTAKES[match]()


REFUSED = [
    (lambda: minigan.bmm(V, [1]), TypeError, "bmm: mat2 must be a Tensor, not list"),
    (lambda: minigan.mm(None, V), TypeError, "mm: input must be a Tensor, not NoneType"),
    (lambda: minigan.dot(V, 2), TypeError, "dot: other must be a Tensor, not int"),
    (lambda: minigan.outer(V, 2.0), TypeError, "outer: vec2 must be a Tensor, not float"),
    (lambda: V.expand_as(3), TypeError, "expand_as: other must be a Tensor"),
    (lambda: V.view_as((3,)), TypeError, "view_as: other must be a Tensor"),
    (lambda: V.type_as(np.float32), TypeError, "type_as: other must be a Tensor"),
    (lambda: minigan.zeros_like([1.0]), TypeError, "zeros_like: input must be a Tensor"),
    (lambda: minigan.randn_like(np.ones(2)), TypeError, "randn_like: input must be a Tensor"),
    (lambda: minigan.add(2, 3), TypeError, "add: input=2 and other=3 are both numbers"),
    (lambda: minigan.logical_and(V, "a"), TypeError, "logical_and: other='a'"),
    (lambda: minigan.arange("a"), TypeError, "arange: end='a' must be a number"),
    (lambda: minigan.arange(0, INF), ValueError, "arange: end=inf must be finite"),
    (lambda: minigan.linspace(0, None, 3), TypeError, "linspace: end=None must be a number"),
    (lambda: minigan.full((2,), [1, 2]), TypeError, r"full: fill_value=\[1, 2\] must be a number"),
    (
        lambda: minigan.full((2,), 300, dtype="uint8"),
        ValueError,
        "full: number 300 does not fit into uint8",
    ),
    (
        lambda: minigan.full_like(V.long(), NAN),
        ValueError,
        "full_like: number nan does not fit into int64",
    ),
    (
        lambda: tensor([1, 300], dtype="uint8"),
        ValueError,
        r"does not fit into uint8 \(legal: 0\.\.255\)",
    ),
    (lambda: tensor(-1, dtype="uint8"), ValueError, "does not fit into uint8"),
    (lambda: minigan.randint(0, 5.5, (2,)), TypeError, "randint: high=5.5 must be an integer"),
    (lambda: minigan.randperm(()), TypeError, r"randperm: size \(\)"),
    (lambda: X.narrow(0, None, 1), TypeError, "narrow: start=None must be an integer"),
    (lambda: tensor(1.0).narrow(0, 0, 1), ValueError, "narrow: a tensor without dimensions"),
    (
        lambda: X.roll((1, 1), 0),
        ValueError,
        r"roll: shifts=\(1, 1\) and dims=0 must be equally many",
    ),
    (lambda: X.tril("a"), TypeError, "tril: diagonal='a' must be an integer"),
    (lambda: X.var(0, correction="a"), TypeError, "var: correction='a' must be a number"),
    (lambda: minigan.isclose(X, X, rtol=NAN), ValueError, "isclose: rtol=nan is not legal"),
    (
        lambda: minigan.arange(0, 5, step=10**30),
        ValueError,
        "arange: number 10+ does not fit into int64",
    ),
    (lambda: minigan.arange(), TypeError, "arange: end=None must be a number"),
    (lambda: minigan.zeros(2, dtype="a"), TypeError, "dtype='a' is not a dtype"),
    (lambda: minigan.zeros(2, dtype="f4,a3"), TypeError, "dtype='f4,a3' is not a dtype"),
    (lambda: minigan.max(V, 0, other=V), TypeError, "max: give dim or other, not both"),
    (lambda: V.min(other=2), TypeError, "min: other must be a Tensor, not int"),
    (lambda: minigan.where(V > 0, 1), TypeError, "where: other=None must be"),
    (
        lambda: minigan.cat([X, minigan.ones(2)], 1),
        ValueError,
        r"cat: shapes \[\(2, 3\), \(2,\)\] must agree",
    ),
    (lambda: minigan.hstack([X, V]), ValueError, r"hstack: shapes \[\(2, 3\), \(3,\)\] must agree"),
    (lambda: minigan.vstack([]), ValueError, "vstack: tensors is empty"),
    (
        lambda: tensor(1.0).diag(),
        ValueError,
        r"diag: input has shape \(\); it must be a vector or a matrix",
    ),
    (lambda: V.diag(0.5), TypeError, "diag: diagonal=0.5 must be an integer"),
    (
        lambda: minigan.bernoulli(V * 1.5),
        ValueError,
        "bernoulli: input holds numbers that are not probabilities",
    ),
    (
        lambda: minigan.bernoulli(V * NAN),
        ValueError,
        "bernoulli: input holds numbers that are not probabilities",
    ),
    (lambda: minigan.bernoulli(V.long()), TypeError, "bernoulli: input has dtype int64"),
    (lambda: V.bernoulli(1.5), ValueError, "bernoulli: p=1.5 is not legal"),
    (
        lambda: V.long().new_full((2,), INF),
        ValueError,
        "new_full: number inf does not fit into int64",
    ),
    (lambda: V.new_zeros(-1), ValueError, "new_zeros: size -1"),
    (lambda: minigan.zeros(2).normal_(0, -1), ValueError, "normal_: std=-1 is not legal"),
    (lambda: minigan.zeros(2).uniform_(3.0), ValueError, "uniform_: a=3.0 must be <= b=1.0"),
]


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED, ids=range(len(REFUSED)))
def test_an_error_names_function_argument_and_value(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
