"""A module is a function with parameters: what you assign to its attributes is what it owns.

A parameter is an attribute that is a `Parameter`, a child is an attribute that is a `Module`, and a
buffer is an attribute whose name was registered. Everything else here walks that tree, and names
are the paths through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self, TypeVar

from minigan.autograd import Tensor
from minigan.autograd.dtypes import as_dtype
from minigan.functions import zeros
from minigan.nn.state import Keys, load

T = TypeVar("T")


class Parameter(Tensor):
    """A tensor that a module learns: a leaf that requires grad, found by `Module.parameters`.

    Raises TypeError for data that cannot be a tensor, or that are integers and required to have a
    gradient.
    """

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True) -> None:
        super().__init__(data, requires_grad)

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


def learned(function: str, *shape: int, dtype: Any = None, device: str | None = None) -> Parameter:
    """Return a parameter of zeros, float32 by default.

    Raises TypeError for a dtype that is not a float.
    """
    kind = as_dtype(dtype or "float32", function)
    if kind.kind != "f":
        raise TypeError(f"{function}: dtype={kind} must be a float: weights are real numbers")
    return Parameter(zeros(*shape, dtype=kind, device=device))


class Module:
    """The base of all layers and models: define `__init__` (calling `super().__init__()` first) and
    `forward`.

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

    training: bool

    def __init__(self) -> None:
        self._buffers: dict[str, bool] = {}  # name: whether it belongs to the state_dict
        self._computed: dict[
            str, Callable[[Any], Tensor]
        ] = {}  # attributes made anew for every call
        self.training = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The function itself; to be defined by the subclass."""
        raise NotImplementedError(f"{type(self).__name__} defines no forward(self, input)")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """forward, once the attributes that are computed from parameters (see spectral_norm) are up
        to date.
        """
        computed = vars(self).get("_computed")
        if computed is None:
            raise RuntimeError(f"{type(self).__name__}.__init__ must call super().__init__() first")
        for name, compute in computed.items():
            vars(self)[name] = compute(self)
        try:
            return self.forward(*args, **kwargs)
        finally:
            for name in computed:  # the graph belongs to the call, not to the module
                vars(self)[name] = vars(self)[name].detach()

    # --------------------------------------------------------------------------------- what it owns

    def __setattr__(self, name: str, value: Any) -> None:
        owned = isinstance(value, Parameter | Module)
        if owned and "_buffers" not in vars(self):
            raise RuntimeError(
                f"{type(self).__name__}.__init__ must call super().__init__() before setting {name}"
            )
        old = vars(self).get(name)
        if old is not None and value is not None:
            kinds: list[type] = [Tensor] if name in self._buffers else [Parameter, Module]
            kind = next((kind for kind in kinds if isinstance(old, kind)), None)
            if kind is not None and not isinstance(value, kind):
                raise TypeError(
                    f"{type(self).__name__}.{name} is a {kind.__name__} and cannot become a "
                    f"{type(value).__name__} "
                    f"(legal: a {kind.__name__} or None)"
                )
        super().__setattr__(name, value)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set an attribute to a Parameter, or to None where a parameter may be.

        Raises for a name already in use.
        """
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"register_parameter: {name} must be a Parameter or None, not "
                f"{type(param).__name__}"
            )
        setattr(self, self._free("register_parameter", name), param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Set an attribute to a tensor that is state but is not learned; persistent: it belongs to
        the state_dict.
        """
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"register_buffer: {name} must be a Tensor or None, not {type(tensor).__name__}"
            )
        setattr(self, self._free("register_buffer", name), tensor)
        self._buffers[name] = persistent

    def register_module(self, name: str, module: Module | None) -> None:
        """Set an attribute to a child, under a name that need not be an identifier."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(
                f"add_module: {name} must be a Module or None, not {type(module).__name__}"
            )
        setattr(self, self._free("add_module", name), module)

    add_module = register_module

    def _free(self, function: str, name: str) -> str:
        if "_buffers" not in vars(self):
            raise RuntimeError(
                f"{type(self).__name__}.__init__ must call super().__init__() before {function}"
            )
        if not isinstance(name, str):
            raise TypeError(f"{function}: name={name!r} must be a string")
        taken = hasattr(self, name) and not isinstance(
            vars(self).get(name, name), Tensor | Module | None
        )
        if not name or "." in name or taken:
            raise ValueError(f"{function}: name={name!r} must be new, not empty and without dots")
        return name

    def _own(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """Its own attributes of a kind, in the order in which they were first set; Tensor stands
        for buffers.
        """
        for name, value in vars(self).items():
            if isinstance(value, kind) and (kind is not Tensor or name in self._buffers):
                yield name, value

    def named_modules(
        self, memo: set[int] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Itself and all descendants, parents first, with the paths to them; each module once,
        unless told.
        """
        memo = set() if memo is None else memo
        if id(self) not in memo:
            if remove_duplicate:
                memo.add(id(self))
            yield prefix, self
            for name, child in self._own(Module):
                yield from child.named_modules(memo, _join(prefix, name), remove_duplicate)

    def _named(
        self,
        kinds: tuple[type[Tensor], ...],
        prefix: str = "",
        recurse: bool = True,
        once: bool = True,
    ) -> Iterator[tuple[str, Module, str]]:
        """(path, module, attribute) of its parameters or buffers, each tensor once unless told."""
        seen: set[int] = set()
        modules = (
            self.named_modules(prefix=prefix, remove_duplicate=once)
            if recurse
            else iter([(prefix, self)])
        )
        for path, module in modules:
            for kind in kinds:
                for name, tensor in module._own(kind):
                    if not (once and id(tensor) in seen):
                        seen.add(id(tensor))
                        yield _join(path, name), module, name

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Its parameters and those of its descendants with their paths; each parameter once, unless
        told.
        """
        for path, module, name in self._named((Parameter,), prefix, recurse, remove_duplicate):
            yield path, getattr(module, name)

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Its buffers and those of its descendants with their paths; each buffer once, unless
        told.
        """
        for path, module, name in self._named((Tensor,), prefix, recurse, remove_duplicate):
            yield path, getattr(module, name)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Its children with their names, each once."""
        seen: set[int] = set()
        for name, child in self._own(Module):
            if id(child) not in seen:
                seen.add(id(child))
                yield name, child

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Its parameters and those of its descendants, each once: what an optimizer takes."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Its buffers and those of its descendants, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def children(self) -> Iterator[Module]:
        """Its children, each once."""
        return (child for _, child in self.named_children())

    def modules(self) -> Iterator[Module]:
        """Itself and all descendants, each once, parents first."""
        return (module for _, module in self.named_modules())

    def get_submodule(self, target: str) -> Module:
        """The descendant at a path such as "main.3"; itself at "".

        Raises AttributeError if there is none.
        """
        module = self
        for name in target.split(".") if target else ():
            children = dict(module._own(Module))
            if name not in children:
                raise AttributeError(
                    f"get_submodule: {target!r} has no {name!r} on its way (legal: "
                    f"{list(children)})"
                )
            module = children[name]
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as "main.3.weight".

        Raises AttributeError if there is none.
        """
        return self._get("get_parameter", Parameter, target)

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path such as "main.1.running_mean".

        Raises AttributeError if there is none.
        """
        return self._get("get_buffer", Tensor, target)

    def _get(self, function: str, kind: type[T], target: str) -> T:
        path, _, name = target.rpartition(".")
        found = dict(self.get_submodule(path)._own(kind))
        if name not in found:
            raise AttributeError(
                f"{function}: nothing is at {target!r} (legal there: {list(found)})"
            )
        return found[name]

    # ------------------------------------------------------------------------------------ its state

    def _state(self, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
        for path, module, name in self._named((Parameter, Tensor), prefix, once=False):
            if module._buffers.get(name, True):
                yield path, getattr(module, name)

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> dict[str, Tensor]:
        """Parameters and persistent buffers by their paths, sharing memory; detached, unless
        `keep_vars`.

        The keys are PyTorch's.
        """
        return {
            name: x if keep_vars else x.detach()
            for name, x in self._state(prefix.removesuffix("."))
        }

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> Keys:
        """Copy numbers into its parameters and buffers by name, in place, cast to the dtype that is
        there.

        Values are tensors, arrays, or PyTorch's tensors. Raises RuntimeError listing what is
        missing or unexpected (unless `strict=False`) and every shape that differs; then nothing has
        been loaded.
        """
        return load(type(self).__name__, dict(self._state()), state_dict, strict)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters: set them to None, or to zeros."""
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad = parameter.grad.detach() * 0.0

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let all parameters require grad, or none."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def train(self, mode: bool = True) -> Self:
        """Put it and all descendants into training mode (dropout drops, batch norm uses the batch),
        or out of it.
        """
        if not isinstance(mode, bool):
            raise ValueError(f"train: mode={mode!r} must be True or False")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Put it and all descendants into evaluation mode."""
        return self.train(False)

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call fn on every descendant, then on itself."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # ----------------------------------------------------------------------------- dtype and device

    def to(self, *args: Any, dtype: Any = None, device: str | None = None) -> Self:
        """Its float parameters and buffers in another dtype, all of them on another device:
        `to("cuda", "float64")`.

        The parameters stay the same objects. Raises TypeError for a dtype that is no float.
        """
        for arg in args:
            if isinstance(arg, Tensor):
                dtype, device = arg.dtype, arg.device
            elif isinstance(arg, str) and arg.partition(":")[0] in ("cpu", "cuda"):
                device = arg
            elif arg is not None:
                dtype = arg
        target = None if dtype is None else as_dtype(dtype, "Module.to")
        if target is not None and target.kind != "f":
            raise TypeError(f"Module.to: dtype={target} must be a float: weights are real numbers")
        for x in (*self.parameters(), *self.buffers()):
            for one in (x, *([] if x.grad is None else [x.grad])):
                moved = one.detach().to(
                    dtype=target if one.dtype.kind == "f" else None, device=device
                )
                if moved.data is not one.data:
                    one.data = moved
        return self

    def float(self) -> Self:
        """Its float parameters and buffers as float32."""
        return self.to(dtype="float32")

    def double(self) -> Self:
        """Its float parameters and buffers as float64."""
        return self.to(dtype="float64")

    def half(self) -> Self:
        """Its float parameters and buffers as float16."""
        return self.to(dtype="float16")

    def cpu(self) -> Self:
        """In the CPU's memory."""
        return self.to(device="cpu")

    def cuda(self) -> Self:
        """In the current GPU's memory."""
        return self.to(device="cuda")

    # ----------------------------------------------------------------------------------------- repr

    def extra_repr(self) -> str:
        """Its settings as arguments, for repr."""
        return ""

    def __repr__(self) -> str:
        children = [
            f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self._own(Module)
        ]
        inside = [*([self.extra_repr()] if self.extra_repr() else []), *children]
        body = "\n  " + "\n  ".join(inside) + "\n" if children else "".join(inside)
        shapes = ", ".join(f"{name} {parameter.shape}" for name, parameter in self._own(Parameter))
        total = sum(parameter.numel() for parameter in self.parameters())
        count = f"{shapes}{': ' if shapes else ''}{total:,} parameters"
        return f"{type(self).__name__}({body})" + (f"  # {count}" if total else "")


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
