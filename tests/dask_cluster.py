"""A Dask cluster on this machine, for tests; they are skipped where `distributed` is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def dask_cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of a scheduler with two workers of one thread."""
    distributed = pytest.importorskip("distributed")
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")  # the cluster sets them, and does not set them back
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address
