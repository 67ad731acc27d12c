"""The explorer of the game: its numbers are those of `minigan.theory`, and D can be drawn."""

import numpy as np
import pytest
from browser import reported
from explain.explorer_browser import PROBE, computed, kept, needs_browser
from explain.gan_oracle import FACTORS, expected, of_gaussians, settings_at, slope

from minigan.explain.explorers import gan
from minigan.studies import bijection
from minigan.theory import Gaussian, js, optimal_logit, total, value

DRAWN = PROBE.with_name("probe_gan.js")
SCENES = {"gaussians": 100, "coins": 60, "bijection": 40}


@needs_browser
def test_two_hundred_settings_give_the_numbers_of_python(tmp_path):
    rng = np.random.default_rng(17)
    settings = [settings_at(rng, scene) for scene, count in SCENES.items() for _ in range(count)]
    assert {each["d"] for each in settings} == {*FACTORS, "drawn"}
    for one, found in zip(settings, computed("gan", tmp_path, settings), strict=True):
        for key, wanted in expected(one).items():
            near(found[key], wanted, (key, one))


def near(found, wanted, where):
    """Equal to rounding: relative to the number, or to 1 for what is a sum of both signs."""
    if isinstance(wanted, dict):
        for key, value_ in wanted.items():
            near(found[key], value_, (key, where))
        return
    a, b = np.asarray(found, float), np.asarray(wanted, float)
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14, err_msg=str(where))


@needs_browser
def test_the_known_numbers(tmp_path):
    """Both the page and Python may not be wrong in the same way: closed forms, and known digits."""
    usual = {"scene": "gaussians", "d": "best", "drawn": "", "pm": 0, "ps": 1, "gs": 1}
    means = {0: 0, 0.5: 0.030311, 1: 0.111421, 2: 0.336831, 3: 0.526777, 4: 0.632720}
    coins = {"scene": "coins", "p": 0.5, "g": 0.75, "d": "best", "d1": 0.5, "d2": 0.5}
    sure = [{**coins, "d": "drawn", "p": p, "g": g, "d1": 1, "d2": 0} for p, g in ((1, 0), (1, 1))]
    settings = [
        *({**usual, "gm": m} for m in means), {**usual, "gm": 2, "d": "half"}, coins, *sure
    ]  # fmt: skip
    *rows, half, coin, apart, alike = computed("gan", tmp_path, settings)
    for divergence, row in zip(means.values(), rows, strict=True):
        assert row["js"] == pytest.approx(divergence, abs=5e-7)
        assert row["regret"] == pytest.approx(0, abs=1e-15)
        assert row["saturating"] == pytest.approx(row["ofTwiceJs"], abs=1e-15)
    assert [half[key] for key in ("loss", "least", "regret")] == pytest.approx(
        [1.386294, 0.712633, 0.673662], abs=5e-7
    )
    assert half["saturating"] == half["nonSaturating"] == [0, 0]
    assert coin["best"] == pytest.approx([2 / 5, 2 / 3], rel=1e-15)
    assert coin["js"] == pytest.approx(0.0338221, abs=5e-8)
    assert coin["V"] == pytest.approx(-1.3186502, abs=5e-8)
    assert apart["loss"] == 0 and apart["js"] == np.log(2) and apart["regret"] == 0
    assert alike["loss"] == np.inf and alike["regret"] == np.inf and alike["best"] == [0.5, 0.5]


