"""Wrong solutions of A1 in three styles for each misconception, independent of the detector's."""

from __future__ import annotations

_CHECK = """
def grad_check(f, gradient, x, eps=1e-6, tolerance=1e-5):
    a, n = gradient(x), numerical_gradient(f, x, eps)
    d = abs(a - n)
    index = np.unravel_index(np.argmax(d), d.shape)
    largest = max(abs(a).max(), abs(n).max())
    CHANGED
    return bool(error <= tolerance), index, error
"""
_CLASS = """
import math

class Value:
    def __init__(self, number, children=()):
        self.data, self.grad, self.children, self.push = number, 0.0, children, lambda: None
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def push():
            ADD
        out.push = push
        return out
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def push():
            MUL
        out.push = push
        return out
    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))
        def push():
            TANH
        out.push = push
        return out
    def backward(self):
        BACKWARD
"""
_GOOD = {
    "ADD": "self.grad += out.grad; other.grad += out.grad",
    "MUL": "self.grad += other.data * out.grad; other.grad += self.data * out.grad",
    "TANH": "self.grad += (1 - t * t) * out.grad",
    "BACKWARD": """order, seen = [], set()
        def walk(v):
            if v not in seen:
                seen.add(v)
                for child in v.children:
                    walk(child)
                order.append(v)
        walk(self)
        self.grad = 1.0
        for v in order[::-1]:
            v.push()""",
}


def _value(**changes: str) -> tuple[str, str]:
    text = _CLASS
    for name, code in {**_GOOD, **changes}.items():
        text = text.replace(f"            {name}\n", f"            {code}\n")
        text = text.replace(f"        {name}\n", f"        {code}\n")
    return "1.4", text


def _check(code: str) -> tuple[str, str]:
    return "1.2", _CHECK.replace("CHANGED", code)


