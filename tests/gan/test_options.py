"""Options of a game: penalties, clipping, critic steps, packing, classes, and an encoder."""

import numpy as np
import pytest

import minigan
from minigan import datasets, nn, optim
from minigan.datasets import Batches
from minigan.gan import OBJECTIVES, Game
from minigan.gan.game import _Batch
from minigan.gan.objectives import hinge, minimax, non_saturating, r1, wgan_clip, wgan_gp
from minigan.models import (
    DCGANDiscriminator,
    DCGANGenerator,
    MLPDiscriminator,
    MLPEncoder,
    MLPGenerator,
    joined,
    layer_norm,
    packed,
)
from minigan.threads import get_num_threads, set_num_threads

LATENT, BATCH, CLASSES = 3, 12, 4


class Spy(nn.Module):
    """A discriminator that keeps its inputs."""

    def __init__(self, D):
        super().__init__()
        self.D, self.shown = D, []

    def forward(self, *given):
        self.shown.append([part.detach().numpy().copy() for part in given])
        return self.D(*given)


def points(labels, seed=1):
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((100, 2)).astype(np.float32), rng.integers(CLASSES, size=100)
    return Batches(*(x, y) if labels else (x,), size=BATCH, generator=rng)


def game(objective=non_saturating, pack=1, classes=0, bigan=False, seed=0, **settings):
    rng = np.random.default_rng(seed)
    G = MLPGenerator(LATENT + classes, 2, (8,), generator=rng)
    D = Spy(MLPDiscriminator(pack * (2 + classes + bigan * LATENT), (8,), generator=rng))
    E = MLPEncoder(LATENT, 2, (8,), generator=rng) if bigan else None
    players = [*G.parameters(), *(E.parameters() if bigan else ())]
    return Game(
        G, D, points(classes > 0), optim.Adam(players), optim.Adam(D.parameters()), latent=LATENT,
        objective=objective, pack=pack, classes=classes, encoder=E, generator=2, **settings,
    )  # fmt: skip