def test_a_gradient_is_the_slope_of_a_loss():
    """By central differences of the loss of G, and of 2 JSD, in the mean and the std of G."""
    rng, eps = np.random.default_rng(3), 1e-5
    for d in ("sure", "wrong", "drawn", "best"):
        settings = {**settings_at(rng, "gaussians"), "d": d, "pm": 0.5, "ps": 1.2, "gs": 0.9}
        P, G, logit, slope_of_logit, kinks = of_gaussians(settings)
        moved = [
            (
                Gaussian(G.mean + eps * a, G.std + eps * b),
                Gaussian(G.mean - eps * a, G.std - eps * b),
            )
            for a, b in ((1, 0), (0, 1))
        ]

        def loss(model, side):
            def term(x):
                return -side * np.logaddexp(0, side * logit(x)) * model.density(x)

            return total(term, model, cuts=kinks).value

        for side in (1, -1):
            wanted = [(loss(up, side) - loss(down, side)) / (2 * eps) for up, down in moved]
            found = gan.gradient(logit, slope_of_logit, G, side == 1, kinks)
            np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-8)
        best = gan.gradient(optimal_logit(P, G), lambda x: slope(P, G, x), G, True)
        wanted = [(js(P, up).value - js(P, down).value) / eps for up, down in moved]
        np.testing.assert_allclose(best, wanted, rtol=1e-6, atol=1e-8)


def test_the_page_has_the_nodes_and_the_data_of_the_package():
    data = gan.data()
    assert data["standard"] == {"distance": bijection._MODES[1], "width": bijection._STD}
    P, G = Gaussian(0, 1), Gaussian(2, 1)
    edges = np.unique(np.concatenate([P.cuts(), G.cuts()]))
    assert sorted({*data["cuts"], *(cut + 2 for cut in data["cuts"])}) == edges.tolist()
    assert len(data["nodes"]) == len(data["weights"]) and sum(data["weights"]) == pytest.approx(2)
    assert value(lambda x: 0 * x, P, G).value == pytest.approx(-2 * np.log(2))


def test_the_recorded_generators_are_made_by_the_command():
    """The first two are made again; on another machine rounding, and so training, differs."""
    recorded = gan.data()["learned"]
    assert tuple(each["updates"] for each in recorded) == gan.UPDATES
    for each in recorded[:2]:
        again = gan.record(each["updates"], bijection.learned_bijection(each["updates"]))
        np.testing.assert_allclose(again["x"], each["x"], atol=0.05)
    assert recorded[-1]["steepest"] < 100 < 1490 and recorded[-1]["inGap"] > 0.00135


def test_own_generators_take_the_place_of_the_recorded_ones():
    found = bijection.learned_bijection(2)
    (own,) = gan.data([(2, found)])["learned"]
    assert own["updates"] == 2 and len(own["x"]) == 161
    assert own["x"][0] == pytest.approx(found.curves[1][0], abs=1e-4)
    assert own["x"][-1] == pytest.approx(found.curves[1][-1], abs=1e-4)


@needs_browser
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["1280", "390"])
def test_d_is_drawn_and_players_are_dragged(size, tmp_path):
    seen = reported(kept("gan"), DRAWN.read_text(encoding="utf-8"), tmp_path, *size)
    assert seen["errors"] == [] and seen["d"] == "drawn"
    assert seen["drawn"][0] > 85 and seen["drawn"][-1] < 15 and abs(seen["drawn"][6] - 50) <= 1
    assert seen["drawn"] == sorted(seen["drawn"], reverse=True)
    assert seen["keys"] == [seen["drawn"][6] + 2, 99] and seen["focus"] == "7"
    assert seen["bell"] == [2.1, 0.95]
    assert seen["dragged"][0] == pytest.approx(1.1, abs=0.06) and seen["dragged"][1] < 0.95
    assert seen["p"] == pytest.approx(0.25, abs=0.02)
    assert seen["h"] == pytest.approx(2, abs=0.051) and f"h = {seen['h']:g}" in seen["verdict"]


@needs_browser
@pytest.mark.parametrize("scene", ["coins", "bijection"])
def test_the_other_scenes_are_operated(scene, tmp_path):
    for size in ((1280, 720), (390, 844)):
        script = PROBE.read_text(encoding="utf-8")
        seen = reported(kept("gan"), script, tmp_path, *size, f"#scene={scene}")
        assert seen["errors"] == seen["outside"] == seen["overflowOther"] == seen["pale"] == []
        assert seen["overflow"] <= 0 and seen["unfilled"] == [] and seen["numbersKept"]
