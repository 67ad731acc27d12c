"""Change code in a running process: a function gets the code that it has in a changed file."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any, NamedTuple


class Place(NamedTuple):
    """A function: its file, its first line (that of its first decorator) and its name."""

    file: str
    line: int
    name: str


def place_of(code: CodeType) -> Place:
    return Place(code.co_filename, code.co_firstlineno, code.co_name)


def function_around(file: str, text: str, start: int, stop: int) -> Place | None:
    """Return the innermost function whose body has these characters; None outside of bodies.

    Decorators, defaults of arguments and bodies of classes run when a module is imported: they are
    in no function's body.
    """
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    first, last = len(text[:start].encode()), len(text[:stop].encode())
    found = None
    for node in ast.walk(ast.parse(text)):  # an inner function comes after the outer one
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            body: list[Any] = node.body if isinstance(node.body, list) else [node.body]
            begin = starts[body[0].lineno - 1] + body[0].col_offset
            end = starts[body[-1].end_lineno - 1] + body[-1].end_col_offset
            if begin <= first and last <= end:
                decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
                line = min([node.lineno, *(each.lineno for each in decorators)])
                found = Place(file, line, getattr(node, "name", "<lambda>"))
    return found


def functions_of(folder: str) -> dict[str, list[FunctionType]]:
    """Return all functions of this process that a file of the folder defines, by file."""
    found: dict[str, list[FunctionType]] = {}
    for each in gc.get_objects():
        # not isinstance: it reads __class__, for which an object of PyTorch warns
        if type(each) is FunctionType and each.__code__.co_filename.startswith(folder):
            found.setdefault(each.__code__.co_filename, []).append(each)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _named(text: str, file: str) -> dict[tuple[str, int], CodeType]:
    """Return the codes of a file by qualified name and how many of this name come before."""
    seen: dict[str, int] = {}
    table = {}
    for code in _codes(compile(text, file, "exec", dont_inherit=True)):
        name = code.co_qualname
        table[name, seen.get(name, 0)] = code
        seen[name] = seen.get(name, 0) + 1
    return table


def exchange(
    file: str, before: str, after: str, functions: list[FunctionType]
) -> list[tuple[FunctionType, CodeType]]:
    """Return the functions of a file whose code differs after a change, each with its new code.

    Raises ValueError if a function can not get its new code: it uses other names of the functions
    around it.
    """
    old, new = _named(before, file), _named(after, file)
    changed = {}
    for key, code in old.items():
        if key in new and _instructions(new[key]) != _instructions(code):
            changed[_exact(code)] = new[key]
    pairs = []
    for function in functions:
        code = changed.get(_exact(function.__code__))
        if code is not None:
            if code.co_freevars != function.__code__.co_freevars:
                raise ValueError(f"{function.__qualname__} uses other names of functions around it")
            pairs.append((function, code))
    return pairs


def _instructions(code: CodeType) -> tuple[Any, ...]:
    """Return what a code does, without its places in the file."""
    consts = tuple(
        _instructions(each) if isinstance(each, CodeType) else (type(each), repr(each))
        for each in code.co_consts
    )
    return code.co_code, consts, code.co_names, code.co_varnames, code.co_freevars


def _exact(code: CodeType) -> tuple[Any, ...]:
    return code.co_qualname, code.co_firstlineno, code.co_code, next(code.co_positions(), None)
