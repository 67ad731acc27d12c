"""Every layer and loss has the outputs, gradients and buffers that PyTorch had."""

import oracle
import pytest
from oracle_programs import PROGRAMS, names

import minigan


@pytest.mark.parametrize("name", names("layers", "losses", "more layers"))
def test_results_are_those_kept_of_pytorch(name):
    oracle.check(name, PROGRAMS[name], minigan)
