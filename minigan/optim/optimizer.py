"""The base of all optimizers: everything except the equation.

The equation of an optimizer is its method `update`, on plain arrays: parameters p, gradients g, and
the running averages that `slots` names. The averages of one group, dtype and device lie side by
side in one flat array (see `Flat`). Large parameters are updated in their own memory; small ones
are copied into a flat array and back. So `update` is called for many small parameters at once, and
for large ones in pieces on all threads. The numbers are those of a loop over the parameters,
bit for bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

import numpy as np

from minigan.autograd import Tensor, enable_grad
from minigan.backend import Array, namespace
from minigan.checks import boolean, number
from minigan.optim.flat import Flat
from minigan.optim.state import Group, State, as_state_dict, read_state_dict
from minigan.threads import parallel

__all__ = ["Optimizer"]

_NOT_NEGATIVE = {"lr", "weight_decay", "momentum", "eps", "alpha", "momentum_decay"}
_FLAGS = {"amsgrad", "maximize", "nesterov", "centered", "decoupled_weight_decay"}
# Numbers of each array in a piece. The calls of smaller pieces are so short that threads wait for
# each other for longer than they work.
_PIECE = 1 << 18
_LARGE = 1 << 15  # a parameter of this size is not copied: its update costs far more than a call


class Optimizer:
    """The base of all optimizers: parameters in groups with settings, and a state per parameter.

    `params` is an iterable of leaf tensors, or of dicts {"params": ..., setting: value} whose
    settings override `defaults`. Raises TypeError if a parameter is not a float Tensor, and
    ValueError if there is none, one appears twice or was computed by an op, or a setting is not
    legal.

    >>> import minigan
    >>> class SignDescent(Optimizer):
    ...     def update(self, group, t, p, g):
    ...         p -= group["lr"] * np.sign(g)
    >>> p = minigan.tensor([3.0, -3.0], requires_grad=True)
    >>> (p * p).sum().backward(); SignDescent([p], {"lr": 1.0}).step(); p.tolist()
    [2.0, -2.0]
    """

    counts = True  # whether the state holds the number of steps, as "step"

    def __init__(self, params: Iterable[Any], defaults: Group) -> None:
        self.defaults = defaults
        self.state: defaultdict[Tensor, State] = defaultdict(dict)
        self.param_groups: list[Group] = []
        self._flats: dict[tuple[int, ...], dict[str, Flat]] = {}  # by the ids of parameters
        name = type(self).__name__
        if isinstance(params, Tensor | Mapping) or not isinstance(params, Iterable):
            raise TypeError(
                f"{name}: params must be an iterable of tensors or of dicts, not "
                f"{type(params).__name__}"
            )
        groups = list(params)
        if not groups:
            raise ValueError(f"{name}: params is empty; there is nothing to optimize")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    # ---------------------------------------------------------------------- what a subclass defines

    def check(self, group: Group) -> None:
        """Raise ValueError or TypeError if the settings of a group are not legal."""

    def slots(self, group: Group) -> tuple[str, ...]:
        """Return the names of the running averages; each is an array like p, at first zeros."""
        return ()

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """Make step t = 1, 2, ...: change p and the averages in place; g may be overwritten."""
        raise NotImplementedError(f"{type(self).__name__} defines no update")

    # ----------------------------------------------------------------------------------- parameters

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters with settings of their own. Raises as the constructor does."""
        if not isinstance(param_group, dict) or "params" not in param_group:
            raise TypeError(
                f"{type(self).__name__}: a parameter group must be a dict with the key 'params', "
                f"not {param_group!r}"
            )
        params = param_group["params"]
        params = [params] if isinstance(params, Tensor) else list(params)
        self._check_params(params)
        group = {**self.defaults, **param_group, "params": params}
        self.param_groups.append(self._legal(group))

    def _check_params(self, params: list[Any]) -> None:
        """Raise TypeError or ValueError if a parameter cannot be optimized."""
        known = {id(p) for group in self.param_groups for p in group["params"]}
        for i, p in enumerate(params):
            what = f"{type(self).__name__}: params[{i}]"
            if not isinstance(p, Tensor):
                raise TypeError(f"{what} must be a Tensor, not {type(p).__name__}")
            if not p.is_leaf:
                raise ValueError(
                    f"{what}, of shape {p.shape}, was computed by an op; optimize leaves"
                )
            if p.dtype.kind != "f":
                raise TypeError(f"{what} has dtype {p.dtype}; only floats can be optimized")
            if id(p) in known:
                raise ValueError(
                    f"{what}, of shape {p.shape}, was given before; give each parameter once"
                )
            known.add(id(p))

    def _legal(self, group: Group) -> Group:
        """Return the group with its settings checked. Raises ValueError or TypeError."""
        for setting in _NOT_NEGATIVE & set(group):
            group[setting] = number(type(self).__name__, setting, group[setting], 0.0)
        for setting in _FLAGS & set(group):
            group[setting] = boolean(type(self).__name__, setting, group[setting])
        self.check(group)
        return group

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of its parameters to None, or to zeros.

        Raises TypeError if set_to_none is not a bool.
        """
        boolean("zero_grad", "set_to_none", set_to_none)
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None if set_to_none or p.grad is None else p.grad.detach().zero_()

    # ----------------------------------------------------------------------------------------- step

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient, in place.

        `closure`, if given, is called first; it computes loss and gradients, and its loss is
        returned. Raises RuntimeError if a gradient does not have its parameter's shape.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            for block in _blocks(group):
                self._step(group, block)
        return loss

    def _step(self, group: Group, block: list[Tensor]) -> None:
        """Update the parameters of one flat array: neighbours with equally many steps at once."""
        flats = self._flats_of(block, self.slots(group))
        kinds = [(p.grad is not None, self._steps_made(p)) for p in block]
        for (has_gradient, steps), run in groupby(range(len(block)), kinds.__getitem__):
            if has_gradient:
                self._update_run(group, steps + 1, block, list(run), flats)

    def _steps_made(self, p: Tensor) -> int:
        """Return how many steps p has made; if `counts` is False, 1 for any number above 0."""
        state = self.state.get(p)
        return 0 if not state else int(state["step"]) if self.counts else 1

    def _flats_of(self, block: list[Tensor], slots: tuple[str, ...]) -> dict[str, Flat]:
        """Return the flat arrays of p, of g and of each average.

        All are new if the dtype, the device or the names of the averages have changed. The array of
        one average is new if the state of a parameter no longer holds its view, as after
        load_state_dict.
        """
        ids = tuple(map(id, block))
        flats = self._flats.get(ids)
        if flats is None or tuple(flats) != ("p", "g", *slots) or not flats["p"].fits(block[0]):
            none = [None] * len(block)
            flats = self._flats[ids] = {name: Flat(none, block) for name in ("p", "g")}
        states = [self.state.get(p, {}) for p in block]
        for name in slots:
            averages = [state.get(name) for state in states]
            if name not in flats or not flats[name].holds(averages):
                flats[name] = Flat(averages, block)
        return flats

    def _update_run(
        self, group: Group, t: int, block: list[Tensor], run: list[int], flats: dict[str, Flat]
    ) -> None:
        """Make step t for the parameters block[i], i in run, which are neighbours in the arrays."""
        first, last = run[0], run[-1]
        gradients = [_gradient(type(self).__name__, block[i]) for i in run]
        averages = [name for name in flats if name not in ("p", "g")]
        count = Tensor._wrap(np.array(t, np.float32))
        for i in run:
            state = self.state[block[i]] if self.counts or averages else {}
            for name in averages:
                if name not in state:
                    flats[name].views[i][...] = 0
                    state[name] = Tensor._wrap(flats[name].views[i])
            if self.counts:
                state["step"] = count
            block[i].changed()
        g = flats["g"].gather(gradients, first, last)
        if group.get("maximize"):
            namespace(g).negative(g, out=g)
        pieces: list[list[Array]] = []
        copied: list[tuple[int, int]] = []
        for large, a, b in _spans(block, first, last):
            arrays = [flat.part(a, b) for flat in flats.values()]  # p, g and the averages
            if large:
                arrays[0] = block[a]._data.reshape(-1)
            else:
                flats["p"].gather([p._data for p in block[a : b + 1]], a, b)
                copied.append((a, b))
            pieces += [[array[piece] for array in arrays] for piece in _pieces(arrays[1])]

        def work(arrays: list[Array]) -> None:
            with np.errstate(all="ignore"):
                self.update(group, t, *arrays)

        if len(pieces) > 1 and namespace(g) is np:
            parallel(work, pieces)
        else:
            for arrays in pieces:
                work(arrays)
        for a, b in copied:
            flats["p"].scatter([p._data for p in block[a : b + 1]], a, b)

    # ---------------------------------------------------------------------------------------- state

    def state_dict(self) -> dict[str, Any]:
        """Return states, which share their memory, and settings, in PyTorch's format."""
        return as_state_dict(self.param_groups, self.state)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Copy states and settings from a `state_dict`, ours or PyTorch's, of tensors or arrays.

        Raises ValueError if groups, parameters or shapes do not match, and ValueError or TypeError
        if a setting or an entry is not legal; then nothing is loaded.
        """
        name = f"{type(self).__name__}.load_state_dict"
        settings, states = read_state_dict(name, state_dict, self.param_groups)
        if self.counts and not all("step" in values for values in states.values() if values):
            raise ValueError(f"{name}: a parameter's state has no 'step'")
        pairs = zip(self.param_groups, settings, strict=True)
        legal = [self._legal({**group, **new}) for group, new in pairs]
        for group, new in zip(self.param_groups, legal, strict=True):
            group.update(new)
        self.state = defaultdict(dict, states)

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes without the flat arrays, whose keys hold in this process only."""
        return {**vars(self), "_flats": {}}

    def __repr__(self) -> str:
        groups = [
            ", ".join(
                [
                    f"{len(group['params'])} parameters",
                    *(f"{k}={v}" for k, v in group.items() if k != "params"),
                ]
            )
            for group in self.param_groups
        ]
        return f"{type(self).__name__}({'; '.join(groups)})"


