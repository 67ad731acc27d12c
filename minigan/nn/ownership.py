"""What a module owns: its parameters, its buffers and its child modules, each by its name.

All of them are ordinary attributes of the module, so reading one costs no more than reading any
attribute. Beside them the module keeps, for each name, of which kind it is. A *buffer* is a tensor
that belongs to the state but is not learned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from minigan.autograd import Tensor
from minigan.checks import boolean
from minigan.nn.absent import no_attribute
from minigan.nn.parameter import Parameter


class Owned(MutableMapping[str, Any]):
    """The parameters, buffers or children of a module as a dict, which reads and writes the module.

    It is what PyTorch calls `_parameters`, `_buffers` and `_modules`. A name that was registered
    with None stays in the dict, with the value None.

    >>> from minigan import nn
    >>> net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    >>> net._modules["1"] = nn.Tanh()
    >>> net[1], list(net._modules), list(net[0]._parameters)
    (Tanh(), ['0', '1'], ['weight', 'bias'])
    """

    def __init__(self, owner: Owner, kind: type) -> None:
        self._owner, self._kind = owner, kind

    def __getitem__(self, name: str) -> Any:
        self._require(name)
        return vars(self._owner)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if value is not None and not isinstance(value, self._kind):
            raise TypeError(
                f"{type(self._owner).__name__}: {name} must be a {_NAMES[self._kind]} or None, not "
                f"{type(value).__name__}"
            )
        self._owner._note(name, self._kind)
        vars(self._owner)[name] = value

    def __delitem__(self, name: str) -> None:
        self._require(name)
        delattr(self._owner, name)

    def __iter__(self) -> Iterator[str]:
        kinds = self._owner._kinds
        return iter([name for name, kind in kinds.items() if kind is self._kind])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> Any:
        return dict, (dict(self),)  # a copy is a plain dict

    def _require(self, name: str) -> None:
        if self._owner._kinds.get(name) is not self._kind:
            raise KeyError(
                f"{type(self._owner).__name__} has no {_NAMES[self._kind]} {name!r} (legal: "
                f"{list(self)})"
            )


class Owner:
    """The base of Module that keeps what the module owns."""

    _kinds: dict[str, type]  # by name: Parameter, Owner for a child, or Tensor for a buffer
    _non_persistent_buffers_set: set[str]  # names of buffers that are not in the state_dict

    def __init__(self) -> None:
        self._kinds, self._non_persistent_buffers_set = {}, set()

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self._note(name, Parameter)
        elif (old := vars(self).get("_kinds", {}).get(name)) is not None and value is not None:
            child = isinstance(value, Owner)
            if not (isinstance(value, old) or (child and old is Tensor)):
                raise TypeError(
                    f"{type(self).__name__}.{name} is a {_NAMES[old]} and cannot become a "
                    f"{type(value).__name__} (legal: a {_NAMES[old]} or None)"
                )
            if child:
                self._note(name, Owner)
        elif isinstance(value, Owner):
            self._note(name, Owner)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        vars(self).get("_kinds", {}).pop(name, None)
        vars(self).get("_non_persistent_buffers_set", set()).discard(name)

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes, with copies of the dicts of names: a copy has names of its own."""
        own = (dict, set)
        return {
            name: value.copy() if name.startswith("_") and isinstance(value, own) else value
            for name, value in vars(self).items()
        }

    def _note(self, name: str, kind: type) -> None:
        """Note the kind of an attribute that is set now."""
        if "_kinds" not in vars(self):
            raise self._not_initialized(f"before setting {name}")
        if self._kinds.get(name) is not kind:
            self._kinds.pop(name, None)
            self._kinds[name] = kind
        self._non_persistent_buffers_set.discard(name)

    def _own(self, kind: type) -> Iterator[tuple[str, Any]]:
        """Yield its own attributes of a kind that are not None, in the order of creation."""
        attributes = vars(self)
        for name, its_kind in list(self._kinds.items()):
            if its_kind is kind and (value := attributes.get(name)) is not None:
                yield name, value

    @property
    def _parameters(self) -> Owned:
        """The module's own parameters: a dict that reads and writes the module."""
        return Owned(self, Parameter)

    @_parameters.setter
    def _parameters(self, values: Mapping[str, Any]) -> None:
        _replace(self._parameters, values)

    @property
    def _buffers(self) -> Owned:
        """The module's own buffers: a dict that reads and writes the module."""
        return Owned(self, Tensor)

    @_buffers.setter
    def _buffers(self, values: Mapping[str, Any]) -> None:
        _replace(self._buffers, values)

    @property
    def _modules(self) -> Owned:
        """The module's children: a dict that reads and writes the module."""
        return Owned(self, Owner)

    @_modules.setter
    def _modules(self, values: Mapping[str, Any]) -> None:
        _replace(self._modules, values)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set an attribute to a Parameter, or to None if there is none.

        Raises TypeError if it is neither, and ValueError if the name is not legal or in use.
        """
        self._register("register_parameter", name, param, Parameter)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Set an attribute to a tensor that is state but is not learned, or to None.

        A persistent buffer belongs to the state_dict. Raises as `register_parameter`.
        """
        persistent = boolean("register_buffer", "persistent", persistent)
        self._register("register_buffer", name, tensor, Tensor)
        if not persistent:
            self._non_persistent_buffers_set.add(name)

    def register_module(self, name: str, module: Any) -> None:
        """Set an attribute to a child, or to None; its name need not be an identifier.

        Raises as `register_parameter`.
        """
        self._register("add_module", name, module, Owner)

    add_module = register_module

    def _register(self, function: str, name: str, value: Any, kind: type) -> None:
        """Set a new attribute to a value of this kind, or to None."""
        if value is not None and not isinstance(value, kind):
            raise TypeError(
                f"{function}: {name} must be a {_NAMES[kind]} or None, not {type(value).__name__}"
            )
        if "_kinds" not in vars(self):
            raise self._not_initialized(f"before {function}")
        if not isinstance(name, str):
            raise TypeError(f"{function}: name={name!r} must be a string")
        old = vars(self).get(name, name)  # a tensor, a module or None may be replaced
        taken = hasattr(self, name) and not isinstance(old, Tensor | Owner | None)
        if not name or "." in name or taken:
            raise ValueError(f"{function}: name={name!r} must be new, not empty and without dots")
        self._note(name, kind)
        vars(self)[name] = value

    def _not_initialized(self, when: str) -> RuntimeError:
        return RuntimeError(f"{type(self).__name__}.__init__ must call super().__init__() {when}")


_NAMES = {Parameter: "Parameter", Tensor: "Tensor", Owner: "Module"}


def _replace(owned: Owned, values: Mapping[str, Any]) -> None:
    """Make the values all that the module owns of this kind."""
    values = dict(values)
    owned.clear()
    owned.update(values)


# Set here and not in the class: type checkers shall still find misspelt attributes.
Owner.__getattr__ = no_attribute  # type: ignore[attr-defined]
