"""A toy's game as one HTML file, report.html: scrub through its updates; nothing to install,
nothing to load.
"""

from __future__ import annotations

import json
from base64 import b64encode
from html import escape
from math import isfinite
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.files import replacing
from minigan.gan import LineRecorder, PlaneRecorder, Recorder
from minigan.viz.canvas import BLUE, GREEN, INK, ORANGE, PURPLE, VERMILION, Path_
from minigan.viz.report_page import PAGE

_BATCH = {"color": PURPLE, "width": 1}
_LINE_PANELS = (
    {
        "title": "D's loss, and what it is made of",
        "unit": "nats",
        "lines": (
            ("batch_loss_D", "loss of the minibatch", _BATCH),
            ("loss", "loss of D, exactly", {"color": GREEN, "width": 3}),
            ("floor", "2 ln 2 \N{MINUS SIGN} 2 JSD", {"color": INK, "width": 2, "dash": "7 4"}),
            ("regret", "regret of D", {"color": VERMILION, "width": 2}),
        ),
    },
    {
        "title": "Jensen-Shannon divergence of data and model",
        "unit": "nats",
        "lines": (("jsd", "JSD, exactly", {"color": BLUE, "width": 2.5}),),
    },
    {
        "title": "Angle between G's gradient and that of the JSD",
        "unit": "degrees",
        "lines": (("angle", "angle", {"color": ORANGE, "width": 2}),),
    },
)
_PLANE_PANELS = (
    {
        "title": "Losses of the minibatch",
        "unit": "nats",
        "lines": (
            ("batch_loss_D", "D's loss", {"color": BLUE, "width": 2}),
            ("batch_loss_G", "G's loss", {"color": VERMILION, "width": 2, "dash": "6 3"}),
        ),
    },
    {
        "title": "Modes reached",
        "unit": "modes",
        "lines": (("modes", "modes", {"color": GREEN, "width": 2.5}),),
    },
    {
        "title": "Samples near a mode, and JSD of the counts",
        "unit": "share, or nats",
        "lines": (
            ("high_quality", "high quality, share", {"color": BLUE, "width": 2.5}),
            (
                "jsd_estimate",
                "JSD, an estimate, nats",
                {"color": ORANGE, "width": 2, "dash": "6 3"},
            ),
        ),
    },
)
_TABLE = (
    ("batch_loss_D", "loss of D, of the minibatch", 6),
    ("batch_loss_G", "loss of G, of the minibatch", 6),
    ("loss", "loss of D, exactly", 9),
    ("floor", "2 ln 2 \N{MINUS SIGN} 2 JSD", 9),
    ("regret", "regret of D", 9),
    ("off", "by how much loss and (2 ln 2 \N{MINUS SIGN} 2 JSD) + regret differ", 12),
    ("jsd", "JSD, exactly", 9),
    ("angle", "angle between G's gradient and that of the JSD, degrees", 2),
    ("modes", "modes with a sample within 3 standard deviations", 0),
    ("high_quality", "share of samples so near a mode", 3),
    ("jsd_estimate", "JSD of the samples' counts in the modes: an estimate", 4),
)
_MOMENT = "Each frame is the moment before its update. "
_NOTES = {
    "exact": "Exactly: by quadrature over the whole line, the loss, the JSD and the regret each "
    "by its own, so that "
    "loss = 2 ln 2 \N{MINUS SIGN} 2 JSD + regret is a check and no definition. The gradient is "
    "that of G's minibatch.",
    "line": "The JSD is exact, by quadrature over the whole line. D's loss is that of the "
    "minibatch alone: D plays "
    "another game here, or judges more than one sample, so that loss and JSD do not make an "
    "equation. The gradient is "
    "that of G's minibatch.",
    "plane": "No density is known here: modes, shares and the JSD are counted among the samples "
    "shown, and the JSD is "
    "an estimate, that of two histograms over the modes.",
}


