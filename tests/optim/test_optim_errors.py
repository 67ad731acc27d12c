"""Optimizers with a wrong setting or state raise errors; of a wrong state nothing is loaded."""

import copy

import numpy as np
import pytest
from optimizer_suite import parameters, with_gradients

import minigan
from minigan import optim

P = [minigan.tensor([1.0], requires_grad=True)]
OTHER = optim.Adam(parameters(np.random.default_rng(0)))
BAD = [
    (lambda: optim.SGD([]), ValueError, "SGD: params is empty"),
    (lambda: optim.SGD(P[0]), TypeError, "SGD: params must be an iterable"),
    (lambda: optim.SGD(3), TypeError, "params must be an iterable .* not int"),
    (lambda: optim.SGD([1.0]), TypeError, r"params\[0\] must be a Tensor, not float"),
    (lambda: optim.SGD([P[0] * 2]), ValueError, "optimize leaves"),
    (
        lambda: optim.SGD([P[0], P[0]]),
        ValueError,
        r"params\[1\], of shape \(1,\), was given before",
    ),
    (lambda: optim.SGD([{"params": P}, {"params": P}]), ValueError, "was given before"),
    (lambda: optim.SGD([{"lr": 1.0}]), TypeError, "'params'"),
    (lambda: optim.SGD([minigan.tensor([1, 2])]), TypeError, "int64"),
    (lambda: optim.SGD(P, lr=-1.0), ValueError, "SGD: lr=-1.0"),
    (lambda: optim.SGD(P, lr="fast"), TypeError, "SGD: lr='fast' must be a number"),
    (lambda: optim.SGD(P, lr=float("nan")), ValueError, "lr=nan"),
    (lambda: optim.SGD(P, momentum=-0.1), ValueError, "momentum=-0.1"),
    (lambda: optim.SGD(P, weight_decay=-0.1), ValueError, "weight_decay=-0.1"),
    (lambda: optim.SGD(P, nesterov=True), ValueError, "nesterov=True needs momentum"),
    (lambda: optim.SGD([{"params": P, "lr": -2.0}]), ValueError, "lr=-2.0"),
    (lambda: optim.Adam(P, betas=(0.5, 1.0)), ValueError, r"Adam: betas\[1\]=1.0"),
    (lambda: optim.Adam(P, betas=(-0.5, 0.9)), ValueError, r"betas\[0\]=-0.5"),
    (lambda: optim.Adam(P, betas=0.9), ValueError, "betas=0.9 must be two numbers"),
    (lambda: optim.AdamW(P, eps=-1.0), ValueError, "AdamW: eps=-1.0"),
    (lambda: optim.RMSprop(P, alpha=-1.0), ValueError, "RMSprop: alpha=-1.0"),
    (lambda: optim.Adam(P).load_state_dict({}), ValueError, "'state' and 'param_groups'"),
    (
        lambda: optim.Adam(P).load_state_dict(OTHER.state_dict()),
        ValueError,
        r"have \[4\] parameters, and \[1\] here",
    ),
    (
        lambda: optim.Adam(P).load_state_dict({"state": {}, "param_groups": [{}]}),
        ValueError,
        r"have \[0\] parameters",
    ),
    (
        lambda: optim.Adam(P).load_state_dict(
            {"state": {3: {}}, "param_groups": [{"params": [0]}]}
        ),
        ValueError,
        "in no",
    ),
    (
        lambda: optim.Adam(P).load_state_dict(
            {"state": {0: {"exp_avg": [1.0]}}, "param_groups": [{"params": [0]}]}
        ),
        ValueError,
        "no 'step'",
    ),
    (
        lambda: optim.lr_scheduler.StepLR(P, 3),
        TypeError,
        "StepLR: optimizer must be an Optimizer, not list",
    ),
    (lambda: optim.lr_scheduler.StepLR(optim.SGD(P), 0), ValueError, "StepLR: step_size=0"),
    (
        lambda: optim.lr_scheduler.CosineAnnealingLR(optim.SGD(P), 2.5),
        TypeError,
        "T_max=2.5 must be an integer",
    ),
    (lambda: optim.lr_scheduler.LambdaLR(optim.SGD(P), [abs, abs]), ValueError, "one per group"),
    (lambda: optim.Adagrad(P, lr_decay=-1.0), ValueError, "Adagrad: lr_decay=-1.0"),
    (
        lambda: optim.Adagrad(P, initial_accumulator_value="a"),
        TypeError,
        "Adagrad: initial_accumulator_value='a' must be a number",
    ),
    (lambda: optim.Adagrad(P, eps=-1.0), ValueError, "Adagrad: eps=-1.0"),
    (lambda: optim.Adadelta(P, rho=1.5), ValueError, r"Adadelta: rho=1.5 .*legal: in \[0.0, 1.0\]"),
    (lambda: optim.Adadelta(P, lr=-1.0), ValueError, "Adadelta: lr=-1.0"),
    (
        lambda: optim.lr_scheduler.StepLR(optim.SGD(P), 2).step(3),
        TypeError,
        r"StepLR.step: epoch=3 is not supported; call step\(\) once",
    ),
    (
        lambda: optim.lr_scheduler.ReduceLROnPlateau(optim.SGD(P), "least"),
        ValueError,
        r"ReduceLROnPlateau: mode='least' is not legal \(legal: 'min', 'max'\)",
    ),
    (
        lambda: optim.lr_scheduler.ReduceLROnPlateau(optim.SGD(P), factor=1.0),
        ValueError,
        "ReduceLROnPlateau: factor=1.0",
    ),
    (
        lambda: optim.lr_scheduler.ReduceLROnPlateau(optim.SGD(P), min_lr=[0.1, 0.2]),
        ValueError,
        r"min_lr=\[0.1, 0.2\] must be a number, or one number per group \(1\)",
    ),
    (
        lambda: optim.lr_scheduler.ReduceLROnPlateau(optim.SGD(P)).step("a"),
        TypeError,
        "ReduceLROnPlateau.step: metrics='a' must be a number",
    ),
    (lambda: optim.lr_scheduler.ConstantLR(optim.SGD(P), 0), ValueError, "ConstantLR: factor=0"),
    (
        lambda: optim.lr_scheduler.PolynomialLR(optim.SGD(P), 0),
        ValueError,
        "PolynomialLR: total_iters=0",
    ),
    (
        lambda: optim.lr_scheduler.MultiplicativeLR(optim.SGD(P), [abs, abs]),
        ValueError,
        "MultiplicativeLR: lr_lambda=.*one per group",
    ),
    (lambda: optim.lr_scheduler.LinearLR(optim.SGD(P), 2.0), ValueError, "start_factor=2.0"),
    (lambda: optim.LBFGS(P), AttributeError, "no attribute 'LBFGS': write optim.Adam"),
    (lambda: optim.Adafactor(P), AttributeError, "no attribute 'Adafactor': write optim.Adam"),
    (lambda: optim.Adem(P), AttributeError, "module 'minigan.optim' has no attribute 'Adem'$"),
    (
        lambda: optim.lr_scheduler.CyclicLR(optim.SGD(P)),
        AttributeError,
        "'CyclicLR': write lr_scheduler.LambdaLR",
    ),
]


