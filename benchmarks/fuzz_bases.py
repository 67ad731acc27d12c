"""The small runs and data files that `benchmarks.fuzz` damages."""

from __future__ import annotations

import gzip
import io
import struct
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from minigan import runs

_TINY = {"latent": 2, "batch": 4, "steps": 4}
_SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "plane": ("gan", {"data": "ring8", **_TINY}),
    "line": ("gan", {"data": "gaussian", "batch": 4, "steps": 4}),
    "pairs": ("gan", {"data": "grid25", "bigan": True, "decay": 0.9, **_TINY}),
    "classes": ("gan", {"data": "digits8", "features": 2, "conditional": True, **_TINY}),
    "penalty": ("gan", {"data": "digits8", "features": 2, "objective": "wgan-gp", **_TINY}),
    "spectral": ("gan", {"data": "digits8", "features": 2, "spectral_norm": True, **_TINY}),
    "file": ("gan", {"features": 2, "conditional": True, **_TINY}),
    "plain": ("autoencoder", {"data": "digits8", "features": 2, "hidden": 0, **_TINY}),
    "variational": (
        "autoencoder",
        {"data": "digits8", "features": 2, "variational": 0.1, "tied": True, **_TINY},
    ),
}
RUNS = tuple(_SETTINGS)
_FORMATS = ("bmp", "jpg", "png", "ppm", "tif", "webp")
DATA = (
    *("bytes.npz", "floats.npz", "packed.npz", "images-idx3-ubyte", "images-idx3-ubyte.gz"),
    *("labels-idx1-ubyte", *(f"pictures/{n}.{suffix}" for n, suffix in enumerate(_FORMATS))),
)


def small_runs(folder: Path) -> None:
    """Train a tiny run of each kind into a folder; the frames of all but the last are left out."""
    folder.mkdir()
    images = np.arange(40 * 64, dtype=np.uint8).reshape(40, 8, 8)
    np.savez(folder / "data.npz", images=images, labels=np.repeat(["a", "$b$"], 20))
    for name, (kind, settings) in _SETTINGS.items():
        chosen = {"data": str(folder / "data.npz"), **settings}
        run, task = runs.begin(runs.configure(kind, chosen), folder / name)
        with redirect_stderr(io.StringIO()):
            for _ in runs.train(run, task):
                pass


def data_files(folder: Path) -> None:
    """Write a data set of each format into a folder."""
    (folder / "pictures").mkdir(parents=True)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (20, 12, 12)).astype(np.uint8)
    labels = np.arange(20) % 3
    np.savez(folder / "bytes.npz", images=images, labels=labels)
    np.savez(folder / "floats.npz", images=np.float32(images[:, None] / 255))
    np.savez_compressed(folder / "packed.npz", images=images, labels=np.array(["x", "y"] * 10))
    whole = struct.pack(">4B3I", 0, 0, 8, 3, *images.shape) + images.tobytes()
    (folder / "images-idx3-ubyte").write_bytes(whole)
    (folder / "images-idx3-ubyte.gz").write_bytes(gzip.compress(whole))
    (folder / "labels-idx1-ubyte").write_bytes(
        struct.pack(">4BI", 0, 0, 8, 1, 20) + labels.astype(np.uint8).tobytes()
    )
    for number, suffix in enumerate(_FORMATS):
        picture = np.kron(images[number], np.ones((3, 3), np.uint8))
        Image.fromarray(picture).save(folder / "pictures" / f"{number}.{suffix}")
