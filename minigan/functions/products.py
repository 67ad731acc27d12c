"""Matrix products, and einsum as nothing but permutations, reshapes and one matrix product per
pair.
"""

from __future__ import annotations

import math
from typing import Any

from minigan import backend, threads
from minigan.autograd.op import Op
from minigan.autograd.tensor import Tensor
from minigan.backend import Array
from minigan.checks import Shape
from minigan.functions.arguments import tensor_of
from minigan.functions.broadcasting import broadcast_shapes, broadcast_to
from minigan.functions.reductions import sum as sum_
from minigan.functions.shaping import permute, reshape, transpose

__all__ = ["matmul", "mm", "bmm", "dot", "outer", "einsum"]


class Matmul(Op):
    """y = a b, for stacks of matrices with the same leading dimensions."""

    def forward(self, a: Array, b: Array) -> Array:
        return threads.matmul(a, b)

    def backward_a(self, g: Tensor, b: Tensor) -> Tensor:
        return _matmul(g, transpose(b, -1, -2))

    def backward_b(self, g: Tensor, a: Tensor) -> Tensor:
        return _matmul(transpose(a, -1, -2), g)

    def flops(self, out: Shape, *inputs: Shape) -> int:
        return 2 * math.prod(out) * inputs[0][-1]


_matmul = Matmul()


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product, with numpy.matmul's and torch.matmul's rules for vectors and stacks.

    Raises TypeError for mixed dtypes and ValueError that restates the shapes if they do not fit.

    >>> import minigan
    >>> matmul(minigan.ones(2, 3), minigan.ones(3)).tolist()
    [3.0, 3.0]
    """
    a, b = (Tensor(x) if backend.is_array(x) else x for x in (input, other))
    a, b = tensor_of("matmul", "input", a), tensor_of("matmul", "other", b)
    if a.dtype != b.dtype:
        raise TypeError(
            f"matmul: input has dtype {a.dtype} and other {b.dtype}; they must be equal (use .to)"
        )
    if not a.ndim or not b.ndim or a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(
            f"matmul: input of shape {a.shape} and other of shape {b.shape} do not fit "
            "(the last size of input must be the last but one of other, and neither a single "
            "number)"
        )
    if a.ndim == 1:
        y = matmul(reshape(a, (1, -1)), b)
        return reshape(y, y.shape[:-1][:-1] + y.shape[-1:]) if b.ndim > 1 else reshape(y, ())
    if b.ndim == 1:
        return reshape(y := matmul(a, reshape(b, (-1, 1))), y.shape[:-1])
    if b.ndim == 2:
        if a.ndim == 2:
            return _matmul(a, b)
        rows = reshape(a, (math.prod(a.shape[:-1]), a.shape[-1]))  # (N..., M, K) -> (N...M, K)
        return reshape(_matmul(rows, b), (*a.shape[:-1], b.shape[-1]))
    lead = broadcast_shapes("matmul", a.shape[:-2], b.shape[:-2])
    return _matmul(broadcast_to(a, lead + a.shape[-2:]), broadcast_to(b, lead + b.shape[-2:]))


def _rmatmul(input: Tensor, other: Any) -> Tensor:
    """other @ input."""
    return matmul(other, input)


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices; ValueError for other ranks."""
    return _ranked("mm", 2, input, mat2)


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two stacks of matrices; ValueError for other ranks."""
    a, b = tensor_of("bmm", "input", input), tensor_of("bmm", "mat2", mat2)
    if a.ndim == 3 == b.ndim and input.shape[0] != mat2.shape[0]:
        raise ValueError(
            f"bmm: input of shape {input.shape} and mat2 of shape {mat2.shape} differ in their "
            "first size"
        )
    return _ranked("bmm", 3, a, b)


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The sum of products of two vectors; ValueError for other ranks."""
    return _ranked("dot", 1, input, tensor)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The product of every number of one vector with every number of another."""
    a, b = tensor_of("outer", "input", input), tensor_of("outer", "vec2", vec2)
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError(f"outer: shapes {a.shape} and {b.shape} must be of vectors")
    return reshape(a, (-1, 1)) * b


def _ranked(function: str, rank: int, a: Tensor, b: Tensor) -> Tensor:
    if tensor_of(function, "input", a).ndim != rank or tensor_of(function, "other", b).ndim != rank:
        raise ValueError(
            f"{function}: shapes {a.shape} and {b.shape} must both have {rank} dimensions"
        )
    return matmul(a, b)


# ------------------------------------------------------------------------------------------- einsum


def einsum(equation: str, *operands: Any) -> Tensor:
    """Einstein's summation: multiply, matching sizes by letter, and sum over the letters that the
    output lacks.

    "..." stands for leading dimensions that broadcast; a letter twice in one operand takes the
    diagonal. Raises ValueError for an equation that does not fit the shapes, TypeError for mixed
    dtypes.

    >>> import minigan
    >>> einsum("ij,j->i", minigan.ones(2, 3), minigan.ones(3)).tolist()
    [3.0, 3.0]
    """
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = tuple(operands[0])
    xs = [tensor_of("einsum", f"operands[{i}]", x) for i, x in enumerate(operands)]
    if len({x.dtype for x in xs}) > 1:
        raise TypeError(
            f"einsum: operands have dtypes {[str(x.dtype) for x in xs]}; they must be equal"
        )
    terms, output = _parse(equation, xs)
    sizes: dict[str, int] = {}
    for term, x in zip(terms, xs, strict=True):
        for letter, size in zip(term, x.shape, strict=True):
            if sizes.get(letter, 1) not in (1, size) and size != 1:
                raise ValueError(
                    f"einsum: {equation!r}: sizes {sizes[letter]} and {size} of one letter differ"
                )
            sizes[letter] = max(size, sizes.get(letter, 1)) if size else 0
    parts = [_diagonal(x, term, sizes) for x, term in zip(xs, terms, strict=True)]
    y, letters = parts[0]
    for i, (x, others) in enumerate(parts[1:], start=1):
        later = set(output).union(*(part[1] for part in parts[i + 1 :]))
        y, letters = _pair(y, letters, x, others, later, sizes)
    gone = tuple(a for a, letter in enumerate(letters) if letter not in output)
    y, letters = (sum_(y, gone) if gone else y), [letter for letter in letters if letter in output]
    for letter in output:
        if letter not in letters:  # every operand has size 1 there
            y, letters = reshape(y, (*y.shape, 1)), [*letters, letter]
    return permute(y, [letters.index(letter) for letter in output])


def _parse(equation: str, xs: list[Tensor]) -> tuple[list[list[str]], list[str]]:
    """The letters of each operand and of the output; "..." becomes letters of its own, numbered
    from the right.
    """
    if not isinstance(equation, str):
        raise TypeError(f"einsum: equation={equation!r} must be a string such as 'ij,jk->ik'")
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(xs):
        raise ValueError(
            f"einsum: {equation!r} names {len(terms)} operands, and {len(xs)} were given"
        )
    result, widest = [], 0
    for i, (term, x) in enumerate(zip(terms, xs, strict=True)):
        letters = _letters(equation, term)
        dots = x.ndim - (len(letters) - letters.count("..."))
        if dots < 0 or (dots and "..." not in letters):
            raise ValueError(
                f"einsum: {equation!r}: operand {i} has shape {x.shape}, which {term!r} does not "
                "fit"
            )
        widest = max(widest, dots)
        result.append(
            [name for letter in letters for name in (_dots(dots) if letter == "..." else [letter])]
        )
    if arrow:
        named = _letters(equation, right)
        output = [
            name for letter in named for name in (_dots(widest) if letter == "..." else [letter])
        ]
    # as PyTorch: what "..." stands for, then the letters that appear once, in order of the alphabet
    else:
        flat = [letter for term in result for letter in term]
        output = _dots(widest) + sorted(
            letter for letter in set(flat) if len(letter) == 1 and flat.count(letter) == 1
        )
    known = {letter for term in result for letter in term}
    if len(set(output)) != len(output) or not known.issuperset(output):
        raise ValueError(
            f"einsum: {equation!r}: each letter of the output must be once in it, and in some "
            "operand"
        )
    return result, output


def _letters(equation: str, term: str) -> list[str]:
    letters = ["..." if part == "." else part for part in term.replace("...", ".")]
    if letters.count("...") > 1 or not all(part == "..." or part.isalpha() for part in letters):
        raise ValueError(f"einsum: {equation!r}: {term!r} must be letters and at most one '...'")
    return letters


def _dots(count: int) -> list[str]:
    return [f".{i}" for i in range(count, 0, -1)]


def _diagonal(x: Tensor, term: list[str], sizes: dict[str, int]) -> tuple[Tensor, list[str]]:
    """One axis per letter: the diagonal where a letter stands twice; axes that only broadcast are
    dropped.
    """
    letters: list[str] = []
    for letter in dict.fromkeys(term):
        axes = [a for a, other in enumerate(term) if other == letter]
        if len(axes) > 1:
            if len({x.shape[a] for a in axes}) > 1:
                raise ValueError(
                    f"einsum: a letter stands for sizes {[x.shape[a] for a in axes]} of one operand"
                )
            places = Tensor._wrap(backend.namespace(x._data).arange(x.shape[axes[0]]))
            rest = [a for a in range(x.ndim) if a not in axes]
            x = permute(x, [*axes, *rest])[(places,) * len(axes)]
            term = [letter, *(term[a] for a in rest)]
    for a in reversed(range(len(term))):
        if x.shape[a] == 1 != sizes[term[a]]:
            x = reshape(x, x.shape[:a] + x.shape[a + 1 :])
        else:
            letters.insert(0, term[a])
    return x, letters


def _pair(
    a: Tensor, la: list[str], b: Tensor, lb: list[str], later: set[str], sizes: dict[str, int]
) -> tuple[Tensor, list[str]]:
    """Two operands made one: (both, left, summed) @ (both, summed, right)."""
    for letters, others in ((la, lb), (lb, la)):  # sum first what only one has and nobody needs
        gone = tuple(
            i for i, letter in enumerate(letters) if letter not in others and letter not in later
        )
        if gone and letters is la:
            a, la = sum_(a, gone), [letter for letter in la if letter in lb or letter in later]
        elif gone:
            b, lb = sum_(b, gone), [letter for letter in lb if letter in la or letter in later]
    both = [letter for letter in la if letter in lb and letter in later]
    summed = [letter for letter in la if letter in lb and letter not in later]
    left, right = (
        [letter for letter in la if letter not in lb],
        [letter for letter in lb if letter not in la],
    )

    def arranged(x: Tensor, letters: list[str], *groups: list[str]) -> Tensor:
        x = permute(x, [letters.index(letter) for group in groups for letter in group])
        return reshape(x, tuple(math.prod(sizes[letter] for letter in group) for group in groups))

    y = matmul(arranged(a, la, both, left, summed), arranged(b, lb, both, summed, right))
    names = [*both, *left, *right]
    return reshape(y, tuple(sizes[letter] for letter in names)), names
