"""The handwritten digits that come with the package, and stacks of three digits with 1000 modes.

Sources and licences of the two archives are in `data/README.md`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from minigan.backend import Seed, as_generator
from minigan.checks import integer
from minigan.datasets.dataset import Dataset

DATA = Path(__file__).parent / "data"


def mnist5k() -> Dataset:
    """Return 5,000 digits of 28x28 from MNIST, 500 of each class, sorted by class.

    Source: LeCun, Cortes and Burges; CC BY-SA 3.0.

    >>> mnist5k().images.shape
    (5000, 1, 28, 28)
    """
    return _embedded("mnist5k", high=255)


def digits8() -> Dataset:
    """Return 1,797 digits of 8x8 with values 0..16.

    Source: Alpaydin and Kaynak 1998; CC BY 4.0.

    >>> digits8().images.shape
    (1797, 1, 8, 8)
    """
    return _embedded("digits8", high=16)


def _embedded(name: str, high: float) -> Dataset:
    """Return the data set in an archive of the package."""
    with np.load(DATA / f"{name}.npz", allow_pickle=False) as file:
        images, labels = file["images"], file["labels"]
    return Dataset(
        name, images[:, None], labels.astype(np.int64), high=high
    )  # (N, H, W) -> (N, 1, H, W)


def stack_digits(digits: Dataset, count: int = 20_000, generator: Seed = 0) -> Dataset:
    """Return images (count, 3, H, W) with a random digit in each channel, labelled 0..999.

    The label is the number that the three digits spell. Source: the mode coverage test of Metz et
    al. 2017, also used by PacGAN (Lin et al. 2018). Raises ValueError unless the digits are gray
    and labelled 0..9.

    >>> stack_digits(digits8(), count=4).shape
    (3, 8, 8)
    """
    integer("stack_digits", "count", count, least=1)
    if digits.shape[0] != 1 or digits.labels is None or digits.labels.max() > 9:
        raise ValueError(
            f"stack_digits: digits={digits.description!r} (legal: gray images labelled 0..9)"
        )
    rows = as_generator(generator).integers(len(digits), size=(count, 3))  # hundreds, tens, ones
    return Dataset(
        f"stacked-{digits.name}",
        digits.images[rows, 0],
        digits.labels[rows] @ np.array([100, 10, 1]),
        low=digits.low,
        high=digits.high,
        note="three digits drawn as channels",
        stack_of=digits.name,
    )
