"""Errors in one line, with settings named by the flags of the command line."""

from __future__ import annotations

import re
from ast import literal_eval
from dataclasses import fields

from minigan import runs
from minigan.parallel import ParallelError
from minigan.printable import printable

_CONFIGS = (runs.GANConfig, runs.AutoencoderConfig, runs.DecodersConfig)
_SETTINGS = {field.name for config in _CONFIGS for field in fields(config)} - {"encoder"}
_FLAGS = {
    **{name: "--" + name.replace("_", "-") for name in _SETTINGS},
    "out": "--out",
    "own": "--own",
    "ranks": "--ranks",
    "label": "--label",
}
_NAME = "|".join(map(re.escape, sorted(_FLAGS, key=len, reverse=True)))
_TEXT = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""  # a text as repr writes it
_SETTING = re.compile(rf"(?<![\w.\-/\\'\"])({_NAME})=({_TEXT}|[^\s,;:()]+)")
_MENTION = re.compile(rf"`({_NAME})`")
_LOAD = re.compile(rf"\bruns\.load\(({_TEXT})\)")
_CLASS = re.compile(rf"^({'|'.join(config.__name__ for config in _CONFIGS)}): ")


class UsageError(ValueError):
    """A command that cannot be carried out; its text is one line."""


def flag(name: str) -> str:
    """Return the flag of a setting.

    >>> flag("critic_steps")
    '--critic-steps'
    """
    return _FLAGS[name]


def with_flags(text: str) -> str:
    """Return a text with the settings of a run replaced by flags.

    Errors of the package name settings as Python does; this is the only place that turns them into
    what the user of the command line types.

    >>> with_flags("GANConfig: pack=3 must divide batch=8")
    '--pack 3 must divide --batch 8'
    >>> with_flags("bigan=True: D judges pairs; a smaller `lr_d` may help")
    '--bigan: D judges pairs; a smaller --lr-d may help'
    """
    text = _CLASS.sub("", text)
    text = _SETTING.sub(lambda found: _typed(_FLAGS[found[1]], found[2]), text)
    text = _LOAD.sub(lambda found: _typed("--resume", found[1]), text)
    return _MENTION.sub(lambda found: _FLAGS[found[1]], text)


def _typed(flag: str, value: str) -> str:
    """Return a flag with its value as a user types it; a text needs quotes if it has spaces."""
    if value == "True":
        return flag
    if value[0] in "'\"":
        text = str(literal_eval(value))
        value = text if text and not re.search(r"\s", text) else value
    return f"{flag} {value}"


def in_one_line(error: BaseException) -> str:
    """Return the text of an error in one line, with the file that it is about.

    >>> in_one_line(FileNotFoundError(2, "No such file or directory", "x.npz"))
    'x.npz: No such file or directory'
    """
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    elif isinstance(error, MemoryError):
        text = f"not enough memory: {error}"
    elif isinstance(error, runs.RunError):
        text = with_flags(text)
    return printable(" ".join(text.split()))


def report_of(error: BaseException) -> tuple[str, int] | None:
    """Return the line that reports why a command ended, and the exit code.

    None means that the error is a fault of this program.

    >>> report_of(KeyboardInterrupt()), report_of(UsageError("no such run"))
    (('interrupted', 130), ('error: no such run', 2))
    """
    if isinstance(error, KeyboardInterrupt):
        return "interrupted", 130
    if isinstance(error, UsageError | runs.RunError | ParallelError | OSError | MemoryError):
        return f"error: {in_one_line(error)}", 2
    if isinstance(error, ValueError) and isinstance(error.__cause__, MemoryError):
        return f"error: not enough memory: {error}", 2
    return None
