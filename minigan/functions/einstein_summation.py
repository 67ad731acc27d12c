"""Einstein's summation, as permutations, reshapes, sums and one matrix product for each pair."""

from __future__ import annotations

import math
from typing import Any

from minigan import backend
from minigan.autograd.tensor import Tensor
from minigan.functions.arguments import tensor_of
from minigan.functions.products import matmul
from minigan.functions.reductions import sum as sum_
from minigan.functions.shaping import permute, reshape

__all__ = ["einsum"]


def einsum(equation: str, *operands: Any) -> Tensor:
    """Return Einstein's summation: a product of operands, summed over letters not in the output.

    Each letter of the equation names a dimension; equal letters have equal sizes. "..." stands for
    leading dimensions that broadcast, and a letter twice in one operand takes the diagonal. Raises
    ValueError if the equation is not legal or does not fit the shapes, and TypeError if an operand
    is not a Tensor or the dtypes differ.

    >>> einsum("ij,j->i", Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([1.0, 10.0]))
    tensor([21., 43.])
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
    y, letters = _summed(y, letters, set(output))
    for letter in output:
        if letter not in letters:  # every operand has size 1 there
            y, letters = reshape(y, (*y.shape, 1)), [*letters, letter]
    return permute(y, [letters.index(letter) for letter in output])


def _parse(equation: str, xs: list[Tensor]) -> tuple[list[list[str]], list[str]]:
    """Return the letters of each operand and of the output.

    Each dimension of "..." gets a letter of its own, numbered from the right: ".1", ".2", ...
    """
    if not isinstance(equation, str):
        raise TypeError(f"einsum: equation={equation!r} must be a string such as 'ij,jk->ik'")
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(xs):
        raise ValueError(
            f"einsum: {equation!r} names {len(terms)} operands, but {len(xs)} were given"
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
    else:  # as in PyTorch: "...", then the letters that appear once, in alphabetical order
        flat = [letter for term in result for letter in term]
        once = {letter for letter in flat if len(letter) == 1 and flat.count(letter) == 1}
        output = [*_dots(widest), *sorted(once)]
    known = {letter for term in result for letter in term}
    if len(set(output)) != len(output) or not known.issuperset(output):
        raise ValueError(
            f"einsum: {equation!r}: each letter of the output must occur there once, and in an "
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
    """Return the operand with one axis for each letter, without axes that only broadcast.

    If a letter occurs twice, its axis is the diagonal of both.
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


def _summed(x: Tensor, letters: list[str], kept: set[str]) -> tuple[Tensor, list[str]]:
    """Return x summed over all axes whose letters are not kept, and the letters that remain."""
    axes = tuple(a for a, letter in enumerate(letters) if letter not in kept)
    return (sum_(x, axes) if axes else x), [letter for letter in letters if letter in kept]


def _pair(
    a: Tensor, la: list[str], b: Tensor, lb: list[str], later: set[str], sizes: dict[str, int]
) -> tuple[Tensor, list[str]]:
    """Return the product of two operands, and its letters, by one matrix product.

    It is (both, left, summed) @ (both, summed, right). `later` has the letters that other operands
    or the output need; the others are summed over.
    """
    a, la = _summed(a, la, later.union(lb))
    b, lb = _summed(b, lb, later.union(la))
    both = [letter for letter in la if letter in lb and letter in later]
    summed = [letter for letter in la if letter in lb and letter not in later]
    left = [letter for letter in la if letter not in lb]
    right = [letter for letter in lb if letter not in la]

    def arranged(x: Tensor, letters: list[str], *groups: list[str]) -> Tensor:
        x = permute(x, [letters.index(letter) for group in groups for letter in group])
        return reshape(x, tuple(math.prod(sizes[letter] for letter in group) for group in groups))

    y = matmul(arranged(a, la, both, left, summed), arranged(b, lb, both, summed, right))
    names = [*both, *left, *right]
    return reshape(y, tuple(sizes[letter] for letter in names)), names
