"""A module is a function with parameters; it may contain other modules.

Its attributes say what it owns. An attribute that is a `Parameter` is learned, and an attribute
that is a `Module` is a child (see `ownership`). The methods here walk over this tree. The path
through the tree, such as "main.3.weight", is the name of a tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self, TypeVar

from minigan.autograd import Tensor
from minigan.checks import boolean
from minigan.nn.conversion import Convertible
from minigan.nn.ownership import Owner
from minigan.nn.parameter import Parameter
from minigan.nn.state import Keys, load

__all__ = ["Module"]

T = TypeVar("T")


class Module(Owner, Convertible):
    """The base class of layers and models.

    A subclass defines `__init__`, which calls `super().__init__()` first, and `forward`. The base
    class adds `to`, `float`, `double`, `half`, `cpu` and `cuda`.

    >>> from minigan import nn
    >>> class Double(nn.Module):
    ...     def forward(self, x):
    ...         return x * 2
    >>> nn.Sequential(nn.Linear(3, 2), Double())
    Sequential(
      (0): Linear(in_features=3, out_features=2, bias=True)  # weight (2, 3), bias (2,): 8
      parameters (1): Double()
    )  # 8 parameters
    """

    training: bool  # in training mode dropout drops numbers and batch norm uses the batch

    def __init__(self) -> None:
        super().__init__()
        self._computed: dict[str, Callable[[Any], Tensor]] = {}  # attributes computed in each call
        self.training = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output for the inputs; the subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} defines no forward(self, input)")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return forward of the arguments.

        Attributes that are computed from parameters, as by spectral_norm, are computed first.
        """
        computed = vars(self).get("_computed")
        if computed is None:
            raise self._not_initialized("first")
        if not computed:
            return self.forward(*args, **kwargs)
        for name, compute in computed.items():
            vars(self)[name] = compute(self)
        try:
            return self.forward(*args, **kwargs)
        finally:
            for name in computed:  # the graph belongs to the call, not to the module
                vars(self)[name] = vars(self)[name].detach()

    def train(self, mode: bool = True) -> Self:
        """Put the module and all descendants into training mode (False: evaluation mode).

        Raises ValueError if mode is not a bool.
        """
        if not isinstance(mode, bool):
            raise ValueError(f"train: mode={mode!r} must be True or False")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Put the module and all descendants into evaluation mode."""
        return self.train(False)

    # -------------------------------------------------------------------------- walks over the tree

    def named_modules(
        self, memo: set[int] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Yield (path, module) for the module and its descendants, parents first.

        A module with several paths appears once; with remove_duplicate=False, at each path.
        """
        memo = set() if memo is None else memo
        if id(self) not in memo:
            if remove_duplicate:
                memo.add(id(self))
            yield prefix, self
            for name, child in self._own(Owner):
                yield from child.named_modules(memo, _join(prefix, name), remove_duplicate)

    def _named(
        self, kind: type[T], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, T]]:
        """Yield (path, tensor) for the parameters or buffers of the module and its descendants."""
        seen: set[int] = set()
        everything = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        for path, module in everything if recurse else [(prefix, self)]:
            for name, tensor in module._own(kind):
                if not (remove_duplicate and id(tensor) in seen):
                    seen.add(id(tensor))
                    yield _join(path, name), tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield (path, parameter) for the parameters of the module and its descendants, each once.

        With recurse=False only the module's own; with remove_duplicate=False at each path.
        """
        return self._named(Parameter, prefix, recurse, remove_duplicate)

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield (path, buffer), with the arguments of `named_parameters`."""
        return self._named(Tensor, prefix, recurse, remove_duplicate)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield (name, child) for the children, each once."""
        seen: set[int] = set()
        for name, child in self._own(Owner):
            if id(child) not in seen:
                seen.add(id(child))
                yield name, child

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield the parameters of the module and its descendants, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Yield the buffers of the module and its descendants, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def children(self) -> Iterator[Module]:
        """Yield the children, each once."""
        return (child for _, child in self.named_children())

    def modules(self) -> Iterator[Module]:
        """Yield the module and its descendants, each once, parents first."""
        return (module for _, module in self.named_modules())

    def get_submodule(self, target: str) -> Module:
        """Return the descendant at a path such as "main.3", and the module itself at "".

        Raises AttributeError if there is none.
        """
        module = self
        for name in target.split(".") if target else ():
            children = dict(module._own(Owner))
            if name not in children:
                raise AttributeError(
                    f"get_submodule: {target!r} has no {name!r} on its way (legal: "
                    f"{list(children)})"
                )
            module = children[name]
        return module

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter at a path such as "main.3.weight", or raise AttributeError."""
        return self._get("get_parameter", Parameter, target)

    def get_buffer(self, target: str) -> Tensor:
        """Return the buffer at a path such as "main.1.running_mean", or raise AttributeError."""
        return self._get("get_buffer", Tensor, target)

    def _get(self, function: str, kind: type[T], target: str) -> T:
        path, _, name = target.rpartition(".")
        found = dict(self.get_submodule(path)._own(kind))
        if name not in found:
            raise AttributeError(
                f"{function}: nothing is at {target!r} (legal there: {list(found)})"
            )
        return found[name]  # type: ignore[no-any-return]

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call fn on every descendant, children before parents, and on the module last."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # ------------------------------------------------------------------------------------ its state

    def _state(self, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
        """Yield (path, tensor) for all parameters and persistent buffers, module by module."""
        for path, module in self.named_modules(prefix=prefix, remove_duplicate=False):
            for name, tensor in (*module._own(Parameter), *module._own(Tensor)):
                if name not in module._non_persistent_buffers_set:
                    yield _join(path, name), tensor

    def state_dict(
        self,
        destination: dict[str, Tensor] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> dict[str, Tensor]:
        """Return parameters and persistent buffers by their paths, under PyTorch's keys.

        The tensors share their memory with the module; they are detached, unless `keep_vars`. They
        are added to `destination`, if it is given. Raises TypeError if keep_vars is not a bool.
        """
        keep_vars = boolean("state_dict", "keep_vars", keep_vars)
        state = {} if destination is None else destination
        for name, x in self._state(prefix.removesuffix(".")):
            state[name] = x if keep_vars else x.detach()
        return state

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Keys:
        """Copy numbers into parameters and buffers by their paths, in place, in their dtypes.

        The values are tensors, arrays or tensors of PyTorch. With `assign` the tensors take over
        their dtype and memory instead. Returns the missing and the unexpected keys. Raises
        RuntimeError that lists them (unless `strict` is False) and every shape that differs, and
        TypeError if a value is not a tensor; then nothing is loaded. What older and newer versions
        of PyTorch call differently is found under both names.
        """
        boolean("load_state_dict", "strict", strict), boolean("load_state_dict", "assign", assign)
        return load(type(self).__name__, dict(self._state()), state_dict, strict, assign)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of all parameters to None, or to zeros.

        Raises TypeError if set_to_none is not a bool.
        """
        boolean("zero_grad", "set_to_none", set_to_none)
        for parameter in self.parameters():
            parameter.grad = None if set_to_none else _zeros(parameter.grad)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set whether all parameters require grad. Raises TypeError if it is not a bool."""
        boolean("requires_grad_", "requires_grad", requires_grad)
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def extra_repr(self) -> str:
        """Return the settings as text, for `repr`."""
        return ""

    def _lines(self) -> list[str]:
        """Return the children as text, for `repr`."""
        return [f"({name}): {child!r}" for name, child in self._own(Owner)]

    def __repr__(self) -> str:
        children = [line.replace("\n", "\n  ") for line in self._lines()]
        inside = [*([self.extra_repr()] if self.extra_repr() else []), *children]
        body = "\n  " + "\n  ".join(inside) + "\n" if children else "".join(inside)
        shapes = ", ".join(f"{name} {parameter.shape}" for name, parameter in self._own(Parameter))
        total = sum(parameter.numel() for parameter in self.parameters())
        count = f"{shapes}{': ' if shapes else ''}{total:,} parameters"
        return f"{type(self).__name__}({body})" + (f"  # {count}" if total else "")


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _zeros(gradient: Tensor | None) -> Tensor | None:
    """Return the gradient with its numbers replaced by zeros, outside the graph."""
    return None if gradient is None else gradient.detach().zero_()
