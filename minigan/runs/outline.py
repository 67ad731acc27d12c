"""What the headers of a checkpoint say about its arrays, before any of them is read.

A damaged config.json may describe a model of any size. The outline tells that such a model is not
the one in the checkpoint, before memory for it is allocated.
"""

from __future__ import annotations

from dataclasses import dataclass

from minigan.runs.errors import RunError


@dataclass(frozen=True)
class Outline:
    """How many numbers all arrays of a checkpoint have, and which sizes occur in their shapes."""

    path: str
    numbers: int
    sizes: frozenset[int]

    def require(self, numbers: int, *widths: int) -> None:
        """Raise RunError unless arrays of these widths, with so many numbers, can be inside."""
        for width in widths:
            if width not in self.sizes:
                raise self._refusal(f"no array has the size {width}, which its settings need")
        if numbers > self.numbers:
            raise self._refusal(
                f"it has {self.numbers:,} numbers, and its settings need {numbers:,}"
            )

    def _refusal(self, reason: str) -> RunError:
        return RunError(f"{self.path}: checkpoint.npz does not fit config.json ({reason})")
