"""The far end of `ranks_turns.RankSide`: one of the processes that make an update together.

Rank 0 reads requests from standard input, as `side` does. It sends each to the other ranks through
named pipes, so that they wait without using a core while other sides run.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.machine import libraries
from benchmarks.ranks_model import Silent
from benchmarks.rivals import RIVALS
from benchmarks.side import measured
from benchmarks.workloads import Text
from minigan import nn
from minigan.autograd import Tensor
from minigan.cli.starters import is_alive
from minigan.optim import Optimizer
from minigan.parallel import Group, SummedOptimizer, synchronized, world


def of_a_rank(text: Text) -> Text:
    """The same text, in which every rank differentiates its own term, `weight` times the loss."""
    return Text(
        text.setup, re.sub(r"(\w+)\.backward\(\)", r"(weight * \1).backward()", text.update)
    )


def share(names: dict[str, Any], group: Group, whole: bool = False) -> None:
    """Turn the names that a text has set up into those of one rank, as `parallel.distribute` does.

    Models start from the weights of rank 0 and synchronize their batch norm, optimizers add
    gradients, and a tensor keeps this rank's rows, or with `whole` all of them: each rank then has
    a batch of its own.
    """
    for value in list(names.values()):
        if isinstance(value, nn.Module):
            value.load_state_dict(group.broadcast(value.state_dict()))
            synchronized(value, group)
    for name, value in list(names.items()):
        if isinstance(value, Tensor) and not whole:
            first, end = (len(value) * r // group.size for r in (group.rank, group.rank + 1))
            names[name] = value[first:end].clone()
            names["weight"] = (end - first) / len(value)
        elif isinstance(value, Optimizer):
            names[name] = SummedOptimizer(value, group)
    if whole:
        names["weight"] = 1 / group.size


@dataclass
class Minigan:
    """One rank of minigan, or with `silent` a process that computes what one of so many does."""

    threads: int
    silent: int = 0
    whole: bool = False
    group: Group = field(init=False)

    def __post_init__(self) -> None:
        self.group = Silent(self.silent) if self.silent else world()

    @property
    def rank(self) -> int:
        return self.group.rank

    def setup(self, names: dict[str, Any]) -> None:
        if self.group.size > 1:
            share(names, self.group, self.whole)
        else:
            names["weight"] = 1.0

    def update(self, text: Text) -> str:
        return of_a_rank(text).update if self.group.size > 1 else text.update

    def probe(self, kind: str, messages: int, size: int, times: int) -> float:
        """The seconds of a call with an array of so many bytes; the median.

        An exchange with `messages` > 1 sends so many to the one other rank, as if it were many.
        """
        group: Any = self.group
        x = np.zeros(size // 4, np.float32)
        calls = {
            "exchange": lambda: group._swap("stack", [x] * 2),
            "sum": lambda: group._sum(x),
            "add": lambda: np.add(x, x, out=x),
        }
        seconds, others = [], group.others
        group.barrier()
        group.others = others * messages
        for _ in range(times):
            start = time.perf_counter()
            calls[kind]()
            seconds.append(time.perf_counter() - start)
        group.others = others
        return median(seconds)

    def barrier(self) -> None:
        self.group.barrier()

    def close(self) -> None:
        """Do nothing: MPI ends with the process."""

    def more(self) -> dict[str, Any]:
        """The calls of the last updates, if they were only noted."""
        if not isinstance(self.group, Silent):
            return {}
        calls, self.group.noted = self.group.noted, []
        return {"calls": calls}


@dataclass
class Torch:
    """One process of PyTorch's DistributedDataParallel over gloo; it averages the gradients."""

    threads: int
    size: int
    rank: int
    folder: Path

    def __post_init__(self) -> None:
        import torch.distributed as dist

        method = f"file://{self.folder / 'store'}"
        if self.size > 1:
            dist.init_process_group("gloo", method, rank=self.rank, world_size=self.size)

    def setup(self, names: dict[str, Any]) -> None:
        from torch import Tensor, nn
        from torch.nn.parallel import DistributedDataParallel

        if self.size == 1:
            return
        for name, value in list(names.items()):
            if isinstance(value, nn.Module):  # buffers would be written between two forward passes
                names[name] = DistributedDataParallel(value, forward_sync_buffers=False)
            elif isinstance(value, Tensor):
                names[name] = value.chunk(self.size)[self.rank].clone()

    def update(self, text: Text) -> str:
        return text.update

    def barrier(self) -> None:
        import torch.distributed as dist

        if self.size > 1:
            dist.barrier()

    def close(self) -> None:
        import torch.distributed as dist

        if self.size > 1:
            dist.destroy_process_group()

    def more(self) -> dict[str, Any]:
        return {}


def main() -> None:
    asked = json.loads(sys.argv[1])
    folder, rank = Path(asked["folder"]), asked.get("rank", 0)
    threading.Thread(target=end_with, args=[asked["starter"]], daemon=True).start()
    rival = RIVALS[asked["library"]]
    start: dict[str, Any] = {"np": np, "THREADS": asked["threads"]}
    exec(rival.prelude, start)
    with ExitStack() as stack:
        if asked["library"] == "minigan":
            one: Any = Minigan(asked["threads"], asked.get("silent", 0), asked.get("whole", False))
        else:
            if rank == 0:
                for other in range(1, asked["size"]):
                    stack.enter_context(process({**asked, "rank": other}))
            one = Torch(asked["threads"], asked["size"], rank, folder)
        about = libraries(rival.module, eval(rival.settings, start))
        if one.rank == 0:
            print(json.dumps({"about": about}), flush=True)
        for request in requests(one.rank, asked["size"], folder):
            answer(one, request, start, rival.finish)
        one.close()


def end_with(pid: int) -> None:
    """End this process when that one has ended; mpiexec would not."""
    while is_alive(pid):
        time.sleep(1.0)
    os._exit(1)


def process(asked: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Another process of PyTorch's; it ends when its pipe does."""
    return subprocess.Popen([sys.executable, "-m", "benchmarks.ranks_side", json.dumps(asked)])


def requests(rank: int, size: int, folder: Path) -> Iterator[dict[str, Any]]:
    """The requests, on every rank."""
    if rank:
        with (folder / str(rank)).open() as lines:
            for line in lines:
                yield json.loads(line)
        return
    with ExitStack() as stack:
        others = [stack.enter_context((folder / str(r)).open("w")) for r in range(1, size)]
        for line in sys.stdin:
            if line == "\n":  # mpiexec does not pass on that its input has ended
                return
            for other in others:
                other.write(line)
                other.flush()
            yield json.loads(line)


_kept: dict[str, Any] = {"setup": None}


def answer(one: Any, request: dict[str, Any], start: dict[str, Any], finish: str) -> None:
    """Run what is requested; rank 0 prints the seconds."""
    if "probe" in request:
        times = [one.probe(*call, request["times"]) for call in request["probe"]]
        if one.rank == 0:
            print(json.dumps({"times": times}), flush=True)
        return
    if request["setup"] != _kept["setup"]:
        names = {**start, "rng": np.random.default_rng(0)}
        exec(request["setup"], names)
        exec(finish, names)
        one.setup(names)
        _kept.update(setup=request["setup"], names=names)
    update = compile(one.update(Text("", request["update"])), "update", "exec")
    one.barrier()
    found = measured(update, _kept["names"], request["times"])
    if one.rank == 0:
        print(json.dumps({**found, **one.more()}), flush=True)


if __name__ == "__main__":
    main()
