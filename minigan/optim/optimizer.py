"""An optimizer moves parameters along their gradients; what all of them share is everything but the
equation.

The equation is `update`, on plain arrays: the parameters p, their gradients g, and the running
averages that `slots` names. It is applied to all parameters of one group, dtype and device at once,
which lie side by side in one flat array (see `Flat`), in pieces that fit the cache; the numbers are
those of a loop over the parameters, bit for bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from minigan.autograd import Tensor, enable_grad
from minigan.backend import Array, namespace
from minigan.checks import number
from minigan.functions import as_tensor
from minigan.optim.flat import Flat
from minigan.threads import parallel

Group = dict[str, Any]
State = dict[str, Any]

_NOT_NEGATIVE = {"lr", "weight_decay", "momentum", "eps", "alpha"}
_PIECE = (
    1 << 14
)  # numbers of each array that are worked on at a time: five arrays of float32 take 320 KiB


class Optimizer:
    """The base of all optimizers: parameters in groups with settings, and a state per parameter.

    `params` is an iterable of leaf tensors, or of dicts {"params": ..., setting: value} that
    override `defaults`. Raises TypeError for what is no tensor, ValueError for no parameters, one
    given twice, one computed by an op, or a setting out of range.
    """

    counts = True  # whether the state holds the number of steps, as "step"

    def __init__(self, params: Iterable[Any], defaults: Group) -> None:
        self.defaults = defaults
        self.state: defaultdict[Tensor, State] = defaultdict(dict)
        self.param_groups: list[Group] = []
        self._flats: dict[tuple[Any, ...], Flat] = {}
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

    def __repr__(self) -> str:
        groups = [
            ", ".join(
                [
                    f"{len(g['params'])} parameters",
                    *(f"{k}={v}" for k, v in g.items() if k != "params"),
                ]
            )
            for g in self.param_groups
        ]
        return f"{type(self).__name__}({'; '.join(groups)})"

    # ---------------------------------------------------------------------- what a subclass defines

    def check(self, group: Group) -> None:
        """Raise ValueError or TypeError for settings that are not legal."""

    def slots(self, group: Group) -> tuple[str, ...]:
        """The names of the running averages that these settings need; each is an array like p."""
        return ()

    def update(self, group: Group, t: int, p: Array, g: Array, *averages: Array) -> None:
        """The equation of step t = 1, 2, ...: change p and the averages in place; g may be
        overwritten.
        """
        raise NotImplementedError(f"{type(self).__name__} defines no update")

    # ----------------------------------------------------------------------------------- parameters

    def add_param_group(self, param_group: Group) -> None:
        """Optimize more parameters, with settings of their own. Raises as the constructor does."""
        name = type(self).__name__
        if not isinstance(param_group, dict) or "params" not in param_group:
            raise TypeError(
                f"{name}: a parameter group must be a dict with the key 'params', not "
                f"{param_group!r}"
            )
        params = param_group["params"]
        params = [params] if isinstance(params, Tensor) else list(params)
        group = {**self.defaults, **param_group, "params": params}
        known = {id(p) for g in self.param_groups for p in g["params"]}
        for i, p in enumerate(params):
            if not isinstance(p, Tensor):
                raise TypeError(f"{name}: params[{i}] must be a Tensor, not {type(p).__name__}")
            if not p.is_leaf:
                raise ValueError(
                    f"{name}: params[{i}], of shape {p.shape}, was computed by an op; optimize "
                    "leaves"
                )
            if p.dtype.kind != "f":
                raise TypeError(
                    f"{name}: params[{i}] has dtype {p.dtype}; only floats can be optimized"
                )
            if id(p) in known:
                raise ValueError(
                    f"{name}: params[{i}], of shape {p.shape}, was given before; give each "
                    "parameter once"
                )
            known.add(id(p))
        self.param_groups.append(self._legal(group))
        for block in _blocks(group):
            self._flat("p", block, block)  # now, so that views taken from here on stay views

    def _legal(self, group: Group) -> Group:
        """The group, its settings checked.

        Raises ValueError or TypeError naming one that is not legal.
        """
        for setting in _NOT_NEGATIVE & set(group):
            group[setting] = number(type(self).__name__, setting, group[setting], 0.0)
        self.check(group)
        return group

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of its parameters: set them to None, or to zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None if set_to_none or p.grad is None else p.grad.detach() * 0.0

    # ----------------------------------------------------------------------------------------- step

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient, in place; `closure`, if given, computes loss
        and gradients first.

        Raises RuntimeError where a gradient has not its parameter's shape.
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
        """Update parameters that lie in one flat array, neighbours of the same age at once."""
        flats = {
            "p": self._flat("p", block, block),
            "g": self._flat("g", [None] * len(block), block),
        }
        for name in self.slots(group):
            flats[name] = self._flat(
                name, [self.state[p].get(name) if p in self.state else None for p in block], block
            )
        kinds = [(p.grad is not None, self._age(p)) for p in block]
        for (has_gradient, age), run in groupby(range(len(block)), kinds.__getitem__):
            if has_gradient:
                self._advance(group, age + 1, block, list(run), flats)

    def _age(self, p: Tensor) -> int:
        """How many steps the parameter has made; of an optimizer that does not count, whether it
        has made one.
        """
        state = self.state.get(p)
        return 0 if not state else int(state["step"]) if self.counts else 1

    def _flat(self, name: str, column: Sequence[Tensor | None], block: Sequence[Tensor]) -> Flat:
        """The flat array of a column, made anew where some tensor does not view it any more."""
        key = (name, *map(id, block))
        flat = self._flats.get(key)
        if flat is None or not (flat.like(block[0]) and flat.holds(column)):
            flat = self._flats[key] = Flat(column, block)
        return flat

    def _advance(
        self, group: Group, t: int, block: list[Tensor], run: list[int], flats: dict[str, Flat]
    ) -> None:
        """Update neighbours in the flat arrays that have made equally many steps."""
        averages = [name for name in flats if name not in ("p", "g")]
        step = as_tensor(float(t))
        for i in run:
            if block[i].grad.shape != block[i].shape:  # type: ignore[union-attr]
                raise RuntimeError(
                    f"{type(self).__name__}.step: a parameter of shape {block[i].shape} has a "
                    "gradient of shape "
                    f"{block[i].grad.shape}"  # type: ignore[union-attr]
                )
        for i in run:
            state = self.state[block[i]] if self.counts or averages else {}
            for name in averages:
                if name not in state:
                    flats[name].views[i][...] = 0
                    state[name] = Tensor._wrap(flats[name].views[i])
            if self.counts:
                state["step"] = step
            block[i].changed()
        xp = namespace(flats["p"].array)
        p, g, *rest = (flat.part(run[0], run[-1]) for flat in flats.values())
        xp.concatenate([block[i].grad.data.reshape(-1) for i in run], out=g)  # type: ignore[union-attr]
        if group["maximize"]:
            xp.negative(g, out=g)

        def work(piece: slice) -> None:
            with np.errstate(all="ignore"):
                self.update(group, t, p[piece], g[piece], *(average[piece] for average in rest))

        step = (
            -(-g.size // max(1, round(g.size / _PIECE))) if xp is np else g.size
        )  # no piece is much smaller
        pieces = [slice(i, i + step) for i in range(0, g.size, step)] if g.size else []
        if len(pieces) > 4:
            parallel(work, pieces)
        else:
            for piece in pieces:
                work(piece)

    # ---------------------------------------------------------------------------------------- state

    def state_dict(self) -> dict[str, Any]:
        """States, sharing memory, and settings in PyTorch's format: parameters are numbers, in the
        order given.
        """
        numbers = {
            id(p): i
            for i, p in enumerate(p for group in self.param_groups for p in group["params"])
        }
        return {
            "state": {numbers[id(p)]: dict(state) for p, state in self.state.items()},
            "param_groups": [
                {**g, "params": [numbers[id(p)] for p in g["params"]]} for g in self.param_groups
            ],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take states and settings from a `state_dict`, ours or PyTorch's, of tensors or arrays;
        they are copied.

        Raises ValueError if groups, parameters or shapes do not match, ValueError or TypeError for
        settings and entries that are not legal; then nothing has been loaded.
        """
        name = f"{type(self).__name__}.load_state_dict"
        if not isinstance(state_dict, Mapping) or not {"state", "param_groups"} <= set(state_dict):
            raise ValueError(
                f"{name}: state_dict must be a dict with the keys 'state' and 'param_groups'"
            )
        groups, entries = state_dict["param_groups"], state_dict["state"]
        if not isinstance(entries, Mapping) or not all(
            isinstance(entry, Mapping) for entry in entries.values()
        ):
            raise ValueError(f"{name}: 'state' must be a dict of dicts, one per parameter's number")
        if not isinstance(groups, list | tuple) or not all(
            isinstance(group, Mapping) and isinstance(group.get("params", ()), list | tuple)
            for group in groups
        ):
            raise ValueError(
                f"{name}: 'param_groups' must be a list of dicts with the key 'params', a list of "
                "numbers"
            )
        theirs, ours = (
            [len(group.get("params", ())) for group in some] for some in (groups, self.param_groups)
        )
        if theirs != ours:
            raise ValueError(f"{name}: the groups have {theirs} parameters, and {ours} here")
        params = {
            number: p
            for given, own in zip(groups, self.param_groups, strict=True)
            for number, p in zip(given["params"], own["params"], strict=True)
        }
        if unknown := [number for number in entries if number not in params]:
            raise ValueError(f"{name}: state has parameters {unknown}, which are in no group")
        state = {
            params[number]: {
                k: _entry(name, k, v, params[number]) for k, v in values.items() if v is not None
            }
            for number, values in entries.items()
        }
        if self.counts and not all("step" in values for values in state.values() if values):
            raise ValueError(f"{name}: a parameter's state has no 'step'")
        pairs = list(zip(groups, self.param_groups, strict=True))
        settings = [
            self._legal({**own, **{k: v for k, v in given.items() if k != "params"}})
            for given, own in pairs
        ]
        for group, legal in zip(self.param_groups, settings, strict=True):
            group.update(legal)
        self.state = defaultdict(dict, state)


def _blocks(group: Group) -> list[list[Tensor]]:
    """The parameters of a group by dtype and device."""
    blocks: dict[Any, list[Tensor]] = {}
    for p in group["params"]:
        blocks.setdefault((p.dtype, p.device), []).append(p)
    return list(blocks.values())


def _entry(function: str, name: str, value: Any, p: Tensor) -> Tensor:
    """A copy of one entry of a parameter's state, in the parameter's dtype and place; "step" stays
    a number.
    """
    try:
        x = as_tensor(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{function}: {name} is a {type(value).__name__}, no tensor: {error}"
        ) from error
    if name == "step":
        number(function, name, x.item(), 0.0, 2.0**53)
        return x.to(dtype="float32", device="cpu", copy=True)
    if x.shape != p.shape:
        raise ValueError(f"{function}: {name} has shape {x.shape}, and its parameter {p.shape}")
    return x.detach().to(dtype=p.dtype, device=p.device, copy=True)
