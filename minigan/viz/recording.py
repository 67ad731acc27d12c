"""A recording: the frames of a game on toy data, small enough for a page.

The arrays of all frames are integers of 8 or 16 bits, from 0 for the lowest value to 255 or 65535
for the highest. Of D's output, where it is a logit, the probability D(x) is kept.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.functions import zeros
from minigan.gan import LineRecorder, Objective, PlaneRecorder

Recorder = LineRecorder | PlaneRecorder
_EVERY = 2  # of the points of the recorder's grid, every second one is kept
_MAP = 39  # the points of the grid along a side of the plane, without the last: an odd number
_SAMPLES = 500


@dataclass(frozen=True, eq=False)
class Levels:
    """Frames (F, ...) of numbers, as integers between `low` and `high`."""

    levels: Array
    low: float
    high: float

    @classmethod
    def of(cls, frames: Array, dtype: type[np.unsignedinteger[Any]] = np.uint16) -> Levels:
        """Return frames (F, ...) as integers of a type.

        >>> Levels.of(np.array([[0.0, 1.0, 3.0]]), np.uint8).levels
        array([[  0,  85, 255]], dtype=uint8)
        """
        low, high, top = float(frames.min()), float(frames.max()), np.iinfo(dtype).max
        scaled = (frames - low) * (top / max(high - low, 1e-300))
        return cls(np.rint(scaled).astype(dtype), low, high)

    def values(self) -> Array:
        """Return the numbers (F, ...) that the integers stand for."""
        return self.low + (self.high - self.low) * self.levels / np.iinfo(self.levels.dtype).max

    def as_json(self) -> dict[str, Any]:
        """Return the frames as base64 of little-endian integers, `size` of them in a frame."""
        levels = np.ascontiguousarray(self.levels, self.levels.dtype.newbyteorder("<"))
        return {
            "text": b64encode(levels.tobytes()).decode("ascii"),
            "bytes": levels.itemsize,
            "low": self.low,
            "high": self.high,
            "size": levels[0].size,
        }


@dataclass(frozen=True, eq=False)
class Recording:
    """The frames of a game: the update of each, numbers (F,), and arrays (F, ...), by name.

    A number is nan where it has no meaning.
    """

    updates: Array
    numbers: dict[str, Array]
    arrays: dict[str, Levels]

    @classmethod
    def of(cls, recorder: Recorder, start: int = 0, samples: int = _SAMPLES) -> Recording:
        """Return the records of the updates after `start`; raise ValueError if there are none.

        At most `samples` samples are kept in a frame.
        """
        records = [record for record in recorder.records if record.update > start]
        if not records:
            raise ValueError("recording: recorder has no records (legal: at least one)")
        first = records[0]
        numbers = {name: np.array([r.numbers[name] for r in records]) for name in first.numbers}
        arrays = {name: np.stack([r.arrays[name] for r in records]) for name in first.arrays}
        box = recorder.grid[-1] - recorder.grid[0]
        near = np.clip(arrays["samples"][:, :samples], -4 * box, 4 * box)  # others are far outside
        kept = {"samples": Levels.of(near)}
        if "density" in arrays:
            kept["density"] = Levels.of(arrays["density"][:, ::_EVERY])
        for name in ("output", "best"):
            if name in arrays:
                kept[name] = _output_levels(arrays[name], arrays["output"], recorder)
        return cls(np.array([record.update for record in records]), numbers, kept)

    def as_json(self) -> dict[str, Any]:
        """Return the recording as JSON holds it; null stands for nan."""
        return {
            "updates": self.updates.tolist(),
            "numbers": {
                name: [value if isfinite(value) else None for value in values.tolist()]
                for name, values in self.numbers.items()
            },
            "arrays": {name: levels.as_json() for name, levels in self.arrays.items()},
        }

    def as_arrays(self) -> dict[str, Array]:
        """Return the recording as arrays by name, which `from_arrays` reads."""
        found = {"updates": self.updates.astype(np.int32)}
        for name, values in self.numbers.items():
            found[f"numbers/{name}"] = values
        for name, kept in self.arrays.items():
            found[f"arrays/{name}"] = kept.levels
            found[f"range/{name}"] = np.array([kept.low, kept.high])
        return found

    @classmethod
    def from_arrays(cls, found: Mapping[str, Array]) -> Recording:
        """Return the recording that `as_arrays` described."""
        parts: dict[str, dict[str, Array]] = {"numbers": {}, "arrays": {}, "range": {}}
        for key, values in found.items():
            part, _, name = key.partition("/")
            if name:
                parts[part][name] = values
        arrays = {
            name: Levels(levels, *map(float, parts["range"][name]))
            for name, levels in parts["arrays"].items()
        }
        return cls(found["updates"], parts["numbers"], arrays)


def _output_levels(frames: Array, output: Array, recorder: Recorder) -> Levels:
    """Return D's output, or that of D*, as far as it can be drawn; in the plane a coarser map."""
    if recorder.kind == "plane":
        frames = frames[:, :_MAP:_EVERY, :_MAP:_EVERY]
    else:
        frames = frames[:, ::_EVERY]
    if recorder.logistic:
        with np.errstate(over="ignore"):
            frames = 1 / (1 + np.exp(-frames))
    else:  # the output of D* may be infinite
        low, high = float(output.min()), float(output.max())
        frames = np.clip(frames, 2 * low - high - 1, 2 * high - low + 1)
    return Levels.of(frames, np.uint8 if recorder.kind == "plane" else np.uint16)


def description_of(recorder: Recorder) -> dict[str, Any]:
    """Return what does not change during a game, as a page needs it and as JSON holds it.

    `known` is "exact" if the equation of loss and JSD holds, "line" if only the JSD is known, and
    "plane" if the samples in each mode are counted.
    """
    game, data, grid = recorder.game, recorder.data, recorder.grid
    exact = recorder.kind == "line" and recorder.exact
    found: dict[str, Any] = {
        "known": "exact" if exact else recorder.kind,
        "logistic": recorder.logistic,
        "single": recorder.single,
        "pairs": game.encoder is not None,
        "pack": game.pack,
        "batch": game.batches.size,
        "penalty": game.objective.penalty is not None,
        "unit": game.objective.unit,
        "box": [float(grid[0]), float(grid[-1])],
        "centers": data.centers.tolist(),
        "std": data.std,
        "samples": len(recorder.latents),
    }
    if recorder.logistic:
        found["cannotTell"] = losses_at_zero(game.objective)
    if recorder.kind == "line":
        found["density"] = recorder.P.density(grid[::_EVERY]).tolist()
    else:
        kept = grid[:_MAP:_EVERY]
        found |= {"side": len(kept), "map": [float(kept[0]), float(kept[-1])]}
    return found


def losses_at_zero(objective: Objective) -> dict[str, float]:
    """Return the losses of D and G if D cannot tell data from samples: if each logit is 0.

    They are known only if D's output is a logit.

    >>> from minigan.gan import minimax
    >>> losses_at_zero(minimax)
    {'loss_D': 1.3862943611198906, 'loss_G': -0.6931471805599453}
    """
    if not objective.logistic:
        return {}
    zero = zeros(1, dtype="float64")
    return {
        "loss_D": objective.discriminator(zero, zero).item(),
        "loss_G": objective.generator(zero).item(),
    }