def _blocks(group: Group) -> list[list[Tensor]]:
    """Return the parameters of a group by dtype and device."""
    blocks: dict[Any, list[Tensor]] = {}
    for p in group["params"]:
        blocks.setdefault((p.dtype, p.device), []).append(p)
    return list(blocks.values())


def _gradient(name: str, p: Tensor) -> Array:
    """Return the array of p's gradient.

    Raises RuntimeError if it does not have p's shape, or if p is read-only.
    """
    g: Any = p.grad
    if g.shape != p.shape:
        raise RuntimeError(
            f"{name}.step: a parameter of shape {p.shape} has a gradient of shape {g.shape}"
        )
    if not getattr(p._data.flags, "writeable", True):
        p._require_writable(f"{name}.step")
    return g._data


def _is_large(p: Tensor) -> bool:
    """Return whether a parameter is updated in its own memory, without a copy."""
    array = p._data
    return array.size >= _LARGE and array.flags.c_contiguous and namespace(array) is np


def _spans(block: list[Tensor], first: int, last: int) -> list[tuple[bool, int, int]]:
    """Return (large, a, b) of the parameters a..b: each large one alone, small neighbours together.

    On a GPU a call costs more than a copy, so no parameter counts as large there.
    """
    spans: list[tuple[bool, int, int]] = []
    for i in range(first, last + 1):
        large = _is_large(block[i])
        if spans and not large and not spans[-1][0]:
            spans[-1] = False, spans[-1][1], i
        else:
            spans.append((large, i, i))
    return spans


def _pieces(array: Array) -> list[slice]:
    """Return slices of about _PIECE numbers each, none much smaller than the others.

    On a GPU one slice has all numbers.
    """
    size = array.size
    if namespace(array) is not np:
        return [slice(None)]
    length = -(-size // max(1, round(size / _PIECE)))
    return [slice(i, i + length) for i in range(0, size, length)] if size else []
