"""The built-in recordings of the training explorer: futures of one game, after one change each.

`python -m minigan.explain.explorers.training_recording` writes training.npz anew, in half a minute.
A game is played up to the update FORK. From its state there, the game is played on four times: as
it is, and with one change. All four see the same batches and the same latent vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from minigan import runs
from minigan.backend import Array
from minigan.files import replacing
from minigan.gan import Game
from minigan.viz.recording import Recorder, Recording

PATH = Path(__file__).with_name("training.npz")
EVERY, FORK, LAST = 25, 600, 1200  # updates between two frames, before the change, and in all
SETTINGS = {
    "ring8": {"data": "ring8", "steps": LAST, "seed": 0},
    "gaussian": {"data": "gaussian", "steps": LAST, "seed": 0},
}
_SAMPLES = 128  # of the 500 of the recorder, to keep the file small


class _WithoutDetach(Game):
    """A game whose loop has a fault: D's loss is propagated back through G(h) into G.

    The gradients of G are cleared before D's step, and not after it. So G's step uses the sum of
    the gradients of both losses.
    """

    def _update_D(self, batch: Any) -> tuple[float, float]:
        self.optimizer_G.zero_grad()
        loss = self.objective.discriminator(self.D(*batch.real), self.D(*batch.fake))
        self.optimizer_D.zero_grad()
        loss.backward(retain_graph=True)  # the fault: batch.fake is not detached
        self.optimizer_D.step()
        return loss.item(), 0.0

    def _update_G(self, batch: Any) -> tuple[float, Any]:
        learners = list(self.G.parameters())
        loss = self.objective.generator(self.D(*batch.fake))
        loss.backward(inputs=learners)  # adds to what D's loss has left in G
        gradients = tuple(parameter.grad for parameter in learners)
        self.optimizer_G.step()
        return loss.item(), gradients


def _no_detach(game: Game) -> None:
    game.__class__ = _WithoutDetach


def _swap_labels(game: Game) -> None:
    """Let D learn that real samples are fake, and fakes real; the loss of G is as before."""
    right = game.objective
    game.objective = replace(right, real=right.fake, fake=right.real)


def _learn_faster(game: Game) -> None:
    """Multiply both learning rates by 10."""
    for optimizer in (game.optimizer_G, game.optimizer_D):
        for group in optimizer.param_groups:
            group["lr"] *= 10


CHANGES: dict[str, Callable[[Game], None]] = {
    "unchanged": lambda game: None,
    "no-detach": _no_detach,
    "labels-swapped": _swap_labels,
    "rate-x10": _learn_faster,
}


def recorded(settings: dict[str, Any], fork: int = FORK) -> dict[str, Recording]:
    """Return the recordings of one game by change; each holds the frames from the fork on.

    That of "unchanged" holds the frames before the fork too.

    >>> found = recorded({"data": "gaussian", "steps": 2, "batch": 4}, fork=1)
    >>> [recording.updates.tolist() for recording in found.values()]
    [[1, 2], [2], [2], [2]]
    """
    config = runs.GANConfig.with_defaults(settings)
    task = _recording_task(config)
    while task.number < fork:
        task.step()
    state, found = task.state_dict(), {}
    for name, change in CHANGES.items():
        task = _recording_task(config)
        task.load_state_dict(deepcopy(state))
        change(task.game)
        while task.number < config.steps:
            task.step()
        start = 0 if name == "unchanged" else fork
        found[name] = Recording.of(recorder_of(task), start, _SAMPLES)
    return found


def _recording_task(config: runs.GANConfig) -> runs.GANTask:
    """Return the task of a game on toy data, which is recorded every EVERY updates."""
    task = runs.GANTask(config)
    recorder_of(task).every = min(EVERY, config.steps)
    return task


def recorder_of(task: runs.GANTask) -> Recorder:
    """Return the recorder of a game on toy data."""
    if task.recorder is None:
        raise ValueError(f"recorded: data={task.config.data!r} are images (legal: points)")
    return task.recorder


def packed(recordings: dict[str, Recording]) -> dict[str, Array]:
    """Return the recordings of one game as few arrays: the frames of all changes, one by one."""
    parts = [recording.as_arrays() for recording in recordings.values()]
    found = {"frames": np.array([len(part["updates"]) for part in parts])}
    for name in parts[0]:
        join = np.stack if name.startswith("range/") else np.concatenate
        found[name] = join([part[name] for part in parts])
    return found


def unpacked(found: Mapping[str, Array]) -> dict[str, Recording]:
    """Return the recordings of one game that `packed` described."""
    stops = np.cumsum(found["frames"])
    recordings = {}
    for number, (change, stop) in enumerate(zip(CHANGES, stops, strict=True)):
        rows = slice(stop - found["frames"][number], stop)
        recordings[change] = Recording.from_arrays(
            {
                name: values[number] if name.startswith("range/") else values[rows]
                for name, values in found.items()
                if name != "frames"
            }
        )
    return recordings


def load() -> dict[str, dict[str, Recording]]:
    """Return the built-in recordings by game and change."""
    with np.load(PATH, allow_pickle=False) as file:
        names = {game: [name for name in file if name.startswith(f"{game}/")] for game in SETTINGS}
        return {
            game: unpacked({name.removeprefix(f"{game}/"): file[name] for name in names[game]})
            for game in SETTINGS
        }


def main() -> None:
    """Write training.npz."""
    found = {
        f"{game}/{name}": values
        for game, settings in SETTINGS.items()
        for name, values in packed(recorded(settings)).items()
    }
    with replacing(PATH) as file, file.open("wb") as target:
        np.savez_compressed(target, allow_pickle=False, **found)
    print(f"{PATH.name}: {PATH.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
