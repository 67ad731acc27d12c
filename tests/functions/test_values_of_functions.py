"""Every function of tensors, dtype and change in place has the results that PyTorch had."""

import oracle
import pytest
from oracle_programs import PROGRAMS, names

import minigan


@pytest.mark.parametrize("name", names("ops", "dtypes", "changes", "more"))
def test_results_are_those_kept_of_pytorch(name):
    oracle.check(name, PROGRAMS[name], minigan)
