"""The explorer of the convolution: its data, and the functions whose source the page shows."""

from __future__ import annotations

from minigan.geometry import Axis

CODE = (Axis.coverage,)


def data(source: object = None) -> dict[str, object]:
    """Return what the page needs beside its settings: nothing. `source` is not used."""
    return {}
