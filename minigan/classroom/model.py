"""What an assignment is made of: parts, functions, and the data that checks them.

    Assignment   six of them, A1 to A6
      Part       "2.1": points, how hard it is, how long it takes; a person grades some parts
        Function what the student writes: the right one, inputs drawn for a student, small inputs
                 for finding the smallest failure, and wrong ones by misconception

Texts are data too: they stand in `assignments/a1/en.toml` and `zh.toml`.
"""

from __future__ import annotations

import importlib
import inspect
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from types import ModuleType
from typing import Any

import numpy as np

Inputs = dict[str, Any]  # the arguments of a call by name
Array = np.ndarray[Any, Any]
Flags = Mapping[str, Any]
LANGUAGES = ("en", "zh")
POINTS = 100  # of every assignment, automatic and manual


class Raises:
    """Stands for a right answer that is an exception."""

    def __init__(self, error: type[Exception]) -> None:
        self.error = error


@dataclass(frozen=True)
class Function:
    """A function that the student writes, and how its answers are judged.

    `right(**inputs)` is the right answer. `draw(generator)` yields the inputs of a student;
    `small()` yields integer inputs, the smallest first. `model(**inputs, **flags)` is the function
    with misconceptions: `wrong[key]` lists the flags that make a wrong function of it, one for each
    way to write it.
    """

    name: str
    points: int
    right: Callable[..., Any]
    draw: Callable[[np.random.Generator], Iterable[Inputs]]
    small: Callable[[], Iterable[Inputs]]
    model: Callable[..., Any] | None = None
    wrong: Mapping[str, Sequence[Flags]] = field(default_factory=dict)
    probes: Callable[[], Iterable[Inputs]] | None = None  # for the detector; by default `small`
    corner: Callable[[Inputs], bool] = lambda inputs: False  # inputs at which wrong code differs
    floor: float = 1e-9  # the error that is allowed where the right answer is 0
    driver: str = ""  # code that runs beside the submission; by default the function is called
    simplify: bool = True  # whether entries of failing arrays may be replaced by 0 and 1
    view: Callable[[Any, Inputs], Any] = lambda value, inputs: value  # of what the driver returns
    judge: Callable[[Any, Any], Any] | None = None  # compares with the right answer
    kinds: Mapping[str, str] = field(default_factory=dict)  # differences that are a misconception
    seen: Callable[[Any, Inputs], Any] = lambda value, inputs: value  # what the detector compares
    told: Callable[[Any], Any] = lambda value: value  # an answer as a report shows it
    aspect: str = ""  # where one function is judged twice
    wrong_code: str = ""  # a wrong submission's function, made of `models`, for the selftest
    standby: str = ""  # source that replaces the function, where it receives functions

    @property
    def key(self) -> str:
        """The function and the aspect of it that is judged."""
        return self.name + self.aspect

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters of the function, with their defaults."""
        return inspect.signature(self.right).parameters


@dataclass(frozen=True)
class Part:
    """A part of an assignment, with its points."""

    id: str
    points: int
    functions: Sequence[Function] = ()
    difficulty: int = 1  # 1 to 3
    minutes: int = 15
    manual: bool = False  # graded by a person
    visible: bool = True  # a hidden part's message names no inputs and no right answers
    library: bool = False  # the part may use minigan
    conv2d: bool = False  # the part may use minigan.nn.functional.conv2d
    special: Callable[..., Any] | None = None  # grades the part instead of its functions
    trains: bool = False  # the part trains a network


@dataclass(frozen=True)
class Assignment:
    """An assignment: its parts, and the folder with its texts, stubs and reference solution."""

    id: str
    parts: Sequence[Part]
    chapters: Sequence[str]
    imports: str = "import numpy as np"  # the first lines of the stubs
    given: Sequence[str] = ()  # functions of the solution that the handout gives
    seconds: float = 60.0  # the default of --timeout
    steps: Mapping[str, str] = field(default_factory=dict)  # the chapter step of a misconception
    # misconceptions that `special` names: the part, and a wrong function for the selftest
    special: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its files: a2."""
        return self.id.lower()

    @property
    def max(self) -> int:
        """The points that are given automatically."""
        return sum(part.points for part in self.parts if not part.manual)

    @property
    def manual(self) -> int:
        """The points that a person gives."""
        return sum(part.points for part in self.parts if part.manual)

    @property
    def conv2d(self) -> bool:
        """Whether the handout gives conv2d."""
        return "conv2d" in self.given

    def part(self, id: str) -> Part:
        """Return the part with this number. Raises KeyError if there is none."""
        for part in self.parts:
            if part.id == id:
                return part
        raise KeyError(id)

    def names(self, part: Part) -> list[str]:
        """Return the names of the functions and classes that a part's text asks for."""
        functions = self.texts["en"]["functions"]
        return [name for name, data in functions.items() if data.get("part", "") == part.id]

    @cached_property
    def misconceptions(self) -> dict[str, list[str]]:
        """The keys of the misconceptions, with the parts in which they may be named."""
        found = {key: [part] for key, (part, _) in self.special.items()}
        for part in self.parts:
            for function in part.functions:
                for key in function.wrong:
                    found.setdefault(key, [])
                    if part.id not in found[key]:
                        found[key].append(part.id)
        return found

    def read(self, file: str) -> str:
        """Return the text of one of the assignment's files."""
        folder = files("minigan.classroom.assignments").joinpath(self.name)
        return folder.joinpath(file).read_text(encoding="utf-8")

    @cached_property
    def solution(self) -> ModuleType:
        """The module with the reference solution."""
        return importlib.import_module(f"minigan.classroom.assignments.{self.name}.solution")

    @cached_property
    def texts(self) -> dict[str, dict[str, Any]]:
        """The texts in each language: title, introduction, parts, functions, misconceptions."""
        return {language: tomllib.loads(self.read(f"{language}.toml")) for language in LANGUAGES}

    def text(self, language: str, *path: str) -> Any:
        """Return a text, for example text("zh", "parts", "2.1", "title")."""
        found: Any = self.texts[language]
        for name in path:
            found = found[name]
        return found
