"""`selftest`: the assignments checked on solutions whose points are known.

The reference solution earns all automatic points, the stub none, and every misconception loses
points in its part. The wrong submissions are made of the functions of `models`: they run in the
sandbox like those of a student.
"""

from __future__ import annotations

import ast
import inspect
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

from minigan.classroom import handout
from minigan.classroom.grading import Grader
from minigan.classroom.model import Assignment, Flags, Function, Part
from minigan.classroom.submissions import Submission
from minigan.classroom.verdicts import Settings


@dataclass
class Outcome:
    """What the selftest of one assignment has found."""

    assignment: Assignment
    score: int = 0
    max: int = 0
    stub: int = 0
    keys: int = 0
    ways: int = 0
    named: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The outcome in a line, and a line for each problem."""
        line = (
            f"{self.assignment.id}  reference {self.score} of {self.max}, stub {self.stub}; "
            f"{self.keys} misconceptions in {self.ways} ways, {self.named} named; "
            f"{self.seconds:.1f} s"
        )
        return "\n".join([line, *(f"    {problem}" for problem in self.problems)])


def selftest(assignment: Assignment, quick: bool = False) -> Outcome:
    """Return the outcome for one assignment; `quick` leaves out the parts that train."""
    started, found = time.monotonic(), Outcome(assignment)
    settings = Settings(assignment.seconds, quick=quick)
    with Grader(assignment, settings) as grader:
        report = grader.grade(_submission(assignment, reference(assignment)))
        found.score, found.max = report.score, report.max
        found.problems += [
            f"reference, {part.id}: {part.message}"
            for part in report.parts
            if part.status not in ("passed", "manual")
        ]
        found.stub = grader.grade(_submission(assignment, handout.stub(assignment))).score
        if found.stub:
            found.problems.append(f"the stub earns {found.stub} points")
    _misconceptions(found, settings)
    found.seconds = time.monotonic() - started
    return found


def reference(assignment: Assignment) -> str:
    """Return the reference solution as a student would hand it in."""
    return assignment.read("solution.py")


def _submission(assignment: Assignment, text: str) -> Submission:
    name = f"{assignment.name}.py"
    return Submission(Path(name), "selftest", ((name, text),))


def _misconceptions(found: Outcome, settings: Settings) -> None:
    """Check that each wrong submission loses points in its part."""
    assignment, keys = found.assignment, set()
    for part in assignment.parts:
        if settings.quick and part.trains:
            continue
        with Grader(assignment, replace(settings, parts=(part.id,))) as grader:
            for key, text, flags in _wrong_texts(assignment, part):
                told = grader.grade(_submission(assignment, text)).parts[0]
                keys.add(key)
                found.ways += 1
                found.named += told.misconception == key
                if told.score >= told.max:
                    found.problems.append(f"{part.id} {key} {dict(flags)}: loses no points")
                elif told.misconception != key:
                    named = told.misconception or told.message
                    found.problems.append(f"{part.id} {key} {dict(flags)}: named {named}")
    found.keys = len(keys)


def _wrong_texts(assignment: Assignment, part: Part) -> Iterator[tuple[str, str, Flags]]:
    """Yield (key, text, flags) of the wrong submissions of a part."""
    for function, key, flags in wrong_functions(part):
        yield key, wrong_submission(assignment, function, flags), flags
    for key, (where, code) in assignment.special.items():
        if where == part.id:
            yield key, f"{reference(assignment)}\n{code}", {}


def wrong_functions(part: Part) -> Iterator[tuple[Function, str, Flags]]:
    """Yield (function, key, flags) for each way to have a misconception in a part."""
    for function in part.functions:
        for key, ways in function.wrong.items():
            for flags in ways:
                if not function.aspect or key == "changes-its-input":
                    yield function, key, flags


def wrong_submission(assignment: Assignment, function: Function, flags: Flags) -> str:
    """Return the reference solution with one function replaced by a wrong one."""
    model = function.model
    assert model is not None
    code = function.wrong_code or (
        f"def {function.name}(*args, **kwargs):\n"
        f"    return models.{model.__name__}(*args, **kwargs, **FLAGS)\n"
    )
    module = inspect.getmodule(model)
    assert module is not None
    return "\n".join(
        [
            reference(assignment),
            "import types",
            "models = types.ModuleType('models')",
            "vars(models).update(globals(), Array=object, Flags=object)",
            f"exec({_alone(module)!r}, vars(models))",
            f"FLAGS = {dict(flags)!r}",
            code,
        ]
    )


def _alone(module: ModuleType) -> str:
    """Return the source of a module without its imports of this package."""
    tree = ast.parse(inspect.getsource(module))
    tree.body = [
        statement
        for statement in tree.body
        if not (
            isinstance(statement, ast.ImportFrom) and str(statement.module).startswith("minigan")
        )
    ]
    return ast.unparse(tree)
