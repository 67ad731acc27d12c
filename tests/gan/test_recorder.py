"""The flight recorder: the theorem at every record, gradients, and an undisturbed game."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan import datasets, nn, no_grad, optim, runs, tensor
from minigan.gan import (
    OBJECTIVES,
    Game,
    breakpoints_of,
    density_of,
    jsd_gradient,
    minimax,
    non_saturating,
    recorder_of,
)
from minigan.metrics import JSDBound, count_modes
from minigan.models import MLPDiscriminator, MLPGenerator
from minigan.theory import GaussianMixture, js, summands


class Cubic(nn.Module):
    """h -> exp(a) h + exp(b) h^3 + c, which is increasing."""

    def __init__(self, a=-0.2, b=-3.0, c=0.3):
        super().__init__()
        self.abc = nn.Parameter(np.array([a, b, c], np.float32))

    def forward(self, h):
        a, b, c = self.abc[0], self.abc[1], self.abc[2]
        return a.exp() * h + b.exp() * h * h * h + c


MODES = datasets.toys.mixture([-1.5, 1], std=0.4, weights=[0.3, 0.7])


def game_of(data, G, D=None, objective=non_saturating, lr=1e-2, batch=64, latent=1, **options):
    D = MLPDiscriminator(data.shape[0], (16, 12), generator=1) if D is None else D
    players = (optim.Adam(G.parameters(), lr), optim.Adam(D.parameters(), lr))
    batches = data.batches(batch, 2)
    return Game(G, D, batches, *players, latent=latent, objective=objective, generator=3, **options)


def played(game, data, steps=120):
    recorder = recorder_of(game, data, game.noise(20, 4), steps)
    for _ in recorder.play():
        pass
    return recorder


def off(record):
    return abs(record.numbers["loss"] - record.numbers["floor"] - record.numbers["regret"])


GENERATORS = {
    "affine": lambda: nn.Linear(1, 1, generator=0),
    "affine in three numbers": lambda: nn.Linear(3, 1, generator=0),
    "monotone": Cubic,
}


@pytest.mark.parametrize("name", GENERATORS)
def test_the_loss_is_the_floor_and_the_regret_at_every_record(name):
    data = datasets.gaussian(0.5, 0.7) if name == "affine" else MODES
    latent = 3 if "three" in name else 1
    recorder = played(game_of(data, GENERATORS[name](), latent=latent, latent_std=1.2), data)
    assert [record.update for record in recorder.records] == [1, 51, 101, 120]
    for record in recorder.records:
        numbers = record.numbers
        assert off(record) < 1e-9 and numbers["error"] < 1e-9
        assert numbers["regret"] > 0 and 0 < numbers["jsd"] < np.log(2)
        assert 0 <= numbers["angle"] <= 180
        x, density = recorder.grid, record.arrays["density"]
        mean = np.trapezoid(x * density, x) / np.trapezoid(density, x)
        assert abs(mean - record.arrays["samples"].mean()) < 4 * record.arrays[
            "samples"
        ].std() / np.sqrt(20)


@pytest.mark.parametrize("part", ["value", "js", "regret"])
def test_an_error_in_any_of_the_three_is_found(monkeypatch, part):
    right = getattr(summands, part)

    def wrong(*given):
        return 1.001 * right(*given)

    monkeypatch.setattr(summands, part, wrong)
    recorder = played(game_of(MODES, nn.Linear(1, 1, generator=0)), MODES, 2)
    assert off(recorder.records[0]) > 1e-6


@given(st.integers(0, 10_000), st.sampled_from([(), (5,), (7, 4), (6, 5, 4)]), st.booleans())
def test_a_perceptron_is_linear_between_its_breakpoints(seed, hidden, leaky):
    layers = list(MLPDiscriminator(1, hidden, generator=seed))
    model = nn.Sequential(
        *(nn.LeakyReLU(0.3) if leaky and isinstance(layer, nn.ReLU) else layer for layer in layers)
    )
    model.double()
    knots = breakpoints_of(model, -3, 5)
    x = np.random.default_rng(seed).uniform(-3, 5, 50)
    with no_grad():
        exact, at_knots = (model(tensor(points[:, None])).numpy()[:, 0] for points in (x, knots))
    np.testing.assert_allclose(np.interp(x, knots, at_knots), exact, rtol=0, atol=1e-12)
    assert (
        knots[0] == -3
        and knots[-1] == 5
        and (np.diff(knots) > 0).all()
        and len(knots) <= 2 + 3 * 7 * 8 * 9
    )


def test_a_smooth_model_has_no_breakpoints():
    assert (
        breakpoints_of(
            nn.Sequential(
                nn.Linear(1, 3, generator=0), nn.Tanh(), nn.Linear(3, 1, generator=1)
            ).double(),
            -1,
            1,
        )
        is None
    )
    assert breakpoints_of(Cubic().double(), -1, 1) is None
    smooth = nn.Sequential(
        nn.Linear(1, 3, generator=0), nn.Tanh(), nn.Linear(3, 1, generator=1), nn.Flatten(0)
    )
    (record, *_) = played(game_of(MODES, nn.Linear(1, 1, generator=0), smooth), MODES, 1).records
    assert off(record) < 1e-9


@pytest.mark.parametrize("name", GENERATORS)
def test_the_gradient_of_the_jsd_agrees_with_differences(name):
    G, P, std, step = (
        GENERATORS[name]().double(),
        GaussianMixture([-1.5, 1], 0.4, [0.3, 0.7]),
        1.3,
        1e-5,
    )
    found, differences = jsd_gradient(G, P, std), []
    for parameter in G.parameters():
        for place in np.ndindex(parameter.shape):
            sides = []
            for sign in (1, -1):
                kept = parameter.numpy().copy()
                moved = kept.copy()
                moved[place] += sign * step
                parameter.data = moved
                sides.append(js(P, density_of(G, std)).value)
                parameter.data = kept
            differences.append((sides[0] - sides[1]) / (2 * step))
    np.testing.assert_allclose(found, differences, rtol=1e-5, atol=1e-8)


def test_against_the_best_d_a_minimax_g_follows_the_jsd():
    data, G, D = datasets.gaussian(), nn.Linear(1, 1), nn.Linear(1, 1)
    G.weight.data, G.bias.data = np.float32([[1]]), np.float32([1.5])
    D.weight.data, D.bias.data = (
        np.float32([[-1.5]]),
        np.float32([1.5**2 / 2]),
    )  # the logit of D* of N(0, 1), N(m, 1)
    best = nn.Sequential(D, nn.Flatten(0))
    game = game_of(data, G, best, minimax, lr=1e-12, batch=200_000)
    (record,) = played(game, data, 1).records
    assert record.numbers["regret"] < 1e-10 and record.numbers["angle"] < 1.5
    assert abs(record.numbers["batch_loss_D"] - record.numbers["loss"]) < 0.01
    assert record.numbers["loss"] == pytest.approx(record.numbers["floor"], abs=1e-9)


def test_the_minibatch_loss_is_unbiased():
    game = game_of(MODES, nn.Linear(1, 1, generator=0), lr=1e-12)
    recorder = recorder_of(game, MODES, game.noise(5, 0), 400)
    losses = np.array([step.loss_D for step in recorder.play()])
    exact, error = recorder.records[0].numbers["loss"], losses.std() / np.sqrt(len(losses))
    assert abs(losses.mean() - exact) < 4 * error
    assert recorder.records[-1].numbers["loss"] == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("data", [MODES, datasets.ring()], ids=["line", "plane"])
def test_the_game_is_the_same_without_it(data):
    def played_game(recorded):
        size, latent = data.shape[0], 2
        G = nn.Linear(2, 1, generator=5) if size == 1 else MLPGenerator(2, 2, (8,), generator=5)
        game = game_of(data, G, latent=latent)
        for _ in (
            recorder_of(game, data, game.noise(5, 0), 60).play() if recorded else game.play(60)
        ):
            pass
        return game

    with_it, without = played_game(True), played_game(False)
    for name in ("G", "D"):
        for a, b in zip(
            getattr(with_it, name).parameters(), getattr(without, name).parameters(), strict=True
        ):
            assert a.numpy().tobytes() == b.numpy().tobytes()
    assert with_it.generator.bit_generator.state == without.generator.bit_generator.state


def test_modes_are_counted_and_d_is_evaluated_in_the_plane():
    data = datasets.ring()
    recorder = played(game_of(data, MLPGenerator(2, 2, (8,), generator=5), latent=2), data, 60)
    record = recorder.records[0]
    assert [each.update for each in recorder.records] == [1, 51, 60]
    fresh_G, fresh_D = (
        MLPGenerator(2, 2, (8,), generator=5),
        MLPDiscriminator(2, (16, 12), generator=1),
    )
    with no_grad():
        samples = fresh_G(recorder.latents).numpy()
        corner = fresh_D(
            tensor(np.float32([[recorder.grid[7], recorder.grid[30]]]))
        ).item()  # first 7, second 30
    np.testing.assert_allclose(record.arrays["samples"], samples, rtol=0, atol=1e-6)
    assert record.arrays["output"][30, 7] == pytest.approx(corner, abs=1e-5)
    found = count_modes(samples, data)
    assert record.numbers["modes"] == found.modes
    assert record.numbers["jsd_bound"] == JSDBound(data)(samples) >= 0
    assert not {"jsd", "loss", "regret", "floor"} & record.numbers.keys()


@pytest.mark.parametrize("data", ["gaussian", "ring8"])
@pytest.mark.parametrize(
    "options",
    [
        *({"objective": name} for name in OBJECTIVES),
        {"pack": 2},
        {"bigan": True},
        {"spectral_norm": True},
    ],
)
def test_every_game_for_points_is_recorded(data, options):
    task = runs.GANTask(
        runs.configure("gan", {"data": data, "steps": 2, "batch": 8, "latent": 2, **options})
    )
    for _ in range(2):
        task.step()
    first, last = task.recorder.records
    assert (first.update, last.update) == (1, 2)
    for record in (first, last):  # D* may be infinite where the densities are almost 0
        assert all(
            np.isfinite(array).all() for name, array in record.arrays.items() if name != "best"
        )
    single = not options.keys() & {"pack", "bigan"}
    assert ("output" in first.arrays) == single == task.recorder.single
    if data == "gaussian":
        exact = options.get("objective", "non-saturating") in ("non-saturating", "minimax", "r1")
        exact &= single
        assert np.isfinite(last.numbers["loss"]) == exact and 0 < last.numbers["jsd"] < np.log(2)
        assert not exact or off(last) < 1e-9
        assert ("best" in first.arrays) == (
            single and options.get("objective") not in ("wgan-clip", "wgan-gp")
        )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("options", [{}, {"latent": 9}, {"objective": "wgan-gp"}])
def test_a_run_on_a_line_starts_where_something_happens(seed, options):
    chosen = {"data": "gaussian", "seed": seed, "batch": 8, **options}
    task = runs.GANTask(runs.configure("gan", chosen))
    task.step()
    first = task.recorder.records[0]
    assert first.numbers["jsd"] >= 0.3
    low, high = task.recorder.grid[[0, -1]]
    samples = first.arrays["samples"]
    assert ((low < samples) & (samples < high)).mean() > 0.99  # so the page shows them
    assert np.trapezoid(first.arrays["density"], task.recorder.grid) > 0.99


@pytest.mark.nightly
def test_a_default_run_on_a_line_comes_near_the_data_in_half_of_its_time():
    task = runs.GANTask(runs.configure("gan", {"data": "gaussian"}))
    for _ in range(task.config.steps // 2):
        task.step()
    jsds = [record.numbers["jsd"] for record in task.recorder.records]
    assert jsds[0] >= 0.3 and jsds[-1] < 0.02


def test_the_estimate_of_version_01_is_not_taken_for_a_bound():
    task = runs.GANTask(runs.configure("gan", {"data": "ring8", "batch": 8, "steps": 60}))
    for _ in range(2):
        task.step()
    state = task.recorder.state_dict()
    state["numbers"]["jsd_estimate"] = state["numbers"].pop("jsd_bound")
    task.recorder.load_state_dict(state)
    assert np.isnan(task.recorder.records[0].numbers["jsd_bound"])
    assert "jsd_estimate" not in task.recorder.records[0].numbers


def test_the_records_are_kept_with_the_run(tmp_path):
    run, task = runs.begin(
        runs.configure("gan", {"data": "gaussian", "steps": 2, "batch": 8}), tmp_path / "r"
    )
    for _ in runs.train(run, task):
        pass
    _, again = runs.load(run.path)
    for kept, record in zip(again.recorder.records, task.recorder.records, strict=True):
        assert kept.update == record.update and kept.numbers == record.numbers
        assert all(
            kept.arrays[name].tobytes() == array.tobytes() for name, array in record.arrays.items()
        )
    assert runs.GANTask(runs.configure("gan", {"data": "digits8", "features": 2})).recorder is None


def test_a_generator_without_a_density_is_refused():
    bent = nn.Sequential(nn.Linear(1, 2, generator=0), nn.Tanh(), nn.Linear(2, 1, generator=3))
    bent[0].weight.data, bent[2].weight.data = (
        np.float32([[3], [1]]),
        np.float32([[1, -2]]),
    )  # rises at 0, falls at 1
    game = game_of(MODES, bent)
    with pytest.raises(ValueError, match=r"Pushforward: slopes .*legal: finite, of one sign"):
        recorder_of(game, MODES, game.noise(2, 0), 10)
    with pytest.raises(ValueError, match="density_of: a Linear to 2 numbers"):
        density_of(nn.Linear(3, 2, generator=0).double())
    space = datasets.gaussian([0, 0, 0])
    with pytest.raises(ValueError, match=r"recorder_of: .*points of 3 numbers \(legal: 1 or 2\)"):
        recorder_of(game, space, game.noise(2, 0), 10)
