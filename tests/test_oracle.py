"""The kept results of PyTorch are complete, PyTorch still has them, and wrong ones are noticed."""

import function_suite
import image_suite
import numpy as np
import op_suite
import oracle
import pytest
from oracle_programs import PROGRAMS, of_case

import minigan


def test_every_program_has_kept_results():
    assert list(oracle.kept()) == list(PROGRAMS)
    assert oracle.FILE.stat().st_size < 300_000


def test_pytorch_still_has_the_kept_results():
    torch = pytest.importorskip("torch", "2.13")
    for name, program in PROGRAMS.items():
        oracle.check(name, program, torch)


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x * (1 + 1e-6),
        lambda x: x.flip(-1),
        lambda x: x.float(),
        lambda x: x[None],
        lambda x: x + minigan.tensor(np.eye(2, 3) * 1e-6),
        lambda x: x * float("nan"),
        lambda x: oracle.Refused(),
    ],
)
def test_a_wrong_result_is_noticed(change):
    name = next(name for name in PROGRAMS if name.endswith(" exp/function"))

    def wrong(m):
        value, *gradients = PROGRAMS[name](m)
        return [[change(x) for x in value], *gradients]

    oracle.check(name, PROGRAMS[name], minigan)
    with pytest.raises(AssertionError, match="PyTorch"):
        oracle.check(name, wrong, minigan)


TABLES = op_suite.CASES + function_suite.CASES + image_suite.CASES


def test_float32_has_the_numbers_of_float64_to_rounding():
    """Values and gradients; the numbers in float64 are those kept of PyTorch."""
    for case in TABLES:
        case = case._replace(order=1)
        results = [
            oracle.outcome(of_case(case, dtype), minigan) for dtype in ("float32", "float64")
        ]
        if len(results[0]) != len(results[1]):  # gradients that are zeros to rounding
            continue
        for a, b in zip(*results, strict=True):
            assert a.dtype == (np.float32 if b.dtype == np.float64 else b.dtype), case.name
            scale = np.abs(oracle.finite(b)).max(initial=1.0)
            a, b = oracle.finite(a) / scale, oracle.finite(b) / scale
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4, err_msg=case.name)
