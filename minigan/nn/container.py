"""Containers: modules that hold modules, in sequence, in a list, or by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Self

from minigan.checks import boolean
from minigan.nn.activation import LeakyReLU, ReLU
from minigan.nn.convolution import Conv1d, ConvTranspose1d
from minigan.nn.linear import Linear
from minigan.nn.module import Module
from minigan.nn.normalization import BatchNorm1d
from minigan.nn.numbered import Numbered
from minigan.nn.ownership import Owner
from minigan.threads import keep_one_blas_thread

__all__ = ["Sequential", "ModuleList", "ModuleDict"]

# of the layers that can compute the ReLU or LeakyReLU after them, in any number of dimensions
_WITH_ACTIVATION = (Linear.forward, BatchNorm1d.forward, Conv1d.forward, ConvTranspose1d.forward)


class _Modules(Numbered, Module):
    """The base of containers whose children are named "0", "1", ..., with indices and slices."""

    def _checked(self, function: str, i: int, item: Any) -> Module:
        if not isinstance(item, Module):
            raise TypeError(f"{function}: item {i} must be a Module, not {type(item).__name__}")
        return item

    def _items(self) -> dict[str, Any]:
        return dict(self._own(Owner))

    def __iter__(self) -> Iterator[Module]:
        return (module for _, module in self._own(Owner))

    def _set_items(self, items: Mapping[str, Any]) -> None:
        self._modules = items


class Sequential(_Modules):
    """Modules in sequence: `Sequential(a, b)(x)` is `b(a(x))`.

    The modules are arguments, or one dict of names and modules. A linear layer, a convolution or a
    batch norm and the ReLU or LeakyReLU after it are computed by one op; the numbers are the same
    up to rounding, and so is the state_dict. `fuse=False` switches this off. Raises TypeError if an
    argument is not a Module.

    >>> import minigan
    >>> net = Sequential(Linear(2, 3), ReLU())
    >>> net.append(Linear(3, 1))(minigan.ones(5, 2)).shape
    (5, 1)
    """

    _kind = "modules"

    def __init__(self, *modules: Module | Mapping[str, Module], fuse: bool = True) -> None:
        super().__init__()
        self.fuse = boolean("Sequential", "fuse", fuse)
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            for name, module in modules[0].items():
                self.add_module(name, module)
        else:
            self._extend("Sequential", modules)

    def _part(self, items: Mapping[str, Any]) -> Sequential:
        return Sequential(dict(items), fuse=self.fuse)

    def forward(self, input: Any) -> Any:
        """Return the input passed through all modules."""
        modules = iter(list(self))
        module = next(modules, None)
        with keep_one_blas_thread:  # set once, because each matrix product would set it again
            while module is not None:
                following = next(modules, None)
                slope = _fused_slope(module, following) if self.fuse else None
                if slope is None:
                    input, module = module(input), following
                else:
                    input, module = module(input, negative_slope=slope), next(modules, None)
        return input


def _fused_slope(module: Module, following: Module | None) -> float | None:
    """Return the negative slope of the activation if one op can compute both modules, else None."""
    if type(module).forward not in _WITH_ACTIVATION:
        return None
    if "forward" in vars(module) or (following is not None and "forward" in vars(following)):
        return None  # a user has replaced a forward, perhaps to watch it
    if type(following) is LeakyReLU and 0 <= following.negative_slope <= 1:
        return following.negative_slope
    return 0.0 if type(following) is ReLU else None


class ModuleList(_Modules):
    """A list of modules whose parameters are found; the owner decides how they are called.

    It has the methods of a list. Raises TypeError if an item is not a Module.

    >>> layers = ModuleList([Linear(2, 2), Linear(2, 2)])
    >>> _ = layers.insert(1, ReLU())
    >>> len(layers), layers[1], sum(p.numel() for p in layers.parameters())
    (3, ReLU(), 12)
    """

    _kind = "modules"

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self._extend("ModuleList", () if modules is None else modules)

    def _part(self, items: Mapping[str, Any]) -> ModuleList:
        return type(self)(items.values())

    def _lines(self) -> list[str]:
        """Return the children as text, neighbours of the same text as one."""
        lines = []
        for text, group in groupby(self._own(Owner), lambda pair: repr(pair[1])):
            names = [name for name, _ in group]
            several = f"({names[0]}-{names[-1]}): {len(names)} x {text}"
            lines.append(several if len(names) > 1 else f"({names[0]}): {text}")
        return lines


class ModuleDict(Module):
    """A dict of modules whose parameters are found; it has the methods of a dict.

    Raises KeyError that lists the names if there is none of a name, and TypeError if a value is not
    a Module.

    >>> ModuleDict({"up": Linear(2, 2), "act": ReLU()})["act"]
    ReLU()
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self._add("ModuleDict", modules)

    def _add(self, function: str, modules: Any) -> None:
        """Add modules from a dict, or from pairs of name and module."""
        pairs = list(modules.items() if isinstance(modules, Mapping | ModuleDict) else modules)
        if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
            raise TypeError(
                f"{function}: modules must be a dict of Modules or pairs (name, Module), not "
                f"{type(modules).__name__}"
            )
        for name, module in pairs:
            self.add_module(name, module)

    def _require(self, name: Any) -> None:
        if name not in self:
            raise KeyError(f"ModuleDict: there is no module {name!r} (legal: {list(self)})")

    def __getitem__(self, name: str) -> Module:
        self._require(name)
        return self._modules[name]  # type: ignore[no-any-return]

    def __setitem__(self, name: str, module: Module) -> None:
        self.add_module(name, module)

    def __delitem__(self, name: str) -> None:
        self._require(name)
        del self._modules[name]

    def __contains__(self, name: object) -> bool:
        return name in self._modules

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return self._modules.keys()

    def values(self) -> Iterable[Module]:
        """Return the modules."""
        return self._modules.values()

    def items(self) -> Iterable[tuple[str, Module]]:
        """Return pairs of name and module."""
        return self._modules.items()

    def get(self, name: str, default: Any = None) -> Any:
        """Return the module of a name, or the default if there is none."""
        return self._modules.get(name, default)

    def pop(self, name: str) -> Module:
        """Remove the module of a name, and return it. Raises KeyError if there is none."""
        module = self[name]
        del self[name]
        return module

    def clear(self) -> None:
        """Remove all modules."""
        self._modules.clear()

    def update(self, modules: Any) -> None:
        """Add the modules of a dict, or of pairs of name and module; they replace equal names."""
        self._add("ModuleDict.update", modules)

    def __or__(self, other: Any) -> Self:
        result = type(self)(self)
        result.update(other)
        return result
