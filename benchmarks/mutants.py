"""Mutants of a file: small changes of its code, each in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

COMPARISONS = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
SIGNS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
OPERATIONS = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "/",
    ast.Mod: "*",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.BitXor: "|",
}


class Mutant(NamedTuple):
    """A file, the place of the change (line, first and last character) and the new code."""

    file: str
    line: int
    start: int
    stop: int
    old: str
    new: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.stop :]

    def __str__(self) -> str:
        old, new = (" ".join(code.split()) for code in (self.old, self.new))
        return f"{self.file}:{self.line}: `{old}` -> `{new}`"


def code_of(node: ast.AST) -> str:
    return ast.unparse(node)


def replacements(node: ast.AST) -> Iterator[str]:
    """Yield the codes that may stand in place of a node."""
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            parts = [f"({code_of(node.left)})"]
            for j, (each, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
                sign = COMPARISONS[type(op)] if i == j else SIGNS[type(each)]
                parts += [sign, f"({code_of(right)})"]
            yield " ".join(parts)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        if not isinstance(node.left, ast.Constant) or not isinstance(node.left.value, str):
            left, right = code_of(node.left), code_of(node.right)
            yield f"(({left}) {OPERATIONS[type(node.op)]} ({right}))"
    elif isinstance(node, ast.BoolOp):
        word = " or " if isinstance(node.op, ast.And) else " and "
        yield "(" + word.join(f"({code_of(value)})" for value in node.values) + ")"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield f"({code_of(node.operand)})"
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield str(not node.value)
        elif isinstance(node.value, int | float):
            yield f"({node.value!r} + 1)"
    elif isinstance(node, ast.IfExp):
        yield f"({code_of(node.orelse)} if {code_of(node.test)} else {code_of(node.body)})"
    elif isinstance(node, ast.If):
        yield ""  # see `mutants`: the condition is negated
    elif isinstance(node, ast.Call):
        if node.keywords and node.keywords[-1].arg:
            kept = [code_of(x) for x in (*node.args, *node.keywords[:-1])]
            yield f"{code_of(node.func)}({', '.join(kept)})"
        if len(node.args) > 1 and not any(isinstance(x, ast.Starred) for x in node.args[:2]):
            order = [node.args[1], node.args[0], *node.args[2:], *node.keywords]
            yield f"{code_of(node.func)}({', '.join(map(code_of, order))})"
    elif isinstance(node, ast.Raise | ast.AugAssign) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield "pass"


def executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that are executed: no annotations, no parts of texts."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns") or isinstance(tree, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from executed(child)


def mutants(file: str, text: str) -> list[Mutant]:
    """Return all mutants of a file's text; a few of them may be no Python."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def place(line: int, byte: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:byte].decode())

    found = []
    for node in executed(ast.parse(text)):
        target: ast.AST = node
        if isinstance(node, ast.If):
            target = node.test
        for new in replacements(node):
            assert isinstance(target, ast.expr | ast.stmt)
            assert target.end_lineno is not None and target.end_col_offset is not None
            start = place(target.lineno, target.col_offset)
            stop = place(target.end_lineno, target.end_col_offset)
            old = text[start:stop]
            if isinstance(node, ast.If):
                new = f"not ({' '.join(old.split())})"
            found.append(Mutant(file, target.lineno, start, stop, old, new))
    return sorted(set(found))


def is_python(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
