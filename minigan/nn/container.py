"""Containers: modules that hold modules, in sequence, in a list, or by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from minigan.nn.activation import LeakyReLU, ReLU
from minigan.nn.linear import Linear
from minigan.nn.module import Module
from minigan.nn.ownership import Owner
from minigan.nn.normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d
from minigan.threads import one_blas_thread

__all__ = ["Sequential", "ModuleList", "ModuleDict"]


class _Numbered(Module):
    """The base of containers whose children are named "0", "1", ..., with indices and slices."""

    def _extend(self, function: str, modules: Iterable[Any]) -> None:
        if not isinstance(modules, Iterable):
            raise TypeError(
                f"{function}: modules must be an iterable of Modules, not {type(modules).__name__}"
            )
        for module in modules:
            if not isinstance(module, Module):
                raise TypeError(
                    f"{function}: item {len(self)} must be a Module, not {type(module).__name__}"
                )
            self.add_module(str(len(self)), module)

    def append(self, module: Module) -> Self:
        """Add a module at the end, and return the container."""
        self._extend(f"{type(self).__name__}.append", [module])
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add several modules at the end, and return the container."""
        self._extend(f"{type(self).__name__}.extend", modules)
        return self

    def __len__(self) -> int:
        return sum(1 for _ in self._own(Owner))

    def __iter__(self) -> Iterator[Module]:
        return (module for _, module in self._own(Owner))

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self._part(list(self._own(Owner))[index])
        return getattr(self, self._name(index))

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, self._name(index), module)

    def _part(self, items: list[tuple[str, Module]]) -> Module:
        raise NotImplementedError

    def _name(self, index: Any) -> str:
        names: list[str] = [name for name, _ in self._own(Owner)]
        if isinstance(index, bool) or not hasattr(index, "__index__"):
            raise TypeError(f"{type(self).__name__}: index {index!r} must be an integer")
        if not -len(names) <= index < len(names):
            raise IndexError(
                f"{type(self).__name__}: index {index} is out of range for {len(names)} modules"
            )
        return names[int(index)]


class Sequential(_Numbered):
    """Modules in sequence: `Sequential(a, b)(x)` is `b(a(x))`.

    The modules are arguments, or one dict of names and modules. A linear layer or a batch norm and
    the ReLU or LeakyReLU after it are computed by one op; the numbers are the same up to rounding,
    and so is the state_dict. `fuse=False` switches this off. Raises TypeError if an argument is not
    a Module.

    >>> import minigan
    >>> Sequential(Linear(2, 3), ReLU(), Linear(3, 1))(minigan.ones(5, 2)).shape
    (5, 1)
    """

    def __init__(self, *modules: Module | Mapping[str, Module], fuse: bool = True) -> None:
        super().__init__()
        self.fuse = fuse
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            for name, module in modules[0].items():
                self.add_module(name, module)
        else:
            self._extend("Sequential", modules)

    def _part(self, items: list[tuple[str, Module]]) -> Sequential:
        return Sequential(dict(items), fuse=self.fuse)

    def forward(self, input: Any) -> Any:
        """Return the input passed through all modules."""
        modules = iter(list(self))
        module = next(modules, None)
        with one_blas_thread:  # set once here, because each matrix product would set it again
            while module is not None:
                following = next(modules, None)
                slope = _fused_slope(module, following) if self.fuse else None
                if slope is None:
                    input, module = module(input), following
                else:
                    input, module = module(input, slope), next(modules, None)
        return input


def _fused_slope(module: Module, following: Module | None) -> float | None:
    """Return the negative slope of the activation if one op can compute both modules, else None."""
    if type(module) not in (Linear, BatchNorm1d, BatchNorm2d, BatchNorm3d):
        return None
    if "forward" in vars(module) or (following is not None and "forward" in vars(following)):
        return None  # a user has replaced a forward, perhaps to watch it
    if type(following) is LeakyReLU and 0 <= following.negative_slope <= 1:
        return following.negative_slope
    return 0.0 if type(following) is ReLU else None


class ModuleList(_Numbered):
    """A list of modules whose parameters are found; the owner decides how they are called.

    Raises TypeError if an item is not a Module.

    >>> layers = ModuleList([Linear(2, 2), Linear(2, 2)])
    >>> len(layers), sum(p.numel() for p in layers.parameters())
    (2, 12)
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self._extend("ModuleList", () if modules is None else modules)

    def _part(self, items: list[tuple[str, Module]]) -> ModuleList:
        return ModuleList(module for _, module in items)


class ModuleDict(Module):
    """A dict of modules whose parameters are found.

    Raises KeyError that lists the names if there is none of a name.

    >>> ModuleDict({"up": Linear(2, 2), "act": ReLU()})["act"]
    ReLU()
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        if not isinstance(modules, Mapping | None):
            raise TypeError(
                f"ModuleDict: modules must be a dict of Modules, not {type(modules).__name__}"
            )
        for name, module in (modules or {}).items():
            self.add_module(name, module)

    def __getitem__(self, name: str) -> Module:
        if name not in self:
            raise KeyError(f"ModuleDict: there is no module {name!r} (legal: {list(self)})")
        return dict(self._own(Owner))[name]

    def __setitem__(self, name: str, module: Module) -> None:
        self.add_module(name, module)

    def __contains__(self, name: object) -> bool:
        return name in dict(self._own(Owner))

    def __len__(self) -> int:
        return len(dict(self._own(Owner)))

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._own(Owner))

    def keys(self) -> Iterator[str]:
        """Return the names."""
        return iter(self)

    def values(self) -> Iterator[Module]:
        """Return the modules."""
        return (module for _, module in self._own(Owner))

    def items(self) -> Iterator[tuple[str, Module]]:
        """Return pairs of name and module."""
        return self._own(Owner)
