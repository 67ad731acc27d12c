"""A run that several ranks train: rank 0 has the run and its files, and leads the others.

The other ranks need no run directory. They receive the config, the fingerprint of the data and the
state from rank 0, read the data themselves, and make the same updates, each on its share of every
batch. The state of the training stays that of one process, so a run can be continued with any
number of ranks.
"""

from __future__ import annotations

from typing import Any

from minigan.parallel import Group
from minigan.runs.config import Config
from minigan.runs.data import unusable
from minigan.runs.errors import RunError
from minigan.runs.fingerprint import Fingerprint
from minigan.runs.kinds import KINDS


def require_ranks(config: Config, ranks: int) -> None:
    """Raise RunError unless each rank can have a share of every batch.

    A share has at least one sample, or with `pack` as many samples as D judges at once.
    """
    pack = getattr(config, "pack", 1)
    most = config.batch // pack
    if ranks > most:
        samples = f"batch={config.batch}" + (f" in groups of pack={pack}" if pack > 1 else "")
        raise RunError(
            f"ranks={ranks}: {samples} has no share for each rank (legal: at most {most} ranks)"
        )


def lead(task: Any, group: Group) -> None:
    """Let the other ranks build this task, and let it train as rank 0 of the group.

    Raises RunError if a batch has no share for each rank, and ParallelError if another rank cannot
    build the task.
    """
    require_ranks(task.config, group.size)
    # the other ranks need the state of the training only; frames and numbers stay with rank 0
    state = {"training": task.state_dict()["training"], "frames": [], "numbers": []}
    group.broadcast((task.config.as_json(), task.fingerprint, state if task.number else None))
    task.distribute(group)  # it fails if another rank has no such data


def follow(group: Group) -> Any:
    """Return the task that rank 0 leads, in its state, as it trains on this rank of the group.

    Raises RunError if the data of this rank are not those of rank 0, and ParallelError if rank 0
    has stopped.
    """
    settings, known, state = group.broadcast()
    kind = KINDS[settings["kind"]]
    config = kind.config.from_json(settings)
    task = kind.task(config)
    _require_data(config.data, task.fingerprint, known)
    if state is not None:
        task.load_state_dict(state)
    task.distribute(group)
    return task


def _require_data(name: str, found: Fingerprint | None, known: Fingerprint | None) -> None:
    """Raise RunError unless the data of this rank have the fingerprint that rank 0 has sent."""
    if found is None or known is None:
        other = "" if found is known else "only those of one rank are built in"
    else:
        other = found.difference(known)
    if other:
        raise unusable(name, f"are not the data of rank 0 ({other})")
