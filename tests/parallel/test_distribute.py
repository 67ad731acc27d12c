"""Distributed trainings: what is shared, resumed, refused; and the same bits over MPI."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from fake_cupy import installed
from parallel.trainings import (
    LATENT,
    TRAININGS,
    dcgan,
    distance,
    flat,
    images,
    reconstruction,
    ring,
)

from minigan import nn, optim, tensor
from minigan.autoencoder import Reconstruction
from minigan.datasets import Batches
from minigan.gan import Game, non_saturating, wgan_gp
from minigan.models import outputs
from minigan.nn import functional as F
from minigan.parallel import Group, ParallelError, distribute, run


def test_the_state_is_that_of_one_process_and_any_number_of_ranks_continues_from_it():
    def start(group: Group):
        training = distribute(dcgan(), group)
        training.step()
        return training.state_dict()

    state = run(2, start)[0]

    def resume(group: Group):
        training = dcgan()
        training.load_state_dict(state)
        distribute(training, group)
        training.step()
        return flat(training.state_dict())

    whole = dcgan()
    whole.step()
    whole.step()
    want = flat(whole.state_dict())
    assert list(want) == list(run(1, resume)[0])
    for size in (1, 2, 3, 5):
        for found in run(size, resume):
            assert distance(want, found) < 1e-12


def test_a_state_can_be_loaded_after_it_was_distributed():
    def work(group: Group):
        training = distribute(ring(), group)
        training.step()
        state = deepcopy(training.state_dict())
        first = training.step(), flat(training.state_dict())
        training.load_state_dict(state)
        second = training.step(), flat(training.state_dict())
        assert first[0].loss_D == second[0].loss_D
        assert distance(first[1], second[1]) == 0

    run(2, work)


@pytest.mark.parametrize("name", ["dropout", "variational"])
def test_all_ranks_start_from_the_state_of_rank_0(name):
    """A rank with other weights, other noise and another order of the data is made equal."""

    def work(group: Group):
        training = TRAININGS[name]()
        if group.rank:
            models = [training.G, training.D] if name == "dropout" else [training.model]
            for model in models:
                for parameter in model.parameters():
                    parameter.data = parameter + 1
                for module in model.modules():
                    if hasattr(module, "generator"):
                        module.generator = np.random.default_rng(77)
            training.generator = np.random.default_rng(group.rank)
            training.batches.generator = np.random.default_rng(group.rank)
            next(training.batches)
        distribute(training, group)
        training.step()
        return flat(training.state_dict())

    alone = TRAININGS[name]()
    alone.step()
    for found in run(2, work):
        assert distance(flat(alone.state_dict()), found) < 1e-12


def test_rank_0_alone_may_have_loaded_a_checkpoint():
    """Its number of updates, and the learning rate that its schedule has set, reach all ranks."""
    alone = reconstruction()
    states = []
    for _ in range(3):
        alone.step()
        states.append(deepcopy(alone.state_dict()))

    def work(group: Group):
        training = reconstruction()
        if group.rank == 0:
            training.load_state_dict(states[1])
        distribute(training, group).step()
        return training.number, flat(training.state_dict())

    for number, found in run(3, work):
        assert number == 3
        assert distance(flat(states[2]), found) < 1e-12


def test_losses_and_gradients_of_a_step_are_those_of_the_whole_batch():
    def work(group: Group):
        step = distribute(dcgan(replace(wgan_gp, critic_steps=2), norm_D=None), group).step()
        gradients = [g.numpy() for g in step.gradients_G if g is not None]
        return np.array([step.loss_D, step.loss_G, step.penalty]), gradients

    ((losses, gradients),) = run(1, work)
    for found_losses, found in run(3, work):
        np.testing.assert_allclose(found_losses, losses, rtol=1e-13)
        for a, b in zip(found, gradients, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-15)


def test_a_last_batch_that_is_smaller_has_its_own_weights():
    """10 samples in batches of 7: the shares are 4 and 3 samples, then 2 and 1."""

    def make():
        x, _ = images(10)
        model = nn.Sequential(nn.Flatten(), nn.Linear(256, 256, generator=0)).double()
        model.append(nn.Unflatten(1, (1, 16, 16)))
        batches = Batches(x, size=7, generator=1, drop_last=False)
        return Reconstruction(model, batches, optim.SGD(model.parameters(), 0.5), generator=2)

    def work(group: Group):
        training = distribute(make(), group)
        return [training.step().loss for _ in range(4)], flat(training.state_dict())

    ((losses, want),) = run(1, work)
    for found_losses, found in run(2, work):
        np.testing.assert_allclose(found_losses, losses, rtol=1e-12)
        assert distance(want, found) < 1e-12


def test_in_float32_ranks_follow_one_process():
    def make():
        game = dcgan()
        for model in (game.G, game.D, game.average.model):
            model.float()
        return game

    def work(group: Group):
        game = distribute(make(), group)
        for _ in range(20):
            game.step()
        return flat(game.state_dict())

    (want,) = run(1, work)
    assert max(distance(want, found) for found in run(2, work)) < 1e-4


def test_outside_of_a_step_the_loss_is_that_of_a_batch_without_a_weight():
    def work(group: Group):
        game, training = distribute(dcgan(), group), distribute(reconstruction(), group)
        game.step()
        training.step()
        assert game.objective is non_saturating
        x = tensor(images()[0][:4])
        model = training.model.eval()
        return float(training.loss(x) - F.mse_loss(model(x), x))

    assert run(2, work) == [0, 0]


def test_rank_0_alone_may_draw_samples():
    def work(group: Group):
        game = distribute(dcgan(), group)
        game.step()
        if group.rank == 0:
            h = game.noise(7, generator=1)
            assert outputs(game.G, h).shape == outputs(game.average.model, h).shape
        game.step()

    run(2, work)


def test_on_the_stand_in_for_cupy_the_numbers_are_those_on_numpy():
    def work(group: Group, device: str):
        training = reconstruction(beta=0.2)
        training.model.to(device)
        distribute(training, group)
        for _ in range(2):
            training.step()
        for value in training.model.state_dict().values():
            assert value.device.type == device
        return {name: x.cpu().numpy() for name, x in training.model.state_dict().items()}

    with installed():
        states = [run(2, lambda group, d=device: work(group, d)) for device in ("cpu", "cuda")]
    for on_cpu, on_cuda in zip(*states, strict=True):
        for name, array in on_cpu.items():
            np.testing.assert_allclose(on_cuda[name], array, rtol=1e-9, atol=1e-12)


# ---------------------------------------------------------------------------------- what is refused


def other_model():
    game = ring()
    game.G[0] = nn.Linear(LATENT, 9).double()
    return game


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (ring, lambda: ring(batch=24), "batches.size is 24 on rank 1, and 20 on rank 0"),
        (ring, other_model, r"G\.0 is Linear\(in_features=5, out_features=9.* on rank 1, and Lin"),
        (ring, reconstruction, "the training is Reconstruction on rank 1, and Game on rank 0"),
        (ring, lambda: ring(wgan_gp), "objective.name is wgan-gp on rank 1, and non-saturating"),
        (dcgan, lambda: dcgan(pack=2), "pack is 2 on rank 1, and 1 on rank 0"),
        (reconstruction, lambda: reconstruction(denoise=0.5), "denoise is 0.5 on rank 1, and 0.0"),
    ],
)
def test_ranks_that_differ_are_refused_on_every_rank(first, second, message):
    errors = []

    def work(group: Group):
        try:
            distribute(second() if group.rank == 1 else first(), group)
        except ParallelError as error:
            errors.append(str(error))
            raise

    with pytest.raises(ParallelError, match=message):
        run(3, work)
    assert len(errors) == 3
    assert len(set(errors)) == 1
    assert "all ranks need the same models, batch size and options" in errors[0]


def test_a_batch_smaller_than_the_ranks_is_refused():
    for make, message in (
        (lambda: dcgan(batch=2), "a batch of 2 samples cannot be shared by 3 ranks"),
        (lambda: dcgan(batch=4, pack=2), "a batch of 4 samples in packs of 2 cannot be shared"),
    ):
        with pytest.raises(ValueError, match=message):
            run(3, lambda group, make=make: distribute(make(), group))


def test_a_training_is_distributed_once_and_must_be_known():
    def twice(group: Group):
        distribute(distribute(ring(), group), group)

    with pytest.raises(ValueError, match="distribute: this training is distributed already"):
        run(2, twice)
    with pytest.raises(TypeError, match="must be a Game or a Reconstruction, not int"):
        run(2, lambda group: distribute(3, group))


@pytest.mark.parametrize("name", ["dropout", "denoising"])
def test_a_copy_of_a_distributed_training_is_a_training_of_its_own(name):
    def work(group: Group):
        training = distribute(TRAININGS[name](), group)
        training.step()
        before = flat(training.state_dict())
        other = deepcopy(training)
        other.step()
        assert distance(before, flat(training.state_dict())) == 0
        training.step()
        return distance(flat(training.state_dict()), flat(other.state_dict()))

    assert run(2, work) == [0, 0]


def test_a_training_that_is_refused_stays_as_it_was():
    class Mine(nn.BatchNorm2d):
        pass

    def work(group: Group):
        training = reconstruction(model=nn.Sequential(nn.Conv2d(1, 1, 1, generator=0), Mine(1)))
        batches, generator = training.batches, training.generator
        with pytest.raises(TypeError, match="Mine"):
            distribute(training, group)
        assert training.batches is batches
        assert training.generator is generator

    run(2, work)


def test_the_rooms_do_not_know_of_ranks():
    for kind in (Game, Reconstruction):
        assert "parallel" not in (kind.__doc__ or "") + kind.__module__


# -------------------------------------------------------------------------------------- over MPI

SAME = """
import sys
from minigan.parallel import world
from parallel.test_distribute import digests
group = world(seconds=30)
sys.stdout.write(f"rank {group.rank}: {' '.join(digests(group))}\\n")
"""


def digests(group: Group) -> list[str]:
    """Return digests of the states of some trainings after three steps."""
    found = []
    for name in ("dcgan", "wgan-gp with batch norm", "variational", "pack"):
        training = distribute(TRAININGS[name](), group)
        losses = [getattr(training.step(), "loss_D", None) for _ in range(3)]
        digest = hashlib.sha256()
        for key, value in flat(training.state_dict()).items():
            digest.update(
                f"{key} {value.tobytes() if hasattr(value, 'tobytes') else value}".encode()
            )
        digest.update(repr(losses).encode())
        found.append(digest.hexdigest()[:16])
    return found


@pytest.mark.parametrize("size", [2, 3])
def test_trainings_over_mpi_have_the_bits_of_the_stand_in(start, size):
    ended = start(size, SAME)
    assert ended.returncode == 0, ended.stderr
    want = [f"rank {r}: {' '.join(found)}" for r, found in enumerate(run(size, digests))]
    assert sorted(ended.stdout.split("\n"))[1:] == want
    assert len({line.partition(":")[2] for line in want}) == 1
