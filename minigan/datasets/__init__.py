"""Data as arrays: embedded digits, toy distributions, file readers, and batches that can resume.

>>> batches = load("mnist5k", size=32).batches(64, generator=0)
>>> images, labels = next(batches)
>>> images.shape, images.dtype.name
((64, 1, 32, 32), 'float32')
"""

from minigan.datasets.batches import Batches, Draws, generator_state, one_epoch, set_generator_state
from minigan.datasets.catalogue import NAMES, load
from minigan.datasets.dataset import Dataset, pad_to, shuffle, split, split_rows
from minigan.datasets.digits import digits8, mnist5k, stack_digits
from minigan.datasets.folder import read_folder, read_picture
from minigan.datasets.readers import from_arrays, idx_dataset, read_idx, read_npz
from minigan.datasets.toys import Mixture, gaussian, grid, mixture, ring

__all__ = [
    "load",
    "NAMES",
    "Dataset",
    "split",
    "split_rows",
    "shuffle",
    "pad_to",
    "mnist5k",
    "digits8",
    "stack_digits",
    "Mixture",
    "ring",
    "grid",
    "gaussian",
    "mixture",
    "from_arrays",
    "read_npz",
    "read_idx",
    "idx_dataset",
    "read_folder",
    "read_picture",
    "Batches",
    "Draws",
    "one_epoch",
    "generator_state",
    "set_generator_state",
]
