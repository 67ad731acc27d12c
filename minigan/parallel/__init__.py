"""Data-parallel training: each rank computes its share of a batch, and gradients are added.

`distribute(training, world())` is all that a program needs, started by `mpiexec -n 4`. Without MPI
the ranks can be threads: `run(2, work)` calls `work(group)` on each of them.
"""

from minigan.parallel.batchnorm import (
    SyncBatchNorm1d,
    SyncBatchNorm2d,
    SyncBatchNorm3d,
    synchronized,
)
from minigan.parallel.group import Alone, Group, ParallelError
from minigan.parallel.mpi import launched, world
from minigan.parallel.optimizer import SummedOptimizer
from minigan.parallel.shares import Share, SharedGenerator
from minigan.parallel.stand_in import run
from minigan.parallel.sums import all_sum
from minigan.parallel.training import distribute

__all__ = [
    "distribute",
    "launched",
    "world",
    "run",
    "Group",
    "Alone",
    "ParallelError",
    "SummedOptimizer",
    "Share",
    "SharedGenerator",
    "all_sum",
    "synchronized",
    "SyncBatchNorm1d",
    "SyncBatchNorm2d",
    "SyncBatchNorm3d",
]
