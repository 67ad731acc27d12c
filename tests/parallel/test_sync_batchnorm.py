"""Synchronized batch norm on shares of a batch equals batch norm on the whole batch."""

from __future__ import annotations

import pickle
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minigan
from minigan import grad, nn, tensor
from minigan.models import outputs
from minigan.parallel import ParallelError, SyncBatchNorm2d, run, synchronized
from minigan.parallel.batchnorm import merged

SETTINGS = settings(max_examples=100, deadline=None)
LAYERS = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d, 5: nn.BatchNorm3d}


@st.composite
def problems(draw):
    """Return arrays (N, C, *X) with means far from 0, how they are cut, and settings of a layer."""
    shares = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4).filter(lambda s: sum(s) > 1))
    C, X = draw(st.integers(1, 3)), draw(st.lists(st.integers(1, 3), max_size=3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x, gy, v = rng.standard_normal((3, sum(shares), C, *X))
    x = x * 10.0 ** rng.integers(-1, 2, (1, C, *[1] * len(X))) + draw(st.sampled_from([0, 5, -300]))
    layer = {
        "affine": draw(st.booleans()),
        "momentum": draw(st.sampled_from([0.1, None])),
        "track_running_stats": draw(st.booleans()),
    }
    return shares, x, gy, v, layer, draw(st.sampled_from([1.0, 0.2, 0.0]))


def derivatives(norm, slope, x, gy, v):
    """Return output, gradients and second derivatives: of a rank's samples, and of the weights."""
    x, gy, v = (tensor(a, requires_grad=True) for a in (x, gy, v))
    weights = list(norm.parameters())
    norm.num_batches_tracked = None if norm.num_batches_tracked is None else minigan.tensor(0)
    y = norm(x, slope)
    first = grad((y * gy).sum(), [x, *weights], create_graph=True)
    second = grad((first[0] * v).sum(), [x, gy, *weights], allow_unused=True)
    plain = grad((norm(x, slope) * gy.detach()).sum(), [x, *weights])  # by the rule on arrays
    zero = [g if g is not None else w * 0 for g, w in zip(second, [x, gy, *weights], strict=True)]
    of_samples = [y, first[0], plain[0], *zero[:2]]
    of_weights = [*first[1:], *plain[1:], *zero[2:]]
    moments = [b for b in norm.buffers() if b.is_floating_point()]
    return [[a.detach().numpy() for a in arrays] for arrays in (of_samples, of_weights, moments)]


@SETTINGS
@given(problems())
def test_values_gradients_and_second_derivatives_are_those_of_the_whole_batch(problem):
    shares, x, gy, v, layer, slope = problem

    def norm():
        found = LAYERS[x.ndim](x.shape[1], **layer).double()
        for i, weight in enumerate(found.parameters()):
            weight.data = np.linspace(0.5 + i, 2 + i, x.shape[1])
        return found

    ends = np.cumsum([0, *shares])

    def work(group):
        rows = slice(ends[group.rank], ends[group.rank + 1])
        return derivatives(synchronized(norm(), group), slope, x[rows], gy[rows], v[rows])

    want_samples, want_weights, want_moments = derivatives(norm(), slope, x, gy, v)
    ranks = run(len(shares), work)
    scale = max(np.abs(a).max(initial=1.0) for a in (x, *want_samples, *want_weights))
    for i, want in enumerate(want_samples):
        found = np.concatenate([samples[i] for samples, _, _ in ranks])
        np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-11 * scale)
    for i, want in enumerate(want_weights):
        found = sum(weights[i] for _, weights, _ in ranks)
        np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-11 * scale)
    for i, want in enumerate(want_moments):
        for _, _, moments in ranks:
            np.testing.assert_allclose(moments[i], want, rtol=1e-12, atol=1e-12)
            assert moments[i].tobytes() == ranks[0][2][i].tobytes()


