"""The far end of `turns.Side`: a process that imports one rival, runs the texts it is sent and
times each run.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

from benchmarks.machine import libraries, memory, used
from benchmarks.rivals import RIVALS


def main() -> None:
    rival, threads = RIVALS[sys.argv[1]], int(sys.argv[2])
    start: dict[str, Any] = {"np": np, "THREADS": threads}
    exec(rival.prelude, start)
    about = libraries(rival.module, eval(rival.settings, start))
    print(json.dumps({"about": about, "memory": memory()}), flush=True)
    setup, names = None, start
    for line in sys.stdin:
        request = json.loads(line)
        if request["setup"] != setup:
            setup, names = request["setup"], {}  # the old names go before new ones come
            names = {**start, "rng": np.random.default_rng(0)}
            exec(setup, names)
            exec(rival.finish, names)
        update = compile(request["update"], "update", "exec")
        print(json.dumps(measured(update, names, request["times"])), flush=True)


def measured(update: Any, names: dict[str, Any], times: int) -> dict[str, Any]:
    """The seconds of each run of the update, and what this process has used for all of them."""
    before = used()
    seconds = _timed(update, names, times)
    after = used()
    switches = None if after.switches is None else after.switches - (before.switches or 0)
    use = {"cpu": after.cpu - before.cpu, "switches": switches}
    return {"times": seconds, "memory": memory(), **use}


def _timed(update: Any, names: dict[str, Any], times: int) -> list[float]:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        exec(update, names)
        seconds.append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    main()
