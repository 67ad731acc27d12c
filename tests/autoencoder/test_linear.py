"""A linear auto-encoder, trained like any other, finds the principal components."""

import numpy as np
import pytest

from minigan import datasets, optim
from minigan.autoencoder import Reconstruction, pca_error
from minigan.datasets import Batches
from minigan.models import MLPAutoencoder, outputs


@pytest.mark.parametrize("k", [4, 8])
def test_it_equals_pca_on_held_out_digits(k):
    train, test = (part.scaled(0, 1, np.float64) for part in datasets.split(datasets.digits8()))
    mean = train.mean(axis=0)
    model = MLPAutoencoder(k, (1, 8, 8), (), generator=0).double()
    optimizer = optim.Adam(model.parameters(), 0.02)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, 1000)
    training = Reconstruction(
        model, Batches(train - mean, size=len(train), generator=0), optimizer, schedule
    )
    for _ in training.run(1000):
        pass
    error = ((outputs(model, test - mean) - (test - mean)) ** 2).mean()
    assert error == pytest.approx(pca_error(train, test, k), rel=1e-4)
    _, _, components = np.linalg.svd((train - mean).reshape(len(train), -1), full_matrices=False)
    leading = components[:k].T  # (D, k)
    span, _ = np.linalg.qr(model.decoder[0].weight.numpy())
    sines = np.linalg.norm(span - leading @ (leading.T @ span), 2)  # of the largest principal angle
    assert np.arcsin(min(1.0, sines)) < 1e-3


def test_the_error_of_pca_is_the_sum_of_the_discarded_eigenvalues():
    x = datasets.split(datasets.digits8())[0].scaled(0, 1, np.float64)
    rows = x.reshape(len(x), -1)
    eigenvalues = np.linalg.eigvalsh(np.cov(rows.T, bias=True))  # ascending
    for k in (0, 1, 2, 8, 32, 64):
        discarded = eigenvalues[: 64 - k].sum() / 64
        assert pca_error(x, x, k) == pytest.approx(discarded, rel=1e-10, abs=1e-15)
