"""The methods of a list, for modules that keep their items under the names "0", "1", ..."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self

from minigan.checks import integer


class Numbered:
    """The base of containers with positions: indices, slices, and the methods of a list.

    The subclass says how items are read, checked and stored. When items are removed or inserted,
    all items are numbered anew, as in PyTorch.
    """

    _kind: ClassVar[str]  # what the items are, for errors

    def _items(self) -> dict[str, Any]:
        """Return all items by name, in order."""
        raise NotImplementedError

    def _set_items(self, items: Mapping[str, Any]) -> None:
        """Replace all items."""
        raise NotImplementedError

    def _checked(self, function: str, i: int, item: Any) -> Any:
        """Return the item if it is legal. Raises TypeError if it is not."""
        raise NotImplementedError

    def _part(self, items: Mapping[str, Any]) -> Self:
        """Return a new container with some of the items."""
        raise NotImplementedError

    def _extend(self, function: str, items: Any) -> None:
        if not isinstance(items, Iterable):
            kind = self._kind
            raise TypeError(
                f"{function}: {kind} must be an iterable of {kind.capitalize()}, not "
                f"{type(items).__name__}"
            )
        own = self._items()
        for i, item in enumerate(list(items), start=len(own)):
            own[str(i)] = self._checked(function, i, item)
        self._set_items(own)

    def _renumber(self, items: Iterable[Any]) -> None:
        self._set_items({str(i): item for i, item in enumerate(items)})

    def _name(self, index: Any) -> str:
        """Return the name of the item at an index; negative indices count from the end."""
        container = type(self).__name__
        names: list[str] = list(self._items())
        if isinstance(index, bool) or not hasattr(index, "__index__"):
            raise TypeError(f"{container}: index {index!r} must be an integer")
        if not -len(names) <= index < len(names):
            raise IndexError(
                f"{container}: index {index} is out of range for {len(names)} {self._kind}"
            )
        return names[int(index)]

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._items().values()))

    def __reversed__(self) -> Iterator[Any]:
        return iter(list(self._items().values())[::-1])

    def __contains__(self, item: object) -> bool:
        return any(item is own for own in self)

    def __getitem__(self, index: int | slice) -> Any:
        items = self._items()
        if isinstance(index, slice):
            return self._part(dict(list(items.items())[index]))
        return items[self._name(index)]

    def __setitem__(self, index: int | slice, item: Any) -> None:
        items, container = self._items(), type(self).__name__
        names = list(items)[index] if isinstance(index, slice) else [self._name(index)]
        values = list(item) if isinstance(index, slice) else [item]
        if len(names) != len(values):
            raise ValueError(
                f"{container}: {len(values)} {self._kind} cannot replace {len(names)}; the numbers "
                "must be equal (use insert or del)"
            )
        for name, value in zip(names, values, strict=True):
            items[name] = self._checked(container, list(items).index(name), value)
        self._set_items(items)

    def __delitem__(self, index: int | slice) -> None:
        items = self._items()
        names = list(items)[index] if isinstance(index, slice) else [self._name(index)]
        self._renumber(item for name, item in items.items() if name not in names)

    def append(self, item: Any) -> Self:
        """Add an item at the end, and return the container."""
        self._extend(f"{type(self).__name__}.append", [item])
        return self

    def extend(self, items: Iterable[Any]) -> Self:
        """Add several items at the end, and return the container."""
        self._extend(f"{type(self).__name__}.extend", items)
        return self

    def insert(self, index: int, item: Any) -> Self:
        """Insert an item before the one at the index, and return the container.

        The length is a legal index too. Raises IndexError if the index is out of range.
        """
        name, own = f"{type(self).__name__}.insert", list(self)
        if not -len(own) <= integer(name, "index", index) <= len(own):
            raise IndexError(
                f"{name}: index {index} is out of range for {len(own)} {self._kind} (legal: "
                f"{-len(own)}..{len(own)})"
            )
        own.insert(index, self._checked(name, index, item))
        self._renumber(own)
        return self

    def pop(self, index: int = -1) -> Any:
        """Remove the item at the index, by default the last one, and return it."""
        item = self[index]
        del self[index]
        return item

    def clear(self) -> None:
        """Remove all items."""
        self._set_items({})

    def __add__(self, other: Iterable[Any]) -> Self:
        if not isinstance(other, Iterable):
            return NotImplemented
        return self._copy().extend(other)

    def __iadd__(self, other: Iterable[Any]) -> Self:
        self._extend(f"{type(self).__name__} +=", other)
        return self

    def __mul__(self, times: int) -> Self:
        function = f"{type(self).__name__} *"
        items = list(self) * integer(function, "times", times, 1)
        return self._part({}).extend(items)

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Self:
        more = integer(f"{type(self).__name__} *=", "times", times, 1) - 1
        return self.extend(list(self) * more)

    def _copy(self) -> Self:
        """Return a new container with the same items, numbered anew."""
        return self._part({str(i): item for i, item in enumerate(self)})
