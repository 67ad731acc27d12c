"""The files that commands write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from minigan.cli.errors import UsageError
from minigan.files import replacing


def require_file(out: Path, *suffixes: str, flag: str = "--out") -> Path:
    """Return the path of a file to write; commands check it before they do any work.

    Raises UsageError if it has another suffix, is a folder, or its folder may not be written to.
    """
    if out.suffix not in suffixes:
        raise UsageError(f"{flag} {out}: must end in {' or '.join(suffixes)}")
    if not out.parent.is_dir():
        raise UsageError(f"{flag} {out}: there is no folder {out.parent}")
    if out.is_dir():
        raise UsageError(f"{flag} {out}: is a folder; name a file")
    if not os.access(out.parent, os.W_OK):
        raise UsageError(f"{flag} {out}: the folder {out.parent} may not be written to")
    return out


def write_arrays(out: Path, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    """Write arrays to a .npz file, which appears as a whole or not at all."""
    with replacing(out) as file, file.open("wb") as target:
        np.savez_compressed(target, allow_pickle=False, **arrays)
