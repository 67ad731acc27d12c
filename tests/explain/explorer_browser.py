"""An explorer opened in a headless Chromium: what it computes, and what a reader meets on it."""

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
from browser import needs_browser, reported

from minigan.explain.explorers import page

__all__ = ["computed", "explored", "needs_browser", "same"]
PROBE, NUMBERS = (Path(__file__).with_name(f"probe_{name}.js") for name in ("explorer", "numbers"))
WINDOWS = {"1280": (1280, 720), "390": (390, 844)}


def computed(name, folder, settings):
    """The page's `numbers.all` of each of these settings: plain values, infinities as floats."""
    script = NUMBERS.read_text(encoding="utf-8").replace("SETTINGS", json.dumps(settings))
    special = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}
    text = reported(kept(name), script, folder, 1280, 720)
    return json.loads(text, object_hook=lambda found: special.get(found.get("number"), found))


def explored(name, folder, size, *, fragment="", dark=False, language="en"):
    """What a reader meets on the page in a window, after every input and key was used."""
    script = PROBE.read_text(encoding="utf-8")
    return reported(kept(name, language), script, folder, *size, fragment, dark)


@cache
def kept(name, language="en"):
    """The page, which is made once."""
    return page(name, language=language)


def same(found, expected, path="", relative=1e-12):
    """Fail where a value of the page is not Python's; arrays are compared as nested lists."""
    if isinstance(expected, dict):
        assert isinstance(found, dict) and not expected.keys() - found.keys(), path
        for key, value in expected.items():
            same(found[key], value, f"{path}.{key}", relative)
    elif isinstance(expected, bool | str | None):
        assert found == expected, (path, found, expected)
    else:
        a, b = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
        assert a.shape == b.shape, (path, a.shape, b.shape)
        scale = np.maximum(np.abs(b), np.finfo(float).tiny)
        close = (a == b) | (np.abs(a - b) <= relative * scale) | (np.isnan(a) & np.isnan(b))
        assert close.all(), (path, a[~close][:3], b[~close][:3])
