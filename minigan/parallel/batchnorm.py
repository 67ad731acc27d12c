"""Synchronized batch normalization: the mean and the variance are those of the whole batch.

Every rank has some samples of the batch. Forward, each rank sends n, mean and variance of its own
samples, and all of them merge these in rank order (Chan, Golub & LeVeque 1979).
Backward, the two sums s1 and s2 in the gradient of x are added over the ranks, and so is n. The
gradients of weight and bias stay those of a rank's own samples, because the optimizer adds
gradients over the ranks. (Ioffe & Szegedy 2015; across GPUs: Peng et al. 2018, MegDet.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from minigan import nn
from minigan.autograd import Tensor
from minigan.backend import Array, namespace
from minigan.nn.functional.batchnorm import BatchNorm, normalized
from minigan.parallel.group import Alone, Group
from minigan.parallel.sums import all_sum

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class SyncBatchNorm(BatchNorm):
    """Batch norm of x (N_r, C, ...), the samples of one rank, with the moments of all samples."""

    group: Group = field(default_factory=Alone)

    def moments(self, x: Array) -> tuple[int, Array, Array]:
        """Return n, mean and biased variance over all ranks; one exchange of 2 C + 1 numbers."""
        n, mu, var = super().moments(x)
        xp = namespace(mu)
        return merged(self.group.stack(xp.concatenate([xp.full(1, float(n)), mu, var])))

    def mean(self, x: Tensor, dims: tuple[int, ...]) -> Tensor:
        """Return the mean of x over all ranks, as ops."""
        n = x.numel() // max(x.shape[1], 1)
        total = self.group.all_sum(namespace(x._data).full(1, float(n)))[0].item()
        y: Tensor = all_sum(x.sum(dims, keepdim=True), self.group) / max(total, 1.0)
        return y

    def batch_sums(self, sums: Array, n: int) -> tuple[Array, float]:
        """Return s1 and s2 and n over all ranks; one exchange of 2 C + 1 numbers."""
        message = namespace(sums).append(sums, float(n))
        total = self.group.all_sum(message)[0]
        return total[:-1].reshape(sums.shape), float(total[-1])


def merged(parts: Array) -> tuple[int, Array, Array]:
    """Return n, mean and biased variance (C,) of all numbers, from those of parts (P, 1 + 2 C).

    A row has n, then the means, then the variances. Two parts with n_a and n_b numbers are merged,
    from the first row to the last, with d = mean_b - mean_a:

        n = n_a + n_b    mean = mean_a + d n_b / n    M2 = M2_a + M2_b + d^2 n_a n_b / n

    where M2 = n variance is a sum of squares around the mean (Chan, Golub & LeVeque 1979).

    >>> import numpy as np
    >>> n, mean, variance = merged(np.array([[1.0, 5.0, 0.0], [3.0, 1.0, 4.0]]))
    >>> n, mean.tolist(), variance.tolist()
    (4, [2.0], [6.0])
    """
    C = parts.shape[1] // 2
    n, mean, M2 = 0.0, parts[0, 1 : C + 1] * 0, parts[0, C + 1 :] * 0
    for row in parts:
        count, d = float(row[0]), row[1 : C + 1] - mean
        total = max(n + count, 1.0)
        mean = mean + d * (count / total)
        M2 = M2 + row[C + 1 :] * count + d * d * (n * count / total)
        n += count
    return int(n), mean, M2 / n if n else M2 + 1


class _Synchronized(nn.Module):
    """What the synchronized layers add to batch norm: a group, which is used in training mode."""

    group: Group = Alone()

    def _normalized(self, *arguments: Any) -> Tensor:
        if not self.training:  # one rank may evaluate the model alone
            return super()._normalized(*arguments)  # type: ignore[misc, no-any-return]
        return normalized(self._op, *arguments)

    def _op(self, eps: float, own: bool, slope: float) -> BatchNorm:
        return SyncBatchNorm(eps, own, slope, self.group)


class SyncBatchNorm1d(_Synchronized, nn.BatchNorm1d):
    """Batch normalization of (N_r, C) or (N_r, C, X), with the moments of the batch of all ranks.

    `synchronized` makes it from a BatchNorm1d. In training mode every rank must call it, and the
    running moments stay the same on all ranks. In evaluation mode it is a BatchNorm1d.
    """


class SyncBatchNorm2d(_Synchronized, nn.BatchNorm2d):
    """Batch normalization of (N_r, C, X, X'), as SyncBatchNorm1d."""


class SyncBatchNorm3d(_Synchronized, nn.BatchNorm3d):
    """Batch normalization of (N_r, C, X, X', X''), as SyncBatchNorm1d."""


_SYNCHRONIZED: dict[type[nn.Module], type[nn.Module]] = {
    nn.BatchNorm1d: SyncBatchNorm1d,
    nn.BatchNorm2d: SyncBatchNorm2d,
    nn.BatchNorm3d: SyncBatchNorm3d,
}


def synchronized(module: M, group: Group) -> M:
    """Return the module, in which every batch norm now uses the batch of all ranks of the group.

    The batch norms stay the same objects, with their parameters and buffers; only their class
    changes. So optimizers and state dicts continue to work. Raises TypeError if the module has a
    batch norm of another class, because its moments would be those of one rank's samples.

    >>> from minigan.parallel import run, synchronized
    >>> from minigan import tensor
    >>> def normalize(group):  # rank 0 has the sample 1, rank 1 has the sample 3
    ...     norm = synchronized(nn.BatchNorm1d(1), group)
    ...     return round(norm(tensor([[1.0 + 2 * group.rank]])).item())
    >>> run(2, normalize)
    [-1, 1]
    """
    for child in module.modules():
        if isinstance(child, tuple(_SYNCHRONIZED)):
            kind = type(child)
            if kind not in (*_SYNCHRONIZED, *_SYNCHRONIZED.values()):
                raise TypeError(
                    f"synchronized: {kind.__name__} is a class derived from a batch norm (legal: "
                    f"{', '.join(legal.__name__ for legal in _SYNCHRONIZED)} themselves)"
                )
            child.__class__ = _SYNCHRONIZED.get(kind, kind)
            vars(child)["group"] = group
    return module
