"""A record of settings that checks itself, writes itself as JSON, and describes its defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, NamedTuple, Self

from minigan.checks import boolean, integer, number
from minigan.runs.directory import RunError

_HUGE = 1e30  # float32 ends at 3.4e38
_LARGEST, _LARGEST_SEED = 2**40, 2**256
Chosen = dict[str, Any]  # the settings that the user chose, by name


class Case(NamedTuple):
    """Defaults that hold in one case: how a help text names it, the condition, the settings.

    `holds` receives the settings that the user chose.
    """

    words: str
    holds: Callable[[Chosen], bool]
    settings: Chosen


@dataclass(frozen=True)
class Settings:
    """A frozen record of integers, numbers, flags and texts, each with a default.

    A subclass is a dataclass. `kind` is its name in config.json. `least` holds the smallest legal
    value of each integer; numbers are in [0, 1e30], those of `positive` are greater than 0.
    `depends` lists the defaults that follow other settings; a later case overrides an earlier one.

    Raises RunError for a value of another type, or outside the legal range.
    """

    kind: ClassVar[str] = ""
    least: ClassVar[dict[str, int]] = {}
    positive: ClassVar[tuple[str, ...]] = ()
    depends: ClassVar[tuple[Case, ...]] = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            value = self._checked(field.name, type(field.default))
            object.__setattr__(self, field.name, value)  # the record is frozen

    def _checked(self, name: str, expected: type) -> Any:
        """Return the value of a field, as the type of its default."""
        who, value = type(self).__name__, getattr(self, name)
        try:
            if expected is bool:
                return boolean(who, name, value)
            if expected is int:
                return self._not_huge(name, integer(who, name, value, self.least[name]))
            if expected is float:
                value = number(who, name, value, 0, _HUGE)
            elif not isinstance(value, str):
                raise TypeError(f"{who}: {name}={value!r} must be a text")
        except (TypeError, ValueError) as error:
            raise RunError(str(error)) from error
        if name in self.positive and value == 0:
            raise self.refusal(f"{name}={value} must be greater than 0")
        return value

    def _not_huge(self, name: str, value: int) -> int:
        """Return an integer, of which NumPy can make the size of an array; a seed is no size."""
        if value >= (_LARGEST_SEED if name == "seed" else _LARGEST):
            raise self.refusal(f"{name}={value!s:.60} is too large (legal: less than 2^40)")
        return value

    def refusal(self, text: str) -> RunError:
        """Return the error that refuses these settings."""
        return RunError(f"{type(self).__name__}: {text}")

    @classmethod
    def defaults(cls, chosen: Chosen) -> Chosen:
        """Return the defaults that depend on the settings chosen; the fields hold all others.

        >>> from minigan.runs import AutoencoderConfig
        >>> AutoencoderConfig.defaults({"latent": 2})
        {'hidden': 256}
        """
        return {
            name: value
            for case in cls.depends
            if case.holds(chosen)
            for name, value in case.settings.items()
        }

    @classmethod
    def with_defaults(cls, chosen: Chosen) -> Self:
        """Return the record of the settings chosen and, for all others, of their defaults.

        Raises RunError for a name that is not a setting, and for settings that are not legal.
        """
        legal = [field.name for field in fields(cls)]
        for name in chosen:
            if name not in legal:
                raise RunError(
                    f"{cls.__name__}: {name!r} is not a setting (legal: {', '.join(legal)})"
                )
        return cls(**{**cls.defaults(chosen), **chosen})

    @classmethod
    def default_text(cls, name: str) -> str:
        """Return the default of a setting in words, with the cases where it is another.

        >>> from minigan.runs import AutoencoderConfig
        >>> AutoencoderConfig.default_text("features")
        '24; 16 for digits8'
        """
        usual = getattr(cls, name)
        others = [
            f"; {case.settings[name]} {case.words}"
            for case in cls.depends
            if case.settings.get(name, usual) != usual
        ]
        return f"{usual}{''.join(others)}"

    def as_json(self) -> dict[str, Any]:
        """Return the settings as config.json holds them, with the kind of run."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_json(cls, settings: Any) -> Self:
        """Return the record that `as_json` described.

        Raises RunError if the settings are of another kind of run, or of another version.
        """
        kind = settings.get("kind") if isinstance(settings, dict) else settings
        if kind != cls.kind:
            raise RunError(f"it is of kind {kind!r:.80} (legal here: {cls.kind!r})")
        found = {name: value for name, value in settings.items() if name != "kind"}
        other = set(found) ^ {field.name for field in fields(cls)}
        if other:
            raise RunError(f"it has other settings than this version: {sorted(other)!s:.300}")
        return cls(**found)