OPTIONS = {
    "wgan-gp": {"objective": wgan_gp.tuned(critic_steps=2)},
    "wgan-gp, packed": {"objective": wgan_gp.tuned(critic_steps=2), "pack": 3},
    "wgan-clip": {"objective": wgan_clip},
    "r1, of classes": {"objective": r1, "classes": CLASSES},
    "packed": {"pack": 4},
    "classes": {"classes": CLASSES, "decay": 0.9},
    "bigan": {"bigan": True},
    "all": {"bigan": True, "classes": CLASSES, "pack": 2, "objective": hinge.tuned(critic_steps=2)},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_every_game_continues_bit_for_bit(options):
    whole, first, second = game(**options), game(**options), game(**options, seed=5)
    told = [(s.loss_D, s.loss_G, s.penalty) for s in whole.play(7)]
    for _ in first.play(3):
        pass
    second.load_state_dict(first.state_dict())
    assert [(s.loss_D, s.loss_G, s.penalty) for s in second.play(7)] == told[3:]
    for a, b in zip(whole._parts().values(), second._parts().values(), strict=True):
        assert repr(a.state_dict()) == repr(b.state_dict())


def test_the_same_bits_at_any_number_of_threads():
    found, before = [], get_num_threads()
    try:
        for threads in (1, 2):
            set_num_threads(threads)
            rng = np.random.default_rng(0)
            G = DCGANGenerator(4, 16, 1, 8, generator=rng)
            D = DCGANDiscriminator(16, 2, 8, normalize=layer_norm, generator=rng)
            images = Batches(
                rng.uniform(-1, 1, (40, 1, 16, 16)).astype(np.float32), size=16, generator=1
            )
            optimizers = [optim.Adam(model.parameters()) for model in (G, D)]
            play = Game(G, D, images, *optimizers, latent=4, objective=wgan_gp, pack=2, generator=2)
            found.append([(s.loss_D, s.loss_G, s.penalty) for s in play.play(3)])
            found[-1].append([p.numpy().tobytes() for p in (*G.parameters(), *D.parameters())])
    finally:
        set_num_threads(before)
    assert found[0] == found[1]


def test_packing_is_a_reshape():
    x = np.arange(48.0).reshape(6, 2, 4, 1)
    both = packed(minigan.tensor(x), 3).numpy()
    assert both.shape == (2, 6, 4, 1)
    np.testing.assert_array_equal(both[1], np.concatenate(x[3:]))
    assert packed(minigan.tensor(x[..., 0, 0]), 2).shape == (3, 4)
    for pack in (4, 0, -1):
        with pytest.raises(ValueError, match=f"pack={pack} must divide the 6 samples"):
            packed(minigan.tensor(x), pack)


def test_d_receives_packs():
    play = game(pack=4)
    play.step()
    assert [[part.shape for part in seen] for seen in play.D.shown] == [[(3, 8)]] * 3
    with pytest.raises(ValueError, match="pack=5 must divide the 12 samples"):
        game(pack=5).step()


def test_a_condition_is_constant_over_the_image():
    x, v = np.zeros((2, 1, 3, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])
    images = joined(minigan.tensor(x), minigan.tensor(v)).numpy()
    assert images.shape == (2, 3, 3, 2) and (images[1, 1] == 3).all() and (images[1, 2] == 4).all()
    np.testing.assert_array_equal(
        joined(minigan.tensor(v), minigan.tensor(v[:, :1])).numpy(), np.c_[v, v[:, :1]]
    )


def test_g_and_d_receive_the_class():
    play = game(classes=CLASSES)
    x, y = next(points(True))
    inputs, forward = [], play.G.forward
    play.G.forward = lambda h: inputs.append(h.numpy()) or forward(h)
    play.step()
    (h,), wanted = inputs, np.eye(CLASSES, dtype=np.float32)[y]
    assert h.shape == (BATCH, LATENT + CLASSES)
    np.testing.assert_array_equal(h[:, LATENT:], wanted)
    np.testing.assert_array_equal(play.D.shown[0][0], x)
    for _, given in play.D.shown:
        np.testing.assert_array_equal(given, wanted)


def test_a_conditional_game_learns_which_class_lies_where():
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=2000)
    x = (np.where(y == 1, 2.0, -2.0) + 0.2 * rng.standard_normal(2000)).astype(np.float32)[:, None]
    G, D = MLPGenerator(4, 1, (16,), generator=rng), MLPDiscriminator(3, (16,), generator=rng)
    optimizers = [optim.Adam(model.parameters(), 5e-3, betas=(0.5, 0.999)) for model in (G, D)]
    play = Game(
        G, D, Batches(x, y, size=64, generator=1), *optimizers, latent=2, classes=2, generator=2
    )
    for _ in play.play(300):
        pass
    means = [
        G(joined(play.noise(500), play.one_hot(np.full(500, k)))).mean().item() for k in (0, 1)
    ]
    assert means == pytest.approx([-2, 2], abs=0.5)
    with pytest.raises(ValueError, match="2"):
        play.one_hot([2])


def test_critic_steps():
    play = game(wgan_clip)
    assert play.number == 0
    step = play.step()
    assert (step.number, len(play.D.shown), step.penalty) == (1, 2 * 5 + 1, 0.0)
    reals = [seen[0] for seen in play.D.shown[:10:2]]
    assert len({real.tobytes() for real in reals}) == 5  # each update of D has a new batch


def test_clipped_weights_stay_within_bounds():
    play = game(wgan_clip.tuned(clip=0.05))
    for step in play.play(4):
        largest = [np.abs(weight.numpy()).max() for weight in step.D.parameters()]
        assert max(largest) <= np.float32(0.05)
    assert max(largest) == np.float32(0.05)


def test_the_penalty_changes_d_but_is_not_part_of_its_recorded_loss():
    free, bound = game(), game(OBJECTIVES["r1"].tuned(penalty=100.0))
    assert next(free.play(1)).penalty == 0
    step = next(bound.play(1))
    assert step.penalty > 0
    assert step.loss_D == next(game(non_saturating).play(1)).loss_D
    for _ in (*free.play(200), *bound.play(200)):
        pass
    x = minigan.randn(50, 2, generator=0).requires_grad_()
    slopes = [np.abs(minigan.grad(play.D(x).sum(), x)[0].numpy()).mean() for play in (free, bound)]
    assert slopes[1] < slopes[0] / 3


