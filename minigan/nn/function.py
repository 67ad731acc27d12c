"""A layer without parameters is a function with its settings: they are the fields of the class, and
its arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, dataclass_transform

from minigan.autograd import Tensor
from minigan.checks import integer, number
from minigan.nn.module import Module


@dataclass_transform(eq_default=False)
class Function(Module):
    """The base of layers without parameters: name a `function` and, as fields, the keyword
    arguments it is called with.

    Settings are checked by their types, and by `check`. Raises TypeError or ValueError.

    >>> from minigan.nn import functional as F
    >>> class Leaky(Function):
    ...     function = F.leaky_relu
    ...     negative_slope: float = 0.2
    >>> Leaky(0.1)
    Leaky(negative_slope=0.1)
    """

    function: ClassVar[Callable[..., Any]]
    settings: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        dataclass(eq=False, repr=False)(cls)
        cls.settings = tuple(field.name for field in fields(cls))  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        super().__init__()
        for field in fields(self):  # type: ignore[arg-type]
            if field.type == "float":
                number(type(self).__name__, field.name, getattr(self, field.name))
            elif field.type == "int":
                integer(type(self).__name__, field.name, getattr(self, field.name))
        self.check()

    def check(self) -> None:
        """Raise ValueError for settings that are not legal."""

    def forward(self, *inputs: Any) -> Any:
        """The function of the inputs, with the settings."""
        return type(self).function(*inputs, **{name: getattr(self, name) for name in self.settings})

    def extra_repr(self) -> str:
        """The settings, less tensors, and less those that are not given or off."""
        given = ((name, getattr(self, name)) for name in self.settings)
        shown = (
            (name, x) for name, x in given if not (x is None or x is False or isinstance(x, Tensor))
        )
        return ", ".join(f"{name}={value!r}" for name, value in shown)
