"""A run: a training whose directory holds its settings, log, checkpoints and results.

>>> from minigan import runs
>>> sorted(runs.KINDS)
['autoencoder', 'gan']
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from minigan.gan import OBJECTIVES
from minigan.parallel import Group
from minigan.runs.autoencoder import AutoencoderTask
from minigan.runs.config import POINTS, AutoencoderConfig, Config, DecodersConfig, GANConfig
from minigan.runs.data import SPLITS, absolute, unusable
from minigan.runs.directory import Run
from minigan.runs.errors import RunError
from minigan.runs.fingerprint import Fingerprint
from minigan.runs.gan import GANTask, sample
from minigan.runs.kinds import KINDS, Kind
from minigan.runs.loop import Interrupted, accompany, advance
from minigan.runs.ranks import follow, lead, require_ranks
from minigan.runs.state import bytes_of, require_state
from minigan.runs.task import Task


def configure(kind: str, settings: dict[str, Any]) -> Config:
    """Return the config of a run from some settings; the others have their defaults.

    Raises RunError for settings that are not legal.

    >>> configure("gan", {"data": "ring8"}).latent
    256
    """
    if kind not in KINDS:
        raise RunError(f"configure: kind={kind!r} is not legal (legal: {', '.join(KINDS)})")
    return KINDS[kind].config.with_defaults(settings)


def begin(
    config: Config, out: str | os.PathLike[str] | None = None, group: Group | None = None
) -> tuple[Run, GANTask | AutoencoderTask]:
    """Make a new run directory, by default the next free runs/KIND-NNN; return run and task.

    With a `group` this is rank 0, and the other ranks call `follow`. The first checkpoint is the
    state before the first update, so the run can be resumed whenever it is killed. Raises RunError
    if the config cannot be carried out or `out` exists, OSError if a file cannot be written, and
    ParallelError if another rank stops; then no directory is left.
    """
    require_new(out)  # before any work is done
    config = replace(config, data=absolute(config.data))
    task: GANTask | AutoencoderTask = KINDS[config.kind].task(config)
    if group is not None:
        lead(task, group)
    task.picture()
    with Run.create(out, config.kind) as run:
        _write_config(run, task)
        run.save(task.state_dict())
    return run, task


def require_new(out: str | os.PathLike[str] | None) -> None:
    """Raise RunError if the directory of a new run exists already."""
    if out is not None and os.path.lexists(out):
        name = repr(os.fspath(out))
        raise RunError(
            f"out={name} exists already; name a new directory, or continue a run with "
            f"runs.load({name})"
        )


def load(
    path: str | os.PathLike[str],
    steps: int | None = None,
    kind: str | None = None,
    *,
    data: str | None = None,
    training: bool = False,
    needs_data: bool = True,
    group: Group | None = None,
) -> tuple[Run, Any]:
    """Return the run in a directory and its task, in the state of its last checkpoint.

    `steps` replaces the number of updates to train to in all. `data` is the new path of the data;
    they must be the same images. `kind` is the only legal kind of run, by default any. With
    `training`, and with `steps` or `data`, no other process can train the run until this one has
    trained it. Without `needs_data` the data of a GAN are not read, if the run remembers what
    samples need. With a `group` this is rank 0, and the other ranks call `follow`. Raises RunError
    if there is no such run, if its files are damaged or do not fit each other, if its data are
    others, and if another process trains it, and ParallelError if another rank stops.
    """
    run = Run.open(path)
    settings = run.read_json("config.json")
    found = settings.get("kind") if isinstance(settings, dict) else None
    if not isinstance(found, str) or found not in KINDS or kind not in (None, found):
        raise RunError(
            f"{path}: is a run of kind {found!r:.80} (legal here: {kind or ', '.join(KINDS)})"
        )
    lasting = training or steps is not None or data is not None
    if lasting:
        run.lock()
        settings = run.read_json("config.json")
    known = _fingerprint(run, settings)
    config = _config(run, KINDS[found].config, settings)
    made = replace(
        config,
        steps=config.steps if steps is None else steps,
        data=absolute(config.data if data is None else data) if lasting else config.data,
    )
    task = _task(run, made, known, data is not None or needs_data or found != "gan")
    _restore(run, task, config.steps)
    if steps is not None and steps < task.number:
        raise RunError(
            f"steps={steps}: {path} has made {task.number} updates already "
            f"(legal: at least {task.number})"
        )
    if group is not None:
        lead(task, group)
    if made != config or (lasting and task.fingerprint != known):
        _write_config(run, task)
    return run, task


def _task(run: Run, config: Config, known: Fingerprint | None, read: bool) -> Any:
    """Return the new task of a config. Raises RunError if its data are not those of the run."""
    outline, kind = run.outline(), KINDS[config.kind]
    if known is not None and not read:
        return kind.task(config, outline, known)
    try:
        task = kind.task(config, outline)
    except RunError as error:
        if not str(error).startswith("data="):
            raise
        name = "its data" if known is None else f"its data {known.name!r}"
        raise RunError(
            f"{error}; {run.path} needs {name} (if they have moved, continue it with their new "
            "path as `data`)"
        ) from error
    if known is not None:
        other = task.fingerprint and task.fingerprint.difference(known)
        if other or task.fingerprint is None:
            reason = other or "these are built in, and those were not"
            raise unusable(config.data, f"are not the data of {run.path} ({reason})")
    return task


def _restore(run: Run, task: Any, steps: int) -> None:
    """Load the checkpoint of a run, of at most `steps` updates, into its task."""
    state = run.load(bytes_of(task))
    try:
        require_state(state, task, steps)
        task.load_state_dict(state)
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError, OverflowError) as error:
        raise RunError(f"{run.path}: checkpoint.npz does not fit config.json ({error})") from error


def _config(run: Run, kind: type[Config], settings: dict[str, Any]) -> Config:
    """Return the config in config.json. Raises RunError that names the file."""
    try:
        return kind.from_json(settings)
    except RunError as error:
        raise RunError(f"{run.path / 'config.json'}: {error}") from error


def _fingerprint(run: Run, settings: dict[str, Any]) -> Fingerprint | None:
    """Take the fingerprint of the data out of the settings of config.json, if there is one."""
    found = settings.pop("fingerprint", None)
    try:
        return None if found is None else Fingerprint.from_json(found)
    except ValueError as error:
        raise RunError(f"{run.path / 'config.json'}: {error}") from error


def _write_config(run: Run, task: Any) -> None:
    """Write config.json: the settings, and the fingerprint of data that are not built in."""
    known = {} if task.fingerprint is None else {"fingerprint": task.fingerprint.as_json()}
    run.write_json("config.json", {**task.config.as_json(), **known})


def train(run: Run, task: Task) -> Iterator[int]:
    """Train to the last update of the config; yield the number of updates after each checkpoint.

    At the end metrics.json is written. Raises RunError if a loss or a weight is not finite, or if
    another process trains the run, or has trained it since it was loaded, and Interrupted after
    Ctrl-C or SIGTERM.
    """
    with run.reserved():
        yield from advance(run, task, task.config.steps)
        log = run.read_log()
        if not log or not any(name.startswith("loss") for name in log[-1]):
            # the run was finished before, and its log was lost since
            raise RunError(
                f"{run.path}: log.jsonl has lost its records (train to more `steps` to write new "
                "ones)"
            )
        run.write_json("metrics.json", task.metrics(log))


__all__ = [
    "OBJECTIVES",
    "POINTS",
    "SPLITS",
    "AutoencoderTask",
    "AutoencoderConfig",
    "DecodersConfig",
    "Config",
    "GANConfig",
    "Run",
    "RunError",
    "GANTask",
    "Task",
    "sample",
    "Interrupted",
    "Kind",
    "KINDS",
    "configure",
    "begin",
    "load",
    "train",
    "accompany",
    "follow",
    "require_new",
    "require_ranks",
]
