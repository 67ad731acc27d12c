"""report.html: the records of a GAN on toy data as one page, with a slider over the updates.

The page needs no network and no other file.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from html import escape
from math import isfinite, log
from typing import Any

import numpy as np

from minigan.backend import Array
from minigan.files import replacing
from minigan.gan import LineRecorder, PlaneRecorder
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
        "title": "Samples near a mode",
        "unit": "fraction",
        "lines": (("high_quality", "high quality, fraction", {"color": BLUE, "width": 2.5}),),
    },
    {
        "title": "Jensen-Shannon divergence of data and model: somewhere in the shaded area",
        "unit": "nats",
        "lines": (
            ("jsd_bound", "lower bound, from mode counts only", {"color": ORANGE, "width": 2}),
        ),
        "above": log(2),
    },
)
_TABLE = (
    ("batch_loss_D", "loss of D, of the minibatch", 6),
    ("batch_loss_G", "loss of G, of the minibatch", 6),
    ("loss", "loss of D, exactly", 9),
    ("floor", "2 ln 2 \N{MINUS SIGN} 2 JSD", 9),
    ("regret", "regret of D", 9),
    ("difference", "loss \N{MINUS SIGN} (2 ln 2 \N{MINUS SIGN} 2 JSD + regret), absolute", 12),
    ("jsd", "JSD, exactly", 9),
    ("angle", "angle between G's gradient and that of the JSD, degrees", 2),
    ("modes", "modes with a sample within 3 standard deviations", 0),
    ("high_quality", "fraction of samples within 3 standard deviations of a mode", 3),
    ("jsd_bound", "lower bound of the JSD, from mode counts only (the JSD is at most ln 2)", 4),
)
_MOMENT = "Each frame shows the state before its update. "
_NOTES = {
    "exact": "The loss, the JSD and the regret are exact: each is an integral of its own over the "
    "whole line. Therefore loss = 2 ln 2 \N{MINUS SIGN} 2 JSD + regret is a check, not a "
    "definition. G's gradient is that of the minibatch.",
    "line": "The JSD is exact: it is an integral over the whole line. D's loss is that of the "
    "minibatch. The equation of loss and JSD does not hold here, because D has another loss or "
    "judges more than one sample. G's gradient is that of the minibatch.",
    "plane": "The density of G is not known here, and neither is its JSD. The modes and the "
    "fraction are counted among the samples shown. The counts near each mode and around it give a "
    "lower bound of the JSD, with the sampling error subtracted. The JSD itself lies between this "
    "bound and ln 2, and may be far above the bound.",
}


def draw_report(
    recorder: LineRecorder | PlaneRecorder, path: Path_, title: str, words: str
) -> None:
    """Write the page of a game on a line or in the plane, as a whole or not at all.

    `words` is a paragraph below the title. Raises ValueError if there are no records, and OSError
    if the page cannot be written.
    """
    if not recorder.records:
        raise ValueError("draw_report: recorder has no records (legal: at least one)")
    data = _page_data(recorder)
    # without "<", no text can end the script
    text = json.dumps(data, allow_nan=False).replace("<", "\\u003c")
    parts = {
        "TITLE": escape(title),
        "WORDS": escape(words),
        "NOTES": escape(_MOMENT + _NOTES[_kind(recorder)]),
        "HEIGHT": str(data["top"] + 270 * len(data["panels"]) - 40),
        "DATA": text,
    }
    page = re.sub(rf"\$({'|'.join(parts)})\b", lambda found: parts[found[1]], PAGE)  # in one pass
    with replacing(path) as file:
        # a file name that is not UTF-8 has characters that cannot be encoded
        file.write_bytes(page.encode("utf-8", "xmlcharrefreplace"))


def _kind(recorder: LineRecorder | PlaneRecorder) -> str:
    """Return what is known: "exact" for the equation, "line" for the JSD, "plane" for counts."""
    return "exact" if recorder.kind == "line" and recorder.exact else recorder.kind


def _page_data(recorder: LineRecorder | PlaneRecorder) -> dict[str, Any]:
    """Return what the page draws, as JSON holds it."""
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
        "notDrawn": _why_not_drawn(recorder),
        "table": _TABLE,
    }
    if recorder.kind == "line":
        parts = zip(*(numbers[name] for name in ("loss", "floor", "regret")), strict=True)
        numbers["difference"] = [abs(loss - floor - regret) for loss, floor, regret in parts]
        optimum = recorder.game.objective.optimum
        data["bestName"] = "D*, the best" if optimum else "D*, the best without the penalty"
        data |= {"density": recorder.P.density(grid).tolist(), "panels": _LINE_PANELS}
        data["top"] = 640 if recorder.single else 390
    else:
        centers = recorder.data.centers.tolist()
        data |= {"side": len(grid), "centers": centers, "panels": _PLANE_PANELS}
        data["top"] = 690 if recorder.single else 720
    first, *others = data["panels"]
    if _kind(recorder) == "line":
        first = {**first, "title": "D's loss, of the minibatch"}
    data["panels"] = (first if recorder.logistic else {**first, "unit": "loss"}, *others)
    if recorder.single:
        data["outputs"] = _clip_outputs(arrays, recorder.logistic)
    data["numbers"] = {
        name: [v if isfinite(v) else None for v in values] for name, values in numbers.items()
    }
    data["arrays"] = {name: _packed(values) for name, values in arrays.items()}
    return data


def _clip_outputs(arrays: dict[str, Array], logistic: bool) -> list[float]:
    """Clip D's outputs in the arrays to what can be drawn; return the range of the output.

    Of a logit the page draws the probability. The output of D* may be infinite.
    """
    lowest, highest = float(arrays["output"].min()), float(arrays["output"].max())
    low, high = (-20.0, 20.0) if logistic else (2 * lowest - highest - 1, 2 * highest - lowest + 1)
    for name in ("output", "best"):
        if name in arrays:
            arrays[name] = np.clip(arrays[name], low, high)
    return [lowest, max(highest, lowest + 1e-6)]


def _why_not_drawn(recorder: LineRecorder | PlaneRecorder) -> str:
    """Return why D cannot be drawn as a function of x; "" if it can."""
    if recorder.single:
        return ""
    game = recorder.game
    judged = "samples" if game.encoder is None else "pairs of a sample and its h"
    at_once = f", {game.pack} at once" if game.pack > 1 else ""
    return f"D is not drawn, because it is not a function of x: it judges {judged}{at_once}."


def _packed(frames: Array) -> dict[str, Any]:
    """Return frames (F, ...) as base64 of 16-bit integers; 0 stands for low, 65535 for high."""
    low, high = float(frames.min()), float(frames.max())
    levels = np.rint((frames - low) * (65535 / max(high - low, 1e-300))).astype("<u2")
    size = levels[0].size
    return {
        "text": b64encode(levels.tobytes()).decode("ascii"),
        "low": low,
        "high": high,
        "size": size,
    }
