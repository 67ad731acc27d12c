"""Submissions: a .py file, or a notebook whose code cells hold the same functions."""

from __future__ import annotations

import ast
import errno
import json
import re
from dataclasses import dataclass
from pathlib import Path

from minigan.files import read_regular

_MAX_BYTES = 8 << 20


class SubmissionError(ValueError):
    """A file that cannot be a submission: it is missing, or of another kind."""


@dataclass(frozen=True)
class Submission:
    """The code of one submission: a list of (label, text), one of a file or of each cell."""

    path: Path
    student: str
    sources: tuple[tuple[str, str], ...]
    problem: str = ""  # why nothing could be read

    @property
    def text(self) -> str:
        """All of the code."""
        return "\n".join(text for _, text in self.sources)


def read(path: str | Path, student: str | None = None) -> Submission:
    """Return the submission in a file.

    Raises SubmissionError if there is no such file, if it is a folder, a pipe or a device, or if
    it ends neither in .py nor in .ipynb.
    """
    path = Path(path)
    if path.suffix not in (".py", ".ipynb"):
        raise SubmissionError(f"{path}: a submission ends in .py or .ipynb")
    name = student or student_of(path)
    try:
        text = read_regular(path, _MAX_BYTES).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        raise SubmissionError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise SubmissionError(f"{path}: is a folder") from None
    except UnicodeDecodeError:
        return Submission(path, name, (), "not a text file in UTF-8")
    except OSError as error:
        if error.errno == errno.EINVAL:  # of another kind than files
            raise SubmissionError(f"{path}: {error.strerror}") from None
        large = error.errno == errno.EFBIG
        reason = f"larger than {_MAX_BYTES >> 20} MB" if large else error.strerror
        return Submission(path, name, (), reason or "cannot be read")
    if path.suffix == ".py":
        return Submission(path, name, ((path.name, text),))
    try:
        return Submission(path, name, tuple(_cells(json.loads(text), path.name)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Submission(path, name, (), "not a notebook")


def student_of(path: Path) -> str:
    """Return whose file it is: the folder's name if the file is called a1.py, else its stem.

    >>> student_of(Path("class/s17/a2.py")), student_of(Path("class/s17.ipynb"))
    ('s17', 's17')
    """
    if re.fullmatch(r"a[1-6]", path.stem, re.IGNORECASE):
        return path.absolute().parent.name or path.stem
    return path.stem


def assignment_of(submission: Submission) -> str | None:
    """Return the assignment that a submission names: in its first line, or by its file's name."""
    for _, text in submission.sources:
        for line in text.lstrip().splitlines()[:1]:
            if found := re.match(r"#\s*(?:assignment|作业)\s*[:：]\s*(\w+)", line, re.IGNORECASE):
                return found[1].upper()
    found = re.match(r"(a\d+)", submission.path.stem, re.IGNORECASE)
    return found[1].upper() if found else None


def _cells(notebook: dict[str, object], name: str) -> list[tuple[str, str]]:
    """Return the code cells of a notebook; IPython's own lines become comments."""
    cells = notebook["cells"]
    if not isinstance(cells, list):
        raise TypeError("cells")
    found = []
    for number, cell in enumerate(cells, 1):
        if cell["cell_type"] != "code":
            continue
        source = cell["source"]
        text = source if isinstance(source, str) else "".join(source)
        first = text.lstrip().split(maxsplit=1)[:1]
        if first and first[0].startswith("%%") and first[0] not in ("%%time", "%%capture"):
            continue  # a cell of another language
        found.append((f"{name} [cell {number}]", without_magic(text)))
    return found


def without_magic(text: str) -> str:
    """Return the code of a cell without IPython's own commands."""
    if all(_python(line) == line for line in text.split("\n")):  # a large cell is parsed slowly
        return text
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "\n".join(_python(line) for line in text.split("\n"))
    return text


def _python(line: str) -> str:
    """Return a line; a command of IPython becomes a comment."""
    bare = line.lstrip()
    if bare.startswith(("%", "!", "?")) or re.match(r"\w+\s*=\s*[%!]", bare):
        return line[: len(line) - len(bare)] + "pass  # " + bare
    return line
