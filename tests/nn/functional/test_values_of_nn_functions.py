"""Every function of nn.functional has the values and gradients that PyTorch had."""

import oracle
import pytest
from oracle_programs import PROGRAMS, names

import minigan


@pytest.mark.parametrize("name", names("functions", "images"))
def test_results_are_those_kept_of_pytorch(name):
    oracle.check(name, PROGRAMS[name], minigan)
