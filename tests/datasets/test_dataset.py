"""Data sets: scaling is exact at both ends, padding is centred, splits are those published."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.datasets import (
    Dataset,
    digits8,
    from_arrays,
    load,
    mnist5k,
    pad_to,
    shuffle,
    split,
    stack_digits,
)


def pictures(count=6, channels=1, height=5, width=7, seed=0):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, channels, height, width), dtype=np.uint8)
    return Dataset("pictures", images, rng.integers(0, 3, count))


def test_the_embedded_digits_are_complete():
    mnist, small = mnist5k(), digits8()
    assert mnist.shape == (1, 28, 28) and small.shape == (1, 8, 8) and len(small) == 1797
    assert np.bincount(mnist.labels).tolist() == [500] * 10
    assert np.bincount(small.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    for digits in (mnist, small):
        x = digits.scaled()
        assert (x.min(), x.max(), x.dtype) == (-1, 1, np.float32)
        assert (digits.scaled(0, 1).min(), digits.scaled(0, 1).max()) == (0, 1)


@pytest.mark.parametrize(
    "digits, figures",
    [
        (mnist5k, {0: 0.0681, 2: 0.0565, 8: 0.0379, 16: 0.0272, 30: 0.0181}),
        (digits8, {2: 0.0534, 4: 0.0384, 8: 0.0247, 16: 0.0116}),
    ],
)
def test_the_default_split_reproduces_the_protocols_pca_errors(digits, figures):
    train, test = (part.scaled(0, 1, np.float64).reshape(len(part), -1) for part in split(digits()))
    mean = train.mean(axis=0)
    _, basis = np.linalg.eigh((train - mean).T @ (train - mean))  # columns by rising variance
    for k, figure in figures.items():
        code = (test - mean) @ basis[:, basis.shape[1] - k :]
        error = test - mean - code @ basis[:, basis.shape[1] - k :].T
        assert np.mean(error**2) == pytest.approx(figure, abs=6e-5), k


def test_split_is_the_permutation_first_part_train():
    data = digits8()
    train, test = split(data, test=360, generator=0)
    order = np.random.default_rng(0).permutation(1797)
    assert np.array_equal(train.images, data.images[order[:1437]]) and np.array_equal(
        test.labels, data.labels[order[1437:]]
    )
    assert [len(part) for part in split(data)] == [1437, 360] and [
        len(part) for part in split(mnist5k())
    ] == [
        4000,
        1000,
    ]
    other, _ = split(data, generator=1)
    assert not np.array_equal(other.labels, train.labels)


@pytest.mark.parametrize("test", [0, -1])
def test_split_refuses_no_test(test):
    with pytest.raises(ValueError, match=f"test={test} must be at least 1"):
        split(pictures(6), test)
    with pytest.raises(TypeError, match=r"test=0\.2"):
        split(pictures(6), 0.2)


@pytest.mark.parametrize("test", [6, 7])
def test_split_refuses_an_empty_part(test):
    with pytest.raises(ValueError, match=rf"test={test} .*1\.\.5"):
        split(pictures(6), test)
    with pytest.raises(ValueError, match="test"):
        split(pictures(1))


def test_take_names_rows_out_of_range():
    data = pictures(6)
    assert np.array_equal(data.take([5, 0]).labels, data.labels[[5, 0]])
    for rows in ([6], np.array([-7]), np.zeros(5, bool), []):
        with pytest.raises(ValueError, match="pictures"):
            data.take(rows)


def test_shuffle_is_a_permutation_of_pairs():
    data = pictures(30)
    mixed, again = shuffle(data, 4), shuffle(data, np.random.default_rng(4))
    order = np.random.default_rng(4).permutation(30)
    assert np.array_equal(mixed.images, data.images[order]) and np.array_equal(
        again.labels, data.labels[order]
    )


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 8), st.integers(-3, 3))
def test_pad_to_centres(height, width, more, background):
    size = max(height, width) + more
    images = 5 + np.arange(2 * 3 * height * width).reshape(2, 3, height, width)
    padded = pad_to(images, size, background)
    rows, columns = (size - height) // 2, (size - width) // 2
    expected = np.pad(
        images,
        ((0, 0), (0, 0), (rows, size - height - rows), (columns, size - width - columns)),
        constant_values=background,
    )
    assert np.array_equal(padded, expected) and padded.dtype == images.dtype


def test_pad_to_refuses_larger_images():
    with pytest.raises(ValueError, match=r"size=6 is smaller than the 5x7 images .*>= 7"):
        pad_to(pictures().images, 6)
    for size, error in ((0, ValueError), (-1, ValueError), (32.0, TypeError)):
        with pytest.raises(error, match="size="):
            pad_to(pictures().images, size)


def test_resized_enlarges_by_integer_factors_and_pads_with_black():
    big = digits8().resized(32)
    assert (
        np.array_equal(big.images[:, :, ::4, ::4], digits8().images)
        and "enlarged 4 times" in big.description
    )
    mnist = mnist5k().resized(32)
    assert (
        np.array_equal(mnist.images[:, :, 2:30, 2:30], mnist5k().images)
        and mnist.scaled()[0, 0, 0, 0] == -1
    )
    samples = from_arrays(
        "samples", np.tanh(np.random.default_rng(0).standard_normal((2, 1, 3, 5)))
    )
    assert (samples.resized(9).scaled()[:, :, 0] == -1).all()  # black is -1 here, not 0
    assert mnist.resized(32) is mnist


@given(st.floats(-3, 3), st.floats(0.1, 5), st.sampled_from([np.float32, np.float64]))
def test_scaled_is_the_line_through_both_ends(low, span, dtype):
    x = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    scaled = Dataset("ramp", x).scaled(low, low + span, dtype)
    assert (
        scaled.dtype == dtype
        and scaled[0, 0, 0, 0] == dtype(low)
        and scaled[0, 0, -1, -1] == dtype(low + span)
    )
    assert np.allclose(scaled, low + span * x / 255.0, atol=1e-6)
    assert np.allclose(
        from_arrays("floats", x / 255.0).scaled(low, low + span, dtype), scaled, atol=1e-6
    )


def test_scaled_refuses_integers_and_copies():
    with pytest.raises(TypeError, match="dtype"):
        pictures().scaled(dtype=np.int64)
    images = np.zeros((1, 1, 2, 2), np.float32)
    data = Dataset("floats", images, low=-1, high=1)
    data.scaled()[...] = 9
    assert (images == 0).all()


def test_gray_and_rgb():
    colour = pictures(channels=3)
    gray = colour.with_channels(1)
    assert (
        np.abs(
            gray.images[:, 0] - np.einsum("nchw,c->nhw", colour.images, [0.299, 0.587, 0.114])
        ).max()
        <= 0.5 + 1e-9
    )
    assert (
        np.array_equal(gray.with_channels(3).images[:, 2:], gray.images)
        and colour.with_channels(3) is colour
    )
    assert np.array_equal(gray.with_channels(3).with_channels(1).images, gray.images)
    with pytest.raises(ValueError, match="channels=2"):
        colour.with_channels(2)


def test_stacked_digits_spell_their_labels():
    digits = digits8()
    table = {
        image.tobytes(): label
        for image, label in zip(digits.images[:, 0], digits.labels, strict=True)
    }
    stacked = stack_digits(digits, 400, generator=7)
    assert (
        stacked.shape == (3, 8, 8)
        and stacked.high == 16
        and stacked.labels.min() >= 0
        and stacked.labels.max() <= 999
    )
    for image, label in zip(stacked.images, stacked.labels, strict=True):
        assert [table[np.ascontiguousarray(channel).tobytes()] for channel in image] == [
            int(d) for d in f"{label:03}"
        ]
    assert np.array_equal(stacked.images, stack_digits(digits, 400, generator=7).images)
    assert not np.array_equal(stacked.images, stack_digits(digits, 400, generator=8).images)
    assert len(np.unique(stack_digits(digits, 20_000).labels)) == 1000
    assert load("stacked").shape == (3, 28, 28)


def test_stacked_digits_refuse_other_images():
    unlabelled = Dataset("unlabelled", pictures().images)
    for data in (unlabelled, stack_digits(digits8(), 5), pictures(channels=3)):
        with pytest.raises(ValueError, match="stack_digits"):
            stack_digits(data, 5)
    with pytest.raises(ValueError, match="count=0"):
        stack_digits(digits8(), 0)


@pytest.mark.parametrize(
    "images, labels, error, match",
    [
        (np.zeros((2, 1, 3, 3), np.int32), None, TypeError, "int32"),
        (np.zeros((2, 1, 3, 3), complex), None, TypeError, "complex128"),
        (np.array([["a"]]), None, TypeError, "<U1"),
        (np.zeros((2, 3)), None, ValueError, r"\(2, 3\)"),
        (np.zeros((2, 2, 3, 5)), None, ValueError, r"C=1 or C=3"),
        (np.zeros((2, 8, 9, 3)), None, ValueError, "channels last"),
        (np.zeros((0, 1, 3, 3)), None, ValueError, "empty"),
        (np.zeros((2, 0, 3)), None, ValueError, "empty"),
        (np.full((2, 3, 3), np.nan), None, ValueError, "nan"),
        (np.full((2, 3, 3), np.inf), None, ValueError, "inf"),
        (np.full((2, 3, 3), 255.0), None, ValueError, r"legal: 0\.\.1"),
        (np.full((2, 3, 3), -1.5), None, ValueError, r"legal: -1\.\.1"),
        (np.zeros((2, 3, 3)), np.zeros(3, int), ValueError, r"labels of shape \(3,\)"),
        (np.zeros((2, 3, 3)), np.zeros((2, 1), int), ValueError, r"labels of shape \(2, 1\)"),
        (np.zeros((2, 3, 3)), np.zeros(2), TypeError, "float64"),
    ],
)
def test_arrays_that_are_not_images_are_refused(images, labels, error, match):
    with pytest.raises(error, match=match):
        from_arrays("bad", images, labels)


@pytest.mark.parametrize("labels", [[0, -1], [0, 10**12], [2**20, 0]])
def test_a_dataset_itself_has_numbers_of_classes_only(labels):
    with pytest.raises(ValueError, match=r"labels span .*from_arrays` numbers any labels"):
        Dataset("bad", np.zeros((2, 1, 3, 3)), np.array(labels), high=1)
    with pytest.raises(ValueError, match=r"labels span 0..2 \(legal: numbers of classes, 0..1"):
        Dataset("bad", np.zeros((2, 1, 3, 3)), np.array([0, 2]), classes=("a", "b"))


def test_arrays_of_any_layout_are_accepted():
    images = np.random.default_rng(0).random((6, 4, 5))
    swapped = from_arrays("swapped", images.astype(">f4").transpose(0, 2, 1)[::-2])
    assert swapped.images.dtype == np.dtype("=f4") and np.allclose(
        swapped.images[:, 0], images.transpose(0, 2, 1)[::-2]
    )
    assert from_arrays("half", images.astype(np.float16)).images.dtype == np.float32