@pytest.mark.parametrize(("call", "error", "match"), BAD)
def test_errors_name_argument_and_value(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_a_gradient_of_another_shape_is_refused():
    (p,) = parameters(np.random.default_rng(0), shapes=[(3,)])
    optimizer = optim.SGD([p])
    p.grad = minigan.tensor([1.0])
    with pytest.raises(RuntimeError, match=r"shape \(3,\) has a gradient of shape \(1,\)"):
        optimizer.step()


def test_a_state_of_another_shape_is_refused_and_nothing_is_loaded():
    params = parameters(np.random.default_rng(0))
    optimizer = optim.Adam(params)
    with_gradients(params, 0)
    optimizer.step()
    state = copy.deepcopy(optimizer.state_dict())
    state["state"][3]["exp_avg"] = np.zeros((2, 2))
    before = optimizer.state[params[0]]["exp_avg"]
    with pytest.raises(ValueError, match=r"exp_avg has shape \(2, 2\)"):
        optimizer.load_state_dict(state)
    assert optimizer.state[params[0]]["exp_avg"] is before


def put(state, *path):
    *path, key, value = path
    for part in path:
        state = state[part]
    state[key] = value


BAD_STATES = [
    (("state", 3), "'state' must be a dict of dicts"), (("state", 0, 3), "'state' must be a dict "
"of dicts"),
    (("state", 0, "step", "a"), "step is a str"),
    (("state", 0, "step", np.float64(-3)), "step=-3.0 "
"is not legal"),
    (("state", 0, "exp_avg", "a"), "exp_avg is a str"), (("param_groups", 3), "'param_groups' "
"must be a list"),
    (("param_groups", [3]), "'param_groups' must be a list"),
    (("param_groups", 0, "params", 3), "a list of "
"numbers"),
    (("param_groups", 0, "lr", "a"), "lr='a' must be a "
"number"), (("param_groups", 0, "lr", -1), "lr=-1"),
    (("param_groups", 0, "betas", 3), "betas=3"),
    (("param_groups", 0, "betas", (2, 0.9)), r"betas\[0\]=2"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "match"), BAD_STATES, ids=range(len(BAD_STATES)))
def test_a_bad_state_is_refused_and_nothing_of_it_loaded(path, match):
    params = parameters(np.random.default_rng(0), shapes=((2,), (3,)))
    optimizer = optim.Adam(params)
    with_gradients(params, 0)
    optimizer.step()
    state, before = copy.deepcopy(optimizer.state_dict()), repr(optimizer.state_dict())
    state["param_groups"][0]["weight_decay"] = 0.5
    put(state, *path)
    with pytest.raises((TypeError, ValueError), match=match):
        optimizer.load_state_dict(state)
    assert repr(optimizer.state_dict()) == before


SCHEDULERS = optim.lr_scheduler
WRONG = [
    (lambda o: SCHEDULERS.OneCycleLR(o, 1.0), "give total_steps, or epochs and steps_per_epoch"),
    (lambda o: SCHEDULERS.OneCycleLR(o, 1.0, epochs=3), "give total_steps, or epochs"),
    (lambda o: SCHEDULERS.OneCycleLR(o, 1.0, 0), "total_steps=0 must be at least 1"),
    (lambda o: SCHEDULERS.OneCycleLR(o, 1.0, 9, pct_start=1.5), r"pct_start=1.5 .* in \[0"),
    (lambda o: SCHEDULERS.OneCycleLR(o, 1.0, 9, anneal_strategy="exp"), "anneal_strategy='exp'"),
    (lambda o: SCHEDULERS.OneCycleLR(o, [1.0, 2.0], 9), r"max_lr=\[1.0, 2.0\] .* group \(1\)"),
    (lambda o: SCHEDULERS.OneCycleLR(o, 1.0, 9, div_factor=0), "div_factor=0"),
    (lambda o: SCHEDULERS.OneCycleLR(optim.Adagrad(P), 1.0, 9), "Adagrad has no momentum"),
    (lambda o: SCHEDULERS.OneCycleLR(3, 1.0, 9), "optimizer must be an Optimizer, not int"),
    (lambda o: SCHEDULERS.SequentialLR(o, [], []), r"schedulers=\[\] must be a list"),
    (lambda o: SCHEDULERS.SequentialLR(o, [3], []), r"schedulers\[0\]=3 must be a scheduler"),
    (
        lambda o: SCHEDULERS.SequentialLR(o, [SCHEDULERS.ReduceLROnPlateau(o)], []),
        r"schedulers\[0\] is a ReduceLROnPlateau",
    ),
    (
        lambda o: SCHEDULERS.SequentialLR(o, [SCHEDULERS.StepLR(optim.SGD(P), 2)], []),
        r"schedulers\[0\] is a scheduler of another optimizer",
    ),
    (
        lambda o: SCHEDULERS.SequentialLR(o, [SCHEDULERS.StepLR(o, 2)], [3]),
        r"milestones=\[3\] must be a list of 0 epochs",
    ),
    (lambda o: SCHEDULERS.SequentialLR(None, [SCHEDULERS.StepLR(o, 2)], []), "not NoneType"),
]


@pytest.mark.parametrize(("make", "words"), WRONG)
def test_schedulers_of_several_parts_name_a_wrong_argument(make, words):
    with pytest.raises((TypeError, ValueError), match=rf"(OneCycle|Sequential)LR: .*{words}"):
        make(optim.SGD(P))


def test_one_cycle_ends():
    scheduler = SCHEDULERS.OneCycleLR(optim.SGD(P), 1.0, 2, cycle_momentum=False)
    scheduler.step(), scheduler.step()
    with pytest.raises(ValueError, match=r"OneCycleLR\.step: step 3 is beyond total_steps=2"):
        scheduler.step()
