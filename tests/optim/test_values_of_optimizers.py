"""Every optimizer and scheduler has the parameters, states and rates that PyTorch had."""

import oracle
import pytest
from oracle_programs import PROGRAMS, names

import minigan


@pytest.mark.parametrize("name", names("optimizers", "schedulers"))
def test_results_are_those_kept_of_pytorch(name):
    oracle.check(name, PROGRAMS[name], minigan)
