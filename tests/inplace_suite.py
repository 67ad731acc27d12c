"""Programs that change tensors in place, the same for minigan and for PyTorch."""

import numpy as np

A = np.array([[0.5, -1.5, 2.0], [3.0, -0.25, 1.0]])


def iadd(m, y, x):
    y += x


def isub(m, y, x):
    y -= 2 * x


def imul(m, y, x):
    y *= x


def itruediv(m, y, x):
    y /= x


def ipow(m, y, x):
    y **= 2


def number(m, y, x):
    y += 3
    y *= 0.5
    y -= 1
    y /= 4


def twice(m, y, x):
    y *= x
    y += y


def broadcast(m, y, x):
    y += x[0]
    y *= x[:, :1]


def setitem(key, value):
    def program(m, y, x):
        y[key] = value(x) if callable(value) else value

    return program


def setitem_with(key):
    def program(m, y, x):
        y[key(m, y)] = 7.0

    return program


PROGRAMS = {
    "iadd": iadd,
    "isub": isub,
    "imul": imul,
    "itruediv": itruediv,
    "ipow": ipow,
    "number": number,
    "twice": twice,
    "broadcast": broadcast,
    "add_": lambda m, y, x: y.add_(x, alpha=2),
    "sub_": lambda m, y, x: y.sub_(x),
    "mul_": lambda m, y, x: y.mul_(x),
    "div_": lambda m, y, x: y.div_(x),
    "pow_": lambda m, y, x: y.pow_(3),
    "clamp_": lambda m, y, x: y.clamp_(-1, 1.2),
    "relu_": lambda m, y, x: y.relu_(),
    "zero_": lambda m, y, x: y.zero_(),
    "fill_": lambda m, y, x: y.fill_(2.5),
    "copy_": lambda m, y, x: y.copy_(x * 3),
    "copy_ broadcast": lambda m, y, x: y.copy_(x[1] * 3),
    "chain": lambda m, y, x: y.add_(1).mul_(x).sub_(0.5),
    "exp_": lambda m, y, x: y.exp_(),
    "neg_": lambda m, y, x: y.neg_(),
    "sqrt_": lambda m, y, x: y.abs_().sqrt_(),
    "tanh_": lambda m, y, x: y.tanh_(),
    "sigmoid_": lambda m, y, x: y.sigmoid_(),
    "masked_fill_": lambda m, y, x: y.masked_fill_(x > 1, 5.0),
    "set row": setitem(0, lambda x: x[1]),
    "set number": setitem((slice(None), 1), 4.0),
    "set all": setitem(Ellipsis, lambda x: 2 * x),
    "set slice": setitem((slice(None), slice(1, None)), lambda x: x[:, :2]),
    "set one": setitem((1, 2), 9.0),
    "set step": setitem((0, slice(0, 3, 2)), 1.0),
    "set broadcast": setitem((slice(None), slice(0, 2)), lambda x: x[0, :2]),
    "set array": setitem(([0, 1], [2, 0]), lambda x: x[0, :2]),
    "set list": setitem((slice(None), [2, 0]), lambda x: x[:, 1:]),
    "set int and list": setitem((1, [2, 0]), lambda x: x[0, 1:]),
    "set mask": setitem_with(lambda m, y: y > 1),
    "set row mask": setitem_with(lambda m, y: (slice(None), m.tensor([True, False, True]))),
    "set none": setitem((None, 0), lambda x: x[None, 1]),
    "set negative": setitem((-1, -1), lambda x: x[0, 0]),
    "set empty": setitem(slice(5, 9), 1.0),
}


CONTROL = {
    "changed input": lambda m, x, y: (y * y, y.add_(1))[0],
    "changed output of exp": lambda m, x, y: (z := y.exp(), z.add_(1))[0],
    "changed input of exp": lambda m, x, y: (y.exp(), y.add_(1))[0],
    "changed input of add": lambda m, x, y: (y + y, y.add_(1))[0],
    "changed through a view": lambda m, x, y: (y * y, y.detach()[0].add_(1))[0],
    "changed by detach": lambda m, x, y: (y * y, y.detach().zero_())[0],
    "weight in matmul": lambda m, x, y: (y @ y.T, y.mul_(2))[0],
    "relu in place": lambda m, x, y: y.relu_() * 3,
    "sigmoid then relu_": lambda m, x, y: y.sigmoid().relu_(),
    "sum then add": lambda m, x, y: y.sum().add_(y.mean()),
    "loss +=": lambda m, x, y: y.reshape(-1)[0].add_(y.sum()),
    "reshape then add": lambda m, x, y: (y * 1).reshape(-1).add_(2.0),
    "slice then add": lambda m, x, y: (y * 1)[0].mul_(y[1]),
    "unused view": lambda m, x, y: (y.reshape(-1), y.add_(x))[1],
    "view made unrecorded": lambda m, x, y: y.mul_(3) * x,
}


VIEWS = {
    "row": lambda m, h, x: h[0].mul_(x[1]),
    "column": lambda m, h, x: h[:, 1].add_(x[:, 0] ** 2),
    "transpose": lambda m, h, x: h.T.mul_(x.T),
    "reshape of a row": lambda m, h, x: h[1].reshape(3, 1).mul_(x[0].reshape(3, 1)),
    "view of a view of a view": lambda m, h, x: h.T[1:][0].mul_(x[:, 1]),
    "flip-free slice set": lambda m, h, x: h[:, 1:].__setitem__((0, 1), x[1, 1] ** 2),
    "zeroed row": lambda m, h, x: h[0].zero_(),
    "filled part": lambda m, h, x: h[:, :2].fill_(3.0),
    "unsqueezed": lambda m, h, x: h.unsqueeze(1).mul_(2),
    "chunk set": lambda m, h, x: h.view(3, 2)[1].copy_(x[0, :2] * x[1, :2]),
}


# changes of shape: each returns the tensors that are compared


def view_then_shape(m, y, x):
    row = y[0]
    y.unsqueeze_(1)
    y.mul_(x.unsqueeze(1))
    return y, row


def shape_then_view(m, y, x):
    y.t_()
    column = y[:, 0]
    column.add_(x[0])
    return y, column


def write_through_an_older_view(m, y, x):
    row = y[1]
    y.transpose_(0, 1)
    row.mul_(3.0)
    return y, row


def twice_shaped(m, y, x):
    y.unsqueeze_(0).transpose_(0, 2).squeeze_(-1)
    y.add_(x.t())
    return (y,)


def of_a_view(m, y, x):
    part = y[:, 1:]
    part.t_()
    part.mul_(2.0)
    return y, part


def nothing_to_squeeze(m, y, x):
    y.squeeze_()
    y.mul_(x)
    return (y,)


def detached(m, y, x):
    kept = y * 1
    y.detach_()
    y.add_(1.0)
    return kept, y + x


SHAPINGS = [
    view_then_shape, shape_then_view, write_through_an_older_view, twice_shaped, of_a_view,
    nothing_to_squeeze, detached,
]  # fmt: skip
