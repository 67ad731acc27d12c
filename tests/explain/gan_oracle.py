"""The numbers of the explorer of the game, computed by `minigan.theory` for the same settings."""

import numpy as np

from minigan.explain.explorers.gan import HANDLES, data, gradient
from minigan.gan import exact_generator
from minigan.theory import (
    Gaussian,
    GaussianMixture,
    js,
    optimal_discriminator,
    optimal_logit,
    regret,
    total,
    value,
)

FACTORS = {"best": 1, "half": 0, "sure": 4, "wrong": -0.25}  # times the logit of D*


def settings_at(rng, scene):
    """Random settings of one scene, at the steps of its sliders, edges included."""
    percents = [str(rng.integers(1, 100)) for _ in HANDLES]
    of_coin = [0, 1, *rng.integers(0, 101, 6) / 100]
    return {
        "scene": scene,
        "d": str(rng.choice([*FACTORS, "drawn"])),
        "drawn": ",".join(percents),
        "pm": int(rng.integers(-16, 17)) / 4,
        "ps": int(rng.integers(6, 51)) / 20,
        "gm": int(rng.integers(-16, 17)) / 4,
        "gs": int(rng.integers(6, 51)) / 20,
        **{name: float(rng.choice(of_coin)) for name in ("p", "g", "d1", "d2")},
        "h": int(rng.integers(-80, 81)) / 20,
        "distance": int(rng.integers(0, 13)) / 4,
        "width": int(rng.integers(8, 21)) / 20,
        "trained": int(rng.integers(0, 7)),
    }


def expected(settings):
    """What `numbers.all(settings)` must return."""
    found = {"gaussians": gaussians, "coins": coins, "bijection": bijection}[settings["scene"]]
    return found(settings)


def of_gaussians(settings):
    """P, G, and the logit of D with its slope and its kinks."""
    P = Gaussian(settings["pm"], settings["ps"])
    G = Gaussian(settings["gm"], settings["gs"])
    if settings["d"] != "drawn":
        best, factor = optimal_logit(P, G), FACTORS[settings["d"]]
        return P, G, lambda x: factor * best(x), lambda x: factor * slope(P, G, x), ()
    percents = np.array(settings["drawn"].split(","), float)
    logits, at = np.log(percents / (100 - percents)), np.array(HANDLES, float)
    slopes = np.concatenate([[0], np.diff(logits) / np.diff(at), [0]])
    return (
        P,
        G,
        lambda x: np.interp(x, at, logits),
        lambda x: slopes[np.searchsorted(at, x, side="right")],
        HANDLES,
    )


def slope(P, G, x):
    """The slope of the logit of D* in x."""
    return -(x - P.mean) / P.std**2 + (x - G.mean) / G.std**2


def gaussians(settings):
    P, G, logit, slope_of_logit, kinks = of_gaussians(settings)

    def mean_of_d(of):
        return total(lambda x: of.density(x) / (1 + np.exp(-logit(x))), P, G, cuts=kinks).value

    V, JSD = value(logit, P, G, cuts=kinks).value, js(P, G).value
    return {
        "V": V,
        "loss": -V,
        "js": JSD,
        "least": 2 * np.log(2) - 2 * JSD,
        "regret": regret(logit, P, G, cuts=kinks).value,
        "onData": mean_of_d(P),
        "onModel": mean_of_d(G),
        "saturating": gradient(logit, slope_of_logit, G, True, kinks),
        "nonSaturating": gradient(logit, slope_of_logit, G, False, kinks),
        "ofTwiceJs": gradient(optimal_logit(P, G), lambda x: slope(P, G, x), G, True),
    }


def coins(settings):
    p, g = ([settings[name], 1 - settings[name]] for name in "pg")
    best = optimal_discriminator(p, g)
    logits = settings["d"] != "drawn"
    if settings["d"] == "drawn":
        d = np.array([settings["d1"], settings["d2"]])
    elif settings["d"] == "half":
        d = np.zeros(2)
    else:
        d = FACTORS[settings["d"]] * optimal_logit(p, g)
    with np.errstate(all="ignore"):
        log_d = -np.logaddexp(0, -d) if logits else np.log(d)
        log_not = -np.logaddexp(0, d) if logits else np.log1p(-d)
        V, lost = float(value(d, p, g, logits=logits)), float(regret(d, p, g, logits=logits))
        return {
            "data": p,
            "model": g,
            "best": best,
            "D": np.exp(log_d),
            "V": V,
            "loss": -V,
            "js": js(p, g),
            "least": 2 * np.log(2) - 2 * js(p, g),
            "regret": lost,
            "saturating": [log_not[0] - log_not[1]],
            "nonSaturating": [log_d[1] - log_d[0]],
            "ofTwiceJs": [np.log1p(-best[0]) - np.log1p(-best[1])],
            "onData": np.exp(log_d) @ p,
            "onModel": np.exp(log_d) @ g,
        }


def bijection(settings):
    h, distance, width = (settings[name] for name in ("h", "distance", "width"))
    P = GaussianMixture([-distance, distance], width)
    G, recorded = exact_generator(P), data()["learned"][settings["trained"]]
    edge = distance - 3 * width
    grid = np.linspace(-4, 4, 161)
    mass = Gaussian().density(grid)
    inside = total(lambda x: P.density(x) * (abs(x) < edge), P, cuts=[-abs(edge), abs(edge)])
    return {
        "fraction": total(lambda x: Gaussian().density(x) * (x < h), Gaussian(), cuts=[h]).value,
        "x": G.forward(np.array([h]))[0],
        "slope": G.slope(np.array([h]))[0],
        "steepest": Gaussian().density(0) / P.density(0),  # G(0) = 0
        "inGap": inside.value if edge > 0 else 0,
        "comparable": (distance, width) == (2, 0.5),
        "learned": {
            "updates": recorded["updates"],
            "x": np.interp(h, grid, recorded["x"]),
            "left": mass[np.array(recorded["x"]) < 0].sum() / mass.sum(),
            "steepest": recorded["steepest"],
            "inGap": recorded["inGap"],
        },
    }
