"""The base of layers without parameters: a function, and its keyword arguments as fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, dataclass_transform

from minigan.autograd import Tensor
from minigan.checks import boolean, integer, number
from minigan.nn.module import Module


@dataclass_transform(eq_default=False)
class Function(Module):
    """The base of layers without parameters.

    A subclass names a `function` and, as fields, the keyword arguments that it is called with. The
    fields are also the arguments of the class, as in a dataclass. Fields declared as `float`, `int`
    and `bool` are checked when the layer is made, and the subclass may add a `check`. Raises
    TypeError or ValueError if a setting is not legal.

    >>> from minigan.nn import functional as F
    >>> class Leaky(Function):
    ...     function = F.leaky_relu
    ...     negative_slope: float = 0.2
    >>> Leaky(0.1)
    Leaky(negative_slope=0.1)
    """

    function: ClassVar[Callable[..., Any]]
    settings: ClassVar[tuple[str, ...]] = ()
    shown: ClassVar[tuple[str, ...] | None] = None  # the settings that repr shows, in any case

    def __init_subclass__(cls) -> None:
        dataclass(eq=False, repr=False)(cls)
        cls.settings = tuple(field.name for field in fields(cls))  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        super().__init__()
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if field.type == "float":
                number(type(self).__name__, field.name, value)
            elif field.type == "int":
                integer(type(self).__name__, field.name, value)
            elif field.type == "bool" or (field.type == "bool | None" and value is not None):
                boolean(type(self).__name__, field.name, value)
        self.check()

    def check(self) -> None:
        """Raise ValueError or TypeError if the settings are not legal."""

    def forward(self, *inputs: Any) -> Any:
        """Return the function of the inputs, with the settings."""
        return type(self).function(*inputs, **{name: getattr(self, name) for name in self.settings})

    def extra_repr(self) -> str:
        """Return the settings as text: those of `shown`, or all but tensors, None and False."""
        if self.shown is not None:
            return ", ".join(f"{name}={getattr(self, name)!r}" for name in self.shown)
        values = {name: getattr(self, name) for name in self.settings}
        hidden = (Tensor, type(None))
        return ", ".join(
            f"{name}={value!r}"
            for name, value in values.items()
            if value is not False and not isinstance(value, hidden)
        )
