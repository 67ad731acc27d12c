"""The backend: devices, namespaces and generators of random numbers."""

import numpy as np
import pytest

from minigan import backend
from minigan.backend import as_generator


def test_generators():
    rng = np.random.default_rng(3)
    assert (
        as_generator(rng) is rng
        and as_generator(np.int64(3)).random() == np.random.default_rng(3).random()
    )
    assert as_generator(None).random() != as_generator(None).random()
    for wrong in (-1, True, 2.0, "0"):
        with pytest.raises((TypeError, ValueError), match="generator"):
            as_generator(wrong)


def test_namespaces_and_devices():
    x = np.ones(2)
    assert backend.namespace(x) is backend.namespace() is np
    assert backend.is_array(x) and not any(map(backend.is_array, (x[0], 1.0, [1.0], None)))
    assert backend.to_numpy(x) is x and backend.device_of(x) == "cpu"
    for here in ("cpu", "cpu:0"):
        assert backend.to_device(x, here) is x


def test_devices_that_do_not_exist():
    for wrong in ("gpu", "cpu:1", "cuda:x", "", None):
        with pytest.raises(ValueError, match=r"device=.*is not a device \(legal: 'cpu', 'cuda'"):
            backend.to_device(np.ones(2), wrong)
    try:
        import cupy  # noqa: F401
    except ImportError:
        with pytest.raises(RuntimeError, match="needs CuPy: pip install"):
            backend.to_device(np.ones(2), "cuda")
