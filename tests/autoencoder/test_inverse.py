"""The transpose is a left inverse if and only if M^T M = I."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigan
from minigan import nn
from minigan.autoencoder import orthonormal_bank
from minigan.conv import matrix
from minigan.geometry import Geometry
from minigan.models import mirror
from minigan.nn import functional as F

seeds = st.integers(0, 2**32 - 1)


def matrix_of(w, size, stride, padding):
    """Return the matrix M of y = M x: column by column, the convolution of each unit vector."""
    C = w.shape[1]
    x = np.eye(C * size[0] * size[1]).reshape(-1, C, *size)
    y = F.conv2d(minigan.tensor(x), minigan.tensor(w), stride=stride, padding=padding).numpy()
    return y.reshape(len(x), -1).T


def there_and_back(x, w, stride, padding):
    y = F.conv2d(minigan.tensor(x), minigan.tensor(w), stride=stride, padding=padding)
    k = w.shape[2]
    op = tuple((h + 2 * padding - k) % stride for h in x.shape[2:])
    return F.conv_transpose2d(
        y, minigan.tensor(w), stride=stride, padding=padding, output_padding=op
    ).numpy()


def orthonormal(rows, columns, rng):
    """Return a matrix with orthonormal rows, or columns if there are more rows."""
    q, _ = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    return q if rows >= columns else q.T


@given(
    seeds,
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(0, 1),
)
def test_the_transpose_is_a_left_inverse_iff_its_product_with_m_is_the_identity(
    seed, K, C, k, s, p
):
    rng = np.random.default_rng(seed)
    w = rng.standard_normal((K, C, k, k))
    if rng.integers(2):  # half of them orthonormal, some of these complete
        w = orthonormal(K, C * k * k, rng).reshape(w.shape)
    size = (6, 4)
    M = matrix_of(w, size, s, p)
    x = rng.standard_normal((1, C, *size))
    back = there_and_back(x, w, s, p)
    np.testing.assert_allclose(back.ravel(), M.T @ M @ x.ravel(), atol=1e-9)  # the transpose is M.T
    is_inverse = np.abs(M.T @ M - np.eye(x.size)).max() < 1e-9
    assert is_inverse == (np.abs(back - x).max() < 1e-8)


@given(seeds, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_a_complete_orthonormal_bank_loses_nothing(seed, C, k, rows, columns):
    rng = np.random.default_rng(seed)
    w = orthonormal(C * k * k, C * k * k, rng).reshape(-1, C, k, k)
    x = rng.standard_normal((2, C, rows * k, columns * k))
    assert np.abs(there_and_back(x, w, k, 0) - x).max() < 1e-13


@given(seeds, st.integers(1, 3), st.integers(1, 3), st.data())
def test_dropping_a_filter_loses_exactly_its_energy(seed, C, k, data):
    rng = np.random.default_rng(seed)
    w = orthonormal(C * k * k, C * k * k, rng).reshape(-1, C, k, k)
    x = rng.standard_normal((2, C, 3 * k, 2 * k))
    gone = data.draw(st.sets(st.integers(0, len(w) - 1), min_size=1))
    kept = w[[number for number in range(len(w)) if number not in gone]]
    lost = x - there_and_back(x, kept, k, 0) if len(kept) else x
    energy = (
        F.conv2d(minigan.tensor(x), minigan.tensor(w[sorted(gone)]), stride=k).numpy() ** 2
    ).sum()
    assert (lost**2).sum() == pytest.approx(energy, rel=1e-12)


def test_one_orthonormal_filter_of_its_stride_is_not_enough():
    w = np.full(
        (1, 1, 2, 2), 0.5
    )  # of norm 1, k = s = 2, p = 0: an orthonormal bank, but not complete
    M = matrix_of(w, (4, 6), 2, 0)
    np.testing.assert_allclose(M @ M.T, np.eye(len(M)))  # a right inverse
    assert np.abs(M.T @ M - np.eye(24)).max() == 0.75
    line = np.array([[1.0, 1.0]]) / np.sqrt(2)  # in one dimension
    assert np.abs(line.T @ line - np.eye(2)).max() == pytest.approx(0.5)


def test_a_bank_may_be_inverted_by_its_transpose_without_kernel_equal_to_stride():
    w = np.array([[[0.5, 0.5]], [[0.5, -0.5]]])  # (K, C, k) = (2, 1, 2), stride 1, padding 1
    geometry = Geometry.conv((7,), (2,), stride=1, padding=1)
    M = np.stack(
        [matrix.conv(np.eye(7)[h].reshape(1, 1, 7), w, geometry).ravel() for h in range(7)], axis=1
    )
    np.testing.assert_array_equal(M.T @ M, np.eye(7))
    x = minigan.randn(3, 1, 7, generator=0)
    y = F.conv1d(x, minigan.tensor(w, dtype="float32"), padding=1)
    back = F.conv_transpose1d(y, minigan.tensor(w, dtype="float32"), padding=1)
    np.testing.assert_allclose(back.numpy(), x.numpy(), atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 28, 28), (1, 8, 8), (3, 6, 6), (2, 5, 5)])
def test_the_mirror_of_a_deep_bank_is_its_inverse(shape):
    bank = orthonormal_bank(shape, generator=0)
    x = minigan.randn(3, *shape, generator=1).double()
    h = bank(x)
    assert h.numel() == x.numel() and isinstance(bank[0], nn.Conv2d)
    assert (h**2).sum().item() == pytest.approx((x**2).sum().item())
    back = mirror(bank, shape, tied=True, bias=False)(h)
    assert np.abs(back.numpy() - x.numpy()).max() < 2e-14


def test_no_bank_for_a_large_odd_size():
    with pytest.raises(ValueError, match=r"shape=\(1, 31, 31\)"):
        orthonormal_bank((1, 31, 31))


def test_the_claims_of_the_readme(capsys):
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    code = re.search(r"<!-- inverse -->\n```python\n(.*?)```", text, re.DOTALL).group(1)
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == "True\n"