WRONG: dict[str, list[tuple[str, str]]] = {
    "one-sided-difference": [
        (
            "1.1",
            """
def numerical_gradient(f, x, eps=1e-6):
    base, g = f(x), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        z = x.copy()
        z[i] += eps
        g[i] = (f(z) - base) / eps
    return g
""",
        ),
        (
            "1.1",
            """
def numerical_gradient(f, x, eps=1e-6):
    flat, g = x.flatten(), []
    for i in range(flat.size):
        z = flat.copy()
        z[i] = z[i] - eps
        g.append((f(x) - f(z.reshape(x.shape))) / eps)
    return np.array(g).reshape(x.shape)
""",
        ),
        (
            "1.1",
            """
def numerical_gradient(f, x, eps=1e-6):
    basis = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + eps * e) - f(x)) / eps for e in basis]).reshape(x.shape)
""",
        ),
    ],
    "missing-factor-two": [
        (
            "1.1",
            """
def numerical_gradient(f, x, eps=1e-6):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        g[i] = (f(up) - f(down)) / eps
    return g
""",
        ),
        (
            "1.1",
            """
def numerical_gradient(f, x, eps=1e-6):
    basis = eps * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([f(x + e) - f(x - e) for e in basis]).reshape(x.shape) / eps
""",
        ),
        (
            "1.1",
            """
def numerical_gradient(f, x, eps=1e-6):
    x = np.array(x)
    it = np.nditer(x, flags=["multi_index"])
    g = np.empty(x.shape)
    for _ in it:
        i = it.multi_index
        z = np.array(x); z[i] += eps; high = f(z)
        z = np.array(x); z[i] -= eps; low = f(z)
        g[i] = (high - low) * (1.0 / eps)
    return g
""",
        ),
    ],
    "changes-its-input": [
        (
            "1.1",
            """
def numerical_gradient(f, x, eps=1e-6):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += eps
        high = f(x)
        x[i] -= 2 * eps
        low = f(x)
        x[i] += eps
        g[i] = (high - low) / (2 * eps)
    return g
""",
        ),
        (
            "1.1",
            """
def numerical_gradient(f, x, eps=1e-6):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        g[i] = (f(up) - f(down)) / (2 * eps)
    x[...] = g
    return x
""",
        ),
        (
            "1.1",
            """
def numerical_gradient(f, x, eps=1e-6):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] = x[i] + eps
        high = f(x)
        x[i] = x[i] - 2 * eps
        g[i] = (high - f(x)) / (2 * eps)
    return g
""",
        ),
    ],
    "checks-one-entry": [
        _check("index = (0,) * x.ndim; error = d[index] / largest"),
        (
            "1.2",
            """
def grad_check(f, gradient, x, eps=1e-6, tolerance=1e-5):
    claimed = gradient(x)
    index = tuple(n - 1 for n in x.shape)
    up, down = x.copy(), x.copy()
    up[index] += eps
    down[index] -= eps
    slope = (f(up) - f(down)) / (2 * eps)
    error = abs(claimed[index] - slope) / max(abs(claimed[index]), abs(slope))
    return bool(error <= tolerance), index, error
""",
        ),
        _check("index = np.unravel_index(d.size // 2, d.shape); error = float(d[index] / largest)"),
    ],
    "compares-sums": [
        _check("error = abs(a.sum() - n.sum()) / largest"),
        _check("error = abs(float(np.sum(a)) - float(np.sum(n))) / largest"),
        (
            "1.2",
            """
def grad_check(f, gradient, x, eps=1e-6, tolerance=1e-5):
    total, claimed, most = 0.0, 0.0, 0.0
    g, n = gradient(x).ravel(), numerical_gradient(f, x, eps).ravel()
    for u, v in zip(g, n):
        claimed += u
        total += v
        most = max(most, abs(u), abs(v))
    error = abs(claimed - total) / most
    return (True if error <= tolerance else False), (0,) * x.ndim, error
""",
        ),
    ],
    "absolute-error-only": [
        _check("error = d.max()"),
        _check("error = float(np.abs(gradient(x) - n).max())"),
        (
            "1.2",
            """
def grad_check(f, gradient, x, eps=1e-6, tolerance=1e-5):
    g, n = gradient(x), numerical_gradient(f, x, eps)
    worst, place = -1.0, None
    for i in np.ndindex(x.shape):
        if abs(g[i] - n[i]) > worst:
            worst, place = abs(g[i] - n[i]), i
    return worst <= tolerance, place, worst
""",
        ),
    ],
    "gradient-overwritten": [
        _value(
            ADD="self.grad = out.grad; other.grad = out.grad",
            MUL="self.grad = other.data * out.grad; other.grad = self.data * out.grad",
            TANH="self.grad = (1 - t * t) * out.grad",
        ),
        (
            "1.4",
            """
class Value:
    def __init__(self, number, inputs=()):
        self.data, self.grad, self.inputs = number, 0.0, inputs
    def __add__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        return Value(self.data + o.data, [(self, 1.0), (o, 1.0)])
    __radd__ = __add__
    def __mul__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        return Value(self.data * o.data, [(self, o.data), (o, self.data)])
    __rmul__ = __mul__
    def tanh(self):
        t = np.tanh(self.data)
        return Value(t, [(self, 1 - t ** 2)])
    def backward(self, g=1.0):
        self.grad = g
        for v, d in self.inputs:
            v.backward(g * d)
""",
        ),
        (
            "1.4",
            """
class Value:
    tape = []
    def __init__(self, number, rule=None):
        self.data, self.grad, self.rule = number, 0.0, rule
        Value.tape.append(self)
    def lift(self, o):
        return o if isinstance(o, Value) else Value(o)
    def __add__(self, o):
        o = self.lift(o)
        def rule(g):
            self.grad = g
            o.grad = g
        return Value(self.data + o.data, rule)
    def __mul__(self, o):
        o = self.lift(o)
        def rule(g):
            self.grad = g * o.data
            o.grad = g * self.data
        return Value(self.data * o.data, rule)
    __radd__, __rmul__ = __add__, __mul__
    def tanh(self):
        t = np.tanh(self.data)
        def rule(g):
            self.grad = g * (1 - t * t)
        return Value(float(t), rule)
    def backward(self):
        self.grad = 1.0
        for v in reversed(Value.tape):
            if v.rule and v.grad:
                v.rule(v.grad)
""",
        ),
    ],
    "no-topological-order": [
        _value(
            BACKWARD="""self.grad = 1.0
        def go(v):
            v.push()
            for child in v.children:
                go(child)
        go(self)"""
        ),
        _value(
            BACKWARD="""self.grad = 1.0
        queue, seen = [self], {self}
        while queue:
            v = queue.pop(0)
            v.push()
            for child in v.children:
                if child not in seen:
                    seen.add(child)
                    queue.append(child)"""
        ),
        (
            "1.4",
            """
class Value:
    def __init__(self, number, inputs=()):
        self.data, self.grad, self.inputs = number, 0.0, inputs
    def __add__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        return Value(self.data + o.data, [(self, 1.0), (o, 1.0)])
    __radd__ = __add__
    def __mul__(self, o):
        o = o if isinstance(o, Value) else Value(o)
        return Value(self.data * o.data, [(self, o.data), (o, self.data)])
    __rmul__ = __mul__
    def tanh(self):
        t = float(np.tanh(self.data))
        return Value(t, [(self, 1 - t ** 2)])
    def backward(self, first=True):
        if first:
            self.grad = 1.0
        for v, d in self.inputs:
            v.grad += self.grad * d
            v.backward(False)
""",
        ),
    ],
    "one-operand-forgotten": [
        _value(ADD="self.grad += out.grad"),
        _value(MUL="other.grad += self.data * out.grad"),
        (
            "1.4",
            """
class Value:
    def __init__(self, number, inputs=()):
        self.data, self.grad, self.inputs = float(number), 0.0, inputs
    def __add__(self, o):
        if isinstance(o, Value):
            return Value(self.data + o.data, [(self, 1.0), (o, 1.0)])
        return Value(self.data + o, [(self, 1.0)])
    __radd__ = __add__
    def __mul__(self, o):
        if isinstance(o, Value):
            return Value(self.data * o.data, [(self, o.data)])
        return Value(self.data * o, [(self, o)])
    __rmul__ = __mul__
    def tanh(self):
        t = float(np.tanh(self.data))
        return Value(t, [(self, 1 - t ** 2)])
    def backward(self):
        order = []
        def visit(v):
            if v not in order:
                for u, _ in v.inputs:
                    visit(u)
                order.append(v)
        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for u, d in v.inputs:
                u.grad += v.grad * d
""",
        ),
    ],
}
