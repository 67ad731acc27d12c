"""A model of the time of an update on P ranks, and what it is made from. All formulas stand here.

An exchange, of which every call of `minigan.parallel.Group` is made: each rank sends one message of
k bytes to each of the P - 1 others. With the terms of LogGP (Alexandrov et al. 1995),

    E(P, k) = c + L + (P - 1) (o + k G)  (1)

c seconds for the call itself, L the latency of the network, o the time that a rank needs for one
message, sent and received, and G seconds a byte. All messages of an exchange are on their way at
the same time, so L counts once.

`all_sum` of n bytes in rank order, where s seconds a call and C seconds a byte are for putting the
parts together, and A seconds a byte for adding:

    S(P, n) = E(P, n) + s + (P - 1) n A                   if (P - 1) n <= SMALL: one exchange  (2)
    S(P, n) = 2 E(P, n / P) + s + (P - 1) n / P A + n C   else: slices to all, then their sums  (3)

`stack` of n bytes, the moments of synchronized batch norm:  E(P, n).

An update, of which U(P) is the computing of one rank, with its part of the batch and without any
message, measured alone; K >= 1 says how much slower it is while other ranks use the same machine:

    T(P) = K U(P) + sum of S(P, n) and E(P, n) over its calls  (4)

c, o, G, s, A, C, U and K are measured on one machine. Of another network L and G are known; G is
then the larger of both, because a rank cannot send faster than it copies. Not in the model: ranks
that are late, sleeping in a long wait, and a network that carries messages of many ranks at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from minigan.backend import Array
from minigan.parallel.group import SMALL, Group


class Call(NamedTuple):
    """A call of an update: all_sum ("sum") or stack ("stack"), and the bytes of its array."""

    kind: str
    size: int


class Network(NamedTuple):
    """A network: its name, L in seconds, and G in seconds a byte."""

    name: str
    latency: float
    per_byte: float


NETWORKS = (
    Network("10 Gb/s, 30 us", 30e-6, 8 / 10e9),
    Network("100 Gb/s, 2 us", 2e-6, 8 / 100e9),
)
HERE = Network("this machine", 0.0, 0.0)  # its L is in c


@dataclass(frozen=True)
class Costs:
    """What messages cost a rank, in seconds and seconds a byte: c, o, G, A, s and C above."""

    call: float
    message: float
    per_byte: float
    adding: float = 0.0
    sum_call: float = 0.0
    joining: float = 0.0

    def exchange(self, P: int, size: float, network: Network = HERE) -> float:
        """E(P, k), equation 1."""
        G = max(self.per_byte, network.per_byte)
        return self.call + network.latency + (P - 1) * (self.message + size * G)

    def sum(self, P: int, size: int, network: Network = HERE) -> float:
        """S(P, n), equations 2 and 3."""
        if (P - 1) * size <= SMALL:
            exchange = self.exchange(P, size, network)
            return exchange + self.sum_call + (P - 1) * size * self.adding
        part = size / P
        exchanges, adding = 2 * self.exchange(P, part, network), (P - 1) * part * self.adding
        return exchanges + self.sum_call + adding + size * self.joining

    def calls(self, P: int, calls: Iterable[Call], network: Network = HERE) -> float:
        """The seconds of all calls of an update."""
        if P == 1:
            return 0.0
        form = {"sum": self.sum, "stack": self.exchange}
        return sum(form[kind](P, size, network) for kind, size in calls)


def traffic(P: int, calls: Iterable[Call]) -> tuple[int, int]:
    """How many messages all ranks send in an update, and how many bytes, exactly."""
    messages = total = 0
    for kind, size in calls:
        once = P * (P - 1)
        if kind == "stack" or (P - 1) * size <= SMALL:
            messages, total = messages + once, total + once * size
        else:  # each part of the array goes to its rank from P - 1 others, and its sum to as many
            messages, total = messages + 2 * once, total + 2 * (P - 1) * size
    return messages, total


def fitted(
    exchanges: Sequence[tuple[int, int, float]], sums: Sequence[tuple[int, float]], adding: float
) -> Costs:
    """The costs, from what was measured between two ranks.

    `exchanges` are (messages, bytes of each, seconds), `sums` are (bytes, seconds). c, o and G
    follow from the exchanges by least squares, then s and C from what the sums take beyond them.
    """
    rows = [(1.0, m, m * size) for m, size, _ in exchanges]
    costs = Costs(*_least_squares(rows, [s for *_, s in exchanges]), adding)
    rest = [seconds - costs.sum(2, size) for size, seconds in sums]
    weights = [seconds for _, seconds in sums]
    beyond = [(1.0, size * (size > SMALL)) for size, _ in sums]
    sum_call, joining = _least_squares(beyond, rest, weights)
    return replace(costs, sum_call=sum_call, joining=joining)


def _least_squares(
    rows: Sequence[Sequence[float]], values: Sequence[float], scale: Sequence[float] | None = None
) -> list[float]:
    """The coefficients, at least 0, with the least squared errors relative to `scale`."""
    scales = np.array(values if scale is None else scale)
    found, *_ = np.linalg.lstsq(np.array(rows) / scales[:, None], values / scales, rcond=None)
    return np.maximum(found, 0.0).tolist()


class Silent(Group):
    """Rank 0 of a group whose other ranks do not exist: calls are noted and nothing is sent.

    An update with it is the computing of one rank alone. Its numbers are not those of training.
    """

    def __init__(self, size: int) -> None:
        self.rank, self.size = 0, size
        self.noted: list[Call] = []

    def abort(self, reason: str) -> None:
        """Do nothing."""

    def stack(self, array: Array) -> Array:
        """Return the array as often as there are ranks."""
        self.noted.append(Call("stack", array.nbytes))
        return np.stack([array] * self.size)

    def broadcast(self, value: Any = None) -> Any:
        """Return the value."""
        return value

    def barrier(self) -> None:
        """Return at once."""

    def _sum(self, x: Array) -> Array:
        self.noted.append(Call("sum", x.nbytes))
        return x

    def _swap(self, call: str, parts: Sequence[Array]) -> list[Array]:
        return list(parts)
