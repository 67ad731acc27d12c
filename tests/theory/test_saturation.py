"""Why G does not minimise V itself: where D is sure, the minimax loss has almost no gradient."""

import numpy as np
import pytest

import minigan
from minigan.gan import minimax, non_saturating


@pytest.mark.parametrize("d", [0.01, 0.5, 0.99])
def test_the_derivatives_are_minus_d_and_d_minus_one(d):
    def slope(objective):
        logit = minigan.tensor(np.log([d / (1 - d)]), requires_grad=True)
        return minigan.grad(objective.generator(logit), logit)[0].item()

    assert slope(minimax) == pytest.approx(-d, abs=1e-15)
    assert slope(non_saturating) == pytest.approx(d - 1, abs=1e-15)
