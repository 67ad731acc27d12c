"""What a chapter leaves behind: its claims and its films."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

from PIL import Image


@dataclass(frozen=True)
class Claim:
    """A claim that holds: what is said, the numbers found and expected, the tolerance.

    Claims of booleans or strings hold no numbers.
    """

    what: str
    value: tuple[float, ...]
    expected: tuple[float, ...]
    tolerance: float = 0.0

    def __str__(self) -> str:
        return f"{self.what}: {self.value[0]:.7g}" if len(self.value) == 1 else self.what


@dataclass(frozen=True)
class Film:
    """A picture, or several of which one is shown: by step, or by the settings of sliders.

    The frames are PNG files, in the order of the sliders' settings, the last slider fastest. A
    single picture has no slider. A film of steps has one without a name, and `seconds` says how
    long each step is shown while it plays. `words` are the labels drawn into the frames, `start`
    is the frame that is shown first.
    """

    name: str
    frames: tuple[bytes, ...]
    sliders: tuple[tuple[str, tuple[str, ...]], ...] = ()
    seconds: float = 0.0
    words: tuple[str, ...] = ()
    start: int = 0

    def animated(self) -> str:
        """Return all frames as one animated PNG file, in base64."""
        return self._animated

    @cached_property  # the notebooks of both languages show it
    def _animated(self) -> str:
        return b64encode(self._joined("PNG")).decode("ascii")

    def save(self, folder: Path) -> Path:
        """Write name.png, or name.gif if there are several frames, and return its path."""
        kind = "PNG" if len(self.frames) == 1 else "GIF"
        path = folder / f"{self.name}.{kind.lower()}"
        path.write_bytes(self._joined(kind))
        return path

    def _joined(self, kind: str) -> bytes:
        if len(self.frames) == 1:
            return self.frames[0]
        first, *rest = (Image.open(BytesIO(frame)).convert("RGB") for frame in self.frames)
        file, time = BytesIO(), round(1000 * (self.seconds or 1.0))
        first.save(file, kind, save_all=True, append_images=rest, duration=time, loop=0)
        return file.getvalue()