def test_the_penalty_of_a_pack_has_one_t_and_one_norm():
    """There is one t and one norm for each pack: x lies on the line between two packs."""
    play = game(wgan_gp.tuned(critic_steps=1), pack=3)
    play.step()
    (real,), (fake,), (between,), _ = play.D.shown
    t = (between - fake) / (real - fake)
    np.testing.assert_allclose(t, np.broadcast_to(t[:, :1], t.shape), atol=1e-3)


def test_d_judges_pairs_and_the_encoder_learns():
    play = game(bigan=True)
    encoder = [p.numpy().copy() for p in play.encoder.parameters()]
    h = play.noise(BATCH, 2).numpy()
    x = next(points(False))[0]
    hidden = play.encoder(minigan.tensor(x)).numpy()
    step = play.step()
    (real, code), (fake, latent), _, _ = play.D.shown
    np.testing.assert_array_equal(real, x)
    np.testing.assert_array_equal(latent, h)
    np.testing.assert_allclose(code, hidden, atol=1e-6)
    assert fake.shape == (BATCH, 2) and len(step.gradients_G) == len(list(play.G.parameters()))
    assert all(
        (p.numpy() != before).any()
        for p, before in zip(play.encoder.parameters(), encoder, strict=True)
    )


@pytest.mark.parametrize(
    "objective", [minimax, non_saturating, hinge], ids=lambda objective: objective.name
)
def test_the_encoder_lowers_its_loss(objective):
    play = game(objective, bigan=True)
    batch = play._draw_batch()

    def loss():
        x = batch.real[0]
        return objective.encoder(play.D(x, play.encoder(x))).item()

    before = loss()
    for _ in range(5):
        play._update_G(
            _Batch(
                (batch.real[0], play.encoder(batch.real[0])),
                (play.G(batch.fake[1]), batch.fake[1]),
                (),
            )
        )
    assert loss() < before


def test_an_encoder_inverts_a_game_in_one_dimension():
    """X = 2 h + 1: at the equilibrium E is the inverse of G (Donahue et al. 2017, theorem 2)."""
    rng = np.random.default_rng(0)
    G, E = nn.Linear(1, 1, generator=rng), nn.Linear(1, 1, generator=rng)
    D = MLPDiscriminator(2, (32,), generator=rng)
    data = Batches(
        (2 * rng.standard_normal((4000, 1)) + 1).astype(np.float32), size=128, generator=1
    )
    moves = optim.Adam([*G.parameters(), *E.parameters()], 4e-3, betas=(0.5, 0.999))
    learns = optim.Adam(D.parameters(), 8e-3, betas=(0.5, 0.999))
    for _ in Game(G, D, data, moves, learns, latent=1, encoder=E, generator=2).play(1500):
        pass
    h = minigan.randn(500, 1, generator=3)
    assert (E(G(h)) - h).abs().mean().item() < 0.15
    assert abs(G.weight.item()) == pytest.approx(2, rel=0.15)


def test_illegal_settings_are_refused():
    with pytest.raises(ValueError, match="these have no labels"):
        play = game(classes=CLASSES)
        play.batches = points(False)
        play.step()
    with pytest.raises(ValueError, match="wgan-gp has a penalty"):
        game(wgan_gp, bigan=True)
    with pytest.raises(ValueError, match="pack=0"):
        play = game()
        Game(
            play.G, play.D, play.batches, play.optimizer_G, play.optimizer_D, latent=LATENT, pack=0
        )


def test_a_spectral_norm_bounds_d():
    D = MLPDiscriminator(2, (8,), generator=0)
    for layer in list(D.modules()):
        if isinstance(layer, nn.Linear):
            nn.spectral_norm(layer, generator=1)
    batches = datasets.ring().batches(BATCH, 1)
    G = MLPGenerator(LATENT, 2, (8,), generator=0)
    moves = [optim.Adam(model.parameters(), 0.01) for model in (G, D)]
    for _ in Game(G, D, batches, *moves, latent=LATENT, objective=hinge, generator=2).play(100):
        pass
    x = minigan.randn(200, 2, generator=0).requires_grad_()
    slopes = minigan.grad(D.eval()(x).sum(), x)[0].norm(dim=1).numpy()
    assert slopes.max() < 1.05