def draw_report(recorder: Recorder, path: Path_, title: str, words: str) -> None:
    """Write the page of a game on a line or in the plane; it appears whole or not at all.

    Raises ValueError if nothing has been recorded, OSError as files do.
    """
    if not recorder.records:
        raise ValueError("draw_report: recorder has no records (legal: at least one)")
    data = _told(recorder)
    text = json.dumps(data, allow_nan=False).replace(
        "<", "\\u003c"
    )  # no word in it ends the script
    page = PAGE
    for name, value in (
        ("$TITLE", escape(title)),
        ("$WORDS", escape(words)),
        ("$NOTES", escape(_MOMENT + _NOTES[_kind(recorder)])),
        ("$HEIGHT", str(data["top"] + 270 * len(data["panels"]) - 40)),
        ("$DATA", text),
    ):
        page = page.replace(name, value)
    with replacing(path) as file:
        file.write_text(page, encoding="utf-8")


def _kind(recorder: Recorder) -> str:
    """What can be said of the game: the whole equation, or no more than the JSD on a line or counts
    in the plane.
    """
    return "plane" if isinstance(recorder, PlaneRecorder) else "exact" if recorder.exact else "line"


def _told(recorder: Recorder) -> dict[str, Any]:
    """What the page draws."""
    records, grid = recorder.records, recorder.grid
    numbers = {name: [record.numbers[name] for record in records] for name in records[0].numbers}
    arrays = {
        name: np.stack([record.arrays[name] for record in records]) for name in records[0].arrays
    }
    arrays.pop("gradient", None)
    data: dict[str, Any] = {
        "updates": [record.update for record in records],
        "box": [float(grid[0]), float(grid[-1])],
        "logistic": recorder.logistic,
        "unmapped": _unmapped(recorder),
        "table": _TABLE,
    }
    if isinstance(recorder, LineRecorder):
        parts = zip(*(numbers[name] for name in ("loss", "floor", "regret")), strict=True)
        numbers["off"] = [abs(loss - floor - regret) for loss, floor, regret in parts]
        best = (
            "D*, the best"
            if recorder.game.objective.optimum
            else "D*, the best without the penalty"
        )
        data |= {
            "density": recorder.P.density(grid).tolist(),
            "panels": _LINE_PANELS,
            "bestName": best,
        }
        data["top"] = 640 if recorder.single else 390
    else:
        data |= {
            "side": len(grid),
            "centers": recorder.data.centers.tolist(),
            "panels": _PLANE_PANELS,
        }
        data["top"] = 690 if recorder.single else 720
    first, *others = data["panels"]
    if _kind(recorder) == "line":
        first = {**first, "title": "D's loss, of the minibatch"}
    data["panels"] = (first if recorder.logistic else {**first, "unit": "loss"}, *others)
    if recorder.single:
        lowest, highest = float(arrays["output"].min()), float(arrays["output"].max())
        data["outputs"] = [lowest, max(highest, lowest + 1e-6)]
        # of a logit only its probability is shown; the best output may be infinite
        low, high = (
            (-20.0, 20.0)
            if recorder.logistic
            else (2 * lowest - highest - 1, 2 * highest - lowest + 1)
        )
        arrays |= {
            name: np.clip(arrays[name], low, high) for name in ("output", "best") if name in arrays
        }
    data["numbers"] = {
        name: [v if isfinite(v) else None for v in values] for name, values in numbers.items()
    }
    data["arrays"] = {name: _packed(values) for name, values in arrays.items()}
    return data


def _unmapped(recorder: Recorder) -> str:
    """Why D cannot be drawn as a function of x; empty if it can."""
    if recorder.single:
        return ""
    game = recorder.game
    what = "samples" if game.encoder is None else "pairs of a sample and its h"
    return (
        "D is not drawn, as it is no function of x: it judges "
        f"{what}{f', {game.pack} at once' * (game.pack > 1)}."
    )


def _packed(frames: Array) -> dict[str, Any]:
    """Frames (F, ...) as 16-bit integers between the least and the greatest number, as text."""
    low, high = float(frames.min()), float(frames.max())
    levels = np.rint((frames - low) * (65535 / max(high - low, 1e-300))).astype("<u2")
    size = levels[0].size
    return {
        "text": b64encode(levels.tobytes()).decode("ascii"),
        "low": low,
        "high": high,
        "size": size,
    }
