"""What a chapter printed, claimed and drew when it ran, and files that keep it."""

from __future__ import annotations

import contextlib
import io
import json
import linecache
import platform
import sys
import time
import traceback
import warnings
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, replace
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import matplotlib as mpl

from lesson import Claim, Film, stage
from tutorials.book.chapter import Chapter, Code

_PACKAGES = (
    "numpy",
    "matplotlib",
    "pillow",
    "markdown-it-py",
    "mdit-py-plugins",
    "latex2mathml",
)


@dataclass(frozen=True)
class Output:
    """What one code cell left behind."""

    text: str = ""
    claims: tuple[Claim, ...] = ()
    films: tuple[Film, ...] = ()


@dataclass(frozen=True)
class Record:
    """One run of a chapter: the output of each code cell by its number, and how the run ended."""

    name: str
    outputs: dict[int, Output]
    seconds: float
    cpu_seconds: float
    date: str
    versions: dict[str, str]
    error: str = ""

    def claims(self, codes: tuple[Code, ...]) -> tuple[Claim, ...]:
        """Return the claims of some code cells."""
        return tuple(c for code in codes for c in self.output(code).claims)

    def films(self, codes: tuple[Code, ...]) -> dict[str, Film]:
        """Return the films of some code cells by name."""
        return {film.name: film for code in codes for film in self.output(code).films}

    def output(self, code: Code) -> Output:
        """Return the output of a code cell, an empty one if it has not run."""
        return self.outputs.get(code.number, Output())

    @property
    def count(self) -> int:
        """The number of claims."""
        return sum(len(output.claims) for output in self.outputs.values())


class _Recorder(stage.Stage):
    """The stage on which a recorded chapter plays."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []
        self.films: list[Film] = []

    def claim(self, claim: Claim) -> None:
        self.claims.append(claim)

    def film(self, film: Film) -> None:
        self.films.append(film)


class Player:
    """Runs the code cells of a chapter, one after the other, in one namespace."""

    def __init__(self, chapter: Chapter) -> None:
        self.path = chapter.path
        self.names: dict[str, Any] = {"__name__": "__main__", "__file__": str(chapter.path)}

    def run(self, code: Code) -> Output:
        """Run a cell, with warnings as errors, and return its output.

        Raises what the code raises, a failed claim included.
        """
        recorder, said, kept = _Recorder(), io.StringIO(), stage.current
        stage.current = recorder
        linecache.checkcache(str(self.path))
        try:
            with (
                contextlib.redirect_stdout(said),
                mpl.rc_context(),
                warnings.catch_warnings(action="error"),
            ):
                source = "\n" * (code.line - 1) + code.source
                exec(compile(source, str(self.path), "exec"), self.names)
        finally:
            stage.current = kept
        return Output(said.getvalue(), tuple(recorder.claims), tuple(recorder.films))


def run(chapter: Chapter) -> Record:
    """Run a chapter and return the record; where it stops, `error` says why."""
    player, outputs, error = Player(chapter), dict[int, Output](), ""
    started, cpu_started = time.perf_counter(), time.process_time()
    for step in chapter.steps["en"]:
        for code in step.codes:
            try:
                outputs[code.number] = player.run(code)
            except Exception as raised:
                error = f"step {step.id}: {_told(raised, chapter.path)}"
                break
        if error:
            break
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
    today = date.today().isoformat()
    return Record(chapter.name, outputs, seconds, cpu, today, versions(), error)


def _told(error: Exception, path: Path) -> str:
    """The error, with the chapter's line on which it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    where = f"line {lines[-1]}: " if lines else ""
    return f"{where}{type(error).__name__}: {error}"


def versions() -> dict[str, str]:
    """Return the versions of what takes part in a page."""
    found = {name: metadata.version(name) for name in _PACKAGES}
    minigan = sys.modules.get("minigan")
    found["minigan"] = getattr(minigan, "__version__", "") or metadata.version("minigan")
    return {"python": platform.python_version(), **found}


# ------------------------------------------------------------------------------------------- files


def to_json(record: Record) -> str:
    """Return a record as text; pictures are in base64."""
    return json.dumps(asdict(record), default=lambda data: b64encode(data).decode("ascii"))


def from_json(text: str) -> Record:
    """Return the record that a text holds. Raises ValueError, KeyError or TypeError for another."""
    fields = json.loads(text)
    outputs = {int(number): _output(**each) for number, each in fields.pop("outputs").items()}
    return Record(outputs=outputs, **fields)


def _output(text: str, claims: list[dict[str, Any]], films: list[dict[str, Any]]) -> Output:
    return Output(
        text,
        tuple(
            Claim(c["what"], tuple(c["value"]), tuple(c["expected"]), c["tolerance"])
            for c in claims
        ),
        tuple(_film(**film) for film in films),
    )


def _film(**fields: Any) -> Film:
    frames = tuple(b64decode(frame) for frame in fields.pop("frames"))
    sliders = tuple((label, tuple(values)) for label, values in fields.pop("sliders"))
    film = Film(frames=frames, sliders=sliders, **fields)
    return replace(film, words=tuple(film.words))