@SETTINGS
@given(st.lists(st.integers(0, 5), min_size=1, max_size=5), st.integers(0, 99))
def test_merged_moments_are_those_of_all_numbers(counts, seed):
    rng = np.random.default_rng(seed)
    parts = [rng.standard_normal((n, 2)) + 1e4 for n in counts]
    rows = [
        [n, *(x.mean(0) if n else [0, 0]), *(x.var(0) if n else [1, 1])]
        for n, x in zip(counts, parts, strict=True)
    ]
    n, mean, variance = merged(np.array(rows, float))
    assert n == sum(counts)
    if n:
        np.testing.assert_allclose(mean, np.concatenate(parts).mean(0), rtol=1e-14)
        np.testing.assert_allclose(variance, np.concatenate(parts).var(0), rtol=1e-9, atol=1e-9)
    else:
        assert variance.tolist() == [1, 1]


def net(fuse=True):
    return nn.Sequential(
        nn.Conv2d(2, 3, 3, generator=0),
        nn.BatchNorm2d(3),
        nn.LeakyReLU(0.2),
        nn.Conv2d(3, 1, 3, generator=1),
        fuse=fuse,
    )


def test_the_layers_stay_the_same_objects_with_the_same_states():
    def work(group):
        model = net()
        norm, parameters = model[1], list(model.parameters())
        keys = list(model.state_dict())
        assert synchronized(model, group) is model
        assert model[1] is norm
        assert type(norm) is SyncBatchNorm2d
        assert list(model.parameters())[2] is parameters[2]
        assert list(model.state_dict()) == keys
        assert "SyncBatchNorm2d(3, eps=1e-05" in repr(model)
        synchronized(model, group)  # a second time changes nothing
        copy = deepcopy(model)
        assert copy[1].group is group
        assert copy[1].weight is not norm.weight
        assert pickle.loads(pickle.dumps(model))[1].group.size == 1

    run(2, work)


def test_batch_norm_and_the_activation_after_it_are_still_one_op():
    x = np.random.default_rng(0).standard_normal((4, 2, 6, 5)).astype(np.float32)

    def work(group):
        model = synchronized(net(), group)
        part = tensor(x[2 * group.rank :][:2])
        ops = [type(node.op).__name__ for node in minigan.Tape(model(part).sum()).nodes]
        return ops, model[:3](part).detach().numpy()

    apart = net(fuse=False)
    want = apart[:3](tensor(x)).detach().numpy()
    found = run(2, work)
    for ops, _ in found:
        assert "SyncBatchNorm" in ops
        assert "LeakyReLU" not in ops
    np.testing.assert_allclose(np.concatenate([y for _, y in found]), want, rtol=1e-5, atol=1e-6)


def test_one_rank_alone_may_evaluate_the_model():
    x = np.random.default_rng(0).standard_normal((4, 2, 6, 5)).astype(np.float32)

    def work(group):
        model = synchronized(net(), group)
        group.barrier()
        return outputs(model, x) if group.rank == 0 else None

    assert run(2, work)[0].tolist() == outputs(net(), x).tolist()


def test_one_number_per_channel_in_the_whole_batch_is_refused():
    def work(group):
        synchronized(nn.BatchNorm1d(1), group)(tensor(np.ones((group.rank, 1), np.float32)))

    with pytest.raises(ValueError, match="training needs at least 2"):
        run(2, work)


def test_different_channels_stop_every_rank():
    def work(group):
        C = 2 + group.rank
        synchronized(nn.BatchNorm1d(C), group)(tensor(np.ones((3, C), np.float32)))

    with pytest.raises(ParallelError, match="the same model"):
        run(2, work)


def test_a_derived_batch_norm_is_refused():
    class Mine(nn.BatchNorm1d):
        pass

    def work(group):
        with pytest.raises(TypeError, match="synchronized: Mine is a class derived from a batch"):
            synchronized(nn.Sequential(nn.Linear(2, 3), Mine(3)), group)

    run(2, work)
