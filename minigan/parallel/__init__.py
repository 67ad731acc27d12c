"""Data-parallel training: each rank computes its share of a batch, and gradients are added."""

from minigan.parallel.group import Alone, Group, ParallelError
from minigan.parallel.mpi import launched, world
from minigan.parallel.stand_in import run

__all__ = ["Alone", "Group", "ParallelError", "launched", "run", "world"]
