"""What a run remembers of its data: enough to recognise them, and to draw samples without them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np

from minigan.datasets import Dataset

MOST_CLASSES = 1000  # of a conditional game, of a classifier, and of a fingerprint


@dataclass(frozen=True)
class Fingerprint:
    """Images as a file holds them: their name, shape (N, C, H, W), dtype, range, classes and hash.

    `counts` are the numbers of images of the classes. `counts` and `classes` are empty if there are
    no labels, or more than 1000 classes. `sha256` is the hash of images and labels.

    >>> Fingerprint.of(Dataset("dots", np.zeros((2, 1, 5, 7), np.uint8))).shape
    (2, 1, 5, 7)
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    low: float
    high: float
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    sha256: str

    @classmethod
    def of(cls, data: Dataset) -> Self:
        """Return the fingerprint of a data set."""
        whole = hashlib.sha256(np.ascontiguousarray(data.images).data)
        few = 0 < data.class_count <= MOST_CLASSES
        counts: tuple[int, ...] = ()
        if data.labels is not None:
            whole.update(np.ascontiguousarray(data.labels, np.int64).data)
            counts = tuple(np.bincount(data.labels, minlength=data.class_count).tolist())
        return cls(
            data.name,
            data.images.shape,
            str(data.images.dtype),
            float(data.low),
            float(data.high),
            data.classes if few else (),
            counts if few else (),
            whole.hexdigest(),
        )

    @classmethod
    def from_json(cls, found: Any) -> Self:
        """Return the fingerprint in a config.json. Raises ValueError if it is not legal."""
        names = [field.name for field in fields(cls)]
        if not isinstance(found, dict) or set(found) != set(names):
            raise ValueError(f"fingerprint={json.dumps(found):.60} must have {names}")
        texts = ("name", "dtype", "sha256")
        legal = all(isinstance(found[name], str) for name in texts)
        legal &= all(isinstance(found[name], list) for name in ("shape", "classes", "counts"))
        legal = legal and all(isinstance(name, str) for name in found["classes"])
        legal = legal and all(_is_count(n) for n in (*found["shape"], *found["counts"]))
        legal = legal and len(found["shape"]) == 4 and min(found["shape"]) > 0
        legal = legal and found["shape"][1] in (1, 3)
        legal = legal and sum(found["counts"]) in (0, found["shape"][0])
        legal = legal and len(found["classes"]) in (0, len(found["counts"]))
        legal = legal and all(type(found[name]) in (int, float) for name in ("low", "high"))
        if not legal:
            raise ValueError("fingerprint is not one of a data set")
        lists = {name: tuple(found[name]) for name in ("shape", "classes", "counts")}
        return cls(**{**found, **lists})

    def as_json(self) -> dict[str, Any]:
        """Return the fingerprint as config.json holds it."""
        return asdict(self)

    def difference(self, other: Fingerprint) -> str:
        """Return what differs from other data in words; "" if they are the same images and labels.

        The name does not count, because a file may be renamed.
        """
        for name in ("shape", "dtype", "low", "high", "classes", "counts"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                return f"{name} is {mine!s:.60}, and was {theirs!s:.60}"
        return "" if self.sha256 == other.sha256 else "the values are others"


def _is_count(number: Any) -> bool:
    return type(number) is int and 0 <= number < 2**40
