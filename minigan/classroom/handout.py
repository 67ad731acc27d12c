"""What a student gets: the stubs, the tasks, and checks that can be read and run with pytest."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from minigan.classroom import messages, variants
from minigan.classroom.model import Assignment, Function, Part
from minigan.classroom.report import plain


def write(
    assignment: Assignment, out: Path, student: str = "", secret: bytes = b"", language: str = "en"
) -> list[Path]:
    """Write a student's files into a folder, and return their paths.

    Raises FileExistsError if one of them is there already.
    """
    files = {
        f"{assignment.name}.py": stub(assignment, language),
        "README.md": readme(assignment, language, own=bool(secret)),
        f"test_{assignment.name}.py": tests(assignment, student, secret),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name in files:
        if (out / name).exists():
            raise FileExistsError(17, "File exists", str(out / name))
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return [out / name for name in files]


# -------------------------------------------------------------------------------------- the stubs


def stub(assignment: Assignment, language: str = "en") -> str:
    """Return the file that the student fills in."""
    words = messages.words(language, "handout")
    title, stop = f"{assignment.id}: {assignment.text(language, 'title')}", words["stop"]
    pieces = [f'# assignment: {assignment.id}\n"""{title}{stop}"""\n', assignment.imports + "\n"]
    given = [source_of(assignment, name, language) for name in assignment.given]
    pieces += [f"\n# {words['given']}\n\n\n{source}" for source in given]
    for part in assignment.parts:
        heading = f"{part.id} {assignment.text(language, 'parts', part.id, 'title')}"
        note = f"\n# {words['manual']}" if part.manual else ""
        pieces.append(f"\n# {heading} ({part.points} {words['points-of']}){note}\n")
        pieces += [f"\n{stub_of(assignment, name, language)}" for name in assignment.names(part)]
    return "\n".join(pieces)


def stub_of(assignment: Assignment, name: str, language: str) -> str:
    """Return the stub of one function or class."""
    data = assignment.text(language, "functions", name)
    if "code" in data:
        return str(data["code"]).strip("\n") + "\n"
    doc = str(data["doc"]).strip()
    doc = f'"""{doc}\n"""' if "\n" in doc else f'"""{doc}"""'
    return f"def {name}({data['signature']}):\n{_indented(doc, 4)}\n    raise NotImplementedError\n"


def _indented(text: str, spaces: int) -> str:
    return textwrap.indent(text, " " * spaces, lambda line: bool(line.strip()))


def source_of(assignment: Assignment, name: str, language: str) -> str:
    """Return the source of a function that is given, with its docstring in the language."""
    function = getattr(assignment.solution, name)
    text = assignment.text(language, "functions", name)["doc"].strip()
    return inspect.getsource(function).replace(function.__doc__, text)


# -------------------------------------------------------------------------------------- the tasks


def readme(assignment: Assignment, language: str = "en", own: bool = False) -> str:
    """Return the tasks as Markdown, with points, difficulty and minutes.

    `own` says whether the numbers in the tests are the student's own.
    """
    words, text = messages.words(language, "handout"), assignment.texts[language]
    first = next(part.id for part in assignment.parts if not part.manual)
    values = {"name": assignment.name, "first": first, "seconds": assignment.seconds / 4}
    numbers = words["own"].format(**values) + (words["theirs"] + "\n" if own else "")
    tasks = [_task(assignment, part, language) for part in assignment.parts]
    return "\n".join(
        [
            f"# {assignment.id}: {text['title']}\n",
            text["intro"].strip() + "\n",
            "\n".join(table(assignment, language)) + "\n",
            f"## {words['tasks']}\n",
            *tasks,
            f"## {words['check']}\n",
            words["how"].format(**values),
            f"## {words['numbers']}\n",
            numbers,
        ]
    )


def table(assignment: Assignment, language: str) -> Iterator[str]:
    """Yield the rows of the table of parts."""
    words = messages.words(language, "handout")
    titles = [words[name] for name in ("part", "title", "points", "difficulty", "minutes")]
    yield f"| {' | '.join(titles)} |"
    yield "|---|---|---|---|---|"
    for part in assignment.parts:
        title = assignment.text(language, "parts", part.id, "title")
        title += f" ({words['manual']})" if part.manual else ""
        yield f"| {part.id} | {title} | {part.points} | {'★' * part.difficulty} | {part.minutes} |"
    minutes = sum(part.minutes for part in assignment.parts)
    yield f"| | {words['sum']} | {assignment.max + assignment.manual} | | {minutes} |"


def _task(assignment: Assignment, part: Part, language: str) -> str:
    """Return the task of one part: its text and the functions to write."""
    data, words = assignment.text(language, "parts", part.id), messages.words(language, "handout")
    note = f", {words['manual']}" if part.manual else ""
    lines = [f"### {part.id} {data['title']} ({part.points} {words['points-of']}{note})\n"]
    lines.append(data["text"].strip() + "\n")
    for name in assignment.names(part):
        function = assignment.text(language, "functions", name)
        head = name if "code" in function else f"{name}({function['signature']})"
        lines.append(f"- `{head}`\n\n{_indented(function['doc'].strip(), 2)}\n")
    return "\n".join(lines)


# -------------------------------------------------------------------------------------- the checks


def tests(assignment: Assignment, student: str = "", secret: bytes = b"") -> str:
    """Return the checks for pytest: the laws, and an example for each function."""
    laws = assignment.read("laws.txt").replace("ASSIGNMENT", assignment.name)
    lines = [repr(example) for example in examples(assignment, student, secret)]
    if not lines:
        return laws
    body = ",\n    ".join(lines)
    heading = "\n\n# What each function must return for these inputs.\nEXAMPLES"
    tail = _TEST.replace("ASSIGNMENT", assignment.name)
    return f"{laws}{heading} = [\n    {body},\n]\n{tail}"


_TEST = '''

def values(data):
    """Return an example's inputs: a list of numbers is an array, or a pair of integers."""
    pair = isinstance(data, list) and len(data) == 2 and all(isinstance(v, int) for v in data)
    return tuple(data) if pair else np.array(data) if isinstance(data, list) else data


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["function"])
def test_example(example):
    function = getattr(ASSIGNMENT, example["function"])
    result = function(**{name: values(data) for name, data in example["input"].items()})
    right = example["right"]
    if right is None or isinstance(right, str):
        assert result == (float(right) if right in ("inf", "-inf") else right)
        return
    pairs = [(result, right)]
    if isinstance(result, tuple | list):
        assert len(result) == len(right)
        pairs = list(zip(result, right))
    for one, other in pairs:
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
'''


def examples(
    assignment: Assignment, student: str = "", secret: bytes = b""
) -> list[dict[str, Any]]:
    """Return one example for each function that is called with numbers and arrays."""
    return [
        _example(assignment, part, function, student, secret)
        for part in assignment.parts
        for function in part.functions
        if part.visible and not function.driver
    ]


def _example(
    assignment: Assignment, part: Part, function: Function, student: str, secret: bytes
) -> dict[str, Any]:
    names = student, assignment.id, f"{part.id} {function.name}"
    generator = variants.generator(secret, *names, use="example")
    drawn = list(function.draw(generator))
    inputs = min(drawn, key=lambda i: sum(np.size(value) for value in i.values()))
    if function.simplify:  # integers are easier to read
        inputs = {name: _rounded(value, generator) for name, value in inputs.items()}
    with np.errstate(all="ignore"):
        right = function.right(**inputs)
    return {"function": function.name, "input": plain(inputs), "right": plain(right)}


def _rounded(value: Any, generator: np.random.Generator) -> Any:
    """Return an array of integers of the same shape, and other values as they are."""
    if not isinstance(value, np.ndarray):
        return value
    return generator.integers(1, 6, value.shape) * generator.choice([-1.0, 1.0], value.shape)
