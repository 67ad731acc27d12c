"""Lists and dicts of parameters, which `Module.parameters` finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from minigan.autograd import Tensor
from minigan.nn.module import Module
from minigan.nn.numbered import Numbered
from minigan.nn.parameter import Parameter

__all__ = ["ParameterList", "ParameterDict"]


def _parameter(function: str, where: str, value: Any) -> Parameter:
    """Return the value as a Parameter. Raises TypeError if it is not a Tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{function}: {where} must be a Parameter or a Tensor, not {type(value).__name__}"
        )
    return value if isinstance(value, Parameter) else Parameter(value)


def _shapes(items: Iterable[tuple[str, Parameter]]) -> str:
    return ", ".join(f"({name}): {tuple(p.shape)} {p.dtype}" for name, p in items)


class ParameterList(Numbered, Module):
    """A list of parameters, with the methods of a list; a Tensor becomes a Parameter.

    Raises TypeError if an item is not a Tensor.

    >>> import minigan
    >>> scales = ParameterList([minigan.ones(2), minigan.ones(3)])
    >>> len(scales), scales[1].requires_grad, list(scales.state_dict())
    (2, True, ['0', '1'])
    """

    _kind = "parameters"

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._extend("ParameterList", () if values is None else values)

    def _checked(self, function: str, i: int, item: Any) -> Parameter:
        return _parameter(function, f"item {i}", item)

    def _items(self) -> dict[str, Any]:
        return dict(self._own(Parameter))

    def _set_items(self, items: Mapping[str, Any]) -> None:
        self._parameters = items

    def _part(self, items: Mapping[str, Any]) -> ParameterList:
        return type(self)(items.values())

    def extra_repr(self) -> str:
        """Return shapes and dtypes as text."""
        return _shapes(self._items().items())


class ParameterDict(Module):
    """A dict of parameters, with the methods of a dict; a Tensor becomes a Parameter.

    Raises KeyError that lists the names if there is none of a name, and TypeError if a value is not
    a Tensor.

    >>> import minigan
    >>> weights = ParameterDict({"up": minigan.ones(2)})
    >>> weights["down"] = minigan.zeros(3)
    >>> list(weights), list(weights.state_dict())
    (['up', 'down'], ['up', 'down'])
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self.update({} if parameters is None else parameters)

    def __getitem__(self, name: str) -> Parameter:
        if name not in self._parameters:
            raise KeyError(f"ParameterDict: there is no parameter {name!r} (legal: {list(self)})")
        return self._parameters[name]  # type: ignore[no-any-return]

    def __setitem__(self, name: str, value: Any) -> None:
        self.register_parameter(name, _parameter("ParameterDict", str(name), value))

    def __delitem__(self, name: str) -> None:
        _ = self[name]
        del self._parameters[name]

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return self._parameters.keys()

    def values(self) -> Iterable[Parameter]:
        """Return the parameters."""
        return self._parameters.values()

    def items(self) -> Iterable[tuple[str, Parameter]]:
        """Return pairs of name and parameter."""
        return self._parameters.items()

    def get(self, name: str, default: Any = None) -> Any:
        """Return the parameter of a name, or the default if there is none."""
        return self._parameters.get(name, default)

    def setdefault(self, name: str, default: Any = None) -> Parameter:
        """Return the parameter of a name; if there is none, set the default first."""
        if name not in self:
            self[name] = default
        return self[name]

    def pop(self, name: str) -> Parameter:
        """Remove the parameter of a name, and return it. Raises KeyError if there is none."""
        parameter = self[name]
        del self[name]
        return parameter

    def popitem(self) -> tuple[str, Parameter]:
        """Remove the last parameter; return its name and it. Raises KeyError if there is none."""
        if not len(self):
            raise KeyError("ParameterDict.popitem: the dict is empty")
        name = list(self)[-1]
        return name, self.pop(name)

    def clear(self) -> None:
        """Remove all parameters."""
        self._parameters.clear()

    def copy(self) -> ParameterDict:
        """Return another dict with the same parameters."""
        return type(self)(self)

    def update(self, parameters: Any) -> None:
        """Add the parameters of a dict, or of pairs of name and parameter."""
        pairs = parameters.items() if hasattr(parameters, "items") else parameters
        for name, value in pairs:
            self[name] = value

    def __or__(self, other: Any) -> Self:
        result = type(self)(self)
        result.update(other)
        return result

    def extra_repr(self) -> str:
        """Return shapes and dtypes as text."""
        return _shapes(self.items())
